"""What a YAML file says before anything is made of it: scalars, sequences and mappings with their marks.

Every scalar is text: what `1e9`, `NO` or `1:30` means is decided by who reads it, never by YAML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..problems import Mark, Text

Style = Literal["plain", "quoted", "block"]
LONGEST_SHOWN = 60
_COMMENT = re.compile(r"\s+#")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One piece of text."""

    text: Text
    style: Style = "plain"

    @property
    def mark(self) -> Mark:
        return self.text.mark

    @property
    def empty(self) -> bool:
        """Nothing was written: `key:` alone. Quotes with nothing in them are not empty, they say ''."""
        return self.style == "plain" and not self.text.text

    @property
    def cut(self) -> bool:
        """A comment ends the text: ` #` cuts a plain scalar, which its writer may not have meant."""
        end = self.mark.column - 1 + self.mark.length
        return self.style == "plain" and _COMMENT.match(self.mark.source, end) is not None


@dataclass(frozen=True, slots=True)
class Seq:
    """`[a, b]`, or a block of `- ` lines."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Map:
    """`{a: b}`, or a block of `key: value` lines: the keys are different, and in the order of the file."""

    items: tuple[tuple[Scalar, Node], ...]
    mark: Mark

    def get(self, key: str) -> Node | None:
        """The value of `key`, if the mapping has it."""
        return next((value for found, value in self.items if found.text.text == key), None)


Node = Scalar | Seq | Map


def shown(text: str | Text) -> str:
    """The text as a message quotes it: on one line, printable, and not too long."""
    plain = "".join(char if char.isprintable() else " " for char in str(text)[: LONGEST_SHOWN + 1])
    return f"'{plain}'" if len(plain) <= LONGEST_SHOWN else f"'{plain[:LONGEST_SHOWN]}...'"
