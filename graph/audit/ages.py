"""How far a fact can be trusted: what it rests on, and how long ago its source was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ...problems import Mark

OLD = 18  # months after which what was read is to be read again


@dataclass(frozen=True, slots=True)
class Fact:
    """An input's value, as it is shown, and where it is from; `kind` is `missing` where it has none.

    `read`: the day on which its source was read, 2026-07-27, '' where that is not said. `layer`: which layer gives
    it, '' in an entry by itself. `neutral`: a default of 0 or 1 that leaves something out, and says no more.
    """

    name: str
    text: str
    kind: str
    source: str
    mark: Mark | None
    read: str = ""
    note: str = ""
    layer: str = ""
    neutral: bool = False


@dataclass(frozen=True, slots=True)
class Remarks:
    """Facts to look at again; none of them fails an audit."""

    assumed: tuple[Fact, ...] = ()
    claimed: tuple[Fact, ...] = ()
    unsourced: tuple[Fact, ...] = ()
    old: tuple[Fact, ...] = ()


NO_REMARKS = Remarks()


def remarks(facts: Iterable[Fact], day: date) -> Remarks:
    """What is assumed or claimed, what else has no source, and what was read OLD months before `day` or earlier."""
    every = tuple(dict.fromkeys(facts))
    known = tuple(fact for fact in every if fact.kind not in ("assumed", "missing", "claimed"))
    return Remarks(
        assumed=tuple(fact for fact in every if fact.kind == "assumed"),
        claimed=tuple(fact for fact in every if fact.kind == "claimed"),
        unsourced=tuple(fact for fact in known if not fact.source),
        old=tuple(fact for fact in every if is_old(fact.read, day)),
    )


def is_old(read: str, day: date) -> bool:
    """Whether what was read on the day `read` is to be read again on `day`."""
    return bool(read) and read < months_before(day, OLD)


def months_before(day: date, months: int) -> str:
    """The day of that number, so many months earlier, as files write days."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return f"{year:04}-{month + 1:02}-{day.day:02}"  # compared as text: a 31st of June is after the 30th


def age_in_months(read: str, day: date) -> int:
    """Whole months since a source was read."""
    year, month, *rest = map(int, read.split("-"))
    return (day.year - year) * 12 + day.month - month - (bool(rest) and rest[0] > day.day)
