"""An engine's constants fitted to a file of measured rows: what moved, how sure that is, and what it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ..problems import Mark, Problem
from .determined import Refits, curvature, determined_fit, idle, refits_of
from .errors import Compared, Errors, errors_of
from .features import MEASURED, Features
from .fitting import Constant, Fit, Task
from .kinds import KINDS, groups_of, kinds_of, scales_of
from .leaving import FEWEST_GROUPS, LeftOut, leave_out, widths
from .left import Leave
from .neutral import neutral_values
from .predictions import Predictions
from .unfitted import unfitted_rows
from .validation import Validation

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

ALL = "all"
FEWEST_ROWS = 3
Told = Callable[[str, int], Callable[[str], None]]
"""Given what is counted and how many there are; what it gives is called as each is begun."""


class EngineConstant(Constant, Protocol):
    """A constant, and the sheets (names with spaces between) whose predictions rest on it; of all, if none is named."""

    @property
    def engines(self) -> tuple[str, ...]: ...


class Fittable(Protocol):
    """Predictions that rest on constants."""

    @property
    def name(self) -> str: ...
    @property
    def constants(self) -> Sequence[EngineConstant]: ...

    def predict(self, features: Features, values: Mapping[str, float] | None = None) -> Predictions:
        """With these constants in place of the sheet's, in declared units."""
        ...

    def at_points(self, features: Features, points: Mapping[str, Array]) -> Array:
        """Predictions alone at several points of all constants: points by rows."""
        ...

    def sheets_of(self, features: Features) -> Sequence[str]:
        """By which sheets each row is predicted, names with spaces between; '' for none."""
        ...

    def spreads_of(self, features: Features) -> Sequence[str]:
        """What the range of each row is made of, as `sheet.quantity`; '' for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Moved:
    """A constant before and after. `error`: standard error of its logarithm; `refits`: what became of it without each
    group; None where the rows do not determine it, which then stays as it was. `idle`: no row depends on it."""

    constant: EngineConstant
    value: float
    error: float | None
    refits: Refits | None
    idle: bool = False

    @property
    def fitted(self) -> bool:
        return self.error is not None


@dataclass(frozen=True, slots=True)
class Worth:
    """Errors of the rows of one kind: with the constants before, after, and with those fitted without a row's group."""

    before: Errors
    after: Errors
    left_out: Errors | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a fit came to.

    `rows`: of the features, whether each was fitted; `sheets`: by which each is predicted; `kinds`: by kind of figure;
    `widths`: the factors of ranges, by `sheet.quantity`; `pairs`: constants whose errors go together."""

    file: str
    engine: str
    features: Features
    rows: Array
    sheets: tuple[str, ...]
    groups: tuple[str, ...]
    moved: tuple[Moved, ...]
    pairs: tuple[tuple[str, str, float], ...]
    kinds: Mapping[str, Worth]
    widths: Mapping[str, float]
    fit: Fit
    left: LeftOut | None


def fit_task(model: Fittable, features: Features, centre: Mapping[str, float] | None = None) -> Task:
    """The rows of a table as what is fitted; the priors lie round the sheet's values, or round `centre`."""
    values = {each.name: each.value for each in model.constants}

    def predict(points: Mapping[str, Array]) -> Array:
        return model.at_points(features, points)

    measured = np.asarray(features[MEASURED], dtype=float)
    return Task(model.constants, predict, measured, np.array(scales_of(features)), centre or values)


def fitted_rows(model: Fittable, features: Features, engine: str = ALL) -> Array:
    """Whether constants are fitted to each row: by its kind and its settings, never by its error."""
    wanted = np.array([engine == ALL or is_of(sheets, engine) for sheets in model.sheets_of(features)], dtype=bool)
    return wanted & (np.array(scales_of(features)) > 0) & ~unfitted_rows(features)


def is_of(sheets: str, engine: str) -> bool:
    """Whether sheets (names with spaces between) have that of an engine among them: `engines/vllm` is that of vllm."""
    return any(sheet.rpartition("/")[2] == engine for sheet in sheets.split())


def engine_names(model: Fittable) -> list[str]:
    """What an engine can be called: the last part of the first of the sheets that its rows are predicted by."""
    return sorted({sheets.split()[0].rpartition("/")[2] for each in model.constants for sheets in each.engines})


def constants_of(model: Fittable, engine: str) -> list[str]:
    """The names of the constants that predictions of an engine rest on."""
    return [
        each.name
        for each in model.constants
        if engine == ALL or not each.engines or any(is_of(sheets, engine) for sheets in each.engines)
    ]


def calibrate(
    model: Fittable,
    found: Validation,
    engine: str,
    problems: list[Problem],
    leave: Leave = "group",
    cold: bool = False,
    told: Told | None = None,
) -> Calibration | None:
    """Fit the constants of an engine, or of all of them, to the rows of a file; None, with problems, if it cannot be.

    The priors lie round the sheet's values; where all constants are fitted, round neutral ones, so that a fit of the
    bundled sheets ends at the same values whatever they say, and nothing of a group that is left out comes back by
    them. `cold`: start from neutral values, too.
    """
    features = found.features
    rows = fitted_rows(model, features, engine)
    if len(features):
        rows &= np.isfinite(np.asarray(found.predictions.value, dtype=float))
    if int(rows.sum()) < FEWEST_ROWS:
        problems.append(_too_few(found, engine, int(rows.sum())))
        return None
    start = {each.name: each.value for each in model.constants}
    neutral = neutral_values(model.constants)
    task, free = fit_task(model, features, neutral if engine == ALL else None), constants_of(model, engine)
    fit, unfitted = determined_fit(task, start, rows, free)
    if not fit.free:
        problems.append(_nothing_determined(found, engine))
        return None
    if cold:
        begin = {
            **start,
            **{name: value for name, value in neutral_values(model.constants).items() if name in fit.free},
        }
        fit, _ = determined_fit(task, begin, rows, fit.free)
    groups = groups_of(features, leave)
    among = tuple(dict.fromkeys(name for name, counts in zip(groups, rows, strict=True) if counts))
    left = None
    if len(among) >= FEWEST_GROUPS:
        step = told(leave, len(set(groups))) if told else None
        spreads = model.spreads_of(features)
        left = leave_out(task, fit.values, groups, kinds_of(features), rows, fit.free, step, spreads)
    return _told(model, found, engine, task, rows, among, fit, unfitted, left)


def _told(
    model: Fittable, found: Validation, engine: str, task: Task, rows: Array, among: tuple[str, ...], fit: Fit,
    unfitted: tuple[str, ...], left: LeftOut | None,
) -> Calibration:  # fmt: skip
    sharp = curvature(task, fit, rows)
    fits = [left.fits[group] for group in among] if left else []
    flat = idle(task, fit.values, unfitted, rows)
    moved = [
        Moved(
            each, fit.values[each.name], sharp.errors.get(each.name),
            refits_of(fits, each.name) if fits and each.name in fit.free else None, each.name in flat,
        )
        for each in model.constants
        if each.name in fit.free or each.name in unfitted
    ]  # fmt: skip
    features = found.features
    after = np.exp(task.ratios(np.log(np.array([fit.values[name] for name in task.names])))) * task.measured
    before = np.asarray(found.predictions.value, dtype=float)
    kinds = kinds_of(features)
    shared = (_chosen(names, rows) for names in (model.spreads_of(features), kinds, groups_of(features, "group")))
    off = np.abs(np.log((left.predicted if left else after) / task.measured))
    return Calibration(
        found.file, engine, features, rows, tuple(model.sheets_of(features)), among, tuple(moved), sharp.pairs,
        _worths(kinds, rows, task.measured, before, after, left), widths(off[rows], *shared),
        fit, left,
    )  # fmt: skip


def _chosen(names: Sequence[str], rows: Array) -> list[str]:
    return [name for name, counts in zip(names, rows, strict=True) if counts]


def _worths(
    kinds: Sequence[str], rows: Array, measured: Array, before: Array, after: Array, left: LeftOut | None
) -> dict[str, Worth]:
    labels = np.array(kinds)
    told: dict[str, Worth] = {}
    for kind in (*KINDS, ALL):
        chosen = rows & ((labels == kind) | (kind == ALL))
        worths = [_errors(measured, each, chosen) for each in (before, after)]
        if worths[0] is not None and worths[1] is not None:
            told[kind] = Worth(worths[0], worths[1], left_errors(measured, left, chosen) if left else None)
    return told


def _errors(measured: Array, predicted: Array, rows: Array) -> Errors | None:
    return errors_of(
        Compared(float(value), float(told)) for value, told in zip(predicted[rows], measured[rows], strict=True)
    )


def left_errors(measured: Array, left: LeftOut, rows: Array) -> Errors | None:
    """The errors of left-out predictions of some rows, with what their ranges cover."""
    compared: list[Compared] = []
    for value, told, width in zip(left.predicted[rows], measured[rows], left.half_width[rows], strict=True):
        known = bool(np.isfinite(width))
        low, high = (float(value / width), float(value * width)) if known else (None, None)
        compared.append(Compared(float(value), float(told), low, high))
    return errors_of(compared)


def _too_few(found: Validation, engine: str, count: int) -> Problem:
    whose = "that constants can be fitted to" if engine == ALL else f"of {engine} that constants can be fitted to"
    rows = "no row" if not count else f"{count} row" + "s" * (count != 1)
    message = f"the file has {rows} {whose}: a fit takes {FEWEST_ROWS} at least"
    hint = f"roofsheet validate {found.file} says what became of each row"
    return Problem("fit", message, Mark(found.file, 1, 1), hint=hint)


def _nothing_determined(found: Validation, engine: str) -> Problem:
    whose = "constant" if engine == ALL else f"constant of {engine}"
    message = f"the rows determine no {whose} to within 30 %"
    hint = "rows of other models, batches or lengths tell constants apart that one setting cannot"
    return Problem("fit", message, Mark(found.file, 1, 1), hint=hint)
