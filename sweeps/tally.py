"""What is counted of a sweep while it runs: points, those kept, those that have no value and why, and ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .rows import Rows, Words


@dataclass(slots=True)
class Extreme:
    """An output's least or largest number, and the first point that has it."""

    value: float
    number: int


@dataclass(slots=True)
class Tally:
    """Counts of points. `reasons`: of those kept, why the first missing output is missing; `undecided`: of the others,
    why nobody can tell whether they are to be kept. `least`, `largest`: by output, of the kept ones."""

    points: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])
    undecided: Counter[str] = field(default_factory=Counter[str])
    least: dict[str, Extreme] = field(default_factory=dict[str, Extreme])
    largest: dict[str, Extreme] = field(default_factory=dict[str, Extreme])

    def add_rows(self, rows: Rows) -> None:
        """Count points that are kept."""
        self.kept += len(rows)
        count_words(self.reasons, rows.why)
        self.add_ranges(rows)

    def add_ranges(self, rows: Rows) -> None:
        """Widen the ranges of outputs."""
        for name, column in rows.columns.items():
            if not isinstance(column, Words) and len(column):
                self._range(name, column, rows.numbers)

    def _range(self, name: str, column: Any, numbers: Any) -> None:
        for found, pick, better in ((self.least, np.fmin, np.less), (self.largest, np.fmax, np.greater)):
            value = float(pick.reduce(column))
            known = found.get(name)
            if value == value and (known is None or better(value, known.value)):
                found[name] = Extreme(value, int(numbers[int(np.argmax(column == value))]))

    def add(self, other: Tally) -> None:
        """Count what another counted, of other points."""
        self.points += other.points
        self.kept += other.kept
        self.reasons.update(other.reasons)
        self.undecided.update(other.undecided)
        _merge(self.least, other.least, -1)
        _merge(self.largest, other.largest, 1)

    @property
    def failed(self) -> int:
        """How many of the points kept lack a value."""
        return sum(self.reasons.values())

    def record(self) -> dict[str, Any]:
        """As data."""
        return {
            "points": self.points,
            "kept": self.kept,
            "reasons": dict(self.reasons),
            "undecided": dict(self.undecided),
            "least": {name: [each.value, each.number] for name, each in self.least.items()},
            "largest": {name: [each.value, each.number] for name, each in self.largest.items()},
        }


def tally_of(record: Mapping[str, Any]) -> Tally:
    """The tally that a record says."""
    least = {name: Extreme(*each) for name, each in record["least"].items()}
    largest = {name: Extreme(*each) for name, each in record["largest"].items()}
    return Tally(
        record["points"], record["kept"], Counter(record["reasons"]), Counter(record["undecided"]), least, largest
    )


def count_words(counts: Counter[str], column: Words) -> None:
    """Count each of a column's words."""
    if len(column.words):
        found = np.bincount(column.codes + np.int32(1), minlength=len(column.words) + 1)
        counts.update({word: int(count) for word, count in zip(column.words, found[1:], strict=True) if count})


def _merge(found: dict[str, Extreme], other: Mapping[str, Extreme], sign: int) -> None:
    for name, each in other.items():
        known = found.get(name)
        if known is None or (sign * each.value, -each.number) > (sign * known.value, -known.number):
            found[name] = each
