"""What every decoder of marked nodes stands on: the page, one file being decoded, and a mapping's fields.

Decoders gather all problems of a file and return what they could make of it; a result that was returned is
only to be used when no error was added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from ..graph.language.declarations import KINDS, Kind
from ..graph.language.names import did_you_mean, dotted_fault, name_fault
from ..problems import Mark, Problem, Text
from .nodes import Map, Node, Scalar, Seq, shown

MOST_PROBLEMS = 100  # of one file: to look for the nearest names of 100,000 wrong keys would take minutes

W = TypeVar("W", bound=str)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from, as people read it, and what kind its values are unless they say so.

    `read`: the day it was read, '' where that is not said.
    """

    text: str
    kind: Kind = "datasheet"
    read: str = ""


NO_SOURCES: Mapping[str, Source] = MappingProxyType(dict[str, Source]())


@dataclass(frozen=True, slots=True)
class Page:
    """One file being decoded: its name, the problems so far and its sources by id.

    `listed`: the file lists its sources, so a word that is none of their ids is a mistake and not free text.
    """

    file: str
    problems: list[Problem]
    sources: Mapping[str, Source] = field(default_factory=lambda: NO_SOURCES)
    listed: bool = False
    start: int = 0  # how many problems there were before this file's

    @property
    def full(self) -> bool:
        """So many problems that no more are taken."""
        return len(self.problems) - self.start >= MOST_PROBLEMS

    def report(self, kind: str, message: str, mark: Mark, hint: str = "") -> None:
        """One problem more."""
        self.add(Problem(kind, message, mark, hint=hint))

    def add(self, problem: Problem) -> None:
        if self.full:
            return
        self.problems.append(problem)
        if self.full:
            message = "too many problems: those after these are not shown"
            self.problems.append(Problem(problem.kind, message, problem.mark))

    def cite(self, text: Text) -> Source | None:
        """The source that the text names by its id; None where the text is free text, or a mistaken id."""
        known = self.sources.get(text.text)
        if known is None and self.listed and not any(char in text.text for char in " ./:"):
            hint = did_you_mean(text.text, self.sources) or "list it under 'sources'"
            self.report("key", f"no source is called {shown(text)}", text.mark, hint)
        return known

    def name(self, text: Text, dotted: bool = False) -> bool:
        """Whether the text can be a name; a problem if not."""
        fault = dotted_fault(text.text) if dotted else name_fault(text.text)
        if fault:
            self.report("name", fault, text.mark)
        return not fault


def page_of(file: str, problems: list[Problem]) -> Page:
    """The page on which the file's decoding begins."""
    return Page(file, problems, start=len(problems))


def shape(node: Node) -> str:
    """What the node is, in words."""
    return "text" if isinstance(node, Scalar) else "a list" if isinstance(node, Seq) else "a mapping"


def text_of(node: Node, what: str, page: Page) -> Text | None:
    """The node's text; None, with a problem, when it is none or empty."""
    if isinstance(node, Scalar) and not node.empty:
        return node.text
    found = "is empty" if isinstance(node, Scalar) else f"is {shape(node)}, not text"
    page.report("key", f"{what} {found}", node.mark)
    return None


def pairs_of(node: Node, what: str, page: Page) -> tuple[tuple[Scalar, Node], ...]:
    """The mapping's keys and values, without those that have nothing after the colon: each is a problem."""
    if not isinstance(node, Map):
        found = "is empty" if isinstance(node, Scalar) and node.empty else f"is {shape(node)}, not a mapping"
        page.report("key", f"{what} {found}", node.mark)
        return ()
    for key, value in node.items:
        if isinstance(value, Scalar) and value.empty:
            page.report("key", f"{shown(key.text)} of {what} has nothing after it", key.mark)
    return tuple(item for item in node.items if not (isinstance(item[1], Scalar) and item[1].empty))


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of one mapping that the language knows; `what` names the mapping in messages."""

    what: str
    mark: Mark
    page: Page
    values: Mapping[str, Node]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def require(self, *keys: str, written: Node | None = None) -> bool:
        """Whether all the keys are there; a problem for each that is not.

        A key with nothing after it has its problem already: `written` is the mapping as it stands.
        """
        there = {key.text.text for key, _ in written.items} if isinstance(written, Map) else set[str]()
        for key in keys:
            if key not in self.values and key not in there:
                self.page.report("key", f"{self.what} has no '{key}'", self.mark)
        return all(key in self.values for key in keys)

    def clash(self, first: str, second: str, why: str) -> None:
        """A problem where both keys are given."""
        if first in self.values and second in self.values:
            message = f"{self.what} has both '{first}' and '{second}': {why}"
            self.page.report("key", message, max(self.values[first].mark, self.values[second].mark))

    def text(self, key: str) -> Text | None:
        """The key's text, if it is given."""
        return self.read(key, text_of)

    def prose(self, key: str) -> str:
        """Text for people, '' if it is not given."""
        text = self.text(key)
        return text.text.strip() if text else ""

    def read(self, key: str, reader: Callable[[Node, str, Page], T]) -> T | None:
        """What `reader` makes of the key's value, if it is given."""
        node = self.values.get(key)
        return None if node is None else reader(node, f"'{key}' of {self.what}", self.page)

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list; one item may stand alone."""
        node = self.values.get(key)
        if node is None:
            return ()
        return node.items if isinstance(node, Seq) else (node,)

    def texts(self, key: str) -> tuple[Text, ...]:
        """A list of texts; one text may stand alone."""
        what = f"an item of '{key}' of {self.what}"
        found = [text_of(item, what, self.page) for item in self.items(key)]
        return tuple(text for text in found if text)

    def names(self, key: str) -> tuple[Text, ...]:
        """A list of names."""
        return tuple(text for text in self.texts(key) if self.page.name(text))

    def pairs(self, key: str) -> tuple[tuple[Scalar, Node], ...]:
        """The keys and values of the mapping under `key`."""
        return self.read(key, pairs_of) or ()

    def word(self, key: str, words: tuple[W, ...], default: W) -> W:
        """One of `words`; `default` where the key is not given or says something else, which is a problem."""
        text = self.text(key)
        if text is None:
            return default
        for word in words:
            if word == text.text:
                return word
        hint = did_you_mean(text.text, words)
        message = f"'{key}' is one of {', '.join(filter(None, words))}, not {shown(text)}"
        self.page.report("key", message, text.mark, hint)
        return default

    def kind(self, default: Kind) -> Kind:
        """The value's kind."""
        return self.word("kind", KINDS, default)


def fields_of(
    node: Node, what: str, keys: tuple[str, ...], page: Page, required: tuple[str, ...] = ()
) -> Fields | None:
    """The mapping's fields, with a problem for each unknown and each lacking key; None for no mapping."""
    found = {key.text.text: (key, value) for key, value in pairs_of(node, what, page)}
    if not isinstance(node, Map):
        return None
    for name, (key, _) in found.items():
        if name not in keys and not page.full:
            hint = did_you_mean(name, keys) or f"its keys are {', '.join(keys)}"
            page.report("key", f"{shown(name)} is not a key of {what}", key.mark, hint)
    known = {name: value for name, (_, value) in found.items() if name in keys}
    fields = Fields(what, node.mark, page, known)
    fields.require(*required, written=node)
    return fields
