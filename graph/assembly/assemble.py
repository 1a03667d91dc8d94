"""Sheets, values and scopes -> definitions with resolved formulas: the DAG's nodes, and every problem on the way.

Order: names (sites.py), values by layer, formulas resolved outward, overrides, cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ...problems import Mark, Problem, Text
from ...units import Unit, UnitContext, UnitError, check_count
from ..language.declarations import Case, Check, Given, Override, Quantity, Sheet
from ..language.expressions import Expr, Word
from ..language.names import did_you_mean, in_scope
from .binding import BY_FILES, Slot, bind_value
from .cases import add_cases
from .definitions import Cell, Definition, Rule, Value
from .keys import key_words
from .qualifiers import read_words
from .resolver import Resolver
from .scopes import Layer, Lexicon, ScopeSpec
from .sites import Site, Sites, layers_of
from .takes import check_takes


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a workbook is put together from.

    `overrides`, `cases`: the scenario's; `wanted`: names it shows or claims; `inputs`: names to be declared even
    when nothing gives them a value; `own`: facts of the model, which no tower takes from it; `uses`: the files of
    the sheets that each sheet's file uses, which says whose names its formulas may read.
    """

    root: ScopeSpec
    lexicon: Lexicon = field(default_factory=Lexicon)
    overrides: tuple[Override, ...] = ()
    cases: tuple[Case, ...] = ()
    wanted: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    uses: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Definitions:
    """The unchecked result: `by_name` in a stable order, the checks, the units' context, the scopes of cases."""

    by_name: Mapping[str, Definition]
    rules: tuple[Rule, ...]
    context: UnitContext
    resolver: Resolver
    cases: tuple[str, ...] = ()
    unreadable: frozenset[str] = frozenset()  # quantities whose unit cannot be read: nothing more is said of them


def assemble(assembly: Assembly, problems: list[Problem]) -> Definitions:
    """Put the sheets and values together; what is wrong goes to `problems`, the rest is made all the same."""
    return _Assembler(assembly, problems).run()


class _Assembler:
    def __init__(self, assembly: Assembly, problems: list[Problem]) -> None:
        self.assembly, self.problems = assembly, problems
        self.context = _unit_context(assembly.root, problems)
        self.sites = Sites(assembly.root, assembly.lexicon, assembly.own, problems, assembly.uses)
        self.axes = assembly.lexicon.qualifiers
        self.values: dict[str, list[tuple[Layer, Given]]] = {}
        self.unreadable: dict[str, Mark] = {}  # quantities whose unit cannot be read, and where it stands

    def run(self) -> Definitions:
        for scope in self.assembly.root.walk():
            self.declare_inputs(scope)
        self.sites.check_shadows()
        resolver = Resolver(self.sites, self.words(), self.assembly.uses, self.problems)
        every = (sheet for scope in self.assembly.root.walk() for sheet in scope.sheets)
        resolver.report(check_takes(every, self.assembly.lexicon))
        self.word_collisions(resolver)
        overrides = self.overrides(resolver)
        made = {site.name: self.definition(site, resolver, overrides) for site in self.sites.all.values()}
        rules = [
            rule
            for scope in self.assembly.root.walk()
            for sheet in scope.sheets
            for check in sheet.checks
            if (rule := self.rule(check, sheet, scope.name, resolver))
        ]
        cases = add_cases(self.assembly.cases, made, rules, self.axes, self.context, self.problems)
        unreadable = frozenset(self.unreadable)
        return Definitions(made, tuple(rules), self.context, resolver, cases, unreadable)

    # -- values ------------------------------------------------------------------------------------

    def declare_inputs(self, scope: ScopeSpec) -> None:
        """Declare what is given here and taken by some sheet, and remember every value by its absolute name."""
        wanted = self.wanted(scope)
        for layer, name, text, given in layers_of(scope):
            absolute = self.bound_name(scope.name, layer, name, text, wanted)
            if absolute:
                self.values.setdefault(absolute, []).append((layer, given))
        if scope.name == "":
            cases = {name for case in self.assembly.cases for name in case.set}
            for name in sorted(self.assembly.inputs | cases):
                quantity = self.assembly.lexicon.quantities.get(name)
                if quantity and name not in self.sites.names.known and name not in self.sites.names.keyed:
                    self.sites.add_input(name, "", quantity)

    def wanted(self, scope: ScopeSpec) -> frozenset[str]:
        """The names that sheets used in this scope or inside it take, and at the top what the scenario mentions.

        A table's columns are read where its rows stand, so what its sheet takes is taken there.
        """
        sheets = {id(sheet): sheet for inner in scope.walk() for sheet in self.sites.readers(inner)}
        taken = {text.text for sheet in sheets.values() for text in sheet.takes}
        taken |= self.sites.yielding
        return frozenset(taken | (self.assembly.wanted if not scope.name else frozenset()))

    def bound_name(self, scope: str, layer: Layer, name: str, text: Text, wanted: frozenset[str]) -> str | None:
        """The absolute name that a layer gives a value to, declared if need be; None if it is not to be bound."""
        place, _, _ = name.partition("[")[0].rpartition(".")
        if place and in_scope(scope, place) in self.sites.scopes:
            scope, name = in_scope(scope, place), name[len(place) + 1 :]
        base, _, key = name.partition("[")
        absolute = in_scope(scope, name)
        quantity = self.assembly.lexicon.quantities.get(base)
        if key:
            return self.bound_key(scope, layer, base, key.rstrip("]"), text, wanted)
        if absolute in self.sites.all:
            return absolute
        if quantity is None or quantity.by or absolute in self.sites.names.keyed:
            if quantity or scope or not layer.optional:  # facts of an entry are held to the glossary by themselves
                self.refuse_name(name, text, bool(quantity))
            return None
        if layer.optional and base not in wanted:
            return None
        self.sites.add_input(absolute, scope, quantity)
        return absolute

    def bound_key(
        self, scope: str, layer: Layer, base: str, key: str, text: Text, wanted: frozenset[str]
    ) -> str | None:
        quantity = self.assembly.lexicon.quantities.get(base)
        if quantity is None or not quantity.by:
            known = quantity or in_scope(scope, base) in self.sites.all
            message = f"{base} is not a keyed input" if known else f"nothing here is called {base}"
            hint = "" if known else self.nearest(base)
            self.problems.append(Problem("name", message, text.mark, hint=hint))
            return None
        absolute = in_scope(scope, base)
        if layer.optional and base not in wanted and absolute not in self.sites.names.keyed:
            return None
        words = key_words(quantity, key, text, self.assembly.lexicon, self.problems)
        return self.sites.add_key(absolute, scope, quantity, words) if words else None

    def refuse_name(self, name: str, text: Text, is_keyed: bool) -> None:
        if is_keyed:
            axes = ", ".join(axis.text for axis in self.assembly.lexicon.quantities[name].by)
            message, hint = f"{name} is a keyed input", f"give it as '{name}[{axes}]' or under values:"
        else:
            message, hint = f"nothing here is called {name}", self.nearest(name)
        self.problems.append(Problem("name", message, text.mark, hint=hint, quantity=name))

    def nearest(self, name: str) -> str:
        """The nearest names that are here or asked for; where there is none, those that a glossary knows besides."""
        sheets = [sheet for scope in self.assembly.root.walk() for sheet in scope.sheets]
        asked = [text.text for sheet in sheets for text in sheet.takes]
        known = [*self.sites.all, *asked], self.assembly.lexicon.quantities
        return next((hint for names in known if (hint := did_you_mean(name, names, self.problems))), "")

    # -- words and units ---------------------------------------------------------------------------

    def choices(self, quantity: Quantity) -> tuple[str, ...]:
        """The words a quantity may hold; () if it is a number."""
        if quantity.vocabulary is None:
            return tuple(text.text for text in quantity.choices)
        known = self.assembly.lexicon.choices.get(quantity.vocabulary.text)
        if known is None:
            name = quantity.vocabulary.text
            hint = did_you_mean(name, self.assembly.lexicon.choices)
            self.problems.append(
                Problem("choice", f"no glossary has the vocabulary {name}", quantity.vocabulary.mark, hint=hint)
            )
            return (name,)
        return tuple(known)

    def words(self) -> frozenset[str]:
        """Every word that some quantity of the workbook may hold, or a keyed input be keyed by."""
        found: set[str] = set()
        for site in self.sites.all.values():
            found.update(self.choices(site.quantity))
        for name in self.sites.names.keyed:
            quantity = self.assembly.lexicon.quantities.get(name.rpartition(".")[2])
            for axis in quantity.by if quantity else ():
                found.update(self.assembly.lexicon.choices.get(axis.text, {}))
        return frozenset(found)

    def word_collisions(self, resolver: Resolver) -> None:
        named = [(site.quantity.name, site.name) for site in self.sites.all.values() if not site.row]
        columns = (column.quantity for table, _ in self.sites.tables.values() for column in table.columns.values())
        for name, quantity in (*named, *((column.name, "") for column in columns)):
            if name.text in resolver.words:
                message = f"{name.text} is a word of a choice here: it cannot be a name as well"
                self.problems.append(Problem("choice", message, name.mark, quantity=quantity))

    def unit(self, quantity: Quantity, site: str) -> Unit:
        """The declared unit; dimensionless, with a problem, if it cannot be read."""
        if quantity.unit is None or not quantity.unit.text.strip():
            return self.context.unit("")
        try:
            return self.context.unit(quantity.unit.text)
        except UnitError as error:
            mark = quantity.unit.at(error.start, max(error.end, error.start + 1))
            if mark not in self.unreadable.values():  # a column's unit is read for every row
                self.problems.append(Problem("unit", error.message, mark, hint=error.hint, quantity=site))
            self.unreadable[site] = mark
            return self.context.unit("")

    # -- formulas ----------------------------------------------------------------------------------

    def overrides(self, resolver: Resolver) -> dict[str, tuple[Override, Expr | None]]:
        found: dict[str, tuple[Override, Expr | None]] = {}
        for override in self.assembly.overrides:
            name = override.name.text
            if name not in self.sites.all:
                hint = did_you_mean(name, self.sites.all, self.problems)
                self.problems.append(Problem("name", f"no sheet gives {name}", override.name.mark, hint=hint))
                continue
            scope = self.sites.all[name].scope
            found[name] = (override, resolver.resolve(override.formula, scope, None, None, name))
        return found

    def definition(
        self, site: Site, resolver: Resolver, overrides: Mapping[str, tuple[Override, Expr | None]]
    ) -> Definition:
        quantity = site.quantity
        unit, choices = self.unit(quantity, site.name), self.choices(quantity)
        slot = Slot(site.name, unit, choices, read_words(quantity.of, self.axes, self.problems))
        values = self.bound(site, slot)
        override, expr = overrides.get(site.name, (None, None))
        formula = override.formula if override else site.formula
        weaker = BY_FILES if override else ("default",)
        live = [value for value in values if value.layer not in weaker]
        value = live[-1] if live else (values[-1] if values and not formula else None)
        if value is None and formula and override is None:
            expr = resolver.resolve(formula, site.scope, site.reader, site.columns, site.name)
            if site.is_default and isinstance(expr, Word):  # a bare word is a value, and an assumed one
                layer = Layer("default", site.reader.name if site.reader else "", {})
                given = Given(Text(expr.word, formula.text.mark))
                value = bind_value(given, layer, slot, self.axes, self.context, self.problems)
        replaced = self.replaced(site, resolver) if override else None
        return Definition(
            name=site.name,
            scope=site.scope,
            unit=unit,
            choices=choices,
            expr=None if value else expr,
            formula=formula,
            is_default=site.is_default and not override,
            value=value,
            shadowed=tuple(each for each in values if each is not value),
            symbol=quantity.symbol,
            about=(override.about if override else "") or quantity.about,
            source=(override.source if override else "")
            or quantity.source
            or (site.reader.source if site.reader else ""),
            sheet=site.reader.name if site.reader else "",
            file=_file(site, value),
            mark=site.mark,
            cell=Cell(site.table, site.row, site.column, site.scope) if site.row else None,
            overridden=override is not None,
            replaced=replaced,
            of=slot.of,
        )

    def replaced(self, site: Site, resolver: Resolver) -> Expr | None:
        """The sheet's own formula, where the scenario overrides it: the audit compares the two."""
        if site.formula is None:
            return None
        return resolver.resolve(site.formula, site.scope, site.reader, site.columns, site.name, quiet=True)

    def bound(self, site: Site, slot: Slot) -> list[Value]:
        """The values given to a quantity, the default's first, later layers after; none if its unit is unknown."""
        if site.name in self.unreadable:
            return []
        given = [(Layer("default", site.reader.name if site.reader else "", {}), site.default)] if site.default else []
        found: list[Value] = []
        # The top's settings of `moe.n_experts` are met before the group's own facts, which they go over.
        stated = sorted(self.values.get(site.name, ()), key=lambda pair: not pair[0].optional)
        for layer, each in [*given, *stated]:
            value = bind_value(each, layer, slot, self.axes, self.context, self.problems)
            if value:
                found.append(value)
        return found

    def rule(self, check: Check, sheet: Sheet, scope: str, resolver: Resolver) -> Rule | None:
        expr = resolver.resolve(check.rule, scope, sheet, None, "")
        return Rule(expr, check.rule, check.why, check.severity, sheet.name, scope) if expr else None


def _file(site: Site, value: Value | None) -> str:
    if site.reader:
        return site.reader.file
    return value.given.value.mark.file if value else ""


def _unit_context(root: ScopeSpec, problems: list[Problem]) -> UnitContext:
    """What the workbook's units count: devices, unless some sheet is of one alone.

    To drop a unit everywhere keeps every agreement of dimensions, so a sheet that holds with devices holds without.
    """
    sheets = [sheet for scope in root.walk() for sheet in scope.sheets if not sheet.open and sheet.devices != "any"]
    counts = _counts(root, problems)
    single = [sheet for sheet in sheets if sheet.devices == "one"]
    if single and len(single) < len(sheets):
        other = next(sheet for sheet in sheets if sheet.devices != "one")
        message = f"the sheet {other.name} counts devices, {single[0].name} says devices: one; they do not mix"
        hint = "a sheet that holds with devices and without says devices: any"
        problems.append(Problem("devices", message, other.mark, hint=hint))
    return UnitContext(counts=counts, one_device=bool(single))


def _counts(root: ScopeSpec, problems: list[Problem]) -> frozenset[str]:
    """The counting units that the sheets declare, without those that are units already."""
    found: set[str] = set()
    for text in (text for scope in root.walk() for sheet in scope.sheets for text in sheet.counts):
        try:
            check_count(text.text)
            found.add(text.text)
        except UnitError as error:
            problems.append(Problem("unit", error.message, text.mark, hint=error.hint))
    return frozenset(found)
