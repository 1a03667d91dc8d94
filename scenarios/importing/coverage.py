"""An account of a config's keys: used, known to be irrelevant, and unknown; of these, which could matter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...graph.language.names import nearest
from ...problems import Problem
from ..nodes import shown
from .dialects import Body
from .json_nodes import JsonObject, Member, is_empty, words_of
from .reading import Reading

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Coverage:
    """Dotted paths of keys. `irrelevant` has the reasons; `unknown` are null, false or empty, `ignored` the user's."""

    used: tuple[str, ...] = ()
    irrelevant: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unknown: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(slots=True)
class _Account:
    reading: Reading
    ignore: Collection[str]
    problems: list[Problem]
    used: list[str] = field(default_factory=list[str])
    irrelevant: dict[str, str] = field(default_factory=dict[str, str])
    unknown: list[str] = field(default_factory=list[str])
    ignored: list[str] = field(default_factory=list[str])
    refused: int = 0

    def object(self, node: JsonObject, path: str, bodies: list[Body]) -> None:
        """The members of one object, which these bodies read."""
        for key, member in node.members.items():
            full = f"{path}.{key}" if path else key
            inner = self.inner(full)
            if inner and isinstance(member.node, JsonObject):
                self.object(member.node, full, inner)
            elif full in self.reading.used:
                self.used.append(full)
            elif reason := self.reason(full, key, bodies):
                self.irrelevant[full] = reason
            elif isinstance(member.node, JsonObject) and self.read_inside(full):
                self.object(member.node, full, bodies)
            elif full in self.ignore or key in self.ignore:
                self.ignored.append(full)
            else:
                self.unknown.append(full)
                if not is_empty(member.node):
                    self.refuse(full, key, member, bodies)

    def inner(self, path: str) -> list[Body]:
        """The bodies that read the section of this path."""
        return [body for section, body in self.reading.bodies if section.path == path]

    def read_inside(self, path: str) -> bool:
        names = {f"{section.path}.{name}".lstrip(".") for section, body in self.reading.bodies for name in _names(body)}
        return any(name.startswith(f"{path}.") for name in (*names, *self.reading.used))

    def reason(self, full: str, key: str, bodies: list[Body]) -> str:
        """Why the key changes nothing here, '' where nobody knows it."""
        for body in bodies:
            inside = f".{full}".partition(f".{body.section}.")[2] or full if body.section else full
            for name in (inside, key, full):
                if name in body.irrelevant:
                    return body.irrelevant[name]
            if {inside, full} & set(_names(body)):
                return "known, and nothing of this model rests on it"
        return ""

    def refuse(self, full: str, key: str, member: Member, bodies: list[Body]) -> None:
        """A problem for an unknown key, unless there are very many of them."""
        self.refused += 1
        if self.refused > MOST_PROBLEMS:
            return
        if self.refused == MOST_PROBLEMS:
            message = "too many unknown keys: those after this one are not shown"
            self.problems.append(Problem("unknown", message, member.mark))
            return
        there = {path.rpartition(".")[2] for path in self.reading.used}
        near = nearest(key, [name for body in bodies for name in _names(body) if name not in there], most=1)
        hint = f"did you mean {near[0]}? " if near else ""
        message = f"{shown(full)} is {words_of(member.node)} that this dialect does not know: it could matter"
        hint += f"if it changes neither sizes nor layers, --ignore {full}"
        self.problems.append(Problem("unknown", message, member.mark, hint=hint))


def _names(body: Body) -> Iterator[str]:
    yield from (name for key in body.keys.values() for name in key.names)


def account(reading: Reading, ignore: Collection[str]) -> Coverage:
    """What became of each key; a problem for each unknown one that could matter and that `ignore` does not name."""
    found = _Account(reading, ignore, reading.problems)
    found.object(reading.root, "", [body for section, body in reading.bodies if not section.path])
    for path in _never_there(found, ignore):
        reading.problems.append(Problem("usage", f"--ignore {path}: the config has no unknown key of that name"))
    return Coverage(tuple(found.used), MappingProxyType(found.irrelevant), tuple(found.unknown), tuple(found.ignored))


def _never_there(found: _Account, ignore: Collection[str]) -> Iterator[str]:
    ends = {path.rpartition(".")[2] for path in found.ignored}
    yield from (path for path in ignore if path not in found.ignored and path not in ends)
