"""Claims: numbers that somebody printed, resolved at load and judged on a workbook to the digits printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Literal

from ...problems import Mark, NoValue, Problem, Text
from ...units import Unit
from ..assembly.binding import Slot, bind_value
from ..assembly.definitions import Value
from ..assembly.qualifiers import clashing, read_words, said
from ..assembly.scopes import Layer
from ..engine.dag import Dag
from ..engine.dimensions import Measured, Mismatch, Type, infer
from ..engine.workbook import Workbook
from ..explain.whatif import Others, WhatIf
from ..language.declarations import ClaimSpec
from ..language.expressions import Expr, Name, reads
from ..language.names import did_you_mean
from .printed import READINGS, Figure, Mode, Printed, Reading, is_bare, read_printed

Finding = Literal["held", "truncated", "wrong label", "wrong arithmetic", "not reproduced", "no value"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim whose names, units and words are known to be right.

    `expr`: the subject, with absolute names. `given`: values in force while it is judged, by absolute name. `follows`:
    what is said to follow in the place of a printed number that fails.
    """

    spec: ClaimSpec
    expr: Expr
    printed: Printed
    given: Others
    follows: Printed | None = None

    @property
    def quantity(self) -> str | None:
        """The absolute name of the subject, where it is one quantity and not an expression."""
        return self.expr.name if isinstance(self.expr, Name) else None

    @property
    def over(self) -> tuple[str, ...]:
        """The names in `given` that are the point of a claim table, and no intermediates."""
        return self.spec.over

    @property
    def reads(self) -> tuple[str, ...]:
        """The absolute names in the subject."""
        return reads(self.expr)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a claim.

    `computed`: the subject's value, a number in `unit` (as printed, else declared), a word or a truth; None, with
    the `problem`, where it has no value. `quantum`: what one step of the last printed digit is worth, in `unit`.
    `holds`: as labelled, in the claim's mode. `labelled`, `best`: how the digits stand to the value in any mode, as
    labelled, and at best under a unit that people take for the label, which is then `best_unit`. `follows_so`: what the
    claim says to follow instead does, to its digits; True where it says nothing.
    """

    claim: Claim
    computed: float | str | bool | None
    unit: str | None
    quantum: float | None
    holds: bool
    labelled: Reading
    best: Reading
    best_unit: str | None
    problem: Problem | None = None
    follows_so: bool = True

    @property
    def subject(self) -> str:
        """The claimed quantity or expression, as written."""
        return self.claim.spec.subject.text.text.strip()

    @property
    def printed(self) -> str:
        """What the source printed, as written, with the unit that the claim states beside it."""
        spec = self.claim.spec
        return f"{spec.printed.text.strip()} {spec.unit.text.strip() if spec.unit else ''}".rstrip()

    @property
    def at(self) -> str:
        """For which cell of a claim table it is: `batch_size 8`; '' where it is of none."""
        spec = self.claim.spec
        return ", ".join(f"{name} {spec.given[name][1].value.text.strip()}" for name in spec.over)

    @property
    def quantity(self) -> str | None:
        """The absolute name of the subject, where it is one quantity and not an expression."""
        return self.claim.quantity

    @property
    def mode(self) -> Mode:
        return self.claim.spec.mode

    @property
    def expect(self) -> Literal["holds", "fails"]:
        return self.claim.spec.expect

    @property
    def why(self) -> str:
        return self.claim.spec.why

    @property
    def source(self) -> str:
        return self.claim.spec.source

    @property
    def mark(self) -> Mark:
        """Where the printed text stands."""
        return self.claim.spec.printed.mark

    @property
    def as_expected(self) -> bool:
        """Whether it came out as its `expect` and `follows` say; a subject without a value never does."""
        return self.problem is None and self.holds == (self.expect == "holds") and self.follows_so

    @property
    def finding(self) -> Finding:
        """The verdict in a word: what is said to be truncated or about right may hold, and yet is not what follows.

        A label is wrong where the digits are right under another unit. What does not follow by a formula that is not
        its source's own is not reproduced, and not wrong.
        """
        if self.problem is not None:
            return "no value"
        if self.labelled == "held" or (self.mode == "about" and self.holds):
            return "held"
        if self.best == "held" or (self.best == "truncated" and self.labelled != "truncated"):
            return "wrong label"
        if self.labelled == "truncated":
            return "truncated"
        return "not reproduced" if self.claim.spec.inferred else "wrong arithmetic"


def resolve_claims(specs: Iterable[ClaimSpec], dag: Dag, problems: list[Problem]) -> tuple[Claim, ...]:
    """The claims whose names, units and words are right; for each of the others, at least one problem."""
    found = (_resolve(spec, dag, problems) for spec in specs)
    return tuple(claim for claim in found if claim is not None)


def _resolve(spec: ClaimSpec, dag: Dag, problems: list[Problem]) -> Claim | None:
    before = len(problems)
    given = _given(spec, dag, problems)
    expr = dag.resolve(spec.subject, problems)
    if expr is None or any(dag.problems_on(name) for name in reads(expr)):
        return None  # what is wrong with a quantity is reported there, not again at each claim on it
    found = _type(spec, expr, dag, problems)
    _compare_words(spec, found, dag, problems)
    printed = read_printed(spec, found, _declared(expr, dag), dag.context, problems) if found else None
    follows = _follows(spec, expr, printed, found, dag, problems) if found and printed is not None else None
    if printed is None or len(problems) > before:
        return None
    return Claim(spec, expr, printed, given, follows)


def _follows(
    spec: ClaimSpec, expr: Expr, printed: Printed, found: Type, dag: Dag, problems: list[Problem]
) -> Printed | None:
    """What the claim says to follow instead; without a unit of its own, in the printed one's."""
    text = spec.follows
    if text is None:
        return None
    bare = isinstance(printed, Figure) and bool(printed.unit.text) and is_bare(text.text, dag.context)
    unit = Text(printed.unit.text, text.mark) if isinstance(printed, Figure) and bare else None
    instead = replace(spec, printed=text, unit=unit, quantum=None)
    return read_printed(instead, found, _declared(expr, dag), dag.context, problems)


def _type(spec: ClaimSpec, expr: Expr, dag: Dag, problems: list[Problem]) -> Type | None:
    try:
        return infer(expr, dag.definitions, dag.context)
    except Mismatch as mismatch:
        mark, said = spec.subject.text.at(*mismatch.expr.span), f"a claim's subject: {mismatch.message}"
        problems.append(Problem(mismatch.kind, said, mark, hint=mismatch.hint))
        return None


def _compare_words(spec: ClaimSpec, found: Type | None, dag: Dag, problems: list[Problem]) -> None:
    """A problem where the printed figure is of something else than its subject."""
    stated = read_words(spec.of, dag.resolver.sites.lexicon.qualifiers, problems)
    clash = clashing(found.of, stated) if isinstance(found, Measured) else None
    if clash:
        declared, printed = map(said, clash)
        axis = next(axis for axis, _ in spec.of if axis.text == clash[1][0][0])
        message = f"the claim on {spec.subject.text.text.strip()}: it is of {declared}, but {printed} is printed"
        problems.append(Problem("qualifier", message, axis.mark, expected=declared, found=printed))


def _declared(expr: Expr, dag: Dag) -> Unit | None:
    return dag.definitions[expr.name].unit if isinstance(expr, Name) else None


def _given(spec: ClaimSpec, dag: Dag, problems: list[Problem]) -> Others:
    found: dict[str, Value] = {}
    layer = Layer("given", spec.printed.mark.file, {})
    axes = dag.resolver.sites.lexicon.qualifiers
    for name, (text, given) in spec.given.items():
        absolute = dag.reference(name)
        if absolute is None:
            hint = did_you_mean(name, dag.definitions)
            problems.append(Problem("name", f"nothing here is called {name}", text.mark, hint=hint))
            continue
        if absolute != name:
            message = f"{name} is the top level's {absolute}: the case sets nothing that reaches it"
            problems.append(Problem("claim", message, text.mark, hint=f"give {absolute}, or set it in the case"))
            continue
        at = dag.definitions[absolute]
        slot = Slot(name, at.unit, at.choices, at.of)
        value = bind_value(given, layer, slot, axes, dag.context, problems)
        if value is not None:
            found[absolute] = value
    return MappingProxyType(found)


def judge(claim: Claim, workbook: Workbook) -> Verdict:
    """The verdict on one claim."""
    return judge_all([claim], workbook)[0]


def judge_all(claims: Iterable[Claim], workbook: Workbook) -> tuple[Verdict, ...]:
    """The verdicts in the claims' order; claims with the same `given` share one copy of the workbook."""
    whatif = WhatIf(workbook)
    return tuple(judge_with(claim, whatif.with_values(claim.given)) for claim in claims)


def judge_with(claim: Claim, workbook: Workbook) -> Verdict:
    """The verdict on a workbook in which the claim's `given` is in force already."""
    subject = claim.spec.subject.text
    try:
        value = workbook.evaluate(claim.expr, subject.text.strip())
    except NoValue as error:
        problem = error.problems[0]
        return _no_value(claim, problem if problem.mark else replace(problem, mark=subject.mark))
    if isinstance(claim.printed, Figure):
        unit = claim.printed.unit
        if not isfinite(unit.from_base(float(value))):
            message = f"{subject.text.strip()}: the number is too large for the unit {unit.text}"
            return _no_value(claim, Problem("value", message, subject.mark))
        return _on_number(claim, claim.printed, float(value))
    found = value if isinstance(claim.printed, bool) else workbook.key_of((claim.expr,))[0]
    holds = found == claim.printed
    reading: Reading = "held" if holds else "off"
    follows_so = claim.follows is None or claim.follows == found
    return Verdict(claim, found, None, None, holds, reading, reading, None, follows_so=follows_so)


def _no_value(claim: Claim, problem: Problem) -> Verdict:
    figure = claim.printed if isinstance(claim.printed, Figure) else None
    unit, quantum = (figure.unit.text, figure.quantum) if figure else (None, None)
    return Verdict(claim, None, unit, quantum, False, "off", "off", None, problem)


def _on_number(claim: Claim, figure: Figure, value: float) -> Verdict:
    readings: list[tuple[Figure, Reading]] = [(each, each.reading(value)) for each in figure.readings()]
    best, reading = min(readings, key=lambda each: READINGS.index(each[1]))  # of equals the first: the label
    return Verdict(
        claim,
        computed=figure.unit.from_base(value),
        unit=figure.unit.text,
        quantum=figure.quantum,
        holds=figure.stands_for(value, claim.spec.mode),
        labelled=readings[0][1],
        best=reading,
        best_unit=best.unit.text,
        follows_so=not isinstance(claim.follows, Figure) or claim.follows.stands_for(value, "round"),
    )
