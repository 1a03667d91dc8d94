"""A catalogue entry by itself: its facts with kind and age, what does not agree among them, what others say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ...problems import Mark
from ...units import format_amount
from ..assembly.definitions import CatalogueFact
from ..language.declarations import Entry
from ..language.names import in_scope, keyed
from .ages import Fact, Remarks, remarks
from .catalogue import Departure, departures


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A figure that another source gives, as the entry records it."""

    quantity: str
    text: str
    source: str
    note: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class EntryAudit:
    """What is to be said of an entry. `day`: from which ages are reckoned, 2026-07-27."""

    name: str
    title: str
    sort: Literal["hardware", "model"]
    aliases: tuple[str, ...]
    facts: tuple[Fact, ...]
    departures: tuple[Departure, ...]
    otherwise: tuple[Otherwise, ...]
    remarks: Remarks
    day: str

    @property
    def failed(self) -> bool:
        """Whether figures do not agree and nothing explains it."""
        return any(each.fails for each in self.departures)


def audit_entry(entry: Entry, facts: Iterable[tuple[str, CatalogueFact]], day: date | None = None) -> EntryAudit:
    """Audit an entry; `facts`: all of its facts, each with the scope that it stands in. `day`: today if not given."""
    stated = tuple(facts)
    told = tuple(_fact(scope, fact) for scope, fact in stated)
    reckoned = day or date.today()
    own = (fact for scope, fact in stated if not scope)
    return EntryAudit(
        name=entry.name,
        title=entry.title or entry.name,
        sort=entry.sort,
        aliases=entry.aliases,
        facts=told,
        departures=departures(own) if entry.sort == "hardware" else (),
        otherwise=tuple(
            Otherwise(each.quantity.text, each.value.text, each.source, each.note, each.value.mark)
            for each in entry.contradictions
        ),
        remarks=remarks(told, reckoned),
        day=reckoned.isoformat(),
    )


def _fact(scope: str, fact: CatalogueFact) -> Fact:
    value, given = fact.value, fact.value.given
    name = in_scope(scope, keyed(fact.name, fact.key) if fact.key else fact.name)
    text = value.word if value.number is None else format_amount(fact.unit.from_base(value.number), fact.unit)
    return Fact(name, text or "", value.kind, given.source, given.value.mark, given.read, given.note)
