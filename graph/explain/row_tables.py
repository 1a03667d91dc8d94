"""The rows behind a column reduction, as one table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ...units import format_amount
from ..assembly.definitions import Cell, Definition
from ..engine.workbook import Workbook
from ..language.expressions import Call, Cells, Expr, walk
from ..language.names import in_scope
from .numbers import taken

SMALL = 0.001  # of a sum: a column that adds less to it is told in one line


@dataclass(frozen=True, slots=True)
class Column:
    """A column told. `reduced`: an explained formula reduces it; `total`: of all rows, where something sums it."""

    name: str
    unit: str
    reduced: bool = False
    total: float | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's values in the order of the columns, None where it has none; `shares`: of each summed column's total."""

    name: str
    values: tuple[float | str | None, ...]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table's rows, in the model's order. `columns`: from left to right, as people read them."""

    table: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]

    def is_idle(self, row: TableRow) -> bool:
        """Whether the row adds nothing: it is 0 in every reduced column."""
        return all(value == 0 for value, column in zip(row.values, self.columns, strict=True) if column.reduced)


def row_name(definition: Definition) -> str | None:
    """The absolute name of the row that a cell stands in; None for a quantity outside of tables."""
    cell = definition.cell
    return _row(cell) if cell else None


def _row(cell: Cell) -> str:
    return in_scope(cell.scope, cell.row)


class Tables:
    """The tables that an explanation of one quantity will meet; each is told once."""

    def __init__(self, workbook: Workbook, start: str) -> None:
        self.workbook = workbook
        self._reductions = list(_reductions(workbook, start))
        self._told: set[tuple[str, ...]] = set()

    @property
    def rows(self) -> tuple[str, ...]:
        """The names of all rows that are reduced."""
        names = (name for _, cells in self._reductions for name in self._row_names(cells))
        return tuple(dict.fromkeys(names))

    def first(self, cells: Cells) -> RowTable | None:
        """The table with all columns that are told of it; None when it was told before."""
        together = self._together(cells)
        key = (cells.table, *together, "of", *self._row_names(cells))
        if key in self._told:
            return None
        self._told.add(key)
        rows = tuple(self._row_names(cells))
        same = [
            (function, each)
            for function, each in self._reductions
            if (each.table, *self._row_names(each)) == (cells.table, *rows) and self._together(each) == together
        ]
        return self._told_as_table(same, together)

    def largest(self, cells: Cells) -> str | None:
        """The cell with the largest number; the first of equal ones, None where no cell has a number."""
        numbers = {name: self.workbook.value(name) for name in cells.names or ()}
        sizes = {name: abs(value) for name, value in numbers.items() if isinstance(value, float)}
        return max(sizes, key=sizes.__getitem__) if sizes else None

    def small_total(self, cells: Cells, reader: str) -> str:
        """The sum of the cells, as text, where it is next to nothing of what reads it; '' otherwise."""
        names = cells.names or ()
        total, value = self._total(names), self.workbook.value(reader)
        unit, whole = (self.workbook.definition(name).unit for name in (next(iter(names), reader), reader))
        summed = any(function == "sum" and each == cells for function, each in self._reductions)
        if total is None or not isinstance(value, float) or not summed or unit.dimension != whole.dimension:
            return ""
        is_small = 0 < abs(unit.to_base(total)) < SMALL * abs(whole.to_base(value))
        return f"{format_amount(total, unit)} in {len(names)} rows" if is_small else ""

    def _row_names(self, cells: Cells) -> Iterator[str]:
        return (_row(cell) for cell in self._cells(cells.names or ()))

    def _cells(self, names: Iterable[str]) -> Iterator[Cell]:
        return (cell for name in names if (cell := self.workbook.definition(name).cell))

    def _together(self, cells: Cells) -> tuple[str, ...]:
        """The columns that the table's sheet tells together with this one; () where it says nothing of it."""
        row = next(self._row_names(cells), "")
        declared = self.workbook.checked.table_of(row)
        lists = declared.tells if declared else ()
        return next((told for told in lists if cells.column in told), ())

    def _told_as_table(self, reductions: list[tuple[str, Cells]], together: tuple[str, ...]) -> RowTable:
        first = reductions[0][1]
        reduced = list(dict.fromkeys(cells.column for _, cells in reductions))
        summed = {cells.column for function, cells in reductions if function == "sum"}
        names = together or self._rested_on([cells for _, cells in reductions])
        cells = list(self._cells(first.names or ()))
        columns = [self._column(first.table, name, name in reduced, cells) for name in names]
        totals = {column.name: column.total for column in columns if column.name in summed}
        rows = [self._table_row(cell, columns, totals) for cell in cells]
        kept = [
            place
            for place, column in enumerate(columns)
            if column.name == first.column or any(row.values[place] not in (0, None) for row in rows)
        ]
        told = tuple(replace(row, values=tuple(row.values[place] for place in kept)) for row in rows)
        return RowTable(first.table, tuple(columns[place] for place in kept), told)

    def _column(self, table: str, name: str, reduced: bool, cells: Iterable[Cell]) -> Column:
        names = [f"{_row(cell)}.{name}" for cell in cells]
        unit = self.workbook.definition(names[0]).unit.text
        total = self._total(names) if (table, name) in self._summed else None
        return Column(name, unit, reduced, total)

    @cached_property
    def _summed(self) -> frozenset[tuple[str, str]]:
        """The columns that some formula or check sums: their totals say something."""
        checked = self.workbook.checked
        exprs = [each.expr for each in (*checked.definitions.values(), *checked.rules) if each.expr]
        found = (pair for expr in exprs for pair in reductions(expr))
        return frozenset((cells.table, cells.column) for function, cells in found if function == "sum")

    def _total(self, names: Iterable[str]) -> float | None:
        values = [value for name in names if isinstance(value := self.workbook.value(name), float)]
        return sum(values) if values else None

    def _rested_on(self, reduced: list[Cells]) -> tuple[str, ...]:
        """The reduced columns and those that they rest on in the same rows, the nearest last."""
        found: dict[str, None] = {}
        level = [name for cells in reduced for name in cells.names or ()]
        seen, nearest = set(level), True
        while level:
            for name in level:
                definition = self.workbook.definition(name)
                unsaid = definition.is_default and (definition.value is None or definition.value.layer == "default")
                if definition.cell and (nearest or not unsaid):
                    found.setdefault(definition.cell.column)
            level = [each for name in level for each in self._beside(name) if not (each in seen or seen.add(each))]
            nearest = False
        return tuple(reversed(found))

    def _beside(self, name: str) -> Iterator[str]:
        """The cells of the same row that a cell's formula may read."""
        definition = self.workbook.definition(name)
        for read in definition.reads:
            other = self.workbook.definition(read)
            if other.cell and row_name(other) == row_name(definition):
                yield read

    def _table_row(self, cell: Cell, columns: Sequence[Column], totals: Mapping[str, float | None]) -> TableRow:
        values = {column.name: self.workbook.value(f"{_row(cell)}.{column.name}") for column in columns}
        shares = {
            name: value / total
            for name, total in totals.items()
            if total and isinstance(value := values.get(name), float)
        }
        return TableRow(_row(cell), tuple(values.values()), shares)


def _reductions(workbook: Workbook, start: str) -> Iterator[tuple[str, Cells]]:
    """Each reduction that a quantity in fact rests on: the function's name and the column's cells."""
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        expr = workbook.definition(name).expr
        if expr is None:
            continue
        yield from reductions(taken(expr, workbook))
        fresh = [each for each in workbook.used(name) if each not in seen]
        seen.update(fresh)
        waiting += reversed(fresh)


def reductions(expr: Expr) -> Iterator[tuple[str, Cells]]:
    """The column reductions in a formula, with the function that does it."""
    for node in walk(expr):
        if isinstance(node, Call):
            for argument in node.arguments:
                if isinstance(argument, Cells) and argument.names:
                    yield node.function, argument
