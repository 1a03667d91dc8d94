"""Formulas -> operations on numbered values: what a kernel has to do, and what each value depends on.

What no axis reaches is computed once, by the evaluator, and stands here as a constant. Equal operations are one.
Operations that may fail on the side of a conditional that is not taken carry its condition as their guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ....problems import NoValue, Problem
from ...language.expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Name,
    Unary,
    reads,
)
from ..workbook import Workbook
from .asked import Asked

FAILING = frozenset({"/", "//", "%", "**", "sqrt", "exp", "log", "log2", "log10", "lookup"})
"""Operations that may fail for numbers that are fine."""

_COMMUTATIVE = frozenset({"+", "*", "min", "max", "and", "or", "==", "!="})
_POWERS = {1.0: "same", 2.0: "square", 0.5: "sqrt"}


@dataclass(frozen=True, slots=True)
class Constant:
    """A number in base units, a word's number, or a truth: the same at every point."""

    number: float


@dataclass(frozen=True, slots=True)
class Axis:
    """What is swept, as it is given: in the declared unit, or a word's number."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of earlier values: an operator, a name of the function table, or one of a few more.

    These are `choose` (condition, then, other), `lookup` (keys, then cells; `keys` says which words each cell stands
    for), `unless` (value, condition: where it holds, the value fails), `square`, `negative` and `not`.
    Where the truth `guard` does not hold, nobody reads the result, and it must not fail.
    """

    function: str
    operands: tuple[int, ...]
    guard: int | None = None
    keys: tuple[tuple[float, ...], ...] = ()

    @property
    def inputs(self) -> tuple[int, ...]:
        """All the values that it reads."""
        return self.operands if self.guard is None else (*self.operands, self.guard)


Step = Constant | Axis | Operation


@dataclass(frozen=True, slots=True)
class Failed:
    """In the place of a value that no point has."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Lowered:
    """`steps` by number, each after what it reads; `reach`: the axes that each depends on, a bit per axis.

    `outputs`: in the order asked for, the number of the value in its unit, or why no point has one.
    `nodes`: the quantities that some axis reaches and some output needs, in the DAG's order.
    """

    axes: tuple[str, ...]
    steps: tuple[Step, ...]
    reach: tuple[int, ...]
    outputs: tuple[int | Failed, ...]
    nodes: tuple[str, ...]


def lower(workbook: Workbook, asked: Sequence[Asked], axes: Sequence[str]) -> Lowered:
    """What has to be done at every point; names are absolute."""
    return _Lowering(workbook, axes).lower(asked)


def reached_nodes(workbook: Workbook, outputs: Iterable[str], axes: Sequence[str]) -> list[str]:
    """The quantities that the outputs need and an axis reaches, axes too, in the DAG's order."""
    definitions = workbook.checked.definitions
    needed, waiting = set(outputs), [*outputs]
    while waiting:
        name = waiting.pop()
        fresh = set(definitions[name].reads) - needed if name not in axes else ()
        needed.update(fresh)
        waiting += fresh
    reached = set(axes)
    for name in workbook.checked.order:
        if name in needed and not reached.isdisjoint(definitions[name].reads):
            reached.add(name)
    return [name for name in workbook.checked.order if name in needed and name in reached]


class _Lowering:
    def __init__(self, workbook: Workbook, axes: Sequence[str]) -> None:
        self.workbook, self.axes = workbook, tuple(axes)
        self.numbers = workbook.words.numbers
        self.steps: list[Step] = []
        self.reach: list[int] = []
        self.known: dict[Step, int] = {}
        self.nodes: dict[str, int | Failed] = {}
        self.what = ""

    def lower(self, asked: Sequence[Asked]) -> Lowered:
        read = dict.fromkeys(name for each in asked for name in reads(each.expr))
        nodes = reached_nodes(self.workbook, read, self.axes)
        for name in nodes:
            self.what = name
            if name in self.axes:
                self.nodes[name] = self.axis(name)
            else:
                expr = self.workbook.checked.definitions[name].expr
                assert expr is not None
                self.nodes[name] = self.value(expr, None)
        found = tuple(self.output(each) for each in asked)
        return Lowered(self.axes, tuple(self.steps), tuple(self.reach), found, tuple(nodes))

    def axis(self, name: str) -> int:
        definition = self.workbook.checked.definitions[name]
        given = self.step(Axis(name), 1 << self.axes.index(name))
        return given if definition.choices else self.operation("*", given, self.constant(definition.unit.scale))

    def output(self, asked: Asked) -> int | Failed:
        self.what = asked.what
        value = self.value(asked.expr, None)
        # A multiplication would be faster, and its last digit not that of the evaluator.
        return value if isinstance(value, Failed) else self.operation("/", value, self.constant(asked.scale))

    # -- steps -------------------------------------------------------------------------------------

    def step(self, step: Step, reach: int) -> int:
        """The number of an equal step, if there is one, or else of this."""
        found = self.known.get(step)
        if found is None:
            found = self.known[step] = len(self.steps)
            self.steps.append(step)
            self.reach.append(reach)
        return found

    def constant(self, number: float) -> int:
        return self.step(Constant(float(number)), 0)

    def operation(
        self,
        function: str,
        *operands: int,
        guard: int | None = None,
        keys: tuple[tuple[float, ...], ...] = (),
    ) -> int:
        if function in ("*", "/") and self.steps[operands[1]] == Constant(1.0):
            return operands[0]
        if function == "*" and self.steps[operands[0]] == Constant(1.0):
            return operands[1]
        if function in _COMMUTATIVE:
            operands = tuple(sorted(operands))
        reach = 0
        for operand in operands:
            reach |= self.reach[operand]
        bare = Operation(function, operands, keys=keys)
        # To mask by what has more axes would compute at every point what is the same at many.
        if guard is None or function not in FAILING or bare in self.known or self.reach[guard] & ~reach:
            return self.step(bare, reach)
        return self.step(Operation(function, operands, guard, keys), reach)

    def both(self, guard: int | None, condition: int) -> int:
        return condition if guard is None else self.operation("and", guard, condition)

    def unless(self, value: int, guard: int | None, condition: int) -> int:
        """The value, which fails where the condition holds under its guard."""
        return self.operation("unless", value, self.both(guard, condition))

    # -- formulas ----------------------------------------------------------------------------------

    def value(self, expr: Expr, guard: int | None) -> int | Failed:
        """The number of the expression's value where the guard holds; its reason if it has none at any point."""
        if isinstance(expr, Name):
            return self.name(expr.name)
        if not any(name in self.nodes for name in reads(expr)):
            try:
                return self.constant(self.workbook.evaluate(expr, self.what))
            except NoValue as error:
                return Failed(error.problems[0])
        match expr:
            case Choose():
                return self.choose(expr, guard)
            case Logic():
                return self.logic(expr, guard)
            case Compare():
                return self.compare(expr, guard)
            case Lookup():
                return self.lookup(expr, guard)
            case _:
                return self.arithmetic(expr, guard)

    def name(self, name: str) -> int | Failed:
        found = self.nodes.get(name)
        if found is None:
            try:
                found = self.constant(self.workbook.evaluate(Name(name), name))
            except NoValue as error:
                found = Failed(error.problems[0])
        return found

    def arithmetic(self, expr: Expr, guard: int | None) -> int | Failed:
        match expr:
            case Binary(operator, left, right):
                sides = self.values((left, right), guard)
                return sides if isinstance(sides, Failed) else self.binary(operator, sides[0], sides[1], guard)
            case Unary(operator, operand):
                inner = self.value(operand, guard)
                if isinstance(inner, Failed) or operator == "+":
                    return inner
                return self.operation("negative" if operator == "-" else "not", inner)
            case Call(function, arguments):
                found = self.values(_arguments(arguments), guard)
                return found if isinstance(found, Failed) else self.call(function, found, guard)
            case _:
                raise TypeError(f"no kernel for {type(expr).__name__}")

    def values(self, exprs: Iterable[Expr], guard: int | None) -> list[int] | Failed:
        found: list[int] = []
        for expr in exprs:
            value = self.value(expr, guard)
            if isinstance(value, Failed):
                return value
            found.append(value)
        return found

    def binary(self, operator: str, left: int, right: int, guard: int | None) -> int:
        exponent = self.steps[right]
        if operator == "**" and isinstance(exponent, Constant) and exponent.number in _POWERS:
            function = _POWERS[exponent.number]
            return left if function == "same" else self.operation(function, left, guard=guard)
        return self.operation(operator, left, right, guard=guard)

    def call(self, function: str, arguments: list[int], guard: int | None) -> int:
        if function in ("min", "max"):  # the order does not matter: those of few axes first
            arguments = sorted(arguments, key=lambda value: self.reach[value].bit_count())
        if function not in ("min", "max", "sum"):
            return self.operation(function, *arguments, guard=guard)
        result = arguments[0]
        for argument in arguments[1:]:  # the sum left to right, as the evaluator adds
            result = self.operation("+" if function == "sum" else function, result, argument)
        return result

    def choose(self, expr: Choose, guard: int | None) -> int | Failed:
        test = self.value(expr.test, guard)
        if isinstance(test, Failed):
            return test
        known = self.steps[test]
        if isinstance(known, Constant):
            return self.value(expr.then if known.number else expr.other, guard)
        opposite = self.operation("not", test)
        then = self.value(expr.then, self.both(guard, test))
        other = self.value(expr.other, self.both(guard, opposite))
        if isinstance(then, Failed):
            return then if isinstance(other, Failed) else self.unless(other, guard, test)
        if isinstance(other, Failed):
            return self.unless(then, guard, opposite)
        return self.operation("choose", test, then, other)  # of equal sides too: the condition may fail

    def logic(self, expr: Logic, guard: int | None) -> int | Failed:
        result = self.value(expr.operands[0], guard)
        for operand in expr.operands[1:]:
            if isinstance(result, Failed):
                return result
            wanted = result if expr.operator == "and" else self.operation("not", result)
            value = self.value(operand, self.both(guard, wanted))
            if isinstance(value, Failed):
                result = self.unless(result, guard, wanted)
            else:
                result = self.operation(expr.operator, result, value)
        return result

    def compare(self, expr: Compare, guard: int | None) -> int | Failed:
        sides = self.values(expr.operands[:2], guard)
        if isinstance(sides, Failed):
            return sides
        result = self.operation(expr.operators[0], *sides)
        pairs = zip(expr.operators[1:], pairwise(expr.operands[1:]), strict=True)
        for operator, pair in pairs:
            found = self.values(pair, self.both(guard, result))
            if isinstance(found, Failed):
                return self.unless(result, guard, result)
            result = self.operation("and", result, self.operation(operator, *found))
        return result

    def lookup(self, expr: Lookup, guard: int | None) -> int | Failed:
        keys = self.values(expr.keys, guard)
        if isinstance(keys, Failed):
            return keys
        known = [self.steps[key] for key in keys]
        open_keys = [place for place, step in enumerate(known) if not isinstance(step, Constant)]
        cells: list[int] = []
        words: list[tuple[float, ...]] = []
        for key, name in expr.cells or ():
            numbers = [self.numbers[word] for word in key]
            matches = all(
                step.number == number for step, number in zip(known, numbers, strict=True) if isinstance(step, Constant)
            )
            value = self.name(name) if matches else None
            if matches and not open_keys and value is not None:
                return value
            if isinstance(value, int):
                cells.append(value)
                words.append(tuple(numbers[place] for place in open_keys))
        asked = (keys[place] for place in open_keys)
        return self.operation("lookup", *asked, *cells, guard=guard, keys=tuple(words))


def _arguments(arguments: tuple[Expr, ...]) -> list[Expr]:
    """A function's arguments; a column's cells one by one."""
    return [
        each for item in arguments for each in (map(Name, item.names or ()) if isinstance(item, Cells) else (item,))
    ]
