"""Formula as written -> formula with absolute names and words, by the scope it is used in.

A sheet's formula may read what the sheet gives, takes or uses; anything else is refused at its place, so that a
sheet can be checked alone and never captures a name by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...problems import Mark, Problem, Text
from ..language.declarations import Formula, Sheet
from ..language.expressions import Cells, Expr, Lookup, Name, Word, transform, walk
from ..language.names import brief, did_you_mean, in_scope
from .sites import Sites
from .takes import not_in_glossary


class Resolver:
    """Resolves the formulas of one assembly; problems are located in the formula's text."""

    def __init__(
        self, sites: Sites, words: frozenset[str], uses: Mapping[str, frozenset[str]], problems: list[Problem]
    ) -> None:
        """`uses`: the files of the sheets that a sheet's file says it uses."""
        self.sites, self.words, self.uses, self.problems = sites, words, uses, problems
        self._by_file = {sheet.file: sheet for scope in sites.scopes.values() for sheet in scope.sheets}
        self._given: dict[int, frozenset[str]] = {}
        self._complained: set[tuple[Mark, str]] = set()

    def resolve(
        self,
        formula: Formula,
        scope: str,
        reader: Sheet | None,
        columns: Mapping[str, object] | None,
        quantity: str,
        quiet: bool = False,
    ) -> Expr | None:
        """The formula with absolute names; None, with problems unless `quiet`, if a name means nothing.

        `reader`: the sheet whose `takes` binds it (None: any name may be read). `columns`: a column's formula
        finds the other cells of its row first; the row is that of `quantity`.
        """
        work = _Resolution(self, formula, scope, reader, columns, quantity)
        expr = transform(formula.expr, work.node)
        if not work.problems:
            return expr
        if not quiet:
            self.report(work.problems)
        return None

    def resolve_top(
        self, formula: Formula, reference: Callable[[str], str | None], problems: list[Problem]
    ) -> Expr | None:
        """A claim's subject or another expression at the top level; `reference` knows the names of cases too."""
        work = _Resolution(self, formula, "", None, None, "")

        def node(expr: Expr) -> Expr:
            absolute = reference(expr.name) if isinstance(expr, Name) else None
            return work.node(expr) if absolute is None else Name(absolute, span=expr.span)

        expr = transform(formula.expr, node)
        problems += work.problems
        return None if work.problems else expr

    def report(self, problems: list[Problem]) -> None:
        """Keep the problems, each once: a sheet used in ten scopes is wrong in one place, and what it takes and
        nobody gives is missing once, however many of its formulas read it."""
        for problem in problems:
            key = (problem.mark or Mark("", 0, 0), problem.message.partition("; ")[0])
            if key not in self._complained:
                self._complained.add(key)
                self.problems.append(problem)

    def readable(self, sheet: Sheet) -> frozenset[str]:
        """First parts of the names that the sheet's formulas may read."""
        found = self._given.get(id(sheet))
        if found is None:
            names = {text.text for text in sheet.takes} | _gives(sheet)
            for other in self._used(sheet):
                names |= _gives(other)
            found = self._given[id(sheet)] = frozenset(names)
        return found

    def _used(self, sheet: Sheet) -> list[Sheet]:
        """The sheets that a sheet uses, and those that these use; two of one name in two folders are two."""
        files: set[str] = set()
        waiting = [sheet.file]
        while waiting:
            fresh = self.uses.get(waiting.pop(), frozenset()) - files
            files |= fresh
            waiting += fresh
        return [each for file, each in self._by_file.items() if file in files]


def _gives(sheet: Sheet) -> set[str]:
    rows = {name for row in sheet.rows for name in (row.name.text, row.table.text)}
    return set(sheet.quantities) | set(sheet.tables) | rows


class _Resolution:
    """One formula being resolved."""

    def __init__(
        self,
        resolver: Resolver,
        formula: Formula,
        scope: str,
        reader: Sheet | None,
        columns: Mapping[str, object] | None,
        quantity: str,
    ) -> None:
        self.resolver, self.sites = resolver, resolver.sites
        self.formula, self.scope, self.columns, self.quantity = formula, scope, columns, quantity
        self.reader = None if reader is None or reader.open else reader
        self.problems: list[Problem] = []

    def node(self, expr: Expr) -> Expr:
        if isinstance(expr, Name):
            return self.name(expr)
        if isinstance(expr, Cells):
            return self.cells(expr)
        return self.lookup(expr) if isinstance(expr, Lookup) else expr

    def name(self, expr: Name) -> Expr:
        if self.columns and expr.name in self.columns:
            site = self.sites.all[self.quantity]
            return Name(f"{in_scope(site.scope, site.row)}.{expr.name}", span=expr.span)
        absolute = self.sites.names.resolve(self.scope, expr.name)
        if absolute is None and (expr.name in self.resolver.words or self.is_key(expr)):
            return Word(expr.name, span=expr.span)
        if self.untaken(expr.name, expr, absolute is not None):
            return expr
        if absolute is None:
            self.unknown(expr)
            return expr
        return expr if absolute == expr.name else Name(absolute, span=expr.span)

    def is_key(self, name: Name) -> bool:
        """Whether it is a word that a keyed input of the glossary is looked up by, though nothing gives that one."""
        quantities, choices = self.sites.lexicon.quantities, self.sites.lexicon.choices
        return any(
            name.name in choices.get(axis.text, ())
            for lookup in walk(self.formula.expr)
            if isinstance(lookup, Lookup) and name in lookup.keys and lookup.name in quantities
            for axis in quantities[lookup.name].by
        )

    def cells(self, expr: Cells) -> Expr:
        place, bare = self.place_of(expr.table)
        table = self.sites.table_of(self.scope, bare)
        if self.untaken(bare, expr, table is not None):
            return expr
        if table is None:
            tables = (name.rpartition(".")[2] for name in self.sites.tables)
            self.refuse("table", f"there is no table {expr.table} here", expr, did_you_mean(expr.table, tables))
            return expr
        columns = self.sites.tables[table][0].columns
        if expr.column not in columns:
            hint = did_you_mean(expr.column, columns) or f"its columns are {', '.join(columns)}"
            self.refuse("table", f"the table {expr.table} has no column {expr.column}", expr, hint)
            return expr
        names = self.sites.cells_of(place, table, expr.column)
        declared = columns[expr.column].quantity.unit
        return Cells(expr.table, expr.column, names, declared.text if declared else "", span=expr.span)

    def place_of(self, table: str) -> tuple[str, str]:
        """The scope whose rows are meant, and the table's own name: `vision.operators[:]` has the tower's rows."""
        scope, _, bare = table.rpartition(".")
        inner = in_scope(self.scope, scope)
        return (inner, bare) if scope and inner in self.sites.scopes else (self.scope, table)

    def lookup(self, expr: Lookup) -> Expr:
        base = self.sites.names.resolve_keyed(self.scope, expr.name)
        if self.untaken(expr.name, expr, base is not None):
            return expr
        if base is None:
            self.no_key(expr)
            return expr
        axes = self.axes(base)
        if len(axes) != len(expr.keys):
            self.refuse("choice", f"{expr.name} is looked up by [{', '.join(axes)}]", expr)
            return expr
        cells = self.sites.names.keyed_cells(self.scope, expr.name)
        return Lookup(base, expr.keys, cells, *self.kind_of(base), span=expr.span)

    def kind_of(self, base: str) -> tuple[str, tuple[str, ...]]:
        """What the values of a keyed input are: their unit, or their words."""
        quantity = self.sites.lexicon.quantities[base.rpartition(".")[2]]
        words = self.sites.lexicon.choices.get(quantity.vocabulary.text, ()) if quantity.vocabulary else ()
        return quantity.unit.text if quantity.unit else "", (*words, *(word.text for word in quantity.choices))

    def no_key(self, expr: Lookup) -> None:
        quantity = self.sites.lexicon.quantities.get(expr.name)
        if quantity and quantity.by:
            hint = "set its values, or bind an entry by with:"
            self.refuse("takes", f"nothing gives the keyed input {expr.name}", expr, hint)
        elif quantity or self.sites.names.resolve(self.scope, expr.name):
            self.refuse("name", f"{expr.name} is not a keyed input", expr)
        else:
            keyed = (name for name, each in self.sites.lexicon.quantities.items() if each.by)
            self.nothing(expr, expr.name, keyed)

    def axes(self, base: str) -> list[str]:
        quantity = self.sites.lexicon.quantities[base.rpartition(".")[2]]
        return [axis.text for axis in quantity.by]

    def untaken(self, name: str, expr: Expr, exists: bool) -> bool:
        """Refuse a name that the sheet neither gives nor takes; True if it was refused."""
        if self.reader is None:
            return False
        readable = self.resolver.readable(self.reader)
        first = name.partition(".")[0]
        if first in readable:
            return False
        if exists or first in self.sites.lexicon.names:
            message = f"{first} is neither given by the sheet {self.reader.name} nor taken by it"
            self.refuse("takes", message, expr, f"add {first} to takes:")
        else:
            known = [*(self.columns or ()), *readable, *self.sites.lexicon.quantities, *self.resolver.words]
            self.nothing(expr, name, known)
        return True

    def unknown(self, expr: Name) -> None:
        base = self.sites.names.resolve_keyed(self.scope, expr.name)
        if base:
            hint = f"{expr.name}[{', '.join(self.axes(base))}]"
            self.refuse("choice", f"{expr.name} is a keyed input: say which of its values", expr, hint)
            return
        taken = self.taken(expr.name)
        if taken is None:
            known = [*self.sites.all, *self.sites.lexicon.quantities, *self.resolver.words]
            self.nothing(expr, expr.name, known)
            return
        assert self.reader is not None
        if expr.name.partition(".")[0] not in self.sites.lexicon.names:
            self.problems.append(not_in_glossary(taken, self.sites.lexicon))
            return
        tower = self.sites.names.tower_of(self.scope)
        inside = f" in the scope {self.scope}" if self.scope else ""
        message = f"the sheet {self.reader.name} takes {expr.name}, which nothing gives{inside}"
        hint = "set it, bind an entry by with:, or use a sheet that gives it"
        if tower is not None and self.sites.names.barred(self.scope, expr.name):
            hint = f"give it among the facts of the tower {tower}: a tower does not take the model's own"
        because = f"; {self.quantity} reads it" if self.quantity else ""
        self.problems.append(Problem("takes", message + because, taken.mark, hint=hint, quantity=self.quantity))

    def taken(self, name: str) -> Text | None:
        if self.reader is None:
            return None
        first = name.partition(".")[0]
        return next((text for text in self.reader.takes if text.text == first), None)

    def nothing(self, expr: Expr, name: str, known: Iterable[str]) -> None:
        hint = did_you_mean(name, known, self.resolver.problems)
        self.refuse("name", f"nothing here is called {brief(name)}", expr, hint)

    def refuse(self, kind: str, message: str, expr: Expr, hint: str = "") -> None:
        mark = self.formula.text.at(*expr.span)
        self.problems.append(Problem(kind, message, mark, hint=hint, quantity=self.quantity))
