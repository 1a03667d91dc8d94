"""The boxes of a picture before anything is said in them: which quantities are in each, and who reads whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..graph.assembly.definitions import Definition

Sort = Literal["quantity", "column", "keyed", "inputs", "spread"]
"""`inputs`: all those of one group, or of the model where only tables read them; `spread`: a quantity of several
groups, by the same formula, or the one input that each has."""

MODEL = "model inputs"


@dataclass(frozen=True, slots=True)
class Reduction:
    """What some formula makes of a column: `sum` of these cells."""

    function: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the picture and the quantities in it.

    `variants`: what they are in the scenario's cases; `aliases`: names left out that mean this quantity.
    """

    name: str
    sort: Sort
    members: tuple[str, ...]
    variants: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    reduction: Reduction | None = None


@dataclass(frozen=True)
class Folded:
    """The boxes in the order of their first quantity, and who reads whom: (read, reader) -> whether in fact."""

    boxes: Mapping[str, Box]
    edges: Mapping[tuple[str, str], bool]

    @cached_property
    def precedents(self) -> Mapping[str, Sequence[str]]:
        """Box -> the boxes that it reads."""
        found: dict[str, list[str]] = {name: [] for name in self.boxes}
        for source, target in self.edges:
            found[target].append(source)
        return found

    @cached_property
    def dependents(self) -> Mapping[str, Sequence[str]]:
        """Box -> the boxes that read it."""
        found: dict[str, list[str]] = {name: [] for name in self.boxes}
        for source, target in self.edges:
            found[source].append(target)
        return found


def name_in(box: Box, definition: Definition) -> str:
    """How a box of inputs names one of them: without the scope, where all are of one."""
    return definition.name if box.name == MODEL else bare_name(definition)


def bare_name(definition: Definition) -> str:
    """The name without its scope."""
    return definition.name.removeprefix(f"{definition.scope}.")
