"""What results rest on, as text: each with its facts, and the facts by kind and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from ..graph.audit.ages import Fact
from ..graph.audit.findings import Shown
from ..graph.language.declarations import KINDS
from ..problems import Mark
from .text import Line, Span, line, place_of, without_address, wrapped
from .text_facts import age_text, folded_names, item, packed_rows, plural

FEW = 12  # facts that are told by name under the result that rests on them
_REASONED = ("assumed", "derived")  # kinds whose notes say why the value is what it is


def result_lines(shown: Iterable[Shown], width: int, full: bool = False) -> Iterator[Line]:
    """Each result and what it rests on: facts by name where they are few or `full`, else by number."""
    for each in shown:
        yield from item(width, _head(each), *_details(each, full))


def _head(each: Shown) -> Line:
    head = line((each.name, "name"), " = ", (each.text, "bad" if each.problem else "value"))
    return (*head, ("  ✓ ", "good"), (each.dimension or "a plain number", "faint"))


def _details(each: Shown, full: bool) -> Iterator[Line]:
    if each.problem:
        yield line((each.problem.message, "bad"))
    if each.role in ("input", "pinned"):
        yield line(("an input" if each.role == "input" else "pinned, in place of its formula", "faint"))
        return
    if not full and sum(not fact.neutral for facts in each.facts.values() for fact in facts) > FEW:
        counts = ", ".join(f"{len(facts)} {kind}" for kind, facts in each.facts.items())
        yield line((f"of {each.deep:,} quantities; facts: {counts}", "faint"))
        return
    yield line((f"reads {each.direct:,}, rests on {plural(each.deep, 'quantity', 'quantities')} in all", "faint"))
    for kind, facts in each.facts.items():
        yield line(_kind(kind), ", ".join(fact.name for fact in facts) if full else _named(facts))


def _named(facts: Sequence[Fact]) -> str:
    named = folded_names([fact.name for fact in facts if not fact.neutral])
    neutral = len(facts) - sum(not fact.neutral for fact in facts)
    return " and ".join(part for part in (", ".join(named), f"{neutral} neutral" if neutral else "") if part)


def _kind(kind: str) -> Span:
    return f"{kind}: ", "warn" if kind in ("assumed", "claimed") else "kind"


# -- the facts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    """What facts have in common that are told together.

    `kind`: '' where they have a source, of which some may be read and some derived. `folder`: where they stand, a
    file or a folder.
    """

    kind: str
    source: str
    read: str
    folder: str
    neutral: bool = False
    default: bool = False


def facts_of(shown: Iterable[Shown]) -> list[Fact]:
    """Every fact that the results rest on, once, by kind and place."""
    found = dict.fromkeys(fact for each in shown for facts in each.facts.values() for fact in facts)
    return sorted(found, key=_order)


def _order(fact: Fact) -> tuple[int, str, int]:
    file, row = (fact.mark.file, fact.mark.line) if fact.mark else ("", 0)
    return (*KINDS, "missing").index(fact.kind), file, row


def fact_lines(facts: Sequence[Fact], width: int, day: date) -> Iterator[Line]:
    """The facts under headings that say kind, source and place; defaults that leave something out in one line."""
    groups: dict[_Heading, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(_heading(fact), []).append(fact)
    for heading in sorted(groups, key=lambda each: (each.neutral, each.default)):
        kind = groups[heading][0].kind
        yield from _heading_lines(kind, heading, width, day)
        yield from _group_lines(kind, heading, groups[heading], width)


def _heading(fact: Fact) -> _Heading:
    """A default without a source is told with those of other sheets, what else there is with that of its file."""
    default = fact.layer == "default" and not fact.source
    file = fact.mark.file if fact.mark else ""
    folder = str(PurePosixPath(file).parent) if default else file
    folder = "" if folder == "." else folder
    return _Heading("" if fact.source else fact.kind, fact.source, fact.read, folder, fact.neutral, default)


def _heading_lines(kind: str, heading: _Heading, width: int, day: date) -> Iterator[Line]:
    title, address = _title_and_address(heading.source)
    if heading.default:
        title = "neutral defaults" if heading.neutral else "defaults"
    parts = (title, age_text(heading.read, day), heading.folder)
    said = ", ".join(part for part in parts if part)
    yield from wrapped(line(_kind(kind), (said, "faint")), width, (), line("    "))
    if address:
        yield line("    ", (address, "faint"))


def _title_and_address(source: str) -> tuple[str, str]:
    """The title alone and the address; the day on which it was read is told by itself."""
    title = without_address(source)
    address = source.removeprefix(f"{title} (").removesuffix(")").partition(", read ")[0] if title != source else ""
    return title.partition(" (read ")[0], address


def _group_lines(kind: str, heading: _Heading, facts: Sequence[Fact], width: int) -> Iterator[Line]:
    if heading.neutral:
        said = "; ".join(f"{', '.join(folded_names(names))} = {text}" for text, names in _by_text(facts).items())
        yield from wrapped(line(said), width, line("  "), line("    "))
        return
    alike: dict[tuple[str, str, Mark | None], list[Fact]] = {}
    for fact in facts:
        alike.setdefault((fact.name.rpartition(".")[2], fact.text, fact.mark), []).append(fact)
    rows = [(_row(heading, each), _remark(each[0], kind)) for each in alike.values()]
    yield from packed_rows(rows, ("left", "right", "left"), width)


def _by_text(facts: Iterable[Fact]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in facts:
        found.setdefault(fact.text, []).append(fact.name)
    return found


def _remark(fact: Fact, kind: str) -> str:
    """Its kind, where that is not the heading's, and why it is what it is."""
    reason = fact.note if fact.kind in _REASONED else ""
    return ": ".join(part for part in ("" if fact.kind == kind else fact.kind, reason) if part)


def _row(heading: _Heading, alike: Sequence[Fact]) -> tuple[Span, ...]:
    fact = alike[0]
    place = place_of(fact.mark).removeprefix(heading.folder).lstrip("/")
    return (" ".join(folded_names([each.name for each in alike])), "name"), (fact.text, "value"), (place, "faint")


def long_fact_lines(facts: Sequence[Fact], width: int) -> Iterator[Line]:
    """Every fact by itself, with its source and place."""
    kind = ""
    for fact in facts:
        if fact.kind != kind:
            kind = fact.kind
            yield line((kind, _kind(kind)[1]))
        yield from wrapped(line((fact.name, "name"), " = ", (fact.text, "value")), width, line("  "), line("    "))
        where = ", ".join(part for part in (fact.source, place_of(fact.mark)) if part)
        for said in filter(None, (where, fact.note and f"note: {fact.note}")):
            yield from wrapped(line((said, "faint")), width, line("      "), line("        "))
