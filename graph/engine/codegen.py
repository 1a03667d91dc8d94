"""Tree -> Python over floats in base units: the form in which formulas run.

The source is generated from checked trees alone: it holds numbers, operators, parameters and the names of the
function table, never text of a user's. One template is compiled per shape of formula, and closed over the positions
of the values it reads. Words of choices are numbers, their positions in `words`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ...units import UnitContext
from ..language.expressions import (
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
    reads,
    walk,
)
from ..language.functions import FUNCTIONS, power, quotient, remainder
from ..language.shapes import Leaf, Shape, names_alone

Values = list[Any]  # floats, and error values (evaluator.py) in their place
Compiled = Callable[[Values], Any]

_NAMESPACE: dict[str, Any] = {
    "__builtins__": {},
    "power": power,
    "quotient": quotient,
    "remainder": remainder,
    **{f"f_{name}": function.scalar for name, function in FUNCTIONS.items()},
}
_CALLED = {"//": "quotient", "%": "remainder", "**": "power"}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a workbook's choices as numbers, and back."""

    words: tuple[str, ...]
    numbers: Mapping[str, float]

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        """Numbered in sorted order."""
        ordered = tuple(sorted(set(words)))
        return cls(ordered, {word: float(number) for number, word in enumerate(ordered)})


class Code:
    """Source of one formula: parameters for what it reads, in order of first use."""

    def __init__(self, context: UnitContext, words: Words, positions: Mapping[str, int]) -> None:
        self.context, self.words, self.positions = context, words, positions
        self.arguments: list[Any] = []
        self._seen: dict[object, str] = {}

    def parameter(self, key: object, argument: object) -> str:
        """The parameter that stands for `argument`; the same for the same key."""
        if key not in self._seen:
            self._seen[key] = f"p{len(self.arguments)}"
            self.arguments.append(argument)
        return self._seen[key]

    def source(self, expr: Expr) -> str:
        """The Python expression, every operation in parentheses."""
        match expr:
            case Number(value):
                return repr(float(value))
            case Measure(value, unit):
                return repr(float(value) * self.context.unit(unit).scale)
            case Name(name):
                return self.name(name)
            case Word(word):
                return repr(self.words.numbers[word])
            case Cells():
                return self.cells(expr)
            case Lookup():
                return self.lookup(expr)
            case _:
                return self.operation(expr)

    def name(self, name: str) -> str:
        return f"v[{self.parameter(name, self.positions[name])}]"

    def cells(self, expr: Cells) -> str:
        positions = tuple(self.positions[name] for name in expr.names or ())
        return f"*[v[i] for i in {self.parameter(expr, positions)}]"

    def lookup(self, expr: Lookup) -> str:
        keys = ", ".join(self.source(key) for key in expr.keys)
        cells = {
            tuple(self.words.numbers[word] for word in key): self.positions[name] for key, name in expr.cells or ()
        }
        # by its cells, not its name: a case looks the same input up in values of its own
        return f"v[{self.parameter(('cells', expr.cells), cells)}[({keys},)]]"

    def operation(self, expr: Expr) -> str:
        match expr:
            case Binary(operator, left, right):
                sides = self.source(left), self.source(right)
                called = _CALLED.get(operator)
                return f"{called}({', '.join(sides)})" if called else f"({sides[0]} {operator} {sides[1]})"
            case Unary(operator, operand):
                return f"({operator} {self.source(operand)})"
            case Compare(operators, operands):
                texts = [self.source(operand) for operand in operands]
                pairs = [f" {operator} {text}" for operator, text in zip(operators, texts[1:], strict=True)]
                return f"({texts[0]}{''.join(pairs)})"
            case Logic(operator, operands):
                return f"({f' {operator} '.join(self.source(operand) for operand in operands)})"
            case Choose(test, then, other):
                return f"({self.source(then)} if {self.source(test)} else {self.source(other)})"
            case Call(function, arguments):
                return f"f_{function}({', '.join(self.source(item) for item in arguments)})"
            case _:
                raise TypeError(f"no code for {type(expr).__name__}")


def compile_expression(expr: Expr, context: UnitContext, words: Words, positions: Mapping[str, int]) -> Compiled:
    """A function from the list of values to the formula's number (a bool for a comparison)."""
    code = Code(context, words, positions)
    source = code.source(expr)
    return _template(source, len(code.arguments))(*code.arguments)


class Templates:
    """Compiles many formulas of one workbook; those of one shape, of names alone, are one template."""

    def __init__(self, context: UnitContext, words: Words, positions: Mapping[str, int]) -> None:
        self.context, self.words, self.positions = context, words, positions
        self._made: dict[Shape, Callable[..., Compiled]] = {}

    def compiled(self, expr: Expr, shape: Shape, leaves: tuple[Leaf, ...]) -> Compiled:
        """As `compile_expression`; `shape` and `leaves` are the formula's (shapes.py)."""
        if not names_alone(leaves):
            return compile_expression(expr, self.context, self.words, self.positions)
        template = self._made.get(shape)
        if template is None:
            code = Code(self.context, self.words, self.positions)
            template = self._made[shape] = _template(code.source(expr), len(code.arguments))
        return template(*[self.positions[name] for name in leaves])  # as the code has them: in order of first use


@lru_cache(maxsize=20_000)
def _template(source: str, parameters: int) -> Callable[..., Compiled]:
    names = ", ".join(f"p{number}" for number in range(parameters))
    code = compile(f"lambda {names}: lambda v: {source}", "<formula>", "eval")
    return eval(code, dict(_NAMESPACE))  # noqa: S307 - generated from a checked tree, with no builtins in reach


class _Straight(Code):
    """Code in which what is computed or read is a local variable, once it has been read from the list."""

    def name(self, name: str) -> str:
        return f"x{self.positions[name]}"

    def cells(self, expr: Cells) -> str:
        return ", ".join(self.name(name) for name in expr.names or ())


def compile_straight(
    formulas: Sequence[tuple[str, Expr | None]],
    context: UnitContext,
    words: Words,
    positions: Mapping[str, int],
) -> Callable[[Values], tuple[Any, ...]]:
    """One function that computes formulas of successive positions, given in an order that respects what they read.

    It takes the list of values, of which it reads all others, and returns a tuple of the results; where the formula
    is None, of the value that stands.
    """
    code = _Straight(context, words, positions)
    computed = {name for name, expr in formulas if expr is not None}
    read = dict.fromkeys(name for name, expr in formulas for name in (reads(expr) if expr is not None else (name,)))
    lines = [f"{code.name(name)} = v[{positions[name]}]" for name in read if name not in computed]
    looked_up = {name for _, expr in formulas if expr is not None for name in _looked_up(expr)}
    for name, expr in formulas:
        if expr is not None:
            kept = f"v[{positions[name]}] = " if name in looked_up else ""  # a look-up finds its value in the list
            lines.append(f"{kept}{code.name(name)} = {code.source(expr)}")
    results = "".join(f"{code.name(name)}, " for name, _ in formulas)
    names = ", ".join(f"p{number}" for number in range(len(code.arguments)))
    body = [*lines, f"return ({results})"]
    source = f"def make({names}):\n def straight(v):\n  " + "\n  ".join(body) + "\n return straight\n"
    namespace = dict(_NAMESPACE)
    exec(compile(source, "<workbook>", "exec"), namespace)  # noqa: S102 - as above
    return namespace["make"](*code.arguments)


def _looked_up(expr: Expr) -> Iterator[str]:
    """The names of the values that a formula may look up by a key."""
    for node in walk(expr):
        if isinstance(node, Lookup):
            yield from (name for _, name in node.cells or ())
