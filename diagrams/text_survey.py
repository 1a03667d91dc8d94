"""A survey as text: one table by source, then what came out other than expected, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ..graph.audit.ages import OLD, is_old
from ..graph.audit.findings import FailedCheck
from ..graph.audit.survey import Survey, SurveyedSource, Tally
from ..problems import errors
from .citations import citations
from .text import BLANK, WIDTH, Align, Line, Span, Style, line, rule, table, width_of, width_of_line, wrapped
from .text_audit import failed_check_lines
from .text_facts import names_text, plural
from .text_show import claim_lines

NONE = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table by source: the lines of its head, and the style of what is not 0."""

    name: str
    head: tuple[str, ...]
    style: Style


COLUMNS = (
    Column("claims", ("claims",), ""),
    Column("held", ("held",), "good"),
    Column("truncated", ("trun-", "cated"), "warn"),
    Column("wrong_label", ("wrong", "label"), "warn"),
    Column("wrong_arithmetic", ("wrong", "arith-", "metic"), "bad"),
    Column("not_reproduced", ("not", "repro-", "duced"), "warn"),
    Column("wrong_assumption", ("wrong", "assum-", "ption"), "warn"),
    Column("no_value", ("no", "value"), "bad"),
)


def survey_lines(found: Survey, width: int = WIDTH) -> list[Line]:
    """The table by source, and what it counts twice."""
    lines = [*wrapped(line((f"audit of {found.name}", "title")), width), BLANK, *_table(found, width)]
    if found.tally.wrong_assumption:
        lines += [BLANK, *wrapped(line((_TWICE, "faint")), width)]
    return lines


_TWICE = (
    "wrong assumption: claims that would come out otherwise with the facts of the catalogue, which their inputs "
    "contradict by more than their last digit; each is counted by its digits, too"
)


_FURTHER = "--report FILE.md: each that does not hold, with its derivation and how it may have come about"


def unexpected_lines(found: Survey, width: int = WIDTH) -> list[Line]:
    """The claims that came out other than expected and the checks that fail, scenario by scenario."""
    lines: list[Line] = []
    for scenario in found.scenarios:
        failing = [each for each in scenario.found.checks if each.fails]
        body = [*_checks(failing, width), *claim_lines(scenario.unexpected, width, tally=False)]
        lines += [BLANK, rule(scenario.name, width), *body] if body else []
    return lines


def verdict_lines(found: Survey, day: date, width: int = WIDTH) -> list[Line]:
    """The verdict in a line, and sources to read again."""
    bad = found.is_wrong or found.failed
    sign: Span = ("✗ ", "bad") if bad else ("✓ ", "good")
    lines = [BLANK, *wrapped(line(sign, ", ".join(_counts(found))), width, (), line("  "))]
    if found.tally.claims > found.tally.held:
        lines += wrapped(line((_FURTHER, "faint")), width, line("  "), line("  "))
    old = old_sources(found, day)
    if old:
        text = f"to read again, as they were read more than {OLD} months ago: {names_text(old)}"
        lines += wrapped(line((text, "faint")), width, line("  "), line("    "))
    return lines


def old_sources(found: Survey, day: date) -> tuple[str, ...]:
    """The names of the sources that were read so long before the day that they are to be read again."""
    return tuple(
        source.name
        for source in found.sources
        if any(is_old(each.read, day) for scenario in source.scenarios for each in citations(scenario.source))
    )


# -- the table -------------------------------------------------------------------------------------


def _table(found: Survey, width: int) -> Iterator[Line]:
    """The sources with their counts under the heads, and what they come to."""
    rare = ("not_reproduced", "no_value")
    columns = tuple(each for each in COLUMNS if each.name not in rare or getattr(found.tally, each.name))
    height = max(len(column.head) for column in columns)
    heads = [tuple(_head(column, height, place) for column in columns) for place in range(height)]
    counts = [_cells(columns, source.tally) for source in found.sources]
    aligned: list[Align] = ["right"] * len(columns)
    grid = table([*heads, *counts, _cells(columns, found.tally)], aligned)
    names: list[Span] = [("", "head")] * height
    names[-1] = ("source", "head")
    names.extend(_name(source) for source in found.sources)
    names.append((_all(found), "head"))
    room = min(max(width - width_of_line(grid[0]) - 2, 8), max(width_of(text) for text, _ in names))
    *above, last = (list(_row(name, row, room)) for name, row in zip(names, grid, strict=True))
    yield from (each for lines in above for each in lines)
    yield line(("─" * (room + 2 + width_of_line(grid[0])), "faint"))
    yield from last


def _name(source: SurveyedSource) -> Span:
    """The source's name, with a sign where some file of it could not be audited."""
    unread = any(errors(each.problems) for each in source.scenarios)
    return (f"✗ {source.name}", "bad") if unread else (source.name, "name")


def _all(found: Survey) -> str:
    said = plural(len(found.sources), "source")
    several = len(found.scenarios) > len(found.sources)
    return f"{said}, {plural(len(found.scenarios), 'scenario')}" if several else said


def _row(name: Span, row: Line, room: int) -> Iterator[Line]:
    """A name too long for its column stands above its numbers."""
    if width_of(name[0]) > room:
        yield (name,)
        name = ("", "")
    yield (name, (" " * (room + 2 - width_of(name[0])), ""), *row)


def _head(column: Column, height: int, place: int) -> Span:
    """The head's line of that place, counted from above: heads stand on the table."""
    at = place - (height - len(column.head))
    return (column.head[at] if at >= 0 else "", "head")


def _cells(columns: Sequence[Column], tally: Tally) -> tuple[Span, ...]:
    return tuple(_cell(getattr(tally, each.name), each.style) for each in columns)


def _cell(count: int, style: Style) -> Span:
    return (f"{count:,}", style) if count else (NONE, "faint")


# -- what is below it ------------------------------------------------------------------------------


def _checks(checks: Iterable[FailedCheck], width: int) -> Iterator[Line]:
    for each in checks:
        yield from failed_check_lines(each, width)


def _counts(found: Survey) -> Iterator[str]:
    unread = [each for each in found.scenarios if errors(each.problems)]
    checks = [check for each in found.scenarios for check in each.found.checks]
    failing = sum(check.fails for check in checks)
    disputed = sum(len(each.found.disputed) for each in found.scenarios)
    tally = found.tally
    yield f"{tally.claims - tally.unexpected:,} of {plural(tally.claims, 'claim')} came out as expected"
    if unread:
        yield f"{plural(len(unread), 'file')} with wrong input"
    if failing:
        yield plural(failing, "failed check")
    if len(checks) > failing:
        yield plural(len(checks) - failing, "check that warns", "checks that warn")
    yield plural(disputed, "contradiction with the catalogue", "contradictions with the catalogue")
