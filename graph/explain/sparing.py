"""What an explanation for people leaves out: what nothing set, what is 0, and the losing sides of `max` and `min`.

All of it is there when everything is asked for, and the formula with numbers tells its value in any case.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...problems import NoValue
from ..engine.workbook import Workbook
from ..language.expressions import Call, Expr, children, reads
from .numbers import taken

_SIDES = {"max": max, "min": min}


class Sparing:
    """Says of one workbook, as it is now, what is not worth a line."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._untouched: dict[str, bool] = {}

    def untouched(self, name: str) -> bool:
        """Whether the value came from what sheets say alone: no entry, scenario or user has a part in it."""
        waiting = [name]
        while waiting:
            place = waiting[-1]
            used = self.workbook.used(place)
            unknown = [each for each in used if each not in self._untouched]
            if place in self._untouched or not unknown:
                waiting.pop()
                self._untouched[place] = self._is_default(place) and all(self._untouched[each] for each in used)
            else:
                waiting += unknown
        return self._untouched[name]

    def defaults(self, name: str) -> Iterator[str]:
        """The inputs that an untouched quantity came from, those in tables aside."""
        seen, waiting = {name}, [name]
        while waiting:
            place = waiting.pop()
            definition = self.workbook.definition(place)
            if definition.expr is None and definition.cell is None:
                yield place
            fresh = [each for each in self.workbook.used(place) if each not in seen]
            seen.update(fresh)
            waiting += reversed(fresh)

    def is_zero(self, name: str) -> bool:
        return self.workbook.value(name) == 0

    def losers(self, expr: Expr) -> frozenset[str]:
        """What a formula reads only in the arguments that its `max` or `min` did not take."""
        won, lost = _Sides(self.workbook).of(taken(expr, self.workbook))
        return frozenset(lost - won)

    def _is_default(self, name: str) -> bool:
        definition = self.workbook.definition(name)
        if definition.expr is not None:
            return True
        return definition.value is not None and definition.value.layer == "default"


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
