"""An audit as text, a section for each thing that was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from ..graph.audit.findings import Audit, FailedCheck, HeldCheck
from .text import BLANK, WIDTH, Line, Span, line, rule, wrapped
from .text_contradictions import change_lines, contradiction_lines, doubt_lines
from .text_diagnosis import explained_lines
from .text_facts import departure_lines, item, not_agreeing, plural, remark_lines, remarks_tally, where
from .text_layers import long_shadowed_lines, overridden_lines, pinned_lines, shadowed_lines, unused_lines
from .text_rested import fact_lines, facts_of, long_fact_lines, result_lines
from .text_roundings import decision_lines, long_rounding_lines, rounding_lines
from .text_show import claim_lines

Section = Iterable[Line]


def audit_lines(title: str, found: Audit, width: int = WIDTH, full: bool = False) -> list[Line]:
    """The audit under the scenario's title; sections without content are left out.

    What is many and alike is told together: facts of one source, roundings of one column. `full`: each by itself.
    """
    lines = wrapped(line((title, "title")), width)
    for heading, section in _sections(found, width, full):
        body = list(section)
        if body:
            lines += [BLANK, rule(heading, width), *body]
    tally = remarks_tally(found.remarks)
    lines += [BLANK, *wrapped(_summary(found), width, (), line("  "))]
    return [*lines, *wrapped(line((tally, "faint")), width, line("  "), line("    "))] if tally else lines


def _sections(found: Audit, width: int, full: bool) -> tuple[tuple[str, Section], ...]:
    """Each heading with the lines under it."""
    facts = facts_of(found.shown)
    told = long_fact_lines(facts, width) if full else fact_lines(facts, width, date.fromisoformat(found.day))
    roundings = long_rounding_lines if full else rounding_lines
    shadowed = long_shadowed_lines if full else shadowed_lines
    return (
        ("results, and what they rest on", result_lines(found.shown, width, full)),
        ("the facts, by kind and source", told),
        ("facts to look at again", remark_lines(found.remarks, width)),
        ("figures of the catalogue that do not agree", departure_lines(found.departures, width)),
        ("contradictions with the catalogue", contradiction_lines(found.contradictions, width)),
        ("every value of the catalogue together", change_lines(found.together, width, "  ")),
        ("printed numbers that do not follow as they stand", explained_lines(found.explained, width)),
        ("claims that rest on contradicted values", doubt_lines(found.doubts, width)),
        ("rounding", roundings(found.roundings, width)),
        ("decisions by a thin margin", decision_lines(found.decisions, width)),
        ("values in the place of formulas", pinned_lines(found.pinned, width)),
        ("formulas of the scenario in the place of a sheet's", overridden_lines(found.overridden, width)),
        ("values hidden by later layers", shadowed(found.shadowed, width)),
        ("inputs that no result reads", unused_lines(found.unused, width)),
        ("checks", _checks(found, width, full)),
        ("claims not as expected", claim_lines(found.claims, width, tally=False)),
    )


# -- checks ----------------------------------------------------------------------------------------


def _checks(found: Audit, width: int, full: bool) -> Iterator[Line]:
    """Those that do not hold, and how many do; with `full`, which."""
    for each in found.checks:
        yield from failed_check_lines(each, width)
    if found.held and not full:
        yield from wrapped(_held(found.held), width, (), line("    "))
    for each in found.held if full else ():
        yield from item(width, line(("✓ ", "good"), f"{_scoped(each)} holds", where(each.mark)))


def failed_check_lines(each: FailedCheck, width: int) -> Iterator[Line]:
    """A check that does not hold or cannot be told, why it is there, and what it reads."""
    yield from item(width, *_failed_check(each))


def _held(checks: Iterable[HeldCheck]) -> Line:
    sheets = Counter(each.sheet for each in checks)
    total = sheets.total()
    said = f"{plural(total, 'check')} {'holds' if total == 1 else 'hold'}: "
    return line(
        ("✓ ", "good"), said, (", ".join(f"{count} of {sheet}" for sheet, count in sheets.most_common()), "faint")
    )


def _scoped(each: HeldCheck | FailedCheck) -> str:
    return f"{each.scope}: {each.rule}" if each.scope else each.rule


def _failed_check(each: FailedCheck) -> Iterator[Line]:
    mark: Span = ("✗ ", "bad") if each.fails else ("! ", "warn")
    said = "cannot be told" if each.holds is None else "does not hold"
    yield line(mark, f"{_scoped(each)} {said}", where(each.mark))
    if each.why:
        yield line((each.why, "faint"))
    yield line((", ".join(f"{name} = {text}" for name, text in each.values), "value"))


def _summary(found: Audit) -> Line:
    wrong = sum(each.fails for each in found.departures)
    held_against = plural(len(found.contradictions), "contradiction")
    counts = (
        held_against if found.compared else "nothing compared with the catalogue (no compare:)",
        *([f"{not_agreeing(wrong)} in the catalogue"] if wrong else []),
        plural(sum(check.fails for check in found.checks), "failed check"),
        plural(len(found.claims), "claim not as expected", "claims not as expected"),
    )
    verdict: Span = ("✗ ", "bad") if found.failed else ("✓ ", "good")
    return line(verdict, ", ".join(counts))
