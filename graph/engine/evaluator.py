"""The lazy, incremental evaluator.

Words. A *node* is a quantity's position in the plan: inputs first, then every formula after all that it reads.
*Dirty* is a node whose value may be out of date because something that it rests on changed; it is *due* if something
that it reads is known to have changed.

Algorithm. `set` stores an input's value, makes its readers due, and all that rests on them dirty, as far as it is not
yet. A read gathers the dirty nodes that the one wanted rests on and goes through them from the first upwards: one that
is due is computed, and if its value came out different its readers are due; the others are clean as they are (early
cutoff). What was not needed stays dirty.

Where most of a large plan is to be computed, it is computed straight through (straight.py), all of it. To find out
costs more than to compute, so a wide set of nodes is remembered (plan.py): the dependents of an input as a mask laid
over the marks, and what a node needs as one to count them with.

Invariants: a node that is not dirty holds what its formula gives on the values of what it reads, or an error value that
says which problem it rests on; what reads a dirty node is dirty. `invariant_holds` computes it anew and compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from ...problems import Mark, Problem
from ..language.expressions import Expr, Lookup, reads, walk
from .codegen import Compiled, Values, compile_expression
from .plan import Plan


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


class Evaluator:
    """The values of one workbook: the only thing that changes. Numbers are in base units, words are numbers."""

    def __init__(self, plan: Plan, values: Values | None = None, dirty: bytearray | None = None) -> None:
        """Start from the values that the DAG's definitions give, or with another evaluator's values and marks."""
        self.plan = plan
        self.log: list[str] | None = None
        self.values: Values = [*values] if values else [_start(plan, name) for name in plan.names]
        formulas = len(plan.names) - plan.inputs
        self.dirty = bytearray(dirty) if dirty else bytearray(plan.inputs) + bytearray([_DUE]) * formulas
        self._marked = True  # whether anything was marked since all was computed
        self._wide = False  # and a wide set

    def copy(self) -> Evaluator:
        """An evaluator of its own, with the same values, and nothing to compute that was computed here."""
        return Evaluator(self.plan, self.values, self.dirty)

    def changed(self, plan: Plan, names: Sequence[str]) -> Evaluator:
        """One for a plan in which the quantities `names` are others: what does not rest on them stays computed."""
        if plan.positions is not self.plan.positions:
            return Evaluator(plan)
        other = Evaluator(plan, self.values, self.dirty)
        for node in map(plan.positions.__getitem__, names):
            if plan.functions[node] is None:
                other.dirty[node] = _CLEAN
                other.set(node, _start(plan, plan.names[node]))
            else:
                other._mark(node, (node,))
        return other

    def set(self, node: int, value: Any) -> None:
        """Give an input a number in base units (a word's number); an equal one changes nothing."""
        old = self.values[node]
        if type(old) is float and type(value) is float and old == value:
            return
        self._mark(node, self.plan.successors[node])
        self.values[node] = value

    def get(self, node: int) -> Any:
        """The node's value, computed if need be: a float, or an `ErrorValue`."""
        if self.dirty[node]:
            self._refresh(node)
        return self.values[node]

    def recompute(self, compiled: bool = True) -> None:
        """Compute every formula anew, straight through; `compiled`: in the fastest way, which is compiled once."""
        straight, values = self.plan.straight, self.values
        if compiled and not straight.compiled:
            straight.compile()
        for chunk in straight.chunks:
            try:
                if chunk(values):
                    continue
            except _NO_VALUE:
                pass
            except BaseException:
                self._doubt_all()
                raise
            self._compute_each(*straight.bounds[straight.chunks.index(chunk)])
        if self._marked:
            self.dirty = bytearray(len(values))
            self._marked = self._wide = False
        if self.log is not None:
            pairs = zip(self.plan.names, self.plan.functions, strict=True)
            self.log += [name for name, function in pairs if function is not None]
        if not straight.compiled:
            straight.ran()

    def _compute_each(self, start: int, end: int) -> None:
        """The formulas of a chunk in which one has no number, one by one: so it is known which."""
        try:
            for node in range(start, end):
                if self.plan.functions[node] is not None:
                    self.values[node] = self._value_of(node)
        except BaseException:
            self._doubt_all()
            raise

    def _doubt_all(self) -> None:
        """What was interrupted half way (by Ctrl-C) leaves marks that say too little: make every formula due."""
        functions = self.plan.functions
        self.dirty = bytearray(_CLEAN if function is None else _DUE for function in functions)
        self._marked = True

    def evaluate(self, expr: Expr, what: str = "", mark: Mark | None = None) -> Any:
        """The value of a resolved expression that is no node: a float, a bool, or an `ErrorValue`."""
        for name in reads(expr):
            self.get(self.plan.positions[name])
        compiled = compile_expression(expr, self.plan.dag.context, self.plan.words, self.plan.positions)
        return self._run(compiled, what, mark)

    def invariant_holds(self) -> bool:
        """Whether every node that is not dirty holds what its formula gives, and nothing clean reads a dirty one."""
        plan = self.plan
        for node in range(plan.inputs, len(self.values)):
            if self.dirty[node] or plan.functions[node] is None:
                continue
            if any(self.dirty[read] for read in plan.precedents[node]):
                return False
            if not _equal(self.values[node], self._value_of(node)):
                return False
        return True

    def _mark(self, cause: int, due: Sequence[int]) -> None:
        """Make the nodes due, and dirty all that rests on them and is not yet; `cause`: what they all rest on."""
        dirty = self.dirty
        fresh: list[int] = []
        for node in due:
            if not dirty[node]:
                fresh.append(node)
            dirty[node] = _DUE
        if not fresh:
            return
        self._marked = True
        mask = self.plan.wide_dependents.get(cause)
        if mask is not None:
            marks = int.from_bytes(dirty, "little") | mask
            self.dirty = bytearray(marks.to_bytes(len(dirty), "little"))
            self.dirty[cause] = dirty[cause]
            self._wide = True
            return
        try:
            self._spread(fresh)
        except BaseException:
            self._doubt_all()
            raise
        if len(fresh) > self.plan.widest:
            self.plan.dependents(cause)
            self._wide = True

    def _spread(self, fresh: list[int]) -> None:
        """Make dirty all that rests on the nodes, and append it to them."""
        dirty, successors = self.dirty, self.plan.successors
        for node in fresh:  # grows while it is walked
            for successor in successors[node]:
                if not dirty[successor]:
                    dirty[successor] = _DIRTY
                    fresh.append(successor)

    def _refresh(self, wanted: int) -> None:
        dirty, precedents = self.dirty, self.plan.precedents
        for position in precedents[wanted]:
            if dirty[position]:
                break
        else:
            self._settle(wanted)
            return
        if self._wide and self._needs_most(wanted):
            self.recompute(compiled=False)
            return
        found, seen = [wanted], {wanted}
        for node in found:  # grows while it is walked
            for position in precedents[node]:
                if dirty[position] and position not in seen:
                    seen.add(position)
                    found.append(position)
        if len(found) > self.plan.widest:
            self.plan.needs(wanted)
            self.recompute(compiled=False)
            return
        for node in sorted(found):
            self._settle(node)

    def _needs_most(self, wanted: int) -> bool:
        """Whether most formulas are dirty and needed; only told of a node that once was found to need them."""
        needs = self.plan.wide_needs.get(wanted)
        if needs is None:
            return False
        self._wide = False
        return (int.from_bytes(self.dirty, "little") & needs).bit_count() > self.plan.widest

    def _settle(self, node: int) -> None:
        """Bring up to date a dirty node that reads nothing dirty."""
        dirty = self.dirty
        if dirty[node] == _DUE:
            if self.log is not None:
                self.log.append(self.plan.names[node])
            new, old = self._value_of(node), self.values[node]
            if not (type(old) is float and type(new) is float and old == new):
                for successor in self.plan.successors[node]:
                    dirty[successor] = _DUE
                self.values[node] = new
        dirty[node] = _CLEAN

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


_CLEAN, _DIRTY, _DUE = 0, 1, 3  # bits, so that marks can be laid over one another
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
