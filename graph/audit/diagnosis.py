"""How a printed number that does not follow may have come about: found by trying, never read from notes.

A claim is judged again with other values in force: without what its source rounded on the way, with what the same
source printed elsewhere, with the catalogue's facts. What makes the digits come out is an explanation. Where nothing
does, it is told how far off the number is, and which input would have to be what.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Literal

from ...problems import NoValue, Text
from ...units import format_amount, format_number
from ..assembly.definitions import CatalogueFact, Definition, Value
from ..engine.workbook import Workbook
from ..explain.reach import may_rest_on, rests_on
from ..explain.whatif import WhatIf, content
from ..language.declarations import Given
from .claims import Verdict
from .keyed_rates import chosen_rate, rates_of
from .printed import READINGS, Figure

Kind = Literal["label", "cut", "intermediate", "printed", "catalogue", "factor", "needs"]
_SAME = 1e-9  # values that differ by less, relatively, are equal
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
    own it would be `computed`, `ratio` times as much. printed: it follows from `values` that the same source printed,
    which do not follow themselves. catalogue: it follows from the catalogue's values. factor: it is `ratio` times
    what follows, in `unit` if that is not the label, as if any one of `values` were so. needs: no such cause; it takes
    any one of `values`.
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
        causes = causes or [*self._by_factor(verdict, figure)] or [*self._needs(verdict, figure)]
        yield from causes

    # -- trying --------------------------------------------------------------------------------------------------------

    def computed(self, verdict: Verdict, values: Mapping[str, Value]) -> float | None:
        """The claim's subject in base units, with these values in force; None if it has no value so."""
        return _evaluated(verdict, self.whatif.with_values(values))

    def comes_out(self, verdict: Verdict, figure: Figure, others: Mapping[str, Value]) -> bool:
        value = self.computed(verdict, {**verdict.claim.given, **others})
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
        if own is None or not with_taken or READINGS.index(figure.reading(own)) <= READINGS.index(verdict.labelled):
            return
        yield Explanation("intermediate", values, _amount(figure, own), own / with_taken)

    # -- what the source printed elsewhere -----------------------------------------------------------------------------

    def _from_printed(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        subject = verdict.claim.quantity
        rested = may_rest_on(self.workbook, verdict.claim.reads) - {subject, *verdict.claim.given}
        options = [(name, value) for name, value in self.printed if name in rested]
        for chosen in islice(_some_of(options), _MOST_TRIALS):
            if self.comes_out(verdict, figure, dict(chosen)):
                at = self.whatif.with_values(verdict.claim.given)
                yield Explanation("printed", tuple(_instead(at, name, value.text) for name, value in chosen))
                return

    # -- what the catalogue has ----------------------------------------------------------------------------------------

    def _from_catalogue(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        found: list[Instead] = []
        for definition in self._inputs(verdict):
            tried: set[float | None] = set()
            for value, origin in self._catalogued(definition):
                if value.number in tried:
                    continue
                tried.add(value.number)
                if _differs(self.workbook, definition.name, value) and self.comes_out(
                    verdict, figure, {definition.name: value}
                ):
                    number = value.number if value.number is not None else math.nan
                    text = format_amount(definition.unit.from_base(number), definition.unit)
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
                scaled = [*self._scaled(verdict, reading, factor)] if 1 / _FARTHEST <= factor <= _FARTHEST else []
                unit = "" if reading is figure else reading.unit.text
                yield Explanation("factor", tuple(scaled) if len(scaled) <= _NAMES else (), ratio=factor, unit=unit)
                return

    def _scaled(self, verdict: Verdict, figure: Figure, factor: float) -> Iterator[Instead]:
        """The inputs that the factor may be hidden in: times it, each gives the printed number."""
        for definition in self._inputs(verdict):
            value = _value_of(self.workbook, definition, factor) if definition.name != verdict.quantity else None
            if value and _whole(definition, value) and self.comes_out(verdict, figure, {definition.name: value}):
                yield self._changed(definition, value)

    def _needs(self, verdict: Verdict, figure: Figure) -> Iterator[Explanation]:
        """The inputs that would have to be changed least for the number to come out, each alone."""
        inputs = [*self._inputs(verdict)]
        if len(inputs) > _MOST_INPUTS or any(each.name == verdict.quantity for each in inputs):
            return
        found = [(*at, definition) for definition in inputs if (at := self._needed(verdict, figure, definition))]
        least = min((change for change, _, _ in found), default=math.inf)
        nearest = [(value, each) for change, value, each in found if change <= least * 1.01 + _SAME]
        measured = [(value, each) for value, each in nearest if not _is_count(each)]  # counts are seldom misread
        values = tuple(self._changed(each, value) for value, each in measured or nearest)
        if values and len(values) <= _NAMES:
            yield Explanation("needs", values)

    def _changed(self, definition: Definition, value: Value) -> Instead:
        """An input with another value, both in the unit that the input is written in."""
        own = _value_of(self.workbook, definition, 1.0)
        return Instead(definition.name, value.text, own.text if own else self.workbook.text(definition.name))

    def _needed(self, verdict: Verdict, figure: Figure, definition: Definition) -> tuple[float, Value] | None:
        """How far the input would have to be from what it is, as a logarithm, and to what; None if nothing near is."""
        wanted = figure.unit.to_base(figure.number)
        trial = self.whatif.with_values(verdict.claim.given).copy()

        def computed(value: Value | None) -> float | None:
            if value is None:
                return None
            trial.bind(definition.name, value)
            return _evaluated(verdict, trial)

        def off(factor: float) -> float | None:
            found = computed(_value_of(self.workbook, definition, factor))
            return None if found is None else found - wanted

        factor = _root(off)
        for digits in range(2, 6) if factor else ():
            value = _value_of(self.workbook, definition, factor or 1.0, digits)
            found = computed(value)
            if value and found is not None and _whole(definition, value) and figure.reading(found) == "held":
                return abs(math.log(factor or 1.0)), value
        return None

    def _inputs(self, verdict: Verdict) -> Iterator[Definition]:
        """The inputs that the claimed number rests on, which the claim does not state itself."""
        at = self.whatif.with_values(verdict.claim.given)
        for name in rests_on(at, verdict.claim.reads):
            definition = self.workbook.definition(name)
            if definition.expr is None and not definition.choices and name not in verdict.claim.given:
                yield definition


def _printed_otherwise(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Value]]:
    """The quantities of which something else is printed than follows, with what is printed, each once."""
    seen: set[tuple[str, float]] = set()
    for each in verdicts:
        figure, computed = each.claim.printed, each.computed
        if not isinstance(figure, Figure) or not isinstance(computed, int | float) or each.claim.over:
            continue
        number = figure.unit.to_base(figure.number)
        if (
            each.quantity
            and not math.isclose(figure.number, computed, rel_tol=_SAME)
            and (each.quantity, number) not in seen
        ):
            seen.add((each.quantity, number))
            yield each.quantity, _value(each.claim.spec.printed, number)


def _some_of(options: Sequence[tuple[str, Value]]) -> Iterator[tuple[tuple[str, Value], ...]]:
    """One of the printed values, two, then more, of each quantity no more than one."""
    for count in range(1, len(options) + 1):
        for chosen in combinations(options, count):
            if len({name for name, _ in chosen}) == count:
                yield chosen


def _root(off: Callable[[float], float | None]) -> float | None:
    """The factor nearest to 1 at which `off` changes its sign, within reach on either side; None if there is none."""
    start = off(1.0)
    if not start:
        return None
    found: list[float] = []
    for side in (1, -1):
        low, step = 1.0, 1.1
        while low < _FARTHEST:
            high = low * step
            there = off(high**side)
            if there is None:
                break
            if there * start <= 0:
                found.append(_bisected(off, low, high, side, start))
                break
            low = high
    return min(found, key=lambda factor: abs(math.log(factor)), default=None)


def _bisected(off: Callable[[float], float | None], low: float, high: float, side: int, start: float) -> float:
    for _ in range(60):
        middle = math.sqrt(low * high)
        there = off(middle**side)
        if there is not None and there * start > 0:
            low = middle
        else:
            high = middle
    return high**side


def _evaluated(verdict: Verdict, workbook: Workbook) -> float | None:
    try:
        value = float(workbook.evaluate(verdict.claim.expr))
    except NoValue:
        return None
    return value if math.isfinite(value) else None


# -- values ------------------------------------------------------------------------------------------------------------


def _value_of(workbook: Workbook, definition: Definition, factor: float, digits: int = 12) -> Value | None:
    """The input's value times a factor, to so many significant digits of its unit."""
    own = workbook.value(definition.name)
    given = definition.value
    if not isinstance(own, float) or not own or given is None:
        return None
    unit = (
        given.unit if given.unit is not None and given.unit.dimension == definition.unit.dimension else definition.unit
    )
    there = float(f"{unit.from_base(definition.unit.to_base(own)) * factor:.{digits}g}")
    text = given.given.value
    return _value(Text(format_amount(there, unit), text.mark), unit.to_base(there))


def _value(text: Text, number: float) -> Value:
    return Value(Given(text), "given", text.mark.file, number)


def _whole(definition: Definition, value: Value) -> bool:
    """Whether a value can be: layers, heads and other counts come whole."""
    if not _is_count(definition) or value.number is None:
        return True
    return abs(value.number - round(value.number)) <= _SAME * max(1.0, abs(value.number))


def _is_count(definition: Definition) -> bool:
    """Whether it is a whole number of layers, heads, devices or the like, and not so large that nobody counts."""
    own = definition.value.number if definition.value else None
    if own is None or not definition.unit.dimension.counted or definition.unit.scale != 1:
        return False
    return own == round(own) and own < 1e5


def _differs(workbook: Workbook, name: str, value: Value) -> bool:
    own = workbook.value(name)
    theirs = content(value)
    if isinstance(own, float) and isinstance(theirs, float):
        return not math.isclose(workbook.definition(name).unit.to_base(own), theirs, rel_tol=_SAME)
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
