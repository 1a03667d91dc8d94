"""Workbooks of any size: chains and random DAGs as declarations, and the same written by hand in plain Python.

Units are real, so the check has its work. The numbers stay between 1 and 100, whatever the size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from roofsheet.graph.assembly.assemble import Assembly
from roofsheet.graph.assembly.scopes import ScopeSpec
from roofsheet.graph.language.declarations import Default, Formula, Given, Quantity, Sheet
from roofsheet.graph.language.parser import parse_formula
from roofsheet.problems import Mark, Problem, Text

FILE = "made.yaml"
ROOT, SIDE = "root", "side"  # inputs: all rests on the first, the last formula alone reads the second
END = "end"
UNIT, TERMS = "ms", 50
SHAPES = (
    "({0} + {1}) / 2",
    "max({0}, {1}) * 0.75 + 1[ms]",
    "{0} if {0} < {1} else 0.5 * {0} + 0.5 * {1}",
    "0.25 * {0} + 0.5 * {1} + 2[ms]",
    "{0} * {1} / ({0} + {1}) * 2",
    "abs({0} - {1}) + 1[ms]",
)
"""Formulas of two readings in ms; the by-hand form is the same text, in base units."""


@dataclass(frozen=True, slots=True)
class Made:
    """A DAG to be: inputs with their values in ms, and formulas, each after what it reads."""

    inputs: Mapping[str, float]
    formulas: Mapping[str, str]
    last: str  # the formula that rests on the most, and on the side input

    def __len__(self) -> int:
        return len(self.inputs) + len(self.formulas)

    def sheet(self) -> Sheet:
        """One sheet that declares it all, its formulas parsed."""
        problems: list[Problem] = []
        quantities = {name: _input(name, value) for name, value in self.inputs.items()}
        quantities |= {name: _formula(name, text, problems) for name, text in self.formulas.items()}
        assert not problems, problems[0]
        return Sheet("made", FILE, Mark(FILE, 1, 1), devices="one", quantities=quantities)

    def assembly(self) -> Assembly:
        return Assembly(ScopeSpec("", (self.sheet(),)))


def chain(size: int) -> Made:
    """Each formula reads the one before it."""
    formulas = {"f0": f"{ROOT} * 1"}
    formulas |= {f"f{n}": f"0.5 * f{n - 1} + {n % 7 + 1}[ms]" for n in range(1, size - 3)}
    return Made({ROOT: 3.0, SIDE: 2.0}, _ended(formulas, [f"f{size - 4}"]), END)


def random_dag(size: int, seed: int = 7) -> Made:
    """A tenth are inputs; each formula reads one of the last hundred quantities and one of all before it.

    What nothing reads is summed, so the last formula rests on everything, and nearly everything on the root.
    """
    chance = Random(seed)
    inputs = {ROOT: 3.0, SIDE: 2.0} | {f"i{n}": 1.0 + chance.random() * 9.0 for n in range(size // 10 - 2)}
    before = [name for name in inputs if name != SIDE]
    formulas: dict[str, str] = {}
    unread = dict.fromkeys(before)
    while len(inputs) + len(formulas) + len(unread) / (TERMS - 1) + 3 < size:
        one = chance.choice(before[-100:]) if len(formulas) > 20 else ROOT
        other, name = chance.choice(before), f"f{len(formulas)}"
        formulas[name] = chance.choice(SHAPES).format(one, other)
        before.append(name)
        unread.pop(one, None)
        unread.pop(other, None)
        unread[name] = None
    return Made(inputs, _ended(formulas, [*unread]), END)


def _ended(formulas: dict[str, str], unread: list[str]) -> dict[str, str]:
    """Sums of what nothing reads, sums of these, and at the end one formula that reads the side input."""
    while len(unread) > 1:
        name, terms = f"f{len(formulas)}", unread[:TERMS]
        formulas[name] = f"sum({', '.join(terms)})"
        unread = [*unread[len(terms) :], name]
    return {**formulas, END: f"{unread[0]} + {SIDE}"}


def _input(name: str, value: float) -> Quantity:
    return Quantity(_text(name), unit=_text(UNIT), default=Default(value=Given(_text(f"{value!r} {UNIT}"))))


def _formula(name: str, text: str, problems: list[Problem]) -> Quantity:
    return Quantity(_text(name), unit=_text(UNIT), formula=_parsed(text, problems))


def _parsed(text: str, problems: list[Problem]) -> Formula | None:
    return parse_formula(_text(text), problems)


def _text(text: str) -> Text:
    return Text.line(text, FILE)


# -- by hand ---------------------------------------------------------------------------------------


class Hand:
    """What one would write who needs the numbers alone: values in a list, formulas over it in order, in seconds."""

    def __init__(self, made: Made) -> None:
        self.positions = {name: at for at, name in enumerate((*made.inputs, *made.formulas))}
        self.values: list[float] = [value * 1e-3 for value in made.inputs.values()] + [0.0] * len(made.formulas)
        self.first = len(made.inputs)
        self._texts = [_python(text) for text in made.formulas.values()]

    @cached_property
    def functions(self) -> Sequence[Callable[[list[float]], float]]:
        """One function a formula."""
        found: list[Callable[[list[float]], float]] = []
        for text in self._texts:
            body = re.sub(r"\b[a-z]+\d*\b", self._reading, text)
            found.append(eval(f"lambda v: {body}", {"sum": lambda *terms: sum(terms)}))  # noqa: S307 - our own text
        return found

    def _reading(self, match: Any) -> str:
        at = self.positions.get(match[0])
        return match[0] if at is None else f"v[{at}]"

    @cached_property
    def straight(self) -> Callable[[list[float]], tuple[float, ...]]:
        """All formulas as one function, a local variable each."""
        names = [*self.positions]
        scope: dict[str, Any] = {"sum": lambda *terms: sum(terms)}
        lines = [f" {', '.join(names[: self.first])}, = v[:{self.first}]"]
        lines += [f" {name} = {text}" for name, text in zip(names[self.first :], self._texts, strict=True)]
        lines += [f" return ({', '.join(names[self.first :])},)"]
        exec("def straight(v):\n" + "\n".join(lines), scope)  # noqa: S102 - our own text
        return scope["straight"]

    def run_functions(self) -> None:
        values = self.values
        for at, function in enumerate(self.functions, self.first):
            values[at] = function(values)

    def run_straight(self) -> None:
        self.values[self.first :] = self.straight(self.values)


def _python(text: str) -> str:
    return re.sub(r"(\d+)\[ms\]", lambda match: repr(float(match[1]) * 1e-3), text)
