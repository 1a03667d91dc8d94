"""What ships: every file, every formula in them, and how examples and scenarios come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from roofsheet.graph.audit.claims import judge_all
from roofsheet.graph.engine.dag import Dag
from roofsheet.graph.language.declarations import Formula, Quantity, Scenario, Sheet
from roofsheet.problems import Mark, Text, errors
from roofsheet.scenarios import Library, SheetUse, bundled, load
from roofsheet.scenarios.examples import Outcome, run_examples


@dataclass(frozen=True, slots=True)
class Target:
    """A shipped formula: of which quantity, in which file."""

    quantity: str
    formula: Formula
    file: Sheet | Scenario

    @property
    def name(self) -> str:
        return self.file.name if isinstance(self.file, Sheet) else self.file.file

    @property
    def mark(self) -> Mark:
        return self.formula.text.mark


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity that the formula computes; a column's formula computes one in each row."""

    name: str
    scope: str
    reader: Sheet | None
    columns: Mapping[str, object] | None


def places_of(formula: Formula, dag: Dag) -> list[Place]:
    sites = dag.resolver.sites.all.values()
    found = [Place(site.name, site.scope, site.reader, site.columns) for site in sites if site.formula is formula]
    over = (each for each in dag.definitions.values() if each.overridden and each.formula is formula)
    return found + [Place(each.name, each.scope, None, None) for each in over if each.name in dag.resolver.sites.all]


class Edited(Library):
    """A library in which one file says something else."""

    def __init__(self, base: Library, old: Sheet | Scenario, new: Sheet | Scenario) -> None:
        super().__init__([], base.root)
        self._base, self._old, self._new = base, old, new
        self._paths = base._paths

    def read(self, path: Path, mark: Mark | None = None) -> Any:
        found = self._base.read(path, mark)
        return self._new if found is self._old else found

    def shared(self) -> Library:
        return Edited(self._base, self._old, self._new)


class Shelf:
    """Everything that ships, read once, and how it comes out as long as nothing is broken."""

    def __init__(self) -> None:
        self.library = Library([])
        self._baseline: dict[int | str, object] = {}
        self.scenarios = {name: load(name, library=self.library) for name in bundled("scenario")}
        used = (self.library.used(Text.line(name, "the shelf")) for name in bundled("sheet"))
        self.sheets = [each for each in used if isinstance(each, Sheet)]
        wrong = errors(self.library.problems)
        if wrong:
            raise SystemExit(f"what ships is broken: {wrong[0].message}")

    @cached_property
    def users(self) -> Mapping[int, tuple[list[Sheet], list[str]]]:
        """For each file, by its id, the sheets whose examples may notice a change in it, and the scenarios."""
        found: dict[int, tuple[list[Sheet], list[str]]] = {}
        for sheet in self.sheets:
            for each in SheetUse(self.library).alone(sheet):
                found.setdefault(id(each), ([], []))[0].append(sheet)
        for name, loaded in self.scenarios.items():
            scopes = loaded.dag.resolver.sites.root.walk() if loaded.dag else ()
            for each in dict.fromkeys(id(sheet) for scope in scopes for sheet in scope.sheets):
                found.setdefault(each, ([], []))[1].append(name)
        return found

    def baseline(self, file: Sheet | str) -> object:
        """How a sheet's examples, or a scenario by its name, come out."""
        key = id(file) if isinstance(file, Sheet) else file
        if key not in self._baseline:
            self._baseline[key] = (
                examples_of(file, self.library) if isinstance(file, Sheet) else scenario_of(file, self.library)
            )
        return self._baseline[key]

    def targets(self, names: Sequence[str]) -> Iterator[Target]:
        """Every formula of the files whose name holds one of `names`, of all files if there are none."""
        for sheet in self.sheets:
            yield from (Target(*each, sheet) for each in formulas_of(sheet) if _wanted(sheet.file, names))
        for loaded in self.scenarios.values():
            if loaded.scenario and _wanted(loaded.scenario.file, names):
                scenario = loaded.scenario
                yield from (Target(each.name.text, each.formula, scenario) for each in scenario.override)
                yield from (Target(*each, scenario) for each in (formulas_of(scenario.body) if scenario.body else ()))

    def dag_of(self, target: Target) -> Dag:
        """A DAG in which the formula stands: the sheet alone, or the scenario."""
        if isinstance(target.file, Sheet):
            for outcome in run_examples(target.file, self.library):
                if places_of(target.formula, outcome.dag):
                    return outcome.dag
        for loaded in self.scenarios.values():
            if loaded.dag and places_of(target.formula, loaded.dag):
                return loaded.dag
        raise SystemExit(f"{target.mark}: no example and no scenario computes {target.quantity}")


def _wanted(file: str, names: Sequence[str]) -> bool:
    return not names or any(name in file for name in names)


def formulas_of(sheet: Sheet) -> Iterator[tuple[str, Formula]]:
    """The formulas by which the sheet computes, with the names of their quantities."""
    for name, quantity in sheet.quantities.items():
        yield from ((name, each) for each in _bodies(quantity))
    for table in sheet.tables.values():
        for column, each in table.columns.items():
            yield from ((f"{table.name.text}[:].{column}", formula) for formula in _bodies(each.quantity))
    for row in sheet.rows:
        for column, (_, cell) in row.cells.items():
            if cell.formula:
                yield f"{row.name.text}.{column}", cell.formula


def _bodies(quantity: Quantity) -> Iterator[Formula]:
    default = quantity.default.formula if quantity.default else None
    yield from (each for each in (quantity.formula, default) if each)


def examples_of(sheet: Sheet, library: Library) -> object:
    """How the sheet's examples and their checks come out."""
    return tuple(_outcome(each) for each in run_examples(sheet, library))


def _outcome(outcome: Outcome) -> object:
    if outcome.workbook is None:
        return None
    verdicts = tuple(each.as_expected for each in outcome.verdicts)
    return outcome.holds, verdicts, tuple(held for _, held in outcome.workbook.rules())


def scenario_of(name: str, library: Library) -> object:
    """How the scenario's claims and checks come out, and which of the values that it shows are error values."""
    loaded = load(name, library=library)
    if loaded.workbook is None:
        return None
    workbook = loaded.workbook
    verdicts = tuple(each.as_expected for each in judge_all(loaded.claims, workbook))
    shown = tuple(workbook.error(each) is None for each in loaded.show)
    return verdicts, shown, tuple(held for _, held in workbook.rules())
