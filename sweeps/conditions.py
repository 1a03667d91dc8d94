"""Formulas as they are typed: `tpot < 50 ms` for `tpot < 50[ms]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..problems import Mark, Text

_NUMBER = r"(?<![\w.\]])(\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
_NAME = r"(?!(?:and|or|not|if|else)\b)[A-Za-z][A-Za-z]*(?:\*\*-?\d+)?"
_AMOUNT = re.compile(rf"{_NUMBER}[ \t]*({_NAME}(?:[/*]{_NAME})*)(?![\w(\[.])")


def with_units(text: Text) -> Text:
    """The text with brackets around the units that stand behind numbers; its places stay those that were typed.

    A product behind a unit is the unit's, as in the formula language's own brackets: `3 token/s` is a rate.
    """
    parts: list[str] = []
    segments: list[tuple[int, Mark]] = []
    for start, part, unit in _cut(text.text):
        offset = sum(map(len, parts))
        segments.append((offset, text.at(start, len(text.text))))
        if unit:
            segments[-1] = (offset, text.at(start - 1, len(text.text)))  # the bracket stands where nothing was typed
            part = f"[{part}]"
        parts.append(part)
    return Text("".join(parts), text.mark, tuple(segments) if text.segments else ())


def _cut(text: str) -> Iterator[tuple[int, str, bool]]:
    """The text's parts, each with its start, and whether it is a unit behind a number."""
    last = 0
    for match in _AMOUNT.finditer(text):
        yield last, text[last : match.end(1)], False
        yield match.start(2), match[2], True
        last = match.end()
    yield last, text[last:], False
