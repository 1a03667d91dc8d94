"""The generic engine that one would write by hand: nodes with a Python function, dependents, dirty flags, pull.

It knows no units, no errors and no words; what it takes is the floor of what any engine takes in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

from contest import INPUTS, Contender, functions


class Node:
    """A value, and how it comes about: from the values of what it reads, or by being set."""

    __slots__ = ("dependents", "dirty", "function", "reads", "value")

    def __init__(self, function: Callable[..., Any] | None = None, reads: tuple[Node, ...] = ()) -> None:
        self.function = function
        self.reads = reads
        self.dependents: list[Node] = []
        self.value: Any = None
        self.dirty = function is not None
        for node in reads:
            node.dependents.append(self)

    def pull(self) -> Any:
        if self.dirty:
            assert self.function is not None
            self.value = self.function(*[node.pull() if node.dirty else node.value for node in self.reads])
            self.dirty = False
        return self.value

    def spoil(self) -> None:
        """What rests on it is to be computed anew; the dependents of what is dirty are dirty."""
        for node in self.dependents:
            if not node.dirty:
                node.dirty = True
                node.spoil()


class Engine:
    """Nodes by name."""

    def __init__(self, inputs: Mapping[str, Any], formulas: Mapping[str, Callable[..., Any]]) -> None:
        self.nodes = {name: Node() for name in inputs}
        for name, function in formulas.items():
            self.nodes[name] = Node(function, tuple(self.nodes[read] for read in signature(function).parameters))
        for name, value in inputs.items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        node = self.nodes[name]
        if value != node.value:
            node.value = value
            node.spoil()

    def __getitem__(self, name: str) -> Any:
        return self.nodes[name].pull()

    def evaluate(self) -> list[Any]:
        """All formulas anew."""
        formulas = [node for node in self.nodes.values() if node.function is not None]
        for node in formulas:
            node.dirty = True
        return [node.pull() for node in formulas]


def contender(given: Mapping[str, float]) -> Contender:
    engine = Engine({name: given[name] for name in INPUTS}, functions())

    def change(bandwidth: float) -> float:
        engine["memory_bandwidth"] = bandwidth * 1e9
        return engine["tpot"] * 1e3

    return Contender(engine.evaluate, change)
