"""The guide's four outputs over arrays as one writes them in NumPy, naively and with care; in declared units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def naive(
    peak_compute: Any, memory_bandwidth: Any, memory_capacity: Any, n_parameters: Any, bytes_per_parameter: Any,
    n_layers: Any, n_heads: Any, head_dim: Any, cache_element_bytes: Any, sequence_length: Any, prompt_length: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """The outputs and nothing else; a number or an array of all points for each input."""
    peak_compute = peak_compute * 1e12
    memory_bandwidth = memory_bandwidth * 1e9
    memory_capacity = memory_capacity * 1e9
    weights = n_parameters * bytes_per_parameter
    spare = memory_capacity - weights
    cache = 2.0 * n_layers * n_heads * head_dim * cache_element_bytes
    batch = np.floor(spare / (cache * sequence_length))
    tpot = weights / memory_bandwidth
    throughput = 1.0 / tpot
    ttft = prompt_length * 2.0 * n_parameters / peak_compute
    return batch, tpot * 1e3, throughput, ttft * 1e3


class Hoisted:
    """What no axis reaches is computed once, what one axis decides along it alone, and into memory that is kept."""

    def __init__(self) -> None:
        self.memory: dict[tuple[str, tuple[int, ...]], Any] = {}

    def run(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The outputs; each input a number or an array along its own axes."""
        parameters = given["n_parameters"]
        weights = self.product("weights", parameters, given["bytes_per_parameter"])
        bandwidth = self.product("bandwidth", given["memory_bandwidth"], 1e9)
        cache = 2.0 * given["n_layers"] * given["n_heads"]
        for name in ("head_dim", "cache_element_bytes", "sequence_length"):
            cache = self.product("cache", cache, given[name])
        capacity = self.product("batch", given["memory_capacity"], 1e9)
        batch = np.subtract(capacity, weights, out=self.room("batch", capacity, weights))
        np.divide(batch, cache, out=batch)
        np.floor(batch, out=batch)
        tpot = np.divide(weights, bandwidth, out=self.room("tpot", weights, bandwidth))
        throughput = np.divide(1.0, tpot, out=self.room("throughput", tpot))
        np.multiply(tpot, 1e3, out=tpot)
        ttft = self.product("ttft", given["prompt_length"] * 2.0, parameters)
        compute = self.product("compute", given["peak_compute"], 1e12)
        np.divide(ttft, compute, out=ttft)
        np.multiply(ttft, 1e3, out=ttft)
        return batch, tpot, throughput, ttft

    def product(self, name: str, one: Any, other: Any) -> Any:
        if np.ndim(one) == np.ndim(other) == 0:
            return one * other
        return np.multiply(one, other, out=self.room(name, one, other))

    def room(self, name: str, *reads: Any) -> Any:
        """Memory for a result, the last run's."""
        shape = np.broadcast_shapes(*(np.shape(read) for read in reads))
        if (name, shape) not in self.memory:
            self.memory[name, shape] = np.empty(shape)
        return self.memory[name, shape]
