"""Explain: how a quantity came to its value, as a tree of steps along what it in fact read.

A quantity met a second time is referred to, not told again. Where a formula reduces a table's column, the rows are
told as one table, and only one row's cell, the largest or the one asked for, is followed further. Unless all is asked
for, what `sparing` calls not worth a line is left out, and the defaults among it are told at the end, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...problems import Mark, Problem, UnknownQuantity
from ..assembly.definitions import Definition, Role
from ..engine.workbook import Workbook
from ..language.declarations import Formula
from ..language.expressions import Cells, Name
from ..language.names import did_you_mean
from ..language.printer import print_formula
from .numbers import Condition, conditions, taken, with_numbers
from .row_tables import RowTable, Tables, reductions, row_name
from .sparing import Sparing, inputs_of

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
    `hidden`: how many steps were left out below it; `brief`: all of them, as it is 0. `alias`: its formula is
    another's name. `of`: the quantity's qualifiers.
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
    steps: tuple[Step, ...] = ()
    repeated: bool = False
    hidden: int = 0
    brief: bool = False
    alias: bool = False
    of: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Reduction:
    """A column that a formula reduced: the rows (None: in a table above), and the cell followed further.

    `small`: what it sums to, of how many rows, where that is too little beside what it is added to for a table.
    """

    table: str
    column: str
    rows: RowTable | None
    opened: Step | None
    small: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one quantity came to its value.

    `tables`: the columns that its formulas reduced, in the order of the steps; `defaults`: values of sheets that were
    left out; `whole`: nothing was.
    """

    root: Step
    tables: tuple[Reduction, ...] = ()
    defaults: tuple[Step, ...] = ()
    whole: bool = False

    def steps(self) -> Iterator[Step]:
        """Every step, each before those that it rests on; those of opened rows after the others."""
        for root in (self.root, *(each.opened for each in self.tables if each.opened)):
            waiting = [root]
            while waiting:
                step = waiting.pop()
                yield step
                waiting += reversed(step.steps)


def explain(
    workbook: Workbook, name: str, depth: int | None = None, row: str | None = None, whole: bool = False
) -> Explanation:
    """Explain a quantity, `depth` levels down, and the largest row of the first table, or `row` (`moe.attend`).

    `whole`: leave out nothing, and follow the largest row of each table.
    Errors: `UnknownQuantity` for a name or a row that is not there.
    """
    start = workbook.definition(name).name
    teller = _Teller(workbook, start, row, whole)
    root = teller.step(start, DEEPEST if depth is None else min(max(depth, 0), DEEPEST))
    return Explanation(root, tuple(teller.reductions()), teller.left_out(), whole)


class _Teller:
    def __init__(self, workbook: Workbook, start: str, row: str | None, whole: bool) -> None:
        self.workbook, self.row = workbook, row
        self.in_full = {start}  # told in full even where they are 0
        self.told: set[str] = set()
        self.tables = Tables(workbook, start)
        self.spare = Sparing(workbook)
        self.whole = whole or start in self.spare.untouched
        self.has_opened = False
        self.defaults: dict[str, None] = {}
        self.reduced: dict[Cells, tuple[str, int]] = {}  # by which step, and the depth left
        if row is not None and row not in self.tables.rows:
            hint = did_you_mean(row, self.tables.rows) or _rows_hint(start, self.tables.rows)
            raise UnknownQuantity([Problem("name", f"{start} rests on no row called {row}", hint=hint)])

    def step(self, name: str, depth: int) -> Step:
        definition = self.workbook.definition(name)
        if name in self.told:
            return self._made(definition, repeated=True)
        reads = self._reads(definition)
        if self._is_brief(name):
            self.told.add(name)
            return self._made(definition, brief=True)
        if depth <= 0 and (reads or self._cells(definition)):
            return self._made(definition, hidden=len(self.workbook.used(name)))
        self.told.add(name)
        if definition.expr is None:
            return self._made(definition)
        for cells in self._cells(definition):
            self.reduced.setdefault(cells, (name, depth - 1))
        losers = frozenset[str]() if self.whole else self.spare.losers(definition.expr)
        steps = [self.step(each, 0 if each in losers else depth - 1) for each in reads if self._is_worth_it(each)]
        return self._made(definition, steps=tuple(steps))

    def reductions(self) -> Iterator[Reduction]:
        """The tables, once all steps but those of their rows are told; an opened row may lead to others."""
        done = 0
        while done < len(self.reduced):
            cells = list(self.reduced)[done]
            yield self._reduction(cells, *self.reduced[cells])
            done += 1

    def left_out(self) -> tuple[Step, ...]:
        """The inputs at their defaults that no step told."""
        names = [name for name in self.defaults if name not in self.told]
        return tuple(self._made(self.workbook.definition(name)) for name in names)

    def _is_brief(self, name: str) -> bool:
        """Whether it is 0, which needs no derivation."""
        return not self.whole and name not in self.in_full and self.spare.is_zero(name)

    def _is_worth_it(self, name: str) -> bool:
        """Whether a step is told. A quantity that rests on defaults alone is not; they are remembered."""
        if self.whole:
            return True
        if name in self.spare.untouched:
            self.defaults |= dict.fromkeys(inputs_of(self.workbook, name))
            return False
        return name not in self.told

    def _reads(self, definition: Definition) -> tuple[str, ...]:
        """What the formula in fact read, less the cells that a table tells."""
        in_tables = {name for cells in self._cells(definition) for name in cells.names or ()}
        return tuple(name for name in self.workbook.used(definition.name) if name not in in_tables)

    def _cells(self, definition: Definition) -> list[Cells]:
        if definition.expr is None:
            return []
        return list(dict.fromkeys(cells for _, cells in reductions(taken(definition.expr, self.workbook))))

    def _reduction(self, cells: Cells, reader: str, depth: int) -> Reduction:
        total = self.tables.small_total(cells, reader)
        if total and not self.whole and not self._asked(cells):
            return Reduction(cells.table, cells.column, None, None, total)
        rows = self.tables.first(cells)
        name = self._opened(cells)
        return Reduction(cells.table, cells.column, rows, self.step(name, depth) if name and depth >= 0 else None)

    def _opened(self, cells: Cells) -> str | None:
        """The cell to follow: that of the row asked for, or else the largest, where it has something to tell."""
        asked, largest = self._asked(cells), self.tables.largest(cells)
        found = asked or largest
        if found is None or self.whole:
            return found
        if asked:
            idle = self.has_opened and self.spare.is_zero(asked)
        else:
            idle = bool(self.row) or self.has_opened or self.spare.is_zero(found) or not self._is_worth_it(found)
        if idle:
            return None
        self.has_opened = True
        self.in_full.add(found)
        return found

    def _asked(self, cells: Cells) -> str | None:
        """The cell of the row asked for, if the column has one."""
        names = (name for name in cells.names or () if row_name(self.workbook.definition(name)) == self.row)
        return next(names, None) if self.row else None

    def _made(
        self,
        definition: Definition,
        steps: tuple[Step, ...] = (),
        repeated: bool = False,
        hidden: int = 0,
        brief: bool = False,
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
            steps=steps,
            repeated=repeated,
            hidden=hidden,
            brief=brief,
            alias=isinstance(expr, Name),
            of=MappingProxyType(dict(definition.of)),
        )  # fmt: skip


def _written(formula: Formula) -> str:
    """The formula as written, on one line; that of an `each:` column with its own word in the place of `$phase`."""
    text = formula.text.text
    return print_formula(formula.expr) if "$" in text else " ".join(text.split())


def _rows_hint(start: str, rows: tuple[str, ...]) -> str:
    return f"its rows are {', '.join(rows[:12])}" if rows else f"{start} reduces no table"
