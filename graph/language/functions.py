"""The one table of functions: what a formula may call, each with its dimension rule, its scalar and its array form.

Parser, dimension check, evaluator, printer and docs all read this table; another form of a function
(derivative, spreadsheet, LaTeX) becomes a field here when something reads it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Accepts = Literal["equal", "counted", "dimensionless", "any"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of formulas.

    `accepts`: what its arguments may be: all of one dimension, counted units, dimensionless, or anything.
    `array`: the form over arrays, a ufunc of NumPy's or a function of engine/kernels/arrays.py: of each two arguments
    in turn where there may be any number. It is a name because NumPy is imported only where something is swept.
    The result has the first argument's dimension to the `power`. `most` None: any number of arguments.
    `reduces`: it may also take one column of a table, `sum(operators[:].decode.time)`.
    `rounds`: the audit shows what it was before.
    """

    name: str
    scalar: Callable[..., float]
    array: str
    accepts: Accepts
    about: str
    least: int = 1
    most: int | None = 1
    power: Fraction = Fraction(1)
    reduces: bool = False
    rounds: bool = False


def floor(value: float) -> float:
    """The largest whole number not above `value`; what is one but for rounding noise counts as one.

    0.3 s / 100 ms is 3, not 2.9999999999999996: else floor would depend on the unit in which an input happens to be
    written. What is not finite gives what is no number.
    """
    below = value // 1.0
    short = below + 1.0 - value
    return below + 1.0 if short <= 1e-3 and short <= 1e-12 * max(1.0, abs(value)) else below


def ceil(value: float) -> float:
    """The smallest whole number not below `value`, with floor's tolerance."""
    return 0.0 - floor(-value)


def half_up(value: float) -> float:
    """The nearest whole number; halves go away from zero, as in a spreadsheet."""
    return math.copysign(floor(abs(value) + 0.5), value)


def total(*values: float) -> float:
    """The sum, left to right."""
    result = 0.0
    for value in values:
        result += value
    return result


def least(*values: float) -> float:
    """The smallest."""
    if not values:
        raise ValueError("the smallest of no rows")
    return min(values)


def greatest(*values: float) -> float:
    """The largest."""
    if not values:
        raise ValueError("the largest of no rows")
    return max(values)


power = math.pow  # `base ** exponent`, always real: a negative base with a fractional exponent is an error


def quotient(left: float, right: float) -> float:
    """`left // right`, with floor's tolerance."""
    return floor(left / right)


def remainder(left: float, right: float) -> float:
    """`left % right`, with the sign of `right`, and 0 where `left // right` is exact."""
    rest = left - right * floor(left / right)
    return 0.0 if abs(rest) <= 1e-12 * abs(left) or rest * right < 0 else rest


_DIMENSIONLESS = "dimensionless"
FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("min", least, "minimum", "equal", "the smallest", least=1, most=None, reduces=True),
        Function("max", greatest, "maximum", "equal", "the largest", least=1, most=None, reduces=True),
        Function("sum", total, "add", "equal", "the sum", least=1, most=None, reduces=True),
        Function("floor", floor, "floor", "counted", "rounded down to a whole number", rounds=True),
        Function("ceil", ceil, "ceil", "counted", "rounded up to a whole number", rounds=True),
        Function(
            "round", half_up, "half_up", "counted", "rounded to a whole number, halves away from zero", rounds=True
        ),
        Function("abs", math.fabs, "absolute", "any", "without its sign"),
        Function("sqrt", math.sqrt, "sqrt", "any", "the square root", power=Fraction(1, 2)),
        Function("exp", math.exp, "exp", _DIMENSIONLESS, "e to the power"),
        Function("log", math.log, "log", _DIMENSIONLESS, "the natural logarithm"),
        Function("log2", math.log2, "log2", _DIMENSIONLESS, "the logarithm to base 2"),
        Function("log10", math.log10, "log10", _DIMENSIONLESS, "the logarithm to base 10"),
    )
}
