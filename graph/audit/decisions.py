"""Decisions by a thin margin: a conditional that takes its branch because one number is a little above another.

Told are comparisons of two numbers by which is larger, by themselves the whole test of a conditional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...problems import Mark, NoValue
from ..engine.workbook import Workbook
from ..explain.numbers import with_numbers
from ..explain.reach import rests_on
from ..language.expressions import Choose, Compare, Expr, walk
from ..language.printer import print_formula

_BY_SIZE = (("<",), ("<=",), (">",), (">=",))
NARROW = 0.1  # of the larger number: what people call overwhelming is more


@dataclass(frozen=True, slots=True)
class Decision:
    """What a quantity is because of a comparison whose sides are `gap` of the larger apart.

    `taken`: its value. `test`, `numbers`: the comparison, in names and in numbers.
    """

    quantity: str
    taken: str
    test: str
    numbers: str
    gap: float
    mark: Mark | None


def decisions(workbook: Workbook, names: Iterable[str]) -> tuple[Decision, ...]:
    """The narrow decisions that the values of these quantities rest on; those of table rows are left out."""
    found = (
        Decision(name, workbook.text(name), print_formula(test), with_numbers(test, workbook), gap, definition.where)
        for name in rests_on(workbook, names)
        if (definition := workbook.definition(name)).expr is not None and definition.cell is None
        for test in _tests(definition.expr)
        if (gap := _gap(workbook, test)) is not None and gap < NARROW
    )
    return tuple(dict.fromkeys(found))


def _tests(expr: Expr | None) -> Iterator[Compare]:
    for node in walk(expr) if expr is not None else ():
        if isinstance(node, Choose) and isinstance(node.test, Compare) and node.test.operators in _BY_SIZE:
            yield node.test


def _gap(workbook: Workbook, test: Compare) -> float | None:
    """How far apart the two numbers are, of the larger; None for words, and for what has no value."""
    try:
        left, right = (float(workbook.evaluate(each)) for each in test.operands)
    except (NoValue, TypeError):
        return None
    larger = max(abs(left), abs(right))
    return abs(left - right) / larger if larger else None
