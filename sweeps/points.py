"""The points of a sweep, numbered: in parts that are computed at once, and one by one.

Numbers run over the grid with the catalogue entries outermost, the last axis fastest; over lists side by side, along
them. They and the parts do not depend on who computes what, so that a sweep can be cut, resumed and shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..graph.engine.kernels.regions import tile, tile_steps

TOGETHER = 16  # combinations of entries in a part at most: each is a workbook to load


@dataclass(frozen=True, slots=True)
class Piece:
    """Points of one combination of catalogue entries.

    `entries`: by sort; `values`: of each other axis, arrays that broadcast to `shape`; `numbers`: the points' numbers,
    in the order of the shape.
    """

    entries: Mapping[str, str]
    values: Mapping[str, Array]
    shape: tuple[int, ...]
    numbers: Array


class Points(Protocol):
    """All the points: `count` of them, in `parts` parts; `of_one` combination of entries at most so many."""

    count: int
    parts: int
    of_one: int

    def part(self, number: int) -> Iterator[Piece]:
        """The points of one part."""
        ...

    def at(self, numbers: Array) -> Iterator[Piece]:
        """The points of these numbers, in any order."""
        ...


class GridPoints:
    """Every combination of the axes' values; `part` points in a part at most."""

    def __init__(self, entries: Mapping[str, Sequence[str]], axes: Mapping[str, Array], part: int) -> None:
        self.entries, self.axes = entries, axes
        self.combinations = tuple(len(each) for each in entries.values())
        self.shape = tuple(len(each) for each in axes.values())
        self.inner = prod(self.shape)
        self.of_one = self.inner
        self.count = prod(self.combinations) * self.inner
        self.steps = tile_steps(self.shape, part)
        self.tiles = tuple(-(-extent // step) for extent, step in zip(self.shape, self.steps, strict=True))
        self.together = max(1, min(TOGETHER, part // max(1, self.inner)))
        whole = prod(self.combinations)
        self.parts = -(-whole // self.together) if self.together > 1 else whole * prod(self.tiles)

    def part(self, number: int) -> Iterator[Piece]:
        if self.together > 1:
            first = number * self.together
            for combination in range(first, min(first + self.together, prod(self.combinations))):
                yield self._tile(combination, (0,) * len(self.shape), self.shape)
        else:
            combination, place = divmod(number, prod(self.tiles))
            starts = [at * step for at, step in zip(_unravelled(place, self.tiles), self.steps, strict=True)]
            yield self._tile(combination, starts, self.steps)

    def _tile(self, combination: int, starts: Sequence[int], steps: Sequence[int]) -> Piece:
        region = tile(starts, steps, self.shape)
        shape = tuple(each.stop - each.start for each in region)
        values = {
            name: axis[part].reshape([-1 if place == at else 1 for place in range(len(region))])
            for at, ((name, axis), part) in enumerate(zip(self.axes.items(), region, strict=True))
        }
        first = combination * self.inner + (int(np.ravel_multi_index(starts, self.shape)) if self.shape else 0)
        return Piece(self._entries(combination), values, shape, np.arange(first, first + prod(shape)))

    def at(self, numbers: Array) -> Iterator[Piece]:
        for combination in np.unique(numbers // self.inner):
            own = numbers[numbers // self.inner == combination]
            index = np.unravel_index(own % self.inner, self.shape) if self.shape else ()
            values = {name: axis[at] for (name, axis), at in zip(self.axes.items(), index, strict=True)}
            yield Piece(self._entries(int(combination)), values, own.shape, own)

    def _entries(self, combination: int) -> dict[str, str]:
        index = _unravelled(combination, self.combinations)
        return {sort: names[at] for (sort, names), at in zip(self.entries.items(), index, strict=True)}


class ListPoints:
    """The axes' values side by side; all lists are of one length, `count`. `part` points in a part at most."""

    def __init__(
        self, entries: Mapping[str, Sequence[str]], axes: Mapping[str, Array], count: int, part: int
    ) -> None:  # fmt: skip
        self.entries, self.axes, self.count, self.size = entries, axes, count, part
        self.of_one, self.parts = count, -(-count // part)

    def part(self, number: int) -> Iterator[Piece]:
        return self.at(np.arange(number * self.size, min((number + 1) * self.size, self.count)))

    def at(self, numbers: Array) -> Iterator[Piece]:
        groups: dict[tuple[str, ...], list[int]] = {}
        if not self.entries:
            groups[()] = []
        else:
            for number in numbers.tolist():
                chosen: tuple[str, ...] = tuple(str(names[number]) for names in self.entries.values())
                groups.setdefault(chosen, []).append(number)
        for chosen, own in groups.items():
            at = np.array(own, np.int64) if self.entries else numbers
            values = {name: axis[at] for name, axis in self.axes.items()}
            yield Piece(dict(zip(self.entries, chosen, strict=True)), values, at.shape, at)


def _unravelled(place: int, shape: Sequence[int]) -> tuple[int, ...]:
    found: list[int] = []
    for extent in reversed(shape):
        place, at = divmod(place, extent)
        found.append(at)
    return tuple(reversed(found))
