"""Errors of predictions: worked numbers, and laws."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.measuring.errors import Compared, errors_of, grouped, quantile

POSITIVE = st.floats(1e-6, 1e6)
ROWS = st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=30)


def test_five_rows_worked_out_by_hand():
    # errors of +10, -20, +100, 0 and -50 percent
    found = errors_of([Compared(110, 100), Compared(8, 10), Compared(4, 2), Compared(3, 3), Compared(1, 2)])
    assert found is not None
    assert found.count == 5
    assert found.median == pytest.approx(20)
    assert found.mean == pytest.approx(36)
    assert found.bias == pytest.approx(8)
    assert found.p90 == pytest.approx(100)
    assert (found.within_10, found.within_25) == (40, 60)  # though +10 is 10.000000000000009 in floats
    assert found.coverage is None


def test_a_tenth_is_within_ten_percent():
    found = errors_of([Compared(9, 10), Compared(12, 10)])
    assert found is not None
    assert (found.within_10, found.within_25) == (50, 100)


def test_intervals_cover_what_lies_between_their_ends():
    rows = [Compared(2, 2, 1, 3), Compared(2, 4, 1, 3), Compared(2, 1, 1, 3), Compared(2, 9)]
    found = errors_of(rows)
    assert found is not None
    assert found.coverage == pytest.approx(100 * 2 / 3)


def test_a_row_without_a_prediction_is_not_compared():
    assert errors_of([Compared(float("nan"), 1)]) is None
    found = errors_of([Compared(float("nan"), 1), Compared(2, 1)])
    assert found is not None
    assert found.count == 1


def test_groups_are_told_apart():
    rows = [Compared(2, 1), Compared(1, 1), Compared(3, 1)]
    found = grouped(rows, ["b", "a", "b"])
    assert {name: (each.count, each.mean) for name, each in found.items()} == {"a": (1, 0), "b": (2, 150)}


@given(ROWS, st.floats(1e-3, 1e3))
def test_errors_do_not_depend_on_the_unit(pairs, scale):
    one = errors_of(Compared(predicted, measured) for predicted, measured in pairs)
    other = errors_of(Compared(predicted * scale, measured * scale) for predicted, measured in pairs)
    assert one is not None
    assert other is not None
    assert (other.median, other.mean, other.bias, other.p90) == pytest.approx(
        (one.median, one.mean, one.bias, one.p90), rel=1e-9, abs=1e-9
    )


@given(ROWS, st.integers(2, 4))
def test_a_weight_is_the_same_as_repeating(pairs, times):
    rows = [Compared(predicted, measured) for predicted, measured in pairs]
    heavy = [Compared(*pairs[0], weight=times), *rows[1:]]
    one, other = errors_of([*[rows[0]] * times, *rows[1:]]), errors_of(heavy)
    assert one is not None
    assert other is not None
    assert (other.median, other.mean, other.p90) == pytest.approx((one.median, one.mean, one.p90))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_median_is_the_one_that_everybody_means(values):
    assert quantile(values, [1.0] * len(values), 0.5) == pytest.approx(median(values))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0.01, 0.99))
def test_a_quantile_is_between_the_least_and_the_largest(values, share):
    assert min(values) <= quantile(values, [1.0] * len(values), share) <= max(values)
