"""A derivation as data: what is drawn and what each box says, before any layout or file format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..graph.language.declarations import Kind

Look = Kind | Literal["missing", "formula", "column", "mixed", "problem"]
Style = Literal["formula", "numbers", "value", "note", "held", "failed", "known", "problem", "more"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a box says, wrapped already: `style` says what sort of thing. `aside` stands at its right."""

    style: Style
    text: tuple[str, ...]
    aside: Line | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One of several quantities in a box: its short name, its value, a claim on it.

    `faint`: it is there, but is not what was read.
    """

    name: str
    value: str = ""
    claim: Line | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A box. `look`: the kind of its value, or what else tells it apart; `result`: what was asked for."""

    name: str
    look: Look
    lines: tuple[Line, ...] = ()
    entries: tuple[Entry, ...] = ()
    notes: tuple[Line, ...] = ()
    symbol: str = ""
    about: str = ""
    pinned: bool = False
    result: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From what is read to what reads it; not `used`: in a branch or at a key that was not taken."""

    source: str
    target: str
    used: bool = True


@dataclass(frozen=True, slots=True)
class Cluster:
    """The boxes that come from one file. `column`: they stand one above the other, all the same."""

    title: str
    nodes: tuple[str, ...]
    column: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn. Every edge is between two of `nodes`, and each node is in at most one cluster.

    `remarks`: problems that are about none of the boxes. `defaults`: what is left out, in lines of text.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    clusters: tuple[Cluster, ...] = ()
    remarks: tuple[Line, ...] = ()
    defaults: tuple[str, ...] = ()
