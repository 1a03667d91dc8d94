"""A part of a view: what some quantities rest on, as far as a picture shows it; or what rests on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ..graph.assembly.definitions import Definition
from ..graph.explain.sparing import Untouched, inputs_of
from ..problems import Problem
from .view import View


class Part:
    """Some quantities of a view, as a view. A cell reads what it in fact read, and no more."""

    def __init__(self, view: View, names: Collection[str]) -> None:
        self.view = view
        self._names = frozenset(names)

    @property
    def names(self) -> Sequence[str]:
        return tuple(name for name in self.view.names if name in self._names)

    @property
    def cases(self) -> Sequence[str]:
        return self.view.cases

    @property
    def evaluated(self) -> bool:
        return self.view.evaluated

    def reference(self, name: str) -> str | None:
        return self.view.reference(name)

    def definition(self, name: str) -> Definition:
        return self.view.definition(name)

    def reads(self, name: str) -> Sequence[str]:
        reads = self.view.used(name) if self.definition(name).cell else self.view.reads(name)
        return tuple(read for read in reads if read in self._names)

    def used(self, name: str) -> Sequence[str]:
        return tuple(read for read in self.view.used(name) if read in self._names)

    def number(self, name: str) -> float | None:
        return self.view.number(name)

    def text(self, name: str) -> str:
        return self.view.text(name)

    def numbers(self, name: str) -> str:
        return self.view.numbers(name)

    def problems(self, name: str) -> Sequence[Problem]:
        return self.view.problems(name)


@dataclass(frozen=True, slots=True)
class Cut:
    """A part, and the inputs at their defaults that are left out of it."""

    part: View
    defaults: tuple[str, ...] = ()


def what_it_rests_on(view: View, names: Iterable[str], noted: Collection[str]) -> Cut:
    """What the quantities rest on, with its values in the cases.

    Left out, but for those in `noted`: what rests on defaults alone (unless they all do), and what is 0 in a table or
    a group, with all that only it leads to. A branch not taken is drawn, but not what it rests on.
    """
    roots = list(names)
    untouched = Untouched(view)
    untouched = () if all(name in untouched for name in roots) else untouched
    found, defaults, waiting = dict.fromkeys(roots), list[str](), list(roots)
    while waiting:
        name = waiting.pop()
        used = frozenset(view.used(name))
        for read in view.used(name) if view.definition(name).cell else view.reads(name):
            kept = read in roots or read in noted
            if read in used and not kept and read in untouched:
                defaults.append(read)
            elif read not in found and (kept or not _is_idle(view, read)):
                found[read] = None
                waiting += [read] if read in used else []
    inputs = dict.fromkeys(name for each in defaults for name in inputs_of(view, each))
    return Cut(Part(view, _with_cases(view, found)), tuple(name for name in inputs if name not in found))


def what_rests_on_it(view: View, names: Iterable[str]) -> Cut:
    """All that rests on the quantities."""
    readers: dict[str, list[str]] = {}
    for name in view.names:
        for read in view.reads(name):
            readers.setdefault(read, []).append(name)
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        fresh = [name for name in readers.get(waiting.pop(), ()) if name not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return Cut(Part(view, _with_cases(view, found)))


def _is_idle(view: View, name: str) -> bool:
    definition = view.definition(name)
    in_group = bool(definition.scope) and definition.scope.partition(".")[0] not in view.cases
    return (definition.cell is not None or (in_group and definition.formula is not None)) and view.number(name) == 0


def _with_cases(view: View, names: Collection[str]) -> frozenset[str]:
    """The names, and the same ones in the scenario's cases."""
    there = frozenset(view.names)
    variants = (f"{case}.{name}" for case in view.cases for name in names)
    return frozenset(names).union(name for name in variants if name in there)
