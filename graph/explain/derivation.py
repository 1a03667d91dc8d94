"""Explain: how a quantity came to its value, as a tree of steps along what it in fact read.

A quantity met a second time is referred to, not told again. Where a formula reduces a table's column, the rows are
told as one table, and only one row's cell, the largest or the one asked for, is followed further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...problems import Mark, Problem, UnknownQuantity
from ..assembly.definitions import Definition, Role
from ..engine.workbook import Workbook
from ..language.declarations import Formula
from ..language.expressions import Cells
from ..language.names import did_you_mean
from ..language.printer import print_formula
from .numbers import Condition, conditions, taken, with_numbers
from .row_tables import RowTable, Tables, reductions, row_name

DEEPEST = 100  # levels; a longer chain is cut, with a count of what is left out


@dataclass(frozen=True, slots=True)
class Shadow:
    """A value that a later layer hid."""

    layer: str
    text: str
    kind: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Step:
    """One quantity of an explanation, and the steps of what it read.

    `value` is in `unit`; `text` is both, for people. `formula` is as written, also where a value pins it;
    `numbers` is the branch taken, with numbers for names, and `conditions` what chose it. `repeated`: told above.
    `hidden`: how many steps a depth limit left out. `of`: the quantity's qualifiers.
    """

    name: str
    symbol: str
    value: float | str | None
    unit: str
    text: str
    kind: str
    role: Role
    about: str
    formula: str = ""
    numbers: str = ""
    conditions: tuple[Condition, ...] = ()
    source: str = ""
    note: str = ""
    layer: str = ""
    sheet: str = ""
    mark: Mark | None = None
    shadowed: tuple[Shadow, ...] = ()
    problem: Problem | None = None
    tables: tuple[Reduction, ...] = ()
    steps: tuple[Step, ...] = ()
    repeated: bool = False
    hidden: int = 0
    of: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Reduction:
    """A column that a step's formula reduced: the rows (None: in a table above), and the cell followed further."""

    table: str
    column: str
    rows: RowTable | None
    opened: Step | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one quantity came to its value."""

    root: Step

    def steps(self) -> Iterator[Step]:
        """Every step, each before those that it rests on."""
        waiting = [self.root]
        while waiting:
            step = waiting.pop()
            yield step
            opened = [each.opened for each in step.tables if each.opened]
            waiting += [*reversed(opened), *reversed(step.steps)]


def explain(workbook: Workbook, name: str, depth: int | None = None, row: str | None = None) -> Explanation:
    """Explain a quantity, `depth` levels down; `row` (`moe.attend`) is followed instead of the largest one.

    Errors: `UnknownQuantity` for a name or a row that is not there.
    """
    start = workbook.definition(name).name
    teller = _Teller(workbook, start, row)
    return Explanation(teller.step(start, DEEPEST if depth is None else min(max(depth, 0), DEEPEST)))


class _Teller:
    def __init__(self, workbook: Workbook, start: str, row: str | None) -> None:
        self.workbook, self.row = workbook, row
        self.told: set[str] = set()
        self.tables = Tables(workbook, start)
        if row is not None and row not in self.tables.rows:
            hint = did_you_mean(row, self.tables.rows) or _rows_hint(start, self.tables.rows)
            raise UnknownQuantity([Problem("name", f"{start} rests on no row called {row}", hint=hint)])

    def step(self, name: str, depth: int) -> Step:
        definition = self.workbook.definition(name)
        if name in self.told:
            return self._made(definition, repeated=True)
        reads = self._reads(definition)
        if depth == 0 and reads:
            return self._made(definition, hidden=len(reads))
        self.told.add(name)
        if definition.expr is None:
            return self._made(definition)
        tables = tuple(self._reduction(cells, depth) for cells in self._cells(definition))
        return self._made(definition, tables=tables, steps=tuple(self.step(each, depth - 1) for each in reads))

    def _reads(self, definition: Definition) -> tuple[str, ...]:
        """What the formula in fact read, less the cells that a table tells."""
        in_tables = {name for cells in self._cells(definition) for name in cells.names or ()}
        return tuple(name for name in self.workbook.used(definition.name) if name not in in_tables)

    def _cells(self, definition: Definition) -> list[Cells]:
        if definition.expr is None:
            return []
        return list(dict.fromkeys(cells for _, cells in reductions(taken(definition.expr, self.workbook))))

    def _reduction(self, cells: Cells, depth: int) -> Reduction:
        rows = self.tables.first(cells)
        name = self._opened(cells)
        opened = self.step(name, depth - 1) if name and depth > 0 else None
        return Reduction(cells.table, cells.column, rows, opened)

    def _opened(self, cells: Cells) -> str | None:
        asked = [name for name in cells.names or () if row_name(self.workbook.definition(name)) == self.row]
        return asked[0] if asked else self.tables.largest(cells)

    def _made(
        self,
        definition: Definition,
        tables: tuple[Reduction, ...] = (),
        steps: tuple[Step, ...] = (),
        repeated: bool = False,
        hidden: int = 0,
    ) -> Step:
        workbook, name = self.workbook, definition.name
        value, formula = definition.value, definition.formula
        expr = definition.expr
        return Step(
            name=name,
            symbol=definition.symbol,
            value=workbook.value(name),
            unit=definition.unit.text,
            text=workbook.text(name),
            kind=definition.kind,
            role=definition.role,
            about=definition.about,
            formula=_written(formula) if formula else "",
            numbers=with_numbers(expr, workbook) if expr else "",
            conditions=tuple(conditions(expr, workbook)) if expr else (),
            source=value.given.source if value else definition.source,
            note=value.given.note if value else "",
            layer=value.layer if value else "",
            sheet=definition.sheet,
            mark=definition.where,
            shadowed=tuple(Shadow(old.layer, old.text, old.kind, old.given.value.mark) for old in definition.shadowed),
            problem=workbook.error(name),
            tables=tables,
            steps=steps,
            repeated=repeated,
            hidden=hidden,
            of=MappingProxyType(dict(definition.of)),
        )  # fmt: skip


def _written(formula: Formula) -> str:
    """The formula as written, on one line; that of an `each:` column with its own word in the place of `$phase`."""
    text = formula.text.text
    return print_formula(formula.expr) if "$" in text else " ".join(text.split())


def _rows_hint(start: str, rows: tuple[str, ...]) -> str:
    return f"its rows are {', '.join(rows[:12])}" if rows else f"{start} reduces no table"
