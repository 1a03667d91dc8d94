"""Parts of a grid: a slice along each dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

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
