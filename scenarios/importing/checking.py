"""A made entry, loaded before anybody gets it: its facts are taken, its formulas hold, and it has counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ...graph.assembly.assemble import Assembly
from ...graph.assembly.scopes import Layer, Lexicon, ScopeSpec
from ...graph.assembly.takes import names_in
from ...graph.audit.claims import judge, resolve_claims
from ...graph.engine.dag import Dag, build, check
from ...graph.engine.workbook import Workbook
from ...graph.language.declarations import Entry, Given
from ...graph.language.names import keyed
from ...problems import Mark, Problem, Text, errors, ordered
from ..entries import decode_entry
from ..library import Library
from ..model import model_scopes, untaken_facts
from ..reader import read_text
from ..sheet_use import SheetUse
from .entries_made import MadeEntry, MadeFact, MadeGroup, MadeScope
from .entry_text import entry_text

COUNTS = ("n_parameters", "n_active_parameters", "n_extra_parameters", "kv_bytes_per_token")
_GIVEN = {"cache_element_bytes": "2 byte"}
_US = "the importer"


@dataclass(frozen=True, slots=True)
class Checked:
    """The entry's counts by name, None for one that it has not; and what is wrong with it."""

    counts: Mapping[str, float | None]
    problems: tuple[Problem, ...]


def pruned(entry: MadeEntry, file: str, library: Library) -> MadeEntry:
    """The entry without facts that none of its sheets takes: they would change nothing."""
    decoded = _decoded(entry_text(entry), file, [])
    if decoded is None:
        return entry
    use = SheetUse(library)
    root = use.closure(decoded.use, decoded.file, ())
    scopes = model_scopes(decoded, root, use, [])
    untaken = {(scope, text.text) for scope, text in untaken_facts(decoded, scopes, use, root)}
    return replace(entry, scope=_without(entry.scope, untaken, ""))


def _without(scope: MadeScope, untaken: set[tuple[str, str]], path: str) -> MadeScope:
    def kept(facts: tuple[MadeFact, ...], at: str) -> tuple[MadeFact, ...]:
        return tuple(fact for fact in facts if (at, fact.name) not in untaken)

    def inside(name: str) -> str:
        return f"{path}.{name}" if path else name

    groups = tuple(MadeGroup(each.name, each.use, kept(each.facts, inside(each.name))) for each in scope.groups)
    towers = {name: _without(tower, untaken, inside(name)) for name, tower in scope.towers.items()}
    return MadeScope(scope.use, kept(scope.facts, path), groups, scope.stack, MappingProxyType(towers))


def _decoded(text: str, file: str, problems: list[Problem]) -> Entry | None:
    node = read_text(text, file, problems)
    return decode_entry(node, file, problems) if node else None


def checked(made: MadeEntry, text: str, file: str, library: Library) -> Checked:
    """What the entry comes to by itself, from its text; a rule that it breaks is told at the config's key."""
    marks = {fact.name: fact.mark for fact in made.scope.every_fact() if fact.mark}
    return counted(text, file, library, marks)


def counted(text: str, file: str, library: Library, marks: Mapping[str, Mark] | None = None) -> Checked:
    """What an entry's text comes to by itself: what it takes from a scenario is an input without a value.

    `marks`: where facts come from, for the problems of rules that read them.
    """
    problems: list[Problem] = []
    entry = _decoded(text, file, problems)
    dag = _dag(entry, library, problems) if entry else None
    if entry is None or dag is None:
        return Checked(MappingProxyType(dict.fromkeys(COUNTS)), tuple(ordered(problems)))
    workbook = Workbook(check(dag))
    problems += [*_broken_rules(marks or {}, workbook), *_broken_claims(entry, dag, workbook)]
    return Checked(_counts(workbook), tuple(ordered(problems)))


def _dag(entry: Entry, library: Library, problems: list[Problem]) -> Dag | None:
    use = SheetUse(library)
    sheets = use.closure(entry.use, entry.file, ())
    scopes = model_scopes(entry, sheets, use, problems)
    lexicon = use.lexicon(problems)
    every = [*sheets, *(sheet for scope in scopes for inner in scope.walk() for sheet in inner.sheets)]
    taken = {text.text for sheet in every for text in sheet.takes} - set(lexicon.tables)
    layers = (Layer("model", entry.title or entry.name, entry.facts, optional=True), _given(taken, lexicon))
    root = ScopeSpec("", sheets, layers, scopes)
    own = frozenset(entry.facts) if any(scope.tower for scope in root.walk()) else frozenset[str]()
    given = {name for sheet in every for name in sheet.quantities}
    given |= {name for scope in root.walk() for layer in scope.layers for name in layer.values}
    dag = build(Assembly(root, lexicon, inputs=frozenset(taken - given), own=own, uses=use.uses))
    problems += [*library.problems, *dag.problems]
    return None if errors(problems) else dag


def _given(taken: set[str], lexicon: Lexicon) -> Layer:
    """Two bytes an element of the cache, and one value for each keyed input, so that there is one."""
    texts = dict(_GIVEN)
    for name in taken & set(lexicon.quantities):
        quantity = lexicon.quantities[name]
        if quantity.by and quantity.unit:
            key = (next(iter(lexicon.choices[by.text])) for by in quantity.by)
            texts[keyed(name, key)] = f"1 {quantity.unit.text}"
    values = {name: (Text.line(name, _US), Given(Text.line(value, _US))) for name, value in texts.items()}
    return Layer("set", _US, values, optional=True)


def _counts(workbook: Workbook) -> Mapping[str, float | None]:
    found: dict[str, float | None] = {}
    for name in COUNTS:
        known = name in workbook and workbook.error(name) is None
        found[name] = workbook.number(name) if known else None
    return MappingProxyType(found)


def _broken_rules(marks: Mapping[str, Mark], workbook: Workbook) -> Iterator[Problem]:
    """Rules that do not hold, at a key that one of their facts comes from."""
    for rule, holds in workbook.rules():
        if holds is False and rule.severity == "error":
            text = " ".join(rule.formula.text.text.split())
            facts = [name for name in names_in(rule.formula.expr) if name in marks]
            message = f"{text} does not hold in {rule.scope or 'the model'}: {rule.why}"
            yield Problem("check", message, marks[facts[-1]] if facts else rule.formula.text.mark)


def _broken_claims(entry: Entry, dag: Dag, workbook: Workbook) -> Iterator[Problem]:
    """Published figures that the entry does not come to."""
    found: list[Problem] = []
    for claim in resolve_claims(entry.published, dag, found):
        verdict = judge(claim, workbook)
        if not verdict.as_expected:
            message = f"{verdict.subject} = {verdict.printed} is published, and the entry comes to {verdict.computed}"
            found.append(verdict.problem or Problem("claim", message, verdict.mark))
    yield from found
