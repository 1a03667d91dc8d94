"""What holds of every workbook, whatever its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.graph.engine.evaluator import Evaluator
from roofsheet.graph.engine.workbook import Workbook

from ..building import Declared, workbook
from ..strategies import UNITS, VALUES, WORDS, Book, books

CONTEXT_SCALES = {"": 1.0, "percent": 0.01, "byte": 1.0, "GB": 1e9, "GiB": 2.0**30, "s": 1.0, "ms": 1e-3, "h": 3600.0,
                  "byte/s": 1.0, "TB/s": 1e12, "MB/ms": 1e9}  # fmt: skip


def opened(book: Book) -> Workbook:
    return workbook(book.quantities, book.tables)


def values(wb: Workbook) -> dict[str, float | str]:
    """Every value, a word as itself, an error value as what it says."""
    return {name: value_of(wb, name) for name in wb}


def value_of(wb: Workbook, name: str) -> float | str:
    error, value = wb.error(name), wb.value(name)
    return error.message if error else value if value is not None else "nothing"


def with_values(book: Book, given: Mapping[str, str]) -> Book:
    """The same declarations with other values of the inputs."""
    changed = {name: replace(book.quantities[name], value=value) for name, value in given.items()}
    return replace(book, quantities={**book.quantities, **changed})


@st.composite
def books_and_steps(draw: st.DrawFn) -> tuple[Book, list[tuple[str, str]]]:
    """A workbook, and what happens to it: (input, number) sets, (quantity, '') reads."""
    book = draw(books())
    sets = st.tuples(st.sampled_from(book.inputs), VALUES)
    words = st.tuples(st.just("mode"), st.sampled_from(WORDS))
    read = st.tuples(st.sampled_from(book.formulas), st.just(""))
    return book, draw(st.lists(sets | sets | words | read | read, max_size=8))


def take(wb: Workbook, name: str, value: str) -> None:
    if not value:
        wb.value(name)
    else:
        wb[name] = value if name == "mode" else float(value)


@given(books_and_steps())
def test_incremental_equals_from_scratch(drawn: tuple[Book, list[tuple[str, str]]]):
    book, steps = drawn
    wb = opened(book)
    for name, value in steps:
        take(wb, name, value)
    units = {name: f" {each.unit}" for name, each in book.quantities.items()}
    last = {name: value + units[name] for name, value in steps if value}
    assert values(wb) == values(opened(with_values(book, last)))


@given(books_and_steps())
def test_what_is_not_dirty_is_right_after_every_step(drawn: tuple[Book, list[tuple[str, str]]]):
    book, steps = drawn
    wb = opened(book)
    for name, value in steps:
        take(wb, name, value)
        assert evaluator(wb).invariant_holds()


def evaluator(wb: Workbook) -> Evaluator:
    return wb._evaluator


def test_the_invariant_notices_a_wrong_value():
    wb = workbook({"a": Declared("byte", "2 byte"), "b": Declared("byte", formula="a + a")})
    assert wb.number("b") == 4
    evaluator(wb).values[evaluator(wb).plan.positions["b"]] = 5.0
    assert not evaluator(wb).invariant_holds()


@given(books())
def test_straight_through_equals_node_by_node(book: Book):
    straight, lazy = opened(book), opened(book)
    straight.recompute()
    assert not any(evaluator(straight).dirty)
    assert values(straight) == values(lazy)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_reads_changes_nothing(book: Book, chance: Random):
    one, other = opened(book), opened(book)
    names = list(one)
    chance.shuffle(names)
    for name in names:
        one.value(name)
    assert values(one) == values(other)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_declarations_changes_nothing(book: Book, chance: Random):
    names = list(book.quantities)
    chance.shuffle(names)
    shuffled = replace(book, quantities={name: book.quantities[name] for name in names})
    assert values(opened(shuffled)) == values(opened(book))


@st.composite
def rescaled(draw: st.DrawFn) -> tuple[Book, Book]:
    """A workbook, and the same one with its quantities declared and given in other units of their dimensions."""
    book = draw(books())
    other = {name: draw(_rescaled(each)) for name, each in book.quantities.items()}
    return book, replace(book, quantities=other)


def _rescaled(declared: Declared) -> st.SearchStrategy[Declared]:
    def in_unit(unit: str) -> Declared:
        number = float(declared.value.split()[0]) if declared.value else 0.0
        text = f"{number / CONTEXT_SCALES[unit]!r} {unit}" if declared.value else ""
        return replace(declared, unit=unit, value=text)

    def exact(unit: str) -> bool:  # else a comparison may fall the other way, rightly
        number = float(declared.value.split()[0]) if declared.value else 0.0
        return number / CONTEXT_SCALES[unit] * CONTEXT_SCALES[unit] == number

    if declared.choices:
        return st.just(declared)
    return st.sampled_from([unit for unit in UNITS[declared.unit] if exact(unit)]).map(in_unit)


@given(rescaled())
def test_the_unit_that_an_input_is_given_in_changes_nothing(drawn: tuple[Book, Book]):
    one, other = map(opened, drawn)
    assert in_base(one) == in_base(other)


def in_base(wb: Workbook) -> dict[str, object]:
    """Every value in base units, rounded to what units may cost."""
    found: dict[str, object] = {}
    for name, value in values(wb).items():
        scale = wb.definition(name).unit.scale
        found[name] = float(f"{value * scale:.12e}") if isinstance(value, float) else value
    return found


@given(books())
def test_an_error_value_spreads_to_dependents_only(book: Book):
    missing = opened(with_values(book, {"cache": ""}))
    given_one = opened(with_values(book, {"cache": "2 byte"}))
    dependents = {"cache", *missing.dependents("cache", deep=True)}
    assert missing.value("cache") is None
    assert {name: value for name, value in values(missing).items() if name not in dependents} == {
        name: value for name, value in values(given_one).items() if name not in dependents
    }


@given(books(), VALUES)
def test_a_copy_is_independent(book: Book, value: str):
    wb = opened(book)
    wb["n"] = 1.5
    before = values(wb)
    other = wb.copy()
    assert values(other) == before
    for name in book.inputs:
        other[name] = float(value) + 1
    assert values(wb) == before


@given(st.data(), books(), VALUES)
def test_a_pinned_quantity_is_an_input_of_that_value(data: st.DataObject, book: Book, value: str):
    name = data.draw(st.sampled_from(book.formulas))
    pinned, unit = opened(book), book.quantities[name].unit
    words = book.quantities[name].choices
    text = "up" if words else f"{value} {unit}"
    pinned[name] = text
    as_input = replace(book, quantities={**book.quantities, name: Declared(unit, text, choices=words)})
    assert values(pinned) == values(opened(as_input))
    assert pinned.definition(name).role == "pinned"
    assert pinned.precedents(name) == ()


@given(books())
def test_what_a_value_used_is_among_what_its_formula_may_read(book: Book):
    wb = opened(book)
    for name in wb:
        assert set(wb.used(name)) <= set(wb.precedents(name))


@given(st.data(), books())
def test_an_input_that_a_value_does_not_rest_on_does_not_change_it(data: st.DataObject, book: Book):
    wb = opened(book)
    name = data.draw(st.sampled_from(book.formulas))
    rests_on = {each.name for each in wb.provenance(name)}
    before = value_of(wb, name)
    for other in book.inputs:
        if other not in rests_on:
            wb[other] = 3.75
    assert value_of(wb, name) == before


def test_a_workbook_without_formulas_computes():
    wb = workbook({"a": Declared("byte", "2 byte")})
    wb.recompute()
    assert wb.number("a") == 2


@pytest.mark.parametrize("count", [3, 3_000])
def test_long_chains_compute_straight_and_lazily(count: int):
    quantities = {"a0": Declared("byte", "1 byte")}
    quantities |= {f"a{n}": Declared("byte", formula=f"a{n - 1} + 1[byte]") for n in range(1, count)}
    wb, straight = workbook(quantities), workbook(quantities)
    straight.recompute()
    assert wb.number(f"a{count - 1}") == straight.number(f"a{count - 1}") == count
