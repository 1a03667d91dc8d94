"""How far predictions are from what was measured: counts, errors and coverage, over all rows and by groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

_ABOUT = 1 + 1e-9  # 110 for 100 is 10.000000000000009 percent in floats


@dataclass(frozen=True, slots=True)
class Compared:
    """One row: predicted and measured in one unit, both above 0; an interval where the prediction has one."""

    predicted: float
    measured: float
    low: float | None = None
    high: float | None = None
    weight: float = 1.0

    @property
    def error(self) -> float:
        """Signed, in percent of what was measured: 100 is twice as much, -50 half."""
        return 100 * (self.predicted / self.measured - 1)

    @property
    def covered(self) -> bool | None:
        """Whether the interval holds the measured value; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True)
class Errors:
    """Of some rows, all but the count in percent, weighted.

    `median`, `mean`, `p90`: of the errors without their sign; `bias`: the mean with it; `within_10`, `within_25`: share
    of the rows whose error is that small; `coverage`: share of the intervals that hold the measured value, None where
    there are none.
    """

    count: int
    median: float
    mean: float
    bias: float
    p90: float
    within_10: float
    within_25: float
    coverage: float | None = None


def errors_of(rows: Iterable[Compared]) -> Errors | None:
    """The errors of the rows that have a prediction; None if none has.

    Promise: the same for measured and predicted in any other unit; a row of weight 2 counts as two rows.
    """
    told = [row for row in rows if isfinite(row.predicted) and row.weight > 0]
    if not told:
        return None
    weights = [row.weight for row in told]
    signed = [row.error for row in told]
    sizes = [abs(error) for error in signed]
    covered = [(row.covered, row.weight) for row in told if row.covered is not None]
    return Errors(
        len(told),
        quantile(sizes, weights, 0.5),
        _mean(sizes, weights),
        _mean(signed, weights),
        quantile(sizes, weights, 0.9),
        _share([size <= 10 * _ABOUT for size in sizes], weights),
        _share([size <= 25 * _ABOUT for size in sizes], weights),
        _share([held for held, _ in covered], [weight for _, weight in covered]) if covered else None,
    )


def quantile(values: Sequence[float], weights: Sequence[float], share: float) -> float:
    """The value that a share of the weight lies at or below; between two that it falls on, their mean.

    So the median is the one that everybody means, and a weight is the same as repeating.
    """
    ordered = sorted(zip(values, weights, strict=True))
    wanted = share * fsum(weights)
    before = 0.0
    for place, (value, weight) in enumerate(ordered):
        before += weight
        if abs(before - wanted) <= 1e-9 * wanted and place + 1 < len(ordered):
            return (value + ordered[place + 1][0]) / 2
        if before > wanted:
            return value
    return ordered[-1][0]


def grouped(rows: Sequence[Compared], names: Sequence[str]) -> Mapping[str, Errors]:
    """The errors of the rows of each name, in the order of names."""
    groups: dict[str, list[Compared]] = {}
    for row, name in zip(rows, names, strict=True):
        groups.setdefault(name, []).append(row)
    found = {name: errors_of(groups[name]) for name in sorted(groups)}
    return {name: errors for name, errors in found.items() if errors is not None}


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return fsum(value * weight for value, weight in zip(values, weights, strict=True)) / fsum(weights)


def _share(held: Sequence[bool | None], weights: Sequence[float]) -> float:
    return 100 * fsum(weight for each, weight in zip(held, weights, strict=True) if each) / fsum(weights)
