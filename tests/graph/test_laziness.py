"""What runs: a read computes what it needs, a change its dependents, and nothing else."""

from __future__ import annotations

import pytest

from roofsheet.graph.engine.workbook import Workbook
from roofsheet.problems import InvalidInput, NoValue, UnknownQuantity

from ..building import Declared, DeclaredTable, workbook

QUANTITIES = {
    "n_parameters": Declared("parameter", "32e9 parameter"),
    "bytes_per_parameter": Declared("byte/parameter", "2 byte/parameter"),
    "memory_bandwidth": Declared("GB/s", "1790 GB/s"),
    "memory_capacity": Declared("GB", "96 GB"),
    "sequence_bytes": Declared("GB/sequence", "6.7 GB/sequence"),
    "price": Declared("USD/h"),
    "weight_bytes": Declared("GB", formula="n_parameters * bytes_per_parameter"),
    "spare_memory": Declared("GB", formula="memory_capacity - weight_bytes"),
    "max_batch": Declared("sequence", formula="floor(spare_memory / sequence_bytes)"),
    "step_time": Declared("ms", formula="weight_bytes / memory_bandwidth"),
    "throughput": Declared("token/s", formula="1[token/sequence] * max_batch / step_time"),
    "cost": Declared("USD/token", formula="price / throughput"),
}


@pytest.fixture
def wb() -> Workbook:
    """All computed once, its log empty."""
    wb = workbook(QUANTITIES)
    wb.recompute()
    wb.log = []
    return wb


@pytest.fixture
def log(wb: Workbook) -> list[str]:
    assert wb.log is not None
    return wb.log


def test_a_first_read_computes_what_it_needs():
    wb = workbook(QUANTITIES)
    wb.log = log = []
    assert wb.number("step_time") == pytest.approx(35.754, abs=1e-3)
    assert log == ["weight_bytes", "step_time"]


def test_reading_again_computes_nothing(wb: Workbook, log: list[str]):
    wb.number("throughput")
    assert log == []


def test_a_change_computes_its_dependents_when_they_are_read(wb: Workbook, log: list[str]):
    wb["memory_bandwidth"] = 3350.0
    assert log == []
    assert wb.number("throughput") == pytest.approx(4 * 3350 / 64)
    assert log == ["step_time", "throughput"]


def test_what_does_not_rest_on_the_change_is_not_computed(wb: Workbook, log: list[str]):
    wb["memory_bandwidth"] = 3350.0
    assert wb.number("max_batch") == 4
    assert log == []


def test_an_unrelated_input_recomputes_nothing(wb: Workbook, log: list[str]):
    wb["price"] = 2.0
    assert wb.number("throughput") == pytest.approx(4 * 1790 / 64)
    assert log == []


def test_an_equal_value_recomputes_nothing(wb: Workbook, log: list[str]):
    wb["memory_bandwidth"] = "1.79 TB/s"
    wb.number("throughput")
    assert log == []


def test_an_equal_result_stops_the_wave(wb: Workbook, log: list[str]):
    wb["memory_capacity"] = "97 GB"
    assert wb.number("throughput") == pytest.approx(4 * 1790 / 64)
    assert log == ["spare_memory", "max_batch"]


def test_a_change_to_and_fro_ends_in_the_first_value(wb: Workbook, log: list[str]):
    before = wb.number("throughput")
    wb["memory_bandwidth"] = 3350.0
    wb["memory_bandwidth"] = 1790.0
    assert wb.number("throughput") == before
    assert log == ["step_time"]


def test_text_changes_an_input_as_a_number_does(wb: Workbook, log: list[str]):
    wb["sequence_bytes"] = "3200 MB/sequence"
    assert wb.number("max_batch") == 10
    assert log == ["max_batch"]
    changed = wb.definition("sequence_bytes")
    assert [value.text for value in (*changed.shadowed, changed.value) if value] == [
        "6.7 GB/sequence",
        "3200 MB/sequence",
    ]


def test_a_pinned_quantity_is_not_computed(wb: Workbook):
    wb["weight_bytes"] = "32 GB"
    wb.log = log = []
    assert wb.number("step_time") == pytest.approx(17.877, abs=1e-3)
    assert log == ["step_time"]
    assert wb.precedents("weight_bytes") == ()
    assert wb.definition("weight_bytes").role == "pinned"


def test_a_pin_can_be_changed_like_an_input(wb: Workbook):
    wb["weight_bytes"] = "32 GB"
    wb.number("step_time")
    wb.log = log = []
    wb["weight_bytes"] = 16.0
    assert wb.number("step_time") == pytest.approx(8.939, abs=1e-3)
    assert log == ["step_time"]


def test_values_set_before_a_pin_stay(wb: Workbook):
    wb["memory_bandwidth"] = 3350.0
    wb["memory_capacity"] = "128 GB"
    wb["weight_bytes"] = "67 GB"
    assert wb.number("step_time") == pytest.approx(20)
    assert wb.number("spare_memory") == pytest.approx(61)


def test_recompute_logs_every_formula(wb: Workbook, log: list[str]):
    wb["price"] = 2.0
    wb.recompute()
    assert sorted(log) == sorted(name for name, each in QUANTITIES.items() if each.formula)


def test_a_missing_price_spoils_the_cost_alone(wb: Workbook):
    assert wb.number("throughput") == pytest.approx(4 * 1790 / 64)
    with pytest.raises(NoValue, match="price has no value"):
        wb["cost"]


def test_an_error_value_heals(wb: Workbook):
    assert wb.value("cost") is None
    wb["price"] = "3600 USD/h"
    assert wb.number("cost") == pytest.approx(64 / 4 / 1790)


def test_a_copy_runs_by_itself(wb: Workbook, log: list[str]):
    other = wb.copy()
    other["memory_bandwidth"] = 895.0
    assert other.number("step_time") == pytest.approx(2 * wb.number("step_time"))
    assert log == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1 if one < 2 else 1 / zero", 1),
        ("1 / zero if one > 2 else 3", 3),
        ("2 if one < 2 or 1 / zero > 1 else 1", 2),
        ("1 if one > 2 and 1 / zero > 1 else 4", 4),
        ("one if not (one > 2 and missing > 1) else zero", 1),
        ("missing if mode == down else 5", 5),
    ],
)
def test_only_the_side_that_is_evaluated_carries_its_error(formula: str, value: float):
    assert made(formula).number("result") == value


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1 / zero", "result: division by zero"),
        ("one // zero", "result: division by zero"),
        ("one % zero", "result: division by zero"),
        ("1 if 1 / zero > 1 else 2", "result: division by zero"),
        ("2 if one < 2 and 1 / zero > 1 else 1", "result: division by zero"),
        ("2 if one > 2 or 1 / zero > 1 else 1", "result: division by zero"),
        ("log(zero)", "result: a logarithm, root or power of a number that has none"),
        ("sqrt(zero - one)", "result: a logarithm, root or power of a number that has none"),
        ("(zero - one)**0.5", "result: a logarithm, root or power of a number that has none"),
        ("zero**-1", "result: a logarithm, root or power of a number that has none"),
        ("exp(1000 * one)", "result: the number is too large"),
        ("1e300 * one * 1e300", "result: the number is too large"),
        ("floor(1e300 * one * 1e300)", "result: the number is too large"),
        ("1e300 * one * 1e300 - 1e300 * one * 1e300", "result: the number is too large"),
        ("min(one, missing)", "missing has no value"),
        ("max(missing)", "missing has no value"),
        ("missing", "missing has no value"),
        ("sum(one, missing)", "missing has no value"),
        ("floor(missing)", "missing has no value"),
        ("abs(missing)", "missing has no value"),
        ("missing**2", "missing has no value"),
        ("-missing", "missing has no value"),
        ("sum(rows[:].x)", "missing has no value"),
        ("1 if missing == missing else 2", "missing has no value"),
        ("1 if lost == up else 2", "lost has no value"),
        ("max(none[:].x)", "result: the largest of no rows"),
    ],
)
def test_what_has_no_value_says_why(formula: str, said: str):
    wb = made(formula)
    problem = wb.error("result")
    assert problem is not None
    assert problem.message == said
    assert problem.mark is not None
    wb.recompute()
    assert wb.error("result") == problem


def made(formula: str) -> Workbook:
    """One formula over a one, a zero, a quantity without a value, choices and tables."""
    quantities = {
        "one": Declared(value="1"),
        "zero": Declared(value="0"),
        "missing": Declared(),
        "mode": Declared(value="up", choices=("down", "up")),
        "lost": Declared(choices=("down", "up")),
        "result": Declared(formula=formula),
    }
    rows = DeclaredTable({"x": Declared(value="2")}, {"first": {"x": "3"}, "second": {"x": "missing"}})
    return workbook(quantities, {"rows": rows, "none": DeclaredTable({"x": Declared()})})


def test_an_unknown_name_is_refused_with_the_nearest_ones(wb: Workbook):
    with pytest.raises(UnknownQuantity, match="did you mean step_time"):
        wb.number("step_tim")
    with pytest.raises(UnknownQuantity):
        wb["step_tim"] = 2.0


@pytest.mark.parametrize("value", ["fast", "2 GB", "1790", float("nan"), float("inf"), "1e999 GB/s"])
def test_a_value_that_the_input_cannot_have_is_refused_and_changes_nothing(
    wb: Workbook, log: list[str], value: str | float
):
    with pytest.raises(InvalidInput):
        wb["memory_bandwidth"] = value
    assert wb.number("memory_bandwidth") == 1790
    assert log == []
