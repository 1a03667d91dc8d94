"""A table's rows as text: the columns that are told, as many as fit, and what is at 0 or small in a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.explain.row_tables import Column, RowTable, TableRow
from ..units import format_number
from .text import WIDTH, Align, Line, Span, line, rule, table, width_of_line, wrapped

MOST_ROWS = 24
_MOST_NAMED = 8
_LEAST_SHARE = 0.0005  # a row that adds less reads 0.0%
_MISSING = "no value"


def row_lines(
    rows: RowTable, reduced: str, opened: str, width: int = WIDTH, most: int | None = MOST_ROWS
) -> list[Line]:
    """The rows under the table's name. `reduced`: the column in question; `opened`: the cell that is followed.

    `most`: how many rows are told, the largest ones; None: all, those at 0 too.
    """
    prefix = f"{reduced.rpartition('.')[0]}." if "." in reduced else ""
    count = len(rows.rows)
    title = f"{rows.table}[:]{'.' if prefix else ''}{prefix.rstrip('.')} of {count} row{'s' if count != 1 else ''}"
    told, idle, small = _parted(rows, reduced, most)
    grid = _fitted(_Grid(rows, reduced, opened, prefix), told, width)
    lines = [rule(title, width), *grid]
    lines += _in_brief(f"at 0: {_briefly(rows, idle)}", width) if idle else []
    lines += _in_brief(f"smaller: {_briefly(rows, small)}{_in_all(small, reduced)}", width) if small else []
    return lines


def _in_brief(text: str, width: int) -> list[Line]:
    return wrapped(line((text, "faint")), width, (), line("  "))


def _parted(rows: RowTable, reduced: str, most: int | None) -> tuple[list[TableRow], list[TableRow], list[TableRow]]:
    """The rows told, those at 0 and those too small to be told, each in the table's order."""
    if most is None:
        return list(rows.rows), [], []
    idle = [row for row in rows.rows if rows.is_idle(row)]
    busy = [row for row in rows.rows if row not in idle]
    if not busy:
        return idle[:most], [], idle[most:]
    place = next(place for place, column in enumerate(rows.columns) if column.name == reduced)
    by_size = sorted(busy, key=lambda row: -abs(value) if isinstance(value := row.values[place], float) else 0.0)
    told = [row for row in by_size if row.shares.get(reduced, 1.0) >= _LEAST_SHARE]
    told = told if len(told) <= most + 1 else told[:most]
    return [row for row in busy if row in told], idle, [row for row in busy if row not in told]


def _briefly(rows: RowTable, idle: Iterable[TableRow]) -> str:
    """The rows' names; `14 rows of mtp` where a scope has no other."""
    found: dict[str, list[str]] = {}
    for row in idle:
        found.setdefault(row.name.rpartition(".")[0], []).append(row.name)
    counts = {scope: sum(row.name.rpartition(".")[0] == scope for row in rows.rows) for scope in found}
    parts = [
        [f"{len(names)} rows of {scope}"] if scope and 1 < len(names) == counts[scope] else names
        for scope, names in found.items()
    ]
    said = [name for part in parts for name in part]
    return ", ".join(said) if len(said) <= _MOST_NAMED else f"{sum(map(len, found.values()))} rows"


def _in_all(rows: Sequence[TableRow], reduced: str) -> str:
    shares = [row.shares.get(reduced) for row in rows]
    known = [share for share in shares if share is not None]
    return f" ({sum(known):.1%} in all)" if known else ""


def _fitted(grid: _Grid, told: Sequence[TableRow], width: int) -> list[Line]:
    """The table; where it is too wide, without its first columns, but never without the one in question."""
    columns = list(grid.rows.columns)
    lines = grid.lines(columns, told)
    while width_of_line(lines[0]) > width and any(column.name != grid.reduced for column in columns):
        columns.remove(next(column for column in columns if column.name != grid.reduced))
        lines = grid.lines(columns, told)
    return lines


class _Grid:
    def __init__(self, rows: RowTable, reduced: str, opened: str, prefix: str) -> None:
        self.rows, self.reduced, self.opened, self.prefix = rows, reduced, opened, prefix
        self.places = {column.name: place for place, column in enumerate(rows.columns)}

    def lines(self, columns: Sequence[Column], told: Sequence[TableRow]) -> list[Line]:
        """The heads, the units, the rows and the totals."""
        names: list[Span] = [("row", "head")]
        units: list[Span] = [("", "")]
        for column in columns:
            names.append((column.name.removeprefix(self.prefix), "head"))
            units.append((column.unit, "faint"))
            if self._has_share(column):
                names.append(("share", "head"))
                units.append(("", ""))
        grid = [names, units, *(list(self._row(row, columns)) for row in told)]
        if len(self.rows.rows) > 1 and any(column.total for column in columns):
            grid.append(list(self._totals(columns)))
        align: list[Align] = ["left"]
        for column in columns:
            align += self._aligns(column)
        return table(grid, align)

    def _row(self, row: TableRow, columns: Sequence[Column]) -> Iterator[Span]:
        yield row.name, "name" if self.opened.startswith(f"{row.name}.") else ""
        for column in columns:
            yield _cell(row.values[self.places[column.name]])
            if self._has_share(column):
                share = row.shares.get(column.name)
                yield ("" if share is None else f"{share:.1%}"), "faint"

    def _totals(self, columns: Sequence[Column]) -> Iterator[Span]:
        yield "sum", "head"
        for column in columns:
            yield ("" if column.total is None else format_number(column.total)), "value"
            if self._has_share(column):
                yield "", ""

    def _has_share(self, column: Column) -> bool:
        return any(column.name in row.shares for row in self.rows.rows)

    def _aligns(self, column: Column) -> Iterator[Align]:
        words = any(isinstance(row.values[self.places[column.name]], str) for row in self.rows.rows)
        yield "left" if words else "right"
        if self._has_share(column):
            yield "right"


def _cell(value: float | str | None) -> Span:
    if value is None:
        return _MISSING, "bad"
    return (value if isinstance(value, str) else format_number(value)), "value"
