"""Everything computed at the top level, for a scenario that names no results: by sheet, a table's rows side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..graph.assembly.definitions import Definition
from ..graph.engine.workbook import Workbook
from ..graph.language.expressions import Name
from ..units import format_number
from .text import BLANK, WIDTH, Align, Line, Span, line, rule, table, width_of_line, wrapped
from .text_show import LEAST_ABOUT, quantity_lines, with_abouts

_MOST_BESIDE = 4  # rows of a table that stand side by side
_MOST_IN_ONE = 12  # quantities that need no headings


def overview_lines(
    workbook: Workbook, names: Sequence[str], lacking: Sequence[str] = (), width: int = WIDTH
) -> list[Line]:
    """The results of a scenario without a list of them, under their sheets.

    Left out, where they are many: defaults that nothing set and second names of a table's cells, which say again what
    stands elsewhere. `lacking`: names without a value for want of an input.
    """
    lines: list[Line] = []
    if len(names) <= _MOST_IN_ONE:
        lines += quantity_lines(workbook, names, width)
    else:
        for title, group in _groups(workbook, names).items():
            told = _beside(workbook, group, width) or quantity_lines(workbook, group, width)[1:]
            lines += [*([BLANK] if lines else []), rule(title, width), *told]
    return [*lines, *_lacking(workbook, lacking, width)]


def _lacking(workbook: Workbook, names: Sequence[str], width: int) -> list[Line]:
    """What has no value, and the inputs that nothing set."""
    if not names:
        return []
    inputs = dict.fromkeys(problem.quantity for name in names if (problem := workbook.error(name)))
    text = f"not told, as nothing sets {', '.join(inputs)}: {', '.join(names)}"
    return [BLANK, *wrapped(line((text, "faint")), width, (), line("  "))]


def _groups(workbook: Workbook, names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The names worth a line by where they come from: the table, or else the sheet."""
    found: dict[str, list[str]] = {}
    for name in names:
        definition = workbook.definition(name)
        if not _says_again(workbook, definition):
            title = definition.cell.table if definition.cell else definition.sheet or "the scenario"
            found.setdefault(title, []).append(name)
    return found


def _says_again(workbook: Workbook, definition: Definition) -> bool:
    if definition.cell or definition.expr is None:
        return False
    is_alias = isinstance(definition.expr, Name) and workbook.definition(definition.expr.name).cell is not None
    return definition.is_default or is_alias


def _beside(workbook: Workbook, names: Sequence[str], width: int) -> list[Line]:
    """A few rows of one table, a column each; [] where the names are none of those, or the page is too narrow."""
    cells = [cell for name in names if (cell := workbook.definition(name).cell)]
    rows = list(dict.fromkeys(cell.row for cell in cells))
    if len(cells) < len(names) or not 1 < len(rows) <= _MOST_BESIDE:
        return []
    columns = dict.fromkeys(cell.column for cell in cells)
    grid: list[list[Span]] = [[("", ""), *((row, "head") for row in rows), ("unit", "head")]]
    grid += [_column(workbook, column, rows) for column in columns]
    numbers: list[Align] = ["right"] * len(rows)
    figures = table(grid, ["left", *numbers, "left"])
    if max(map(width_of_line, figures)) > width:
        return []
    first = (next(name for name in names if name.endswith(f".{column}")) for column in columns)
    return with_abouts(figures, [workbook.definition(name).meaning for name in first], width, LEAST_ABOUT)


def _column(workbook: Workbook, column: str, rows: Sequence[str]) -> list[Span]:
    names = [f"{row}.{column}" for row in rows]
    known = [name for name in names if name in workbook]
    unit = workbook.definition(known[0]).unit.text
    return [
        (column, "name"),
        *(_figure(workbook, name) if name in known else ("", "") for name in names),
        (unit, "faint"),
    ]


def _figure(workbook: Workbook, name: str) -> Span:
    value = workbook.value(name)
    if value is None:
        return "no value", "bad"
    return (value if isinstance(value, str) else format_number(value)), "value"
