"""An explanation as a tree of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ..graph.assembly.qualifiers import said
from ..graph.explain.derivation import Explanation, Reduction, Step
from ..graph.explain.row_tables import Column, RowTable
from ..units import format_number
from .text import WIDTH, Align, Line, Span, line, place_of, table, width_of, width_of_line, without_address, wrapped

_MISSING = "no value"


def explain_lines(explanation: Explanation, width: int = WIDTH) -> list[Line]:
    """The explanation as a tree, a few lines a step."""
    return list(_Tree(width).step(explanation.root, "", ""))


class _Tree:
    """Draws steps; `lead` stands before a step's first line, `under` before its other lines and what is below it."""

    def __init__(self, width: int) -> None:
        self.width = width

    def step(self, step: Step, lead: str, under: str) -> Iterator[Line]:
        below = bool(step.steps or step.tables) and not step.repeated
        inner = under + ("│  " if below else "   ")
        yield from wrapped(_headline(step), self.width, _faint(lead), _faint(f"{inner}  "))
        if not step.repeated:
            for detail in _details(step):
                yield from wrapped(detail, self.width, _faint(inner), _faint(f"{inner}  "))
        yield from self.below(step, under)

    def below(self, step: Step, under: str) -> Iterator[Line]:
        if step.repeated:
            return
        total = len(step.tables) + len(step.steps)
        for place, part in enumerate((*step.tables, *step.steps)):
            last = place == total - 1
            lead, inner = under + ("└─ " if last else "├─ "), under + ("   " if last else "│  ")
            if isinstance(part, Step):
                yield from self.step(part, lead, inner)
            else:
                yield from self.reduction(part, lead, inner)

    def reduction(self, part: Reduction, lead: str, under: str) -> Iterator[Line]:
        title = line((f"{part.table}[:].{part.column}", "name"))
        if part.rows is None:
            yield (*_faint(lead), *title, (" (in the table above)", "faint"))
        else:
            count = len(part.rows.rows)
            yield (*_faint(lead), *title, (f" of {count} row{'s' if count != 1 else ''}", "faint"))
            inner = under + ("│  " if part.opened else "   ")
            opened = part.opened.name if part.opened else ""
            for row in row_lines(part.rows, part.column, opened, self.width - width_of(inner)):
                yield (*_faint(inner), *row)
        if part.opened:
            yield from self.step(part.opened, f"{under}└─ ", f"{under}   ")


def _faint(text: str) -> Line:
    return ((text, "faint"),) if text else ()


def _headline(step: Step) -> Line:
    symbol: tuple[Span, ...] = ((f" {step.symbol}", "symbol"),) if step.symbol else ()
    value: Span = (step.text, "bad" if step.value is None else "value")
    words = f" ({said(tuple(step.of.items()))})" if step.of else ""
    head = line((step.name, "name"), *symbol, " = ", value, (words, "faint"))
    return (*head, (" (above)", "faint")) if step.repeated else head


def _details(step: Step) -> Iterator[Line]:
    if step.role in ("formula", "default"):
        yield from _formula_details(step)
    else:
        yield from _input_details(step)
    for old in step.shadowed:
        yield line((f"hides {old.text} of the layer {old.layer} ({place_of(old.mark)})", "faint"))
    if step.problem is not None and step.problem.quantity in ("", step.name):
        yield line((step.problem.message, "bad"))
    if step.hidden:
        yield line((f"… rests on {step.hidden} more", "faint"))


def _formula_details(step: Step) -> Iterator[Line]:
    if step.formula != step.text:  # a choice's word is its own formula
        yield line(f"= {step.formula}")
    if step.numbers not in (step.formula, step.text):
        yield line(f"= {step.numbers}")
    for condition in step.conditions:
        holds = "" if condition.holds else " does not hold"
        yield line((f"as {condition.text}{holds}", "faint"))
    default = "a default, " if step.role == "default" else ""
    yield line((f"{default}{place_of(step.mark)}", "faint"))


def _input_details(step: Step) -> Iterator[Line]:
    kind: Span = (step.kind, "bad" if step.kind == "missing" else "kind")
    source = f", {without_address(step.source)}" if step.source else ""
    place = f", {place_of(step.mark)}" if step.mark else ""
    yield line(kind, (f"{source}{place}", "faint"))
    if step.note:
        yield line((f"note: {step.note}", "faint"))
    if step.role == "pinned":
        yield line(("pinned", "warn"), (f" over the formula {step.formula}", "faint"))


# -- tables ----------------------------------------------------------------------------------------


def row_lines(rows: RowTable, reduced: str, opened: str, width: int) -> list[Line]:
    """A table of rows: the reduced column with its shares, and as many of those it rests on as fit."""
    columns = [column for column in rows.columns if column.name == reduced]
    columns += [column for column in rows.columns if column.name != reduced]
    best = _grid(rows, columns[:1], opened)
    for most in range(2, len(columns) + 1):
        wider = _grid(rows, columns[:most], opened)
        if width_of_line(wider[0]) > width:
            break
        best = wider
    return best


def _grid(rows: RowTable, columns: Sequence[Column], opened: str) -> list[Line]:
    """The table with these columns, the nearest to the result last."""
    shown = list(reversed(columns))
    places = {column.name: place for place, column in enumerate(rows.columns)}
    grid: list[list[Span]] = [
        [("row", "head"), *_heads(shown, rows, "name")],
        [("", ""), *_heads(shown, rows, "unit")],
    ]
    for row in rows.rows:
        cells: list[Span] = [(row.name, "name" if opened.startswith(f"{row.name}.") else "")]
        for column in shown:
            cells.append(_cell(row.values[places[column.name]]))
            if _summed(column, rows):
                share = row.shares.get(column.name)
                cells.append(("" if share is None else f"{share:.1%}", "faint"))
        grid.append(cells)
    rest: list[Align] = ["right"] * (len(grid[0]) - 1)
    return table(grid, ["left", *rest])


def _heads(columns: Sequence[Column], rows: RowTable, part: Literal["name", "unit"]) -> Iterator[Span]:
    for column in columns:
        yield (column.name, "head") if part == "name" else (column.unit, "faint")
        if _summed(column, rows):
            yield ("share", "head") if part == "name" else ("", "")


def _summed(column: Column, rows: RowTable) -> bool:
    return any(column.name in row.shares for row in rows.rows)


def _cell(value: float | str | None) -> Span:
    if value is None:
        return _MISSING, "bad"
    return (value if isinstance(value, str) else format_number(value)), "value"
