"""What a sheet says that it takes, shadows and replaces, held against what it reads and gives.

Each sheet is checked once, by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...problems import Problem, Text
from ..language.declarations import Formula, Quantity, Sheet
from ..language.expressions import Cells, Expr, Lookup, Name, walk
from ..language.names import did_you_mean
from .scopes import Lexicon


def check_takes(sheets: Iterable[Sheet], lexicon: Lexicon) -> list[Problem]:
    """A name is taken only if the glossaries know it, and only if something reads it.

    Otherwise the coverage of a model's facts would be worth little: to list a name would cover the fact.
    """
    problems: list[Problem] = []
    known = lexicon.names
    for sheet in {id(each): each for each in sheets}.values():
        read = _read_by(sheet) if sheet.takes else frozenset[str]()
        for text in sheet.takes:
            if text.text not in known:
                problems.append(not_in_glossary(text, lexicon))
            elif text.text not in read:
                message = f"the sheet {sheet.name} takes {text.text}, but none of its formulas reads it"
                problems.append(Problem("takes", message, text.mark, hint="leave it out"))
        problems += _not_given(sheet)
    return problems


def _read_by(sheet: Sheet) -> frozenset[str]:
    """First parts of the names that the sheet's formulas read, and the tables of its rows."""
    names = (name.partition(".")[0] for formula in formulas_of(sheet) for name in names_in(formula.expr))
    return frozenset((*names, *(row.table.text for row in sheet.rows)))


def _not_given(sheet: Sheet) -> Iterator[Problem]:
    """What a sheet says that it hides or replaces is what it gives; else the name is mistaken."""
    gives = {*sheet.quantities, *(row.name.text for row in sheet.rows)}
    for key, names in (("shadows", sheet.shadows), ("replaces", sheet.replaces)):
        for text in names:
            if text.text not in gives:
                message = f"the sheet {sheet.name} {key} {text.text}, but gives no such name"
                yield Problem(key, message, text.mark, hint=did_you_mean(text.text, gives) or "leave it out")


def not_in_glossary(text: Text, lexicon: Lexicon) -> Problem:
    """The problem of a name that a sheet takes and no glossary explains."""
    hint = did_you_mean(text.text, sorted(lexicon.names))
    return Problem("glossary", f"no glossary has the name {text.text}", text.mark, hint=hint)


def formulas_of(sheet: Sheet) -> Iterator[Formula]:
    """Every formula of a sheet's quantities, columns, rows and checks."""
    columns = (column.quantity for table in sheet.tables.values() for column in table.columns.values())
    for quantity in (*sheet.quantities.values(), *columns):
        yield from _formulas_of(quantity)
    for row in sheet.rows:
        yield from (default.formula for _, default in row.cells.values() if default.formula)
    yield from (check.rule for check in sheet.checks)


def _formulas_of(quantity: Quantity) -> Iterator[Formula]:
    if quantity.formula:
        yield quantity.formula
    if quantity.default and quantity.default.formula:
        yield quantity.default.formula


def names_in(expr: Expr) -> Iterator[str]:
    """The names that a formula reads, as written: of quantities, tables and keyed inputs."""
    for part in walk(expr):
        match part:
            case Cells(table):
                yield table.rpartition(".")[2]  # vision.operators[:] are rows of operators
            case Name(name) | Lookup(name):
                yield name
            case _:
                pass
