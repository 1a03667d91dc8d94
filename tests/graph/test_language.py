"""The formula language: what is read, what is refused, and how it prints."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from roofsheet.graph.language.expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Name,
    Number,
    Unary,
    walk,
)
from roofsheet.graph.language.parser import parse, parse_formula
from roofsheet.graph.language.printer import print_formula
from roofsheet.problems import Problem, Text

from ..strategies import formulas


@given(formulas)
def test_what_is_printed_parses_to_the_same_formula(expr: Expr):
    assert parse(print_formula(expr)) == expr


@given(formulas)
def test_every_part_of_a_formula_knows_where_it_stands(expr: Expr):
    text = f" {print_formula(expr)}  "
    for part in walk(parse(text)):
        if isinstance(part, Cells):  # stands only inside sum, min or max
            continue
        start, end = part.span
        assert parse(f"({text[start:end]})") == part


def test_a_formula_over_several_lines_reads_as_one_line():
    assert parse("a *\n  b") == parse("a * b")


A, B, C = Name("a"), Name("b"), Name("c")
TWO = Number(2.0)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a / b * c", Binary("*", Binary("/", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("-a**2", Unary("-", Binary("**", A, TWO))),
        ("a**-b", Binary("**", A, Unary("-", B))),
        ("a**b**c", Binary("**", A, Binary("**", B, C))),
        ("a // b % c", Binary("%", Binary("//", A, B), C)),
        ("not a < b", Unary("not", Compare(("<",), (A, B)))),
        ("a < b <= c", Compare(("<", "<="), (A, B, C))),
        ("a or b and not c", Logic("or", (A, Logic("and", (B, Unary("not", C)))))),
        ("a if b else c if a else b", Choose(B, A, Choose(A, C, B))),
        ("max(a, b) * 2", Binary("*", Call("max", (A, B)), TWO)),
    ],
)
def test_operations_bind_as_in_python(text: str, tree: Expr):
    assert parse(text) == tree


def refusal(text: str) -> Problem:
    """The one problem of a text that is no formula."""
    problems: list[Problem] = []
    assert parse_formula(Text.line(text, "made.yaml"), problems) is None
    assert len(problems) == 1
    return problems[0]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("2 * open(a)", 5, "'open' is not a function"),
        ("__import__('os').system(a)", 1, "is not a function"),
        ("a + b.__class__", 5, "'__class__' is not a name"),
        ("(a + b).real", 1, "only names have dots"),
        ("max(a, b).real", 1, "only names have dots"),
        ("sum([x for x in a])", 5, "comprehensions"),
        ("sum(x for x in a)", 4, "comprehensions"),
        ("1 + (lambda: a)", 6, "lambda"),
        ("(a := 2)", 2, "assignment"),
        ("f'{a}' + b", 1, "text is not part"),
        ("a + 'b'", 5, "text is not part"),
        ("a + True", 5, "True is not part"),
        ("2j * a", 1, "2j is not part"),
        ("a ^ b", 1, "operator is not part"),
        ("a @ b", 1, "operator is not part"),
        ("a + ~b", 5, "'~' is not part"),
        ("a in b", 1, "'in' and 'is'"),
        ("a is b", 1, "'in' and 'is'"),
        ("(a, b)", 1, "a list of values"),
        ("{a: b}", 1, "a mapping"),
        ("max(*a)", 5, "'*' before a value"),
        ("a ** 65", 6, "an exponent is at most 64"),
        ("a ** -65", 6, "an exponent is at most 64"),
        ("2 ** 99999999999", 6, "an exponent is at most 64"),
        ("1e999", 1, "too large"),
        ("9" * 3000, 1, "too large"),
        ("a * sum", 5, "'sum' is a function"),
        ("max(a, key=b)", 1, "no named arguments"),
        ("sqrt(a, b)", 1, "does not take 2 arguments"),
        ("min()", 1, "does not take 0 arguments"),
        ("sum(rows[:].x, a)", 1, "does not take 2 arguments"),
        ("sqrt(rows[:].x)", 6, "goes into sum, min or max"),
        ("rows[:].x + 1", 1, "goes into sum, min or max"),
        ("sum(rows[1:].x)", 5, "written table[:].column"),
        ("sum(rows[:])", 5, "written table[:].column"),
        ("max(a, b)[c]", 1, "brackets follow"),
        ("a +", 3, "cannot be read"),
        ("a = b", 3, "cannot be read"),
        ("class", 1, "cannot be read"),
        ("a.if", 3, "cannot be read"),
        ("naïve * a", 1, "'naïve' is not a name"),
        ("a\0b", 3, "null"),
        ("a * _b", 5, "'_b' is not a name"),
    ],
)
def test_what_is_not_of_the_language_is_refused_at_its_place(text: str, column: int, message: str):
    problem = refusal(text)
    assert problem.kind == "syntax"
    assert message in problem.message
    assert problem.mark is not None
    assert problem.mark.column == column


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 100_000, id="a name of 100,000 characters"),
        pytest.param("a + " * 25_000 + "a", id="a long sum"),
        pytest.param("+ ".join("a" * 1_300), id="a sum of too many parts"),
        pytest.param("(" * 50_000 + "a" + ")" * 50_000, id="100,000 brackets"),
        pytest.param("(" * 1_900 + "a" + ")" * 1_900, id="nested brackets"),
        pytest.param("-" * 3_000 + "a", id="nested signs"),
        pytest.param("max(" * 790 + "a" + ")" * 790, id="nested calls"),
        pytest.param("a" + "**a" * 1_200, id="nested powers"),
        pytest.param("a[" * 1_500 + "b" + "]" * 1_500, id="nested keys"),
        pytest.param("not " * 900 + "a", id="nested not"),
        pytest.param("a if b else " * 300 + "a", id="nested conditionals"),
        pytest.param("[" * 100_000, id="open brackets"),
        pytest.param("9**9**9**9", id="a tower of powers"),
        pytest.param("(2**64)**64**64", id="a large power of powers"),
    ],
)
def test_hostile_text_costs_nothing(text: str):
    start = time.process_time()
    problems: list[Problem] = []
    parse_formula(Text.line(text, "made.yaml"), problems)
    assert time.process_time() - start < 5  # it tells a hang and no busy machine


@pytest.mark.parametrize("size", [4_001, 100_000])
def test_a_text_that_is_too_long_is_refused_unread(size: int):
    assert f"{size:,} characters" in refusal("(" * size).message


@pytest.mark.parametrize(
    "text", ["(" * 1_900 + "a" + ")" * 1_900, "-" * 3_000 + "a", "max(" * 790 + "a" + ")" * 790, "not " * 900 + "a"]
)
def test_deep_nesting_is_refused(text: str):
    assert "nested" in refusal(text).message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2 GB * a", "2[GB]"),
        ("a = b", "=="),
        ("a ^ 2", "**"),
        ("mx(a, b)", "max"),
    ],
)
def test_a_common_mistake_gets_a_hint(text: str, hint: str):
    assert hint in refusal(text).hint
