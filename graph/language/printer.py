"""Tree -> formula text, the parser's inverse: parse(print_formula(tree)) == tree."""

from __future__ import annotations

from collections.abc import Callable

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
)

Leaf = Callable[[Expr], str | None]

_CHOOSE, _OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _NEGATE, _POWER, _ATOM = range(10)
_LEVELS = {"+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "//": _MULTIPLY, "%": _MULTIPLY, "**": _POWER}


def print_formula(expr: Expr, leaf: Leaf | None = None) -> str:
    """The formula as text; `leaf` may say another text for a node (a name's number, a cell's short name)."""
    return _Printer(leaf).text(expr, _CHOOSE)


def print_number(value: float) -> str:
    """The shortest text that parses back to `value`: 2 for 2.0."""
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    return repr(value)


class _Printer:
    def __init__(self, leaf: Leaf | None) -> None:
        self.leaf = leaf

    def text(self, expr: Expr, least: int) -> str:
        """The text of `expr`, in parentheses if it binds weaker than `least`."""
        said = self.leaf(expr) if self.leaf else None
        if said is not None:
            return said
        level, text = self.bare(expr)
        return text if level >= least else f"({text})"

    def bare(self, expr: Expr) -> tuple[int, str]:
        match expr:
            case Number(value):
                return _ATOM, print_number(value)
            case Measure(value, unit):
                return _ATOM, f"{print_number(value)}[{unit}]"
            case Name(name) | Word(name):
                return _ATOM, name
            case Cells(table, column):
                return _ATOM, f"{table}[:].{column}"
            case Lookup(name, keys):
                return _ATOM, f"{name}[{', '.join(self.text(key, _CHOOSE) for key in keys)}]"
            case Call(function, arguments):
                return _ATOM, f"{function}({', '.join(self.text(item, _CHOOSE) for item in arguments)})"
            case _:
                return self.operation(expr)

    def operation(self, expr: Expr) -> tuple[int, str]:
        match expr:
            case Binary(operator, left, right):
                return self.binary(operator, left, right)
            case Unary("not", operand):
                return _NOT, f"not {self.text(operand, _NOT)}"
            case Unary(operator, operand):
                return _NEGATE, f"{operator}{self.text(operand, _NEGATE)}"
            case Compare(operators, operands):
                texts = [self.text(item, _COMPARE + 1) for item in operands]
                pairs = [f" {operator} {text}" for operator, text in zip(operators, texts[1:], strict=True)]
                return _COMPARE, texts[0] + "".join(pairs)
            case Logic(operator, operands):
                level = _OR if operator == "or" else _AND
                return level, f" {operator} ".join(self.text(item, level + 1) for item in operands)
            case Choose(test, then, other):
                parts = (self.text(then, _OR), self.text(test, _OR), self.text(other, _CHOOSE))
                return _CHOOSE, "{} if {} else {}".format(*parts)
            case _:
                raise TypeError(f"no formula prints as {type(expr).__name__}")

    def binary(self, operator: str, left: Expr, right: Expr) -> tuple[int, str]:
        level = _LEVELS[operator]
        if operator == "**":
            return level, f"{self.text(left, _ATOM)}**{self.text(right, _NEGATE)}"
        return level, f"{self.text(left, level)} {operator} {self.text(right, level + 1)}"
