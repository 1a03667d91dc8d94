"""Styled text as data: reports are made of it, the command line paints it, and `plain` says it without colours."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from ..problems import Mark

Style = Literal["", "title", "head", "name", "symbol", "value", "faint", "kind", "good", "bad", "warn"]
Span = tuple[str, Style]
Line = tuple[Span, ...]
Align = Literal["left", "right"]

WIDTH = 80
_GAP = 2  # columns between those of a table
BLANK: Line = ()


def plain(lines: Iterable[Line]) -> str:
    """The lines as text, each ended."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def line(*parts: str | Span) -> Line:
    """A line of spans; plain strings have no style."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)


def width_of(text: str) -> int:
    """How many columns a terminal takes for the text."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def width_of_line(spans: Line) -> int:
    return sum(width_of(text) for text, _ in spans)


def shortened(text: str, width: int) -> str:
    """The text on one line of at most `width` columns, cut at a word where there is one to cut at."""
    text = " ".join(text.split())
    if width_of(text) <= width:
        return text
    kept = text
    while kept and width_of(kept) > width - 1:
        kept = kept[:-1]
    at_word = kept.rpartition(" ")[0] if text[len(kept)] != " " else kept
    if len(at_word) * 2 < len(kept):
        at_word = kept
    return at_word.rstrip(" ,;:.") + "…" if width > 1 else ""


def wrapped(spans: Line, width: int, first: Line = (), rest: Line = ()) -> list[Line]:
    """The spans broken at spaces into lines of at most `width`; `first` leads the first line, `rest` the others.

    A word wider than the room for it stands alone on a line and is not broken.
    """
    lines: list[list[Span]] = [list(first)]
    used, empty = width_of_line(first), True
    for space, word, style in _words(spans):
        if not empty and used + width_of(space + word) > width:
            lines.append(list(rest))
            used, empty = width_of_line(rest), True
        said = word if empty and len(lines) > 1 else space + word
        _append(lines[-1], said, style)
        used, empty = used + width_of(said), False
    return [tuple(each) for each in lines]


def _append(spans: list[Span], text: str, style: Style) -> None:
    """Add text to a line; to its last span if that has the same style."""
    before, last = spans[-1] if spans else ("", "")
    spans[-1:] = [(before + text, style)] if last == style else [*spans[-1:], (text, style)]


def _words(spans: Line) -> Iterable[tuple[str, str, Style]]:
    """The words, each with the spaces before it, which may end an earlier span."""
    space = ""
    for text, style in spans:
        for index, word in enumerate(text.split(" ")):
            space += " " if index else ""
            if word:
                yield space, word, style
                space = ""


def table(rows: Sequence[Sequence[Span]], align: Sequence[Align]) -> list[Line]:
    """Rows of cells as lines, each column as wide as its widest cell."""
    widths = _widths(rows)
    return [tuple(_padded(row, widths, align)) for row in rows]


def _widths(rows: Sequence[Sequence[Span]]) -> list[int]:
    return [max(width_of(row[place][0]) for row in rows) for place in range(len(rows[0]) if rows else 0)]


def named_table(head: Sequence[Span], rows: Sequence[tuple[str, Sequence[str]]], room: int) -> list[Line]:
    """A table of values by names in a column of `room`; a name that is wider stands alone above its values."""
    cells: list[Sequence[Span]] = [
        [("" if width_of(name) > room else name, "name"), *((text, "value") for text in told)] for name, told in rows
    ]
    align: list[Align] = ["left", *(["right"] * (len(head) - 1))]  # pyright: ignore[reportAssignmentType]
    first, *lines = table([[(head[0][0].ljust(room), head[0][1]), *head[1:]], *cells], align)
    found = [first]
    for (name, _), each in zip(rows, lines, strict=True):
        found += [line((shortened(name, width_of_line(first)), "name"))] if width_of(name) > room else []
        found.append(each)
    return found


def fitted(rows: Sequence[Sequence[Span]], align: Sequence[Align], width: int, leads: int = 1) -> list[list[Line]]:
    """The lines of each row of a table; where it is wider than `width`, its widest rows are taken out of it.

    What is taken out has its first `leads` cells above the others. No table is left of less than half of the rows.
    """
    kept = sorted(range(len(rows)), key=lambda place: sum(width_of(text) for text, _ in rows[place]))
    while kept and _width_of_table([rows[place] for place in kept]) > width:
        kept.pop()
    inside = set(kept) if len(kept) * 2 >= len(rows) else set[int]()
    aligned = iter(table([row for place, row in enumerate(rows) if place in inside], align))
    return [[next(aligned)] if place in inside else _stacked(row, leads) for place, row in enumerate(rows)]


def _width_of_table(rows: Sequence[Sequence[Span]]) -> int:
    return sum(_widths(rows)) + _GAP * (len(rows[0]) - 1)


def _stacked(row: Sequence[Span], leads: int) -> list[Line]:
    rest: list[Align] = ["left"] * len(row)
    return table([row[:leads]], rest) + [(("    ", ""), *each) for each in table([row[leads:]], rest)]


def _padded(row: Sequence[Span], widths: Sequence[int], align: Sequence[Align]) -> Iterable[Span]:
    for place, (text, style) in enumerate(row):
        room = " " * (widths[place] - width_of(text))
        if align[place] == "right":
            yield room, ""
        yield text, style
        last = place == len(row) - 1
        if not last:
            yield (" " * _GAP) + (room if align[place] == "left" else ""), ""


def without_address(source: str) -> str:
    """A source's title, for where its address would not fit: `Title (https://..., read ...)` is `Title`."""
    title, _, _ = source.partition(" (http")
    return title or source


def place_of(mark: Mark | None) -> str:
    """Where something stands: file and line, or how it was given where that is no file."""
    if mark is None:
        return ""
    return f"{mark.file}:{mark.line}" if "." in mark.file else mark.file


def rule(text: str, width: int) -> Line:
    """A heading over the width of the page."""
    return line((f"{text} ", "head"), ("─" * max(0, width - width_of(text) - 1), "faint"))


def ratio_text(ratio: float | None) -> str:
    """How new compares with old: `+4.2 %` near 1, else `8.25x`, `6.25x less`; '' where it says nothing."""
    if ratio is None or ratio <= 0 or ratio == 1:
        return ""
    if 2 / 3 < ratio < 1.5:
        percent = 100 * (ratio - 1)
        return f"{percent:+.1f} %" if abs(percent) >= 0.05 else f"{percent:+.1g} %"
    return f"{_times(ratio)}x" if ratio > 1 else f"{_times(1 / ratio)}x less"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if 1000 <= ratio < 1e9 else f"{ratio:.3g}"
