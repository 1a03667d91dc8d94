"""Where each quantity of a workbook is declared: every sheet used in every scope, tables opened into cells.

The first half of assembly: it makes the absolute names and says what stands behind each; no formula is resolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ...problems import Mark, Problem, Text
from ..language.declarations import Default, Formula, Given, Quantity, Row, Sheet, Table
from ..language.names import did_you_mean, in_scope, keyed, outward
from .keys import key_words
from .scopes import Layer, Lexicon, Names, ScopeSpec


@dataclass(frozen=True, slots=True)
class Site:
    """One declared quantity: `reader` is the sheet whose `takes` its formula obeys, None for a bare input.

    `columns`: the names a column's formula finds in its own row first.
    """

    name: str
    scope: str
    quantity: Quantity
    reader: Sheet | None = None
    formula: Formula | None = None
    default: Given | None = None
    is_default: bool = False
    table: str = ""
    row: str = ""
    column: str = ""
    columns: Mapping[str, object] | None = None
    mark: Mark | None = None


class Sites:
    """All declared quantities of an assembly, in a stable order, and the names and tables they make."""

    def __init__(
        self, root: ScopeSpec, lexicon: Lexicon, own: frozenset[str], problems: list[Problem],
        uses: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self.root, self.lexicon, self.problems, self.uses = root, lexicon, problems, uses
        own |= {name for name, quantity in lexicon.quantities.items() if quantity.own}
        self.scopes = {scope.name: scope for scope in root.walk()}
        self.all: dict[str, Site] = {}
        self.names = Names(self.all, (scope.name for scope in root.walk() if scope.tower), own)
        self.yielding: set[str] = set()  # defaults that gave way to what is set outside
        self.tables: dict[str, tuple[Table, Sheet]] = {}
        self.rows: dict[str, list[tuple[str, str]]] = {}  # absolute table -> (scope, row)
        self.row_tables: dict[str, str] = {}  # absolute row -> absolute table
        for scope in root.walk():
            self._declare_tables(scope)
        for scope in root.walk():
            self._declare_scope(scope)

    def add_input(self, absolute: str, scope: str, quantity: Quantity) -> None:
        """Declare a bare input, such as a fact that a sheet takes."""
        if quantity.by:
            self.names.keyed.setdefault(absolute, [])
            return
        self.all[absolute] = Site(absolute, scope, quantity, mark=quantity.name.mark)

    def add_key(self, base: str, scope: str, quantity: Quantity, key: tuple[str, ...]) -> str:
        """Declare one value of a keyed input; its absolute name."""
        absolute = keyed(base, key)
        self.names.keyed.setdefault(base, [])
        if absolute not in self.all:
            self.names.keyed[base].append((key, absolute))
            self.all[absolute] = Site(absolute, scope, quantity, mark=quantity.name.mark)
        return absolute

    def table_of(self, scope: str, name: str) -> str | None:
        """The absolute name of the table that `name` means in `scope`."""
        return next((at for place in outward(scope) if (at := in_scope(place, name)) in self.tables), None)

    def cells_of(self, scope: str, table: str, column: str) -> tuple[str, ...]:
        """The cells of a column in `scope` and the scopes inside it, in the order of their rows."""
        inside = f"{scope}." if scope else ""
        return tuple(
            f"{in_scope(place, row)}.{column}"
            for place, row in self.rows.get(table, ())
            if place == scope or place.startswith(inside)
        )

    def readers(self, scope: ScopeSpec) -> Iterator[Sheet]:
        """The sheets whose formulas read names in this very scope: those used here, and those of its rows' columns."""
        yield from scope.sheets
        for table, rows in self.rows.items():
            if any(place == scope.name for place, _ in rows):
                yield self.tables[table][1]

    def _declare_tables(self, scope: ScopeSpec) -> None:
        for sheet in scope.sheets:
            for name, table in sheet.tables.items():
                absolute = in_scope(scope.name, name)
                earlier = self.table_of(scope.name, name)
                if earlier:
                    self._twice("table", name, table.name.mark, self.tables[earlier][0].name.mark)
                    continue
                self.tables[absolute] = (table, sheet)
                self.rows[absolute] = []

    def _declare_scope(self, scope: ScopeSpec) -> None:
        for sheet in scope.sheets:
            for quantity in sheet.quantities.values():
                self._declare(scope.name, sheet, quantity)
        for sheet in scope.sheets:
            for row in sheet.rows:
                self._declare_row(scope.name, sheet, row)

    def _yields(self, scope: str, sheet: Sheet, quantity: Quantity, name: str) -> bool:
        """Whether a default, inside, gives way to what is set for that name outside.

        A group's sheet says `n_kv_heads: {default: n_heads}`, and the model's facts state n_kv_heads: the fact is
        what something sets, so the default stands back, and the name is found outward. `name`: the quantity's,
        with the key where it is keyed.
        """
        bare = quantity.name.text
        if not scope or quantity.formula or _lists(sheet.shadows, bare) or bare not in self.lexicon.quantities:
            return False
        if any(name in layer.values for layer in self.scopes[scope].layers):
            return False
        tower = self.names.tower_of(scope) if self.names.barred(scope, bare) else None
        for place in list(outward(scope))[1:] if scope != tower else ():
            layers = self.scopes[place].layers
            inside = scope[len(place) + 1 :] if place else scope
            if any(f"{inside}.{name}" in layer.values for layer in layers):
                return False
            if any(name in layer.values for layer in layers):
                return True
            if place == tower:
                break
        return False

    def _declare(self, scope: str, sheet: Sheet, quantity: Quantity) -> None:
        name = quantity.name.text
        known = self.lexicon.quantities.get(name)
        if known and known.by:
            self._declare_keys(scope, sheet, quantity, known)
            return
        if self._yields(scope, sheet, quantity, name):
            self.yielding.add(name)
            return
        absolute = in_scope(scope, name)
        if self._stays(self.all.get(absolute), sheet, quantity, quantity.name):
            return
        if quantity.by or quantity.values:
            self._not_keyed(quantity, known)
            return
        formula, given, is_default = _body(quantity.formula, quantity.default)
        self.all[absolute] = Site(
            absolute,
            scope,
            self.lexicon.explained(quantity, self.problems),
            sheet,
            formula,
            given,
            is_default,
            mark=quantity.name.mark,
        )

    def _declare_keys(self, scope: str, sheet: Sheet, quantity: Quantity, known: Quantity) -> None:
        """A keyed input that a sheet gives: a default for each of its keys under `values`."""
        base = in_scope(scope, quantity.name.text)
        self.names.keyed.setdefault(base, [])
        if quantity.formula or quantity.default:
            axes = ", ".join(axis.text for axis in known.by)
            hint = f"give its values by [{axes}], under values:"
            message = f"{quantity.name.text} is a keyed input"
            self.problems.append(Problem("name", message, quantity.name.mark, hint=hint))
        stated = self.lexicon.explained(quantity, self.problems)
        for text, given in quantity.values.values():
            words = key_words(known, text.text.partition("[")[2].rstrip("]"), text, self.lexicon, self.problems)
            if words is None:
                continue
            if self._yields(scope, sheet, quantity, keyed(quantity.name.text, words)):
                self.yielding.add(quantity.name.text)
            elif not self._stays(self.all.get(keyed(base, words)), sheet, quantity, text):
                name = self.add_key(base, scope, stated, words)
                self.all[name] = Site(name, scope, stated, sheet, default=given, is_default=True, mark=text.mark)

    def _not_keyed(self, quantity: Quantity, known: Quantity | None) -> None:
        message, hint = f"{quantity.name.text} is a keyed input: a glossary states what it is looked up by", ""
        if known:
            message, hint = f"the glossary does not look {quantity.name.text} up by words", "give it a default:"
        self.problems.append(Problem("glossary", message, quantity.name.mark, hint=hint or "add it to a glossary"))

    def _stays(self, earlier: Site | None, sheet: Sheet, quantity: Quantity, here: Text) -> bool:
        """Whether what another sheet gives stays; a problem unless exactly one of the two says `replaces`.

        Of two that do, the one that uses the other stands: it was written over it. Sheets that are used come first.
        """
        if earlier is None or earlier.reader is None:
            return False
        name = quantity.name.text
        replaces, replaced = _lists(sheet.replaces, name), _lists(earlier.reader.replaces, name)
        if replaces and replaced and self._uses(sheet.file, earlier.reader.file):
            return False
        if replaces == replaced:
            hint = "one of the two sheets says replaces:, or the scenario overrides it"
            self._twice("quantity", here.text, here.mark, earlier.mark, hint)
        return not replaces

    def _uses(self, file: str, other: str) -> bool:
        """Whether the sheet of a file uses that of another, by others too."""
        found, waiting = {file}, [file]
        while waiting:
            fresh = self.uses.get(waiting.pop(), frozenset()) - found
            found |= fresh
            waiting += fresh
        return other in found

    def _declare_row(self, scope: str, sheet: Sheet, row: Row) -> None:
        table = self.table_of(scope, row.table.text)
        absolute = in_scope(scope, row.name.text)
        if table is None:
            hint = did_you_mean(row.table.text, (name.rpartition(".")[2] for name in self.tables))
            self.problems.append(
                Problem("table", f"no sheet here declares the table {row.table.text}", row.table.mark, hint=hint)
            )
            return
        if absolute in self.row_tables or absolute in self.names.known or absolute in self.scopes:
            message = f"{row.name.text} is already a name here: a row's name stands once in its scope"
            self.problems.append(Problem("table", message, row.name.mark))
            return
        self.row_tables[absolute] = table
        self._hides_a_row(absolute, scope, sheet, row)
        self.rows[table].append((scope, row.name.text))
        declared, home = self.tables[table]
        self._unknown_cells(row, declared)
        for column in declared.columns.values():
            site = self._cell(absolute, scope, sheet, home, row, declared, column.quantity)
            self.all[site.name] = site

    def _unknown_cells(self, row: Row, table: Table) -> None:
        for name, (text, _) in row.cells.items():
            if name not in table.columns:
                hint = did_you_mean(name, table.columns) or f"the columns are {', '.join(table.columns)}"
                message = f"the table {table.name.text} has no column {name}"
                self.problems.append(Problem("table", message, text.mark, hint=hint))

    def _cell(
        self, absolute: str, scope: str, sheet: Sheet, home: Sheet, row: Row, table: Table, column: Quantity
    ) -> Site:
        name = column.name.text
        cell, written = f"{absolute}.{name}", row.cells.get(name)
        if written is None and column.formula is None and column.default is None:
            message = f"the row {row.name.text} does not give {name}, which the table {table.name.text} requires"
            self.problems.append(Problem("table", message, row.name.mark, quantity=cell))
        formula, given, is_default = _body(*((None, written[1]) if written else (column.formula, column.default)))
        return Site(
            cell, scope, column,
            reader=sheet if written else home,
            formula=formula,
            default=given,
            is_default=is_default and written is None,
            table=table.name.text,
            row=row.name.text,
            column=name,
            columns=None if written else table.columns,
            mark=written[0].mark if written else row.name.mark,
        )  # fmt: skip

    def check_shadows(self) -> None:
        """What hides a name of an outer scope must say so; a tower's own names hide nothing."""
        for absolute, site in self.all.items():
            name = site.quantity.name
            if site.reader is None or site.row or self.names.barred(site.scope, name.text):
                continue
            hidden = self.names.hidden(absolute, site.scope)
            if hidden and not _lists(site.reader.shadows, name.text):
                outer, _, _ = hidden.rpartition(".")
                where = self.all[hidden].mark if hidden in self.all else None
                message = f"{name.text} of the scope {site.scope} hides that of the {_place(outer)}"
                message += f" ({where.file}:{where.line})" if where else ""
                hint = f"if that is meant, the sheet {site.reader.name} says shadows: [{name.text}]"
                self.problems.append(Problem("shadows", message, name.mark, hint=hint, quantity=absolute))

    def _hides_a_row(self, absolute: str, scope: str, sheet: Sheet, row: Row) -> None:
        """A row that hides an outer row says so too; scopes are declared from the outside in."""
        name = row.name
        for place in list(outward(scope))[1:]:
            if in_scope(place, name.text) in self.row_tables and not _lists(sheet.shadows, name.text):
                message = f"the row {name.text} of the scope {scope} hides that of the {_place(place)}"
                hint = f"if that is meant, the sheet {sheet.name} says shadows: [{name.text}]"
                self.problems.append(Problem("shadows", message, name.mark, hint=hint, quantity=absolute))
                return

    def _twice(self, what: str, name: str, here: Mark, first: Mark | None, hint: str = "") -> None:
        where = f" in {first.file}:{first.line}" if first else ""
        self.problems.append(Problem("duplicate", f"the {what} {name} is already given{where}", here, hint=hint))


def _place(scope: str) -> str:
    return f"scope {scope}" if scope else "top level"


def _body(formula: Formula | None, default: Default | None) -> tuple[Formula | None, Given | None, bool]:
    if formula is not None or default is None:
        return formula, None, False
    return default.formula, default.value, True


def _lists(names: tuple[Text, ...], name: str) -> bool:
    return any(text.text == name for text in names)


def layers_of(scope: ScopeSpec) -> Iterator[tuple[Layer, str, Text, Given]]:
    """Every value given in a scope: its layer, its name, the text that names it, the value; lowest layer first."""
    for layer in scope.layers:
        for name, (text, given) in layer.values.items():
            yield layer, name, text, given
