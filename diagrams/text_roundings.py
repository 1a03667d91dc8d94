"""Where results are rounded or narrowly decided, as text; the roundings of a table's column are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.audit.decisions import Decision
from ..graph.audit.rounding import NO_VALUE, Rounding
from .text import Line, Span, line
from .text_facts import item, where

_ROUNDED = {"floor": "floored", "ceil": "rounded up", "round": "rounded", "//": "floored"}


def rounding_lines(found: Iterable[Rounding], width: int) -> Iterator[Line]:
    """The roundings that changed a number; those of a column together, where it has several."""
    for alike in _by_column(found):
        changed = [each for each in alike if each.changed]
        if len(alike) == 1 or not alike[0].column:
            yield from long_rounding_lines(changed, width)
        elif changed:
            yield from item(width, _column(alike, len(changed)))


def long_rounding_lines(found: Iterable[Rounding], width: int) -> Iterator[Line]:
    """Each rounding by itself."""
    for each in found:
        yield from item(width, *_rounding(each))


def _by_column(found: Iterable[Rounding]) -> Iterable[Sequence[Rounding]]:
    """Those of one column that round alike, together; any other by itself. What has no value is by itself too."""
    groups: dict[object, list[Rounding]] = {}
    for place, each in enumerate(found):
        alike = (each.column, each.function) if each.column and each.valued else place
        groups.setdefault(alike, []).append(each)
    return groups.values()


def _column(alike: Sequence[Rounding], changed: int) -> Line:
    first = alike[0]
    number = "all of them" if changed == len(alike) else f"{changed} of them"
    said = f": {len(alike)} {_ROUNDED[first.function]}, {number} changed the number"
    return line((first.column, "name"), said, where(first.mark))


def _rounding(each: Rounding) -> Iterator[Line]:
    name: Span = (each.quantity, "name")
    number = each.after.partition(" ")[0]
    said = line(name, " = ", (each.before, "value"), f" {_ROUNDED[each.function]} to ", (number, "value"))
    if each.before == NO_VALUE:
        said = line(name, " = ", (NO_VALUE, "bad"))
    thin = each.thin and not each.column  # cells are counts of blocks and pages: 5 % alters most of them
    yield (*said, (", thin: 5 % more or less would alter it", "warn")) if thin else said
    formula = f"whole part of {each.formula}" if each.function == "//" else f"{each.function}({each.formula})"
    yield line((formula, "faint"), where(each.mark))


def decision_lines(found: Iterable[Decision], width: int) -> Iterator[Line]:
    """Each narrow decision: what was chosen, by which comparison, and how far its sides are apart."""
    for each in found:
        apart = f", {100 * each.gap:.1f} % apart"
        said = line((each.quantity, "name"), " = ", (each.taken, "value"), f": {each.numbers}", (apart, "warn"))
        yield from item(width, said, line((each.test, "faint"), where(each.mark)))
