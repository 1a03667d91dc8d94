"""A catalogue entry by itself as text: its facts by kind and source, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..graph.audit.ages import Fact
from ..graph.audit.entry import EntryAudit
from .text import BLANK, WIDTH, Line, Span, line, place_of, rule, without_address, wrapped
from .text_facts import age_text, departure_lines, not_agreeing, noted_rows, plural, remark_lines, remarks_tally


def entry_lines(found: EntryAudit, width: int = WIDTH) -> list[Line]:
    """The entry's names, its facts, what does not agree, what other sources say, and the verdict."""
    lines = wrapped(line((found.title, "title")), width)
    if found.aliases:
        lines += wrapped(line((f"{found.name}, also {', '.join(found.aliases)}", "faint")), width)
    sections = (
        ("the facts, by kind and source", _facts(found, width)),
        ("figures that do not agree", departure_lines(found.departures, width)),
        ("what other sources say", _otherwise(found, width)),
        ("facts to look at again", remark_lines(found.remarks, width)),
    )
    for heading, section in sections:
        body = list(section)
        if body:
            lines += [BLANK, rule(heading, width), *body]
    return [*lines, BLANK, *_summary(found, width)]


def _facts(found: EntryAudit, width: int) -> Iterator[Line]:
    day = date.fromisoformat(found.day)
    groups: dict[tuple[str, str, str], list[Fact]] = {}
    for fact in found.facts:
        groups.setdefault((fact.kind, fact.source, fact.read), []).append(fact)
    for (kind, source, read), facts in groups.items():
        told = ", ".join(part for part in (_title(source) or "no source", age_text(read, day)) if part)
        style: Span = (kind, "warn" if kind in ("assumed", "claimed") else "kind")
        yield from wrapped(line(style, (f": {told}", "faint")), width, (), line("    "))
        yield from _values(facts, width)


def _title(source: str) -> str:
    """A source's title: where and when it was read is said beside it."""
    return without_address(source).partition(" (read ")[0]


def _values(facts: list[Fact], width: int) -> Iterator[Line]:
    """Names and values as a table, with their notes."""
    rows = [(line((fact.name, "name"), (fact.text, "value")), fact.note) for fact in facts]
    yield from noted_rows(rows, ("left", "right"), width)


def _otherwise(found: EntryAudit, width: int) -> Iterator[Line]:
    for each in found.otherwise:
        head = line((each.quantity, "name"), " = ", (each.text, "value"))
        said = ": ".join(part for part in (each.source, each.note) if part)
        yield from wrapped(head, width, (), line("    "))
        yield from wrapped(line((f"{said} ({place_of(each.mark)})", "faint")), width, line("  "), line("    "))


def _summary(found: EntryAudit, width: int) -> Iterator[Line]:
    wrong = sum(each.fails for each in found.departures)
    explained = len(found.departures) - wrong
    parts = [plural(len(found.facts), "fact"), not_agreeing(wrong)]
    parts += [f"{explained} explained by a note"] if explained else []
    sign: Span = ("✗ ", "bad") if found.failed else ("✓ ", "good")
    yield from wrapped(line(sign, ", ".join(parts)), width)
    if tally := remarks_tally(found.remarks):
        yield from wrapped(line((tally, "faint")), width, line("  "), line("    "))
