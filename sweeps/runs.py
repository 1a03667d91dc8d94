"""Runs of numbers: how many there are is known before any of them is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]

HIT = 1e-9  # an end that the steps miss by less, relative, is one of the numbers
_WHOLE = 1e-13  # a log scale's number that is this near to a whole one, relative, is the whole one
_EXACT = 2**53  # whole floats up to it are exact


@dataclass(frozen=True, slots=True)
class Run:
    """`count` numbers from `first` to `last`, both of them included: evenly spaced, or evenly on a log scale.

    A log scale's ends are of one sign. `decimals`: the numbers of an even run have no more than these; None: any.
    """

    first: float
    last: float
    count: int = 1
    spacing: Literal["even", "log"] = "even"
    decimals: int | None = None

    def numbers(self) -> Array:
        """The numbers as floats, in order; the ends are exact, and on a log scale whole numbers are, too."""
        if self.count == 1:
            return np.array([self.first])
        if self.spacing == "log":
            found = np.geomspace(self.first, self.last, self.count)
            whole = np.rint(found)
            near = np.abs(found - whole) <= _WHOLE * np.abs(whole)
            near[[0, -1]] = False
            return np.where(near, whole, found)
        found = np.linspace(self.first, self.last, self.count)
        return found if self.decimals is None else np.round(found, self.decimals)


def stepped(first: float, last: float, step: float) -> Run:
    """`first`, `first + step` ... up to `last`, which is one of them if a step hits it to 1e-9, relative.

    The step is positive, and `last` not below `first`. As many decimals as the ends and the step have are kept, so
    that `0.1..0.5 by 0.1` has 0.3 in it and not 0.30000000000000004.
    """
    steps = min((last - first) / step, 1e18)
    whole = round(steps)
    if abs(steps - whole) <= HIT * max(1.0, steps):
        return Run(first, last, whole + 1, decimals=_decimals(first, last, step))
    whole = int(steps)
    return Run(first, first + whole * step, whole + 1, decimals=_decimals(first, first, step))


def joined(runs: Sequence[Run]) -> Array:
    """The numbers of all runs, one after the other."""
    return np.concatenate([run.numbers() for run in runs])


def first_repeat(runs: Sequence[Run], numbers: Array) -> tuple[int, float] | None:
    """The first number that stood before, and in which run it is; None if all differ. `numbers`: as `joined`."""
    if np.all(numbers[1:] > numbers[:-1]):
        return None
    _, firsts = np.unique(numbers, return_index=True)
    if len(firsts) == len(numbers):
        return None
    again = np.ones(len(numbers), bool)
    again[firsts] = False
    at = int(np.argmax(again))
    ends = np.cumsum([run.count for run in runs])
    return int(np.searchsorted(ends, at, side="right")), float(numbers[at])


def _decimals(first: float, last: float, step: float) -> int | None:
    """The decimals of the numbers, as far as rounding to them changes no end; None where that may not be."""
    exponents = (Decimal(repr(number)).normalize().as_tuple().exponent for number in (first, last, step))
    found = max(-int(each) for each in exponents)
    largest = max(abs(first), abs(last))
    return found if 0 <= found <= 15 and largest * 10.0**found < _EXACT else None
