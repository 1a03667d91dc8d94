"""What is given for an axis, held against its quantity: numbers in the declared unit, or words' numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....problems import InvalidInput, Problem
from ...assembly.definitions import Definition
from ..workbook import Workbook
from .arrays import Array

_INFINITE = np.float64(np.inf).view(np.uint64)


def checked_axes(workbook: Workbook, axes: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Array]:
    """Every axis's values as an array of floats.

    Whether the numbers are finite is checked by `checked_finite`, where they are at hand.
    Errors: `InvalidInput` for an axis without values, values without an axis, and what is no word or no number.
    """
    lacking = [*(axes.keys() - values.keys()), *(values.keys() - axes.keys())]
    if lacking:
        raise InvalidInput([Problem("value", f"{name}: every axis needs values, and no other") for name in lacking])
    return {name: _numbers(workbook, workbook.checked.definitions[axes[name]], values[name]) for name in axes}


def checked_finite(workbook: Workbook, name: str, numbers: Array) -> None:
    """Errors: `InvalidInput` if one of an axis's numbers is infinite or no number, in base units."""
    # As whole numbers, the bits of floats are in their order; those of infinity are the first that are not finite, and
    # those of negative numbers come behind. So one look at each is enough where none is negative.
    if numbers.size and numbers.view(np.uint64).max() < _INFINITE:
        return
    definition = workbook.checked.definitions[name]
    with np.errstate(all="ignore"):
        if not np.isfinite(numbers * definition.unit.scale).all():
            raise _refused(definition, "an axis has a value that is not finite")


def base_scale(workbook: Workbook, name: str) -> float:
    """What a number in the declared unit is multiplied with; a word's number, with 1."""
    definition = workbook.checked.definitions[name]
    return 1.0 if definition.choices else definition.unit.scale


def _numbers(workbook: Workbook, definition: Definition, values: Any) -> Array:
    array = np.asarray(values)
    if definition.choices:
        return _words(workbook, definition, array)
    if array.dtype.kind not in "iuf":
        raise _refused(definition, "an axis is numbers in the declared unit")
    return array.astype(float, copy=False)


def _words(workbook: Workbook, definition: Definition, array: Array) -> Array:
    words, places = np.unique(array, return_inverse=True)
    wrong = [str(word) for word in words if str(word) not in definition.choices]
    if wrong:
        raise _refused(definition, f"{wrong[0]} is none of {', '.join(definition.choices)}")
    numbers = np.array([workbook.words.numbers[str(word)] for word in words], float)
    return numbers[places].reshape(array.shape)


def _refused(definition: Definition, message: str) -> InvalidInput:
    return InvalidInput([Problem("value", f"{definition.name}: {message}", quantity=definition.name)])
