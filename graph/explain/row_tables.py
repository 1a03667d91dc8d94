"""The rows behind a column reduction, as one table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..assembly.definitions import Cell, Definition
from ..engine.workbook import Workbook
from ..language.expressions import Call, Cells, Expr, walk
from ..language.names import in_scope
from .numbers import taken


@dataclass(frozen=True, slots=True)
class Column:
    """A column told: its unit, and how many formulas it is away from the column that is reduced."""

    name: str
    unit: str
    distance: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's values in the order of the columns, None where it has none; `shares`: of each summed column's total."""

    name: str
    values: tuple[float | str | None, ...]
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table's rows, in the model's order, with the columns that the reduced ones rest on."""

    table: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


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
        rows = (cells.table, *self._row_names(cells))
        if rows in self._told:
            return None
        self._told.add(rows)
        same = [(call, each) for call, each in self._reductions if (each.table, *self._row_names(each)) == rows]
        return self._told_as_table(same)

    def largest(self, cells: Cells) -> str | None:
        """The cell with the largest number; the first of equal ones, None where no cell has a number."""
        numbers = {name: self.workbook.value(name) for name in cells.names or ()}
        sizes = {name: abs(value) for name, value in numbers.items() if isinstance(value, float)}
        return max(sizes, key=sizes.__getitem__) if sizes else None

    def _row_names(self, cells: Cells) -> Iterator[str]:
        return (_row(cell) for cell in self._cells(cells.names or ()))

    def _cells(self, names: Iterable[str]) -> Iterator[Cell]:
        return (cell for name in names if (cell := self.workbook.definition(name).cell))

    def _told_as_table(self, reductions: list[tuple[str, Cells]]) -> RowTable:
        first = reductions[0][1]
        columns = self._columns([cells for _, cells in reductions])
        totals = {cells.column: self._total(cells) for function, cells in reductions if function == "sum"}
        rows = tuple(self._table_row(cell, columns, totals) for cell in self._cells(first.names or ()))
        return RowTable(first.table, columns, rows)

    def _total(self, cells: Cells) -> float:
        values = (self.workbook.value(name) for name in cells.names or ())
        return sum(value for value in values if isinstance(value, float))

    def _columns(self, reduced: list[Cells]) -> tuple[Column, ...]:
        """The reduced columns and those that they rest on in the same rows, the nearest first."""
        found: dict[str, Column] = {}
        level = [name for cells in reduced for name in cells.names or ()]
        seen, distance = set(level), 0
        while level:
            for name in level:
                self._add_column(self.workbook.definition(name), distance, found)
            level = [each for name in level for each in self._beside(name) if not (each in seen or seen.add(each))]
            distance += 1
        return tuple(found.values())

    def _add_column(self, definition: Definition, distance: int, found: dict[str, Column]) -> None:
        unsaid = definition.is_default and (definition.value is None or definition.value.layer == "default")
        if definition.cell and (distance == 0 or not unsaid):
            name = definition.cell.column
            found.setdefault(name, Column(name, definition.unit.text, distance))

    def _beside(self, name: str) -> Iterator[str]:
        """The cells of the same row that a cell's formula may read."""
        definition = self.workbook.definition(name)
        for read in definition.reads:
            other = self.workbook.definition(read)
            if other.cell and row_name(other) == row_name(definition):
                yield read

    def _table_row(self, cell: Cell, columns: tuple[Column, ...], totals: Mapping[str, float]) -> TableRow:
        values = {column.name: self._value(cell, column) for column in columns}
        shares = {
            name: value / total
            for name, total in totals.items()
            if total and isinstance(value := values.get(name), float)
        }
        return TableRow(_row(cell), tuple(values.values()), shares)

    def _value(self, cell: Cell, column: Column) -> float | str | None:
        name = f"{_row(cell)}.{column.name}"
        return self.workbook.value(name) if name in self.workbook else None


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
