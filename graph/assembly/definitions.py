"""What a name means once sheets, entries and scenario are put together: the nodes of the DAG, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ...problems import Mark, Severity
from ...units import Unit
from ..language.declarations import Formula, Given
from ..language.expressions import Expr, reads
from ..language.names import in_scope, keyed
from ..language.shapes import Leaf, Shape, names_alone, shape_of
from .qualifiers import Of, said

Role = Literal["input", "formula", "default", "pinned"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value that something gives a quantity: a number in base units, or a choice's word.

    `layer`: default, hardware, model, stack, set, --set ...; `origin`: the entry or file that gives it;
    `unit`: the unit it was written in, None for a bare number or a word.
    """

    given: Given
    layer: str
    origin: str
    number: float | None = None
    word: str | None = None
    unit: Unit | None = None

    @property
    def kind(self) -> str:
        return self.given.kind

    @property
    def text(self) -> str:
        """As it was written."""
        return self.given.value.text


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a quantity stands in a table; `scope` is the row's."""

    table: str
    row: str
    column: str
    scope: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One node of the DAG.

    `expr` is the formula in force, with absolute names; None: the node is an input (or pinned).
    `formula` is the formula as written, also where a value pins it; `shadowed` are values that a later layer hid,
    lowest first. `file` is the sheet or entry it comes from, `mark` the place that says what it is, `of` its
    qualifiers.
    """

    name: str
    scope: str
    unit: Unit
    choices: tuple[str, ...] = ()
    expr: Expr | None = None
    formula: Formula | None = None
    is_default: bool = False
    value: Value | None = None
    shadowed: tuple[Value, ...] = ()
    symbol: str = ""
    about: str = ""
    source: str = ""
    sheet: str = ""
    file: str = ""
    mark: Mark | None = None
    cell: Cell | None = None
    overridden: bool = False
    replaced: Expr | None = None
    of: Of = ()

    # Kept once they were asked for, in slots: a dictionary for each quantity would be most of a large workbook.
    _shape: Shape | None = field(default=None, init=False, repr=False, compare=False)
    _leaves: tuple[Leaf, ...] = field(default=(), init=False, repr=False, compare=False)
    _reads: tuple[str, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def shaped(self) -> tuple[Shape, tuple[Leaf, ...]]:
        """The shape of its formula in force, and what stands in it; () and () without one."""
        if self._shape is None:
            shape, leaves = shape_of(self.expr) if self.expr is not None else ((), ())
            object.__setattr__(self, "_leaves", leaves)
            object.__setattr__(self, "_shape", shape)
            return shape, leaves
        return self._shape, self._leaves

    @property
    def reads(self) -> tuple[str, ...]:
        """What its formula in force may read, in order, once each."""
        found = self._reads
        if found is None:
            _, leaves = self.shaped
            found = leaves if names_alone(leaves) else _reads(self.expr)
            object.__setattr__(self, "_reads", found)
        return found

    @property
    def meaning(self) -> str:
        """What it is, after what it is of: `share total: All parameters of the model.`"""
        return ": ".join(part for part in (said(self.of), self.about) if part)

    @property
    def role(self) -> Role:
        """How its value comes about; `pinned`: a value stands where a formula would."""
        if self.expr is not None:
            return "default" if self.is_default else "formula"
        return "pinned" if self.formula is not None and not self.is_default else "input"

    @property
    def default_in_force(self) -> bool:
        """Nothing sets it: it is what its sheet says."""
        return self.is_default if self.expr is not None else self.value is not None and self.value.layer == "default"

    @property
    def kind(self) -> str:
        """The kind of an input's value, or `formula`; an input without a value is `missing`."""
        if self.expr is not None:
            return "formula"
        return self.value.kind if self.value else "missing"

    @property
    def where(self) -> Mark | None:
        """Where what is in force stands: the value's text, or the formula's."""
        if self.value is not None:
            return self.value.given.value.mark
        return self.formula.text.mark if self.formula else self.mark


def _reads(expr: Expr | None) -> tuple[str, ...]:
    return reads(expr) if expr is not None else ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A check, resolved: it must hold. `name` says which sheet's and where."""

    expr: Expr
    formula: Formula
    why: str
    severity: Severity
    sheet: str
    scope: str


@dataclass(frozen=True, slots=True)
class CatalogueFact:
    """A catalogue entry's fact, in base units, to hold against a workbook's value of the same name.

    `key`: the words of a keyed input's value (`name` is then the keyed input's); `entry`: the entry's title; `case`:
    the case whose values it is held against, '' for the top level's.
    """

    name: str
    value: Value
    unit: Unit
    entry: str
    sort: Literal["hardware", "model"]
    key: tuple[str, ...] = ()
    case: str = ""

    @property
    def quantity(self) -> str:
        """The absolute name of the workbook's quantity, if it has it."""
        return in_scope(self.case, keyed(self.name, self.key) if self.key else self.name)
