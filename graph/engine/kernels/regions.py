"""Parts of a grid: a slice along each dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from .arrays import Array

Region = tuple[slice, ...]


def tile_steps(shape: tuple[int, ...], points: int) -> tuple[int, ...]:
    """How far a part of at most so many points reaches along each dimension; whole along the last ones."""
    steps: list[int] = []
    room = max(1, points)
    for extent in reversed(shape):
        steps.append(max(1, min(extent, room)))
        room //= steps[-1]
    return tuple(reversed(steps))


def tiles(shape: tuple[int, ...], points: int) -> Iterator[Region]:
    """The shape in parts of at most so many points, in order; the points of each follow one another."""
    steps = tile_steps(shape, points)
    ranges = [range(0, extent, step) for extent, step in zip(shape, steps, strict=True)]
    return (tile(starts, steps, shape) for starts in product(*ranges))


def tile(starts: Sequence[int], steps: Sequence[int], shape: Sequence[int]) -> Region:
    """The part that starts there."""
    return tuple(
        slice(start, min(start + step, extent)) for start, step, extent in zip(starts, steps, shape, strict=True)
    )


def within(shape: tuple[int, ...], region: Region) -> Region:
    """The region as an index of an array that broadcasts to the whole."""
    own = region[len(region) - len(shape) :]
    return tuple(slice(None) if extent == 1 else part for extent, part in zip(shape, own, strict=True))


def moved(tile: Region, region: Region) -> Region:
    """A part of a region as a part of the whole."""
    return tuple(slice(part.start + own.start, part.start + own.stop) for part, own in zip(region, tile, strict=True))


class Parts:
    """The part that a block is of any array of the grid, or of a region of it; arrays have size 1 along dimensions that
    they do not depend on."""

    def __init__(self, block: Region, region: Region | None = None) -> None:
        self.block = moved_back(block, region) if region else block
        self._index: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def __call__(self, array: Array) -> Array:
        index = self._index.get(array.shape)
        if index is None:  # `...`: an array, of rank 0 too
            index = self._index[array.shape] = (..., *within(array.shape, self.block))
        part: Array = array[index]
        return part


def moved_back(block: Region, region: Region) -> Region:
    """A part of the whole as a part of a region."""
    return tuple(
        slice(part.start - whole.start, part.stop - whole.start) for part, whole in zip(block, region, strict=True)
    )
