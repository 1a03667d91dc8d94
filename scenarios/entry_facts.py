"""A catalogue entry's facts, held against the glossaries: in base units, to compare and to audit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..graph.assembly.binding import Slot, bind_value
from ..graph.assembly.definitions import CatalogueFact
from ..graph.assembly.qualifiers import read_words
from ..graph.assembly.scopes import Facts, Layer, Lexicon
from ..graph.language.declarations import Entry, Given, Group
from ..graph.language.expressions import Name
from ..graph.language.names import did_you_mean, in_scope
from ..problems import Problem, Text
from ..units import UnitContext, UnitError
from .library import Library
from .sheet_use import SheetUse


def entry_facts(
    entry: Entry, lexicon: Lexicon, context: UnitContext, problems: list[Problem]
) -> tuple[CatalogueFact, ...]:
    """The facts of the entry itself; a problem for each that has no known name or no right value."""
    return tuple(_facts(entry, entry.facts, lexicon, context, problems))


def published_figures(
    entry: Entry, lexicon: Lexicon, context: UnitContext, problems: list[Problem]
) -> tuple[CatalogueFact, ...]:
    """What the entry's makers print of quantities that it computes: as good as facts to hold a scenario against."""
    return tuple(_facts(entry, figures_of(entry), lexicon, context, problems))


def figures_of(entry: Entry) -> Facts:
    """The entry's published figures by name, as values: facts where its own sheets do not compute them."""
    return {
        claim.subject.text.text: (
            claim.subject.text,
            Given(claim.printed, "datasheet", claim.source, claim.why, claim.of),
        )
        for claim in entry.published
        if isinstance(claim.subject.expr, Name) and claim.expect == "holds" and claim.unit is None
    }


def facts_alone(entry: Entry, library: Library) -> tuple[tuple[str, CatalogueFact], ...]:
    """Every fact of an entry by itself, those of its groups and towers too: where each stands, and what it says."""
    use = SheetUse(library)
    scopes = [("", entry.facts), *_inside("", entry.groups)]
    for names in (entry.use, *(group.use for group in _every(entry.groups))):
        use.closure(names, entry.file, ())  # for the glossaries that its sheets use
    lexicon, context = use.lexicon(library.problems), UnitContext()
    return tuple(
        (scope, fact) for scope, facts in scopes for fact in _facts(entry, facts, lexicon, context, library.problems)
    )


def _every(groups: Iterable[Group]) -> Iterator[Group]:
    for group in groups:
        yield group
        yield from _every(group.groups)


def _inside(around: str, groups: Iterable[Group]) -> Iterator[tuple[str, Facts]]:
    for group in groups:
        name = in_scope(around, group.name.text)
        yield name, group.facts
        yield from _inside(name, group.groups)


def _facts(
    entry: Entry, facts: Facts, lexicon: Lexicon, context: UnitContext, problems: list[Problem]
) -> Iterator[CatalogueFact]:
    for name, (text, given) in facts.items():
        fact = _fact(entry, name, text, given, lexicon, context, problems)
        if fact:
            yield fact


def _fact(
    entry: Entry, name: str, text: Text, given: Given, lexicon: Lexicon, context: UnitContext, problems: list[Problem]
) -> CatalogueFact | None:
    base, _, key = name.partition("[")
    quantity = lexicon.quantities.get(base)
    if quantity is None:
        hint = did_you_mean(base, lexicon.quantities, problems)
        problems.append(Problem("name", f"no glossary has the name {base}", text.mark, hint=hint))
        return None
    try:
        unit = context.unit(quantity.unit.text if quantity.unit else "")
    except UnitError:
        return None  # the glossary's problem, reported where it stands
    words = tuple(lexicon.choices.get(quantity.vocabulary.text, ())) if quantity.vocabulary else ()
    choices = words or tuple(each.text for each in quantity.choices)
    slot = Slot(name, unit, choices, read_words(quantity.of, lexicon.qualifiers, []))
    title = entry.title or entry.name
    value = bind_value(given, Layer(entry.sort, title, {}), slot, lexicon.qualifiers, context, problems)
    if value is None:
        return None
    keys = tuple(word.strip() for word in key.rstrip("]").split(",")) if key else ()
    return CatalogueFact(base, value, unit, title, entry.sort, keys)
