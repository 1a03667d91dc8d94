"""Of a stream of points, those worth keeping: the best by one number, and the Pareto front of several.

Points come in blocks, as keys (floats) and numbers (int64: which point of the sweep each is, none twice). What is kept
does not depend on how the stream was cut, nor on the order of its blocks: where keys are equal, the smaller number
goes first. A point with a NaN among its keys has no value and is never kept.
"""

from __future__ import annotations

import numpy as np

from ..problems import InvalidInput, Problem
from .fronts import best_judges, front_of, unbeaten
from .runs import Array

MOST_IN_FRONT = 1_000_000
_WAITING = 65_536  # points that are looked through together, at least, and after which judges are chosen anew


class Best:
    """The `count` points of the largest keys, or of the smallest; in memory, as many and one block.

    Promise: equal to sorting the whole stream by key and number, and taking the first `count`.
    """

    def __init__(self, count: int, largest: bool = True) -> None:
        self.count, self.largest = max(0, count), largest
        self._keys: Array = np.empty(0)
        self._numbers: Array = np.empty(0, np.int64)

    @property
    def keys(self) -> Array:
        """Those of the kept points, the best first."""
        return self._keys

    @property
    def numbers(self) -> Array:
        """The kept points' numbers, the best first."""
        return self._numbers

    def add(self, keys: Array, numbers: Array) -> None:
        """Look at a block: `keys` and `numbers` of one length."""
        keys = np.asarray(keys, float)
        chosen = self._hopeful(keys, numbers)
        keys = np.concatenate([self._keys, keys[chosen]])
        numbers = np.concatenate([self._numbers, np.asarray(numbers, np.int64)[chosen]])
        worst_last = -keys if self.largest else keys
        if len(keys) > 4 * self.count > 0:  # most of them are none: sort those that may be
            edge = np.partition(worst_last, self.count - 1)[self.count - 1]
            inside = np.flatnonzero(worst_last <= edge)
            keys, numbers, worst_last = keys[inside], numbers[inside], worst_last[inside]
        order = np.lexsort((numbers, worst_last))[: self.count]
        self._keys, self._numbers = keys[order], numbers[order]

    def merge(self, other: Best) -> None:
        """Look at what another has kept of other points."""
        self.add(other.keys, other.numbers)

    def _hopeful(self, keys: Array, numbers: Array) -> Array:
        """Which points of a block may come among the best: no NaN, and not behind all that are kept."""
        if len(self._keys) < self.count or not self.count:
            return np.flatnonzero(~np.isnan(keys)) if self.count else np.empty(0, np.intp)
        edge, last = self._keys[-1], self._numbers[-1]
        found = np.flatnonzero(keys >= edge if self.largest else keys <= edge)
        return found[(keys[found] != edge) | (np.asarray(numbers)[found] < last)]


class Front:
    """The points that no other dominates: none is as small in each of `width` keys and smaller in one.

    Of points with equal keys, the one with the smallest number is kept: the front is a set of trade-offs, and a plateau
    of a million points is one of them. In memory: the front, and as many points again that wait to be looked through.
    Errors: `InvalidInput` when a front has more than MOST_IN_FRONT points, if only after part of the stream.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._keys: Array = np.empty((0, width))
        self._numbers: Array = np.empty(0, np.int64)
        self._waiting: list[tuple[Array, Array]] = []
        self._n_waiting = 0
        self._judges: list[Array] = []  # points of a front so far that most points lose against
        self._judged = 0

    @property
    def keys(self) -> Array:
        """Those of the front, a row for each point; sorted by the first, then the second ..., then the number."""
        self._settle()
        return self._keys

    @property
    def numbers(self) -> Array:
        """The numbers of the front's points, in the order of `keys`."""
        self._settle()
        return self._numbers

    def add(self, keys: Array, numbers: Array) -> None:
        """Look at a block: `keys` of shape (points, width), all to be small, and `numbers`."""
        keys, numbers = np.asarray(keys, float).reshape(-1, self.width), np.asarray(numbers, np.int64)
        if np.isnan(keys).any():
            valued = ~np.isnan(keys).any(axis=1)
            keys, numbers = keys[valued], numbers[valued]
        left = unbeaten(self._judges_of(keys), keys)
        self._waiting.append((keys[left], numbers[left]))
        self._n_waiting += len(left)
        if self._n_waiting > max(_WAITING, len(self._numbers)):
            self._settle()

    def _judges_of(self, keys: Array) -> list[Array]:
        self._judged += len(keys)
        if not self._judges or self._judged > _WAITING:
            self._judges, self._judged = best_judges(self._keys, keys), 0
        return self._judges

    def merge(self, other: Front) -> None:
        """Look at what another has kept of other points."""
        self.add(other.keys, other.numbers)

    def _settle(self) -> None:
        """Put what waits and the front together."""
        if not self._n_waiting:
            return
        keys = np.concatenate([self._keys, *(keys for keys, _ in self._waiting)])
        numbers = np.concatenate([self._numbers, *(numbers for _, numbers in self._waiting)])
        self._waiting, self._n_waiting = [], 0
        chosen = front_of(keys, numbers)
        if len(chosen) > MOST_IN_FRONT:
            message = f"the Pareto front has more than {MOST_IN_FRONT:,} points"
            hint = "fewer quantities in it, or fewer points: a condition on them, or larger steps"
            raise InvalidInput([Problem("value", message, hint=hint)])
        self._keys, self._numbers = keys[chosen], numbers[chosen]
