"""How exact predictions are on rows that no constant was fitted to, beside the same in sample and the floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from .calibration import ALL, Calibration, Fittable, Told, calibrate
from .errors import Compared, Errors, errors_of
from .kinds import KIND, KINDS, SCALES, groups_of, kinds_of
from .left import Leave
from .predictions import Floor, Predictions
from .unfitted import unfitted_by
from .validation import Validation, against, group_names

TOGETHER = "all of these"


@dataclass(frozen=True, slots=True)
class Exact:
    """The errors of some rows. `groups`: how many groups were left out of them; `width`: the geometric mean of the
    factors of their ranges, None where there is none."""

    rows: int
    groups: int
    floor: Errors
    in_sample: Errors
    left_out: Errors
    width: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The rows of a file that were fitted, each predicted by constants that its group had no part in.

    `floor`, `in_sample`, `left_out`: the same rows in the same order, against each.
    """

    leave: Leave
    calibration: Calibration
    floor: Validation
    in_sample: Validation
    left_out: Validation

    def by(self, group: str, of_kind: str = "") -> Mapping[str, Exact]:
        """The errors of fitted rows, of one kind if it is named, by the words of a group; `kind` is one."""
        kinds = kinds_of(self.floor.features)
        names = group_names(self.floor.features, group)
        fitted = self.calibration.rows.tolist()
        wanted = [
            name if counts and (not of_kind or kind == of_kind) else None
            for name, kind, counts in zip(names, kinds, fitted, strict=True)
        ]
        order = KINDS if group == KIND else sorted({name for name in wanted if name is not None})
        found = {name: self._exact([each == name for each in wanted]) for name in order}
        return {name: exact for name, exact in found.items() if exact is not None}

    @property
    def overall(self) -> Exact | None:
        """Of all fitted rows together."""
        return self._exact(self.calibration.rows.tolist())

    def unseen(self) -> Mapping[str, Errors]:
        """The errors of rows that no constant is fitted to, by the rule that keeps them out, else by kind.

        The priors and the other rows are all that they rest on; nothing was tried on them.
        """
        kinds, rules = kinds_of(self.floor.features), unfitted_by(self.floor.features)
        names = [rule or (kind if kind not in SCALES else "") for rule, kind in zip(rules, kinds, strict=True)]
        found = {
            name: errors_of(each for each, called in zip(self.left_out.compared, names, strict=True) if called == name)
            for name in dict.fromkeys(names)
            if name
        }
        return {name: errors for name, errors in found.items() if errors is not None}

    def _exact(self, wanted: Sequence[bool]) -> Exact | None:
        floor, inside, left = (
            errors_of(_some(each.compared, wanted)) for each in (self.floor, self.in_sample, self.left_out)
        )
        if floor is None or inside is None or left is None:
            return None
        groups = groups_of(self.floor.features, self.leave)
        several = {name for name, counts in zip(groups, wanted, strict=True) if counts}
        widths = self.calibration.left.half_width[np.array(wanted)] if self.calibration.left else np.array([])
        logs = np.log(widths[np.isfinite(widths)])
        width = float(np.exp(logs.mean())) if len(logs) else None
        return Exact(sum(wanted), len(several), floor, inside, left, width)


def _some(rows: Sequence[Compared], wanted: Sequence[bool]) -> list[Compared]:
    return [row for row, counts in zip(rows, wanted, strict=True) if counts]


def accuracy_of(model: Fittable, found: Validation, leave: Leave, told: Told | None = None) -> Accuracy | None:
    """The file's rows predicted with all constants fitted anew without each group; None where there are too few groups.

    `found`: the rows, against whatever. The priors lie round neutral values, and each refit starts from the fit to all
    rows, which changes what it ends at by nothing but its tolerance.
    """
    features = found.features
    sheet = against(found, model.name, model.predict(features))
    calibration = calibrate(model, sheet, ALL, [], leave, told=told)
    if calibration is None or calibration.left is None:
        return None
    left = calibration.left
    low, high = left.predicted / left.half_width, left.predicted * left.half_width
    inside = model.predict(features, calibration.fit.values)
    return Accuracy(
        leave,
        calibration,
        against(found, "floor", Floor().predict(features)),
        against(found, model.name, Predictions(list(inside.value))),
        against(
            found,
            f"{model.name}, left out by {leave}",
            Predictions(_floats(left.predicted), _floats(low), _floats(high)),
        ),
    )


def _floats(values: Sequence[float] | np.ndarray) -> list[float]:  # pyright: ignore[reportMissingTypeArgument]
    return [float(value) if np.isfinite(value) else nan for value in values]
