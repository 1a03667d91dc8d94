"""Scopes: where names live, and how a name finds what it means.

Names resolve outward, from the scope a sheet is used in to the top. Two guards: a tower takes none of the model's
own facts from outside itself, and what hides an outer name says so (assemble.py checks that).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ...problems import Problem, Text
from ..language.declarations import Axis, Given, Glossary, Quantity, Sheet
from ..language.names import in_scope, outward
from .qualifiers import Axes, read_words, said

Facts = Mapping[str, tuple[Text, Given]]
NO_FACTS: Facts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Layer:
    """Values given at one place; in a scope's layers, later ones win.

    `optional`: facts of an entry, bound only where something wants them. `per_device`: their text leaves
    `/device` out.
    """

    name: str
    origin: str
    values: Facts
    optional: bool = False
    per_device: bool = False


@dataclass(frozen=True, slots=True)
class ScopeSpec:
    """A scope to be made: its absolute name, the sheets used in it, the values given in it, the scopes inside."""

    name: str
    sheets: tuple[Sheet, ...] = ()
    layers: tuple[Layer, ...] = ()
    inner: tuple[ScopeSpec, ...] = ()
    tower: bool = False

    def walk(self) -> Iterator[ScopeSpec]:
        """This scope and all inside it."""
        yield self
        for scope in self.inner:
            yield from scope.walk()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The glossaries of a workbook, merged."""

    quantities: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    qualifiers: Axes = field(default_factory=lambda: MappingProxyType({}))

    @property
    def names(self) -> frozenset[str]:
        """What a sheet may take."""
        return frozenset(self.quantities) | frozenset(self.tables)

    def explained(self, quantity: Quantity, problems: list[Problem]) -> Quantity:
        """The quantity with what the glossaries say of it: unit, symbol, meaning, words."""
        known = self.quantities.get(quantity.name.text)
        if known is None:
            return quantity
        stated = known.unit.text if known.unit else ""
        if quantity.unit and quantity.unit.text != stated:
            message = f"the glossary says that {quantity.name.text} is in {stated or 'plain numbers'}"
            problems.append(Problem("glossary", message, quantity.unit.mark, hint="leave the unit out here"))
        self._compare_words(quantity, known, problems)
        return replace(
            quantity,
            unit=known.unit,
            symbol=known.symbol or quantity.symbol,
            about=quantity.about or known.about,
            choices=known.choices or quantity.choices,
            vocabulary=known.vocabulary or quantity.vocabulary,
            by=known.by or quantity.by,
            of=known.of,
        )

    def _compare_words(self, quantity: Quantity, known: Quantity, problems: list[Problem]) -> None:
        """A problem where a sheet says that a name of the glossary is of something else than the glossary does."""
        if not quantity.of:
            return
        here, there = (read_words(each.of, self.qualifiers, []) for each in (quantity, known))
        if here != there:
            message = f"the glossary says that {quantity.name.text} is of {said(there) or 'nothing in particular'}"
            problems.append(Problem("glossary", message, quantity.of[0][0].mark, hint="leave 'of' out here"))

    @classmethod
    def merged(cls, glossaries: Iterable[Glossary], problems: list[Problem]) -> Lexicon:
        """One lexicon of all; a name that two glossaries state is a problem."""
        quantities: dict[str, Quantity] = {}
        choices: dict[str, Mapping[str, str]] = {}
        tables: dict[str, str] = {}
        axes: dict[str, Axis] = {}
        for glossary in glossaries:
            for name, quantity in glossary.quantities.items():
                if name in quantities:
                    first = quantities[name].name.mark
                    message = f"the glossary already has {name} ({first.file}:{first.line})"
                    problems.append(Problem("duplicate", message, quantity.name.mark))
                quantities.setdefault(name, quantity)
            for vocabulary, words in glossary.choices.items():
                choices.setdefault(vocabulary, words)
            for name, pointer in glossary.tables.items():
                tables.setdefault(name, pointer.sheet.text)
            for axis in glossary.qualifiers:
                first = axes.setdefault(axis.name.text, axis)
                if first is not axis:
                    where = f"{first.name.mark.file}:{first.name.mark.line}"
                    message = f"the glossary already has the qualifier {axis.name.text} ({where})"
                    problems.append(Problem("duplicate", message, axis.name.mark))
        qualifiers = {name: axis.words for name, axis in axes.items()}
        for quantity in quantities.values():
            read_words(quantity.of, qualifiers, problems)
        return cls(quantities, choices, tables, qualifiers)


class Names:
    """The absolute names there are, and the outward look-up."""

    def __init__(self, known: Mapping[str, object], towers: Iterable[str], own: Iterable[str]) -> None:
        """`known`: what has a name, as it comes to have one; `towers`: scopes of towers; `own`: names of which a
        tower must have its own."""
        self.known = known
        self.keyed: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.towers = tuple(towers)
        self.own = frozenset(own)

    def resolve(self, scope: str, name: str) -> str | None:
        """The absolute name that `name` means in `scope`; None if nothing there or outward has it."""
        return self._look(scope, name, self.known)

    def resolve_keyed(self, scope: str, name: str) -> str | None:
        """The absolute name of the keyed input that `name` means in `scope`."""
        return self._look(scope, name, self.keyed)

    def keyed_cells(self, scope: str, name: str) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Every key that the keyed input has in `scope` or outward, each with the innermost value's name."""
        tower = self.tower_of(scope) if self.barred(scope, name) else None
        found: dict[tuple[str, ...], str] = {}
        for place in outward(scope):
            for key, absolute in self.keyed.get(in_scope(place, name), ()):
                found.setdefault(key, absolute)
            if place == tower:
                break
        return tuple(found.items())

    def _look(self, scope: str, name: str, known: Mapping[str, object]) -> str | None:
        tower = self.tower_of(scope) if self.barred(scope, name) else None
        for place in outward(scope):
            absolute = in_scope(place, name)
            if absolute in known:
                return absolute
            if place == tower:
                return None
        return None

    def barred(self, scope: str, name: str) -> bool:
        """Whether `name`, in `scope`, is one that a tower around it must have itself."""
        return name in self.own and self.tower_of(scope) is not None

    def tower_of(self, scope: str) -> str | None:
        """The innermost tower that `scope` is or lies in."""
        return next((place for place in outward(scope) if place in self.towers), None)

    def hidden(self, absolute: str, scope: str) -> str | None:
        """The outer name that the name `absolute`, in `scope`, hides."""
        bare = absolute[len(scope) + 1 :] if scope else absolute
        if not scope:
            return None
        return self._look(scope.rpartition(".")[0], bare, self.known)
