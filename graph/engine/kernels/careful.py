"""The slow way for points of which some have no value: which they are, and why, as the evaluator would say.

It walks the formulas as they are written, over lists of points. The side of a conditional that is not taken is not
computed: each side gets only its own points. A value is an array of numbers with an array of codes beside it, 0 where
all is well; arithmetic keeps the first code that it meets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

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
from ...language.functions import FUNCTIONS
from ..workbook import Workbook
from .arrays import OPERATORS, OWN, Array
from .asked import Asked

_NONE = "a logarithm, root or power of a number that has none"
_LARGE = "the number is too large"
_ZERO = "division by zero"


class Points(NamedTuple):
    """Numbers, and codes of why there is none; both of one length."""

    numbers: Array
    codes: Array

    def at(self, where: Array) -> Points:
        return Points(self.numbers[where], self.codes[where])


class Reasons:
    """Why points have no value: a code for each problem, from 1."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._codes: dict[tuple[str, str], int] = {}

    def code(self, problem: Problem) -> int:
        key = problem.quantity, problem.message
        if key not in self._codes:
            self.problems.append(problem)
            self._codes[key] = len(self.problems)
        return self._codes[key]


class Careful:
    """Computes the reached quantities of some points, given the axes in base units."""

    def __init__(self, workbook: Workbook, nodes: Sequence[str], reasons: Reasons) -> None:
        self.workbook, self.nodes, self.reasons = workbook, nodes, reasons
        self.constants: dict[Expr, tuple[float, int]] = {}
        self.held: dict[str, Points] = {}
        self.what = ""

    def run(self, axes: Mapping[str, Array], count: int, outputs: Mapping[str, Asked]) -> dict[str, Points]:
        """The outputs in their units, `count` points each; `axes` are in base units."""
        self.held = {name: Points(numbers, np.zeros(count, np.int32)) for name, numbers in axes.items()}
        everywhere = np.arange(count)
        with np.errstate(all="ignore"):
            for name in self.nodes:
                if name not in self.held:
                    self.what = name
                    expr = self.workbook.checked.definitions[name].expr
                    assert expr is not None
                    self.held[name] = self.finite(self.value(expr, everywhere))
            return {name: self.declared(asked, everywhere) for name, asked in outputs.items()}

    def declared(self, asked: Asked, at: Array) -> Points:
        """An output in its unit; a number that is too large for it is none."""
        self.what = asked.what
        found = self.value(asked.expr, at)
        if asked.words:
            return found
        number = found.numbers / asked.scale
        message = f"the number is too large for its unit {asked.unit}" if asked.unit else _LARGE
        return self.failing(Points(number, found.codes), ~np.isfinite(number), message)

    # -- what fails --------------------------------------------------------------------------------

    def failing(self, found: Points, where: Array, message: str) -> Points:
        """The same points; those where the condition holds fail for this reason, if not for another already."""
        fresh = where & (found.codes == 0)
        if not fresh.any():
            return found
        definition = self.workbook.checked.definitions.get(self.what)
        mark = definition.where if definition else None
        code = self.reasons.code(Problem("value", f"{self.what}: {message}", mark, quantity=self.what))
        return Points(np.where(fresh, np.nan, found.numbers), np.where(fresh, code, found.codes).astype(np.int32))

    def finite(self, found: Points) -> Points:
        """A quantity's value: what is infinite or no number is too large."""
        return self.failing(found, ~np.isfinite(found.numbers), _LARGE)

    def first(self, numbers: Array, *parts: Points) -> Points:
        """Numbers made of parts, with the first code among them."""
        codes = parts[-1].codes
        for part in reversed(parts[:-1]):
            codes = np.where(part.codes, part.codes, codes)
        return Points(np.where(codes != 0, np.nan, numbers), codes)

    def constant(self, expr: Expr, count: int) -> Points:
        if expr not in self.constants:
            try:
                self.constants[expr] = (float(self.workbook.evaluate(expr, self.what)), 0)
            except NoValue as error:
                self.constants[expr] = (np.nan, self.reasons.code(error.problems[0]))
        number, code = self.constants[expr]
        return Points(np.full(count, number), np.full(count, code, np.int32))

    # -- formulas ----------------------------------------------------------------------------------

    def value(self, expr: Expr, at: Array) -> Points:
        """The expression's value at these points; a comparison's is 1 or 0."""
        if isinstance(expr, Name):
            return self.name(expr.name, at)
        if not any(name in self.held for name in reads(expr)):
            return self.constant(expr, len(at))
        match expr:
            case Choose(test, then, other):
                return self.choose(test, then, other, at)
            case Logic(operator, operands):
                return self.logic(operator, operands, at)
            case Compare():
                return self.compare(expr, at)
            case Lookup():
                return self.lookup(expr, at)
            case Binary(operator, left, right):
                return self.binary(operator, self.value(left, at), self.value(right, at))
            case Unary(operator, operand):
                return self.unary(operator, self.value(operand, at))
            case Call(function, arguments):
                return self.call(function, arguments, at)
            case _:
                raise TypeError(f"no kernel for {type(expr).__name__}")

    def name(self, name: str, at: Array) -> Points:
        return self.held[name].at(at) if name in self.held else self.constant(Name(name), len(at))

    def unary(self, operator: str, value: Points) -> Points:
        match operator:
            case "not":
                return self.first((value.numbers == 0).astype(float), value)
            case "-":
                return self.first(-value.numbers, value)
            case _:
                return value

    def binary(self, operator: str, left: Points, right: Points) -> Points:
        numbers = _applied(OPERATORS[operator], left.numbers, right.numbers)
        if operator in ("//", "%"):  # as the scalar form: what is infinite is no number, rounded
            numbers = np.where(np.isfinite(left.numbers / right.numbers), numbers, np.nan)
        found = self.first(numbers, left, right)
        if operator in ("/", "//", "%"):
            return self.failing(found, right.numbers == 0, _ZERO)
        if operator == "**":
            return self.power(found, left.numbers, right.numbers)
        return found

    def power(self, found: Points, base: Array, exponent: Array) -> Points:
        inside = np.isfinite(base) & np.isfinite(exponent)
        none = inside & (np.isnan(found.numbers) | ((base == 0) & (exponent < 0)))
        found = self.failing(found, none, _NONE)
        return self.failing(found, inside & np.isinf(found.numbers), _LARGE)

    def call(self, function: str, arguments: tuple[Expr, ...], at: Array) -> Points:
        if FUNCTIONS[function].reduces:
            return self.reduce(function, [self.value(each, at) for each in _each(arguments)])
        value = self.value(arguments[0], at)
        number = value.numbers
        found = self.first(_applied(FUNCTIONS[function].array, number), value)
        if FUNCTIONS[function].rounds:  # as the scalar form: what is infinite is no number, rounded
            found = Points(np.where(np.isfinite(number), found.numbers, np.nan), found.codes)
        if function == "exp":
            return self.failing(found, np.isfinite(number) & np.isinf(found.numbers), _LARGE)
        if function == "sqrt":
            return self.failing(found, number < 0, _NONE)
        return self.failing(found, number <= 0, _NONE) if function.startswith("log") else found

    def reduce(self, function: str, values: list[Points]) -> Points:
        if len(values) == 1:
            return values[0]
        numbers = values[0].numbers + 0.0 if function == "sum" else values[0].numbers
        for value in values[1:]:
            if function == "sum":
                numbers = numbers + value.numbers
            else:  # as Python's min and max take what is no number
                closer = value.numbers < numbers if function == "min" else value.numbers > numbers
                numbers = np.where(closer, value.numbers, numbers)
        return self.first(numbers, *values)

    def choose(self, test: Expr, then: Expr, other: Expr, at: Array) -> Points:
        asked = self.value(test, at)
        sides = ((asked.numbers != 0) & (asked.codes == 0), then), ((asked.numbers == 0) & (asked.codes == 0), other)
        return self.parts(asked, sides, at)

    def parts(self, asked: Points, sides: Sequence[tuple[Array, Expr]], at: Array) -> Points:
        """Each side's value at its own points, and what was asked elsewhere."""
        numbers, codes = np.where(asked.codes != 0, np.nan, asked.numbers), asked.codes.copy()
        for where, expr in sides:
            if where.any():
                numbers[where], codes[where] = self.value(expr, at[where])
        return Points(numbers, codes)

    def logic(self, operator: str, operands: tuple[Expr, ...], at: Array) -> Points:
        result = self.value(operands[0], at)
        for operand in operands[1:]:
            undecided = (result.codes == 0) & ((result.numbers != 0) == (operator == "and"))
            result = self.parts(result, [(undecided, operand)], at)
        return result

    def compare(self, expr: Compare, at: Array) -> Points:
        result = Points(np.ones(len(at)), np.zeros(len(at), np.int32))
        for operator, (left, right) in zip(expr.operators, pairwise(expr.operands), strict=True):
            where = (result.codes == 0) & (result.numbers != 0)
            numbers, codes = result.numbers.copy(), result.codes.copy()
            one, two = self.value(left, at[where]), self.value(right, at[where])
            compared = _applied(OPERATORS[operator], one.numbers, two.numbers)
            numbers[where], codes[where] = self.first(compared.astype(float), one, two)
            result = Points(numbers, codes)
        return result

    def lookup(self, expr: Lookup, at: Array) -> Points:
        keys = [self.value(key, at) for key in expr.keys]
        found = self.first(np.full(len(at), np.nan), *keys)
        numbers, codes = found.numbers.copy(), found.codes.copy()
        lacking = codes == 0
        words = self.workbook.words
        for cell, name in expr.cells or ():
            here = lacking.copy()
            for key, word in zip(keys, cell, strict=True):
                here &= key.numbers == words.numbers[word]
            if here.any():
                numbers[here], codes[here] = self.name(name, at[here])
                lacking &= ~here
        found = Points(numbers, codes)
        for wanted in {tuple(key.numbers[place] for key in keys) for place in np.flatnonzero(lacking)}:
            here = lacking & np.logical_and.reduce([key.numbers == one for key, one in zip(keys, wanted, strict=True)])
            said = ", ".join(words.words[int(number)] for number in wanted)
            found = self.failing(found, here, f"the keyed input has no value for [{said}]")
        return found


def _applied(form: str, *operands: Array) -> Array:
    if form not in OWN:
        ufunc: Callable[..., Array] = getattr(np, form)
        return ufunc(*operands)
    out, temp = np.empty_like(operands[0]), np.empty_like(operands[0])
    OWN[form](*operands, out, temp)
    return out


def _each(arguments: tuple[Expr, ...]) -> list[Expr]:
    return [
        each for item in arguments for each in (map(Name, item.names or ()) if isinstance(item, Cells) else (item,))
    ]
