"""numba: the hand's functions as machine code, and loops over points that compute the four outputs at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from by_hand import plain_estimate
from contest import Contender

from . import imported


def point(given: Mapping[str, float]) -> Contender:
    """The plain function compiled; nothing tracks what rests on what."""
    jit = imported("numba").njit
    compiled, inputs = jit(plain_estimate), [*given.values()]
    weights, divided = given["n_parameters"] * given["bytes_per_parameter"], jit(_tpot)
    return Contender(lambda: compiled(*inputs), lambda bandwidth: divided(weights, bandwidth))


def _tpot(weights: float, bandwidth: float) -> float:
    return weights / (bandwidth * 1e9) * 1e3


def over_grid() -> Callable[..., tuple[Any, ...]]:
    """As fast as a hand gets: what one axis decides is computed along it alone, and threads share the rest.

    Takes all inputs in declared units, the bandwidth along the first dimension and the parameters along the second.
    """
    numba = imported("numba")
    cells = numba.njit(parallel=True)(_grid_loop(numba.prange))
    tpot, throughput = np.empty(0), np.empty(0)

    def run(
        peak_compute: float, memory_bandwidth: Any, memory_capacity: float, n_parameters: Any,
        bytes_per_parameter: float, n_layers: float, n_heads: float, head_dim: float, cache_element_bytes: float,
        sequence_length: float, prompt_length: float,
    ) -> tuple[Any, ...]:  # fmt: skip
        nonlocal tpot, throughput
        shape = (memory_bandwidth.size, n_parameters.size)
        if tpot.shape != shape:
            tpot, throughput = np.empty(shape), np.empty(shape)
        weights = n_parameters * bytes_per_parameter
        cache = 2.0 * n_layers * n_heads * head_dim * cache_element_bytes
        batch = np.floor((memory_capacity * 1e9 - weights) / (cache * sequence_length))
        ttft = prompt_length * 2.0 * n_parameters / (peak_compute * 1e12) * 1e3
        cells(weights.ravel(), memory_bandwidth.ravel() * 1e9, tpot, throughput)
        return batch, tpot, throughput, ttft

    return run


def over_arrays() -> Callable[..., tuple[Any, ...]]:
    """One loop over the points, shared by threads; takes all inputs as arrays, in declared units."""
    numba = imported("numba")
    points = numba.njit(parallel=True, error_model="numpy")(_array_loop(numba.prange))
    outputs = np.empty((4, 0))

    def run(**given: Any) -> tuple[Any, ...]:
        nonlocal outputs
        size = given["n_parameters"].size
        if outputs.shape[1] != size:
            outputs = np.empty((4, size))
        points(*given.values(), *outputs)
        return tuple(outputs)

    return run


def _grid_loop(prange: Any) -> Callable[..., None]:
    def loop(weights: Any, bandwidth: Any, tpot: Any, throughput: Any) -> None:
        for row in prange(len(bandwidth)):
            for at in range(len(weights)):
                seconds = weights[at] / bandwidth[row]
                tpot[row, at] = seconds * 1e3
                throughput[row, at] = 1.0 / seconds

    return loop


def _array_loop(prange: Any) -> Callable[..., None]:
    def loop(
        compute: Any, bandwidth: Any, capacity: Any, parameters: Any, parameter_bytes: Any, layers: Any, heads: Any,
        head_dim: Any, element_bytes: Any, length: Any, prompt: Any, batch: Any, tpot: Any, throughput: Any, ttft: Any,
    ) -> None:  # fmt: skip
        for at in prange(len(compute)):
            weights = parameters[at] * parameter_bytes[at]
            cache = 2.0 * layers[at] * heads[at] * head_dim[at] * element_bytes[at]
            batch[at] = math.floor((capacity[at] * 1e9 - weights) / (cache * length[at]))
            seconds = weights / (bandwidth[at] * 1e9)
            tpot[at] = seconds * 1e3
            throughput[at] = 1.0 / seconds
            ttft[at] = prompt[at] * 2.0 * parameters[at] / (compute[at] * 1e12) * 1e3

    return loop
