"""One section of a config: what its keys hold, checked against what the dialect says of them, and which were read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...problems import Mark, Problem
from ..nodes import shown
from .dialects import BY_LAYER, Key
from .json_nodes import JsonList, JsonNode, JsonObject, JsonValue, Member, Plain, words_of

LARGEST_COUNT = 10**9
ROOT = "config."
_PLAIN = re.compile(r"[\w.]+")
_IN_LAYER = re.compile(r"layers\.(\d+)(?:\.|$)")

Read = Plain | tuple[Plain, ...] | frozenset[Plain]


class Refused(Exception):
    """A key or a formula gives nothing, and the problem that says why has been reported."""


@dataclass(slots=True)
class Section:
    """The object in which a body's keys stand; `outer`, where they are looked for next.

    `used`: dotted paths of the keys read so far, shared by all sections. `root`: where dotted names of other sections
    begin.
    """

    node: JsonObject
    path: str
    root: JsonObject
    problems: list[Problem]
    used: set[str]
    outer: Section | None = None
    n_layers: int | None = None
    checked: dict[str, Read] = field(default_factory=dict[str, Read])

    def report(self, message: str, mark: Mark, hint: str = "", kind: str = "config") -> Refused:
        """One problem more, said once; what to raise where nothing can be read."""
        problem = Problem(kind, message, mark, hint=hint)
        if problem not in self.problems:
            self.problems.append(problem)
        return Refused(message)

    def find(self, key: Key) -> Member | None:
        """The member that the key means, under any of its names; two that say different things are a problem."""
        found = None
        for name in key.names:
            other = self.member(name)
            if found and other and _differ(found.node, other.node):
                self.contradiction(name, other, found)
            found = found if found and not _is_null(found.node) else other or found
        return found

    def contradiction(self, name: str, one: Member, other: Member) -> None:
        message = f"{shown(name)} says something else than line {other.mark.line}"
        raise self.report(message, one.mark, "take one of the two out of the config")

    def member(self, name: str) -> Member | None:
        """The member of a dotted name: in this section, in those around it, or from the root."""
        found = self.node.find(name)
        if found:
            self.used.add(f"{self.path}.{name}" if self.path else name)
        around = self.outer.member(name) if self.outer else self.elsewhere(name) if "." in name else None
        if found and around and _differ(found.node, around.node):
            self.contradiction(name, found, around)
        return found or around

    def elsewhere(self, name: str) -> Member | None:
        """The member that a dotted name leads to from the root; `config.` leads to the root itself."""
        path = name.removeprefix(ROOT)
        found = self.root.find(path)
        if found:
            self.used.add(path)
        return found

    def stated(self, key: Key) -> Member | None:
        """The member, unless it is null, an empty list by layers, or a word that only says that the default holds."""
        found = self.find(key)
        if (
            found is None
            or _is_null(found.node)
            or (key.sort in BY_LAYER and found.node == JsonList((), found.node.mark))
        ):
            return None
        value = found.node.value if isinstance(found.node, JsonValue) else None
        return None if key.sort in ("count", "whole", "number") and value in key.of else found

    def read(self, key: Key) -> Read:
        """What the config states for the key, as its sort wants it; null where that says something."""
        if key.name not in self.checked:
            found = self.find(key)
            assert found is not None
            self.checked[key.name] = self._typed(key, found.node)
        return self.checked[key.name]

    def _typed(self, key: Key, node: JsonNode) -> Read:
        if isinstance(node, JsonValue) and node.value is None:
            if key.keeps_null:
                return None
            raise self.report(f"{shown(key.name)} is null, and has to be known", node.mark)
        value = _SORTS[key.sort](self, key, node)
        if isinstance(value, tuple) and key.sort in BY_LAYER and self.n_layers not in (None, len(value)):
            message = f"{shown(key.name)} says something of {len(value)} layers, and there are {self.n_layers}"
            raise self.report(message, node.mark)
        return value

    def wrong(self, key: Key, node: JsonNode, wanted: str) -> Refused:
        """The problem of a value that its key cannot hold."""
        said = words_of(node)
        if isinstance(node, JsonValue) and isinstance(node.value, str):
            said = f"the text {shown(node.value)}"
        elif isinstance(node, JsonValue) and node.value is not None:
            said = shown(str(node.value).lower())
        return self.report(f"{shown(key.name)} is {said}, and {wanted} is wanted", node.mark)

    def number(self, key: Key, node: JsonNode) -> int | float:
        return self.within(key, node, "a number from 0")

    def within(self, key: Key, node: JsonNode, wanted: str, least: int = 0) -> int | float:
        """The number, if it lies in the range; `wanted` says what it has to be, without the range's end."""
        value = node.value if isinstance(node, JsonValue) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, node, "a number")
        if not math.isfinite(value) or not least <= value <= LARGEST_COUNT:
            raise self.wrong(key, node, f"{wanted} to {LARGEST_COUNT:,}")
        return value

    def whole(self, key: Key, node: JsonNode, least: int = 0) -> int:
        wanted = f"a whole number from {least}"
        value = self.within(key, node, wanted, least)
        if value != int(value):
            raise self.wrong(key, node, f"{wanted} to {LARGEST_COUNT:,}")
        return int(value)

    def count(self, key: Key, node: JsonNode) -> int:
        return self.whole(key, node, 1)

    def extent(self, key: Key, node: JsonNode) -> int:
        every = isinstance(node, JsonValue) and node.value == -1
        return -1 if every else int(self.within(key, node, "-1 or a whole number from 1", 1))

    def flag(self, key: Key, node: JsonNode) -> bool:
        if isinstance(node, JsonValue) and isinstance(node.value, bool):
            return node.value
        raise self.wrong(key, node, "true or false")

    def word(self, key: Key, node: JsonNode) -> str:
        value = node.value if isinstance(node, JsonValue) else None
        if not isinstance(value, str):
            raise self.wrong(key, node, "a word")
        if value not in key.of:
            raise self.report(
                f"{shown(key.name)} is {shown(value)}, which this dialect does not know",
                node.mark,
                f"it knows {', '.join(key.of)}",
            )
        return key.of[value]

    def items(self, key: Key, node: JsonNode) -> tuple[JsonNode, ...]:
        if not isinstance(node, JsonList):
            raise self.wrong(key, node, "a list")
        return node.items

    def words(self, key: Key, node: JsonNode) -> tuple[str, ...]:
        return tuple(self.word(key, item) for item in self.items(key, node))

    def numbers(self, key: Key, node: JsonNode) -> tuple[int | float, ...]:
        return tuple(self.number(key, item) for item in self.items(key, node))

    def flags(self, key: Key, node: JsonNode) -> tuple[bool, ...]:
        found: list[bool] = []
        for item in self.items(key, node):
            value = item.value if isinstance(item, JsonValue) else None
            found.append(bool(value) if value in (0, 1) else self.flag(key, item))
        return tuple(found)

    def layers(self, key: Key, node: JsonNode) -> frozenset[int]:
        found = frozenset(self.whole(key, item) for item in self.items(key, node))
        beyond = [number for number in found if self.n_layers is not None and number >= self.n_layers]
        if beyond:
            raise self.report(f"{shown(key.name)} names layer {beyond[0]}, and there are {self.n_layers}", node.mark)
        return found

    def pattern(self, key: Key, node: JsonNode) -> tuple[str, ...]:
        value = node.value if isinstance(node, JsonValue) else None
        if not isinstance(value, str):
            raise self.wrong(key, node, "a text with a letter for each layer")
        for place, letter in enumerate(value):
            if letter not in key.of:
                mark = Mark(node.mark.file, node.mark.line, node.mark.column + 1 + place, 1, node.mark.source)
                raise self.report(f"{shown(letter)} is no letter of {shown(key.name)}", mark,
                                  f"its letters are {' '.join(key.of)}")  # fmt: skip
        return tuple(key.of[letter] for letter in value)

    def texts(self, key: Key, node: JsonNode) -> frozenset[str]:
        """The meanings of the texts; one that is said of some layers only is no meaning of the whole model."""
        numbered: dict[str, set[int]] = {}
        found: set[str] = set()
        for item in self.items(key, node):
            text = item.value if isinstance(item, JsonValue) else None
            if not isinstance(text, str):
                raise self.wrong(key, item, "a list of texts")
            meaning = next((word for piece, word in key.of.items() if piece in text), None)
            if meaning is None:
                known = (
                    f"texts with {', '.join(piece for piece in key.of if _PLAIN.fullmatch(piece))} in them are known"
                )
                raise self.report(f"{shown(text)} of {shown(key.name)} is not known here", item.mark, known)
            if layer := _IN_LAYER.search(text):
                numbered.setdefault(meaning, set()).add(int(layer[1]))
            found.add(meaning)
        for meaning, layers in numbered.items():
            if meaning != KEPT and self.n_layers is not None and not layers >= set(range(self.n_layers)):
                raise self.report(
                    f"{shown(key.name)} leaves out {meaning} in {len(layers)} of {self.n_layers} layers",
                    node.mark,
                    "layers of one group that are stored in different formats cannot be told apart",
                )
        return frozenset(found)


KEPT = "kept"  # the meaning of what no format touches anyway: norms, routers, biases


def _is_null(node: JsonNode) -> bool:
    return isinstance(node, JsonValue) and node.value is None


def _differ(one: JsonNode, other: JsonNode) -> bool:
    if isinstance(one, JsonValue) and isinstance(other, JsonValue):
        return one.value != other.value and None not in (one.value, other.value)
    return False


_SORTS: Mapping[str, Callable[[Section, Key, JsonNode], Read]] = {
    "count": Section.count,
    "whole": Section.whole,
    "extent": Section.extent,
    "number": Section.number,
    "flag": Section.flag,
    "word": Section.word,
    "words": Section.words,
    "pattern": Section.pattern,
    "flags": Section.flags,
    "layers": Section.layers,
    "numbers": Section.numbers,
    "texts": Section.texts,
}
