"""Tree -> Python over floats in base units: the form in which formulas run.

The source is generated from checked trees alone: it holds numbers, operators, parameters and the names of the
function table, never text of a user's. One template is compiled per shape of formula, and closed over the positions
of the values it reads. Words of choices are numbers, their positions in `words`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
    "sum": sum,
    "remainder": remainder,
    **{f"f_{name}": function.scalar for name, function in FUNCTIONS.items()},
}
_CACHED = 10_000  # values
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
            case Binary("**", Name() as base, Number(2)):  # as exact as the power, without a call
                return f"({self.source(base)} * {self.source(base)})"
            case Binary("*", Number() | Measure() as factor, right) if self.source(factor) == "1.0":
                return self.source(right)
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
    """Code in which values are local variables, but for those of other chunks that are read `once`."""

    def __init__(
        self, context: UnitContext, words: Words, positions: Mapping[str, int], once: AbstractSet[str]
    ) -> None:
        super().__init__(context, words, positions)
        self.once, self.rounded = once, 0

    def name(self, name: str) -> str:
        return f"v[{self.positions[name]}]" if name in self.once else f"x{self.positions[name]}"

    def cells(self, expr: Cells) -> str:
        return ", ".join(self.name(name) for name in expr.names or ())

    def operation(self, expr: Expr) -> str:
        if isinstance(expr, Call) and expr.function == "floor":
            self.rounded += 1
            value, below = f"a{self.rounded}", f"b{self.rounded}"
            whole = f"({below} := ({value} := {self.source(expr.arguments[0])}) // 1.0)"
            return f"({below} if {whole} + 1.0 - {value} > 1e-3 else f_floor({value}))"  # not near the next: no call
        return super().operation(expr)


def compile_straight(
    formulas: Sequence[tuple[str, Expr | None]],
    context: UnitContext,
    words: Words,
    positions: Mapping[str, int],
) -> Callable[[Values], bool]:
    """One function that computes formulas of successive positions, given in an order that respects what they read.

    It takes the list of values and puts the results in their places; where the formula is None, the value stands.
    False: one of them is no finite number, and none was put anywhere. Errors: what a formula raises.
    """
    computed = {name for name, expr in formulas if expr is not None}
    read = Counter(name for name, expr in formulas for name in (_mentioned(expr) if expr is not None else (name,)))
    others = {name: times for name, times in read.items() if name not in computed}
    # Values that are not in the processor's cache come sooner if all are asked for at first.
    once = {name for name, times in others.items() if times == 1} if len(positions) < _CACHED else frozenset[str]()
    code = _Straight(context, words, positions, once)
    lines = [f"{code.name(name)} = v[{positions[name]}]" for name in others if name not in once]
    looked_up = {name for _, expr in formulas if expr is not None for name in _looked_up(expr)}
    for name, expr in formulas:
        if expr is not None:
            kept = f"v[{positions[name]}] = " if name in looked_up else ""  # a look-up finds its value in the list
            lines.append(f"{kept}{code.name(name)} = {code.source(expr)}")
    results = [code.name(name) for name, _ in formulas]
    start = positions[formulas[0][0]]
    lines += [f"results = {', '.join(results)},", "total = sum(results)", "if total - total: return False"]
    lines += [f"v[{start}:{start + len(results)}] = results", "return True"]
    names = ", ".join(f"p{number}" for number in range(len(code.arguments)))
    source = f"def make({names}):\n def straight(v):\n  " + "\n  ".join(lines) + "\n return straight\n"
    namespace = dict(_NAMESPACE)
    exec(compile(source, "<workbook>", "exec"), namespace)  # noqa: S102 - as above
    return namespace["make"](*code.arguments)


def _mentioned(expr: Expr) -> Iterator[str]:
    """The names that stand in a formula, each as often as it does."""
    for node in walk(expr):
        if isinstance(node, Name):
            yield node.name
        elif isinstance(node, Cells):
            yield from node.names or ()


def _looked_up(expr: Expr) -> Iterator[str]:
    """The names of the values that a formula may look up by a key."""
    for node in walk(expr):
        if isinstance(node, Lookup):
            yield from (name for _, name in node.cells or ())
