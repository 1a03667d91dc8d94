"""What an explanation for people leaves out: what nothing set, what is 0, and the losing sides of `max` and `min`.

All of it is there when everything is asked for, and the formula with numbers tells its value in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ...problems import NoValue
from ..assembly.definitions import Definition
from ..engine.workbook import Workbook
from ..language.expressions import Call, Expr, children, reads
from .numbers import taken

_SIDES = {"max": max, "min": min}


class Following(Protocol):
    """What has quantities that read one another: a workbook, or the DAG of one."""

    def definition(self, name: str) -> Definition:
        """What the quantity is."""
        ...

    def used(self, name: str) -> Sequence[str]:
        """What it read."""
        ...


class Untouched:
    """Which quantities came from what sheets say alone: no entry, scenario or user has a part in them."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self._known: dict[str, bool] = {}

    def __contains__(self, name: str) -> bool:
        waiting = [name] if name not in self._known else []
        while waiting:
            place = waiting[-1]
            used = self.following.used(place)
            unknown = [each for each in used if each not in self._known]
            if unknown and place not in self._known:
                self._known[place] = False  # for now; for good if it is met again below itself, in a cycle
                waiting += unknown
            else:
                waiting.pop()
                self._known[place] = self._is_default(place) and all(self._known[each] for each in used)
        return self._known[name]

    def _is_default(self, name: str) -> bool:
        definition = self.following.definition(name)
        if definition.expr is not None:
            return True
        return definition.value is not None and definition.value.layer == "default"


def inputs_of(following: Following, name: str) -> Iterator[str]:
    """The inputs that a quantity came from, those in tables aside."""
    seen, waiting = {name}, [name]
    while waiting:
        place = waiting.pop()
        definition = following.definition(place)
        if definition.expr is None and definition.cell is None:
            yield place
        fresh = [each for each in following.used(place) if each not in seen]
        seen.update(fresh)
        waiting += reversed(fresh)


class Sparing:
    """Says of one workbook, as it is now, what is not worth a line."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.untouched = Untouched(workbook)

    def is_zero(self, name: str) -> bool:
        return self.workbook.value(name) == 0

    def losers(self, expr: Expr) -> frozenset[str]:
        """What a formula reads only in the arguments that its `max` or `min` did not take."""
        won, lost = _Sides(self.workbook).of(taken(expr, self.workbook))
        return frozenset(lost - won)


class _Sides:
    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    def of(self, expr: Expr) -> tuple[set[str], set[str]]:
        """The names that had a part in the value, and those that had none there."""
        side = _SIDES.get(expr.function) if isinstance(expr, Call) else None
        parts = children(expr)
        if not parts:
            return set(reads(expr)), set()
        taken_side = self._winner(side, parts) if side and len(parts) > 1 else None
        won, lost = set[str](), set[str]()
        for place, part in enumerate(parts):
            has, lacks = self.of(part)
            if taken_side is None or place == taken_side:
                won |= has
                lost |= lacks
            else:
                lost |= has | lacks
        return won, lost

    def _winner(self, side: object, parts: tuple[Expr, ...]) -> int | None:
        """Which argument is the value; None where one has none."""
        try:
            values = [float(self.workbook.evaluate(part)) for part in parts]
        except NoValue:
            return None
        return values.index(max(values) if side is max else min(values))
