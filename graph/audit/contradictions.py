"""A workbook's values held against catalogue entries, and what its results become by the catalogue.

Everything is found by comparing values. Notes are for people and are never read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ...problems import Mark, NoValue
from ...units import Unit, format_amount
from ..assembly.definitions import CatalogueFact, Definition, Value
from ..engine.workbook import Workbook
from ..explain.whatif import WhatIf, content
from ..language.expressions import Name
from .keyed_rates import Rate, chosen_rate, rates_of, stands_for

SAME = 1e-9  # values that differ by less, relatively, are equal


@dataclass(frozen=True, slots=True)
class Change:
    """What one shown result was and what it becomes; `ratio`: new to old, None if it has none."""

    name: str
    before: str
    after: str
    changed: bool
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A quantity whose value is not the catalogue's.

    `ours`, `theirs`: in the declared unit; `written`: the catalogue's as it stands in the entry. `ratio`: theirs
    to ours, None for words. `singly`: every shown result, with this one value replaced by the catalogue's.
    `equals`, `picked`: for a value that stands where its formula would look up a keyed fact, those of the
    entry's values that it is equal to, to the digits written, and the one that the workbook's choices pick.
    `nominal`: it is less than one of its last digit from the catalogue's, as 70 billion for 70.6, or what the thing is
    labelled with, as 96 GB of memory.
    """

    name: str
    ours: str
    theirs: str
    written: str
    ratio: float | None
    ours_kind: str
    ours_source: str
    ours_mark: Mark | None
    ours_note: str
    entry: str
    sort: Literal["hardware", "model"]
    theirs_kind: str
    theirs_source: str
    theirs_mark: Mark
    singly: tuple[Change, ...]
    equals: tuple[Rate, ...] = ()
    picked: Rate | None = None
    nominal: bool = False
    is_label: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """All contradictions, and every shown result with all the catalogue's `values` in force together.

    `agreeing`: those of the values that are the workbook's, too. They are bound wherever another is tried: a default
    that agrees now may rest on a value that does not.
    """

    contradictions: tuple[Contradiction, ...]
    together: tuple[Change, ...]
    values: Mapping[str, Value]
    agreeing: Mapping[str, Value]


def compare(workbook: Workbook, shown: Sequence[str], facts: Sequence[CatalogueFact]) -> Comparison:
    """Hold the workbook's values against the entries' facts of the same names.

    Compared are inputs, defaults and pinned quantities that have a value. A case may be another device or model than
    the top level, so what it sets is held against its own entries alone.
    """
    whatif = WhatIf(workbook)
    pairs = [*_plain_pairs(workbook, facts), *_keyed_pairs(workbook, facts)]
    agreeing = {pair.name: pair.value for pair in pairs if _same(workbook, pair)}
    differing = [pair for pair in pairs if pair.name not in agreeing]
    found = tuple(_contradiction(whatif, shown, pair, agreeing, _is_label(workbook, pair, facts)) for pair in differing)
    together = {pair.name: pair.value for pair in pairs} if found else {}
    told = changes(whatif, shown, together)
    return Comparison(found, told, MappingProxyType(together), MappingProxyType(agreeing))


def changes(whatif: WhatIf, shown: Iterable[str], others: Mapping[str, Value]) -> tuple[Change, ...]:
    """What every shown result becomes with other values in force; nothing where there are no others."""
    if not others:
        return ()
    after = whatif.with_values(others)
    return tuple(_change(name, whatif.workbook, after) for name in shown)


def _change(name: str, before: Workbook, after: Workbook) -> Change:
    old, new = before.value(name), after.value(name)
    return Change(name, before.text(name), after.text(name), old != new, _ratio(new, old))


def _ratio(new: float | str | None, old: float | str | None) -> float | None:
    return new / old if isinstance(old, float) and isinstance(new, float) and old else None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A quantity and the catalogue's value for it."""

    name: str
    value: Value
    fact: CatalogueFact
    equals: tuple[Rate, ...] = ()
    picked: Rate | None = None


def _plain_pairs(workbook: Workbook, facts: Iterable[CatalogueFact]) -> Iterator[_Pair]:
    for fact in facts:
        definition = workbook.checked.definitions.get(fact.quantity)
        if definition is not None and definition.role != "formula" and workbook.value(fact.quantity) is not None:
            yield _Pair(fact.quantity, fact.value, fact)


def _keyed_pairs(workbook: Workbook, facts: Sequence[CatalogueFact]) -> Iterator[_Pair]:
    for definition in map(workbook.definition, workbook):
        if definition.expr is not None or definition.formula is None:
            continue
        rates = rates_of(workbook, definition, facts)
        picked = chosen_rate(workbook, definition, rates)
        if picked is not None:
            equals = tuple(rate for rate in rates if rate.equal)
            yield _Pair(definition.name, picked.value, picked.fact, equals, picked)


def _same(workbook: Workbook, pair: _Pair) -> bool:
    if pair.picked is not None and pair.picked.equal:
        return True
    ours, theirs = _plain(workbook, workbook.definition(pair.name)), content(pair.value)
    if isinstance(ours, str) or isinstance(theirs, str) or ours is None or theirs is None:
        return ours == theirs
    return abs(ours - theirs) <= SAME * max(abs(ours), abs(theirs))


def _plain(workbook: Workbook, definition: Definition) -> float | str | None:
    """The value in base units, or the word."""
    if definition.choices:
        return workbook.value(definition.name)
    try:
        return float(workbook.evaluate(Name(definition.name)))
    except NoValue:
        return None


_LABELS = {"memory_capacity": "memory_label"}  # what a thing is sold as, beside what it is


def _is_label(workbook: Workbook, pair: _Pair, facts: Iterable[CatalogueFact]) -> bool:
    """Whether the workbook's value is the one that the entry's thing is labelled with."""
    label, fact = _LABELS.get(pair.fact.name), pair.fact
    ours = _plain(workbook, workbook.definition(pair.name))
    return isinstance(ours, float) and any(
        each.name == label and (each.entry, each.case) == (fact.entry, fact.case)
        and each.value.number is not None and abs(each.value.number - ours) <= SAME * ours
        for each in facts
    )  # fmt: skip


def _contradiction(
    whatif: WhatIf, shown: Sequence[str], pair: _Pair, agreeing: Mapping[str, Value], is_label: bool
) -> Contradiction:
    workbook = whatif.workbook
    definition = workbook.definition(pair.name)
    theirs = content(pair.value)
    return Contradiction(
        name=pair.name,
        ours=workbook.text(pair.name),
        theirs=_said(theirs, definition.unit),
        written=pair.fact.value.text,
        ratio=_ratio(theirs, _plain(workbook, definition)),
        ours_kind=definition.kind,
        ours_source=definition.value.given.source if definition.value else definition.source,
        ours_mark=definition.where,
        ours_note=definition.value.given.note if definition.value else "",
        entry=pair.fact.entry,
        sort=pair.fact.sort,
        theirs_kind=pair.fact.value.kind,
        theirs_source=pair.fact.value.given.source,
        theirs_mark=pair.fact.value.given.value.mark,
        singly=changes(whatif, shown, {**agreeing, pair.name: pair.value}),
        equals=pair.equals,
        picked=pair.picked,
        nominal=is_label or (isinstance(theirs, float) and stands_for(workbook, definition, theirs, "about")),
        is_label=is_label,
    )


def _said(found: float | str | None, unit: Unit) -> str:
    if found is None:
        return "no value"
    return found if isinstance(found, str) else format_amount(unit.from_base(found), unit)
