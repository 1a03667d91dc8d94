"""Every formula that files state, each with what its names mean, so that two of them can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from roofsheet.graph.language.declarations import Formula, Quantity, Scenario, Sheet, Table
from roofsheet.graph.language.expressions import Cells, Expr, Lookup, Measure, Name, Number, transform
from roofsheet.graph.language.normal import normal_form
from roofsheet.problems import Mark, errors, render
from roofsheet.scenarios import Library
from roofsheet.scenarios.sheet_use import MODEL, SheetUse
from roofsheet.units import UnitContext

_NO_COLUMNS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Stated:
    """A formula where it stands: of what, in which file, and what it is as algebra over what its names mean."""

    quantity: str
    text: str
    mark: Mark
    form: int

    def __str__(self) -> str:
        return f"{self.mark.file}:{self.mark.line}: {self.quantity} is {' '.join(self.text.split())}"


@dataclass(frozen=True, slots=True)
class _Body:
    """A formula of a file; a column's finds the cells of its row first: name -> which cell of which table."""

    quantity: str
    formula: Formula
    cells: Mapping[str, str] = field(default_factory=lambda: _NO_COLUMNS)


def stated(paths: Iterable[Path], library: Library) -> list[Stated]:
    """Every formula that the sheets and scenarios among the files state, in order, but for those that are bare.

    Bare is what computes nothing: another name for a quantity or a cell, a literal, a look-up in a keyed input.
    Errors: AssertionError for a file that is broken.
    """
    files = [library.read(path) for path in sorted(paths)]
    meanings = Meanings(library)
    found = [each for file in files if isinstance(file, Sheet | Scenario) for each in meanings.stated(file)]
    assert not errors(library.problems), render(errors(library.problems))
    return found


def twice(formulas: Iterable[Stated]) -> list[tuple[Stated, Stated]]:
    """The pairs that are one formula: each with the first of its form. A column's formula for two phases is one."""
    first: dict[int, Stated] = {}
    pairs = ((first.setdefault(each.form, each), each) for each in formulas)
    return [(one, other) for one, other in pairs if one.mark != other.mark]


class Meanings:
    """What names mean in a file: the glossary's quantity, or the one that a file declares for itself."""

    def __init__(self, library: Library) -> None:
        self.library, self.use = library, SheetUse(library)

    def stated(self, file: Sheet | Scenario) -> Iterator[Stated]:
        # Without devices: a sheet that counts them and one that does not may say the same.
        sheets = [*self.sheets_of(file)]
        counts = frozenset(count.text for sheet in sheets for count in sheet.counts)
        context = UnitContext(counts, one_device=True)
        for body in _bodies(file):
            if not _bare(body.formula.expr):
                expr = transform(body.formula.expr, lambda node, body=body: self.resolved(node, body, sheets))
                text = body.formula.text
                yield Stated(body.quantity, text.text, text.mark, normal_form(expr, context))

    def sheets_of(self, file: Sheet | Scenario) -> Iterator[Sheet]:
        """The sheets whose names the file's formulas may read, its own first."""
        if isinstance(file, Sheet):
            yield from (file, *self.use.closure(file.use, file.file, ()))
            return
        if file.body:
            yield file.body
        yield from self.use.closure(file.use, file.file, ())
        if any(name.text == MODEL for name in file.use) and "model" in file.bind:
            entry = self.library.entry(file.bind["model"], "model", file.file)
            yield from self.use.closure(entry.use, entry.file, ()) if entry else ()
        extended = self.library.scenario(file.extends, file.file) if file.extends else None
        yield from self.sheets_of(extended) if extended else ()

    def resolved(self, node: Expr, body: _Body, sheets: list[Sheet]) -> Expr:
        match node:
            case Name(name):
                return Name(body.cells.get(name) or self.meaning(name, sheets))
            case Cells(table, column):
                return Cells(self.meaning(table, sheets), column)
            case Lookup(name, keys):
                return Lookup(self.meaning(name, sheets), keys)
            case _:
                return node

    def meaning(self, name: str, sheets: list[Sheet]) -> str:
        """The name itself where it is the glossary's, or reaches into a scope; else with the file that declares it."""
        if name in self.use.lexicon([]).names:
            return name
        for sheet in sheets:
            if name in sheet.quantities:
                formula = sheet.quantities[name].formula
                if formula and isinstance(formula.expr, Name):
                    return self.meaning(formula.expr.name, sheets)
                return f"{sheet.file}:{name}"
            if name.partition(".")[0] in {row.name.text for row in sheet.rows} | set(sheet.tables):
                return f"{sheet.file}:{name}"
        return name


def _bare(expr: Expr) -> bool:
    return isinstance(expr, Name | Number | Measure) or (isinstance(expr, Lookup) and all(map(_bare, expr.keys)))


def _bodies(file: Sheet | Scenario) -> Iterator[_Body]:
    if isinstance(file, Scenario):
        yield from (_Body(each.name.text, each.formula) for each in file.override)
        yield from _bodies(file.body) if file.body else ()
        return
    for quantity in file.quantities.values():
        yield from (_Body(quantity.name.text, each) for each in _formulas(quantity))
    for table in file.tables.values():
        yield from _columns(table)
    for row in file.rows:
        cells = ((column, cell.formula) for column, (_, cell) in row.cells.items())
        yield from (_Body(f"{row.name.text}.{column}", formula) for column, formula in cells if formula)


def _columns(table: Table) -> Iterator[_Body]:
    name = table.name.text
    cells = {column: f"{name}[:].{column}" for column in table.columns}
    for column, each in table.columns.items():
        yield from (_Body(cells[column], formula, cells) for formula in _formulas(each.quantity))


def _formulas(quantity: Quantity) -> Iterator[Formula]:
    default = quantity.default.formula if quantity.default else None
    yield from (each for each in (quantity.formula, default) if each)
