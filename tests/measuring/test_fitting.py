"""Fits of made-up rows whose constants are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roofsheet.measuring.determined import ENOUGH, curvature, determined_fit, idle, refits_of
from roofsheet.measuring.fitting import Task, fit, loss, spread_of
from roofsheet.measuring.leaving import RANGE, leave_out, other_groups, widths
from roofsheet.measuring.neutral import neutral_values


@dataclass(frozen=True)
class Known:
    name: str
    value: float
    unit: str
    low: float = 1e-3
    high: float = 1e5


SHARE, LAYER, SERVER = Known("share", 0.8, ""), Known("layer_time", 30, "us/layer"), Known("server_time", 40, "ms")
UNUSED = Known("unused", 7, "us")
SHEET = (Known("share", 0.7, ""), Known("layer_time", 50, "us/layer"), Known("server_time", 80, "ms"))
TRUE = {each.name: each.value for each in (SHARE, LAYER, SERVER)}
START = {each.name: each.value for each in SHEET}


class Rows:
    """Steps of models of several sizes, and a third of the rows with a server before them."""

    def __init__(self, count=240, seed=1):
        chance = np.random.default_rng(seed)
        self.stream: Any = chance.uniform(0.1, 40, count)  # ms at the peak
        self.layers = chance.integers(16, 96, count)
        self.served = chance.uniform(size=count) < 1 / 3
        self.groups = [f"group {place % 12}" for place in range(count)]

    def predict(self, values):
        step = self.stream / values["share"] + self.layers * values["layer_time"] * 1e-3
        return step + self.served * values["server_time"]

    def at_points(self, points):
        return self.predict({name: each[:, None] for name, each in points.items()})

    def measured(self, noise=0.05, outliers=0.1, seed=2):
        chance = np.random.default_rng(seed)
        told = self.predict(TRUE) * np.exp(chance.normal(0, noise, len(self.groups)))
        wrong = chance.uniform(size=len(told)) < outliers
        return np.where(wrong, told * chance.choice([0.2, 3, 10], len(told)), told)

    def task(self, constants=SHEET, **how):
        measured = self.measured(**how)
        centre = {each.name: each.value for each in constants}
        return Task(constants, self.at_points, measured, np.full(len(measured), 0.15), centre)


@pytest.fixture
def rows():
    return Rows()


def test_known_constants_come_back_through_noise_and_a_tenth_of_wrong_rows(rows):
    found = fit(rows.task(), START)
    assert found.values["share"] == pytest.approx(TRUE["share"], rel=0.03)
    for name in ("layer_time", "server_time"):
        assert found.values[name] == pytest.approx(TRUE[name], rel=0.1)


def test_without_noise_they_come_back_but_for_what_the_priors_pull(rows):
    found = fit(rows.task(noise=0, outliers=0), START)
    assert found.values == pytest.approx(TRUE, rel=0.001)


def test_a_cold_start_ends_where_the_sheet_s_values_do(rows):
    task = rows.task()
    cold = neutral_values(SHEET)
    assert cold == {"share": 0.7, "layer_time": 20.0, "server_time": 20.0}
    assert fit(task, cold).values == pytest.approx(fit(task, START).values, rel=1e-3)


def test_a_row_ten_thousand_times_off_pulls_hardly_more_than_one_ten_times_off(rows):
    near, far = rows.task(outliers=0), rows.task(outliers=0)
    near.measured[0] *= 10
    far.measured[0] *= 10_000
    plain, moved = fit(near, START).values, fit(far, START).values
    assert moved == pytest.approx(plain, rel=2e-3)


@settings(max_examples=40)
@given(st.sampled_from([1e-3, 1.0, 1e6]), st.permutations(range(60)))
def test_neither_the_unit_nor_the_order_of_rows_changes_a_fit(factor, order):
    rows = Rows(60)
    measured = rows.measured()
    task = Task(SHEET, rows.at_points, measured, np.full(60, 0.15), START)
    other = Task(
        SHEET,
        lambda points: factor * rows.at_points(points)[:, order],
        factor * measured[order],
        np.full(60, 0.15),
        START,
    )
    assert fit(other, START).values == pytest.approx(fit(task, START).values, rel=1e-3)


def test_what_no_row_depends_on_stays_exactly_as_it_is_and_is_named(rows):
    constants = (*SHEET, UNUSED)
    task, start = rows.task(constants), {**START, "unused": 7.0}
    found, left = determined_fit(task, start)
    assert left == ("unused",)
    assert found.values["unused"] == 7.0
    assert idle(task, start, constants_names(constants)) == ("unused",)


def constants_names(constants):
    return [each.name for each in constants]


def test_far_from_the_fitted_values_no_constant_is_given_up():
    rows = Rows(60)
    far = {name: value * 30 if name != "share" else 0.02 for name, value in TRUE.items()}
    found, left = determined_fit(rows.task(outliers=0), far)
    assert left == ()
    assert found.values == pytest.approx(TRUE, rel=0.1)


def test_of_two_constants_that_cannot_be_told_apart_one_stays():
    rows = Rows(60)
    rows.layers = np.full(60, 32)
    rows.stream = np.full(60, 4.0)  # one model on one accelerator
    rows.served = np.zeros(60, dtype=bool)
    found, left = determined_fit(rows.task(outliers=0), START)
    assert len(found.free) == 1
    assert "server_time" in left
    assert rows.predict(found.values)[0] == pytest.approx(rows.predict(TRUE)[0], rel=0.02)


def test_constants_that_trade_off_are_told_as_a_pair():
    rows = Rows(200)
    rows.stream = rows.layers * 0.05 * np.exp(np.random.default_rng(5).normal(0, 0.2, 200))
    rows.served[:] = False
    task = rows.task(outliers=0)
    found = fit(task, START, free=("share", "layer_time"))
    ((left, right, related),) = curvature(task, found).pairs
    assert {left, right} == {"share", "layer_time"}
    assert related > 0.9  # a larger share and a longer layer time: the same step


def test_standard_errors_are_those_that_repeated_rows_show():
    tried, told = [], []
    for seed in range(40):
        rows = Rows(120, seed)
        task = rows.task(noise=0.15, outliers=0, seed=100 + seed)
        found = fit(task, START)
        tried.append([np.log(found.values[name] / TRUE[name]) for name in TRUE])
        told.append([curvature(task, found).errors[name] for name in TRUE])
    shown = np.sqrt(np.mean(np.square(tried), axis=0))
    assert np.mean(told, axis=0) == pytest.approx(shown, rel=0.4)


def test_more_rows_determine_constants_better():
    few, many = Rows(30), Rows(480)
    errors = []
    for rows in (few, many):
        task = rows.task(outliers=0)
        errors.append(curvature(task, fit(task, START)).errors)
    assert all(errors[1][name] < errors[0][name] for name in TRUE)
    assert max(errors[1].values()) < ENOUGH


@settings(max_examples=12)  # two dozen fits each
@given(st.floats(0.05, 20), st.integers(0, 11))
def test_what_is_predicted_of_a_group_does_not_depend_on_its_own_measured_values(factor, group):
    rows = Rows(60)
    kinds = ["step"] * 60
    plain = rows.task()
    other = rows.task()
    inside = np.array([name == f"group {group}" for name in rows.groups])
    other.measured[inside] *= factor
    left, right = (leave_out(task, START, rows.groups, kinds) for task in (plain, other))
    assert right.predicted[inside] == pytest.approx(left.predicted[inside], rel=1e-9)


def test_ranges_rest_on_the_errors_of_other_groups_and_of_the_same_kind():
    off = np.concatenate([np.full(20, 0.1), np.full(20, 0.2), np.full(20, 5.0)])
    groups = np.repeat(["a", "b", "c"], 20)
    kinds = np.array(["step"] * 40 + ["other"] * 20)
    found = other_groups(off, groups, kinds)
    assert np.log(found[0]) == pytest.approx(0.2)
    assert np.log(found[20]) == pytest.approx(0.1)
    assert np.isnan(found[40:]).all()  # no other group has rows of this kind


@settings(max_examples=25)  # a dozen fits each
@given(st.integers(0, 2**32))
def test_a_range_covers_about_what_it_says(seed):
    rows = Rows(240, seed)
    left = leave_out(rows.task(noise=0.1, outliers=0, seed=seed), START, rows.groups, ["step"] * 240)
    measured = rows.measured(noise=0.1, outliers=0, seed=seed)
    held = np.abs(np.log(left.predicted / measured)) <= np.log(left.half_width)
    assert held.mean() == pytest.approx(RANGE, abs=0.12)


def test_a_range_is_that_of_its_own_name_where_other_groups_have_enough_of_it():
    groups = np.array([f"g{row % 6}" for row in range(60)])
    kinds, names = np.array(["step"] * 60), np.array(["quick"] * 48 + ["slow"] * 12)
    off = np.where(names == "slow", 0.5, 0.1)
    found = other_groups(off, groups, kinds, ranges=names)
    assert np.exp(0.5) == pytest.approx(found[names == "slow"])
    assert np.exp(0.1) == pytest.approx(found[names == "quick"])
    few = np.where(np.arange(60) < 52, "quick", "slow")
    assert (other_groups(off, groups, kinds, ranges=few)[few == "slow"] == other_groups(off, groups, kinds)[0]).all()


def test_rows_of_two_groups_tell_no_range_of_their_own():
    names, off = ["slow"] * 10 + ["quick"] * 50, np.array([0.5] * 10 + [0.1] * 50)
    others = [*"cdefg"] * 10
    assert widths(off, names, ["step"] * 60, ["a", "b"] * 5 + others)["slow"] == pytest.approx(np.exp(0.1))
    assert widths(off, names, ["step"] * 60, [*"abxyz"] * 2 + others)["slow"] == pytest.approx(np.exp(0.5))


def test_the_range_to_state_is_that_of_all_rows_and_takes_ten():
    assert widths(np.log(np.full(10, 1.2)), ["a"] * 10, ["step"] * 10, [*"abcdefghij"])["a"] == pytest.approx(1.2)
    assert widths(np.log(np.full(9, 1.2)), ["a"] * 9, ["step"] * 9, [*"abcdefghi"]) == {}


def test_a_row_that_does_not_count_moves_nothing_and_is_predicted(rows):
    task = rows.task(outliers=0)
    wanted = np.ones(len(rows.groups), dtype=bool)
    wanted[:3] = False
    task.measured[:3] *= 1000
    left = leave_out(task, START, rows.groups, ["step"] * len(rows.groups), wanted)
    assert left.predicted[:3] == pytest.approx(rows.predict(TRUE)[:3], rel=0.1)


def test_refits_tell_the_spread_of_a_constant(rows):
    left = leave_out(rows.task(), START, rows.groups, ["step"] * len(rows.groups))
    found = refits_of(list(left.fits.values()), "share")
    assert found.low <= fit(rows.task(), START).values["share"] <= found.high
    assert 0 < found.error < ENOUGH


def test_a_row_without_a_prediction_never_counts(rows):
    task = rows.task(outliers=0)
    predict = task.predict
    task.predict = lambda points: np.where(np.arange(240) < 5, np.nan, predict(points))
    assert np.isfinite(list(fit(task, START).values.values())).all()


def test_the_loss_is_a_square_near_and_a_line_far():
    assert loss(np.array([1e-3])) == pytest.approx(1e-6, rel=1e-5)
    assert loss(np.array([2e6])) - loss(np.array([1e6])) == pytest.approx(2e6)


def test_priors_are_narrower_for_shares():
    assert spread_of(SHARE) < spread_of(LAYER)


def test_a_constant_stays_within_its_bounds(rows):
    task = rows.task((Known("share", 0.7, "", high=0.75), *SHEET[1:]), outliers=0)
    assert fit(task, START).values["share"] == pytest.approx(0.75)
