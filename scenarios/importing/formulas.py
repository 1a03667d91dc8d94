"""Formulas over a config's keys: evaluated on numbers, words, true, false and null, and what they rested on.

The syntax is the formula language's; what a name means is another: a key of the section, `layer` (counted from 0),
`true`, `false`, `null`, or else a word. `key[layer]` is what a list says of the layer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...graph.language.declarations import Formula
from ...graph.language.expressions import (
    Binary,
    Call,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Name,
    Number,
    Unary,
)
from ...graph.language.functions import FUNCTIONS, power, quotient, remainder
from ...problems import Mark
from ..nodes import shown
from .dialects import Key
from .json_nodes import Plain
from .sections import Read, Refused, Section

LITERALS: Mapping[str, Plain] = {"true": True, "false": False, "null": None}
LAYER = "layer"


def _plus(left: float, right: float) -> float:
    return left + right


def _minus(left: float, right: float) -> float:
    return left - right


def _times(left: float, right: float) -> float:
    return left * right


def _over(left: float, right: float) -> float:
    return left / right


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": _plus,
    "-": _minus,
    "*": _times,
    "/": _over,
    "//": quotient,
    "%": remainder,
    "**": power,
}
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(slots=True)
class Trace:
    """What a formula rested on: keys that the config states (with their places), and keys that it leaves out.

    `read`: every key that was asked for, each once, in order.
    """

    read: dict[str, None] = field(default_factory=dict[str, None])
    stated: dict[str, Mark] = field(default_factory=dict[str, Mark])
    left_out: dict[str, Key] = field(default_factory=dict[str, Key])


@dataclass(slots=True)
class Evaluation:
    """One formula being evaluated in a section, at a layer where there is one."""

    section: Section
    keys: Mapping[str, Key]
    layer: int | None = None
    trace: Trace = field(default_factory=Trace)
    open: list[str] = field(default_factory=list[str])  # keys whose defaults are being evaluated

    def of(self, formula: Formula) -> Plain:
        """The formula's value. Errors: `Refused`, with the problem reported at the key to blame."""
        try:
            return self.plain(self.value(formula.expr))
        except _NotAValueError as wrong:
            raise self.section.report(f"{wrong} in {shown(formula.text)}", self.blame()) from None
        except (OverflowError, ValueError):
            raise self.section.report(f"{shown(formula.text)} gives no number", self.blame()) from None

    def blame(self) -> Mark:
        """The place to show for a formula that gives nothing: the last key that it read."""
        marks = list(self.trace.stated.values())
        return marks[-1] if marks else self.section.node.mark

    def plain(self, value: Read) -> Plain:
        """The value; of a list, how many items it has."""
        if isinstance(value, tuple | frozenset):
            return len(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def value(self, expr: Expr) -> Read:
        match expr:
            case Number(number):
                return int(number) if number == int(number) else number
            case Name(name):
                return self.name(name)
            case Lookup(name, keys):
                return self.item(name, keys)
            case Choose(test, then, other):
                return self.value(then if self.truth(test) else other)
            case Compare() | Logic() | Unary("not"):
                return self.truth(expr)
            case _:
                return self.computed(expr)

    def computed(self, expr: Expr) -> float:
        """The number that arithmetic and functions give."""
        match expr:
            case Unary(sign, operand):
                return -self.number(operand) if sign == "-" else self.number(operand)
            case Binary(sign, left, right):
                return self.arithmetic(sign, left, right)
            case Call(function, arguments):
                return FUNCTIONS[function].scalar(*(self.number(each) for each in arguments))
            case _:
                raise _NotAValueError("units and tables mean nothing of a config")

    def arithmetic(self, sign: str, left: Expr, right: Expr) -> float:
        if sign not in _ARITHMETIC:
            raise _NotAValueError(f"'{sign}' means nothing of a config")
        one, other = self.number(left), self.number(right)
        if other == 0 and sign in ("/", "//", "%"):
            raise _NotAValueError("there is a division by zero")
        return _ARITHMETIC[sign](one, other)

    def compare(self, sign: str, left: Expr, right: Expr) -> bool:
        if sign in _ORDER:
            return _ORDER[sign](self.number(left), self.number(right))
        one, other = self.plain(self.value(left)), self.plain(self.value(right))
        same = one == other and isinstance(one, bool) == isinstance(other, bool)
        return same if sign == "==" else not same

    def number(self, expr: Expr) -> float:
        value = self.plain(self.value(expr))
        if isinstance(value, bool) or not isinstance(value, int | float):
            said = "null" if value is None else str(value).lower()
            raise _NotAValueError(f"{said} stands where a number is wanted")
        return value

    def truth(self, expr: Expr) -> bool:
        match expr:
            case Unary("not", operand):
                return not self.truth(operand)
            case Compare(signs, operands):
                pairs = zip(signs, operands, operands[1:], strict=False)
                return all(self.compare(*pair) for pair in pairs)
            case Logic("and", operands):
                return all(self.truth(each) for each in operands)
            case Logic(_, operands):
                return any(self.truth(each) for each in operands)
            case _:
                value = self.value(expr)
        if not isinstance(value, bool):
            raise _NotAValueError(f"{value} stands where true or false is wanted")
        return value

    def name(self, name: str) -> Read:
        if name in LITERALS:
            return LITERALS[name]
        if name == LAYER:
            if self.layer is None:
                raise _NotAValueError("there is no layer here")
            return self.layer
        return self.key(self.keys[name]) if name in self.keys else name

    def key(self, key: Key) -> Read:
        """What the config states, or the key's default."""
        self.trace.read[key.name] = None
        found = self.section.stated(key)
        if found is None and not self.null(key):
            return self.default(key)
        if found is not None:
            self.trace.stated[key.name] = found.mark
            return self.section.read(key)
        return None

    def null(self, key: Key) -> bool:
        """Whether the config says null, and means it; or leaves out a key that has no other default."""
        return key.keeps_null and (key.default is None or self.section.find(key) is not None)

    def default(self, key: Key) -> Read:
        if key.default is None:
            where = self.section.path or "the config"
            found = self.section.find(key)
            said = "is null" if found else "is missing"
            hint = "" if found else f"the dialect has no default for it: add it to {where}"
            mark = found.mark if found else self.section.node.mark
            raise self.section.report(f"{shown(key.name)} {said} in {where}", mark, hint, "missing")
        if key.name in self.open:
            raise _NotAValueError(f"the default of {key.name} rests on itself")
        self.trace.left_out[key.name] = key
        self.open.append(key.name)
        value = self.value(key.default.expr)
        self.open.pop()
        return value

    def item(self, name: str, keys: tuple[Expr, ...]) -> Read:
        """What a list says of a layer or at a place; of texts, whether one of them has that meaning."""
        if name not in self.keys or len(keys) != 1:
            raise _NotAValueError(f"{name} is no list of the config")
        key = self.keys[name]
        if self.section.stated(key) is None:
            return False if self.null(key) else self.default(key)
        value = self.key(key)
        if isinstance(value, frozenset):
            return self.plain(self.value(keys[0])) in value
        if not isinstance(value, tuple):
            raise _NotAValueError(f"{name} is no list")
        place = self.number(keys[0])
        if place != int(place) or not 0 <= place < len(value):
            raise _NotAValueError(f"{name} has {len(value)} items and none at {place:g}")
        return value[int(place)]


class _NotAValueError(Exception):
    """The formula gives nothing: what is wrong, without a place."""


__all__ = ["Evaluation", "Refused", "Trace"]
