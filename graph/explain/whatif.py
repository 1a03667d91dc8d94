"""What if: copies of a workbook in which some quantities have other values."""

from __future__ import annotations

from collections.abc import Mapping

from ..assembly.definitions import Value
from ..engine.workbook import Workbook

Others = Mapping[str, Value]


def content(value: Value) -> float | str | None:
    """The word, or the number in base units."""
    return value.number if value.word is None else value.word


class WhatIf:
    """Copies of one workbook, one for each set of other values asked for.

    They stand for the workbook as it was when each was made: ask on an unchanged one.
    """

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._copies: dict[frozenset[tuple[str, float | str | None]], Workbook] = {}

    def with_values(self, others: Others) -> Workbook:
        """The workbook with the values of `others` in force; itself where there are none. To be read only."""
        if not others:
            return self.workbook
        key = frozenset((name, content(value)) for name, value in others.items())
        if key not in self._copies:
            self._copies[key] = _changed(self.workbook, others)
        return self._copies[key]

    def tried(self, others: Others) -> Workbook:
        """The same as `with_values`, for a question that is asked once: the copy is not kept."""
        return _changed(self.workbook, others) if others else self.workbook


def _changed(workbook: Workbook, others: Others) -> Workbook:
    copy = workbook.copy()
    for name, value in others.items():
        copy.bind(name, value)
    return copy
