"""The best points and those that nothing beats: what a whole look says, however the stream is cut and ordered."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.problems import InvalidInput
from roofsheet.sweeps import fronts, selection
from roofsheet.sweeps.selection import Best, Front

# Few different keys, so that many are equal; none, and the infinite ones.
KEYS = st.sampled_from([0.0, -0.0, 1.0, 2.0, 2.5, 3.0, -1.0, np.inf, -np.inf, np.nan])


@st.composite
def streams(draw, width):
    """Points, and the same points shuffled and cut into blocks."""
    count = draw(st.integers(0, 40))
    keys = draw(st.lists(st.tuples(*[KEYS] * width), min_size=count, max_size=count))
    numbers = draw(st.permutations(range(count)))
    cuts = sorted(draw(st.lists(st.integers(0, count), max_size=4)))
    keys, numbers = np.array(keys, float).reshape(-1, width), np.array(numbers, np.int64)
    return keys, numbers, [slice(*ends) for ends in pairwise([0, *cuts, count])]


# -- the best ------------------------------------------------------------------------------------------------


def sorted_and_cut(keys, numbers, count, largest):
    """By looking at all at once."""
    points = [(key, number) for key, number in zip(keys[:, 0], numbers, strict=True) if key == key]
    points.sort(key=lambda point: (-point[0] if largest else point[0], point[1]))
    return [number for _, number in points[:count]], [key for key, _ in points[:count]]


@given(streams(1), st.integers(0, 12), st.booleans())
def test_the_best_are_the_first_of_all_points_sorted(stream, count, largest):
    keys, numbers, blocks = stream
    best = Best(count, largest)
    for block in blocks:
        best.add(keys[block, 0], numbers[block])
    assert (best.numbers.tolist(), best.keys.tolist()) == sorted_and_cut(keys, numbers, count, largest)


@given(streams(1), st.integers(0, 12), st.booleans())
def test_to_merge_the_best_of_two_streams_is_to_look_at_both(stream, count, largest):
    keys, numbers, blocks = stream
    whole = Best(count, largest)
    for block in blocks:
        part = Best(count, largest)
        part.add(keys[block, 0], numbers[block])
        whole.merge(part)
    assert whole.numbers.tolist() == sorted_and_cut(keys, numbers, count, largest)[0]


def test_of_a_million_equal_points_the_first_are_the_best():
    best = Best(3)
    for start in (500_000, 0):
        best.add(np.ones(500_000), np.arange(start, start + 500_000))
    assert best.numbers.tolist() == [0, 1, 2]


def test_fewer_points_than_asked_for_are_all_kept():
    best = Best(10, largest=False)
    best.add(np.array([2.0, np.nan, 1.0]), np.array([7, 8, 9]))
    assert best.numbers.tolist() == [9, 7]
    assert best.keys.tolist() == [1.0, 2.0]


# -- the front -----------------------------------------------------------------------------------------------


def undominated(keys, numbers):
    """By holding each point against each."""
    points = [(tuple(key), number) for key, number in zip(keys.tolist(), numbers.tolist(), strict=True)]
    points = [(key, number) for key, number in points if not any(np.isnan(key))]
    kept = [(key, number) for key, number in points if not any(beats(other, (key, number)) for other in points)]
    return [number for _, number in sorted(kept)]


def beats(one, other):
    (left, first), (right, second) = one, other
    if left == right:
        return first < second
    return all(a <= b for a, b in zip(left, right, strict=True))


def undominated_at_once(keys, numbers):
    """As `undominated`, of more points."""
    pairs = keys[:, None], keys[None]
    small, equal = np.less_equal(*pairs).all(axis=2), np.equal(*pairs).all(axis=2)
    return ~(small & (~equal | (numbers[:, None] < numbers[None]))).any(axis=0)


@given(st.integers(1, 5).flatmap(streams))
def test_the_front_is_what_no_other_point_beats(stream):
    keys, numbers, blocks = stream
    front = Front(keys.shape[1])
    for block in blocks:
        front.add(keys[block], numbers[block])
    assert front.numbers.tolist() == undominated(keys, numbers)
    assert len(front.keys) == len(front.numbers)


@given(st.integers(1, 5).flatmap(streams))
def test_to_merge_two_fronts_is_to_look_at_both_streams(stream):
    keys, numbers, blocks = stream
    whole = Front(keys.shape[1])
    for block in blocks:
        part = Front(keys.shape[1])
        part.add(keys[block], numbers[block])
        whole.merge(part)
    assert whole.numbers.tolist() == undominated(keys, numbers)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("levels", [3, 12, 10**6])
@pytest.mark.parametrize("bent", [False, True], ids=["anywhere", "on a bent sheet"])
def test_a_large_front_is_that_of_a_small_look(width, levels, bent, monkeypatch):
    """Enough points for every way of dividing them, many of them equal or with equal keys; whole, and in blocks."""
    monkeypatch.setattr(selection, "_WAITING", 100)
    monkeypatch.setattr(fronts, "_PAIRS", 64)
    random = np.random.default_rng(width * levels)
    keys = random.integers(0, levels, (1500, width)).astype(float)
    if bent and width > 1:  # where one key is good, another is bad: most points are of the front
        keys[:, -1] = (width - 1) * levels - keys[:, :-1].sum(axis=1)
    numbers = random.permutation(1500)
    expected = numbers[undominated_at_once(keys, numbers)]
    for blocks in (1, 7):
        front = Front(width)
        for part in np.array_split(np.arange(1500), blocks):
            front.add(keys[part], numbers[part])
        assert sorted(front.numbers) == sorted(expected)
    rows = front.keys.tolist()
    assert rows == sorted(rows)


@given(st.lists(st.tuples(*[KEYS] * 4), min_size=30, max_size=60))
def test_infinite_keys_are_keys_like_others(rows):
    keys = np.array([row for row in rows if not np.isnan(row).any()]).reshape(-1, 4)
    judges, others = keys[::2], keys[1::2]
    expected = (judges[:, None] <= others[None]).all(axis=2).any(axis=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fronts, "_PAIRS", 1)
        assert fronts._beaten(judges, others).tolist() == expected.tolist()


def test_a_front_that_grows_without_bound_is_refused(monkeypatch):
    monkeypatch.setattr(selection, "MOST_IN_FRONT", 100)
    front = Front(2)
    keys = np.stack([np.arange(101.0), -np.arange(101.0)], axis=1)
    front.add(keys[:100], np.arange(100))
    assert len(front.numbers) == 100
    front.add(keys, np.arange(100, 201))
    with pytest.raises(InvalidInput, match="the Pareto front has more than 100 points"):
        _ = front.numbers


def test_what_a_front_already_beats_does_not_wait(monkeypatch):
    """The memory is that of the front: points that lose are dropped as they come."""
    front = Front(2)
    front.add(np.zeros((1, 2)), np.array([0]))
    assert front.numbers.tolist() == [0]
    front.add(np.random.default_rng(1).random((10_000, 2)) + 1, np.arange(1, 10_001))
    assert front._n_waiting == 0
