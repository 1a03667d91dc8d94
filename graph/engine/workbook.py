"""A checked DAG with its values: what can be asked, changed and copied.

Reading computes what is needed and nothing else. Setting an input is cheap; setting a computed quantity pins it,
which makes a new plan. The public face (roofsheet.Workbook) adds claims, audit and pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Self

from ...problems import InvalidInput, NoValue, Problem, Text, UnknownQuantity
from ...units import Quantity, format_amount, from_pint, to_pint
from ..assembly.binding import Slot, bind_value, fits_declared
from ..assembly.definitions import Definition, Rule, Value
from ..assembly.scopes import Layer
from ..language.declarations import Given
from ..language.expressions import Cells, Choose, Expr, Logic, Lookup, Name, Word, children
from ..language.names import did_you_mean
from .codegen import Words
from .dag import CheckedDag, redefined
from .evaluator import ErrorValue, Evaluator
from .plan import Plan

if TYPE_CHECKING:
    import networkx as nx

PYTHON = "set in Python"
_EXACT = 2**53  # whole numbers below it are floats as well; a larger one may be too large for any


class Workbook:
    """The values of a checked DAG. Names are absolute (`tpot`, `moe.qkv.d_in`, `a100.tpot`)."""

    def __init__(self, checked: CheckedDag, evaluator: Evaluator | None = None) -> None:
        self._first = checked
        self.checked = checked
        self._evaluator = evaluator or Evaluator(Plan.of(checked))
        self._changed: dict[str, float | Value] = {}
        # Position and scale of numbers that were read or set, and of those that may be set as they are.
        self._numbers: dict[str, tuple[int, float]] = {}
        self._settable: dict[str, tuple[int, float]] = {}

    # -- asking ------------------------------------------------------------------------------------

    @property
    def dag(self) -> nx.DiGraph[str]:
        """The DAG for networkx: frozen, edges from what is read to what reads it."""
        return self.checked.graph

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the check found: warnings, since a workbook has no errors."""
        return self.checked.problems

    def __iter__(self) -> Iterator[str]:
        return iter(self.checked.definitions)

    def __len__(self) -> int:
        return len(self.checked.definitions)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.checked.reference(name) is not None

    def __getitem__(self, name: str) -> Quantity[float] | str:
        """The value: a pint quantity in the declared unit, or a choice's word.

        Errors: `UnknownQuantity`; `NoValue` where the value is an error value.
        """
        definition = self.definition(name)
        if definition.choices:
            return self.word(name)
        return to_pint(self.number(name), definition.unit)

    def number(self, name: str) -> float:
        """The value as a float in the declared unit; the fast way to read.

        Errors: `UnknownQuantity`; `NoValue` where the value is an error value; TypeError for a choice.
        """
        slot = self._numbers.get(name) or self._slot(name)
        value = self._evaluator.get(slot[0])
        if type(value) is float:
            number = value / slot[1]
            if number - number == 0.0:
                return number
        problem = self.error(name)
        raise NoValue([problem] if problem else [])

    def _slot(self, name: str) -> tuple[int, float]:
        definition = self.definition(name)
        if definition.choices:
            raise TypeError(f"{name} is a word, one of {', '.join(definition.choices)}: read it with []")
        slot = self._numbers[name] = (self._evaluator.plan.positions[definition.name], definition.unit.scale)
        return slot

    def _input(self, name: str) -> tuple[int, float] | None:
        definition = self.checked.definitions.get(name)
        if definition is None or definition.choices or definition.expr is not None:
            return None
        slot = self._settable[name] = (self._evaluator.plan.positions[name], definition.unit.scale)
        return slot

    def word(self, name: str) -> str:
        """The word that a choice holds; errors as `number`."""
        value = self._evaluator.get(self._evaluator.plan.positions[self.definition(name).name])
        if isinstance(value, ErrorValue):
            raise NoValue([value.problem])
        return self._evaluator.plan.words.words[int(value)]

    def value(self, name: str) -> float | str | None:
        """The number in the declared unit, the word, or None where the value is an error value."""
        try:
            return self.word(name) if self.definition(name).choices else self.number(name)
        except NoValue:
            return None

    def error(self, name: str) -> Problem | None:
        """Why the quantity has no value; None if it has one."""
        definition = self.definition(name)
        found = self._evaluator.get(self._evaluator.plan.positions[definition.name])
        if isinstance(found, ErrorValue):
            return found.problem
        if definition.choices or isfinite(definition.unit.from_base(found)):
            return None
        message = f"{definition.name}: the number is too large for its unit {definition.unit.text}"
        return Problem("value", message, definition.where, quantity=definition.name)

    def text(self, name: str) -> str:
        """The value for people, in the declared unit: `35.75 ms`, `memory`, or `no value`."""
        value = self.value(name)
        if value is None:
            return "no value"
        return value if isinstance(value, str) else format_amount(value, self.definition(name).unit)

    def definition(self, name: str) -> Definition:
        """What the quantity is, with the value that is in force.

        Errors: `UnknownQuantity`, with the nearest names.
        """
        absolute = self.checked.reference(name)
        if absolute is None:
            hint = did_you_mean(name, self.checked.definitions)
            raise UnknownQuantity([Problem("name", f"nothing here is called {name}", hint=hint)])
        definition = self.checked.definitions[absolute]
        return self._with_change(definition) if absolute in self._changed else definition

    def _with_change(self, definition: Definition) -> Definition:
        value = self._changed[definition.name]
        if not isinstance(value, Value):
            text = Text.line(format_amount(value, definition.unit), PYTHON)
            value = Value(Given(text), PYTHON, "", value * definition.unit.scale, None, definition.unit)
        hidden = (*definition.shadowed, *([definition.value] if definition.value else []))
        return replace(definition, value=value, shadowed=hidden)

    def evaluate(self, expr: Expr, what: str = "") -> float | bool:
        """The value of a resolved expression in base units.

        Errors: `NoValue` if it is an error value.
        """
        value = self._evaluator.evaluate(expr, what)
        if isinstance(value, ErrorValue):
            raise NoValue([value.problem])
        return value

    # -- following ---------------------------------------------------------------------------------

    def precedents(self, name: str, deep: bool = False) -> tuple[str, ...]:
        """What the quantity's formula may read; with `deep`, all that it rests on. In the DAG's order."""
        import networkx as nx

        node = self.definition(name).name
        found = nx.ancestors(self.dag, node) if deep else set(self.dag.predecessors(node))
        return self._ordered(found)

    def dependents(self, name: str, deep: bool = False) -> tuple[str, ...]:
        """What reads the quantity; with `deep`, all that rests on it. In the DAG's order."""
        import networkx as nx

        node = self.definition(name).name
        found = nx.descendants(self.dag, node) if deep else set(self.dag.successors(node))
        return self._ordered(found)

    def path(self, start: str, end: str) -> tuple[str, ...]:
        """A shortest way along the DAG from one quantity to one that rests on it; () if there is none."""
        import networkx as nx

        source, target = self.definition(start).name, self.definition(end).name
        if not nx.has_path(self.dag, source, target):
            return ()
        return tuple(nx.shortest_path(self.dag, source, target))

    def used(self, name: str) -> tuple[str, ...]:
        """What the quantity in fact read: one branch of each conditional, one value of each keyed input."""
        expr = self.definition(name).expr
        return tuple(dict.fromkeys(self._used_by(expr))) if expr is not None else ()

    def provenance(self, name: str) -> tuple[Definition, ...]:
        """The inputs that the value in fact rests on, in the DAG's order."""
        start = self.definition(name).name
        found, waiting = {start}, [start]
        while waiting:
            for read in self.used(waiting.pop()):
                if read not in found:
                    found.add(read)
                    waiting.append(read)
        return tuple(
            self.definition(each) for each in self._ordered(found) if self.checked.definitions[each].expr is None
        )

    def rules(self) -> tuple[tuple[Rule, bool | None], ...]:
        """Every check, and whether it holds; None where it has no value."""
        return tuple((rule, self._holds(rule)) for rule in self.checked.rules)

    def _holds(self, rule: Rule) -> bool | None:
        try:
            return bool(self.evaluate(rule.expr))
        except NoValue:
            return None

    @property
    def words(self) -> Words:
        """The words of choices, and the numbers that stand for them where formulas are evaluated."""
        return self._evaluator.plan.words

    def _ordered(self, names: set[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=self._order.__getitem__))

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.checked.order)}

    def _used_by(self, expr: Expr) -> Iterator[str]:
        match expr:
            case Name(name):
                yield name
            case Cells(_, _, names):
                yield from names or ()
            case Choose(test, then, other):
                yield from self._used_by(test)
                yield from self._branch(test, then, other)
            case Logic(operator, operands):
                yield from self._used_by_logic(operator, operands)
            case Lookup(_, keys, cells):
                for key in keys:
                    yield from self._used_by(key)
                picked = self.key_of(keys)
                yield from (cell for key, cell in cells or () if key == picked)
            case _:
                for child in children(expr):
                    yield from self._used_by(child)

    def _branch(self, test: Expr, then: Expr, other: Expr) -> Iterator[str]:
        try:
            yield from self._used_by(then if self.evaluate(test) else other)
        except NoValue:
            return

    def _used_by_logic(self, operator: str, operands: tuple[Expr, ...]) -> Iterator[str]:
        for operand in operands:
            yield from self._used_by(operand)
            try:
                if bool(self.evaluate(operand)) is (operator == "or"):
                    return
            except NoValue:
                return

    def key_of(self, keys: tuple[Expr, ...]) -> tuple[str, ...]:
        """The words that a look-up's keys are at present; shorter if one of them has no value."""
        found: list[str] = []
        for key in keys:
            try:
                number = self.evaluate(key)
            except NoValue:
                break
            found.append(key.word if isinstance(key, Word) else self._evaluator.plan.words.words[int(number)])
        return tuple(found)

    # -- changing ----------------------------------------------------------------------------------

    def __setitem__(self, name: str, value: str | float | Quantity[float]) -> None:
        """Set a quantity: text, a pint quantity, or a number in the declared unit. A computed one is pinned.

        Errors: `UnknownQuantity`; `InvalidInput` for text, a unit or a number that it cannot have.
        """
        if type(value) is float or (type(value) is int and abs(value) < _EXACT):
            slot = self._settable.get(name) or self._input(name)
            if slot is not None and isfinite(number := value * slot[1]):
                self._evaluator.set(slot[0], number)
                self._changed[name] = value
                return
        self.bind(name, self.value_for(name, value))

    def settable(self, name: str) -> Definition:
        """The quantity, if it can be set by this name.

        Errors: `UnknownQuantity`; `InvalidInput` where a case's name means the top level's quantity.
        """
        definition = self.definition(name)
        if definition.name != name:
            message = f"{name} is the top level's {definition.name}: to set it here would set it everywhere"
            hint = f"set {definition.name}, or let the case set it in the scenario"
            raise InvalidInput([Problem("name", message, hint=hint, quantity=definition.name)])
        return definition

    def value_for(self, name: str, value: str | float | Quantity[float]) -> Value:
        """What the quantity would be set to: a number in base units, or a word. Errors as when it is set."""
        definition = self.settable(name)
        if not isinstance(value, str):
            value = self._as_text(definition, value)
        given = Given(Text.line(value, PYTHON))
        problems: list[Problem] = []
        slot = Slot(definition.name, definition.unit, definition.choices)
        bound = bind_value(given, Layer(PYTHON, "", {}), slot, {}, self.checked.context, problems)
        if bound is None:
            raise InvalidInput(problems)
        return bound

    def _as_text(self, definition: Definition, value: float | Quantity[float]) -> str:
        if isinstance(value, Real):
            return f"{_as_float(definition, value)!r} {definition.unit.text}" if not definition.choices else str(value)
        number, dimension = from_pint(value)
        if self.checked.context.one_device:
            dimension = dimension.without("device")
        if not fits_declared(dimension, definition.unit.dimension):
            message = (
                f"{definition.name} is declared in {definition.unit.text or 'plain numbers'}, but is given {value}"
            )
            raise InvalidInput([Problem("dimension", message, expected=str(definition.unit.dimension),
                                        found=str(dimension), quantity=definition.name)])  # fmt: skip
        return f"{number / definition.unit.scale!r} {definition.unit.text}"

    def bind(self, name: str, value: Value) -> None:
        """Put a checked value in force; what it hides stays known, and a formula that it hides is pinned."""
        definition = self.definition(name)
        if definition.expr is None:
            plan = self._evaluator.plan
            self._evaluator.set(plan.positions[definition.name], plan.number_of(value))
            self._changed[definition.name] = value
            return
        hidden = (*definition.shadowed, *([definition.value] if definition.value else []))
        changed = replace(definition, value=value, expr=None, shadowed=hidden)
        self.redefine({definition.name: changed})

    def redefine(self, changed: Mapping[str, Definition]) -> None:
        """Put other definitions in place of some; the values of all other inputs stay."""
        kept = {name: self.definition(name) for name in self._changed if name not in changed}
        self.checked = redefined(self.checked, {**kept, **changed})
        log, plan = self.log, self._evaluator.plan.changed(self.checked, [*changed])
        self._evaluator = self._evaluator.changed(plan, [*changed])
        self._changed, self._numbers, self._settable = {}, {}, {}
        self.__dict__.pop("_order", None)
        self.log = log

    def __delitem__(self, name: str) -> None:
        """Take back what was set in Python: the quantity is again what the files say.

        Errors: `UnknownQuantity`.
        """
        absolute = self.definition(name).name
        self.redefine({absolute: self._first.definitions[absolute]})

    def changes(self) -> Mapping[str, Value]:
        """What was set in Python and is in force, pins too."""
        first = self._first.definitions
        present = map(self.definition, first)
        return {each.name: each.value for each in present if each.value and each.value is not first[each.name].value}

    def copy(self) -> Self:
        """An independent workbook with the same values, and all else that this one has."""
        other = self._twin(self._evaluator.copy())
        other._first, other._changed = self._first, dict(self._changed)
        return other

    def _twin(self, evaluator: Evaluator) -> Self:
        """Another workbook of the same class on the same DAG."""
        return type(self)(self.checked, evaluator)

    @property
    def log(self) -> list[str] | None:
        """Names of the quantities computed since a list was put here, in order; None: not recorded."""
        return self._evaluator.log

    @log.setter
    def log(self, log: list[str] | None) -> None:
        self._evaluator.log = log

    def recompute(self) -> None:
        """Compute every formula anew, straight through."""
        self._evaluator.recompute()


def _as_float(definition: Definition, value: Real | bool) -> float:
    """A whole number, a fraction or NumPy's number as a float. Errors: `InvalidInput` for one too large, or a truth."""
    if isinstance(value, bool):
        raise InvalidInput([Problem("value", f"{definition.name} cannot be {value}", quantity=definition.name)])
    try:
        return float(value)
    except OverflowError:
        message = f"{definition.name}: the number is too large"
        raise InvalidInput([Problem("value", message, quantity=definition.name)]) from None
