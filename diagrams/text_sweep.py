"""A sweep as text: its rows as a table, what was counted, and between which numbers the outputs lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from ..sweeps.plan import Heading, Plan
from ..sweeps.rows import Column, Rows, Words
from ..sweeps.tally import Tally
from ..units import format_number
from .text import BLANK, Align, Line, Span, Style, line, shortened, table, width_of_line, wrapped

REASONS = 5
NOTHING = "no value"


def sweep_lines(plan: Plan, tally: Tally, rows: Rows, width: int) -> list[Line]:
    """The sweep's title, what was counted, and these of its rows."""
    found = [*wrapped(line((plan.title, "title")), width), *wrapped(line(*counted(plan, tally)), width)]
    if len(rows):
        found.append(BLANK)
        same = [each for each in plan.outputs if len(rows) > 1 and is_same(each, tally)]
        varied = [each for each in plan.headings if each not in same]
        found += row_lines(plan, varied, rows, width)
        found += same_lines(same, rows, width)
    return [*found, *reason_lines(tally, width)]


def counted(plan: Plan, tally: Tally) -> list[str | Span]:
    """How many points there are, and which of them are kept."""
    request = plan.request
    said: list[str | Span] = [f"{tally.points:,} point{'' if tally.points == 1 else 's'}"]
    if request.where is not None:
        said.append(f", {tally.kept:,} of them with {spaced(request.where.text)}")
    if request.best is not None:
        said.append(f"; the {request.count} with the {directed(request.best.text, 'most', 'least')}")
    if request.pareto:
        keys = " and ".join(directed(key.text, "less", "more") for key in request.pareto)
        said.append(f"; the Pareto front for {keys}")
    return said


def spaced(formula: str) -> str:
    """The formula on one line, units behind their numbers as people write them."""
    return re.sub(r"(?<=[\w.])\[([^\]]*)\]", r" \1", " ".join(formula.split()))


def directed(key: str, plainly: str, negated: str) -> str:
    """A key with its direction: `-tpot` is the other way round."""
    text = spaced(key)
    return f"{negated} {text[1:].strip()}" if text.startswith("-") else f"{plainly} {text}"


def is_same(heading: Heading, tally: Tally) -> bool:
    """Whether an output is one number at all points that were kept."""
    if heading.words or heading.name not in tally.least or tally.failed:
        return False
    return tally.least[heading.name].value == tally.largest[heading.name].value


def same_lines(headings: Sequence[Heading], rows: Rows, width: int) -> list[Line]:
    """Outputs that do not vary, said once."""
    if not headings:
        return []
    said = [f"{each.name} {_cells(rows.columns[each.name])[0]} {each.unit}".rstrip() for each in headings]
    return [BLANK, *wrapped(line(("the same in all rows: " + ", ".join(said), "faint")), width)]


def row_lines(plan: Plan, headings: Sequence[Heading], rows: Rows, width: int) -> list[Line]:
    """The rows under names and units: one table, or several beside the axes where one is wider than `width`."""
    axes = [each for each in headings if each in plan.axes]
    outputs = [each for each in headings if each not in plan.axes]
    found: list[Line] = []
    while True:
        count = len(outputs)
        while count > 1 and _width(_rows([*axes, *outputs[:count]], rows, width)) > width:
            count -= 1
        found += _rows([*axes, *outputs[:count]], rows, width)
        outputs = outputs[count:]
        if not outputs:
            return found
        found.append(BLANK)


def _rows(headings: Sequence[Heading], rows: Rows, width: int) -> list[Line]:
    columns = [_cells(rows.columns[heading.name]) for heading in headings]
    whole = _table(headings, columns, [[heading.name] for heading in headings])
    if _width(whole) <= width:
        return whole
    broken = [_broken(heading, cells) for heading, cells in zip(headings, columns, strict=True)]
    return _table(headings, columns, broken)


def _width(lines: Sequence[Line]) -> int:
    return max(map(width_of_line, lines))


def _table(headings: Sequence[Heading], columns: Sequence[list[str]], names: Sequence[list[str]]) -> list[Line]:
    heads = zip_longest(*names, fillvalue="")
    shown = [_styled(each, "head") for each in heads]
    if any(heading.unit for heading in headings):
        shown.append(_styled([heading.unit for heading in headings], "faint"))
    shown += [_styled(each, "value") for each in zip(*columns, strict=True)]
    aligned: list[Align] = ["left" if heading.words else "right" for heading in headings]
    return table(shown, aligned)


def _styled(texts: Sequence[str], style: Style) -> Sequence[Span]:
    return [(text, style) for text in texts]


def _broken(heading: Heading, cells: Sequence[str]) -> list[str]:
    """The name in lines as wide as its column, broken after underscores and spaces."""
    room = max(*map(len, cells), len(heading.unit))
    lines = [""]
    for part in heading.name.replace("_", "_\0").replace(" ", " \0").split("\0"):
        if lines[-1] and len(lines[-1] + part.rstrip()) > room:
            lines.append("")
        lines[-1] += part
    return [each.rstrip() for each in lines]


def _cells(column: Column) -> list[str]:
    if isinstance(column, Words):
        return [text if text is not None else NOTHING for text in column.texts()]
    return [format_number(value) if value == value else NOTHING for value in column.tolist()]


def range_lines(plan: Plan, tally: Tally, ends: Rows, width: int) -> list[Line]:
    """Between which numbers the outputs lie, and where; `ends` are the points of their least and largest."""
    places = {number: place for place, number in enumerate(ends.numbers.tolist())}
    axes = [_cells(ends.columns[axis.name]) for axis in plan.axes]
    shown = [_styled(["", "", "", *(axis.name for axis in plan.axes)], "head")]
    if any(axis.unit for axis in plan.axes):
        shown.append(_styled(["", "", "", *(axis.unit for axis in plan.axes)], "faint"))
    heads = len(shown)
    for heading in plan.outputs:
        if heading.name in tally.least and not is_same(heading, tally):
            least, most = tally.least[heading.name], tally.largest[heading.name]
            told = [("least", least), ("most", most)] if least.value != most.value else [("always", least)]
            for word, end in told:
                name = heading.name if end is least else ""
                value = f"{format_number(end.value)} {heading.unit}".rstrip()
                at = _styled(["" if word == "always" else cells[places[end.number]] for cells in axes], "faint")
                shown.append([(name, "name"), (word, ""), (value, "value"), *at])
    aligned: list[Align] = ["left", "left", "right", *("left" if axis.words else "right" for axis in plan.axes)]
    return [shortened_line(each, width) for each in table(shown, aligned)] if len(shown) > heads else []


def shortened_line(spans: Line, width: int) -> Line:
    """The line as far as it fits."""
    kept: list[Span] = []
    for text, style in spans:
        room = width - sum(len(each) for each, _ in kept)
        kept.append((text[:room], style))
    return tuple(kept)


def reason_lines(tally: Tally, width: int) -> list[Line]:
    """Why points lack a value, the most frequent reasons first."""
    found: list[Line] = []
    for counts, what in ((tally.reasons, "without some value"), (tally.undecided, "that cannot be told")):
        if counts:
            total = sum(counts.values())
            found += [BLANK, line((f"{total:,} point{'' if total == 1 else 's'} {what}", "warn"))]
            for message, count in counts.most_common(REASONS):
                found.append(line(f"  {count:,}  ", (shortened(message, max(20, width - 12)), "faint")))
            if len(counts) > REASONS:
                found.append(line((f"  and {len(counts) - REASONS} reasons more", "faint")))
    return found
