"""The array forms that NumPy has no ufunc for. Each writes its result to `out`, which is none of its operands.

They agree with the scalar forms of graph/language/functions.py on finite numbers, tolerance included. `temp` is
scratch of the result's shape; where `where` does not hold, the result is any number, and nothing fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


class Trouble(ArithmeticError):
    """Some point of the block has no value, or may have none: which, and why, a slower way says."""


def floor(value: Array, out: Array, temp: Array, where: Array | None = None) -> None:  # noqa: ARG001 - as all
    np.floor(value, out)
    np.subtract(value, out, temp)
    if not 1.0 - temp.max() > min(1e-3, 2e-12 * max(2.0, out.max(), -out.min())):  # seldom: one is near, or no number
        near = (out + 1.0) - value <= np.minimum(1e-3, 1e-12 * np.maximum(1.0, np.abs(value)))
        np.add(out, 1.0, out, where=near)


def ceil(value: Array, out: Array, temp: Array, where: Array | None = None) -> None:  # noqa: ARG001 - as all
    floor(np.negative(value), out, temp)
    np.subtract(0.0, out, out)


def half_up(value: Array, out: Array, temp: Array, where: Array | None = None) -> None:  # noqa: ARG001 - as all
    floor(np.add(np.abs(value), 0.5), out, temp)
    np.copysign(out, value, out)


def quotient(left: Array, right: Array, out: Array, temp: Array, where: Array | None = None) -> None:
    ratio = np.ones_like(out)
    np.divide(left, right, ratio, where=True if where is None else where)
    floor(ratio, out, temp)


def remainder(left: Array, right: Array, out: Array, temp: Array, where: Array | None = None) -> None:
    quotient(left, right, out, temp, where)
    np.multiply(right, out, out)
    np.subtract(left, out, out)
    none = np.abs(out) <= 1e-12 * np.abs(left)
    np.multiply(out, right, temp)
    none |= temp < 0
    np.copyto(out, 0.0, where=none)


def lookup(
    keys: Sequence[Array], words: Sequence[Sequence[float]], cells: Sequence[Array | float], out: Array,
    where: Array | None = None,
) -> None:  # fmt: skip
    """The cell of each point's keys. Errors: `Trouble` if a point wants one that is not there."""
    out.fill(1.0)
    lacking = np.ones(out.shape, bool) if where is None else np.broadcast_to(where, out.shape).copy()
    for wanted, cell in zip(words, cells, strict=True):
        here = np.ones(out.shape, bool)
        for key, word in zip(keys, wanted, strict=True):
            here &= np.equal(key, word)
        np.copyto(out, cell, where=here)
        lacking &= ~here
    fails(lacking)


def fails(where: Array | float) -> None:
    """Errors: `Trouble` if the condition holds anywhere."""
    if np.any(where):
        raise Trouble


OWN: Mapping[str, Callable[..., None]] = {
    "floor": floor,
    "ceil": ceil,
    "half_up": half_up,
    "quotient": quotient,
    "remainder": remainder,
}
"""By the name that the function table gives them."""

OPERATORS: Mapping[str, str] = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power", "//": "quotient", "%": "remainder",
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal",
    "and": "logical_and", "or": "logical_or", "not": "logical_not", "negative": "negative", "square": "square",
}  # fmt: skip
TRUTHS = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or", "not"})
