"""What a kernel is asked for: quantities, and expressions over them."""

from __future__ import annotations

from dataclasses import dataclass

from ....problems import Problem
from ....units import unit_like
from ...assembly.definitions import Definition
from ...language.declarations import Formula
from ...language.expressions import Choose, Expr, Name, Number
from ..dag import CheckedDag
from ..dimensions import Measured, Mismatch, Truth, Type, infer
from ..workbook import Workbook


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression with absolute names, and the unit of its results.

    `what`: the quantity that it is, or the text of the expression: problems name it. `scale`: base units in one of the
    unit, whose text is `unit`; `words`: whether its results are words.
    """

    what: str
    expr: Expr
    unit: str = ""
    scale: float = 1.0
    words: bool = False


def asked_quantity(workbook: Workbook, name: str) -> Asked:
    """The quantity, in its declared unit. Errors: `UnknownQuantity`."""
    return _asked(workbook.definition(name))


def _asked(definition: Definition) -> Asked:
    if definition.choices:
        return Asked(definition.name, Name(definition.name), words=True)
    return Asked(definition.name, Name(definition.name), definition.unit.text, definition.unit.scale)


def asked_expression(dag: CheckedDag, formula: Formula, problems: list[Problem]) -> Asked | None:
    """A number in base units, or in the declared unit where the formula is a quantity's name."""
    found = _resolved(dag, formula, problems)
    if found is None:
        return None
    expr, kind = found
    if isinstance(expr, Name) and not dag.definitions[expr.name].choices:
        return _asked(dag.definitions[expr.name])
    if not isinstance(kind, Measured):
        message, hint = (
            "a number is wanted, to be compared",
            "a quantity, or a formula such as decode_throughput / price",
        )
        problems.append(Problem("dimension", message, formula.text.mark, hint=hint))
        return None
    return Asked(said(formula), expr, unit_like(kind.dimension))


def asked_condition(dag: CheckedDag, formula: Formula, problems: list[Problem]) -> Asked | None:
    """1 where the formula holds, and 0 where not."""
    found = _resolved(dag, formula, problems)
    if found is None:
        return None
    expr, kind = found
    if not isinstance(kind, Truth):
        message, hint = "this is no condition: nothing is compared", "a condition compares: tpot < 50 ms"
        problems.append(Problem("dimension", message, formula.text.mark, hint=hint))
        return None
    return Asked(said(formula), Choose(expr, Number(1.0), Number(0.0)))


def said(formula: Formula) -> str:
    """The formula on one line."""
    return " ".join(formula.text.text.split())


def _resolved(dag: CheckedDag, formula: Formula, problems: list[Problem]) -> tuple[Expr, Type] | None:
    expr = dag.resolve(formula, problems)
    if expr is None:
        return None
    try:
        return expr, infer(expr, dag.definitions, dag.context)
    except Mismatch as mismatch:
        mark = formula.text.at(*mismatch.expr.span)
        problems.append(Problem(mismatch.kind, mismatch.message, mark, hint=mismatch.hint))
        return None
