"""Kernels: some outputs of a workbook at many points of some of its quantities.

Formulas are lowered to operations (lowering.py), and those to stages, one per set of dimensions that values depend on
(stages.py); a run (run.py) walks the grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..workbook import Workbook
from .arrays import Array
from .asked import Asked, asked_quantity
from .axes import checked_axes
from .lowering import lower
from .result import Result
from .run import Compiled, Run


class Kernel(Compiled):
    """Outputs of a workbook as functions of some of its quantities; made by `compile_kernel`."""

    def run(self, values: Mapping[str, Any], threads: int | None = None) -> Result:
        """The outputs at the points that the axes' values make, by as many threads as there are cores, or `threads`.

        Units: numbers are in each quantity's declared unit; a choice's values are words.
        Shapes: the axes' arrays broadcast together; see `grid`.
        Errors: `InvalidInput` for a value that an axis cannot have; ValueError for shapes that do not fit.
        """
        return Run(self, checked_axes(self.workbook, self.axes, values), threads).result()


def compile_kernel(
    workbook: Workbook, outputs: Sequence[str] | Mapping[str, Asked], axes: Sequence[str], machine: bool | None = None
) -> Kernel:
    """Lower the part of the workbook that `outputs` need to array code over the swept `axes`.

    `outputs`: names of quantities; or, by any names, what is asked for, expressions too.
    `machine`: whether numba compiles it; None: where numba is installed, once the work pays for the compilation.
    All else has the values that the workbook has now. A computed quantity can be an axis: it is pinned.
    Units: none inside; inputs are converted once to base units, results to each quantity's declared unit.
    Errors: `UnknownQuantity`; `InvalidInput` for an axis that cannot be set by its name.
    Promise: equals the evaluator at every point to 1e-12 relative, and fails where it fails.
    """
    asked = outputs if isinstance(outputs, Mapping) else {name: asked_quantity(workbook, name) for name in outputs}
    swept = {name: workbook.settable(name).name for name in axes}
    frozen = workbook.copy()
    lowered = lower(frozen, [*asked.values()], list(dict.fromkeys(swept.values())))
    return Kernel(frozen, dict(asked), swept, lowered, machine)


def grid(values: Mapping[str, Any]) -> dict[str, Array]:
    """Lists of values as the axes of a grid: each along a dimension of its own, in order."""
    arrays = {name: np.atleast_1d(np.asarray(each)) for name, each in values.items()}
    return {
        name: array.reshape([-1 if place == at else 1 for place in range(len(arrays))])
        for at, (name, array) in enumerate(arrays.items())
    }
