"""The normal form: formulas that are equal as algebra have one, and others have not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given

from roofsheet.graph.language.expressions import Binary, Expr, Name, Number
from roofsheet.graph.language.normal import normal_form
from roofsheet.graph.language.parser import parse
from roofsheet.graph.language.printer import print_formula
from roofsheet.units import UnitContext

from ..strategies import formulas, rationals

CONTEXT = UnitContext()


def form(text: str) -> int:
    return normal_form(parse(text), CONTEXT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a * b + c", "c + b * a"),
        ("a * (b + c)", "c * a + a * b"),
        ("x / y * z", "x * z / y"),
        ("a * b / b", "a"),
        ("a / (b / c)", "a * c / b"),
        ("(a + b) * (a - b)", "a**2 - b**2"),
        ("(a**2 - b**2) / (a - b)", "a + b"),
        ("a / (a + b) + b / (a + b)", "1"),
        ("1 / (2 * a + 2 * b)", "0.5 / (b + a)"),
        ("a**-2", "1 / (a * a)"),
        ("a**(4 / 2)", "a * a"),
        ("0.1 * 3 * a", "0.3 * a"),
        ("-(a - b)", "b - a"),
        ("a // b", "floor(a / b)"),
        ("a % b", "a - b * floor(a / b)"),
        ("sqrt(a * b)", "(b * a)**(1 / 2)"),
        ("min(a, max(b, c))", "min(max(c, b), a)"),
        ("max(a, max(b, c))", "max(c, a, b, a)"),
        ("max(a)", "a"),
        ("sum(a, b, c)", "c + (b + a)"),
        ("abs(a - b)", "abs(b - a)"),
        ("a < b", "b > a"),
        ("a + c <= b + c", "b >= a"),
        ("a == b", "b == a"),
        ("not a < b", "b <= a"),
        ("not (a < b and c != a)", "a == c or a >= b"),
        ("a < b < c", "c > b and a < b"),
        ("not not a < b", "a < b"),
        ("a if b < c else d", "d if b >= c else a"),
        ("a if not b == c else d", "d if c == b else a"),
        ("a if b < c else a", "a"),
        ("2[GB] * a", "2000[MB] * a"),
        ("a * 1[token] / 1[token]", "a"),
        ("a[b, c]", "a[b, c]"),
    ],
)
def test_equal_formulas_have_one_normal_form(one: str, other: str):
    assert form(one) == form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b", "a - b"),
        ("a * b", "a * b * b"),
        ("a / b / c", "a / (b / c)"),
        ("2 * a", "a"),
        ("a * 1[token]", "a"),
        ("1[GB]", "1[GiB]"),
        ("1[byte]", "1[FLOP]"),
        ("floor(a / b)", "a / b"),
        ("ceil(a)", "floor(a)"),
        ("sqrt(a)", "a"),
        ("sqrt(a)", "sqrt(b)"),
        ("sqrt(a)", "1 / sqrt(a)"),
        ("min(a, b)", "max(a, b)"),
        ("max(a, b)", "a"),
        ("a < b", "a <= b"),
        ("a < b", "b < a"),
        ("a < b and b < c", "a < b or b < c"),
        ("a if b < c else d", "d if b < c else a"),
        ("a if b < c else d", "a if b <= c else d"),
        ("1 / (a - a)", "1 / (2 * a)"),
        ("a[b, c]", "a[c, b]"),
        ("sum(rows[:].x)", "sum(rows[:].y)"),
        ("sum(rows[:].x)", "max(rows[:].x)"),
    ],
)
def test_different_formulas_have_different_normal_forms(one: str, other: str):
    assert form(one) != form(other)


POINTS = [{"a": Fraction(7, 3), "b": Fraction(19), "c": Fraction(-5, 11)},
          {"a": Fraction(1013), "b": Fraction(-3, 17), "c": Fraction(41, 6)}]  # fmt: skip


def exact(expr: Expr, point: dict[str, Fraction]) -> Fraction:
    """The value of a rational function, without rounding. Errors: ZeroDivisionError."""
    match expr:
        case Number(value):
            return Fraction(value)
        case Name(name):
            return point[name]
        case Binary(operator, left, right):
            one, other = exact(left, point), exact(right, point)
            match operator:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
                case "/":
                    return one / other
                case _:
                    return one ** int(other)
        case _:
            raise TypeError(type(expr).__name__)


def values(expr: Expr) -> list[Fraction]:
    try:
        return [exact(expr, point) for point in POINTS]
    except ZeroDivisionError:
        assume(False)
        raise


@given(rationals, rationals)
def test_rational_functions_share_a_normal_form_just_when_they_are_equal(one: Expr, other: Expr):
    assert (normal_form(one, CONTEXT) == normal_form(other, CONTEXT)) == (values(one) == values(other))


@given(rationals, rationals, rationals)
def test_the_laws_of_algebra_hold_for_whole_formulas(a: Expr, b: Expr, c: Expr):
    assert [*values(a), *values(b), *values(c)]  # or there is no value, and nothing to hold
    product, total = Binary("*", a, Binary("+", b, c)), Binary("+", Binary("*", c, a), Binary("*", a, b))
    assert normal_form(product, CONTEXT) == normal_form(total, CONTEXT)


@given(formulas)
def test_every_formula_has_a_normal_form(expr: Expr):
    assert normal_form(expr, CONTEXT) == form(print_formula(expr))


def test_a_product_of_many_sums_costs_no_more_than_its_length():
    factors = [f"(a{number} + b{number} + c{number})" for number in range(40)]
    assert form(" * ".join(factors)) == form(" * ".join(reversed(factors)))
