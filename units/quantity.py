"""The edge to pint: quantities for people who compute with pint, and back."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from .dimension import Dimension
from .pint_alone import Quantity
from .pint_alone import Unit as PintUnit
from .registry import registry
from .unit import Unit


def to_pint(value: float, unit: Unit) -> Quantity[float]:
    """A value in `unit` as a pint quantity in that unit, of `registry()`."""
    return cast(Quantity[float], registry().Quantity(value, _pint_unit(unit)))


@lru_cache(maxsize=4096)
def _pint_unit(unit: Unit) -> PintUnit:
    powers: dict[str, Fraction] = {}
    for factor in unit.factors:
        name = factor.symbol.pint_name
        powers[name] = powers.get(name, Fraction(0)) + factor.power
    shown = {name: _pint_power(power) for name, power in powers.items() if power}
    return registry().Unit(registry().UnitsContainer(shown))


def _pint_power(power: Fraction) -> int | float:
    return int(power) if power.denominator == 1 else float(power)


def from_pint(quantity: object) -> tuple[float, Dimension]:
    """A pint quantity's value in base units, and its dimension.

    Errors: TypeError for anything but a single number's quantity of `registry()`.
    """
    if not isinstance(quantity, Quantity):
        raise TypeError(f"expected a pint quantity, not {type(quantity).__name__}")
    if not isinstance(quantity, registry().Quantity):
        raise TypeError("the quantity is of another pint registry; make it with roofsheet.units.registry()")
    root = cast(Any, quantity).to_root_units()  # pint's annotations leave it unknown
    powers = {base[1:-1]: _exact(power) for base, power in root.dimensionality.items()}
    return float(root.magnitude), Dimension.of(**powers)


def _exact(power: float) -> Fraction:
    """pint keeps powers as floats; those that people write have small denominators."""
    return Fraction(power).limit_denominator(1000)
