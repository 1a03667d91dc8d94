"""The inputs that results rest on, told as facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...units import Unit
from ..assembly.definitions import Definition, Value
from ..engine.workbook import Workbook
from .ages import Fact


def fact_of(workbook: Workbook, definition: Definition) -> Fact:
    """An input with the value that is in force."""
    text = workbook.text(definition.name)
    if definition.value is None:
        return Fact(definition.name, text, definition.kind, "", definition.where)
    return _fact(definition, definition.value, text)


def default_facts(definitions: Iterable[Definition]) -> Iterator[Fact]:
    """The values that sheets give by default, whatever went over them."""
    for each in definitions:
        stated = (value for value in (*each.shadowed, each.value) if value and value.layer == "default")
        for value in stated if each.cell is None else ():
            yield _fact(each, value, value.text)


def _fact(definition: Definition, value: Value, text: str) -> Fact:
    given, neutral = value.given, is_neutral(value, definition.unit)
    mark = given.value.mark
    return Fact(definition.name, text, value.kind, given.source, mark, given.read, given.note, value.layer, neutral)


def is_neutral(value: Value, unit: Unit) -> bool:
    """Whether the value is a default that leaves something out: 0 of anything, 1 as a plain number or device.

    One that says why it is so, by a note or a source, is an assumption like any other: an efficiency of 1.
    """
    given = value.given
    if value.layer != "default" or value.kind != "assumed" or given.source or given.note or value.number is None:
        return False
    return value.number == 0 or (unit.text in ("", "device") and unit.from_base(value.number) == 1)
