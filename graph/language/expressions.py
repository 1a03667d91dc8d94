"""The formula's tree: immutable nodes, one class per operation, and two generic traversals.

Equality ignores where a node stood in its text (`span`), so parse(print(tree)) == tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import is_not
from typing import Any

Span = tuple[int, int]
NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Expr:
    """Any node; `span` is its start and end in the formula's text."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A plain number: fits any product of counted units, and 0 fits all."""

    value: float


@dataclass(frozen=True, slots=True)
class Measure(Expr):
    """A number with a unit: `4[FLOP/pair/layer]`."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Name(Expr):
    """A quantity: as written (`moe.qkv.d_in`), or its absolute name once resolved."""

    name: str


@dataclass(frozen=True, slots=True)
class Word(Expr):
    """A word of a choice (made from a `Name` when names are resolved)."""

    word: str


@dataclass(frozen=True, slots=True)
class Unary(Expr):
    operator: str  # - + not
    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary(Expr):
    operator: str  # + - * / // % **
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare(Expr):
    """A chain of comparisons: operands[0] operators[0] operands[1] ..."""

    operators: tuple[str, ...]
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Logic(Expr):
    operator: str  # and or
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Choose(Expr):
    """`then if test else other`."""

    test: Expr
    then: Expr
    other: Expr


@dataclass(frozen=True, slots=True)
class Call(Expr):
    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Cells(Expr):
    """A table's column: `operators[:].decode.time`.

    `names`, once resolved: its cells; `unit`: what the table declares, which says the dimension of no rows.
    """

    table: str
    column: str
    names: tuple[str, ...] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Lookup(Expr):
    """A keyed input at choices: `compute_rate[compute_dtype, fp32, dense]`.

    `cells`, once resolved: the keys that the input has, and the absolute name of each one's value; `unit` or `words`
    say what the values are, also where there are none.
    """

    name: str
    keys: tuple[Expr, ...]
    cells: tuple[tuple[tuple[str, ...], str], ...] | None = None
    unit: str = ""
    words: tuple[str, ...] = ()


# Told by class, in one look-up: a real model's formulas have tens of thousands of nodes.
_OPERANDS: dict[type[Expr], Callable[[Any], tuple[Expr, ...]]] = {
    Binary: lambda expr: (expr.left, expr.right),
    Unary: lambda expr: (expr.operand,),
    Compare: lambda expr: expr.operands,
    Logic: lambda expr: expr.operands,
    Call: lambda expr: expr.arguments,
    Lookup: lambda expr: expr.keys,
    Choose: lambda expr: (expr.then, expr.test, expr.other),
}
_COPIES: dict[type[Expr], Callable[[Any, tuple[Expr, ...]], Expr]] = {
    Binary: lambda expr, new: Binary(expr.operator, *new, span=expr.span),
    Unary: lambda expr, new: Unary(expr.operator, *new, span=expr.span),
    Compare: lambda expr, new: Compare(expr.operators, new, span=expr.span),
    Logic: lambda expr, new: Logic(expr.operator, new, span=expr.span),
    Call: lambda expr, new: Call(expr.function, new, span=expr.span),
    Lookup: lambda expr, new: Lookup(expr.name, new, expr.cells, expr.unit, expr.words, span=expr.span),
    Choose: lambda expr, new: Choose(new[1], new[0], new[2], span=expr.span),
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """The node's direct operands, left to right as written."""
    operands = _OPERANDS.get(type(expr))
    return operands(expr) if operands else ()


def _with_children(expr: Expr, new: tuple[Expr, ...]) -> Expr:
    """The node with other operands, in the order of `children`; `dataclasses.replace` takes three times as long."""
    return _COPIES[type(expr)](expr, new)


def walk(expr: Expr) -> Iterator[Expr]:
    """The node and all below it, depth first, left to right."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """A copy in which `change` has been applied to each node, from the leaves up."""
    old = children(expr)
    if not old:
        return change(expr)
    new = tuple([transform(item, change) for item in old])
    return change(_with_children(expr, new) if any(map(is_not, new, old)) else expr)


def reads(expr: Expr) -> tuple[str, ...]:
    """The names a resolved formula may read, over both branches of every conditional, in order, once each."""
    found: dict[str, None] = {}
    for node in walk(expr):
        if isinstance(node, Name):
            found[node.name] = None
        elif isinstance(node, Cells):
            found.update(dict.fromkeys(node.names or ()))
        elif isinstance(node, Lookup):
            found.update((name, None) for key, name in node.cells or () if _may_match(node.keys, key))
    return tuple(found)


def _may_match(keys: tuple[Expr, ...], cell: tuple[str, ...]) -> bool:
    return all(not isinstance(key, Word) or key.word == word for key, word in zip(keys, cell, strict=True))
