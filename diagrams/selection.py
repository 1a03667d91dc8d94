"""Which boxes are drawn: those that something rests on, or that rest on something, to a depth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .boxes import Folded


@dataclass(frozen=True, slots=True)
class Selection:
    """The boxes to draw, in the folded order, and how many more each of them leads to that are not drawn."""

    boxes: tuple[str, ...]
    roots: frozenset[str]
    more: Mapping[str, int]


def select(folded: Folded, roots: Sequence[str], depth: int | None, dependents: bool) -> Selection:
    """What `roots` rest on (or, with `dependents`, what rests on them), at most `depth` steps away.

    No roots: all boxes, or with a depth those near the results (the inputs), which nothing reads (which read
    nothing).
    """
    onward = folded.dependents if dependents else folded.precedents
    back = folded.precedents if dependents else folded.dependents
    start = list(roots) or [box for box in folded.boxes if not back[box]] or list(folded.boxes)
    if not roots and depth is None:
        return Selection(tuple(folded.boxes), frozenset(), {})
    drawn = _reach(start, onward, depth)
    more = {box: len(_reach([box], onward, None) - drawn) for box in drawn if set(onward[box]) - drawn}
    boxes = tuple(box for box in folded.boxes if box in drawn)
    return Selection(boxes, frozenset(roots), more)


def _reach(start: Collection[str], onward: Mapping[str, Sequence[str]], depth: int | None) -> set[str]:
    """What is at most `depth` steps onward from `start`, itself included."""
    found, layer, steps = set(start), set(start), 0
    while layer and (depth is None or steps < depth):
        layer = {box for each in layer for box in onward[each]} - found
        found |= layer
        steps += 1
    return found
