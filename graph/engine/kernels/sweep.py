"""Sweeps: what some quantities become over a grid of others, or over a list of points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ....problems import InvalidInput, Problem
from ....units import Quantity
from ..workbook import Workbook
from .arrays import Array
from .kernel import compile_kernel, grid
from .result import Result


class Sweep(Mapping[str, Array]):
    """The outputs by name: `sweep["tpot"]`, an array of the sweep's `shape`, in the declared unit, or of words.

    `axes`: the values of each axis, in its declared unit or as words; the order is that of the shape. `units`: the
    declared units of axes and outputs as text, "" for plain numbers and words. Arrays are read-only: an output that
    does not depend on an axis takes no memory along it. Where a point has no value it is NaN, or the empty word.
    """

    def __init__(
        self, axes: Mapping[str, Array], units: Mapping[str, str], shape: tuple[int, ...], result: Result
    ) -> None:
        self.axes, self.units, self.shape, self.result = axes, units, shape, result

    def __getitem__(self, name: str) -> Array:
        return np.broadcast_to(self.result[name], self.shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self.result)

    def __len__(self) -> int:
        return len(self.result)

    def failed(self, name: str) -> Array:
        """True where the output has no value."""
        return np.broadcast_to(self.result.failed(name), self.shape)

    def problem(self, name: str, *index: int) -> Problem | None:
        """Why the output has no value at a point of the grid; None if it has one."""
        extents = self.result[name].shape
        places = zip(index, self.shape, extents, strict=True)
        return self.result.problem(name, *[0 if extent == 1 else at % whole for at, whole, extent in places])

    def __repr__(self) -> str:
        axes = ", ".join(f"{name} ({len(values)})" for name, values in self.axes.items())
        return f"<Sweep of {', '.join(self)} over {axes}>"


def sweep(workbook: Workbook, axes: Mapping[str, Any], outputs: Sequence[str], side_by_side: bool = False) -> Sweep:
    """The outputs over the grid of the axes' values, or, side by side, at their first values, their second, and so on.

    An axis is a list or array of numbers in the quantity's declared unit, of texts with units, of pint quantities, of
    words, or a pint quantity of an array.
    Errors: `UnknownQuantity`; `InvalidInput` for a value that an axis cannot have, or lists of several lengths.
    """
    values = {name: listed(workbook, name, each) for name, each in axes.items()}
    shape = shape_of({name: len(each) for name, each in values.items()}, side_by_side)
    kernel = compile_kernel(workbook, outputs, [*axes])
    result = kernel.run(values if side_by_side else grid(values))
    units = {name: workbook.definition(name).unit.text for name in (*axes, *outputs)}
    return Sweep(values, units, shape, result)


def shape_of(lengths: Mapping[str, int], side_by_side: bool) -> tuple[int, ...]:
    """The shape of a sweep over lists of these lengths. Errors: `InvalidInput` if they cannot stand side by side."""
    if side_by_side and len({*lengths.values()}) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise InvalidInput([Problem("value", f"lists of values side by side are of one length, but {told}")])
    return tuple(lengths.values())[:1] if side_by_side else tuple(lengths.values())


def listed(workbook: Workbook, name: str, values: Any) -> Array:
    """An axis as one list: numbers in its declared unit, or words."""
    definition = workbook.settable(name)
    if isinstance(values, Quantity):
        each = cast(Quantity[Any], values)
        one = workbook.value_for(name, cast(Quantity[float], 1.0 * each.units)).number or 0.0
        return np.atleast_1d(np.asarray(each.magnitude, float) * (one / definition.unit.scale))
    if isinstance(values, np.ndarray) and values.ndim == 1 and cast(Array, values).dtype.kind in "iuf":
        return cast(Array, values)  # very many, perhaps: not looked at one by one
    listed = (
        cast(Any, values) if isinstance(values, np.ndarray) else [*([values] if isinstance(values, str) else values)]
    )
    if not definition.choices and any(isinstance(value, str | Quantity) for value in listed):
        bound = (workbook.value_for(name, value) for value in listed)
        return np.array([(value.number or 0.0) / definition.unit.scale for value in bound])
    array = np.asarray(listed)
    if array.ndim != 1:
        raise InvalidInput([Problem("value", f"{name}: an axis is one list of values", quantity=name)])
    return array
