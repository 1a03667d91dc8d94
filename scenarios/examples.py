"""A sheet's own examples: the sheet checked alone, its worked numbers run, and a lint of what they leave open.

An example binds what the sheet takes and claims what it gives. The lint asks of the examples what would let a wrong
formula pass: a formula that no example reaches, an input that is 0 or 1, two inputs of one dimension that are equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..graph.assembly.assemble import Assembly
from ..graph.assembly.definitions import Definition
from ..graph.assembly.scopes import Layer, ScopeSpec
from ..graph.audit.claims import Verdict, judge, resolve_claims
from ..graph.engine.dag import Dag, build, check
from ..graph.engine.workbook import Workbook
from ..graph.language.declarations import Example, Sheet
from ..graph.language.expressions import reads
from ..problems import Mark, Problem, errors, ordered
from .library import Library
from .sheet_use import SheetUse


@dataclass(frozen=True)
class Outcome:
    """One example as it came out; `workbook` is None where the sheet, alone, has an error."""

    sheet: Sheet
    example: Example | None
    dag: Dag
    workbook: Workbook | None
    verdicts: tuple[Verdict, ...]
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Everything that the example says the sheet gives came out so."""
        return not errors(self.problems) and all(verdict.as_expected for verdict in self.verdicts)


def run_examples(sheet: Sheet, library: Library) -> tuple[Outcome, ...]:
    """Each example of the sheet, run; one outcome without an example for a sheet that has none."""
    return tuple(run_example(sheet, example, library) for example in sheet.examples or (None,))


def run_example(sheet: Sheet, example: Example | None, library: Library) -> Outcome:
    """The sheet alone, with an example's inputs; everything else that it takes is an input without a value."""
    use = SheetUse(library)
    sheets = use.alone(sheet)
    problems: list[Problem] = []
    lexicon = use.lexicon(problems)
    if example and example.rows:
        sheets += (Sheet("example", sheet.file, example.mark, devices="any", open=True, rows=example.rows),)
    layers = (Layer("given", sheet.file, example.given),) if example else ()
    taken = {text.text for each in sheets for text in each.takes} - set(lexicon.tables)
    dag = build(Assembly(ScopeSpec("", sheets, layers), lexicon, inputs=frozenset(taken), uses=use.uses))
    claims = resolve_claims(example.gives, dag, problems) if example else ()
    found = tuple(ordered([*problems, *dag.problems]))
    if errors(found):
        return Outcome(sheet, example, dag, None, (), found)
    workbook = Workbook(check(dag))
    return Outcome(sheet, example, dag, workbook, tuple(judge(claim, workbook) for claim in claims), found)


def lint(sheet: Sheet, outcomes: Iterable[Outcome]) -> tuple[Problem, ...]:
    """What the sheet's examples and sources leave open; every problem is a warning with its place."""
    ran = [outcome for outcome in outcomes if outcome.workbook is not None]
    found = [*_unsourced(sheet), *_unreached(sheet, ran)]
    for outcome in ran:
        if outcome.example is not None and not outcome.example.why_equal:
            found += _blunt(outcome.example, outcome)
    return tuple(found)


def _unsourced(sheet: Sheet) -> list[Problem]:
    if sheet.about and (sheet.source or sheet.sources):
        return []
    return [
        Problem("lint", f"the sheet {sheet.name} says not what it is about, or from what source", sheet.mark, "warning")
    ]


def _unreached(sheet: Sheet, ran: list[Outcome]) -> list[Problem]:
    """Formulas of the sheet that no example's result rests on."""
    reached: set[object] = set()
    every: dict[object, Definition] = {}
    for outcome in ran:
        assert outcome.workbook is not None
        checked = outcome.workbook.checked
        own = {name: each for name, each in checked.definitions.items() if each.formula and each.sheet == sheet.name}
        every.update((_formula_of(each), each) for each in own.values())
        for name in _gives(outcome):
            for read in (name, *outcome.workbook.precedents(name, deep=True)):
                if read in own and (own[read].expr is not None or own[read].default_in_force):
                    reached.add(_formula_of(own[read]))
    return [
        Problem("lint", f"no example of the sheet {sheet.name} reaches {each.name}", each.mark, "warning")
        for formula, each in every.items()
        if formula not in reached
    ]


def _formula_of(definition: Definition) -> object:
    """What makes two formulas one: a column's stands once for all rows."""
    assert definition.formula is not None
    return (definition.formula.text.mark, definition.formula.text.text)


def _gives(outcome: Outcome) -> set[str]:
    if outcome.example is None:
        return set()
    found: set[str] = set()
    for spec in outcome.example.gives:
        expr = outcome.dag.resolve(spec.subject, [])
        found.update(reads(expr) if expr is not None else ())
    return found


def _blunt(example: Example, outcome: Outcome) -> list[Problem]:
    """Inputs that cannot tell one formula from another: 0, 1, or equal to another of their dimension."""
    assert outcome.workbook is not None
    found: list[Problem] = []
    seen: dict[tuple[object, float], str] = {}
    for name, (text, _) in example.given.items():
        definition = outcome.workbook.checked.definitions[name]
        number = definition.value.number if definition.value else None
        if number is None:
            continue
        if number / definition.unit.scale in (0.0, 1.0):
            found.append(
                _warning(f"{name} is {text_of(definition)}: an example cannot tell a factor of 0 or 1", text.mark)
            )
        key = (definition.unit.dimension, number)
        if key in seen:
            found.append(_warning(f"{name} equals {seen[key]}: the example cannot tell them apart", text.mark))
        seen.setdefault(key, name)
    return found


def text_of(definition: Definition) -> str:
    """An input's value as it was written."""
    return definition.value.text if definition.value else "no value"


def _warning(message: str, mark: Mark) -> Problem:
    return Problem("lint", message, mark, "warning", hint="choose another value, or say why_equal: in the example")
