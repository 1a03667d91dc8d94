"""Amounts as text, both ways: `1,638,400 byte/token` to a number and a unit, and back for people."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from .errors import UnitError
from .unit import Unit, UnitContext

MAX_LENGTH = 300

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)"
    r"(?P<whole>[0-9]{1,3}(?:(?P<mark>[,_])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?![0-9])|[0-9]+|(?=\.[0-9]))"
    r"(?:\.(?P<decimals>[0-9]*))?"
    r"(?:[eE](?P<exponent>[+-]?[0-9]+))?"
)
_GLUED = re.compile(r"[0-9.,_]")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and perhaps a unit, as written.

    `magnitude` is in `unit`; `digits` is the number as printed; `quantum` is what one step of its last
    printed digit is worth (70.39: 0.01), in `unit`. `unit` None: none was written. `unit_start` is where in
    the text the unit begins, the text's length where there is none.
    """

    magnitude: float
    digits: str
    quantum: float
    unit: Unit | None
    unit_start: int


def parse_amount(text: str, context: UnitContext) -> Amount:
    """Read a number with an optional unit: `126 TFLOPS`, `126TFLOPS`, `1,638,400 byte/token`, `1e9`.

    Errors: UnitError for what is not a finite number, and for an unknown unit, with offsets in `text`.
    """
    start = len(text) - len(text.lstrip(" "))
    match = _NUMBER.match(text, start) if len(text) <= MAX_LENGTH else None
    if match is None or _GLUED.match(text, match.end()):
        raise _not_a_number(text, start)
    magnitude, quantum = _read(match)
    if not (math.isfinite(magnitude) and 0 < quantum < math.inf):
        raise UnitError(f"{match[0][:40]} is out of range", match.start(), match.end())
    rest = text[match.end() :]
    unit_start = match.end() + len(rest) - len(rest.lstrip(" "))
    unit = _unit_at(text, unit_start, context) if unit_start < len(text) else None
    return Amount(magnitude, match[0], quantum, unit, unit_start)


def _unit_at(text: str, start: int, context: UnitContext) -> Unit:
    try:
        return context.unit(text[start:])
    except UnitError as error:
        raise error.moved(start) from None


def _read(match: re.Match[str]) -> tuple[float, float]:
    """The number and its quantum; infinite, or a quantum of 0, when a float cannot hold them."""
    plain = match[0].replace(",", "").replace("_", "")
    exponent = int(match["exponent"] or 0) - len(match["decimals"] or "")
    magnitude = float(plain)
    vanished = magnitude == 0 and re.search("[1-9]", re.split("[eE]", plain)[0])
    return (math.inf if vanished else magnitude), float(f"1e{exponent}")


def _not_a_number(text: str, start: int) -> UnitError:
    word = text[start:].split(" ", 1)[0]
    if not word:
        return UnitError("expected a number", start, start)
    hint = ""
    if re.match(r"[+-]?[0-9]", word) and re.search("[,_]", word):
        hint = "thousands are groups of three digits: 1,638,400"
    shown = word if len(word) <= 40 else word[:40] + "..."
    return UnitError(f"'{shown}' is not a number", start, start + len(word), hint)


def format_amount(value: float, unit: Unit) -> str:
    """A value in `unit`, for people: `35.75 ms`, `1,638,400 byte/token`; no unit for plain numbers."""
    return f"{format_number(value)} {unit.text}".rstrip()


def format_number(value: float) -> str:
    """A number for people: whole ones in full up to 15 digits, others to 4 to 6 digits, extremes with an e.

    Round ones of a billion and more are written as people write them: 70e9, 14.8e12.

    Whole means within 1e-9, relative. Promise: reading it back differs by at most half of its last digit.
    """
    if not math.isfinite(value):
        return str(value)
    if value == 0 or 1e-4 <= abs(value) < 1e15:
        return _plain(value)
    mantissa, exponent = f"{value:.4e}".split("e")
    return _trimmed(mantissa, value, f"e{int(exponent)}")


def _plain(value: float) -> str:
    whole = round(value)
    if _same(value, whole):
        return _in_thousands(whole) or f"{whole:,}"
    order = math.floor(math.log10(abs(value)))
    decimals = max(3 - order, min(2, 5 - order), 0)
    return _trimmed(f"{value:,.{decimals}f}", value)


def _in_thousands(whole: int) -> str:
    """A round number of a billion or more by a power of a thousand; '' for any other."""
    if abs(whole) < 1e9:
        return ""
    power = (len(str(abs(whole))) - 1) // 3 * 3
    return f"{whole / 10**power:g}e{power}" if whole % 10 ** (power - 2) == 0 else ""


def _trimmed(digits: str, value: float, exponent: str = "") -> str:
    """Without trailing zeros where they say nothing; 126.0004 keeps the zeros of 126.00."""
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return (short if _same(value, float(short.replace(",", "") + exponent)) else digits) + exponent


def _same(value: float, shown: float) -> bool:
    return abs(value - shown) <= 1e-9 * abs(value)
