"""What a source printed, read: a number with the worth of its last digit, a word, or true or false."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...problems import Problem, Text
from ...units import Amount, Unit, UnitContext, UnitError, parse_amount, siblings, unit_like
from ..engine.dimensions import Measured, Truth, Type, Words, fits
from ..language.declarations import ClaimSpec
from ..language.names import did_you_mean

Mode = Literal["round", "floor", "about"]
Reading = Literal["held", "truncated", "near", "off"]
READINGS: tuple[Reading, ...] = ("held", "truncated", "near", "off")  # the better before the worse
_FLOAT_STEP = 2.0**-52


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number, and what one step of its last digit is worth, both in `unit`."""

    number: float
    quantum: float
    unit: Unit

    def stands_for(self, computed: float, mode: Mode) -> bool:
        """Whether a value in base units is printed so, as labelled.

        round: within half a quantum. floor: cut off towards zero. about: less than one quantum away.
        A billionth of a quantum, and the last bits of a float, never decide.
        """
        value = self.unit.from_base(computed)
        slack = 1e-9 * self.quantum + 4 * _FLOAT_STEP * abs(value)
        if mode == "floor":
            sign = -1 if (self.number or value) < 0 else 1
            return -slack <= sign * (value - self.number) < self.quantum - slack
        if mode == "about":
            return abs(value - self.number) < self.quantum - slack
        return abs(value - self.number) <= self.quantum / 2 + slack

    def reading(self, computed: float) -> Reading:
        """How the digits stand to a value in base units, whatever the mode: rounded, cut off, less than one of the
        last digit away, or further off."""
        if self.stands_for(computed, "round"):
            return "held"
        if self.stands_for(computed, "floor"):
            return "truncated"
        return "near" if self.stands_for(computed, "about") else "off"

    def readings(self) -> tuple[Figure, ...]:
        """The figure as labelled, then under each unit that people take for its own (GB for GiB)."""
        others = (Figure(self.number, self.quantum, unit) for unit in siblings(self.unit))
        return (self, *others)


Printed = Figure | str | bool


def read_printed(
    spec: ClaimSpec, found: Type, declared: Unit | None, context: UnitContext, problems: list[Problem]
) -> Printed | None:
    """What `spec` prints for a subject of the type `found`; None, with a located problem, if it cannot be.

    `declared`: the unit of the subject, where it is one quantity.
    """
    try:
        match found:
            case Words(words):
                return _word(spec, sorted(words))
            case Truth():
                return _word(spec, ["false", "true"]) == "true"
            case Measured():
                return _figure(spec, found, declared, context)
    except _Refusal as refusal:
        problems.append(refusal.problem)
        return None


class _Refusal(Exception):
    def __init__(self, spec: ClaimSpec, text: Text, message: str, kind: str = "claim", hint: str = "") -> None:
        super().__init__(message)
        said = f"the claim on {spec.subject.text.text.strip()}: {message}"
        self.problem = Problem(kind, said, text.mark, hint=hint)


def _word(spec: ClaimSpec, words: list[str]) -> str:
    of = spec.of[0][0] if spec.of else None
    for extra, key in ((spec.quantum, "to"), (spec.unit, "unit"), (of, "of")):
        if extra is not None:
            raise _Refusal(spec, extra, f"'{key}' is for numbers, and this is one of {', '.join(words)}")
    word = spec.printed.text.strip()
    if word not in words:
        hint = did_you_mean(word, words) or f"one of {', '.join(words)}"
        raise _Refusal(spec, spec.printed, f"it cannot be '{word}'", hint=hint)
    return word


def _figure(spec: ClaimSpec, found: Measured, declared: Unit | None, context: UnitContext) -> Figure:
    printed = _amount(spec, spec.printed, context)
    step = _amount(spec, spec.quantum, context) if spec.quantum else None
    unit = _printed_unit(spec, printed, step, context) or _bare_unit(spec, found, declared, context)
    _agree(spec, found, unit, spec.printed if printed.unit or not spec.unit else spec.unit)
    if step is None or spec.quantum is None:
        return Figure(printed.magnitude, printed.quantum, unit)
    if step.unit is not None:
        _agree(spec, found, step.unit, spec.quantum)
    quantum = step.magnitude * (step.unit.scale / unit.scale if step.unit else 1.0)
    if quantum <= 0:
        raise _Refusal(spec, spec.quantum, "'to' is the worth of the last digit: more than 0")
    return Figure(printed.magnitude, quantum, unit)


def is_bare(text: str, context: UnitContext) -> bool:
    """Whether the text is a number without a unit."""
    try:
        return parse_amount(text, context).unit is None
    except UnitError:
        return False


def _amount(spec: ClaimSpec, text: Text, context: UnitContext) -> Amount:
    try:
        return parse_amount(text.text, context)
    except UnitError as error:
        raise _refused(spec, text, error) from None


def _refused(spec: ClaimSpec, text: Text, error: UnitError) -> _Refusal:
    where = Text(text.text, text.at(error.start, max(error.end, error.start + 1)))
    return _Refusal(spec, where, error.message, hint=error.hint)


def _printed_unit(spec: ClaimSpec, printed: Amount, step: Amount | None, context: UnitContext) -> Unit | None:
    """The unit that the claim states: with the number, under `unit:`, or with `to:`."""
    if printed.unit and spec.unit:
        raise _Refusal(spec, spec.unit, f"{spec.printed.text.strip()} has its unit already")
    if spec.unit is None:
        return printed.unit or (step.unit if step else None)
    try:
        return context.unit(spec.unit.text)
    except UnitError as error:
        raise _refused(spec, spec.unit, error) from None


def _bare_unit(spec: ClaimSpec, found: Measured, declared: Unit | None, context: UnitContext) -> Unit:
    """The unit of a number printed without one: only counts and plain numbers go without.

    A printed 0 is no exception, though 0 fits every unit as a value: its digits say nothing without one.
    """
    unit = declared or context.unit(unit_like(found.dimension))
    if unit.dimension.counted and unit.scale == 1:
        return unit
    written = spec.printed.text.strip()
    hint = f"write {written} {unit.text}" if declared else f"give its unit, such as {unit.text}"
    raise _Refusal(spec, spec.printed, f"{written} has no unit", "dimension", hint)


def _agree(spec: ClaimSpec, found: Measured, unit: Unit, text: Text) -> None:
    """Refuse a unit of another dimension; `/device` may be left out."""
    if fits(found, unit.dimension) or unit.dimension == found.dimension.without("device"):
        return
    wanted = unit_like(found.dimension) or "plain numbers"
    raise _Refusal(spec, text, f"it is in {wanted}, but {text.text.strip()} is printed", "dimension")
