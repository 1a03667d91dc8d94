"""The results of a workbook as a table of text, and what became of the claims and checks on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..graph.assembly.definitions import Rule
from ..graph.audit.claims import Verdict
from ..graph.engine.workbook import Workbook
from ..graph.explain.numbers import with_numbers
from ..units import format_number
from .text import (
    BLANK,
    WIDTH,
    Align,
    Line,
    Span,
    Style,
    fitted,
    line,
    place_of,
    rule,
    shortened,
    table,
    width_of_line,
    wrapped,
)

LEAST_ABOUT = 28  # columns; with less room for it, what a quantity is is left out


def show_lines(
    title: str,
    workbook: Workbook,
    quantities: Sequence[Line],
    verdicts: Sequence[Verdict] = (),
    width: int = WIDTH,
    checks: bool = True,
) -> list[Line]:
    """The lines of `quantities`, the claims and, with `checks`, those that fail, under the scenario's title."""
    parts = [quantities, claim_lines(verdicts, width)]
    parts += [check_lines(workbook, width)] if checks else []
    lines = wrapped(line((title, "title")), width)
    for part in parts:
        if part:
            lines += [BLANK, *part]
    return lines


# -- quantities ------------------------------------------------------------------------------------


def quantity_lines(workbook: Workbook, names: Sequence[str], width: int = WIDTH) -> list[Line]:
    """Name, value, unit and meaning of each quantity."""
    if not names:
        return []
    rows = [_HEAD, *(_figure(workbook, name) for name in names)]
    figures = table(rows, _ALIGN)
    if max(map(width_of_line, figures)) > width:
        return [each for lines in fitted(rows, _ALIGN, width) for each in lines]
    return with_abouts(figures, [workbook.definition(name).meaning for name in names], width, LEAST_ABOUT)


def with_abouts(figures: Sequence[Line], abouts: Sequence[str], width: int, least: int) -> list[Line]:
    """The lines of a table, its head first, with what each is at the right, cut to a line; without where that is
    less than `least` columns."""
    widest = max(map(width_of_line, figures))
    room = width - widest - 2
    if room < least or not any(abouts):
        return list(figures)
    return [
        (*figure, (" " * (widest - width_of_line(figure) + 2), ""), (shortened(about, room), "faint"))
        for figure, about in zip(figures, ("what it is", *abouts), strict=True)
    ]


_ALIGN: tuple[Align, ...] = ("left", "right", "left")
_HEAD: tuple[Span, ...] = (("quantity", "head"), ("value", "head"), ("unit", "head"))


def _figure(workbook: Workbook, name: str) -> tuple[Span, ...]:
    value, unit = value_of(workbook, name)
    style: Style = "value" if workbook.value(name) is not None else "bad"
    return (name, "name"), (value, style), (unit, "faint")


def value_of(workbook: Workbook, name: str) -> tuple[str, str]:
    """The value as people read it, and its unit, '' where it has none."""
    value = workbook.value(name)
    if value is None or isinstance(value, str):
        return value or "no value", ""
    return format_number(value), workbook.definition(name).unit.text


# -- claims ----------------------------------------------------------------------------------------


def claim_lines(verdicts: Sequence[Verdict], width: int = WIDTH, tally: bool = True) -> list[Line]:
    """Each claim, printed against computed, with a remark under those that do not simply hold."""
    if not verdicts:
        return []
    head, *rows = fitted([_CLAIM_HEAD, *map(_claim, verdicts)], ("left", "left", "left", "left"), width, leads=2)
    lines = list(head)
    remarks = [*map(_remark, verdicts), None]
    for row, remark, following in zip(rows, remarks, remarks[1:], strict=False):
        lines += row
        if remark and remark != following:  # the numbers of a table often fail alike: it is said once, under the last
            lines += wrapped(line(remark), width, line("     "), line("     "))
    return [*lines, BLANK, _tally(verdicts)] if tally else lines


_CLAIM_HEAD: tuple[Span, ...] = (("", ""), ("claim", "head"), ("printed", "head"), ("computed", "head"))


def _claim(verdict: Verdict) -> tuple[Span, ...]:
    known: Span = ("✓", "good") if verdict.holds else ("≠", "warn")
    sign: Span = known if verdict.as_expected else ("✗", "bad")
    computed: Style = "bad" if verdict.problem else "value"
    return sign, (claimed_text(verdict), "name"), (verdict.printed, ""), (computed_text(verdict), computed)


def claimed_text(verdict: Verdict) -> str:
    """What is claimed, and for which cell of a table: `tpot at batch_size 8`."""
    return f"{verdict.subject} at {verdict.at}" if verdict.at else verdict.subject


def computed_text(verdict: Verdict) -> str:
    """The computed value in the printed unit; with more digits where those of the printed one hide a failure."""
    value = verdict.computed
    if value is None or isinstance(value, str):
        return value or "no value"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{_as_printed(value, verdict.printed)} {verdict.unit or ''}".strip()
    return text if verdict.holds or text != verdict.printed else f"{value:.9g} {verdict.unit or ''}".strip()


def _as_printed(value: float, printed: str) -> str:
    """A number for people, with an exponent where the printed one has one."""
    if not _EXPONENT.match(printed) or abs(value) < 1e5:
        return format_number(value)
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}"


_EXPONENT = re.compile(r"[\d.,]+e\d", re.IGNORECASE)


def _remark(verdict: Verdict) -> Span | None:
    """What to say of a claim that does not simply hold."""
    if verdict.problem is not None:
        return verdict.problem.message, "bad"
    if verdict.holds and not verdict.as_expected:
        return "holds, where a failure was expected", "bad"
    if verdict.holds:
        return (_FINDINGS["truncated"], "faint") if verdict.finding == "truncated" else None
    said = ["does not hold, as expected"] if verdict.as_expected else []
    if not verdict.follows_so and verdict.claim.spec.follows:
        said.append(f"does not hold, but {verdict.claim.spec.follows.text.strip()} does not follow")
    said += [_FINDINGS[verdict.finding].format(verdict.best_unit)] if verdict.finding in _FINDINGS else []
    said += [verdict.why] if verdict.why else []
    return (": ".join(said), "faint" if verdict.as_expected else "bad") if said else None


_FINDINGS = {"truncated": "cut off, not rounded", "wrong label": "it holds in {}"}


def _tally(verdicts: Sequence[Verdict]) -> Line:
    total, wrong = len(verdicts), sum(not verdict.as_expected for verdict in verdicts)
    failing = sum(verdict.as_expected and not verdict.holds for verdict in verdicts)
    held = total - wrong - failing
    claims = f"{total} claim{'s' if total != 1 else ''}"
    parts: list[Span] = [(f"{claims}: {held} held", "good" if not wrong else "")]
    if failing:
        parts.append((f", {failing} failed as expected", "warn"))
    if wrong:
        parts.append((f", {wrong} not as expected", "bad"))
    return line(*parts)


# -- checks ----------------------------------------------------------------------------------------


def check_lines(workbook: Workbook, width: int = WIDTH) -> list[Line]:
    """The checks that do not hold or cannot be told, with numbers."""
    lines = [part for check, holds in workbook.rules() if not holds for part in _check(workbook, check, holds, width)]
    return [rule("checks that do not hold", width), *lines] if lines else []


def _check(workbook: Workbook, check: Rule, holds: bool | None, width: int) -> Iterator[Line]:
    mark: Span = ("✗ ", "bad") if check.severity == "error" and holds is False else ("! ", "warn")
    scope = f"{check.scope}: " if check.scope else ""
    rule = " ".join(check.formula.text.text.split())
    where = check.formula.text.mark
    yield from wrapped(line(f"{scope}{rule}"), width, line(mark), line("    "))
    yield from wrapped(line((with_numbers(check.expr, workbook), "value")), width, line("    "), line("    "))
    untold = "it cannot be told" if holds is None else ""
    said = ", ".join(part for part in (untold, check.why, place_of(where)) if part)
    yield from wrapped(line((said, "faint")), width, line("    "), line("    "))
