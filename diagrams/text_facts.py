"""Facts and what may be wrong with them, as text: their kinds and ages, and figures that do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ..graph.audit.ages import OLD, Remarks, age_in_months, is_old
from ..graph.audit.catalogue import Departure
from .text import Line, Span, line, place_of, wrapped

MOST_NAMES = 12  # the facts of a table are hundreds; all of them are in the JSON


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
        yield from wrapped((*head, *other), width, (), line("    "))
        details = [line((f"expected: {each.expected} ({place_of(each.mark)})", "faint"))]
        details += [line((each.hint, "warn"))] if each.hint else []
        details += [line((f"note: {each.note}", "faint"))] if each.note else []
        for detail in details:
            yield from wrapped(detail, width, line("  "), line("    "))


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
        (len(found.assumed), "assumed"),
        (len(found.unsourced), "without a source"),
        (len(found.old), f"read more than {OLD} months ago"),
    )
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"facts to look at again: {said}" if said else ""
