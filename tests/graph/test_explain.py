"""Explain tells each quantity once, along what it in fact read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.graph.explain.derivation import DEEPEST, Explanation, Step, explain
from roofsheet.problems import UnknownQuantity

from ..building import Declared, DeclaredTable, workbook


def steps_by_name(found: Explanation) -> dict[str, Step]:
    return {step.name: step for step in found.steps() if not step.repeated}


@pytest.fixture
def decoding():
    return workbook(
        {
            "weights": Declared("GB", value="64 GB"),
            "bandwidth": Declared("GB/s", value="1790 GB/s"),
            "time": Declared("ms", formula="weights / bandwidth"),
            "twice": Declared("ms", formula="time + time"),
            "bound": Declared(choices=("memory", "compute"), formula="memory if time > 3[ms] else compute"),
            "slow": Declared("ms", formula="time if bound == memory else weights / 3[GB/s]"),
            "square": Declared("s**2", formula="time**2"),
            "below": Declared("ms", formula="1[ms] - time"),
            "less": Declared("ms", formula="time + below"),
            "missing": Declared("ms"),
            "spoilt": Declared("ms", formula="missing + time"),
        }
    )


@pytest.fixture
def layers():
    """A table of three rows, of which `expert` is the largest."""
    columns = {
        "width": Declared(),
        "bytes": Declared("GB", formula="1[GB] * width"),
        "time": Declared("ms", formula="bytes / bandwidth"),
    }
    rows = {"attend": {"width": "1"}, "expert": {"width": "5"}, "norm": {"width": "2"}}
    quantities = {
        "bandwidth": Declared("GB/s", value="1000 GB/s"),
        "total": Declared("ms", formula="sum(operators[:].time)"),
        "largest": Declared("ms", formula="max(operators[:].time)"),
        "both": Declared("ms", formula="total + largest"),
        "all": Declared("GB", formula="sum(operators[:].bytes)"),
        "rate": Declared("GB/s", formula="all / total"),
    }
    return workbook(quantities, {"operators": DeclaredTable(columns, rows)})


def test_a_formula_is_told_with_numbers(decoding):
    root = explain(decoding, "time").root
    assert (root.formula, root.numbers, root.text) == ("weights / bandwidth", "64 GB / 1,790 GB/s", "35.75 ms")
    assert [step.name for step in root.steps] == ["weights", "bandwidth"]


def test_an_input_has_its_kind_and_place(decoding):
    step = explain(decoding, "weights").root
    assert (step.kind, step.role, step.steps) == ("assumed", "input", ())
    assert step.mark is not None
    assert step.mark.file == "made.yaml"


def test_a_quantity_met_again_is_not_told_again(decoding):
    root = explain(decoding, "slow").root
    told = [step for step in Explanation(root).steps() if step.name == "time"]
    assert [step.repeated for step in told] == [False, True]
    assert told[1].steps == ()


def test_only_the_branch_taken_is_told(decoding):
    root = explain(decoding, "slow").root
    assert root.numbers == "35.75 ms"
    assert [(each.text, each.holds) for each in root.conditions] == [("memory == memory", True)]
    assert [step.name for step in root.steps] == ["bound", "time"]
    decoding["bandwidth"] = "64000 GB/s"
    root = explain(decoding, "slow", whole=True).root
    assert root.numbers == "64 GB / 3 GB/s"
    assert [step.name for step in root.steps] == ["bound", "weights"]


def test_numbers_keep_their_meaning_beside_operators(decoding):
    assert explain(decoding, "square").root.numbers == "(35.75 ms)**2"
    assert explain(decoding, "less").root.numbers == "35.75 ms + (-34.75 ms)"


def test_a_depth_counts_what_it_leaves_out(decoding):
    assert [(step.name, step.hidden) for step in explain(decoding, "twice", depth=0).steps()] == [("twice", 1)]
    assert [(step.name, step.hidden) for step in explain(decoding, "twice", depth=1).steps()] == [
        ("twice", 0),
        ("time", 2),
    ]


def test_a_value_that_is_not_there_says_why(decoding):
    steps = steps_by_name(explain(decoding, "spoilt"))
    assert steps["spoilt"].text == "no value"
    assert steps["spoilt"].numbers == "no value + 35.75 ms"
    assert steps["missing"].problem is not None
    assert steps["missing"].problem.message == "missing has no value"


def test_a_pinned_quantity_has_no_steps_and_keeps_its_formula(decoding):
    decoding["time"] = "3 ms"
    root = explain(decoding, "time").root
    assert (root.role, root.formula, root.steps) == ("pinned", "weights / bandwidth", ())


def test_what_a_value_hides_is_told(decoding):
    decoding["weights"] = "32 GB"
    assert [(old.text, old.layer) for old in explain(decoding, "weights").root.shadowed] == [("64 GB", "default")]


def test_a_reduced_column_is_one_table_and_its_largest_row(layers):
    found = explain(layers, "total")
    (reduction,) = found.tables
    assert reduction.rows is not None
    assert [row.name for row in reduction.rows.rows] == ["attend", "expert", "norm"]
    assert [row.shares["time"] for row in reduction.rows.rows] == pytest.approx([0.125, 0.625, 0.25])
    assert [column.name for column in reduction.rows.columns] == ["width", "bytes", "time"]
    assert reduction.rows.rows[1].values == (5.0, 5.0, pytest.approx(5.0))
    assert reduction.opened is not None
    assert reduction.opened.name == "expert.time"
    assert found.root.steps == ()


def test_a_column_that_something_sums_has_a_total(layers):
    (reduction,) = explain(layers, "total").tables
    assert reduction.rows is not None
    assert {each.name: each.total for each in reduction.rows.columns} == {
        "width": None,
        "bytes": 8.0,
        "time": pytest.approx(8.0),
    }


def test_a_table_is_told_once_with_every_column_that_is_reduced(layers):
    reductions = explain(layers, "rate").tables
    assert sorted(each.column for each in reductions) == ["bytes", "time"]
    tables = [each.rows for each in reductions if each.rows is not None]
    assert len(tables) == 1
    assert all(set(row.shares) == {"bytes", "time"} for row in tables[0].rows)


def test_shares_are_of_sums_alone(layers):
    (reduction,) = explain(layers, "largest").tables
    assert reduction.rows is not None
    assert all(row.shares == {} for row in reduction.rows.rows)


def test_another_row_is_followed_when_asked_for(layers):
    (reduction,) = explain(layers, "total", row="norm").tables
    assert reduction.opened is not None
    assert reduction.opened.name == "norm.time"


# -- what is not worth a line ------------------------------------------------------------------------


@pytest.fixture
def tuned():
    """A time to which somebody set the bytes; the rest stands as its sheet has it."""
    made = workbook(
        {
            "bytes": Declared("GB", value="1 GB"),
            "bandwidth": Declared("GB/s", value="1000 GB/s"),
            "efficiency": Declared(value="0.5"),
            "reached": Declared("GB/s", formula="bandwidth * efficiency"),
            "work": Declared("ms", formula="bytes * 0.001[ms/GB]"),
            "moved": Declared("ms", formula="bytes / reached"),
            "extra": Declared("ms", formula="0 * work"),
            "time": Declared("ms", formula="max(work, moved) + extra"),
            "latency": Declared("ms", formula="time"),
            "answer": Declared("ms", formula="latency + 1[ms]"),
        }
    )
    made["bytes"] = "2 GB"
    return made


def test_what_rests_on_defaults_alone_is_left_out_and_the_defaults_are_named(tuned):
    found = explain(tuned, "moved")
    assert [step.name for step in found.root.steps] == ["bytes"]
    assert {step.name: step.text for step in found.defaults} == {"bandwidth": "1,000 GB/s", "efficiency": "0.5"}


def test_where_everything_is_a_default_all_of_it_is_told(tuned):
    found = explain(tuned, "reached")
    assert [step.name for step in found.root.steps] == ["bandwidth", "efficiency"]
    assert found.defaults == ()


def test_the_side_that_a_max_did_not_take_is_not_followed(tuned):
    steps = {step.name: step for step in explain(tuned, "time").root.steps}
    assert (steps["work"].steps, steps["work"].hidden) == ((), 1)
    assert [step.name for step in steps["moved"].steps] == ["bytes"]


def test_what_is_zero_is_not_followed(tuned):
    extra = steps_by_name(explain(tuned, "time"))["extra"]
    assert (extra.brief, extra.steps) == (True, ())


def test_a_quantity_that_only_names_another_says_so(tuned):
    steps = steps_by_name(explain(tuned, "answer"))
    assert steps["latency"].alias
    assert not steps["time"].alias


def test_all_of_it_is_told_when_asked_for(tuned):
    found = explain(tuned, "time", whole=True)
    assert {step.name for step in found.steps()} == {
        "time", "work", "moved", "extra", "bytes", "reached", "bandwidth", "efficiency",
    }  # fmt: skip
    assert (found.whole, found.defaults) == (True, ())
    assert any(step.repeated for step in found.steps())


@pytest.mark.parametrize(
    ("name", "row", "hint"), [("total", "nrom", "norm"), ("bandwidth", "norm", "reduces no table")]
)
def test_a_row_that_is_not_there_is_refused(name, row, hint, layers):
    with pytest.raises(UnknownQuantity) as refused:
        explain(layers, name, row=row)
    assert hint in refused.value.problems[0].hint


def test_a_name_that_is_not_there_is_refused(layers):
    with pytest.raises(UnknownQuantity, match="nothing here is called totl"):
        explain(layers, "totl")


def test_a_chain_longer_than_anyone_reads_is_cut():
    chain = {"q0": Declared(value="1")} | {f"q{n}": Declared(formula=f"q{n - 1} + 1") for n in range(1, 400)}
    steps = list(explain(workbook(chain), "q399").steps())
    assert len(steps) == DEEPEST + 1
    assert steps[-1].hidden == 1


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=3), min_size=1, max_size=12))
def test_every_quantity_rested_on_is_told_exactly_once(reads):
    """Of a random DAG: the steps that are told are the quantity and all that it rests on."""
    quantities = {"q0": Declared(value="1")}
    for number, read in enumerate(reads, 1):
        quantities[f"q{number}"] = Declared(formula=" + ".join(f"q{each % number}" for each in read))
    made = workbook(quantities)
    top = f"q{len(reads)}"
    told = [step.name for step in explain(made, top).steps() if not step.repeated]
    assert len(told) == len(set(told))
    assert set(told) == {top, *made.precedents(top, deep=True)}
