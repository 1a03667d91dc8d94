"""The seam for predictions: whatever gives a value, and perhaps an interval, for each row of features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .features import FLOOR, Features


@dataclass(frozen=True, slots=True)
class Predictions:
    """A value for each row, in the declared unit of the row's quantity; NaN where there is none.

    `low`, `high`: the ends of an interval for each row, empty where the predictor gives none. `why`: for each row why
    it has no prediction, '' for those that have one; empty where nothing is said.
    """

    value: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    why: Sequence[str] = ()


class Predictor(Protocol):
    """What predicts; `name` is what reports call it, and no report says more of it than that."""

    @property
    def name(self) -> str: ...

    def predict(self, features: Features) -> Predictions:
        """The predictions, in the order of the rows. Figures of several copies of a model are for all of them."""
        ...


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor itself, which is a bound and no prediction: nothing is so fast."""

    name: str = "floor"

    def predict(self, features: Features) -> Predictions:
        return Predictions(features[FLOOR])
