"""A survey: the audits of many scenarios together, tallied by the sources that they reproduce. All of it is data.

What is asked of a scenario here is about its claims: how each came out, what it rests on, and what it would be with
the catalogue's values. What its results rest on is for the audit of the scenario by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from ...problems import Problem, errors
from ..assembly.definitions import CatalogueFact
from ..engine.workbook import Workbook
from ..explain.numbers import Condition, conditions, taken, with_numbers
from ..explain.whatif import WhatIf
from ..language.expressions import Cells, Expr, Name, children, transform, walk
from ..language.printer import print_formula
from .claims import Finding, Verdict, judge_all
from .contradictions import Comparison, Contradiction, compare
from .diagnosis import Explanation, diagnose
from .doubts import Doubt, doubts
from .findings import FailedCheck, failed_checks

_MOST_TERMS = 8  # of a formula that is spelled out


@dataclass(frozen=True, slots=True)
class Tally:
    """How many claims there are, by what was found.

    Each claim has one finding. `wrong_assumption` counts those that would come out otherwise with the catalogue's
    facts, whatever was found of their digits; `unexpected` those that came out other than their scenario expects.
    """

    claims: int = 0
    held: int = 0
    truncated: int = 0
    wrong_label: int = 0
    wrong_arithmetic: int = 0
    not_reproduced: int = 0
    no_value: int = 0
    wrong_assumption: int = 0
    unexpected: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Tally)))


@dataclass(frozen=True, slots=True)
class Working:
    """How a claim's subject is computed, with what the claim gives in force.

    `about`: what the subject is, where it is one quantity. `formula`: in names, '' for an input. `numbers`: with
    numbers for names, along the branch that `conditions` choose. What the subject rests on and nobody claims is put
    in, as far as the formula stays short: the source prints no number for it. `given`: each value that the claim
    gives, beside the cell of a claim table that it is for.
    """

    about: str
    formula: str
    numbers: str
    conditions: tuple[Condition, ...]
    given: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SurveyedClaim:
    """A claim and all that was found of it; `doubt`: where it rests on what the catalogue contradicts."""

    verdict: Verdict
    working: Working
    doubt: Doubt | None
    explanations: tuple[Explanation, ...]

    @property
    def contradicted(self) -> tuple[str, ...]:
        """The inputs that it rests on and that the catalogue contradicts."""
        return self.doubt.contradicted if self.doubt else ()

    @property
    def is_misled(self) -> bool:
        """Whether its digits come out otherwise with the catalogue's facts, and not for a nominal figure's sake."""
        return self.doubt is not None and self.doubt.matters and not self.doubt.nominal


@dataclass(frozen=True, slots=True)
class Becoming:
    """A claim as it came out, and as it comes out with one value of the catalogue."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Disputed:
    """A contradiction with the catalogue, and the claims that its value alone changes."""

    contradiction: Contradiction
    becoming: tuple[Becoming, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of one workbook's claims, inputs and checks."""

    claims: tuple[SurveyedClaim, ...] = ()
    disputed: tuple[Disputed, ...] = ()
    checks: tuple[FailedCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyedScenario:
    """One scenario: what loads it, what it says of itself, and what was found; nothing, where it cannot be read.

    `problems`: those of its files, and claims and results without a value.
    """

    name: str
    title: str
    about: str
    source: str
    found: Findings
    problems: tuple[Problem, ...] = ()

    @property
    def tally(self) -> Tally:
        return _tally(self.found.claims)

    @property
    def unexpected(self) -> tuple[Verdict, ...]:
        """The claims that came out other than expected."""
        return tuple(each.verdict for each in self.found.claims if not each.verdict.as_expected)


@dataclass(frozen=True, slots=True)
class SurveyedSource:
    """The scenarios that reproduce one source."""

    name: str
    scenarios: tuple[SurveyedScenario, ...]

    @property
    def tally(self) -> Tally:
        return _sum(each.tally for each in self.scenarios)


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was surveyed; `name`: of the whole. `problems`: those that are about no scenario."""

    name: str
    sources: tuple[SurveyedSource, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def scenarios(self) -> tuple[SurveyedScenario, ...]:
        return tuple(each for source in self.sources for each in source.scenarios)

    @property
    def tally(self) -> Tally:
        return _sum(each.tally for each in self.sources)

    @property
    def is_wrong(self) -> bool:
        """Whether some file is wrong input, or something shown or claimed has no value."""
        return bool(errors([*self.problems, *(problem for each in self.scenarios for problem in each.problems)]))

    @property
    def failed(self) -> bool:
        """Whether a claim came out other than expected, or a check of severity error failed.

        Contradictions with the catalogue are what is surveyed, and do not fail.
        """
        return any(each.unexpected or any(check.fails for check in each.found.checks) for each in self.scenarios)


def survey(workbook: Workbook, verdicts: Sequence[Verdict], facts: Sequence[CatalogueFact]) -> Findings:
    """What is found of a workbook's claims; `facts`: the catalogue that it is held against.

    The workbook is read, never changed.
    """
    whatif = WhatIf(workbook)
    comparison = compare(workbook, (), facts)
    doubted = doubts(workbook, verdicts, comparison)
    by_claim = {id(each.claim): each for each in doubted}
    told = frozenset(each.quantity for each in verdicts if each.quantity)
    explained = diagnose(verdicts, workbook, facts)
    return Findings(
        claims=tuple(
            SurveyedClaim(verdict, _working(verdict, whatif, told), by_claim.get(id(verdict)), explanations)
            for verdict, explanations in zip(verdicts, explained, strict=True)
        ),
        disputed=tuple(_disputed(each, doubted, comparison, whatif) for each in comparison.contradictions),
        checks=failed_checks(workbook),
    )


def _working(verdict: Verdict, whatif: WhatIf, told: frozenset[str]) -> Working:
    claim = verdict.claim
    workbook = whatif.with_values(claim.given)
    expr = _computed(claim.expr, workbook)
    steps = ("", "", ())
    if expr is not None:
        chosen, expr = tuple(conditions(expr, workbook)), _spelled_out(expr, workbook, told)
        steps = (print_formula(expr), with_numbers(expr, workbook), chosen)
    about = workbook.definition(claim.quantity).about if claim.quantity else ""
    return Working(about, *steps, tuple((name, workbook.text(name)) for name in claim.given if name not in claim.over))


def _computed(expr: Expr, workbook: Workbook) -> Expr | None:
    """What computes the subject, past second names of it; None for an input."""
    while isinstance(expr, Name):
        found = workbook.definition(expr.name).expr
        if found is None:
            return None
        expr = found
    return expr


def _spelled_out(expr: Expr, workbook: Workbook, told: frozenset[str]) -> Expr:
    """The formula with the formulas of untold quantities for their names, as long as it has few enough terms."""

    def formula(node: Expr) -> Expr:
        if not isinstance(node, Name) or node.name in told:
            return node
        definition = workbook.definition(node.name)
        found = definition.expr
        return node if found is None or isinstance(found, Cells) else taken(found, workbook)

    while (longer := transform(taken(expr, workbook), formula)) != expr and _terms(longer) <= _MOST_TERMS:
        expr = longer
    return expr


def _terms(expr: Expr) -> int:
    """How many numbers there are in it; more than any formula's where it reduces a table."""
    parts = list(walk(expr))
    return (
        _MOST_TERMS + 1 if any(isinstance(each, Cells) for each in parts) else sum(not children(each) for each in parts)
    )


def _disputed(each: Contradiction, doubted: Sequence[Doubt], comparison: Comparison, whatif: WhatIf) -> Disputed:
    resting = [doubt.claim for doubt in doubted if each.name in doubt.contradicted]
    alone = whatif.with_values({**comparison.agreeing, each.name: comparison.values[each.name]})
    after = judge_all([verdict.claim for verdict in resting], alone)
    pairs = (Becoming(*pair) for pair in zip(resting, after, strict=True))
    return Disputed(each, tuple(pair for pair in pairs if pair.before.computed != pair.after.computed))


_COUNTED: dict[Finding, str] = {
    "held": "held", "truncated": "truncated", "wrong label": "wrong_label", "wrong arithmetic": "wrong_arithmetic",
    "not reproduced": "not_reproduced", "no value": "no_value",
}  # fmt: skip


def _tally(claims: Sequence[SurveyedClaim]) -> Tally:
    found = Counter(_COUNTED[each.verdict.finding] for each in claims)
    doubted = sum(each.is_misled for each in claims)
    unexpected = sum(not each.verdict.as_expected for each in claims)
    return Tally(claims=len(claims), **found, wrong_assumption=doubted, unexpected=unexpected)


def _sum(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())
