"""Leaving out: each group of rows predicted with constants that were fitted without it, and the ranges that follow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .fitting import Fit, Task, fit

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

RANGE = 0.8
"""The share of measured values that a range is made to hold."""
FEWEST = 10
"""A range rests on the errors of so many rows of other groups at least."""
FEWEST_GROUPS = 3
"""... and of so many groups, where it is of one engine alone."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Predictions of rows by fits that had none of their group.

    `predicted`: of each row, NaN where it has none; `half_width`: the factor that a row's range reaches below and above
    its prediction, from the errors of other groups; NaN where those are too few. `fits`: by group.
    """

    predicted: Array
    half_width: Array
    fits: Mapping[str, Fit]


def leave_out(
    task: Task,
    start: Mapping[str, float],
    groups: Sequence[str],
    kinds: Sequence[str],
    rows: Array | None = None,
    free: Collection[str] | None = None,
    told: Callable[[str], None] | None = None,
    ranges: Sequence[str] | None = None,
) -> LeftOut:
    """Refit without each group in turn, from `start` on, and predict it.

    `groups`, `kinds`, `ranges`: what each row is called; rows of one name in `ranges` share a range, and where those
    are too few or it is not given, rows of a kind do. `rows`: whether a row counts in the fits; the others are
    predicted, too, by the fit without their group. `told` is called as each group is begun.
    """
    labels = np.array(groups)
    wanted = np.ones(len(labels), dtype=bool) if rows is None else rows
    predicted = np.full(len(labels), np.nan)
    fits: dict[str, Fit] = {}
    for group in dict.fromkeys(groups):
        if told:
            told(group)
        inside = labels == group
        fits[group] = fit(task, start, wanted & ~inside, free)
        logs = np.log(np.array([fits[group].values[name] for name in task.names]))
        predicted[inside] = (np.exp(task.ratios(logs)) * task.measured)[inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(np.log(predicted / task.measured))
    return LeftOut(predicted, other_groups(off, labels, np.array(kinds), wanted, np.array(ranges or kinds)), fits)


def other_groups(
    off: Array, groups: Array, kinds: Array, wanted: Array | None = None, ranges: Array | None = None
) -> Array:
    """Of each row, the factor that holds RANGE of the errors of like rows in other groups; NaN where those are few.

    Like rows are those of the same name in `ranges` where other groups have enough of them, else those of the same
    kind. `off`: |log(predicted / measured)| of each row; `wanted`: the rows whose errors count, where a kind has some.
    Never from a row's own group: that would be to look at the answer.
    """
    names = kinds if ranges is None else ranges
    found = np.full(len(off), np.nan)
    counting = np.ones(len(off), dtype=bool) if wanted is None else wanted
    for kind in np.unique(kinds):
        alike = kinds == kind
        counted = alike & np.isfinite(off) & (counting | ~(alike & counting).any())
        for name, group in {*zip(names[alike].tolist(), groups[alike].tolist(), strict=True)}:
            others = counted & (groups != group)
            own = others & (names == name)
            rests = own if _enough(own, groups) else others
            if rests.sum() >= FEWEST:
                found[alike & (names == name) & (groups == group)] = np.exp(np.quantile(off[rests], RANGE))
    return found


def widths(off: Array, ranges: Sequence[str], kinds: Sequence[str], groups: Sequence[str]) -> dict[str, float]:
    """By range, the factor that holds RANGE of its rows, or of all of their kind where they are too few.

    It is what to state for rows that are not among them.
    """
    names, sorts, labels = np.array(ranges), np.array(kinds), np.array(groups)
    told: dict[str, float] = {}
    for name in dict.fromkeys(ranges):
        own = (names == name) & np.isfinite(off)
        rests = own if _enough(own, labels) else np.isin(sorts, sorts[own]) & np.isfinite(off)
        if rests.sum() >= FEWEST:
            told[name] = float(np.exp(np.quantile(off[rests], RANGE)))
    return told


def _enough(rows: Array, groups: Array) -> bool:
    return bool(rows.sum() >= FEWEST and len(np.unique(groups[rows])) >= FEWEST_GROUPS)
