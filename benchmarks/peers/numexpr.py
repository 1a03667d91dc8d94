"""numexpr: an expression of text over arrays, block by block and by threads, written into arrays that are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import imported

WEIGHTS = "(n_parameters * bytes_per_parameter)"
CACHE = "(2.0 * n_layers * n_heads * head_dim * cache_element_bytes)"
TEXTS = {
    "max_batch": f"floor((memory_capacity * 1e9 - {WEIGHTS}) / ({CACHE} * sequence_length))",
    "tpot": f"{WEIGHTS} / (memory_bandwidth * 1e9) * 1e3",
    "decode_throughput": f"1.0 / ({WEIGHTS} / (memory_bandwidth * 1e9))",
    "ttft": "prompt_length * 2.0 * n_parameters / (peak_compute * 1e12) * 1e3",
}
"""From and to declared units. An expression has one result, so what two of them need is computed twice."""


def points() -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Axes broadcast, so that an output which one of them decides is computed along it alone."""
    evaluate = imported("numexpr").evaluate
    kept: dict[tuple[str, tuple[int, ...]], Any] = {}

    def run(given: Mapping[str, Any]) -> tuple[Any, ...]:
        found: list[Any] = []
        for name, text in TEXTS.items():
            read = {each: value for each, value in given.items() if each in text}
            shape = np.broadcast_shapes(*(np.shape(value) for value in read.values()))
            out = kept.setdefault((name, shape), np.empty(0))
            if out.shape != shape:
                out = kept[name, shape] = np.empty(shape)
            found.append(evaluate(text, local_dict=read, global_dict={}, out=out))
        return tuple(found)

    return run
