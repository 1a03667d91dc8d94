"""How much our checks are worth: every shipped formula is broken in every way a slip of the pen breaks it.

Each mutant is first held against the dimension check, then against the examples of the sheets that use it, then
against claims, checks and values of the scenarios. What none of them notices survives, and is listed with the reason
that survivors.yaml gives; one without a reason asks for another example, or for a unit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

import yaml
from mutation import KINDS, Vocabulary, mutants
from shipped import Edited, Place, Shelf, Target, examples_of, places_of, scenario_of

from roofsheet.graph.engine.checking import check_formula
from roofsheet.graph.engine.dag import Dag
from roofsheet.graph.language.declarations import Formula, Sheet
from roofsheet.graph.language.expressions import Cells, Expr, walk
from roofsheet.graph.language.printer import print_formula
from roofsheet.problems import Mark, Problem, Text

REFUSED, EXAMPLE, CLAIM, SURVIVED = "refused by units", "caught by examples", "caught by claims", "survived"
FATES = (REFUSED, EXAMPLE, CLAIM, SURVIVED)
REFUSED_SHARE, CAUGHT_SHARE = 0.60, 0.95  # what we hold ourselves to
REASONS = Path(__file__).with_name("survivors.yaml")

Fate = str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant."""

    quantity: str
    formula: str
    mark: Mark
    kind: str
    text: str
    fate: Fate


# -- breaking one formula ----------------------------------------------------------------------------------------------


def vocabulary_of(target: Target, place: Place, dag: Dag) -> Vocabulary:
    """What the formula could have said instead, where it stands."""
    sites = dag.resolver.sites
    if isinstance(target.file, Sheet):
        names = [text.text for text in target.file.takes] + list(target.file.quantities)
    else:
        names = [name for name, each in dag.definitions.items() if not each.scope and not each.cell and "[" not in name]
    names = [name for name in names if sites.names.resolve(place.scope, name) is not None]
    own = {place.name, target.quantity, target.quantity.rpartition(".")[2] if place.columns else ""}
    cells = [part for part in walk(target.formula.expr) if isinstance(part, Cells)]
    tables = [sites.tables[at][0] for part in cells if (at := sites.table_of(place.scope, part.table))]
    words = {each.choices for each in dag.definitions.values() if each.choices}
    words |= {tuple(group) for group in sites.lexicon.choices.values()}
    return Vocabulary(
        tuple(name for name in dict.fromkeys([*(place.columns or ()), *names]) if name not in own),
        tuple(dict.fromkeys(column for table in tables for column in table.columns)),
        tuple(sorted(words)),
    )


def is_refused(formula: Formula, places: Sequence[Place], dag: Dag) -> bool:
    """Whether the dimension check refuses the formula in any of its places."""
    problems: list[Problem] = []
    for place in places:
        expr = dag.resolver.resolve(formula, place.scope, place.reader, place.columns, place.name, quiet=True)
        if expr is None:
            return True
        changed = replace(dag.definitions[place.name], expr=expr, formula=formula)
        check_formula(changed, dag.definitions, dag.context, problems)
    return bool(problems)


def with_formula(value: Any, old: Formula, new: Formula) -> Any:
    """The file, or a part of one, with one formula in place of another."""
    if value is old:
        return new
    if isinstance(value, Mapping):
        return {key: with_formula(each, old, new) for key, each in cast(Mapping[Any, Any], value).items()}
    if isinstance(value, tuple):
        return tuple(with_formula(each, old, new) for each in cast(tuple[Any, ...], value))
    if is_dataclass(value) and not isinstance(value, type | Expr | Text | Mark):
        parts = {each.name: with_formula(getattr(value, each.name), old, new) for each in fields(value)}
        return replace(value, **parts)
    return value


# -- noticing it -------------------------------------------------------------------------------------------------------


def noticed(target: Target, formula: Formula, shelf: Shelf) -> Fate:
    """Who notices a formula whose dimensions agree, the cheapest to ask first."""
    changed = with_formula(target.file, target.formula, formula)
    library = Edited(shelf.library, target.file, changed)
    sheets, scenarios = shelf.users.get(id(target.file), ([], []))
    for sheet in sorted(sheets, key=lambda each: each is not target.file):
        mine = changed if sheet is target.file else sheet
        if isinstance(mine, Sheet) and examples_of(mine, library) != shelf.baseline(sheet):
            return EXAMPLE
    own = [name for name, loaded in shelf.scenarios.items() if loaded.scenario is target.file]
    if any(scenario_of(name, library) != shelf.baseline(name) for name in own + scenarios):
        return CLAIM
    return SURVIVED


def results_of(target: Target, shelf: Shelf) -> Iterator[Result]:
    """What becomes of every mutant of one formula."""
    dag = shelf.dag_of(target)
    places = places_of(target.formula, dag)
    vocabulary = vocabulary_of(target, places[0], dag)
    for mutant in mutants(target.formula.expr, vocabulary, dag.context):
        formula = Formula(target.formula.text, mutant.expr)
        fate = REFUSED if is_refused(formula, places, dag) else noticed(target, formula, shelf)
        yield Result(
            target.quantity, target.formula.text.text, target.mark, mutant.kind, print_formula(mutant.expr), fate
        )


_shelf = cache(Shelf)  # each process reads what ships once


def _part(names: Sequence[str], number: int) -> list[Result]:
    target = list(_shelf().targets(names))[number]
    return list(results_of(target, _shelf()))


def results(names: Sequence[str], jobs: int) -> Iterator[Result]:
    """What becomes of every mutant of every formula in the files named."""
    numbers = range(len(list(_shelf().targets(names))))
    with ProcessPoolExecutor(jobs) as pool:
        for part in pool.map(partial(_part, names), numbers, chunksize=4):
            yield from part


# -- telling -----------------------------------------------------------------------------------------------------------


def table(found: Sequence[Result]) -> Iterator[str]:
    """A line for each kind of mutation, and one for all."""
    yield f"{'':20}{'mutants':>9}{'refused by units':>18}{'examples':>10}{'claims':>8}{'survived':>10}{'caught':>9}"
    for kind in (*KINDS, "all"):
        fates = Counter(result.fate for result in found if kind in (result.kind, "all"))
        number = max(1, fates.total())
        shares = (fates[REFUSED] / number, fates[EXAMPLE] / number, fates[CLAIM] / number)
        cells = f"{shares[0]:>18.1%}{shares[1]:>10.1%}{shares[2]:>8.1%}{fates[SURVIVED]:>10}{sum(shares):>9.1%}"
        yield f"{kind:20}{fates.total():>9}{cells}"


def survivors(found: Sequence[Result], reasons: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Each survivor with its place, and why nothing notices it."""
    for result in found:
        if result.fate == SURVIVED:
            yield f"{result.mark.file}:{result.mark.line}: {result.quantity}: {result.formula.strip()}"
            yield f"    {result.kind}: {result.text}"
            yield f"    {reasons.get(result.quantity, {}).get(result.text, 'NO REASON IS KNOWN')}"


def as_json(found: Sequence[Result]) -> str:
    return json.dumps(
        [
            {
                "file": result.mark.file,
                "line": result.mark.line,
                "quantity": result.quantity,
                "formula": result.formula,
                "kind": result.kind,
                "mutant": result.text,
                "fate": result.fate,
            }
            for result in found
        ],
        indent=1,
    )


def falls_short(found: Sequence[Result]) -> bool:
    fates = Counter(result.fate for result in found)
    caught = fates.total() - fates[SURVIVED]
    return fates[REFUSED] < REFUSED_SHARE * fates.total() or caught < CAUGHT_SHARE * fates.total()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only files whose name holds one of these, as in: cache guides/llama")
    parser.add_argument("--json", action="store_true", help="every mutant and its fate, for machines")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at work")
    options = parser.parse_args()
    found = list(results(options.names, options.jobs))
    reasons = cast(Mapping[str, Mapping[str, str]], yaml.safe_load(REASONS.read_text(encoding="utf-8")) or {})
    print(as_json(found) if options.json else "\n".join([*table(found), "", *survivors(found, reasons)]))
    sys.exit(falls_short(found))


if __name__ == "__main__":
    main()
