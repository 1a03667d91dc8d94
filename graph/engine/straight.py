"""Straight through: every formula in order, without asking what is out of date.

Formulas stand in chunks. A chunk is run formula by formula until it is compiled to one function, which is twice as
fast, but takes as long to compile as a few hundred runs: after so many, every run compiles a few chunks. One function
for all would need gigabytes while it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from .codegen import Compiled, Values

CHUNK = 256  # formulas compiled to one function
PATIENCE = 100  # runs before any chunk is compiled
PORTION = 64  # from then on a run compiles one chunk in so many, at least one
Chunk = Callable[[Values], tuple[Any, ...]]


class Straight:
    """The formulas from position `first` on, in chunks; `functions` are all positions', None where a value stands."""

    def __init__(
        self, functions: Sequence[Compiled | None], first: int, compile_chunk: Callable[[int, int], Chunk]
    ) -> None:
        """`compile_chunk`: one function of the formulas from a position up to another."""
        self.functions, self.first, self.compile_chunk = functions, first, compile_chunk
        self.bounds = [(start, min(start + CHUNK, len(functions))) for start in range(first, len(functions), CHUNK)]
        self.chunks: list[Chunk | None] = [None] * len(self.bounds)
        self.runs, self.compiled = 0, False

    def changed(
        self,
        functions: Sequence[Compiled | None],
        nodes: Sequence[int],
        compile_chunk: Callable[[int, int], Chunk],
    ) -> Straight:
        """The same where the formulas of some positions are others: only their chunks are compiled anew."""
        other = Straight(functions, self.first, compile_chunk)
        other.chunks = [
            None if any(start <= node < end for node in nodes) else chunk
            for (start, end), chunk in zip(self.bounds, self.chunks, strict=True)
        ]
        return other

    def compile(self, most: int | None = None) -> None:
        """Compile `most` more chunks, or all."""
        if self.compiled:
            return
        missing = [number for number, chunk in enumerate(self.chunks) if chunk is None]
        for number in missing[:most]:
            self.chunks[number] = self.compile_chunk(*self.bounds[number])
        self.compiled = not missing[len(missing) if most is None else most :]

    def run(self, values: Values, compute: Callable[[int], Any], no_value: tuple[type[Exception], ...]) -> None:
        """Put every formula's value in its place; `compute` gives those of a chunk in which one has no number.

        `no_value`: what a formula raises that has none.
        """
        for (start, end), chunk in zip(self.bounds, self.chunks, strict=True):
            try:
                if chunk is not None:
                    results = chunk(values)
                    if isfinite(sum(results)):  # none of them is infinite or no number
                        values[start:end] = results
                        continue
                elif isfinite(self._one_by_one(values, start, end)):
                    continue
            except no_value:
                pass  # some formula of the chunk has no number: the way below says which
            for node in range(start, end):
                if self.functions[node] is not None:
                    values[node] = compute(node)
        self.runs += 1
        if self.runs > PATIENCE:
            self.compile(len(self.bounds) // PORTION + 1)

    def _one_by_one(self, values: Values, start: int, end: int) -> float:
        total = 0.0
        for node, function in enumerate(self.functions[start:end], start):
            if function is not None:
                values[node] = value = function(values)
                total += value
        return total
