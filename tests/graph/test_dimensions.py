"""The dimension check: what each operation makes of its operands' dimensions, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from roofsheet.graph.assembly.definitions import Definition
from roofsheet.graph.engine import dag as dag_module
from roofsheet.graph.engine.dag import Dag
from roofsheet.graph.engine.dimensions import Measured, Mismatch, Truth, Words, infer
from roofsheet.problems import errors

from ..building import Declared, DeclaredTable, dag, formula, workbook
from ..strategies import Book, books

QUANTITIES = {
    "ratio": Declared(value="2"),
    "data": Declared("GB", "2 GB"),
    "cache": Declared("byte", "3 byte"),
    "delay": Declared("ms", "2 ms"),
    "rate": Declared("GB/s", "2 GB/s"),
    "work": Declared("TFLOP", "2 TFLOP"),
    "length": Declared("token/sequence", "2 token/sequence"),
    "batch": Declared("sequence", "2"),
    "layers": Declared("layer", "2"),
    "mode": Declared(value="up", choices=("down", "up")),
    "bound": Declared(value="memory", choices=("memory", "compute")),
}
TABLES = {
    "rows": DeclaredTable({"size": Declared("byte", "2 byte")}, {"first": {}, "second": {}}),
    "none": DeclaredTable({"size": Declared("byte"), "many": Declared("token")}),
}


@pytest.fixture(scope="module")
def made() -> Dag:
    return dag(QUANTITIES, TABLES)


def type_of(text: str, made: Dag) -> Measured | Words | Truth:
    expr = made.resolve(formula(text), [])
    assert expr is not None
    return infer(expr, made.definitions, made.context)


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("data", "[information]"),
        ("data + cache", "[information]"),
        ("data - 2[GiB]", "[information]"),
        ("-data", "[information]"),
        ("data / rate", "[time]"),
        ("data / delay", "[information]/[time]"),
        ("data * ratio", "[information]"),
        ("2 * data", "[information]"),
        ("data / data", "dimensionless"),
        ("length**2 * batch", "[token]**2/[sequence]"),
        ("length**-1", "[sequence]/[token]"),
        ("data**(1/2)", "[information]**(1/2)"),
        ("data**0.5 * data**0.5", "[information]"),
        ("sqrt(data * data)", "[information]"),
        ("ratio**ratio", "dimensionless"),
        ("2**ratio", "dimensionless"),
        ("abs(data)", "[information]"),
        ("min(data, cache)", "[information]"),
        ("sum(rows[:].size)", "[information]"),
        ("sum(none[:].size)", "[information]"),
        ("max(none[:].size) / delay", "[information]/[time]"),
        ("floor(length)", "[token]/[sequence]"),
        ("ceil(data / cache)", "dimensionless"),
        ("data // cache", "dimensionless"),
        ("data % cache", "[information]"),
        ("log2(data / cache)", "dimensionless"),
        ("exp(1)", "dimensionless"),
        ("4[FLOP/pair] * length**2", "[operation]/[sequence]"),
        ("data if ratio > 1 else cache", "[information]"),
        # a plain number takes counted units, and 0 takes all
        ("batch + 1", "[sequence]"),
        ("max(length * batch, 1)", "[token]"),
        ("max(data, 0)", "[information]"),
        ("data if batch > 1 else 0", "[information]"),
        ("max(0, 0 * 1)", "dimensionless"),
        ("1 + 2 * 3", "dimensionless"),
    ],
)
def test_what_a_formula_measures(text: str, dimension: str, made: Dag):
    found = type_of(text, made)
    assert isinstance(found, Measured)
    assert str(found.dimension) == dimension


@pytest.mark.parametrize(
    "text",
    [
        "data < cache",
        "cache < data < 2[GB]",
        "batch >= 2",
        "data > 0",
        "mode == up",
        "mode != up",
        "not mode == up",
        "ratio > 1 and data > cache or mode == down",
        "(up if ratio > 1 else down) == mode",
    ],
)
def test_what_is_a_comparison(text: str, made: Dag):
    assert isinstance(type_of(text, made), Truth)


@pytest.mark.parametrize(
    ("text", "words"),
    [("mode", {"down", "up"}), ("up", {"up"}), ("up if ratio > 1 else down", {"down", "up"}),
     ("mode if ratio > 1 else memory", {"down", "up", "memory"})],
)  # fmt: skip
def test_what_is_a_word(text: str, words: set[str], made: Dag):
    assert type_of(text, made) == Words(frozenset(words))


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("data + delay", "data + delay", "the two sides of '+' differ: byte and s"),
        ("ratio * (data - work)", "data - work", "the two sides of '-' differ: byte and FLOP"),
        ("data % delay", "data % delay", "the two sides of '%' differ: byte and s"),
        ("data + 1", "data + 1", "differ: byte and a plain number"),
        ("layers + batch", "layers + batch", "differ: layer and sequence"),
        ("batch + ratio", "batch + ratio", "differ: sequence and a plain number"),
        ("max(data, delay)", "max(data, delay)", "the arguments of max differ: byte and s"),
        ("sum(data, 2[s])", "sum(data, 2[s])", "the arguments of sum differ: byte and s"),
        ("data if ratio > 1 else delay", "data if ratio > 1 else delay", "the two branches differ: byte and s"),
        ("data < delay", "data < delay", "the two sides of the comparison differ: byte and s"),
        ("cache < data < delay", "cache < data < delay", "the two sides of the comparison differ: byte and s"),
        ("floor(data)", "floor(data)", "'floor' rounds a count or a plain number, not byte"),
        ("work // data", "work // data", "'//' rounds a count or a plain number, not FLOP/byte"),
        ("log(data)", "log(data)", "log takes a plain number, not byte"),
        ("exp(batch)", "exp(batch)", "exp takes a plain number, not sequence"),
        ("data**ratio", "ratio", "an exponent is a plain number, unless the base has no dimension"),
        ("ratio**delay", "delay", "an exponent is a plain number, unless the base has no dimension"),
        ("1 if ratio else 2", "ratio", "a comparison is needed here"),
        ("1 if data and ratio > 1 else 2", "data", "a comparison is needed here"),
        ("2 * (ratio > 1)", "ratio > 1", "a number is needed here, not a comparison"),
        ("mode * 2", "mode", "a number is needed here, not one of down, up"),
        ("1 if mode else 2", "mode", "a comparison is needed here"),
        ("mode < up", "mode < up", "a choice is compared by == or != with one of its words"),
        ("mode == ratio", "mode == ratio", "a choice is compared by == or != with one of its words"),
        ("mode == memory", "memory", "the two sides have no word in common"),
        ("mode == bound", "bound", "the two sides have no word in common"),
        ("up if ratio > 1 else 2", "up", "a number is needed here, not one of up"),
        ("2[GBs] * ratio", "2[GBs]", "GBs"),
    ],
)
def test_what_does_not_agree_is_refused_at_the_innermost_place(text: str, where: str, message: str, made: Dag):
    with pytest.raises(Mismatch) as refused:
        type_of(text, made)
    start, end = refused.value.expr.span
    assert text[start:end] == where
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("declared", "text", "message"),
    [
        ("ms", "data / rate * rate", "result is declared in ms, but its formula gives byte"),
        ("TFLOP/s", "work", "result is declared in TFLOP/s, but its formula gives FLOP"),
        ("byte", "2", "result is declared in byte, but its formula gives a plain number"),
        ("", "data", "result is declared in plain numbers, but its formula gives byte"),
        ("ms", "data > 0", "result is in ms, but its formula gives a comparison"),
        ("ms", "up", "result is in ms, but its formula gives the word up"),
        ("sequence", "batch * layers", "result is declared in sequence, but its formula gives sequence*layer"),
    ],
)
def test_a_formula_gives_what_its_quantity_declares(declared: str, text: str, message: str):
    problems = dag({**QUANTITIES, "result": Declared(declared, formula=text)}).problems
    assert [problem.message for problem in errors(problems)] == [message]


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("GiB", "data"),
        ("sequence", "64"),
        ("1/head", "128"),
        ("ms", "0"),
        ("percent", "ratio"),
        ("layer", "layers + 2"),
    ],
)
def test_scale_and_counted_units_convert_by_themselves(declared: str, text: str):
    assert errors(dag({**QUANTITIES, "result": Declared(declared, formula=text)}).problems) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("memory", "result is one of down, up, but its formula gives the word memory"),
        ("2", "result is one of down, up, but its formula gives a number"),
        ("ratio > 1", "result is one of down, up, but its formula gives a comparison"),
    ],
)
def test_a_choice_gives_one_of_its_words(text: str, message: str):
    quantities = {**QUANTITIES, "result": Declared(choices=("down", "up"), formula=text)}
    assert [problem.message for problem in errors(dag(quantities).problems)] == [message]


def test_a_problem_names_what_made_it_so():
    problem = errors(dag({**QUANTITIES, "result": Declared("s", formula="data / rate * rate")}).problems)[0]
    assert [(cause.name, cause.unit) for cause in problem.because] == [("data", "GB"), ("rate", "GB/s")]
    assert (problem.expected, problem.found) == ("[time]", "[information]")
    assert problem.quantity == "result"


@given(books())
def test_formulas_whose_dimensions_agree_are_accepted(book: Book):
    assert dag(book.quantities, book.tables).problems == ()


@given(books())
def test_the_type_of_a_formula_is_what_its_quantity_declares(book: Book):
    made = dag(book.quantities, book.tables)
    for definition in made.definitions.values():
        found = infer(definition.expr, made.definitions, made.context) if definition.expr is not None else None
        if isinstance(found, Measured) and not found.zero and not found.plain:
            assert found.dimension == definition.unit.dimension


def test_a_column_is_checked_once_and_not_in_every_row(monkeypatch):
    checked: list[str] = []
    check_formula = dag_module.check_formula

    def logged(definition: Definition, *others: Any) -> None:
        checked.append(definition.name)
        check_formula(definition, *others)

    monkeypatch.setattr(dag_module, "check_formula", logged)
    columns = {"size": Declared("byte", "1 byte"), "twice": Declared("byte", formula="2 * size")}
    rows = {f"row{number}": {"size": f"{number} byte"} for number in range(9)}
    assert (
        dag({"total": Declared("byte", formula="sum(t[:].twice)")}, {"t": DeclaredTable(columns, rows)}).problems == ()
    )
    assert checked == ["total", "row0.twice"]


def test_a_remainder_has_the_sign_of_what_it_is_divided_by():
    book = workbook(
        {"a": Declared("", "-1e-13"), "b": Declared("", formula="a % 1"), "c": Declared("", formula="a // 1")}
    )
    assert (book.number("b"), book.number("c")) == (0, 0)
