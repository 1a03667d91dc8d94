"""The static dimension check: what a formula's dimension is, by the rule of each operation.

A plain number fits any product of counted units where quantities are added or compared, and 0 fits everything;
`*` and `/` take it as dimensionless. One problem a formula: the innermost place where dimensions disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import isclose, isfinite

from ...units import Dimension, UnitContext, UnitError, unit_like
from ..assembly.definitions import Definition
from ..assembly.qualifiers import Of, clashing, common
from ..assembly.qualifiers import said as words_said
from ..language.expressions import (
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
from ..language.functions import FUNCTIONS

DIMENSIONLESS = Dimension()


@dataclass(frozen=True, slots=True)
class Measured:
    """A number. `plain`: written without a unit, so it fits counted units; `zero`: it fits every unit.

    `of`: its qualifiers, as far as every part of a sum, a choice or a comparison has them; a product has none.
    """

    dimension: Dimension
    plain: bool = False
    zero: bool = False
    of: Of = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A choice: which words it may be."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """A comparison's result."""


Type = Measured | Words | Truth
TRUTH = Truth()
ZERO = Measured(DIMENSIONLESS, plain=True, zero=True)
PLAIN = Measured(DIMENSIONLESS, plain=True)


class Mismatch(Exception):
    """Two things that do not agree, at one place of a formula."""

    def __init__(self, message: str, expr: Expr, hint: str = "", kind: str = "dimension") -> None:
        super().__init__(message)
        self.message, self.expr, self.hint, self.kind = message, expr, hint, kind


def infer(expr: Expr, known: Mapping[str, Definition], context: UnitContext) -> Type:
    """The type of a resolved formula.

    Errors: `Mismatch` at the innermost operation whose operands do not agree.
    """
    return _Inference(known, context).type(expr)


def fits(found: Measured, dimension: Dimension) -> bool:
    """Whether a number may stand where `dimension` is wanted."""
    return found.dimension == dimension or found.zero or (found.plain and dimension.counted)


def type_of(definition: Definition) -> Type:
    """What a name stands for in a formula."""
    if definition.choices:
        return Words(frozenset(definition.choices))
    return Measured(definition.unit.dimension, of=definition.of)


class _Inference:
    def __init__(self, known: Mapping[str, Definition], context: UnitContext) -> None:
        self.known, self.context = known, context

    def type(self, expr: Expr) -> Type:
        match expr:
            case Number(value):
                return ZERO if value == 0 else PLAIN
            case Measure(value, unit):
                return self.measure(expr, value, unit)
            case Name(name):
                return type_of(self.known[name])
            case Word(word):
                return Words(frozenset([word]))
            case Lookup():
                return self.lookup(expr)
            case Call():
                return self.call(expr)
            case _:
                return self.operation(expr)

    def operation(self, expr: Expr) -> Type:
        match expr:
            case Binary():
                return self.binary(expr)
            case Unary("not", operand):
                self.truth(operand)
                return TRUTH
            case Unary(_, operand):
                return self.number(operand)
            case Compare():
                return self.compare(expr)
            case Logic(_, operands):
                for operand in operands:
                    self.truth(operand)
                return TRUTH
            case Choose():
                return self.choose(expr)
            case _:
                raise Mismatch("a whole column goes into sum, min or max", expr)

    def measure(self, expr: Expr, value: float, unit: str) -> Measured:
        try:
            found = self.context.unit(unit)
        except UnitError as error:
            raise Mismatch(error.message, expr, error.hint, "unit") from None
        if not found.holds(value):
            raise Mismatch("the number with its unit is out of range", expr, kind="value")
        return Measured(found.dimension)

    def number(self, expr: Expr) -> Measured:
        return self.as_number(expr, self.type(expr))

    def as_number(self, expr: Expr, found: Type) -> Measured:
        # what was inferred is passed on: to infer both branches twice is 2**40 times for forty nested conditionals
        if isinstance(found, Measured):
            return found
        what = "a comparison" if isinstance(found, Truth) else f"one of {', '.join(sorted(found.words))}"
        raise Mismatch(f"a number is needed here, not {what}", expr)

    def truth(self, expr: Expr) -> None:
        if not isinstance(self.type(expr), Truth):
            raise Mismatch("a comparison is needed here", expr, "write what is compared, such as batch_size > 1")

    def binary(self, expr: Binary) -> Measured:
        left = self.number(expr.left)
        if expr.operator == "**":
            return self.power(expr, left)
        right = self.number(expr.right)
        plain = left.plain and right.plain
        match expr.operator:
            case "+" | "-" | "%":
                return self.same(expr, [left, right], f"the two sides of '{expr.operator}'")
            case "*":
                return Measured(left.dimension * right.dimension, plain, plain and (left.zero or right.zero))
            case "/":
                return Measured(left.dimension / right.dimension, plain, plain and left.zero)
            case _:
                self.counted(expr, left.dimension / right.dimension, "//")
                return Measured(left.dimension / right.dimension, plain, plain and left.zero)

    def power(self, expr: Binary, base: Measured) -> Measured:
        exponent = _constant(expr.right)
        if exponent is None:
            right = self.number(expr.right)
            if right.plain and not base.dimension.is_dimensionless:
                raise Mismatch("an exponent of what has a unit is a whole number or a simple fraction", expr.right)
            if not right.dimension.is_dimensionless or not base.dimension.is_dimensionless:
                raise Mismatch("an exponent is a plain number, unless the base has no dimension", expr.right)
            return Measured(DIMENSIONLESS)
        return Measured(base.dimension**exponent, base.plain, base.plain and base.zero and exponent > 0)

    def same(self, expr: Expr, types: list[Measured], what: str) -> Measured:
        """The common type of operands that must agree; a plain number takes the others' counted units."""
        fixed = [each for each in types if not each.plain and not each.zero]
        if not fixed:
            zero = all(each.zero for each in types)
            plain = [each for each in types if not each.zero]
            return plain[0] if plain else Measured(types[0].dimension, types[0].plain, zero)
        first = fixed[0].dimension
        for each in types:
            if not fits(each, first):
                raise Mismatch(
                    f"{what} differ: {said(first)} and {said(each.dimension)}", expr, _unit_hint(first, each)
                )
        return Measured(first, of=self.of(expr, types, what))

    def of(self, expr: Expr, types: list[Measured], what: str) -> Of:
        """The qualifiers that all of them have; 0 is of everything. None may be of something else than another."""
        if not any(each.of for each in types):
            return ()
        for one, other in combinations((each.of for each in types), 2):
            clash = clashing(one, other)
            if clash:
                message = f"{what} are of {words_said(clash[0])} and of {words_said(clash[1])}"
                raise Mismatch(message, expr, kind="qualifier")
        return common(each.of for each in types if not each.zero)

    def counted(self, expr: Expr, dimension: Dimension, what: str) -> None:
        if not dimension.counted:
            message = f"'{what}' rounds a count or a plain number, not {said(dimension)}"
            raise Mismatch(message, expr, f"divide by one of its unit first, such as 1[{unit_like(dimension)}]")

    def compare(self, expr: Compare) -> Truth:
        types = [self.type(operand) for operand in expr.operands]
        if any(isinstance(each, Words) for each in types):
            self.compare_words(expr, types)
        else:
            numbers = [self.as_number(operand, found) for operand, found in zip(expr.operands, types, strict=True)]
            for sides in pairwise(numbers):
                self.same(expr, [*sides], "the two sides of the comparison")
        return TRUTH

    def compare_words(self, expr: Compare, types: list[Type]) -> None:
        if not all(isinstance(each, Words) for each in types) or set(expr.operators) - {"==", "!="}:
            raise Mismatch("a choice is compared by == or != with one of its words", expr)
        for (left, right), operand in zip(pairwise(types), expr.operands[1:], strict=True):
            assert isinstance(left, Words)
            assert isinstance(right, Words)
            if not left.words & right.words:
                words = ", ".join(sorted(left.words))
                raise Mismatch(f"the two sides have no word in common; the left is one of {words}", operand,
                               kind="choice")  # fmt: skip

    def choose(self, expr: Choose) -> Type:
        self.truth(expr.test)
        then, other = self.type(expr.then), self.type(expr.other)
        if isinstance(then, Words) and isinstance(other, Words):
            return Words(then.words | other.words)
        return self.same(expr, [self.as_number(expr.then, then), self.as_number(expr.other, other)], "the two branches")

    def call(self, expr: Call) -> Measured:
        function = FUNCTIONS[expr.function]
        types = self.arguments(expr)
        found = self.same(expr, types, f"the arguments of {function.name}") if types else ZERO
        if function.accepts == "counted":
            self.counted(expr, found.dimension, function.name)
        if function.accepts == "dimensionless" and not found.dimension.is_dimensionless:
            raise Mismatch(f"{function.name} takes a plain number, not {said(found.dimension)}", expr)
        if function.power != 1 or function.accepts == "dimensionless":
            return Measured(found.dimension**function.power, found.plain)
        return found

    def arguments(self, expr: Call) -> list[Measured]:
        if len(expr.arguments) == 1 and isinstance(expr.arguments[0], Cells):
            cells = expr.arguments[0]
            if not cells.names:
                return [self.measure(cells, 0.0, cells.unit)]
            return [self.number(Name(cells.names[0], span=cells.span))]
        return [self.number(argument) for argument in expr.arguments]

    def lookup(self, expr: Lookup) -> Type:
        for position, key in enumerate(expr.keys):
            found = self.type(key)
            if not isinstance(found, Words):
                raise Mismatch("a key is a choice or one of its words", key, kind="choice")
            keys = {cell[position] for cell, _ in expr.cells or ()}
            if keys and not found.words & keys:
                hint = f"it has {', '.join(sorted(keys))}"
                raise Mismatch(f"{expr.name} has no value for {' or '.join(sorted(found.words))}", key, hint, "choice")
        for _, name in (expr.cells or ())[:1]:
            return type_of(self.known[name])
        return Words(frozenset(expr.words)) if expr.words else self.measure(expr, 0.0, expr.unit)


def _constant(expr: Expr) -> Fraction | None:
    """The number that an exponent is, where it is written out: 2, -1, 1/2; None for one that is no simple fraction."""
    match expr:
        case Number(value):
            return _simple(value)
        case Unary("-", operand):
            inner = _constant(operand)
            return None if inner is None else -inner
        case Binary("/", Number(top), Number(bottom)) if bottom and isfinite(top / bottom):
            return _simple(top / bottom)
        case _:
            return None


def _simple(value: float) -> Fraction | None:
    found = Fraction(value).limit_denominator(1000)
    return found if isclose(found, value, rel_tol=1e-9) else None


def said(dimension: Dimension) -> str:
    """The dimension in units, for a message."""
    return "a plain number" if dimension.is_dimensionless else unit_like(dimension)


def _unit_hint(wanted: Dimension, found: Measured) -> str:
    if found.plain:
        return f"a plain number has no unit: write it as in 2[{unit_like(wanted)}]"
    return ""
