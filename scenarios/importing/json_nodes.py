"""What a JSON file says, with its marks: values, lists and objects, and the path by which each is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...problems import Mark

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A text, a number, true, false or null."""

    value: Plain
    mark: Mark


@dataclass(frozen=True, slots=True)
class JsonList:
    """`[a, b]`."""

    items: tuple[JsonNode, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Member:
    """One key of an object, and its value; `mark` is the key's."""

    mark: Mark
    node: JsonNode


@dataclass(frozen=True, slots=True)
class JsonObject:
    """`{"a": 1}`: the keys are different, and in the order of the file."""

    members: Mapping[str, Member]
    mark: Mark

    def find(self, path: str) -> Member | None:
        """The member that a dotted path leads to: `text_config.hidden_size`."""
        node: JsonNode = self
        member = None
        for part in path.split("."):
            member = node.members.get(part) if isinstance(node, JsonObject) else None
            if member is None:
                return None
            node = member.node
        return member


JsonNode = JsonValue | JsonList | JsonObject


def is_empty(node: JsonNode) -> bool:
    """Nothing that could matter: null, false, an empty text, list or object."""
    match node:
        case JsonValue(value):
            return value is None or value is False or value == ""
        case JsonList(items):
            return not items
        case JsonObject(members):
            return not members


def words_of(node: JsonNode) -> str:
    """What the node is, in words."""
    match node:
        case JsonValue(None):
            return "null"
        case JsonValue(bool()):
            return "true or false"
        case JsonValue(str()):
            return "text"
        case JsonValue():
            return "a number"
        case JsonList():
            return "a list"
        case JsonObject():
            return "an object"


def leaves(node: JsonObject, path: str = "") -> Iterator[tuple[str, Member]]:
    """The members of the object by their dotted paths, without those of objects inside."""
    for key, member in node.members.items():
        yield f"{path}.{key}" if path else key, member
