"""Value text -> value: unit and word checked against what the quantity declares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from ...problems import Problem, Text
from ...units import Amount, Dimension, Unit, UnitContext, UnitError, parse_amount, rate_hint, unit_like
from ..language.declarations import Given
from ..language.names import did_you_mean, name_fault
from .definitions import Value
from .qualifiers import Axes, Of, clashing, read_words, said
from .scopes import Layer

BY_FILES = ("default", "hardware", "model", "stack")  # layers below what the scenario or its reader sets
SETTINGS = ("set", "--set")  # layers that a scenario or the command line gives
_DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Slot:
    """The quantity that a value is given to: its unit or words, and what it is of."""

    name: str
    unit: Unit
    choices: tuple[str, ...] = ()
    of: Of = ()


def bind_value(
    given: Given, layer: Layer, slot: Slot, axes: Axes, context: UnitContext, problems: list[Problem]
) -> Value | None:
    """The value that `given` gives; None, with a located problem, if it cannot be one."""
    if given.of and not _agrees(given, slot, axes, problems):
        return None
    if slot.choices:
        return _word(given, layer, slot.choices, slot.name, problems)
    found: list[Problem] = []
    number = amount_in(given.value, slot.unit, context, slot.name, found)
    problems += [_or_a_formula(each, given.value.text) for each in found] if layer.name in SETTINGS else found
    if number is None:
        return None
    return Value(given, layer.name, layer.origin, number[0], None, number[1])


def _agrees(given: Given, slot: Slot, axes: Axes, problems: list[Problem]) -> bool:
    """Whether the value is of what the quantity is of, as far as both say it."""
    before = len(problems)
    clash = clashing(slot.of, read_words(given.of, axes, problems))
    if clash:
        declared, found = map(said, clash)
        message = f"{slot.name} is of {declared}, but is given {given.value.text.strip()} of {found}"
        axis = next(axis for axis, _ in given.of if axis.text == clash[1][0][0])
        problem = Problem("qualifier", message, axis.mark, expected=declared, found=found, quantity=slot.name)
        problems.append(problem)
    return len(problems) == before


def _or_a_formula(problem: Problem, text: str) -> Problem:
    """The problem, with a hint where what a scenario sets reads like a formula."""
    if problem.kind == "value" and (name_fault(text.strip()) is None or "*" in text or "(" in text):
        return replace(problem, hint="a formula goes under override:")
    return problem


def _word(given: Given, layer: Layer, choices: tuple[str, ...], name: str, problems: list[Problem]) -> Value | None:
    word = given.value.text.strip()
    if word in choices:
        return Value(given, layer.name, layer.origin, word=word)
    hint = did_you_mean(word, choices) or f"one of {', '.join(choices)}"
    problems.append(Problem("choice", f"{name} cannot be '{word}'", given.value.mark, hint=hint, quantity=name))
    return None


def amount_in(
    text: Text, unit: Unit, context: UnitContext, name: str, problems: list[Problem]
) -> tuple[float, Unit | None] | None:
    """The number in base units that `text` says for a quantity in `unit`, and the unit it was written in.

    A bare number fits dimensionless and counted units, 0 fits all; `/device` may be left out.
    """
    try:
        amount = parse_amount(text.text, context)
    except UnitError as error:
        where = text.at(error.start, max(error.end, error.start + 1))
        problems.append(Problem("value", f"{name}: {error.message}", where, hint=error.hint, quantity=name))
        return None
    if amount.unit is None:
        return _bare(amount.magnitude, text, unit, name, problems)
    if fits_declared(amount.unit.dimension, unit.dimension):
        base = amount.unit.to_base(amount.magnitude)
        if amount.unit.holds(amount.magnitude) and isfinite(unit.from_base(base)):
            return base, amount.unit
        problems.append(Problem("value", f"{name}: the number is out of range", text.mark, quantity=name))
        return None
    problems.append(
        Problem(
            "dimension",
            f"{name} is declared in {unit.text or 'plain numbers'}, but is given {text.text.strip()}",
            text.at(amount.unit_start, len(text.text)),
            expected=str(unit.dimension),
            found=str(amount.unit.dimension),
            hint=rate_hint(unit.dimension, amount.unit.dimension, amount.unit.text) or _count_hint(amount, unit),
            quantity=name,
        )
    )
    return None


def _count_hint(amount: Amount, unit: Unit) -> str:
    """Where only a count below the line is missing, `512 token` for token/sequence, the number is meant as it is."""
    if amount.unit is None or amount.unit.scale != unit.scale or unit.dimension.is_dimensionless:
        return ""
    missing = amount.unit.dimension / unit.dimension
    below = missing.counted and all(power > 0 for _, power in missing.powers)
    return f"write {amount.digits} {unit.text}" if below else ""


def _bare(
    number: float, text: Text, unit: Unit, name: str, problems: list[Problem]
) -> tuple[float, Unit | None] | None:
    if number == 0 or (unit.dimension.counted and unit.scale == 1):
        return number, None
    message = f"{name} is declared in {unit.text or unit_like(unit.dimension)}, but '{text.text.strip()}' has no unit"
    hint = f"write {text.text.strip()} {unit.text}"
    problems.append(Problem("dimension", message, text.mark, hint=hint, quantity=name))
    return None


def fits_declared(given: Dimension, declared: Dimension) -> bool:
    """Whether a value of one dimension may be given where another is declared: `/device` may be left out."""
    if given == declared:
        return True
    return given == given.without(_DEVICE) and given == declared.without(_DEVICE)
