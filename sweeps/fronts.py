"""Which points are beaten: the work behind a Pareto front, by dividing and conquering (Kung, Luccio, Preparata 1975).

Keys are rows; all are to be small. Sorted by the first key, a point is beaten by earlier ones only, so the first half's
front takes out of the second half's what it is not larger than in the other keys: a problem of one key less. With two
keys left that is a look-up in a staircase, so a front of n points of three keys costs n log(n)**2, however large it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .runs import Array

_PAIRS = 16_384  # so many pairs of points are compared directly
_CANDIDATES, _SAMPLE, _JUDGES = 256, 1024, 16  # some points are held against some: a few that beat many beat nearly all


def front_of(keys: Array, numbers: Array) -> Array:
    """Places of the points that none dominates, of equal ones the smallest number's; sorted by keys, then number."""
    left = np.arange(len(keys))
    while len(left) > _SAMPLE:  # of points at random, hardly any are left; where it does not help, it costs little
        few = left[unbeaten(best_judges(keys[left], keys[left]), keys[left])]
        helped, left = len(few) < len(left) / 2, few
        if not helped:
            break
    order = left[np.lexsort((numbers[left], *keys[left].T[::-1]))]
    return order[_kept(keys[order])]


def best_judges(front: Array, keys: Array) -> list[Array]:
    """A few of the front's points that together dominate most of a sample of the others, the best first."""
    if not len(front) or not len(keys):
        return []
    candidates, sample = _some(front, _CANDIDATES), _some(keys, _SAMPLE)
    beats = np.array([_dominated(judge, sample) for judge in candidates])
    found: list[Array] = []
    while len(found) < _JUDGES:
        best = int(np.count_nonzero(beats, axis=1).argmax())
        if not beats[best].any():
            break
        found.append(candidates[best])
        beats &= ~beats[best]
    return found


def unbeaten(judges: Sequence[Array], keys: Array) -> Array:
    """Places of the points that none of the judges dominates."""
    left = np.arange(len(keys))
    for judge in judges:
        left = left[~_dominated(judge, keys if len(left) == len(keys) else keys[left])]
    return left


def _some(keys: Array, count: int) -> Array:
    return keys[:: max(1, len(keys) // count)]


def _dominated(judge: Array, keys: Array) -> Array:
    """True for the rows that are nowhere smaller than the judge's keys, and somewhere larger."""
    found = keys[:, 0] >= judge[0]
    for column in range(1, keys.shape[1]):
        found &= keys[:, column] >= judge[column]
    places = np.flatnonzero(found & (keys[:, 0] == judge[0]))
    found[places[(keys[places] == judge).all(axis=1)]] = False
    return found


def _kept(keys: Array) -> Array:
    """Places of the rows that no earlier one equals or dominates; the rows are sorted, so none later does."""
    if keys.shape[1] == 1:
        return np.arange(min(1, len(keys)))
    if keys.shape[1] == 2:
        lowest = np.minimum.accumulate(keys[:, 1])
        return np.flatnonzero(np.append(True, keys[1:, 1] < lowest[:-1])[: len(keys)])
    if len(keys) ** 2 <= _PAIRS:
        return np.flatnonzero(~np.logical_or.reduce(np.triu(_pairs(keys, keys), 1)))
    half = len(keys) // 2
    first, second = _kept(keys[:half]), half + _kept(keys[half:])
    return np.append(first, second[~_beaten(keys[first, 1:], keys[second, 1:])])


def _beaten(judges: Array, keys: Array) -> Array:
    """True for the rows that are nowhere smaller than some judge's keys, two or more."""
    if not len(judges) or not len(keys):
        return np.zeros(len(keys), bool)
    if keys.shape[1] == 2:
        return _above_staircase(judges, keys)
    if len(judges) * len(keys) > _PAIRS:
        return _beaten_by_halves(judges, keys)
    return np.logical_or.reduce(_pairs(judges, keys))


def _pairs(judges: Array, keys: Array) -> Array:
    """A row for each judge: where it is nowhere larger than the keys."""
    found = judges[:, None, 0] <= keys[None, :, 0]
    for column in range(1, keys.shape[1]):
        found &= judges[:, None, column] <= keys[None, :, column]
    return found


def _above_staircase(judges: Array, keys: Array) -> Array:
    steps = judges[np.argsort(judges[:, 0], kind="stable")]
    lowest = np.append(np.inf, np.minimum.accumulate(steps[:, 1]))
    found = np.searchsorted(steps[:, 0], keys[:, 0], side="right")
    return (found > 0) & (keys[:, 1] >= lowest[found])


def _beaten_by_halves(judges: Array, keys: Array) -> Array:
    """As `_beaten`: a judge below the middle of the first key needs no look at it for the rows that are not."""
    firsts = np.append(judges[:, 0], keys[:, 0])
    middle = np.partition(firsts, len(firsts) // 2)[len(firsts) // 2]  # one of them: the mean of two may be no number
    below, at = judges[:, 0] < middle, judges[:, 0] == middle
    low, same = keys[:, 0] < middle, keys[:, 0] == middle
    high = ~(low | same)
    found = np.zeros(len(keys), bool)
    found[low] = _beaten(judges[below], keys[low])
    found[same | high] = _beaten(judges[below | at, 1:], keys[same | high, 1:])
    left = np.flatnonzero(high & ~found)
    found[left] = _beaten(judges[~(below | at)], keys[left])
    return found
