"""What a dialect says, as frozen data: how the configs of one architecture are read into a model entry.

A dialect is content (scenarios/dialects/NAME.yaml), and so is every fact about an architecture; the Python here
knows no architecture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ...graph.language.declarations import Formula
from ...problems import Mark, Text
from .json_nodes import JsonObject

Sort = Literal[
    "count",  # a whole number, 1 or more
    "whole",  # a whole number, 0 or more
    "extent",  # a whole number, 1 or more, or -1 for all that there is
    "number",  # a number, 0 or more
    "flag",  # true or false
    "word",  # one of the words under `of`
    "words",  # such a word for each layer
    "pattern",  # a text with a letter for each layer, the letters' words under `of`
    "flags",  # true or false (1 or 0) for each layer
    "layers",  # a list of layer numbers, the first 0
    "numbers",  # a list of numbers
    "texts",  # a list of texts, each with one of the pieces under `of` in it
]
SORTS: tuple[Sort, ...] = (
    "count", "whole", "extent", "number", "flag", "word", "words", "pattern", "flags", "layers", "numbers", "texts",
)  # fmt: skip
BY_LAYER: frozenset[Sort] = frozenset({"words", "pattern", "flags"})

NO_TEXTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the config that matters.

    `also`: other names of it. `default`: what it is where the config leaves it out (of a key with a value for each
    layer: at `layer`). `keeps_null`: null says something, and is not the default. `of`: the words or letters it may
    hold, and what they are called here; of a number, words that mean the default. `must`: the only values for which
    the dialect is right, and `why`.
    """

    name: str
    mark: Mark
    sort: Sort
    also: tuple[str, ...] = ()
    default: Formula | None = None
    keeps_null: bool = False
    of: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    must: tuple[str, ...] = ()
    why: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called."""
        return (self.name, *self.also)


@dataclass(frozen=True, slots=True)
class FactRule:
    """A fact of the entry, and the formula over keys that gives it; where that gives null there is no such fact.

    `unit`: what stands behind the number, where the glossary's unit has to be said.
    """

    name: Text
    formula: Formula
    note: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SheetRule:
    """A sheet that a group uses, always or on a condition; a path of one is from where roofsheet was called."""

    name: Text
    when: Formula | None = None


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A group of layers: those for which `when` holds and no earlier group's does.

    `count`, of a group beside the layers: how often it stands in the stack.
    """

    name: Text
    use: tuple[SheetRule, ...]
    facts: tuple[FactRule, ...] = ()
    when: Formula | None = None
    count: Formula | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """How one section of a config is read: that of the model itself, or of a tower.

    `section`: the key of the object that it stands in, '' for the config's own level.
    Beside the layers the stack has a group `start` and a group `finish`, of these sheets, and then those of `extra`.
    """

    mark: Mark
    section: str = ""
    section_types: tuple[str, ...] = ()
    keys: Mapping[str, Key] = field(default_factory=lambda: MappingProxyType({}))
    irrelevant: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    use: tuple[SheetRule, ...] = ()
    facts: tuple[FactRule, ...] = ()
    layers: Formula | None = None
    groups: tuple[GroupRule, ...] = ()
    start: tuple[SheetRule, ...] = ()
    finish: tuple[SheetRule, ...] = ()
    extra: tuple[GroupRule, ...] = ()
    towers: Mapping[str, Body] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class FormatCase:
    """One way to store weights: the formats are what its facts say where `when` holds."""

    when: Formula
    facts: tuple[FactRule, ...]
    about: str


@dataclass(frozen=True, slots=True)
class DialectExample:
    """A config of the dimensions that matter, and what the entry made from it must come to."""

    about: str
    config: JsonObject
    gives: Mapping[str, Text]
    source: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect file. `cases` are those of the dialect `quantization` alone."""

    name: str
    file: str
    mark: Mark
    about: str
    source: str
    url: str
    model_types: tuple[str, ...]
    body: Body
    cases: tuple[FormatCase, ...] = ()
    examples: tuple[DialectExample, ...] = ()
