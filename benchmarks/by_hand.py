"""The guide by hand: plain Python, NumPy at one point, and numba; base units, as one would write it who knows that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from contest import Contender


def plain_estimate(
    compute: float, bandwidth: float, capacity: float, parameters: float, parameter_bytes: float, layers: float,
    heads: float, head_dim: float, element_bytes: float, length: float, prompt: float,
) -> tuple[Any, ...]:  # fmt: skip
    """RESULTS from INPUTS, in their order."""
    kv_heads = heads
    hidden = heads * head_dim
    ops_to_byte = compute / bandwidth
    ops = 4.0 * length**2 * head_dim
    traffic = 8.0 * length**2
    intensity = ops / traffic
    weights = parameters * parameter_bytes
    spare = capacity - weights
    cache = 2.0 * layers * kv_heads * head_dim * element_bytes
    batch = math.floor(spare / (cache * length))
    tpot = weights / bandwidth
    throughput = 1.0 / tpot
    ttft = prompt * 2.0 * parameters / compute
    bottleneck = "memory" if intensity < ops_to_byte else "compute"
    return (kv_heads, hidden, ops_to_byte, ops, traffic, intensity, weights, spare, cache, batch,
            tpot, throughput, ttft, bottleneck)  # fmt: skip


def array_estimate(
    compute: Any, bandwidth: Any, capacity: Any, parameters: Any, parameter_bytes: Any, layers: Any,
    heads: Any, head_dim: Any, element_bytes: Any, length: Any, prompt: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """The same over arrays."""
    kv_heads = heads
    hidden = heads * head_dim
    ops_to_byte = compute / bandwidth
    ops = 4.0 * length**2 * head_dim
    traffic = 8.0 * length**2
    intensity = ops / traffic
    weights = parameters * parameter_bytes
    spare = capacity - weights
    cache = 2.0 * layers * kv_heads * head_dim * element_bytes
    batch = np.floor(spare / (cache * length))
    tpot = weights / bandwidth
    throughput = 1.0 / tpot
    ttft = prompt * 2.0 * parameters / compute
    bottleneck = np.where(intensity < ops_to_byte, "memory", "compute")
    return (kv_heads, hidden, ops_to_byte, ops, traffic, intensity, weights, spare, cache, batch,
            tpot, throughput, ttft, bottleneck)  # fmt: skip


def plain(given: Mapping[str, float]) -> Contender:
    """No engine: who changes the bandwidth knows that one division is to be done again."""
    inputs = [*given.values()]
    weights = given["n_parameters"] * given["bytes_per_parameter"]
    return Contender(lambda: plain_estimate(*inputs), lambda bandwidth: weights / (bandwidth * 1e9) * 1e3)


def arrays(given: Mapping[str, float]) -> Contender:
    """NumPy where there is but one point."""
    inputs = [np.array([value]) for value in given.values()]
    weights = np.array([given["n_parameters"] * given["bytes_per_parameter"]])
    return Contender(
        lambda: array_estimate(*inputs),
        lambda bandwidth: (weights / (np.array([bandwidth]) * 1e9) * 1e3).item(),
        lambda found: [each.item() for each in found],
    )
