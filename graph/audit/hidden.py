"""The formula that a value hides: what it would give, had nothing set the quantity."""

from __future__ import annotations

from dataclasses import replace

from ...problems import NoValue
from ..assembly.cases import renamed
from ..assembly.definitions import Definition
from ..engine.dimensions import Measured, Mismatch, Words, fits, infer
from ..engine.workbook import Workbook
from ..explain.reach import case_of
from ..language.declarations import Formula
from ..language.expressions import Expr, reads
from ..language.names import in_scope


def hidden_value(workbook: Workbook, definition: Definition, instead: Expr | None = None) -> float | str | None:
    """What a set quantity's own formula gives on the present values: a number in base units, or a word.

    `instead`: another form of that formula, as written. None where it cannot be evaluated: it was never in
    force, so its names may mean nothing and its dimensions may not agree.
    """
    if definition.formula is None:
        return None
    formula = definition.formula if instead is None else replace(definition.formula, expr=instead)
    expr = _resolved(workbook, definition, formula)
    if expr is None or not _agrees(workbook, definition, expr):
        return None
    try:
        number = workbook.evaluate(expr, definition.name)
    except NoValue:
        return None
    return workbook.key_of((expr,))[0] if definition.choices else float(number)


def _resolved(workbook: Workbook, definition: Definition, formula: Formula) -> Expr | None:
    """The formula with absolute names; a case's reads the case's quantities where it has its own."""
    case = case_of(workbook, definition)
    resolver = workbook.checked.resolver
    name = definition.name.removeprefix(f"{case}.") if case else definition.name
    site = resolver.sites.all[name]
    reader, columns = (None, None) if definition.overridden else (site.reader, site.columns)
    expr = resolver.resolve(formula, site.scope, reader, columns, name, quiet=True)
    if expr is None or not case:
        return expr
    inside = {read: in_scope(case, read) for read in reads(expr)}
    known = workbook.checked.definitions
    return renamed(expr, {read: own for read, own in inside.items() if own in known})


def _agrees(workbook: Workbook, definition: Definition, expr: Expr) -> bool:
    checked = workbook.checked
    try:
        found = infer(expr, checked.definitions, checked.context)
    except Mismatch:
        return False
    if definition.choices:
        return isinstance(found, Words) and found.words <= set(definition.choices)
    return isinstance(found, Measured) and fits(found, definition.unit.dimension)
