"""Layers -> a stack as a person would write it, which says the same layers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.graph.language.expressions import Binary, Expr, Name, Number
from roofsheet.graph.language.parser import parse
from roofsheet.problems import Text
from roofsheet.scenarios.importing.stacks import LONGEST_STACK, stack_text
from roofsheet.scenarios.stack import stack_counts


def expanded(expr: Expr) -> list[str]:
    match expr:
        case Name(name):
            return [name]
        case Binary("+", left, right):
            return expanded(left) + expanded(right)
        case Binary("*", Number(times), inner):
            return expanded(inner) * int(times)
        case _:
            raise AssertionError(expr)


@pytest.mark.parametrize(
    ("layers", "text"),
    [
        (["layer"] * 36, "start + 36 * layer + finish"),
        (["dense"] * 3 + ["moe"] * 58, "start + 3 * dense + 58 * moe + finish"),
        (
            (["sliding"] * 5 + ["full"]) * 10 + ["sliding"] * 2,
            "start + 10 * (5 * sliding + full) + 2 * sliding + finish",
        ),
        (["sliding", "full"] * 18, "start + 18 * (sliding + full) + finish"),
        (["layer"], "start + layer + finish"),
        (["a", "b"], "start + a + b + finish"),
    ],
)
def test_a_stack_reads_as_a_person_would_write_it(layers, text):
    assert stack_text(["start"], layers, [("finish", 1)]) == text


def test_groups_behind_the_layers_have_their_counts():
    assert stack_text([], ["moe"] * 2, [("finish", 1), ("mtp", 3)]) == "2 * moe + finish + 3 * mtp"


@given(st.lists(st.sampled_from(["mamba", "attention", "moe"]), min_size=1, max_size=60))
def test_a_stack_has_the_layers_that_it_was_made_from(layers):
    text = stack_text([], layers, [])
    assert len(text) <= LONGEST_STACK
    counts = stack_counts(Text.line(text, "stack"), dict.fromkeys(layers), (), [])
    assert counts == {name: layers.count(name) for name in layers}
    if "*" not in text or len(expanded(parse(text))) != len(layers):
        return
    assert sorted(expanded(parse(text))) == sorted(layers)


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=14))
def test_a_short_stack_keeps_the_order(layers):
    assert expanded(parse(stack_text([], layers, []))) == layers
