"""Qualifiers: words that bindings, sums, comparisons and choices compare, and that change no value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.problems import errors

from ..building import Declared, DeclaredTable, dag, workbook

INPUTS = {
    "all": Declared("layer", "8 layer", of="total"),
    "same": Declared("layer", "7 layer", of="total"),
    "some": Declared("layer", "3 layer", of="active"),
    "bare": Declared("layer", "5 layer"),
}
POSITIONS = (
    "{} + {}", "{} - {}", "{} % {}", "min({}, {})", "max(bare, {}, {})", "sum(0, {}, {})", "{} if bare > 0 else {}",
    "bare if {} < {} else bare", "bare if bare > 0 and {} != {} else bare", "abs({}) - -{}", "floor({} + {})",
    "2 * ({} + {})", "({} + {})**2 / bare", "max(0, {}) + min({}, 0)",
)  # fmt: skip


def kinds(declared: Declared, tables: dict[str, DeclaredTable] | None = None) -> set[str]:
    return {problem.kind for problem in errors(dag({**INPUTS, "answer": declared}, tables).problems)}


@pytest.mark.parametrize("position", POSITIONS)
def test_what_is_of_different_words_is_refused_in_every_position(position):
    for names in ("all", "some"), ("some", "same"):
        assert kinds(Declared("layer", formula=position.format(*names))) == {"qualifier"}


@pytest.mark.parametrize("position", POSITIONS)
def test_what_is_of_the_same_words_or_of_none_is_accepted_in_every_position(position):
    for names in ("all", "same"), ("all", "bare"), ("bare", "some"):
        assert not kinds(Declared("layer", formula=position.format(*names)))


KEPT = ("all", "-all", "all + same", "all + 0", "max(all, 0)", "abs(all)", "floor(all)", "all if bare > 0 else same",
        "all if bare > 0 else 0", "min(same, all)")  # fmt: skip
DROPPED = ("1 * all", "all / 2", "all // 2[layer] * 1[layer]", "all**2 / same", "sqrt(all * all)",
           "all + bare", "all - 1[layer]", "max(all, bare)", "all if bare > 0 else bare", "bare")  # fmt: skip


@pytest.mark.parametrize("formula", KEPT)
def test_a_formula_is_of_what_all_its_terms_are_of(formula):
    assert kinds(Declared("layer", formula=formula, of="active")) == {"qualifier"}
    assert not kinds(Declared("layer", formula=formula, of="total"))


@pytest.mark.parametrize("formula", DROPPED)
def test_products_and_terms_that_say_nothing_leave_no_words(formula):
    assert not kinds(Declared("layer", formula=formula, of="active"))


def test_a_reduction_is_of_what_its_column_is_of():
    columns = {"size": Declared("layer", "1 layer", of="active")}
    tables = {"parts": DeclaredTable(columns, {"left": {}, "right": {}})}
    for function in ("sum", "min", "max"):
        assert kinds(Declared("layer", formula=f"{function}(parts[:].size)", of="total"), tables) == {"qualifier"}
        assert not kinds(Declared("layer", formula=f"{function}(parts[:].size)", of="active"), tables)
    assert kinds(Declared("layer", formula="sum(parts[:].size) + all"), tables) == {"qualifier"}


def test_what_a_column_is_of_binds_the_cells_of_its_rows():
    columns = {"size": Declared("layer", of="active")}
    assert kinds(Declared(), {"parts": DeclaredTable(columns, {"left": {"size": "all"}})}) == {"qualifier"}
    assert not kinds(Declared(), {"parts": DeclaredTable(columns, {"left": {"size": "some"}})})


_LEAVES = st.sampled_from([*INPUTS, "0", "2[layer]"])
_TERMS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} > 0 else {parts[2]})"),
        inner.map(lambda part: f"(2 * {part})"),
    ),
    max_leaves=6,
)


@given(_TERMS, st.sampled_from(["", "total", "active"]))
def test_to_leave_the_words_out_changes_no_value_and_refuses_nothing(formula, of):
    declared = {**INPUTS, "answer": Declared("layer", formula=formula, of=of)}
    bare = {name: replace(each, of="") for name, each in declared.items()}
    value = workbook(bare).number("answer")
    problems = errors(dag(declared).problems)
    assert {problem.kind for problem in problems} <= {"qualifier"}
    if not problems:
        assert workbook(declared).number("answer") == value


def test_a_workbook_without_qualifiers_says_nothing_of_them():
    definitions = dag({"x": Declared("layer", "1 layer")}).definitions
    assert definitions["x"].of == ()
    assert definitions["x"].meaning == definitions["x"].about
