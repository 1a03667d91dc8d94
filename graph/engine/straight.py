"""Straight through: every formula in order, without asking what is out of date.

Formulas stand in chunks. A chunk is run formula by formula until it is compiled to one function, which is twice as
fast, but takes as long to compile as a few hundred runs: after so many, every run compiles a few chunks. One function
for all would need gigabytes while it is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

from .codegen import Compiled, Values

CHUNK = 256  # formulas compiled to one function
PATIENCE = 100  # runs before any chunk is compiled
PORTION = 64  # from then on a run compiles one chunk in so many, at least one
Chunk = Callable[[Values], bool]
"""Puts the values of successive formulas in their places; False, or an exception, where one has no finite number."""


class Straight:
    """The formulas from position `first` on, in chunks; `functions` are all positions', None where a value stands."""

    def __init__(
        self, functions: Sequence[Compiled | None], first: int, compile_chunk: Callable[[int, int], Chunk]
    ) -> None:
        """`compile_chunk`: one function of the formulas from a position up to another."""
        self.functions, self.first, self.compile_chunk = functions, first, compile_chunk
        self.bounds = [(start, min(start + CHUNK, len(functions))) for start in range(first, len(functions), CHUNK)]
        self.chunks: list[Chunk] = [_OneByOne(functions, *bounds) for bounds in self.bounds]
        self.runs, self.compiled = 0, not self.chunks

    def changed(
        self,
        functions: Sequence[Compiled | None],
        nodes: Sequence[int],
        compile_chunk: Callable[[int, int], Chunk],
    ) -> Straight:
        """The same where the formulas of some positions are others: only their chunks are compiled anew."""
        other = Straight(functions, self.first, compile_chunk)
        for number, (start, end) in enumerate(self.bounds):
            if not any(start <= node < end for node in nodes) and not isinstance(self.chunks[number], _OneByOne):
                other.chunks[number] = self.chunks[number]
        return other

    def compile(self, most: int | None = None) -> None:
        """Compile `most` more chunks, or all."""
        missing = [number for number, chunk in enumerate(self.chunks) if isinstance(chunk, _OneByOne)]
        for number in missing[:most]:
            self.chunks[number] = self.compile_chunk(*self.bounds[number])
        self.compiled = len(missing) == len(missing[:most])

    def ran(self) -> None:
        """All of it ran once more: compile a little where that is often."""
        self.runs += 1
        if self.runs > PATIENCE:
            self.compile(len(self.bounds) // PORTION + 1)


class _OneByOne:
    """A chunk that is not compiled: its formulas from one position up to another."""

    __slots__ = ("end", "functions", "start")

    def __init__(self, functions: Sequence[Compiled | None], start: int, end: int) -> None:
        self.functions, self.start, self.end = functions, start, end

    def __call__(self, values: Values) -> bool:
        total = 0.0
        for node, function in enumerate(self.functions[self.start : self.end], self.start):
            if function is not None:
                values[node] = value = function(values)
                total += value
        return isfinite(total)
