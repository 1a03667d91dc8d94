"""Constants fitted to measured rows: a robust loss of log(predicted / measured), in the logarithms of the constants.

What is minimised, over the rows with z = log(predicted / measured) / scale, and over the free constants:

    sum of 2 * (sqrt(1 + z**2) - 1)  +  sum of (WEIGHT * log(value / centre) / spread)**2

The first is the soft-L1 loss: a square for rows within a scale, a straight line for those far off, so that a wrong row
pulls as much as a bad one and no more. The second is a weak log-normal prior round the constant's centre.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

WEIGHT = 0.3
"""What one prior counts, against one row: a constant a whole spread away costs 0.09."""
SPREADS = {"": 0.4}
OTHER_SPREAD = 1.0
"""How far constants lie from their centre, in logarithms: shares of something (no unit) within a factor of 1.5, all
others of 2.7."""
STEP = 1e-4  # of a logarithm, for finite differences: predictions are exact to 1e-12
_INSIDE = 1e-3  # of a logarithm: a fit starts within its bounds
TOLERANCE = 1e-4  # of logarithms
_FLATTER = 1e-2  # of the loss, relative: near its least a loss hardly moves
MOST_STEPS = 60


class Constant(Protocol):
    """One number to fit, in its declared unit; a fit keeps it from `low` to `high`, which are above 0."""

    @property
    def name(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


Predict = Callable[[Mapping[str, "Array"]], "Array"]
"""By constants' values at several points, equally many of each, the predictions: points by rows."""


@dataclass
class Task:
    """Rows and what predicts them.

    `measured`, `scale`: of each row, in any units, above 0; `predict`: in the measured ones' units. `centre`: of the
    priors, by name. What the latest points gave is kept, and what the first one did, from which every refit starts.
    """

    constants: Sequence[Constant]
    predict: Predict
    measured: Array
    scale: Array
    centre: Mapping[str, float]
    _kept: dict[bytes, tuple[Array, Array]] = field(default_factory=dict[bytes, "tuple[Array, Array]"])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.constants)

    def ratios(self, logs: Array) -> Array:
        """log(predicted / measured) of each row at these logarithms of the constants, in their order."""
        return self._told(logs)[0]

    def slopes(self, logs: Array, free: Sequence[str]) -> Array:
        """How the ratios change with the logarithm of each free constant: rows by constants, by finite differences."""
        return self._told(logs)[1][:, [self.names.index(name) for name in free]]

    def _told(self, logs: Array) -> tuple[Array, Array]:
        """Ratios, and their slopes with every constant: one call, which costs little more than the ratios alone."""
        key = logs.tobytes()
        if key not in self._kept:
            _forget(self._kept)
            moved = np.vstack([logs, logs + STEP * np.eye(len(logs))])
            points = dict(zip(self.names, np.exp(moved).T, strict=True))
            with np.errstate(divide="ignore", invalid="ignore"):
                found = np.log(self.predict(points)) - np.log(self.measured)
            self._kept[key] = (found[0], ((found[1:] - found[0]) / STEP).T)
        return self._kept[key]


def _forget(kept: dict[bytes, tuple[Array, Array]], most: int = 8) -> None:
    """Make room: all but the first go."""
    for key in list(kept)[1:] if len(kept) >= most else ():
        del kept[key]


@dataclass(frozen=True, slots=True)
class Fit:
    """Fitted constants. `values`: of all, in declared units; `free`: those that were fitted; `loss`: of the rows."""

    values: Mapping[str, float]
    free: tuple[str, ...]
    loss: float
    steps: int


def spread_of(constant: Constant) -> float:
    """The spread of the constant's prior, as a logarithm."""
    return SPREADS.get(constant.unit, OTHER_SPREAD)


def fit(task: Task, start: Mapping[str, float], rows: Array | None = None, free: Collection[str] | None = None) -> Fit:
    """The constants that fit the rows best, from `start` on; those that are not `free` stay as they start.

    `rows`: whether each row counts; all that have a prediction, if it is not given.
    Promise: a row without a prediction at the start never counts. The same for measured rows in any order or unit.
    """
    optimize: Any = import_module("scipy.optimize")  # 0.3 s; it has no types
    logs = np.log(np.array([start[each.name] for each in task.constants], dtype=float))
    fitted = [each for each in task.constants if free is None or each.name in free]
    places = [task.names.index(each.name) for each in fitted]
    counted = counting(task, logs, rows)
    if not fitted or not counted.any():
        return Fit(dict(start), (), loss(task.ratios(logs)[counted] / task.scale[counted]), 0)
    names = [each.name for each in fitted]
    centre = np.log(np.array([task.centre[name] for name in names]))
    pull = np.array([WEIGHT / spread_of(each) for each in fitted])

    def all_logs(moving: Array) -> Array:
        whole = logs.copy()
        whole[places] = moving
        return whole

    def residuals(moving: Array) -> Array:
        z = task.ratios(all_logs(moving))[counted] / task.scale[counted]
        return np.concatenate([np.sign(z) * np.sqrt(_soft(z)), pull * (moving - centre)])

    def slopes(moving: Array) -> Array:
        z = task.ratios(all_logs(moving))[counted] / task.scale[counted]
        steep = task.slopes(all_logs(moving), names)[counted] / task.scale[counted][:, None]
        return np.concatenate([steep * _steepness(z)[:, None], np.diag(pull)])

    bounds = np.log(np.array([[each.low for each in fitted], [each.high for each in fitted]]))
    begin = np.clip(logs[places], bounds[0] + _INSIDE, bounds[1] - _INSIDE)
    found = cast(
        "_Found",
        optimize.least_squares(
            residuals, begin, jac=slopes, bounds=(bounds[0], bounds[1]), max_nfev=MOST_STEPS,
            xtol=TOLERANCE, ftol=TOLERANCE * _FLATTER, gtol=TOLERANCE * _FLATTER,
        ),
    )  # fmt: skip
    values = dict(zip(names, np.exp(found.x).tolist(), strict=True))
    z = task.ratios(all_logs(found.x))[counted] / task.scale[counted]
    return Fit({**start, **values}, tuple(names), loss(z), int(found.nfev))


class _Found(Protocol):
    x: Array
    nfev: int


def counting(task: Task, logs: Array, rows: Array | None = None) -> Array:
    """Whether each row counts: it is wanted and has a prediction."""
    known = np.isfinite(task.ratios(logs)) & (task.scale > 0)
    return known if rows is None else known & rows


def loss(z: Array) -> float:
    """The soft-L1 loss of ratios over their scales."""
    return float(np.sum(_soft(z)))


def _soft(z: Array) -> Array:
    return 2 * (np.hypot(1, z) - 1)


def _steepness(z: Array) -> Array:
    """The derivative of sign(z) * sqrt(soft(z))."""
    small = np.abs(z) < 1e-6
    safe = np.where(small, 1.0, z)
    return np.where(small, 1.0, np.abs(safe) / (np.hypot(1, safe) * np.sqrt(_soft(safe))))
