"""What values and formulas went over others, as text: pinned, overridden, hidden, and set for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..graph.audit.ages import Fact
from ..graph.audit.findings import Overridden, Pinned, Shadowed
from .text import Line, line, place_of, wrapped
from .text_facts import item, where


def pinned_lines(found: Iterable[Pinned], width: int) -> Iterator[Line]:
    """Each value that stands in the place of a formula, and what that would give."""
    for each in found:
        fact = each.fact
        head = line((fact.name, "name"), " = ", (fact.text, "value"), f", {fact.kind}", where(fact.mark))
        gives = f", which would give {each.would_be}" if each.would_be else ""
        yield from item(width, head, line(("instead of ", "faint"), each.formula, (gives, "faint")))


def overridden_lines(found: Iterable[Overridden], width: int) -> Iterator[Line]:
    """Each formula that stands in the place of a sheet's."""
    for each in found:
        head = line((each.name, "name"), f" = {each.formula}", where(each.mark))
        yield from item(width, head, line(("instead of ", "faint"), each.replaced or "no formula"))


def shadowed_lines(found: Iterable[Shadowed], width: int) -> Iterator[Line]:
    """The values that others hide, by the layers of both: `set over default: ep = 8 (not 1)`."""
    layers: dict[tuple[str, str], list[str]] = {}
    for each in found:
        for hidden in each.hidden:
            said = f"{each.name} = {each.text} (not {hidden.text})"
            layers.setdefault((each.layer, hidden.layer), []).append(said)
    for (over, under), told in layers.items():
        head = line((f"{over} over {under}: ", "faint"), "; ".join(told))
        yield from wrapped(head, width, (), line("    "))


def long_shadowed_lines(found: Iterable[Shadowed], width: int) -> Iterator[Line]:
    """Each value that hides others, with each of those and its place."""
    for each in found:
        head = line((each.name, "name"), " = ", (each.text, "value"), (f", of {each.layer}", "faint"))
        hidden = (
            line(("hides ", "faint"), value.text, (f", of {value.layer}", "faint"), where(value.mark))
            for value in each.hidden
        )
        yield from item(width, head, *hidden)


def unused_lines(found: Iterable[Fact], width: int) -> Iterator[Line]:
    """The inputs that somebody set for nothing, those of one place together."""
    places: dict[str, list[Fact]] = {}
    for fact in found:
        places.setdefault(place_of(fact.mark), []).append(fact)
    for facts in places.values():
        said = ", ".join(f"{fact.name} = {fact.text}" for fact in facts)
        yield from item(width, line(said, where(facts[0].mark)))
