"""The lazy, incremental evaluator.

Words. A *node* is a quantity's position in the plan: inputs first, then every formula after all that it reads.
*Dirty* is a node whose value may be out of date because something it reads changed.

Algorithm. `set` stores an input's value and marks its direct dependents dirty. A read walks the dirty nodes from the
first upwards, up to the one wanted, and computes those that it rests on; one whose value came out different marks its
own direct dependents, one that came out equal stops the wave there (early cutoff). What was not needed stays dirty.

Invariant: a node that is not dirty holds what its formula gives on the present values of what it reads, or an error
value that says which problem it rests on. `invariant_holds` computes it anew and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any, NoReturn

from ...problems import Mark, Problem
from ..assembly.definitions import Value
from ..language.expressions import Expr, Lookup, reads, walk
from .codegen import Compiled, Values, Words, compile_expression, compile_straight
from .dag import CheckedDag


class _Spread(Exception):
    """An error value was read: the node that read it takes the same one."""

    def __init__(self, value: ErrorValue) -> None:
        super().__init__()
        self.value = value


def _spread(self: ErrorValue, *_: object) -> NoReturn:
    raise _Spread(self)


class ErrorValue:
    """In the place of a number: why there is none, and where that began. Any arithmetic on it raises."""

    __slots__ = ("problem",)

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _spread
    __neg__ = __pos__ = __abs__ = __float__ = __bool__ = __floordiv__ = _spread
    __lt__ = __le__ = __gt__ = __ge__ = _spread
    __eq__ = _spread  # type: ignore[assignment]
    __ne__ = _spread  # type: ignore[assignment]
    __hash__ = _spread  # type: ignore[assignment]


@dataclass(frozen=True)
class Plan:
    """A checked DAG compiled for evaluation: numbering, formulas as functions, who depends on whom."""

    dag: CheckedDag
    names: tuple[str, ...]
    positions: Mapping[str, int]
    inputs: int
    functions: tuple[Compiled | None, ...]
    precedents: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    words: Words

    @classmethod
    def of(cls, dag: CheckedDag) -> Plan:
        """Compile the DAG; the numbering is stable from run to run."""
        inputs = [name for name in dag.order if dag.definitions[name].expr is None]
        names = (*inputs, *(name for name in dag.order if dag.definitions[name].expr is not None))
        positions = {name: number for number, name in enumerate(names)}
        words = Words.of([*dag.resolver.words, *_keys(dag)])  # every word that a formula may say
        functions = tuple(
            compile_expression(expr, dag.context, words, positions) if expr is not None else None
            for expr in (dag.definitions[name].expr for name in names)
        )
        precedents = tuple(tuple(positions[read] for read in dag.definitions[name].reads) for name in names)
        successors: list[list[int]] = [[] for _ in names]
        for number, read in enumerate(precedents):
            for position in read:
                successors[position].append(number)
        return cls(dag, names, positions, len(inputs), functions, precedents, tuple(map(tuple, successors)), words)

    @cached_property
    def straight(self) -> Any:
        """All formulas as one function; compiled when first wanted."""
        formulas = [(name, expr) for name in self.names if (expr := self.dag.definitions[name].expr) is not None]
        return compile_straight(formulas, self.inputs, self.dag.context, self.words, self.positions)

    def number_of(self, value: Value) -> float:
        """A value as it is evaluated: a number in base units, a word's number."""
        return self.words.numbers[value.word] if value.word is not None else float(value.number or 0.0)

    @cached_property
    def _needs(self) -> dict[int, bytes]:
        return {}

    def needs(self, node: int) -> bytes:
        """For every node whether the one wanted rests on it; one byte each."""
        found = self._needs.get(node)
        if found is None:
            marks = bytearray(len(self.names))
            waiting = [node]
            marks[node] = 1
            while waiting:
                for position in self.precedents[waiting.pop()]:
                    if not marks[position]:
                        marks[position] = 1
                        waiting.append(position)
            found = self._needs[node] = bytes(marks)
        return found


def _keys(dag: CheckedDag) -> list[str]:
    return [
        word for name in dag.definitions if name.endswith("]") for word in name[name.index("[") + 1 : -1].split(", ")
    ]


class Evaluator:
    """The values of one workbook: the only thing that changes. Numbers are in base units, words are numbers."""

    def __init__(self, plan: Plan, values: Values | None = None) -> None:
        """Start from the values that the DAG's definitions give, or from another evaluator's inputs."""
        self.plan = plan
        self.log: list[str] | None = None
        self.values: Values = [*values] if values else [_start(plan, name) for name in plan.names]
        self.dirty = bytearray(len(plan.names))
        for node in range(plan.inputs, len(plan.names)):
            self.dirty[node] = 1

    def copy(self) -> Evaluator:
        """An evaluator of its own, with the same values, and nothing to compute that was computed here."""
        other = Evaluator(self.plan, self.values)
        other.dirty = bytearray(self.dirty)
        return other

    def set(self, node: int, value: float) -> None:
        """Give an input a number in base units (a word's number); an equal one changes nothing."""
        old = self.values[node]
        if type(old) is float and old == value:
            return
        self.values[node] = value
        dirty = self.dirty
        for successor in self.plan.successors[node]:
            dirty[successor] = 1

    def get(self, node: int) -> Any:
        """The node's value, computed if need be: a float, or an `ErrorValue`."""
        dirty = self.dirty
        if dirty[node] or dirty.find(1, 0, node) >= 0:
            self._refresh(node)
        return self.values[node]

    def evaluate_all(self) -> None:
        """Compute every formula anew, straight through; node by node if one of them is an error value."""
        plan = self.plan
        try:
            results = plan.straight(self.values)
            if isfinite(sum(results)):  # no value of them is infinite or no number
                self.values[plan.inputs :] = results
                self.dirty = bytearray(len(plan.names))
                if self.log is not None:
                    self.log += plan.names[plan.inputs :]
                return
        except _NO_VALUE:
            pass  # some node is an error value: the way below says which
        for node in range(plan.inputs, len(plan.names)):
            self.values[node] = self._compute(node)
        self.dirty = bytearray(len(plan.names))

    def evaluate(self, expr: Expr, what: str = "", mark: Mark | None = None) -> Any:
        """The value of a resolved expression that is no node: a float, a bool, or an `ErrorValue`."""
        for name in reads(expr):
            self.get(self.plan.positions[name])
        compiled = compile_expression(expr, self.plan.dag.context, self.plan.words, self.plan.positions)
        return self._run(compiled, what, mark)

    def invariant_holds(self) -> bool:
        """Whether every node that is not dirty and rests on nothing dirty holds what its formula gives."""
        for node in range(self.plan.inputs, len(self.values)):
            needs = self.plan.needs(node)
            if any(need and mark for need, mark in zip(needs, self.dirty, strict=True)):
                continue
            if not _equal(self.values[node], self._value_of(node)):
                return False
        return True

    def _refresh(self, wanted: int) -> None:
        dirty, needs = self.dirty, self.plan.needs(wanted)
        node = dirty.find(1, 0, wanted + 1)
        while node >= 0:
            if needs[node]:
                self._recompute(node)
            node = dirty.find(1, node + 1, wanted + 1)

    def _recompute(self, node: int) -> None:
        new = self._compute(node)
        old = self.values[node]
        self.dirty[node] = 0
        if type(old) is float and type(new) is float and old == new:
            return
        self.values[node] = new
        for successor in self.plan.successors[node]:
            self.dirty[successor] = 1

    def _compute(self, node: int) -> Any:
        if self.log is not None:
            self.log.append(self.plan.names[node])
        return self._value_of(node)

    def _value_of(self, node: int) -> Any:
        function = self.plan.functions[node]
        assert function is not None
        try:
            value = function(self.values)
            if value - value == 0.0:
                return value
        except _NO_VALUE:
            pass  # an error value: the slow way says which
        name = self.plan.names[node]
        return self._run(function, name, self.plan.dag.definitions[name].where)

    def _run(self, compiled: Compiled, what: str, mark: Mark | None) -> Any:
        """The value, or the error value that says what went wrong and where."""
        try:
            value = compiled(self.values)
        except _Spread as spread:
            return spread.value
        except _NO_VALUE as error:
            return _error(self._said(error), what, mark, self._known_keys(error, what))
        if isinstance(value, bool | ErrorValue) or value - value == 0.0:
            return value
        return _error("the number is too large", what, mark)

    def _known_keys(self, error: BaseException, what: str) -> str:
        """For a key without a value: which keys have one, where the formula looks up a single input."""
        expr = self.plan.dag.definitions[what].expr if what in self.plan.dag.definitions else None
        lookups = [node for node in walk(expr) if isinstance(node, Lookup)] if expr is not None else []
        if not isinstance(error, KeyError) or len(lookups) != 1:
            return ""
        keys = [f"[{', '.join(key)}]" for key, _ in lookups[0].cells or ()]
        known = ", ".join(keys[:MOST_KEYS]) + (" ..." if len(keys) > MOST_KEYS else "")
        return f"{lookups[0].name} has {known or 'no values'}; set another, or choose one of these"

    def _said(self, error: BaseException) -> str:
        match error:
            case ZeroDivisionError():
                return "division by zero"
            case KeyError():
                words = (self.plan.words.words[int(number)] for number in error.args[0])
                return f"the keyed input has no value for [{', '.join(words)}]"
            case ValueError() if "domain" in str(error):
                return "a logarithm, root or power of a number that has none"
            case ValueError():
                return str(error)
            case _:
                return "the number is too large"


MOST_KEYS = 8  # of a keyed input that a hint names
_NO_VALUE = (ArithmeticError, ValueError, LookupError, _Spread)


def _start(plan: Plan, name: str) -> Any:
    """An input's first value: what is bound to it, or the error that nothing is; a formula's is not known yet."""
    definition = plan.dag.definitions[name]
    if definition.expr is not None:
        return None
    value = definition.value
    if value is None:
        message = f"{name} has no value"
        return ErrorValue(Problem("value", message, definition.mark, hint=_set_hint(name), quantity=name))
    return plan.number_of(value)


def _set_hint(name: str) -> str:
    return f"set it in the scenario, or with --set '{name}=...'"


def _error(message: str, what: str, mark: Mark | None, hint: str = "") -> ErrorValue:
    said = f"{what}: {message}" if what else message
    return ErrorValue(Problem("value", said, mark, hint=hint, quantity=what))


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, ErrorValue) or isinstance(right, ErrorValue):
        return isinstance(left, ErrorValue) and isinstance(right, ErrorValue) and left.problem == right.problem
    return bool(left == right)
