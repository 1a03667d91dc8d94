"""Facts and what may be wrong with them, as text: their kinds and ages, and figures that do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..graph.audit.ages import OLD, Remarks, age_in_months, is_old
from ..graph.audit.catalogue import Departure
from ..problems import Mark
from .text import Align, Line, Span, fitted, line, place_of, table, width_of_line, wrapped

MOST_NAMES = 12  # the facts of a table are hundreds; all of them are in the JSON
_FEW_ROWS = 4  # that stand one below the other
_MOST_COLUMNS = 3  # of rows side by side
_BETWEEN = 4  # columns between those

Noted = tuple[Sequence[Span], str]  # a row of a table and a note on it


def item(width: int, head: Line, *details: Line) -> Iterator[Line]:
    """A thing found, and lines about it."""
    yield from wrapped(head, width, (), line("    "))
    for detail in details:
        yield from wrapped(detail, width, line("  "), line("    "))


def where(mark: Mark | None) -> Span:
    """Where something stands, to come after it."""
    return (f" ({place_of(mark)})" if mark else "", "faint")


def names_text(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """The names, and how many more there are."""
    shown = names if len(names) <= most + 1 else names[:most]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def plural(count: int, noun: str, many: str = "") -> str:
    """How many of what."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def not_agreeing(count: int) -> str:
    """How many figures do not agree with one another."""
    return f"{count} {'figure does' if count == 1 else 'figures do'} not agree"


def age_text(read: str, day: date) -> str:
    """When a source was read, and how long that is ago where it is long; '' where it is not said."""
    if not read:
        return ""
    return f"read {read}, {age_in_months(read, day)} months ago" if is_old(read, day) else f"read {read}"


def departure_lines(found: Iterable[Departure], width: int) -> Iterator[Line]:
    """Each figure that does not agree with another, what is expected, and what explains or would settle it."""
    for each in found:
        sign: Span = ("✗ ", "bad") if each.fails else ("! ", "warn")
        head = line(sign, (each.name, "name"), " = ", (each.text, "value"), f", {each.ratio:.3g} times ")
        other = line((each.other, "name"), " = ", (each.other_text, "value"))
        details = [line((f"expected: {each.expected} ({place_of(each.mark)})", "faint"))]
        details += [line((each.hint, "warn"))] if each.hint else []
        details += [line((f"note: {each.note}", "faint"))] if each.note else []
        yield from item(width, (*head, *other), *details)


def remark_lines(found: Remarks, width: int) -> Iterator[Line]:
    """The facts that nothing vouches for, and those that were read long ago."""
    groups: dict[str, list[str]] = {"without a source": [fact.name for fact in found.unsourced]}
    for fact in found.old:
        groups.setdefault(f"read {fact.read}", []).append(fact.name)
    for heading, names in groups.items():
        if names:
            yield from wrapped(line((f"{heading}: ", "warn"), names_text(names)), width, (), line("    "))


def remarks_tally(found: Remarks) -> str:
    """How many facts there are to look at again, '' if none."""
    counts = (
        (len(found.claimed), "claimed"),
        (len(found.assumed), f"assumed{_neutral(found)}"),
        (len(found.unsourced), "without a source"),
        (len(found.old), f"read more than {OLD} months ago"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"facts to look at again: {said}" if said else ""


def _neutral(found: Remarks) -> str:
    neutral = sum(fact.neutral for fact in found.assumed)
    return f" ({neutral} of them neutral)" if neutral else ""


def folded_names(names: Sequence[str]) -> list[str]:
    """The names; those that are alike but for their scope as one, `{dense, moe}.n_layers`.

    >>> folded_names(["tp", "dense.n_layers", "moe.n_layers"])
    ['tp', '{dense, moe}.n_layers']
    """
    scopes: dict[str, list[str]] = {}
    for name in names:
        scope, _, last = name.rpartition(".")
        scopes.setdefault(last, []).append(scope)
    return [_folded(last, found) for last, found in scopes.items()]


def _folded(last: str, scopes: Sequence[str]) -> str:
    if len(scopes) == 1:
        return f"{scopes[0]}.{last}".lstrip(".")
    inside = [scope for scope in scopes if scope]
    braced = f"{{{', '.join(inside)}}}.{last}" if len(inside) > 1 else f"{inside[0]}.{last}"
    return braced if len(inside) == len(scopes) else f"{last}, {braced}"


def packed_rows(rows: Sequence[Noted], align: Sequence[Align], width: int) -> Iterator[Line]:
    """Rows and their notes as a table, read down; many short rows without one stand side by side above the others."""
    plain = [row for row, note in rows if not note]
    for columns in range(_MOST_COLUMNS if len(plain) > _FEW_ROWS else 1, 1, -1):
        parts = [table(part, align) for part in _parts(plain, columns)]
        if sum(map(_widest, parts)) + _BETWEEN * (len(parts) - 1) <= width - 2:
            yield from _beside(parts)
            rows = [each for each in rows if each[1]]
            break
    yield from noted_rows(rows, align, width)


def _parts(rows: Sequence[Sequence[Span]], columns: int) -> list[Sequence[Sequence[Span]]]:
    height = -(-len(rows) // columns)
    return [rows[start : start + height] for start in range(0, len(rows), height)]


def _beside(parts: Sequence[Sequence[Line]]) -> Iterator[Line]:
    widths = [_widest(part) + _BETWEEN for part in parts]
    for place in range(len(parts[0])):
        cells = [(part[place], room) for part, room in zip(parts, widths, strict=True) if place < len(part)]
        yield (*line("  "), *(span for each, room in cells for span in (*each, *_pad(each, room))))


def _pad(each: Line, room: int) -> Line:
    return line(" " * (room - width_of_line(each)))


def _widest(lines: Iterable[Line]) -> int:
    return max(map(width_of_line, lines), default=0)


def noted_rows(rows: Sequence[Noted], align: Sequence[Align], width: int) -> Iterator[Line]:
    """Rows as a table, the note of each beside it, or below it where it takes fewer lines there."""
    told = fitted([row for row, _ in rows], align, width - 2)
    room = max((_widest(lines) for lines in told), default=0) + 4
    for (_, note), lines in zip(rows, told, strict=True):
        *above, lead = ((*line("  "), *each) for each in lines)
        yield from above
        yield from _noted(lead, line((note, "faint")), width, room) if note else (lead,)


def _noted(lead: Line, note: Line, width: int, room: int) -> Sequence[Line]:
    beside = wrapped(note, width, (*lead, *_pad(lead, room)), line(" " * room))
    below = [lead, *wrapped(note, width, line("      "), line("      "))]
    fits = max(map(width_of_line, beside)) <= width
    return beside if fits and len(beside) <= len(below) else below
