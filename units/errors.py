"""What is wrong with a unit's or an amount's text, and the hints that go with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from .dimension import Dimension
from .registry import LONG_PREFIXES, PREFIXES_OF, spellings, symbol


class UnitError(Exception):
    """Text is not a unit or an amount: `message`, what text[start:end] is wrong, and a `hint` or ''."""

    def __init__(self, message: str, start: int = 0, end: int = 0, hint: str = "") -> None:
        super().__init__(message, start, end, hint)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint

    def __str__(self) -> str:
        return self.message

    def moved(self, offset: int) -> UnitError:
        """The same error in a text that holds this one's at `offset`."""
        return UnitError(self.message, self.start + offset, self.end + offset, self.hint)


def unknown_name(name: str, start: int, counts: Iterable[str]) -> UnitError:
    """The error for a name that is no unit, with the nearest names."""
    shown = name if len(name) <= 40 else name[:40] + "..."
    return UnitError(f"unknown unit '{shown}'", start, start + len(name), _name_hint(name, counts))


def _name_hint(name: str, counts: Iterable[str]) -> str:
    if any(name in prefixes for prefixes in PREFIXES_OF.values()):
        return f"{name} is a prefix; a unit follows it at once, as in {name}{_taker(name)}"
    return _prefix_hint(name) or _nearest_hint(name, sorted({*spellings(), *counts}))


def _taker(prefix: str) -> str:
    return next(unit for unit, prefixes in PREFIXES_OF.items() if prefix in prefixes)


def split_prefix(name: str) -> tuple[str, str] | None:
    """A prefix, short or in full, and the known unit after it, though the two may not go together."""
    shorts = {prefix for prefixes in PREFIXES_OF.values() for prefix in prefixes}
    for prefix in sorted({*shorts, *LONG_PREFIXES}, key=len, reverse=True):
        if name.startswith(prefix) and name[len(prefix) :] in spellings():
            return prefix, name[len(prefix) :]
    return None


def _prefix_hint(name: str) -> str:
    parts = split_prefix(name)
    if parts is None:
        return ""
    prefix, unit = parts
    short = LONG_PREFIXES.get(prefix, prefix)
    for spelling in _same_unit(unit):
        if short + spelling in spellings():
            return f"write {short}{spelling}"
    return f"{unit} takes no prefix {prefix}"


def _same_unit(unit: str) -> tuple[str, ...]:
    """Spellings of the same unit that take prefixes."""
    return tuple(other for other in PREFIXES_OF if symbol(other).pint_name == symbol(unit).pint_name)


def _nearest_hint(name: str, known: list[str]) -> str:
    folded = name.casefold()
    near = [other for other in known if other.casefold() == folded]
    if f"{name}it" in known:  # Gb: eight times less than GB, so neither is guessed
        near = [f"{name}it", *near]
    plain = [other for other in known if split_prefix(other) is None]
    near = near or _close(name, plain) or _close(name, known)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _close(name: str, known: list[str]) -> list[str]:
    return get_close_matches(name, known, n=2, cutoff=0.75)


_OPERATIONS = re.compile(r"([kMGTPE]?)FLOPs?(?![A-Za-z0-9_])")


def rate_hint(declared: Dimension, found: Dimension, text: str) -> str:
    """The hint for operations where operations per second are declared (TFLOPs for TFLOPS), else ''."""
    rate = Dimension.of(operation=1, time=-1)
    written = _OPERATIONS.search(text)
    if written is None or declared.without("device") != rate:
        return ""
    if found.without("device") != Dimension.of(operation=1):
        return ""
    return f"{written[0]} counts operations; the rate is {written[1]}FLOPS"
