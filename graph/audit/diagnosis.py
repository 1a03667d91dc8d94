"""How a printed number that does not follow may have come about: found by trying, never read from notes.

A claim is judged again with other values in force: without what its source rounded on the way, with what the same
source printed elsewhere, with the catalogue's facts. What makes the digits come out is an explanation. Where nothing
does, it is told how far off the number is, and which input would have to be what.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, islice, product
from typing import Literal

from ...problems import NoValue, Text
from ...units import Dimension, format_amount, format_number
from ..assembly.definitions import CatalogueFact, Definition, Value
from ..engine.workbook import Workbook
from ..explain.reach import case_of, may_rest_on, rests_on
from ..explain.whatif import WhatIf, content
from ..language.declarations import Given
from .claims import Verdict
from .contradictions import SAME, compare
from .keyed_rates import chosen_rate, rates_of
from .printed import READINGS, Figure
from .solving import Trial, comes_whole, is_measured, needed, range_of, scaled

Kind = Literal["label", "cut", "intermediate", "printed", "swap", "catalogue", "factor", "rounding", "needs"]
_SHARP = 0.02  # a factor says something of digits that are worth less of the number than this,
_SHARP_FOR_TWO = 0.05  # and a factor of two, by far the commonest slip, of blunter ones
_FACTORS = (2.0, 3.0, 4.0, 5.0, 8.0, 10.0, 16.0, 60.0, 100.0, 1000.0, 1024.0, 3600.0, 1e6, 2.0**20, 1e9, 2.0**30)
_MOST_TRIALS = 60
_FARTHEST = 16.0  # an input that would have to be further from what it is explains nothing
_MOST_INPUTS = 12  # among more of them, which one would have to change says nothing
_NAMES = 5  # inputs that a factor may hide in, before it is any of too many


@dataclass(frozen=True, slots=True)
class Instead:
    """A quantity with another value in force: `text` in the place of `own`, its own."""

    name: str
    text: str
    own: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way in which a printed number may have come about.

    label: the digits are right in `unit`, or cut off in it, where it `is_cut`. cut: they are cut off, `computed` is
    the number rounded as printed. intermediate: it is made from `values`, which its source rounded or took; from its
    own it would be `computed`, `ratio` times as much. printed: it follows from `values` as the same source printed
    them. swap: it follows with another printed number, that of `origin`, in the place of its own. rounding: it lies
    within `computed`, the range that the last digits of the inputs leave. catalogue: it follows from the catalogue's
    values. factor: it is `ratio` times what follows, in `unit` if that is not the label, as if any one of `values`
    were so. needs: no such cause; it takes any one of `values`.
    """

    kind: Kind
    values: tuple[Instead, ...] = ()
    computed: str = ""
    ratio: float | None = None
    unit: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """A claim whose number does not follow as it stands, and how it may have come about."""

    verdict: Verdict
    explanations: tuple[Explanation, ...]


def explained(
    verdicts: Sequence[Verdict], workbook: Workbook, facts: Sequence[CatalogueFact] = ()
) -> tuple[Explained, ...]:
    """The claims that do not simply hold, each with its explanations."""
    found = zip(verdicts, diagnose(verdicts, workbook, facts), strict=True)
    return tuple(Explained(verdict, causes) for verdict, causes in found if causes or verdict.finding != "held")


def diagnose(
    verdicts: Sequence[Verdict], workbook: Workbook, facts: Sequence[CatalogueFact] = ()
) -> tuple[tuple[Explanation, ...], ...]:
    """For each verdict its explanations, the likeliest first; () for a number that follows as it stands.

    `facts`: of the catalogue, by whose values a number may come out. The workbook is read, never changed.
    """
    search = _Search(workbook, verdicts, facts)
    return tuple(tuple(search.explain(verdict)) for verdict in verdicts)


class _Search:
    def __init__(self, workbook: Workbook, verdicts: Sequence[Verdict], facts: Sequence[CatalogueFact]) -> None:
        self.whatif, self.workbook, self.facts = WhatIf(workbook), workbook, facts
        self.printed = tuple(_printed_otherwise(verdicts))
        self.claimed = tuple(_claimed(verdicts))
        comparison = compare(workbook, (), facts)
        nominal = (each.name for each in comparison.contradictions if each.nominal)
        self.vouched = frozenset(
            (*comparison.agreeing, *nominal)
        )  # what the catalogue has, to its digits or as a label

    def explain(self, verdict: Verdict) -> Iterator[Explanation]:
        figure = verdict.claim.printed
        if not isinstance(figure, Figure) or verdict.problem is not None:
            return
        if verdict.finding == "wrong label":
            yield Explanation("label", unit=verdict.best_unit or "", is_cut=verdict.best == "truncated")
        elif verdict.labelled == "truncated":
            yield Explanation("cut", computed=_rounded(verdict, figure))
        yield from self._without_intermediates(verdict, figure)
        if verdict.finding in ("wrong arithmetic", "not reproduced"):
            yield from self._of_a_wrong_number(verdict, figure)

    def _of_a_wrong_number(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        causes = [*self._from_printed(verdict, figure), *self._from_catalogue(verdict, figure)]
        for search in (self._by_factor, self._by_swap, self._by_rounding, self._needs):
            causes = causes or [*search(verdict, figure)]
        yield from causes

    # -- trying --------------------------------------------------------------------------------------------------------

    def computed(self, verdict: Verdict, values: Mapping[str, Value]) -> float | None:
        """The claim's subject in base units, with these values in force; None if it has no value so."""
        return _evaluated(verdict, self.whatif.with_values(values))

    def comes_out(self, verdict: Verdict, figure: Figure, others: Mapping[str, Value]) -> bool:
        value = _evaluated(verdict, self.whatif.tried({**verdict.claim.given, **others}))
        return value is not None and figure.reading(value) in ("held", "truncated")

    # -- what the source rounded ---------------------------------------------------------------------------------------

    def _without_intermediates(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        """What the number would be without the values that its source put in for what follows."""
        kept = {name: value for name, value in verdict.claim.given.items() if name in verdict.claim.over}
        taken = {name: value for name, value in verdict.claim.given.items() if name not in kept}
        at = self.whatif.with_values(kept)
        values = tuple(_instead(at, name, value.text) for name, value in taken.items() if _differs(at, name, value))
        own = self.computed(verdict, kept) if values else None
        with_taken = self.computed(verdict, verdict.claim.given)
        comes_out = bool({verdict.labelled, verdict.best} & {"held", "truncated"}) or verdict.finding == "held"
        if own is None or not with_taken or not comes_out:
            return
        if READINGS.index(figure.reading(own)) <= READINGS.index(verdict.labelled):
            return
        yield Explanation("intermediate", values, _amount(figure, own), own / with_taken)

    # -- what the source printed elsewhere -----------------------------------------------------------------------------

    def _from_printed(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        subject = verdict.claim.quantity
        rested = may_rest_on(self.workbook, verdict.claim.reads) - {subject, *verdict.claim.given}
        options: dict[str, list[Value]] = {}
        for each in self.printed:
            if each.name in rested and self._is_at(each, verdict):
                options.setdefault(each.name, []).append(each.value)
        for chosen in islice(_some_of(options), _MOST_TRIALS):
            if self.comes_out(verdict, figure, dict(chosen)):
                at = self.whatif.with_values(verdict.claim.given)
                yield Explanation("printed", tuple(_instead(at, name, value.text) for name, value in chosen))
                return

    def _is_at(self, printed: _Printed, verdict: Verdict) -> bool:
        """Whether a number is printed for the inputs that the claim is for; what it rounds on the way is no input."""
        given = printed.verdict.claim.given
        inputs = (name for name in given if self.workbook.definition(name).expr is None)
        theirs = verdict.claim.given
        return all(name in theirs and content(theirs[name]) == content(given[name]) for name in inputs)

    # -- what the catalogue has ----------------------------------------------------------------------------------------

    def _from_catalogue(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        found: list[Instead] = []
        for definition in self._inputs(verdict, with_defaults=True):
            tried: set[float] = set()
            for value, origin in self._catalogued(definition):
                if value.number is None or value.number in tried or not _differs(self.workbook, definition.name, value):
                    continue
                tried.add(value.number)
                if self.comes_out(verdict, figure, {definition.name: value}):
                    text = format_amount(definition.unit.from_base(value.number), definition.unit)
                    found.append(_instead(self.workbook, definition.name, text, origin))
        if found:
            yield Explanation("catalogue", tuple(found))

    def _catalogued(self, definition: Definition) -> Iterator[tuple[Value, str]]:
        """The values that the catalogue has for an input: its own, and every rate."""
        for fact in self.facts:
            if fact.quantity == definition.name and fact.value.number is not None:
                yield fact.value, fact.entry
        rates = rates_of(self.workbook, definition, self.facts)
        picked = chosen_rate(self.workbook, definition, rates)
        for rate in sorted(rates, key=lambda each: each is not picked):  # of equal rates, the one that is meant
            yield rate.value, f"{rate} of {rate.fact.entry}"

    # -- how far off it is ---------------------------------------------------------------------------------------------

    def _by_factor(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        value = self.computed(verdict, verdict.claim.given)
        if not value or not figure.number:
            return
        worth = figure.quantum / abs(figure.number)
        for reading, factor in product(figure.readings(), (*_FACTORS, *(1 / each for each in _FACTORS))):
            if worth > (_SHARP_FOR_TWO if factor in (2.0, 0.5) else _SHARP):
                continue
            if reading.reading(value * factor) in ("held", "truncated"):
                hidden = tuple(self._scaled(verdict, reading, factor)) if 1 / _FARTHEST <= factor <= _FARTHEST else ()
                unit = "" if reading is figure else reading.unit.text
                yield Explanation("factor", hidden if len(hidden) <= _NAMES else (), ratio=factor, unit=unit)
                return

    def _scaled(self, verdict: Verdict, figure: Figure, factor: float) -> Iterator[Instead]:
        """The inputs that the factor may be hidden in: times it, each gives the printed number."""
        for definition in self._inputs(verdict):
            value = scaled(definition, factor) if definition.name != verdict.quantity else None
            if value and comes_whole(definition, value) and self.comes_out(verdict, figure, {definition.name: value}):
                yield _changed(definition, value)

    # -- another quantity in its place ---------------------------------------------------------------------------------

    def _by_swap(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        """It follows with another number of the same source in the place of one that the subject reads directly."""
        if verdict.quantity is None or figure.quantum > _SHARP * abs(figure.number):
            return
        read = [name for name in self.workbook.definition(verdict.quantity).reads if name not in verdict.claim.given]
        pairs = ((name, *other) for name, other in product(read, self.claimed) if self._is_of(name, *other))
        for name, other, value, _ in islice(pairs, _MOST_TRIALS):
            if self.comes_out(verdict, figure, {name: value}):
                yield Explanation("swap", (_instead(self.workbook, name, value.text, other),))
                return

    def _is_of(self, name: str, other: str, value: Value, dimension: Dimension) -> bool:
        """Whether another claimed quantity could be taken for this one: it stands in the same case, or in none."""
        definition = self.workbook.definition(name)
        case = case_of(self.workbook, definition)
        its = case_of(self.workbook, self.workbook.definition(other))
        differs = name != other and _differs(self.workbook, name, value)
        return definition.unit.dimension == dimension and its in ("", case) and differs and not definition.choices

    # -- the inputs that it is made from -------------------------------------------------------------------------------

    def _by_rounding(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        """It lies between what follows if each measured input is at the one or the other end of its last digit."""
        inputs = [*self._measured(verdict)]
        found = range_of(self._trial(verdict), inputs) if len(inputs) <= _MOST_INPUTS else None
        if found is None:
            return
        wanted, half = figure.unit.to_base(figure.number), figure.unit.to_base(figure.quantum / 2)
        if found[0] - half <= wanted <= found[1] + half:
            yield Explanation("rounding", computed=" to ".join(_amount(figure, end) for end in found))

    def _needs(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        """The measured inputs that would have to be changed least for the number to come out, each alone.

        Counts, sizes of formats and what the catalogue vouches for are no candidates: nobody would believe it.
        """
        inputs = [each for each in self._measured(verdict) if each.name not in self.vouched]
        if len(inputs) > _MOST_INPUTS or any(each.name == verdict.quantity for each in inputs):
            return
        wanted = figure.unit.to_base(figure.number)
        trial = self._trial(verdict)
        comes_out = partial(_reads_as, figure)
        found = [(*at, each) for each in inputs if (at := needed(trial, each, wanted, comes_out))]
        least = min((change for change, _, _ in found), default=math.inf)
        values = tuple(_changed(each, value) for change, value, each in found if change <= least * 1.01 + SAME)
        if values and len(values) <= _NAMES:
            yield Explanation("needs", values)

    def _trial(self, verdict: Verdict) -> Trial:
        """A copy to be changed, with the claim's own values in force."""
        copy = self.whatif.with_values(verdict.claim.given).copy()
        return Trial(copy, partial(_evaluated, verdict, copy))

    def _measured(self, verdict: Verdict) -> Iterator[Definition]:
        context = self.workbook.checked.context
        return (each for each in self._inputs(verdict) if is_measured(each, context))

    def _inputs(self, verdict: Verdict, with_defaults: bool = False) -> Iterator[Definition]:
        """The inputs that the claimed number rests on, which the claim does not state itself.

        `with_defaults`: and those that are computed because nothing sets them, as n_kv_heads is n_heads.
        """
        at = self.whatif.with_values(verdict.claim.given)
        for name in rests_on(at, verdict.claim.reads):
            definition = self.workbook.definition(name)
            is_input = definition.expr is None or (with_defaults and definition.is_default)
            if is_input and not definition.choices and name not in verdict.claim.given:
                yield definition


@dataclass(frozen=True, slots=True)
class _Printed:
    """A quantity's number as it is printed, which is not quite what follows."""

    name: str
    value: Value
    verdict: Verdict


def _printed_otherwise(verdicts: Sequence[Verdict]) -> Iterator[_Printed]:
    """The quantities of which something else is printed than follows, with what is printed, each once."""
    seen: set[tuple[str, float]] = set()
    for each in verdicts:
        figure, computed = each.claim.printed, each.computed
        if not isinstance(figure, Figure) or not isinstance(computed, int | float) or each.claim.over:
            continue
        number = figure.unit.to_base(figure.number)
        differs = not math.isclose(figure.number, computed, rel_tol=SAME)
        if each.quantity and differs and (each.quantity, number) not in seen:
            seen.add((each.quantity, number))
            yield _Printed(each.quantity, _value(Text(each.printed, each.mark), number), each)


def _claimed(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Value, Dimension]]:
    """The quantities whose numbers are printed, with what is printed."""
    for each in verdicts:
        figure = each.claim.printed
        if isinstance(figure, Figure) and each.quantity and not each.claim.over:
            value = _value(Text(each.printed, each.mark), figure.unit.to_base(figure.number))
            yield each.quantity, value, figure.unit.dimension


def _reads_as(figure: Figure, value: float) -> bool:
    return figure.reading(value) == "held"


def _changed(definition: Definition, value: Value) -> Instead:
    """An input with another value, both in the unit that the input is written in."""
    own = scaled(definition, 1.0)
    return Instead(definition.name, value.text, own.text if own else "")


def _some_of(options: Mapping[str, Sequence[Value]]) -> Iterator[tuple[tuple[str, Value], ...]]:
    """One of the printed values, two, then more, of each quantity no more than one."""
    for count in range(1, len(options) + 1):
        for names in combinations(options, count):
            for values in product(*(options[name] for name in names)):
                yield tuple(zip(names, values, strict=True))


def _evaluated(verdict: Verdict, workbook: Workbook) -> float | None:
    try:
        value = float(workbook.evaluate(verdict.claim.expr))
    except NoValue:
        return None
    return value if math.isfinite(value) else None


# -- values ------------------------------------------------------------------------------------------------------------


def _value(text: Text, number: float) -> Value:
    return Value(Given(text), "given", text.mark.file, number)


def _differs(workbook: Workbook, name: str, value: Value) -> bool:
    own = workbook.value(name)
    theirs = content(value)
    if isinstance(own, float) and isinstance(theirs, float):
        return not math.isclose(workbook.definition(name).unit.to_base(own), theirs, rel_tol=SAME)
    return own != theirs


def _instead(workbook: Workbook, name: str, text: str, origin: str = "") -> Instead:
    own, number = workbook.text(name), workbook.value(name)
    if own == text and isinstance(number, float):  # they differ, though not in the digits that people are shown
        own = f"{number:.9g} {workbook.definition(name).unit.text}".rstrip()
    return Instead(name, text, own, origin)


def _amount(figure: Figure, value: float) -> str:
    return format_amount(figure.unit.from_base(value), figure.unit)


def _rounded(verdict: Verdict, figure: Figure) -> str:
    """The computed number with the printed one's last digit, rounded."""
    assert isinstance(verdict.computed, int | float)
    steps = round(verdict.computed / figure.quantum)
    return f"{format_number(steps * figure.quantum)} {figure.unit.text}".strip()
