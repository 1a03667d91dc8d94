"""Setting a quantity in Python: what it may be given, and what is refused without harm."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from roofsheet.graph.engine.workbook import Workbook
from roofsheet.problems import InvalidInput, UnknownQuantity
from roofsheet.scenarios import load
from roofsheet.units import registry

CASES = "guides/baseten-inference-guide"
CARD = "qwen3-vl-32b-on-rtx-pro-6000"


def opened(name: str) -> Workbook:
    workbook = load(name).workbook
    assert workbook is not None
    return workbook


@pytest.fixture
def workbook() -> Workbook:
    return opened(CARD)


NUMBERS = (64, 64.0, np.float64(64), np.int64(64), Fraction(64), "64", "64 layer")
NO_NUMBERS = {
    "400 digits": 10**400, "400 digits below": -(10**400), "5000 digits": 10**5000, "infinite": float("inf"),
    "no number": float("nan"), "too large in base units": 1e308, "NumPy's": np.float64("nan"),
}  # fmt: skip


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: f"{type(value).__name__} {value}")
def test_a_number_is_a_number_whoever_made_it(workbook, value):
    workbook["n_layers"] = value
    assert workbook.number("n_layers") == 64
    assert workbook.definition("n_layers").value.number == 64


@pytest.mark.parametrize("name", NO_NUMBERS)
def test_what_no_float_can_hold_is_refused_and_changes_nothing(workbook, name):
    value, before = NO_NUMBERS[name], workbook.number("memory_bandwidth")
    with pytest.raises(InvalidInput):
        workbook["memory_bandwidth"] = value
    assert workbook.number("memory_bandwidth") == before
    assert workbook.definition("memory_bandwidth").value.layer == "hardware"


def test_a_truth_is_no_number(workbook):
    with pytest.raises(InvalidInput, match="n_layers cannot be True"):
        workbook["n_layers"] = True


def test_a_pint_quantity_may_leave_out_per_device_as_text_may(workbook):
    for value in (registry().Quantity(3.35, "TB/s"), "3.35 TB/s", registry().Quantity(3.35, "TB/s/device")):
        workbook["memory_bandwidth"] = value
        assert workbook.number("memory_bandwidth") == pytest.approx(3350)


def test_a_quantity_that_a_case_has_from_the_top_level_is_not_set_through_the_case():
    workbook = opened(CASES)
    case = workbook.checked.cases[0]
    name = next(name for name in workbook if "." not in name and f"{case}.{name}" not in set(workbook))
    before = workbook.value(name)
    with pytest.raises(InvalidInput, match=f"{case}.{name} is the top level's {name}"):
        workbook[f"{case}.{name}"] = 3
    assert workbook.value(name) == before


def test_a_copy_keeps_what_was_set_and_pinned_and_goes_its_own_way(workbook):
    workbook["memory_bandwidth"] = 2000
    workbook["weight_bytes"] = "60 GB"
    workbook["n_layers"] = 70
    copy = workbook.copy()
    copy["weight_bytes"] = "50 GB"
    copy["tpot"] = "9 ms"
    assert (workbook.number("memory_bandwidth"), workbook.number("n_layers")) == (2000, 70)
    assert workbook.number("tpot") == pytest.approx(30)
    assert (copy.number("memory_bandwidth"), copy.number("n_layers")) == (2000, 70)
    assert (copy.number("weight_bytes"), copy.number("tpot")) == (50, 9)
    assert [value.layer for value in copy.definition("memory_bandwidth").shadowed] == ["hardware"]


def test_what_was_set_can_be_taken_back():
    workbook = load("guides/qwen3-vl-32b-on-rtx-pro-6000").workbook
    assert workbook is not None
    before = workbook.number("decode_throughput")
    workbook["tpot"] = "10 ms"
    workbook["memory_bandwidth"] = 3350.0
    assert workbook.number("decode_throughput") == 100
    del workbook["tpot"]
    assert workbook.number("tpot") == pytest.approx(64e9 / 3350e9 * 1e3)
    del workbook["memory_bandwidth"]
    assert workbook.number("decode_throughput") == before
    assert workbook.definition("tpot").role == "formula"
    with pytest.raises(UnknownQuantity):
        del workbook["tpott"]
