"""The shape of a formula: what is left of its tree when the names that it reads are numbered.

Formulas of one shape have one compiled form, and agree in their dimensions, or not, alike if what they read does: a
hundred thousand formulas are a few dozen shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeGuard

from .expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Measure,
    Name,
    Number,
    Unary,
    Word,
    children,
)

Shape = tuple[object, ...]
Leaf = str | Expr  # a name, or what stands for several: Cells, Lookup

# What tells a node from others that have as many operands. A name is its place, a plain number stands
# in a tuple by itself: 1 is 1.0.
_TOKENS: dict[type[Expr], Callable[[Any], object]] = {
    Unary: lambda expr: ("unary", expr.operator),
    Call: lambda expr: (expr.function, len(expr.arguments)),
    Compare: lambda expr: expr.operators,
    Logic: lambda expr: (expr.operator, len(expr.operands)),
    Choose: lambda _: "if",
    Measure: lambda expr: (expr.value, expr.unit),
    Word: lambda expr: ("word", expr.word),
}


def shape_of(expr: Expr) -> tuple[Shape, tuple[Leaf, ...]]:
    """The shape of a formula, and what it reads, in order of first use, once each.

    Two formulas of one shape differ in what they read alone, place by place.
    """
    tokens: list[object] = []
    places: dict[str, int] = {}
    leaves: list[Leaf] = []
    waiting = [expr]
    while waiting:
        node: Any = waiting.pop()
        kind = node.__class__
        if kind is Name:
            name = node.name
            place = places.get(name)
            if place is None:
                place = places[name] = len(leaves)
                leaves.append(name)
            tokens.append(place)
        elif kind is Number:
            tokens.append((node.value,))
        elif kind is Binary:
            tokens.append(node.operator)
            waiting.append(node.right)
            waiting.append(node.left)
        elif kind is Cells or kind is Lookup:
            tokens.append((kind.__name__, len(leaves)))
            leaves.append(node)
            waiting += reversed(children(node))
        else:
            tokens.append(_TOKENS[kind](node))
            waiting += reversed(children(node))
    return _only(tuple(tokens)), tuple(leaves)


@lru_cache(maxsize=20_000)
def _only(shape: Shape) -> Shape:
    """The one shape that is so: many formulas share it."""
    return shape


def names_alone(leaves: tuple[Leaf, ...]) -> TypeGuard[tuple[str, ...]]:
    """Whether the formula reads names, and no table or keyed input."""
    return all(isinstance(leaf, str) for leaf in leaves)
