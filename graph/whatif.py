"""What if: copies of a workbook in which some quantities have other values."""

from __future__ import annotations

from collections.abc import Mapping

from .definitions import Value
from .workbook import Workbook

Others = Mapping[str, Value]


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
        key = frozenset((name, value.number if value.word is None else value.word) for name, value in others.items())
        if key not in self._copies:
            self._copies[key] = _changed(self.workbook, others)
        return self._copies[key]


def _changed(workbook: Workbook, others: Others) -> Workbook:
    copy = workbook.copy()
    for name, value in others.items():
        definition = copy.definition(name)
        if definition.expr is None and value.number is not None:
            copy[definition.name] = value.number / definition.unit.scale  # an input: no new plan is made
        else:
            copy.bind(definition.name, value)
    return copy
