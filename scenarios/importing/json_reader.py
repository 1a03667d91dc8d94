"""JSON text -> marked nodes. Hostile files end here, each with one problem and its place.

Invariants: keys of an object are different; nothing is deeper than MOST_DEPTH; nesting costs no recursion.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from json import JSONDecodeError, decoder
from pathlib import Path
from types import MappingProxyType
from typing import cast

from ...problems import Mark, Problem
from ..nodes import shown
from ..reader import decoded, read_bytes, shown_name
from .json_nodes import JsonList, JsonNode, JsonObject, JsonValue, Member, Plain

MOST_DEPTH = 40
LONGEST_NUMBER = 100

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?P<part>(?:\.\d+)?(?:[eE][-+]?\d+)?)")
_WORD = re.compile(r"-?[A-Za-z]+|[^\s,:\[\]{}\"]+")
_LITERALS: dict[str, Plain] = {
    "true": True, "false": False, "null": None,
    "NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf"),
}  # fmt: skip  # the last three are none of JSON's, but transformers writes them


def parse_scalar(text: str) -> Plain:
    """The number, true, false or null that the text says in JSON; else the text itself."""
    if text in _LITERALS:
        return _LITERALS[text]
    found = _NUMBER.fullmatch(text)
    return text if found is None else float(text) if found["part"] else int(text)


# the standard library's own reader of one text, which its types do not name
_scan = cast("Callable[[str, int, bool], tuple[str, int]]", vars(decoder)["scanstring"])


class _NotJson(Exception):
    def __init__(self, message: str, start: int, end: int | None = None, hint: str = "", kind: str = "json") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.hint, self.kind = message, start, end, hint, kind


def read_json(path: Path, problems: list[Problem]) -> JsonObject | None:
    """The object that the file holds; None, with a problem that says why, if it holds none."""
    file = shown_name(path)
    found: list[Problem] = []
    data = read_bytes(path, file, found)
    text = None if data is None else decoded(data, file, found)
    problems += found
    return None if text is None else parse_json(text, file, problems)


def parse_json(text: str, file: str, problems: list[Problem]) -> JsonObject | None:
    """The object that the text holds; None, with a problem that says why, if it holds none."""
    reader = _Reader(text.removeprefix("\ufeff"), file)
    try:
        return reader.read()
    except _NotJson as wrong:
        mark = reader.mark(wrong.start, wrong.end)
        problems.append(Problem(wrong.kind, wrong.message, mark, hint=wrong.hint))
    return None


@dataclass(slots=True)
class _Open:
    """A list or object that is not closed yet."""

    start: int
    is_object: bool
    key: tuple[str, Mark] | None = None
    items: list[JsonNode] = field(default_factory=list[JsonNode])
    members: dict[str, Member] = field(default_factory=dict[str, Member])


class _Reader:
    """One text being read; `stack` holds what is open, innermost last."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.lines = text.split("\n")
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.stack: list[_Open] = []

    def mark(self, start: int, end: int | None = None) -> Mark:
        line = bisect_right(self.starts, start) - 1
        column, source = start - self.starts[line], self.lines[line]
        length = min((end or start + 1) - start, max(1, len(source) - column))
        return Mark(self.file, line + 1, column + 1, length, source)

    def read(self) -> JsonObject:
        place = self.space(0)
        if place == len(self.text):
            raise _NotJson("the file is empty", 0, kind="file")
        root: JsonNode | None = None
        while root is None:
            place, node = self.value(place)
            if node is None:  # a list or an object has been opened
                continue
            place, root = self.close_all(place, node)
        place = self.space(place)
        if place < len(self.text):
            raise _NotJson("the file goes on after its end", place)
        if not isinstance(root, JsonObject):
            raise _NotJson("the file is not an object: a config begins with {", self.space(0))
        return root

    def space(self, place: int) -> int:
        found = _SPACE.match(self.text, place)
        return found.end() if found else place

    def value(self, place: int) -> tuple[int, JsonNode | None]:
        """The value that starts here, with the place after it; None where a list or object has been opened."""
        char = self.text[place : place + 1]
        if char == "":
            raise self.cut(place)
        if char in "[{":
            return self.open(place, char == "{")
        if char == '"':
            text, end = self.string(place)
            return end, JsonValue(text, self.mark(place, end))
        return self.number(place) or self.literal(place)

    def open(self, place: int, is_object: bool) -> tuple[int, JsonNode | None]:
        if len(self.stack) >= MOST_DEPTH:
            raise _NotJson(f"the file is nested deeper than {MOST_DEPTH} levels", place)
        self.stack.append(_Open(place, is_object))
        after = self.space(place + 1)
        if self.text[after : after + 1] == ("}" if is_object else "]"):
            return after + 1, self.closed()
        return (self.key(after) if is_object else after), None

    def closed(self) -> JsonNode:
        top = self.stack.pop()
        mark = self.mark(top.start)
        if top.is_object:
            return JsonObject(MappingProxyType(top.members), mark)
        return JsonList(tuple(top.items), mark)

    def close_all(self, place: int, node: JsonNode) -> tuple[int, JsonNode | None]:
        """Give the value to what is open, and close what ends after it; the root where everything is closed."""
        while self.stack:
            top = self.stack[-1]
            if top.key is not None:
                top.members[top.key[0]] = Member(top.key[1], node)
            else:
                top.items.append(node)
            place = self.space(place)
            char, end = self.text[place : place + 1], "}" if top.is_object else "]"
            if char == ",":
                after = self.space(place + 1)
                return (self.key(after, place) if top.is_object else self.item(after, place)), None
            if char != end:
                raise self.cut(place) if char == "" else _NotJson(f"a comma or '{end}' is missing before this", place)
            place, node = place + 1, self.closed()
        return place, node

    def item(self, place: int, comma: int) -> int:
        if self.text[place : place + 1] == "]":
            raise _NotJson("a comma before the end of a list", comma, hint="take the comma out")
        return place

    def key(self, place: int, comma: int | None = None) -> int:
        """Read a key and its colon; the place of its value."""
        char = self.text[place : place + 1]
        if char == "":
            raise self.cut(place)
        if char == "}" and comma is not None:
            raise _NotJson("a comma before the end of an object", comma, hint="take the comma out")
        if char != '"':
            raise _NotJson("a key in double quotes is wanted here", place)
        name, end = self.string(place)
        mark, top = self.mark(place, end), self.stack[-1]
        if name in top.members:
            line = top.members[name].mark.line
            raise _NotJson(f"{shown(name)} is already given in line {line}", place, end, kind="duplicate")
        top.key = (name, mark)
        colon = self.space(end)
        if self.text[colon : colon + 1] != ":":
            raise self.cut(colon) if colon == len(self.text) else _NotJson("a colon is missing before this", colon)
        return self.space(colon + 1)

    def string(self, place: int) -> tuple[str, int]:
        try:
            return _scan(self.text, place + 1, True)
        except JSONDecodeError as error:
            if "Unterminated" in error.msg:
                raise _NotJson("this text is not closed: a quote is missing", place) from None
            raise _NotJson(
                f"a text cannot hold this: {error.msg.lower()}", min(error.pos, len(self.text) - 1)
            ) from None

    def number(self, place: int) -> tuple[int, JsonNode] | None:
        found = _NUMBER.match(self.text, place)
        if found is None or ((after := _WORD.match(self.text, found.end())) is not None and after[0]):
            return None
        if len(found[0]) > LONGEST_NUMBER:
            raise _NotJson(f"a number of more than {LONGEST_NUMBER} digits", place, found.end())
        value = float(found[0]) if found["part"] else int(found[0])
        return found.end(), JsonValue(value, self.mark(place, found.end()))

    def literal(self, place: int) -> tuple[int, JsonNode]:
        found = _WORD.match(self.text, place)
        end = found.end() if found else place + 1
        word = self.text[place:end]
        if word not in _LITERALS:
            hint = "texts stand in double quotes" if word[:1] == "'" or word[:1].isalpha() else ""
            raise _NotJson(f"{shown(word)} is no value of JSON", place, end, hint)
        return end, JsonValue(_LITERALS[word], self.mark(place, end))

    def cut(self, place: int) -> _NotJson:
        """The text ends where something is still open."""
        top = self.stack[-1] if self.stack else None
        opened = (
            f": the {'{' if top.is_object else '['} of line {self.mark(top.start).line} is not closed" if top else ""
        )
        last = max(0, len(self.text[:place].rstrip()) - 1)
        return _NotJson(f"the file ends too early{opened}", last, hint="the file was cut: load it once more")
