"""Mutants of a formula: what a slip of the pen makes of it.

Four kinds: a factor or term is dropped, an operator is inverted, two names are swapped, a name is replaced by another
one in scope. Mutants that are equal to the formula as algebra are left out, and of equal mutants only one is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from roofsheet.graph.language.expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Name,
    Number,
    Unary,
    transform,
    walk,
)
from roofsheet.graph.language.functions import FUNCTIONS
from roofsheet.graph.language.normal import normal_form
from roofsheet.units import UnitContext

KINDS = ("a factor dropped", "an operator inverted", "two names swapped", "a name replaced")
DROPPED, INVERTED, SWAPPED, REPLACED = KINDS

_INVERTED = {
    "+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "//",
    "<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "==", "and": "or", "or": "and",
    "min": "max", "max": "min", "floor": "ceil", "ceil": "floor", "round": "floor", "sum": "max",
    "exp": "log", "log": "exp", "log2": "exp", "log10": "exp",
}  # fmt: skip
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
Change = Callable[[Expr], Sequence[Expr]]


@dataclass(frozen=True, slots=True)
class Mutant:
    kind: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a formula could have said instead: the names in scope, a table's columns, the words of each choice."""

    names: tuple[str, ...]
    columns: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()

    def instead_of(self, name: str) -> tuple[str, ...]:
        """Each other name, or for a word of a choice each other word of it."""
        groups = [group for group in self.words if name in group] or [self.names]
        return tuple(dict.fromkeys(other for group in groups for other in group if other != name))


def mutants(expr: Expr, vocabulary: Vocabulary, context: UnitContext) -> Iterator[Mutant]:
    """Every mutant of the formula that says something else."""
    seen = {normal_form(expr, context)}
    for mutant in _all(expr, vocabulary):
        form = normal_form(mutant.expr, context)
        if form not in seen:
            seen.add(form)
            yield mutant


def _all(expr: Expr, vocabulary: Vocabulary) -> Iterator[Mutant]:
    for kind, change in ((DROPPED, _dropped), (INVERTED, _inverted)):
        yield from (Mutant(kind, each) for each in _with_one_changed(expr, change))
    yield from (Mutant(SWAPPED, each) for each in _swapped(expr))
    yield from (Mutant(REPLACED, each) for each in _with_one_changed(expr, lambda node: _renamed(node, vocabulary)))


def _with_one_changed(expr: Expr, change: Change) -> Iterator[Expr]:
    """The formula with one of its parts changed, in every way for every part."""
    for part in walk(expr):
        for new in change(part):
            yield transform(
                expr, lambda node, part=part, new=new: new if node.span == part.span and node == part else node
            )


def _dropped(node: Expr) -> Sequence[Expr]:
    match node:
        case Binary("/", left, right):
            return (left, Binary("/", Number(1.0), right))
        case Binary("-", left, right):
            return (left, Unary("-", right))
        case Binary("**" | "//" | "%", left, _):
            return (left,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments) if len(arguments) > 1:
            return tuple(replace(node, arguments=arguments[:at] + arguments[at + 1 :]) for at in range(len(arguments)))
        case Call(_, (argument,)) if not isinstance(argument, Cells):
            return (argument,)
        case Logic(_, operands):
            return operands
        case Unary(_, operand):
            return (operand,)
        case _:
            return ()


def _inverted(node: Expr) -> Sequence[Expr]:
    match node:
        case Binary(operator) | Logic(operator) if operator in _INVERTED:
            return (replace(node, operator=_INVERTED[operator]),)
        case Compare((operator,)):
            others = {_INVERTED[operator], _BOUNDARY.get(operator, _INVERTED[operator])}
            return tuple(replace(node, operators=(other,)) for other in sorted(others))
        case Call(function) if (
            function in _INVERTED and FUNCTIONS[function].most == FUNCTIONS[_INVERTED[function]].most
        ):
            return (replace(node, function=_INVERTED[function]),)
        case Choose(test, then, other):
            return (Choose(test, other, then, span=node.span),)
        case _:
            return ()


def _swapped(expr: Expr) -> Iterator[Expr]:
    names = dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Name))
    for pair in combinations(names, 2):
        other = dict(zip(pair, reversed(pair), strict=True))
        yield transform(
            expr,
            lambda node, other=other: (
                replace(node, name=other.get(node.name, node.name)) if isinstance(node, Name) else node
            ),
        )


def _renamed(node: Expr, vocabulary: Vocabulary) -> Sequence[Expr]:
    match node:
        case Name(name):
            return tuple(replace(node, name=other) for other in vocabulary.instead_of(name))
        case Cells(_, column):
            return tuple(replace(node, column=other) for other in vocabulary.columns if other != column)
        case _:
            return ()
