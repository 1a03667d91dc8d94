"""The audit: what each shown number rests on, and what about a workbook does not hold. All of it is data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from ...problems import Mark, Problem, Severity
from ...units import format_amount
from ..assembly.binding import BY_FILES
from ..assembly.definitions import CatalogueFact, Definition, Role, Rule
from ..engine.workbook import Workbook
from ..explain.reach import case_of, may_rest_on
from ..language.declarations import KINDS
from ..language.expressions import reads
from ..language.printer import print_formula
from .ages import Fact, Remarks, remarks
from .catalogue import Departure, departures
from .claims import Verdict
from .contradictions import Change, Contradiction, compare
from .decisions import Decision, decisions
from .diagnosis import Explained, explained
from .doubts import Doubt, doubts
from .facts import fact_of
from .hidden import hidden_value
from .rounding import Rounding, roundings


@dataclass(frozen=True, slots=True)
class Shown:
    """What one shown quantity rests on.

    `unit`, `dimension`: declared, and proven of its formula by the check without which there is no workbook.
    `direct`, `deep`: how many quantities its formula reads, and may rest on in all. `facts`: the inputs that it
    in fact rests on, by kind. `problem`: why it has no value.
    """

    name: str
    text: str
    role: Role
    unit: str
    dimension: str
    direct: int
    deep: int
    facts: Mapping[str, tuple[Fact, ...]]
    problem: Problem | None

    @property
    def assumptions(self) -> tuple[Fact, ...]:
        """The inputs for whose values nobody vouches."""
        return self.facts.get("assumed", ())


@dataclass(frozen=True, slots=True)
class Pinned:
    """A quantity whose `formula` a value replaces; `would_be`: what that gives, where it can be evaluated."""

    fact: Fact
    formula: str
    would_be: str | None


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that a later layer hid, as written."""

    text: str
    layer: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A quantity and the values that `text`, of `layer`, hides, lowest layer first."""

    name: str
    text: str
    layer: str
    hidden: tuple[Hidden, ...]


@dataclass(frozen=True, slots=True)
class Overridden:
    """A quantity for which the scenario says another formula; `replaced`: the sheet's, '' if it had none."""

    name: str
    formula: str
    replaced: str
    source: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that does not hold, or, where `holds` is None, cannot be told; `values`: of what it reads."""

    rule: str
    why: str
    severity: Severity
    sheet: str
    scope: str
    holds: bool | None
    values: tuple[tuple[str, str], ...]
    mark: Mark

    @property
    def fails(self) -> bool:
        """It is an error, and not a warning or a check that cannot be told."""
        return self.holds is False and self.severity == "error"


@dataclass(frozen=True, slots=True)
class HeldCheck:
    """A check that holds."""

    rule: str
    why: str
    sheet: str
    scope: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything the audit found.

    `claims`: those not as expected. `explained`: those whose numbers do not follow as they stand, expected or not,
    with what was found of how they came about. `together`: every shown result with all the catalogue's values in force.
    `departures`: figures of the entries that it binds or compares with which do not agree with one another.
    `held`: the checks that hold. `day`: from which ages are reckoned, 2026-07-27.
    """

    shown: tuple[Shown, ...]
    pinned: tuple[Pinned, ...]
    shadowed: tuple[Shadowed, ...]
    overridden: tuple[Overridden, ...]
    unused: tuple[Fact, ...]
    checks: tuple[FailedCheck, ...]
    claims: tuple[Verdict, ...]
    explained: tuple[Explained, ...]
    contradictions: tuple[Contradiction, ...]
    together: tuple[Change, ...]
    doubts: tuple[Doubt, ...]
    roundings: tuple[Rounding, ...]
    decisions: tuple[Decision, ...]
    compared: int  # facts of the catalogue that the workbook was held against
    departures: tuple[Departure, ...]
    remarks: Remarks
    held: tuple[HeldCheck, ...]
    day: str

    @property
    def failed(self) -> bool:
        """Whether a check of severity error failed, a claim is not as expected, or the catalogue contradicts.

        Thin roundings, unused inputs, assumptions, old facts and warnings are remarks.
        """
        failing = any(each.fails for each in (*self.checks, *self.departures))
        return bool(self.claims or self.contradictions) or failing


def audit(
    workbook: Workbook,
    shown: Sequence[str],
    verdicts: Sequence[Verdict] = (),
    facts: Sequence[CatalogueFact] = (),
    entries: Sequence[Sequence[CatalogueFact]] = (),
    day: date | None = None,
) -> Audit:
    """Audit a workbook: `shown` are its results, `facts` the catalogue that it is held against.

    `entries`: the facts of each entry that it binds or is held against. `day`: from which the ages of facts are
    reckoned, today if it is not given.

    The workbook is read, never changed. Errors: `UnknownQuantity` for a shown name that it does not have.
    """
    definitions = [workbook.definition(name) for name in workbook]
    comparison = compare(workbook, shown, facts)
    rules, reckoned = workbook.rules(), day or date.today()
    rested = tuple(_shown(workbook, name) for name in shown)
    return Audit(
        shown=rested,
        pinned=tuple(_pinned(workbook, each) for each in definitions if each.role == "pinned"),
        shadowed=tuple(_shadowed(workbook, definitions)),
        overridden=tuple(_overridden(each) for each in definitions if each.overridden),
        unused=tuple(_unused(workbook, definitions, shown, verdicts)),
        checks=failed_checks(workbook),
        claims=tuple(verdict for verdict in verdicts if not verdict.as_expected),
        explained=explained(verdicts, workbook, facts),
        contradictions=comparison.contradictions,
        together=comparison.together,
        doubts=doubts(workbook, verdicts, comparison),
        roundings=roundings(workbook, shown),
        decisions=decisions(workbook, shown),
        compared=len(facts),
        departures=tuple(each for entry in entries for each in departures(entry)),
        remarks=remarks((fact for each in rested for found in each.facts.values() for fact in found), reckoned),
        held=tuple(_held(rule) for rule, holds in rules if holds),
        day=reckoned.isoformat(),
    )


def _shown(workbook: Workbook, name: str) -> Shown:
    definition = workbook.definition(name)
    by_kind: dict[str, list[Fact]] = {kind: [] for kind in (*KINDS, "missing")}
    for each in workbook.provenance(name):
        if not _is_column_default(each):
            by_kind[each.kind].append(fact_of(workbook, each))
    return Shown(
        name=name,
        text=workbook.text(name),
        role=definition.role,
        unit=definition.unit.text,
        dimension=str(definition.unit.dimension),
        direct=len(workbook.precedents(name)),
        deep=len(workbook.precedents(name, deep=True)),
        facts=MappingProxyType({kind: tuple(found) for kind, found in by_kind.items() if found}),
        problem=workbook.error(name),
    )


def _is_column_default(definition: Definition) -> bool:
    """A cell that no row gives says how the table is written (`matrices: 1`), not what somebody assumed."""
    return definition.cell is not None and definition.value is not None and definition.value.layer == "default"


def _pinned(workbook: Workbook, definition: Definition) -> Pinned:
    found = hidden_value(workbook, definition)
    if found is not None and not isinstance(found, str):
        found = format_amount(definition.unit.from_base(found), definition.unit)
    return Pinned(fact_of(workbook, definition), _formula(definition), found)


def _formula(definition: Definition) -> str:
    """The formula as written, '' if there is none."""
    return definition.formula.text.text.strip() if definition.formula else ""


def _shadowed(workbook: Workbook, definitions: Sequence[Definition]) -> Iterator[Shadowed]:
    for each in definitions:
        if not each.shadowed or case_of(workbook, each):
            continue  # a case's value hides nothing: the top level keeps its own
        text, layer = (each.value.text, each.value.layer) if each.value else (_formula(each), "override")
        hidden = tuple(Hidden(value.text, value.layer, value.given.value.mark) for value in each.shadowed)
        yield Shadowed(each.name, text, layer, hidden)


def _overridden(definition: Definition) -> Overridden:
    replaced = print_formula(definition.replaced) if definition.replaced else ""
    mark = definition.formula.text.mark if definition.formula else definition.mark
    return Overridden(definition.name, _formula(definition), replaced, definition.source, mark)


def _unused(
    workbook: Workbook, definitions: Sequence[Definition], shown: Sequence[str], verdicts: Sequence[Verdict]
) -> Iterator[Fact]:
    """What somebody set for nothing: no shown or claimed quantity reads it, in any branch."""
    results = [*shown, *(name for verdict in verdicts for name in verdict.claim.reads)]
    needed = may_rest_on(workbook, results)
    for each in definitions:
        if each.value is not None and each.value.layer not in BY_FILES and each.name not in needed:
            yield fact_of(workbook, each)


def failed_checks(workbook: Workbook) -> tuple[FailedCheck, ...]:
    """The checks that do not hold, and those that cannot be told."""
    return tuple(_check(workbook, rule, holds) for rule, holds in workbook.rules() if not holds)


def _check(workbook: Workbook, rule: Rule, holds: bool | None) -> FailedCheck:
    values = tuple((name, workbook.text(name)) for name in reads(rule.expr))
    text = rule.formula.text
    return FailedCheck(text.text.strip(), rule.why, rule.severity, rule.sheet, rule.scope, holds, values, text.mark)


def _held(rule: Rule) -> HeldCheck:
    text = rule.formula.text
    return HeldCheck(text.text.strip(), rule.why, rule.sheet, rule.scope, text.mark)
