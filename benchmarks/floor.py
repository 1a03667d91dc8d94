"""The floor under a sweep: its inputs read and its outputs written once, and nothing computed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

BLOCK = 32_768  # numbers: 256 KiB, which stay in a core's own cache


class Floor:
    """Copies every input into a piece of cache, and a piece of cache over every output, block by block.

    By as many threads as there are cores, as kernels run; `bytes` is what goes through memory.
    """

    def __init__(self, inputs: Iterable[Any], outputs: Iterable[Any]) -> None:
        self.reads = _blocks(inputs)
        self.writes = _blocks(np.empty_like(np.ascontiguousarray(output)) for output in outputs)
        self.bytes = sum(block.nbytes for block in (*self.reads, *self.writes))
        self.threads = _cores() if len(self.reads) + len(self.writes) >= 4 else 1

    def run(self) -> None:
        """Once through memory."""
        if self.threads == 1:
            self._walk(0)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            for walk in [pool.submit(self._walk, start) for start in range(self.threads)]:
                walk.result()

    def _walk(self, start: int) -> None:
        cached = np.ones(BLOCK)
        for block in self.reads[start :: self.threads]:
            np.copyto(cached[: block.size], block)
        for block in self.writes[start :: self.threads]:
            np.copyto(block, cached[: block.size])


def _blocks(arrays: Iterable[Any]) -> Sequence[Any]:
    flat = [np.ascontiguousarray(array, float).ravel() for array in arrays]
    return [array[at : at + BLOCK] for array in flat for at in range(0, array.size, BLOCK)]


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
