"""A model entry as the importer makes it, before it is written: plain data in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...graph.language.declarations import Kind
from ...problems import Mark

CONFIG, CODE = "config", "code"  # ids of the sources: the config, and what says how it is read


@dataclass(frozen=True, slots=True)
class MadeFact:
    """A fact; without `kind` and `source` those of the facts around it. `mark`: the key that it rests on."""

    name: str
    value: str
    kind: Kind | None = None
    source: str = ""
    note: str = ""
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class MadeGroup:
    """A group of the stack."""

    name: str
    use: tuple[str, ...]
    facts: tuple[MadeFact, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeScope:
    """The model, or a tower of it."""

    use: tuple[str, ...]
    facts: tuple[MadeFact, ...]
    groups: tuple[MadeGroup, ...]
    stack: str
    towers: Mapping[str, MadeScope] = field(default_factory=lambda: MappingProxyType({}))

    def every_fact(self) -> Iterator[MadeFact]:
        """The facts here, in the groups and in the towers."""
        yield from self.facts
        for group in self.groups:
            yield from group.facts
        for tower in self.towers.values():
            yield from tower.every_fact()


@dataclass(frozen=True, slots=True)
class MadeSource:
    """Where facts come from."""

    title: str
    url: str = ""
    read: str = ""
    kind: Kind = "datasheet"


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """A whole entry. `published` and `contradictions` are texts of YAML's flow style, key by key."""

    name: str
    scope: MadeScope
    title: str = ""
    hf: str = ""
    about: str = ""
    aliases: tuple[str, ...] = ()
    sources: Mapping[str, MadeSource] = field(default_factory=lambda: MappingProxyType({}))
    published: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    contradictions: tuple[Mapping[str, str], ...] = ()
