"""Where results are rounded to whole numbers: what they were before, and which would come out otherwise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...problems import Mark, NoValue
from ...units import Unit, format_amount, format_number, unit_like
from ..assembly.definitions import Definition
from ..engine.dimensions import Measured, infer
from ..engine.workbook import Workbook
from ..explain.reach import case_of, rests_on
from ..language.expressions import Binary, Call, Choose, Expr, children
from ..language.functions import FUNCTIONS, quotient
from ..language.names import in_scope
from ..language.printer import print_formula

NO_VALUE = "no value"
WHOLE = 1e-12  # what is this near to a whole number, relatively, is one: 0.3 s / 100 ms is not quite 3
THIN = 0.05  # a change of the value before rounding that alters a thin result


@dataclass(frozen=True, slots=True)
class Rounding:
    """One place of a quantity's formula where a value is rounded; `function` is `//` for a whole quotient.

    `formula`: what is rounded. `before`: three significant digits, or as many as the result takes to follow from
    them. `thin`: 5 % more or less before rounding would give another result. `changed`: what was rounded was not
    whole. `column`: `operators[:].matrix_bytes`, where the quantity is a cell of a table.
    """

    quantity: str
    function: str
    formula: str
    before: str
    after: str
    thin: bool
    mark: Mark | None
    changed: bool = True
    column: str = ""

    @property
    def valued(self) -> bool:
        """There was something to round."""
        return self.before != NO_VALUE


def roundings(workbook: Workbook, names: Iterable[str]) -> tuple[Rounding, ...]:
    """Every rounding that the values of these quantities went through."""
    return tuple(
        _rounding(workbook, name, place)
        for name in rests_on(workbook, names)
        if (expr := workbook.definition(name).expr) is not None
        for place in _places(workbook, expr)
    )


def _places(workbook: Workbook, expr: Expr) -> Iterator[Call | Binary]:
    """The nodes that round, in the branches that were taken."""
    match expr:
        case Choose(test, then, other):
            yield from _places(workbook, test)
            yield from _branch(workbook, test, then, other)
            return
        case Call(function) if FUNCTIONS[function].rounds:
            yield expr
        case Binary("//"):
            yield expr
        case _:
            pass
    for child in children(expr):
        yield from _places(workbook, child)


def _branch(workbook: Workbook, test: Expr, then: Expr, other: Expr) -> Iterator[Call | Binary]:
    try:
        taken = then if workbook.evaluate(test) else other
    except NoValue:
        return
    yield from _places(workbook, taken)


def _rounding(workbook: Workbook, name: str, place: Call | Binary) -> Rounding:
    definition = workbook.definition(name)
    function, argument = _parts(place)
    mark = definition.formula.text.at(*place.span) if definition.formula else definition.where
    before, after = NO_VALUE, NO_VALUE
    thin, changed = False, True
    try:
        value, result = float(workbook.evaluate(argument)), float(workbook.evaluate(place))
    except NoValue:
        pass  # shown as such: the quantity itself says why
    else:
        unit = _unit(workbook, argument)
        before = f"{_unrounded(function, value, result)} {unit.text}".rstrip()
        after = format_amount(result, unit)
        changed = not math.isclose(value, result, rel_tol=WHOLE)
        thin = any(_rounded(function, value * change) != result for change in (1 - THIN, 1 + THIN))
    column = _column(workbook, definition)
    return Rounding(name, function, print_formula(argument), before, after, thin, mark, changed, column)


def _column(workbook: Workbook, definition: Definition) -> str:
    if definition.cell is None:
        return ""
    return in_scope(case_of(workbook, definition), f"{definition.cell.table}[:].{definition.cell.column}")


def _parts(place: Call | Binary) -> tuple[str, Expr]:
    """What rounds, and what is rounded."""
    if isinstance(place, Call):
        return place.function, place.arguments[0]
    return place.operator, Binary("/", place.left, place.right, span=place.span)


def _rounded(function: str, value: float) -> float:
    return quotient(value, 1.0) if function == "//" else FUNCTIONS[function].scalar(value)


def _unit(workbook: Workbook, argument: Expr) -> Unit:
    """The argument's base unit: what may be rounded is a count or a plain number."""
    found = infer(argument, workbook.checked.definitions, workbook.checked.context)
    return workbook.checked.context.unit(unit_like(found.dimension) if isinstance(found, Measured) else "")


def _unrounded(function: str, value: float, result: float) -> str:
    """4.768 as 4.77; 3.9996 with all its digits, as 4.00 would not be floored to 3."""
    if value == result or not 1e-4 <= abs(value) < 1e15:
        return format_number(value)
    least = max(0, 2 - math.floor(math.log10(abs(value))))
    for decimals in range(least, least + 15):
        shown = float(f"{value:.{decimals}f}")
        if shown != result and _rounded(function, shown) == result:
            return f"{value:,.{decimals}f}".rstrip("0")
    return format_number(value)
