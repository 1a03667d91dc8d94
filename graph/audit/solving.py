"""One input changed at a time: what a number becomes by it, and what the input would have to be for another number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...problems import Text
from ...units import UnitContext, UnitError, format_amount, parse_amount
from ..assembly.definitions import Definition, Value
from ..engine.workbook import Workbook
from ..language.declarations import Given
from .contradictions import SAME

_FARTHEST = 16.0  # an input that would have to be further from what it is explains nothing
_COUNTED = 1e5  # a larger number of tokens or parameters is nothing that somebody counted
_MEASURED = 10  # steps of the last digit that a measured number has at least: 2 byte is a size, 21 GiB a measurement
_DIGITS = range(2, 6)  # of an input that is looked for, the fewer the better


@dataclass(frozen=True, slots=True)
class Trial:
    """A workbook to be changed, and what is asked of it: a number in base units, None where it has no value."""

    workbook: Workbook
    computed: Callable[[], float | None]

    def with_value(self, name: str, value: Value) -> float | None:
        """The number with that value of an input in force, which stays."""
        self.workbook.bind(name, value)
        return self.computed()


def scaled(definition: Definition, factor: float, digits: int = 12) -> Value | None:
    """The input's value times a factor, to so many digits of the unit that it is written in; None for none, or 0."""
    value = definition.value
    if value is None or not value.number:
        return None
    fits = value.unit is not None and value.unit.dimension == definition.unit.dimension
    unit = value.unit if value.unit is not None and fits else definition.unit
    there = float(f"{unit.from_base(value.number) * factor:.{digits}g}")
    text = Text(format_amount(there, unit), value.given.value.mark)
    return Value(Given(text), "given", text.mark.file, unit.to_base(there), unit=unit)


def is_count(definition: Definition) -> bool:
    """Whether it is a whole number of layers, heads, devices or the like, and not so large that nobody counts."""
    own = definition.value.number if definition.value else None
    if own is None or not definition.unit.dimension.counted or definition.unit.scale != 1:
        return False
    return own == round(own) and own < _COUNTED


def comes_whole(definition: Definition, value: Value) -> bool:
    """Whether a value can be: layers, heads and other counts come whole."""
    if not is_count(definition) or value.number is None:
        return True
    return abs(value.number - round(value.number)) <= SAME * max(1.0, abs(value.number))


def is_measured(definition: Definition, context: UnitContext) -> bool:
    """Whether its digits are those of a measurement: no count, no default, and more of them than one."""
    value, step = definition.value, _last_digit(definition, context)
    if value is None or value.number is None or step is None or value.layer == "default":
        return False
    return not is_count(definition) and abs(value.number) >= _MEASURED * step


def _last_digit(definition: Definition, context: UnitContext) -> float | None:
    """What one step of the last digit of an input, as written, is worth in base units; None for what is no number."""
    if definition.value is None:
        return None
    try:
        amount = parse_amount(definition.value.text, context)
    except UnitError:
        return None
    return (amount.unit or definition.unit).to_base(amount.quantum)


def range_of(trial: Trial, inputs: Iterable[Definition]) -> tuple[float, float] | None:
    """Between what the number lies if each input is anywhere within half of its last digit, each alone and summed up.

    None where it has no value, or no input moves it.
    """
    middle = trial.computed()
    low = high = 0.0
    for definition in inputs:
        ends = [_off(trial, definition, side, middle) for side in (-0.5, 0.5)]
        if middle is None or None in ends:
            return None
        moved = [end for end in ends if end is not None]
        low, high = low + min(0.0, *moved), high + max(0.0, *moved)
    return (middle + low, middle + high) if middle is not None and low < high else None


def _off(trial: Trial, definition: Definition, steps: float, middle: float | None) -> float | None:
    """How far the number moves with the input so many steps of its last digit away; the input is as before then."""
    value, step = definition.value, _last_digit(definition, trial.workbook.checked.context)
    if value is None or value.number is None or step is None or middle is None:
        return None
    there = Value(value.given, "given", value.origin, value.number + steps * step)
    found = trial.with_value(definition.name, there)
    trial.workbook.bind(definition.name, value)
    return None if found is None else found - middle


def needed(
    trial: Trial, definition: Definition, wanted: float, comes_out: Callable[[float], bool]
) -> tuple[float, Value] | None:
    """How far the input would have to be from what it is, as a logarithm, and to what, for the number to be `wanted`.

    None where nothing within reach is. The input is as before then.
    """
    own = definition.value
    factor = _root(lambda by: _over(trial, definition, by, wanted)) if own else None
    try:
        for digits in _DIGITS if factor else ():
            value = scaled(definition, factor or 1.0, digits)
            found = trial.with_value(definition.name, value) if value else None
            if value and found is not None and comes_whole(definition, value) and comes_out(found):
                return abs(math.log(factor or 1.0)), value
    finally:
        if own:
            trial.workbook.bind(definition.name, own)
    return None


def _over(trial: Trial, definition: Definition, factor: float, wanted: float) -> float | None:
    value = scaled(definition, factor)
    found = trial.with_value(definition.name, value) if value else None
    return None if found is None else found - wanted


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
