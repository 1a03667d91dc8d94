"""Workbooks from a few lines of Python, for tests that need no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roofsheet.graph.assembly.assemble import Assembly
from roofsheet.graph.assembly.scopes import Lexicon, ScopeSpec
from roofsheet.graph.engine.dag import Dag, build, check
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.declarations import Column, Default, Formula, Given, Quantity, Row, Sheet, Table
from roofsheet.graph.language.parser import parse
from roofsheet.problems import Mark, Text


@dataclass(frozen=True, slots=True)
class Declared:
    """A quantity: an input with a `value`, one without, or a `formula`; `choices` are its words, `of` its share."""

    unit: str = ""
    value: str = ""
    formula: str = ""
    choices: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """A table: its columns, and its rows' cells by column."""

    columns: Mapping[str, Declared]
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])


def dag(quantities: Mapping[str, Declared], tables: Mapping[str, DeclaredTable] | None = None) -> Dag:
    """The DAG of one sheet that declares all this, with the problems that it has."""
    tables = tables or {}
    sheet = Sheet(
        "made",
        "made.yaml",
        Mark("made.yaml", 1, 1),
        devices="one",
        open=True,
        quantities={name: _quantity(name, declared) for name, declared in quantities.items()},
        tables={name: _table(name, declared) for name, declared in tables.items()},
        rows=tuple(
            Row(_text(name), _text(row), {column: _cell(column, text) for column, text in cells.items()})
            for name, declared in tables.items()
            for row, cells in declared.rows.items()
        ),
    )
    return build(Assembly(ScopeSpec("", (sheet,)), Lexicon(qualifiers={"share": {"total": "all", "active": "some"}})))


def workbook(quantities: Mapping[str, Declared], tables: Mapping[str, DeclaredTable] | None = None) -> Workbook:
    """The workbook of one sheet that declares all this. Errors: InvalidInput if it has an error."""
    return Workbook(check(dag(quantities, tables)))


def formula(text: str) -> Formula:
    """A formula that stands in a file. Errors: ValueError if it is none."""
    return Formula(_text(text), parse(text))


def _text(text: str) -> Text:
    return Text.line(text, "made.yaml")


def _quantity(name: str, declared: Declared) -> Quantity:
    return Quantity(
        _text(name),
        unit=_text(declared.unit),
        formula=formula(declared.formula) if declared.formula else None,
        default=Default(value=Given(_text(declared.value))) if declared.value else None,
        choices=tuple(map(_text, declared.choices)),
        of=((_text("share"), _text(declared.of)),) if declared.of else (),
    )


def _table(name: str, declared: DeclaredTable) -> Table:
    columns = {column: Column(_quantity(column, each)) for column, each in declared.columns.items()}
    return Table(_text(name), "", columns)


def _cell(column: str, text: str) -> tuple[Text, Default]:
    value = text[:1].isdigit()
    return _text(column), Default(value=Given(_text(text))) if value else Default(formula=formula(text))
