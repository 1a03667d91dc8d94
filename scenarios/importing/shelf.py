"""The dialects that there are: read from their files, each with what it extends, and found by model_type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from ...graph.language.declarations import Formula
from ...graph.language.expressions import Call, Cells, Lookup, Measure, Name, walk
from ...graph.language.names import did_you_mean
from ...problems import Problem, Text
from ..library import BUNDLED, Library
from ..reader import decoded, read_bytes, read_text, shown_name
from ..sheet_use import SheetUse
from .dialect_files import decode_dialect
from .dialects import Body, Dialect, FactRule, GroupRule, SheetRule
from .formulas import LAYER, LITERALS

DIALECTS = BUNDLED / "dialects"
Read = tuple[Dialect, tuple[Text, ...]]  # a dialect, and the names of those that it extends
COMMON, FORMATS = "common", "quantization"  # two dialects that are of no architecture


class Shelf:
    """The bundled dialects, and one more file where the user names it; what is wrong in them is in `problems`."""

    def __init__(self, library: Library, more: Path | None = None) -> None:
        self.library, self.more = library, more
        self.problems: list[Problem] = []
        self._read: dict[str, Read | None] = {}

    def names(self) -> list[str]:
        """All the architectures' dialects, in order."""
        return sorted(path.stem for path in DIALECTS.glob("*.yaml") if path.stem not in (COMMON, FORMATS))

    @cached_property
    def types(self) -> dict[str, str]:
        """model_type -> the dialect that reads it."""
        found: dict[str, str] = {}
        for name in [*([str(self.more)] if self.more else []), *self.names()]:
            read = self._file(name)
            for word in read[0].model_types if read else ():
                found.setdefault(word, name)
        return found

    def get(self, name: str) -> Dialect | None:
        """The dialect of that name, with what it extends; None, with problems, if it cannot be read."""
        before = len(self.problems)
        found = self._whole(name, ())
        if found and len(self.problems) == before:
            self.problems += check_dialect(found, self.library)
        return found

    def _whole(self, name: str, path: tuple[str, ...]) -> Dialect | None:
        read = self._file(name)
        if read is None:
            return None
        dialect, bases = read
        body = Body(dialect.mark)
        for base in bases or ([] if name in (COMMON, FORMATS) else [Text(COMMON, dialect.mark)]):
            below = self._base(base, (*path, name))
            body = _over(body, below.body) if below else body
        return replace(dialect, body=_over(body, dialect.body))

    def _base(self, base: Text, path: tuple[str, ...]) -> Dialect | None:
        """A dialect that another extends."""
        if base.text in path:
            self.problems.append(Problem("cycle", "a dialect cannot extend itself", base.mark))
            return None
        if base.text not in [*self.names(), COMMON]:
            hint = did_you_mean(base.text, self.names())
            self.problems.append(Problem("file", f"there is no dialect called {base.text}", base.mark, hint=hint))
            return None
        return self._whole(base.text, path)

    def _file(self, name: str) -> Read | None:
        if name not in self._read:
            bundled = name in (COMMON, FORMATS) or ("/" not in name and not name.endswith((".yaml", ".yml")))
            path = DIALECTS / f"{name}.yaml" if bundled else Path(name)
            shown = f"scenarios/dialects/{name}.yaml" if bundled else None
            self._read[name] = self._decoded(path, shown or shown_name(path), name, bundled)
        return self._read[name]

    def _decoded(self, path: Path, shown: str, name: str, bundled: bool) -> Read | None:
        data = read_bytes(path, shown, self.problems)
        text = None if data is None else decoded(data, shown, self.problems)
        if text is None:
            return None
        found, problems = (_content_kept if bundled else _content)(text, shown, shown if bundled else name)
        self.problems += problems
        return found


def _content(text: str, shown: str, file: str) -> tuple[Read | None, tuple[Problem, ...]]:
    """The dialect in a file, and what is wrong with it."""
    problems: list[Problem] = []
    node = read_text(text, shown, problems)
    found = decode_dialect(node, file, problems) if node else None
    return found, tuple(problems)


_content_kept = lru_cache(maxsize=256)(_content)
"""For bundled files: each is decoded once in a process, unless its text changes."""


def _over(below: Body, above: Body) -> Body:
    """The body of a dialect laid over that of the one it extends: what both say, the upper one says."""
    towers = {name: above.towers.get(name, body) for name, body in below.towers.items()} | dict(above.towers)
    facts = {fact.name.text: fact for fact in (*below.facts, *above.facts)}
    return Body(
        above.mark,
        section=above.section or below.section,
        section_types=above.section_types or below.section_types,
        keys=MappingProxyType({**below.keys, **above.keys}),
        irrelevant=MappingProxyType({**below.irrelevant, **above.irrelevant}),
        use=above.use or below.use,
        facts=tuple(facts.values()),
        layers=above.layers or below.layers,
        groups=above.groups or below.groups,
        start=above.start or below.start,
        finish=above.finish or below.finish,
        extra=above.extra or below.extra,
        towers=MappingProxyType(towers),
    )


def check_dialect(dialect: Dialect, library: Library) -> Iterator[Problem]:
    """What is wrong with a dialect by itself, or with its sheets: a name that is neither key nor word, no fact's."""
    use = SheetUse(library.shared())
    use.library.place(dialect.file, Path(dialect.file))
    bodies = (dialect.body, *dialect.body.towers.values())
    for name in {rule.name.text: rule.name for body in bodies for rule in _rules_of(body)}.values():
        use.closure((name,), "", ())
    lexicon = use.lexicon(use.library.problems)
    yield from use.library.problems
    words = {word for choices in lexicon.choices.values() for word in choices}
    facts = None if use.library.problems else set(lexicon.quantities)  # with a sheet missing, so may its glossary be
    for body in bodies:
        own = {word for key in body.keys.values() for word in (*key.of.values(), *key.must)}
        known = {*body.keys, *own, *words, *LITERALS, LAYER}
        more = [fact for case in dialect.cases for fact in case.facts]
        yield from _unknown_facts((*_facts_of(body), *more), facts) if facts else ()
        for formula in (*_formulas_of(body), *(case.when for case in dialect.cases), *(each.formula for each in more)):
            yield from _unknown_names(formula, known)


def _facts_of(body: Body) -> Iterator[FactRule]:
    yield from body.facts
    for group in (*body.groups, *body.extra):
        yield from group.facts


def _rules_of(body: Body) -> Iterator[SheetRule]:
    yield from (*body.use, *body.start, *body.finish)
    for group in (*body.groups, *body.extra):
        yield from group.use


def _formulas_of(body: Body) -> Iterator[Formula]:
    groups: tuple[GroupRule, ...] = (*body.groups, *body.extra)
    found: list[Formula | None] = [body.layers, *(key.default for key in body.keys.values())]
    found += [fact.formula for fact in _facts_of(body)]
    found += [rule.when for rule in _rules_of(body)]
    found += [formula for group in groups for formula in (group.when, group.count)]
    yield from (formula for formula in found if formula)


def _unknown_names(formula: Formula, known: set[str]) -> Iterator[Problem]:
    for part in walk(formula.expr):
        mark = formula.text.at(*part.span)
        if isinstance(part, Name | Lookup) and part.name not in known:
            message = f"{part.name} is neither a key of this dialect nor a word that it knows"
            yield Problem("name", message, mark, hint=did_you_mean(part.name, known) or "declare it under keys:")
        if isinstance(part, Measure | Cells) or (isinstance(part, Call) and part.function == "sum"):
            yield Problem("name", "a formula over a config has no units and no tables", mark)


def _unknown_facts(facts: Iterable[FactRule], known: set[str]) -> Iterator[Problem]:
    for fact in facts:
        if fact.name.text not in known:
            message = f"no glossary has the name {fact.name}"
            yield Problem("name", message, fact.name.mark, hint=did_you_mean(fact.name.text, known))
