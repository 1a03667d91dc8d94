"""Two workbooks side by side: the inputs that differ, what results became, and which inputs made them so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..assembly.definitions import Definition
from ..engine.workbook import Workbook

SAME = 1e-9  # numbers that differ by less, relatively, are equal


@dataclass(frozen=True, slots=True)
class Side:
    """A quantity in one of the workbooks: its value in `unit`, and where it is from."""

    value: float | str | None
    text: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Differing:
    """A quantity that differs; None on the side that does not have it. `ratio`: the second to the first."""

    name: str
    unit: str
    before: Side | None
    after: Side | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Result(Differing):
    """A shown quantity that differs. `causes`: the differing inputs that it rests on, the nearest first."""

    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`inputs`: quantities that differ in themselves, and not for what they read. `same`: results that are equal."""

    inputs: tuple[Differing, ...]
    results: tuple[Result, ...]
    same: tuple[str, ...]


def difference(before: Workbook, after: Workbook, shown: Iterable[str]) -> Difference:
    """What is other in `after` than in `before`; `shown` are names that at least one of them has."""
    pair = _Pair(before, after)
    results: list[Result] = []
    same: list[str] = []
    for name in dict.fromkeys(shown):
        if pair.equal(name):
            same.append(name)
        else:
            results.append(Result(*pair.sides(name), pair.causes(name)))
    return Difference(tuple(Differing(*pair.sides(name)) for name in pair.inputs), tuple(results), tuple(same))


class _Pair:
    def __init__(self, before: Workbook, after: Workbook) -> None:
        self.before, self.after = before, after
        names = dict.fromkeys((*before, *after))
        self.inputs = tuple(name for name in names if self._differs_in_itself(name))
        self._different = frozenset(self.inputs)

    def equal(self, name: str) -> bool:
        """Whether both have the quantity, in one unit of measure, with the same value."""
        if name not in self.before or name not in self.after:
            return False
        old, new = self.before.definition(name).unit, self.after.definition(name).unit
        left, right = self.before.value(name), self.after.value(name)
        if not (isinstance(left, float) and isinstance(right, float)):
            return left == right
        left, right = old.to_base(left), new.to_base(right)
        return old.dimension == new.dimension and abs(left - right) <= SAME * max(abs(left), abs(right))

    def sides(self, name: str) -> tuple[str, str, Side | None, Side | None, float | None]:
        """The fields of a `Differing`."""
        old, new = _side(self.before, name), _side(self.after, name)
        unit = next(book.definition(name).unit.text for book in (self.after, self.before) if name in book)
        return name, unit, old, new, self._ratio(name)

    def causes(self, name: str) -> tuple[str, ...]:
        """The inputs of difference on the ways back from `name`, in either workbook; a way ends at the first."""
        found: dict[str, None] = {}
        seen, waiting = {name}, [name]
        while waiting:
            place = waiting.pop(0)
            if place in self._different:
                found[place] = None
                continue
            fresh = [read for read in dict.fromkeys(self._reads(place)) if read not in seen]
            seen.update(fresh)
            waiting += fresh
        return tuple(found)

    def _reads(self, name: str) -> Iterator[str]:
        for book in (self.before, self.after):
            if name in book:
                yield from book.used(name)

    def _differs_in_itself(self, name: str) -> bool:
        old, new = _definition(self.before, name), _definition(self.after, name)
        if old is None or new is None:
            alone = old or new
            return alone is not None and alone.expr is None
        if old.expr is not None and new.expr is not None:
            return old.expr != new.expr and not self.equal(name)
        return not self.equal(name)

    def _ratio(self, name: str) -> float | None:
        if name not in self.before or name not in self.after:
            return None
        left, right = self.before.value(name), self.after.value(name)
        old, new = self.before.definition(name).unit, self.after.definition(name).unit
        if not (isinstance(left, float) and isinstance(right, float)) or not left or old.dimension != new.dimension:
            return None
        return new.to_base(right) / old.to_base(left)


def _definition(book: Workbook, name: str) -> Definition | None:
    return book.definition(name) if name in book else None


def _side(book: Workbook, name: str) -> Side | None:
    if name not in book:
        return None
    definition = book.definition(name)
    source = definition.value.given.source if definition.value else ""
    return Side(book.value(name), book.text(name), definition.kind, source)
