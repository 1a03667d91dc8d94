"""Normal form: one number for all formulas that are equal as algebra.

A formula is evaluated in the integers modulo a prime of 127 bits, each name standing for a fixed arbitrary number.
Rational functions that are equal agree there too, however they are written, and different ones do not (Schwartz 1980,
Zippel 1979: with a chance of about degree/2**127). Sums of products would say the same, but the product of a few sums
has thousands of terms; this takes the time of one evaluation. Everything that is not `+ - * /` or a whole power is a
fixed arbitrary number of its operands' normal forms: two roots or two minima are equal if what they are taken of is.

A comparison is its difference's sign, a conditional has its test or the test's opposite, whichever comes first.
Equal as algebra: a*b/b is a, also where b is 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import blake2b

from ...units import Dimension, Unit, UnitContext
from .expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Measure,
    Name,
    Number,
    Unary,
    Word,
)
from .functions import FUNCTIONS
from .parser import LARGEST_EXPONENT

_PRIME = 2**127 - 1
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {">": "<", ">=": "<="}


def normal_form(expr: Expr, context: UnitContext) -> int:
    """A number that is the same for formulas that are equal as algebra, in every run, and differs otherwise.

    A number with a unit is its value in base units times that dimension: 1[GB] is 1000[MB], 1[token] is not 1.
    Errors: UnitError for a unit that is none.
    """
    return _Normal(context).form(expr)


def _atom(*parts: object) -> int:
    """The fixed arbitrary number that stands for what the parts say."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=24).digest()) % _PRIME


def _exact(value: float) -> int:
    """A number as written: 0.1 * 3 is 0.3."""
    return _ratio(Fraction(repr(value)))


def _ratio(fraction: Fraction) -> int:
    return fraction.numerator * pow(fraction.denominator, -1, _PRIME) % _PRIME


def _power(base: int, exponent: int) -> int:
    """A whole power, or a number that stands for a root; a division by zero equals only the like of it."""
    whole = exponent if exponent <= LARGEST_EXPONENT else exponent - _PRIME
    if whole < -LARGEST_EXPONENT or (whole < 0 and base == 0):
        return _atom("**", base, exponent)
    return pow(base, whole, _PRIME)


def _any_order(what: str, forms: Iterator[int]) -> int:
    """Of operands whose order and repetition do not matter; one alone is itself."""
    ordered = sorted(set(forms))
    return ordered[0] if len(ordered) == 1 else _atom(what, *ordered)


class _Normal:
    def __init__(self, context: UnitContext) -> None:
        self.context = context

    def form(self, expr: Expr) -> int:
        match expr:
            case Number(value):
                return _exact(value)
            case Measure(value, unit):
                return _exact(value) * self.unit(self.context.unit(unit)) % _PRIME
            case Name(name):
                return _atom("name", name)
            case Word(word):
                return _atom("word", word)
            case Cells(table, column, names):
                return _atom("cells", table, column, names)
            case Lookup(name, keys):
                return _atom("lookup", name, *map(self.form, keys))
            case _:
                return self.operation(expr)

    def operation(self, expr: Expr) -> int:
        match expr:
            case Binary(operator, left, right):
                return self.binary(operator, self.form(left), self.form(right))
            case Unary("-", operand):
                return -self.form(operand) % _PRIME
            case Unary("+", operand):
                return self.form(operand)
            case Choose(test, then, other):
                return self.choose(self.truth(test), self.truth(test, False), self.form(then), self.form(other))
            case Call(function, arguments):
                return self.call(function, arguments)
            case _:
                return self.truth(expr)

    def unit(self, unit: Unit) -> int:
        scale = Fraction(1)
        for factor in unit.factors:
            if factor.power.denominator != 1:
                return _exact(unit.scale) * self.dimension(unit.dimension) % _PRIME
            scale *= factor.symbol.scale ** int(factor.power)
        return _ratio(scale) * self.dimension(unit.dimension) % _PRIME

    def dimension(self, dimension: Dimension) -> int:
        product = 1
        for base, power in dimension.powers:
            product = product * _power(_atom("dimension", base), _ratio(power)) % _PRIME
        return product

    def binary(self, operator: str, left: int, right: int) -> int:
        match operator:
            case "+":
                return (left + right) % _PRIME
            case "-":
                return (left - right) % _PRIME
            case "*":
                return left * right % _PRIME
            case "/":
                return left * _power(right, _PRIME - 1) % _PRIME
            case "//":
                return _atom("floor", self.binary("/", left, right))
            case "%":
                return (left - right * self.binary("//", left, right)) % _PRIME
            case _:
                return _power(left, right)

    def call(self, function: str, arguments: tuple[Expr, ...]) -> int:
        match function:
            case "sum" if not _has_column(arguments):
                return sum(map(self.form, arguments)) % _PRIME
            case "min" | "max" if not _has_column(arguments):
                return _any_order(function, map(self.form, _flat(function, arguments)))
            case "abs":
                form = self.form(arguments[0])
                return _atom(function, min(form, -form % _PRIME))
            case _:
                power = FUNCTIONS[function].power
                forms = [self.form(argument) for argument in arguments]
                return _atom(function, *forms) if power == 1 else _power(forms[0], _ratio(power))

    def choose(self, test: int, opposite: int, then: int, other: int) -> int:
        if then == other:
            return then
        if opposite < test:
            test, then, other = opposite, other, then
        return _atom("if", test, then, other)

    def truth(self, expr: Expr, wanted: bool = True) -> int:
        """Of a comparison, or with `wanted` False of its opposite: `not` goes inwards."""
        match expr:
            case Unary("not", operand):
                return self.truth(operand, not wanted)
            case Logic(operator):
                joined = operator if wanted else {"and": "or", "or": "and"}[operator]
                return _any_order(joined, (self.truth(each, wanted) for each in _joined(operator, expr)))
            case Compare(operators, operands):
                sides = zip(operators, operands, operands[1:], strict=False)
                pairs = (self.compare(operator, left, right, wanted) for operator, left, right in sides)
                return _any_order("and" if wanted else "or", pairs)
            case _:
                form = self.form(expr)
                return form if wanted else _atom("not", form)

    def compare(self, operator: str, left: Expr, right: Expr, wanted: bool) -> int:
        operator = operator if wanted else _OPPOSITE[operator]
        difference = self.binary("-", self.form(left), self.form(right))
        if operator in _MIRRORED:
            operator, difference = _MIRRORED[operator], -difference % _PRIME
        if operator in ("==", "!="):
            difference = min(difference, -difference % _PRIME)
        return _atom(operator, difference)


def _has_column(arguments: tuple[Expr, ...]) -> bool:
    return any(isinstance(argument, Cells) for argument in arguments)


def _flat(function: str, arguments: tuple[Expr, ...]) -> Iterator[Expr]:
    """The arguments, those of the same function among them opened."""
    for argument in arguments:
        match argument:
            case Call(same, inner) if same == function and not _has_column(inner):
                yield from _flat(function, inner)
            case _:
                yield argument


def _joined(operator: str, expr: Logic) -> Iterator[Expr]:
    """The operands of `and` or `or`, those of the same operator among them opened."""
    for operand in expr.operands:
        match operand:
            case Logic(same) if same == operator:
                yield from _joined(operator, operand)
            case _:
                yield operand
