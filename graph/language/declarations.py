"""What files declare, as frozen data: sheets, tables, entries and scenarios, before any name is resolved.

scenarios/ makes these from YAML; assemble.py turns them into the definitions of a DAG. Formulas are parsed
here already; units are still text, because what a unit text means depends on the workbook (`devices: one`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from ...problems import Mark, Severity, Text
from .expressions import Expr

Kind = Literal["datasheet", "measured", "derived", "assumed", "claimed", "fitted"]
Devices = Literal["", "one", "any"]
KINDS: tuple[Kind, ...] = ("datasheet", "measured", "derived", "assumed", "claimed", "fitted")

NONE: Mapping[str, object] = MappingProxyType({})
Words = tuple[tuple[Text, Text], ...]  # an `of:`, such as {share: active}: each axis with its word


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula and the text it was parsed from."""

    text: Text
    expr: Expr


@dataclass(frozen=True, slots=True)
class Given:
    """A value as a file or the command line gives it: text whose unit and kind are not yet checked.

    `read`: the day its source was read, 2026-07-27 or 2026-07.
    """

    value: Text
    kind: Kind = "assumed"
    source: str = ""
    note: str = ""
    of: Words = ()
    read: str = ""


@dataclass(frozen=True, slots=True)
class Default:
    """What a quantity is unless something sets it: a value, or a formula."""

    value: Given | None = None
    formula: Formula | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One declared quantity: an input, a formula, or an input with a default.

    `unit` None: dimensionless, or the glossary's. `choices`: words, or one name of a vocabulary when
    `vocabulary` is set. `by`: the vocabularies of a keyed input; `values`: what it is by default, each under
    `format_bits[fp8]`. `of`: what it is of beside its unit, `share total`.
    """

    name: Text
    unit: Text | None = None
    symbol: str = ""
    about: str = ""
    source: str = ""
    formula: Formula | None = None
    default: Default | None = None
    choices: tuple[Text, ...] = ()
    vocabulary: Text | None = None
    by: tuple[Text, ...] = ()
    values: Mapping[str, tuple[Text, Given]] = field(default_factory=lambda: MappingProxyType({}))
    own: bool = False
    of: Words = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: like a quantity, for every row. `name` may be dotted (`decode.time`)."""

    quantity: Quantity

    @property
    def required(self) -> bool:
        """Every row must give it: it has neither a formula nor a default."""
        return self.quantity.formula is None and self.quantity.default is None


@dataclass(frozen=True, slots=True)
class Table:
    """`tells`: lists of columns that stand together where the rows are told; the first that has the column in
    question is taken."""

    name: Text
    about: str
    columns: Mapping[str, Column]
    tells: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that a sheet adds to a table: cell name -> what it is (a value or a formula)."""

    table: Text
    name: Text
    cells: Mapping[str, tuple[Text, Default]]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    rule: Formula
    why: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Example:
    """A worked number: with `given`, and `rows` of its own in the tables, the sheet `gives` (claims)."""

    about: str
    given: Mapping[str, tuple[Text, Given]]
    gives: tuple[ClaimSpec, ...]
    mark: Mark
    why_equal: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """A number somebody printed. `subject` is a name or an expression; `quantum` is the text of `to`.

    `over` names those of `given` that say for which cell of a claim table the number is. `follows`: what follows in
    the place of a number that is expected to fail. `note`: what else there is to say of it, for people. `inferred`: its
    source states no formula, and the one here is a guess.
    """

    subject: Formula
    printed: Text
    unit: Text | None = None
    quantum: Text | None = None
    mode: Literal["round", "floor", "about"] = "round"
    given: Mapping[str, tuple[Text, Given]] = field(default_factory=lambda: MappingProxyType({}))
    expect: Literal["holds", "fails"] = "holds"
    why: str = ""
    source: str = ""
    of: Words = ()
    over: tuple[str, ...] = ()
    follows: Text | None = None
    note: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet file. `use` names other sheets; `file` is where it came from, as shown to people.

    `devices`: '' where its units count devices, `one` where the workbook drops them from every unit, `any` where it
    stands in either sort of workbook. `open`: a scenario's own body, whose formulas may read every name without
    taking it.
    """

    name: str
    file: str
    mark: Mark
    about: str = ""
    source: str = ""
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    devices: Devices = ""
    open: bool = False
    counts: tuple[Text, ...] = ()
    use: tuple[Text, ...] = ()
    takes: tuple[Text, ...] = ()
    shadows: tuple[Text, ...] = ()
    replaces: tuple[Text, ...] = ()
    quantities: Mapping[str, Quantity] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[Row, ...] = ()
    checks: tuple[Check, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class TablePointer:
    """Which sheet declares a table of the glossary."""

    name: Text
    sheet: Text
    about: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """A qualifier: what a quantity may be of beside its unit. `words`: word -> meaning."""

    name: Text
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The names that sheets take from and give to one another. `choices`: vocabulary -> word -> meaning."""

    name: str
    file: str
    quantities: Mapping[str, Quantity]
    choices: Mapping[str, Mapping[str, str]]
    tables: Mapping[str, TablePointer]
    words: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    qualifiers: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A scope of a model: a layer group, or a tower with groups and a stack of its own."""

    name: Text
    use: tuple[Text, ...] = ()
    facts: Mapping[str, tuple[Text, Given]] = field(default_factory=lambda: MappingProxyType({}))
    groups: tuple[Group, ...] = ()
    stack: Text | None = None
    tower: bool = False


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A figure that another source gives for one of an entry's facts."""

    quantity: Text
    value: Text
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A catalogue entry. Keyed facts stand in `facts` as `compute_rate[bf16, fp32, dense]`."""

    sort: Literal["hardware", "model"]
    name: str
    file: str
    mark: Mark
    title: str = ""
    about: str = ""
    aliases: tuple[str, ...] = ()
    per_device: bool = False
    facts: Mapping[str, tuple[Text, Given]] = field(default_factory=lambda: MappingProxyType({}))
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    contradictions: tuple[Contradiction, ...] = ()
    use: tuple[Text, ...] = ()
    groups: tuple[Group, ...] = ()
    stack: Text | None = None
    published: tuple[ClaimSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`compare`: the entries that its values are held against, by sort."""

    name: Text
    set: Mapping[str, tuple[Text, Given]]
    compare: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Override:
    """Another formula for a quantity of a sheet."""

    name: Text
    formula: Formula
    about: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """Many points of a scenario: `over` are the axes, name -> the name and its values as they are written.

    An axis is a quantity, or `hardware` or `model`: the names of entries. A list of values is joined by commas. `get`:
    what is wanted of each point, () for what the scenario shows; `zip`: values side by side instead of a grid; `where`:
    a condition on points; `best`: what is to be large, at `top` points (0: not said how many), or `pareto`: what is to
    be small, all at once. `where`, `best` and `pareto` are formulas, not parsed yet.
    """

    mark: Mark
    over: Mapping[str, tuple[Text, Text]]
    get: tuple[Text, ...] = ()
    zip: bool = False
    where: Text | None = None
    best: Text | None = None
    top: int = 0
    pareto: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file. `body` holds its own quantities, tables, rows and checks, as a sheet that may read every
    name. `bind` and `compare`: sort of entry -> its name or path."""

    title: str
    file: str
    mark: Mark
    about: str = ""
    source: str = ""
    extends: Text | None = None
    use: tuple[Text, ...] = ()
    bind: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    compare: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    set: Mapping[str, tuple[Text, Given]] = field(default_factory=lambda: MappingProxyType({}))
    override: tuple[Override, ...] = ()
    body: Sheet | None = None
    cases: tuple[Case, ...] = ()
    claims: tuple[ClaimSpec, ...] = ()
    show: tuple[Text, ...] = ()
    sweep: SweepSpec | None = None
