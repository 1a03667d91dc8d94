"""An audit as text, a section for each thing that was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..graph.audit.ages import Fact
from ..graph.audit.contradictions import Change, Contradiction
from ..graph.audit.findings import Audit, Doubt, FailedCheck, Overridden, Pinned, Shadowed, Shown
from ..graph.audit.keyed_rates import Rate
from ..graph.audit.rounding import NO_VALUE, Rounding
from ..problems import Mark
from .text import BLANK, WIDTH, Line, Span, fitted, line, place_of, ratio_text, rule, without_address, wrapped
from .text_facts import departure_lines, names_text, not_agreeing, plural, remark_lines, remarks_tally
from .text_show import claim_lines

Section = Iterator[Line]


def audit_lines(title: str, found: Audit, width: int = WIDTH) -> list[Line]:
    """The audit under the scenario's title; sections without content are left out."""
    lines = wrapped(line((title, "title")), width)
    page = _Page(found, width)
    for heading, section in page.sections():
        body = list(section())
        if body:
            lines += [BLANK, rule(heading, width), *body]
    tally = remarks_tally(found.remarks)
    lines += [BLANK, *wrapped(_summary(found), width)]
    return [*lines, *wrapped(line((tally, "faint")), width, line("  "), line("    "))] if tally else lines


class _Page:
    """The sections of one audit's report."""

    def __init__(self, found: Audit, width: int) -> None:
        self.found, self.width = found, width

    def sections(self) -> tuple[tuple[str, Callable[[], Section]], ...]:
        """Each heading with what writes the lines under it."""
        return (
            ("results, and what they rest on", self.results),
            ("the facts, by kind", self.facts),
            ("facts to look at again", self.remarks),
            ("figures of the catalogue that do not agree", self.departures),
            ("contradictions with the catalogue", self.contradictions),
            ("every value of the catalogue together", self.together),
            ("claims that rest on contradicted values", self.doubts),
            ("rounding", self.roundings),
            ("values in the place of formulas", self.pinned),
            ("formulas of the scenario in the place of a sheet's", self.overridden),
            ("values hidden by later layers", self.shadowed),
            ("inputs that no result reads", self.unused),
            ("checks that do not hold", self.checks),
            ("claims not as expected", self.claims),
        )

    def item(self, head: Line, *details: Line) -> Section:
        """A thing found, and lines about it."""
        yield from wrapped(head, self.width, (), line("    "))
        for detail in details:
            yield from wrapped(detail, self.width, line("  "), line("    "))

    def results(self) -> Section:
        for each in self.found.shown:
            yield from self.item(_result_head(each), *_result_details(each))

    def facts(self) -> Section:
        """Every fact once; the cells of a table that say the same at the same place, as one."""
        by_kind: dict[str, dict[tuple[str, Mark | None], dict[str, Fact]]] = {}
        for shown in self.found.shown:
            for kind, facts in shown.facts.items():
                for fact in facts:
                    alike = by_kind.setdefault(kind, {}).setdefault((fact.text, fact.mark), {})
                    alike[fact.name] = fact
        for kind, places in by_kind.items():
            yield line((kind, "warn" if kind in ("assumed", "claimed") else "kind"))
            for alike in places.values():
                yield from self.alike(list(alike.values()))

    def alike(self, facts: Sequence[Fact]) -> Section:
        fact = facts[0]
        where = ", ".join(part for part in (without_address(fact.source), place_of(fact.mark)) if part)
        head = line((names_text([each.name for each in facts], 3), "name"), " = ", (fact.text, "value"))
        yield from wrapped(head, self.width, line("  "), line("    "))
        yield from wrapped(line((where, "faint")), self.width, line("      "), line("        "))

    def remarks(self) -> Section:
        """Those that their kind, under which they stand above, does not tell."""
        yield from remark_lines(self.found.remarks, self.width)

    def departures(self) -> Section:
        yield from departure_lines(self.found.departures, self.width)

    def contradictions(self) -> Section:
        for each in self.found.contradictions:
            yield from self.item(_contradiction_head(each), *_contradiction_details(each))
            yield from self.changed(each.singly, "      ")

    def changed(self, changes: Sequence[Change], lead: str) -> Section:
        """What results become; those that stay are not told."""
        rows = [_change(change) for change in changes if change.changed]
        for lines in fitted(rows, ("left", "right", "left", "left", "right"), self.width - len(lead)):
            yield from ((*line(lead), *each) for each in lines)

    def together(self) -> Section:
        yield from self.changed(self.found.together, "  ")

    def doubts(self) -> Section:
        for each in self.found.doubts:
            yield from self.item(_doubt(each))

    def roundings(self) -> Section:
        for each in self.found.roundings:
            yield from self.item(*_rounding(each))

    def pinned(self) -> Section:
        for each in self.found.pinned:
            yield from self.item(*_pinned(each))

    def overridden(self) -> Section:
        for each in self.found.overridden:
            yield from self.item(*_overridden(each))

    def shadowed(self) -> Section:
        for each in self.found.shadowed:
            yield from self.item(*_shadowed(each))

    def unused(self) -> Section:
        for fact in self.found.unused:
            yield from self.item(line((fact.name, "name"), f" = {fact.text}", _where(fact.mark)))

    def checks(self) -> Section:
        for each in self.found.checks:
            yield from self.item(*_failed_check(each))

    def claims(self) -> Section:
        yield from claim_lines(self.found.claims, self.width, tally=False)


def _where(mark: Mark | None) -> Span:
    return (f" ({place_of(mark)})" if mark else "", "faint")


# -- results ---------------------------------------------------------------------------------------


def _result_head(each: Shown) -> Line:
    head = line((each.name, "name"), " = ", (each.text, "bad" if each.problem else "value"))
    return (*head, ("  ✓ ", "good"), (each.dimension or "a plain number", "faint"))


def _result_details(each: Shown) -> Iterator[Line]:
    if each.problem:
        yield line((each.problem.message, "bad"))
    if each.role in ("input", "pinned"):
        yield line(("an input" if each.role == "input" else "pinned, in place of its formula", "faint"))
        return
    yield line((f"reads {each.direct}, rests on {plural(each.deep, 'quantity', 'quantities')} in all", "faint"))
    for kind, facts in each.facts.items():
        yield line((f"{kind}: ", "warn" if kind == "assumed" else "kind"), names_text([fact.name for fact in facts]))


# -- the catalogue ---------------------------------------------------------------------------------


def _contradiction_head(each: Contradiction) -> Line:
    ratio = f", {ratio_text(each.ratio)}" if ratio_text(each.ratio) else ""
    ours = line((each.name, "name"), " is ", (each.ours, "value"))
    return (*ours, *line(", where the catalogue has ", (each.theirs, "warn"), ratio))


def _contradiction_details(each: Contradiction) -> Iterator[Line]:
    ours = ", ".join(part for part in (each.ours_kind, without_address(each.ours_source)) if part)
    theirs = ", ".join(part for part in (each.theirs_kind, each.entry, without_address(each.theirs_source)) if part)
    yield line(("here: ", "faint"), ours, _where(each.ours_mark))
    yield line(("there: ", "faint"), theirs, _where(each.theirs_mark))
    for rate in each.equals:
        yield line(("equals ", "faint"), *_rate(rate))
    if each.picked:
        yield line(("its choices pick ", "faint"), *_rate(each.picked))
    if any(change.changed for change in each.singly):
        yield line(("by the catalogue's value alone:", "faint"))
    else:
        yield line(("by the catalogue's value alone no result changes", "faint"))


def _rate(rate: Rate) -> Line:
    meaning = f": {rate.meanings[0]}" if rate.meanings else ""
    return line((str(rate), "name"), " = ", (rate.text, "value"), meaning)


def _change(change: Change) -> tuple[Span, ...]:
    before, after = change.before, change.after
    number, _, unit = before.partition(" ")
    if unit and after.endswith(f" {unit}"):
        before = number
    return (change.name, ""), (before, ""), ("→", "faint"), (after, "value"), (ratio_text(change.ratio), "warn")


def _doubt(each: Doubt) -> Line:
    verdict = "holds" if each.claim.holds else "does not hold"
    said = f" = {each.claim.printed} {verdict}, on "
    return line((each.claim.subject, "name"), said, (", ".join(each.contradicted), "warn"))


# -- the rest --------------------------------------------------------------------------------------


_ROUNDED = {"floor": "floored", "ceil": "rounded up", "round": "rounded", "//": "floored"}


def _rounding(each: Rounding) -> Iterator[Line]:
    name: Span = (each.quantity, "name")
    number = each.after.partition(" ")[0]
    said = line(name, " = ", (each.before, "value"), f" {_ROUNDED[each.function]} to ", (number, "value"))
    if each.before == NO_VALUE:
        said = line(name, " = ", (NO_VALUE, "bad"))
    yield (*said, (", thin: 5 % more or less would alter it", "warn")) if each.thin else said
    formula = f"whole part of {each.formula}" if each.function == "//" else f"{each.function}({each.formula})"
    yield line((formula, "faint"), _where(each.mark))


def _pinned(each: Pinned) -> Iterator[Line]:
    fact = each.fact
    yield line((fact.name, "name"), " = ", (fact.text, "value"), f", {fact.kind}", _where(fact.mark))
    gives = f", which would give {each.would_be}" if each.would_be else ""
    yield line(("instead of ", "faint"), each.formula, (gives, "faint"))


def _overridden(each: Overridden) -> Iterator[Line]:
    yield line((each.name, "name"), f" = {each.formula}", _where(each.mark))
    yield line(("instead of ", "faint"), each.replaced or "no formula")


def _shadowed(each: Shadowed) -> Iterator[Line]:
    yield line((each.name, "name"), " = ", (each.text, "value"), (f", of {each.layer}", "faint"))
    for hidden in each.hidden:
        yield line(("hides ", "faint"), hidden.text, (f", of {hidden.layer}", "faint"), _where(hidden.mark))


def _failed_check(each: FailedCheck) -> Iterator[Line]:
    mark: Span = ("✗ ", "bad") if each.fails else ("! ", "warn")
    scope = f"{each.scope}: " if each.scope else ""
    said = "cannot be told" if each.holds is None else "does not hold"
    yield line(mark, f"{scope}{each.rule} {said}", _where(each.mark))
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
