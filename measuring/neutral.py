"""Values of constants that nobody has measured: where a fit from a cold start begins."""

from __future__ import annotations

from collections.abc import Iterable

from .fitting import Constant

SHARE = 0.7
COUNT = 3.0
NEUTRAL = {"us": 20.0, "ms": 20.0, "s": 0.02, "ns": 20_000.0, "byte": 10.0, "FLOP": 10.0, "token": 100.0}
"""By the first name of a constant's unit, a value in that unit: 20 us for what is said in microseconds, 20 ms in
milliseconds, 10 bytes, 10 operations, 100 tokens. Shares (no unit, at most 1 in the sheet) begin at 0.7, plain counts
at 3; what has another unit, at 1."""


def neutral_values(constants: Iterable[Constant]) -> dict[str, float]:
    """A value for each constant that its unit alone says."""
    return {each.name: _neutral(each) for each in constants}


def _neutral(constant: Constant) -> float:
    if not constant.unit:
        return SHARE if constant.value <= 1 else COUNT
    return NEUTRAL.get(constant.unit.partition("/")[0].partition("*")[0].strip(), 1.0)
