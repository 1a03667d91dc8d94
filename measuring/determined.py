"""How well rows determine fitted constants: the curvature of the loss, and what the refits without a group say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from .fitting import WEIGHT, Fit, Task, counting, fit, spread_of

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

ENOUGH = 0.3
"""The largest standard error, as a logarithm, of a constant that rows determine: about 30 %."""
_FLAT = 1e-7
_NEAR = 1.005
CLOSE = 0.9
"""The correlation from which on two constants are told as a pair that cannot be told apart well."""


@dataclass(frozen=True, slots=True)
class Curvature:
    """What the loss says at a point. `errors`: standard errors of logarithms, by constant, as if rows were independent;
    `pairs`: the constants whose errors go together, and how much (-1 to 1)."""

    errors: Mapping[str, float]
    pairs: tuple[tuple[str, str, float], ...]


def curvature(task: Task, found: Fit, rows: Array | None = None) -> Curvature:
    """How sharply the free constants of a fit are determined; nothing, where none is free.

    A constant that no row depends on has the error that its prior alone leaves.
    """
    if not found.free:
        return Curvature({}, ())
    spread = _covariance(task, found.values, found.free, rows)
    errors = np.sqrt(np.diag(spread))
    related = spread / np.outer(errors, errors)
    pairs = [
        (left, right, float(related[i, j]))
        for i, left in enumerate(found.free)
        for j, right in enumerate(found.free)
        if i < j and abs(related[i, j]) > CLOSE
    ]
    pairs.sort(key=lambda pair: -abs(pair[2]))
    return Curvature(dict(zip(found.free, errors.tolist(), strict=True)), tuple(pairs))


def _covariance(task: Task, values: Mapping[str, float], free: Sequence[str], rows: Array | None) -> Array:
    logs = np.log(np.array([values[name] for name in task.names]))
    counted = counting(task, logs, rows)
    z = task.ratios(logs)[counted] / task.scale[counted]
    steep = task.slopes(logs, free)[counted] / task.scale[counted][:, None]
    weight = 1 / np.hypot(1, z)  # rows far off count less, as they do in the loss
    spreads = {each.name: spread_of(each) for each in task.constants}
    prior = np.diag([(WEIGHT / spreads[name]) ** 2 for name in free])
    # rows that scatter more than their scales say less; those that happen to lie closer say no more
    spare = max(1, int(counted.sum()) - len(free))
    noise = max(1.0, float(np.sum(weight * z**2)) / spare)
    return np.linalg.inv((steep * weight[:, None]).T @ steep / noise + prior)


def determined_fit(
    task: Task, start: Mapping[str, float], rows: Array | None = None, among: Collection[str] | None = None
) -> tuple[Fit, tuple[str, ...]]:
    """A fit of the constants that the rows determine, and the names of the others, which stay as they start.

    Those with the largest standard error are let go one by one, since of two that cannot be told apart one suffices;
    then again at the fitted values, with those that ended at a bound. It begins with those that are sharp where it
    starts or where a fit of all of them ends: far from the best values, as at a cold start, all rows scatter and few
    constants look sharp; with few rows, a fit of all goes astray.
    """
    free = [name for name in task.names if among is None or name in among]
    whole = fit(task, start, rows, free).values
    sharp = {name for values in (start, whole) for name in _determined(task, values, free, rows)}
    kept = [name for name in free if name in sharp]
    while True:
        found = fit(task, start, rows, kept)
        inside = [name for name in found.free if not _at_bound(task, found, name)]
        still = _determined(task, found.values, inside, rows)
        if len(still) == len(found.free):
            return found, tuple(name for name in free if name not in still)
        kept = still


def idle(task: Task, values: Mapping[str, float], names: Collection[str], rows: Array | None = None) -> tuple[str, ...]:
    """Those of the constants that no row depends on at these values."""
    logs = np.log(np.array([values[name] for name in task.names]))
    counted, wanted = counting(task, logs, rows), [name for name in task.names if name in names]
    if not wanted:
        return ()
    steep = np.abs(task.slopes(logs, wanted)[counted])
    return tuple(name for place, name in enumerate(wanted) if not (steep[:, place] > _FLAT).any())


def _at_bound(task: Task, found: Fit, name: str) -> bool:
    """Whether a fit ended at the end of what a constant may be: the rows would have it anywhere beyond."""
    constant = task.constants[task.names.index(name)]
    return not constant.low * _NEAR < found.values[name] < constant.high / _NEAR


def _determined(task: Task, values: Mapping[str, float], free: list[str], rows: Array | None) -> list[str]:
    while free:
        errors = curvature(task, Fit(values, tuple(free), 0.0, 0), rows).errors
        worst = max(free, key=lambda name: errors[name])
        if errors[worst] <= ENOUGH:
            break
        free = [name for name in free if name != worst]
    return free


@dataclass(frozen=True, slots=True)
class Refits:
    """What a constant became where each group was left out: the least, the most, and the jackknife's standard error of
    its logarithm, which counts rows of one group as one."""

    low: float
    high: float
    error: float


def refits_of(fits: Sequence[Fit], name: str) -> Refits:
    """The spread of a constant over refits, of which there is one at least."""
    values = np.array([each.values[name] for each in fits])
    logs = np.log(values)
    count = len(fits)
    error = sqrt((count - 1) / count * float(np.sum((logs - logs.mean()) ** 2)))
    return Refits(float(values.min()), float(values.max()), error)
