"""Workbooks, verdicts and problems as JSON data; numbers that JSON has no words for are null."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import cast

from ..graph.assembly.definitions import Definition
from ..graph.audit.claims import Verdict
from ..graph.audit.keyed_rates import Rate
from ..graph.engine.dag import Dag
from ..graph.engine.workbook import Workbook
from ..graph.explain.derivation import Explanation
from ..problems import Mark, Problem

Record = dict[str, object]


def show_record(
    scenario: str, dag: Dag | None, workbook: Workbook | None, verdicts: Sequence[Verdict],
    problems: Iterable[Problem], names: Sequence[str] = (),
) -> Record:  # fmt: skip
    """What `show --json` prints: every quantity, or those asked for by `names`, and every claim and problem."""
    return {
        "scenario": scenario,
        "quantities": quantity_records(dag, workbook, names),
        "claims": [claim_record(verdict) for verdict in verdicts],
        "problems": [problem_record(problem) for problem in problems],
    }


def quantity_records(dag: Dag | None, workbook: Workbook | None, names: Sequence[str] = ()) -> Record:
    """Every quantity by its name, or those of `names`; without values where the check failed."""
    if workbook is not None:
        return {name: quantity_record(workbook, name) for name in names or workbook}
    if names:
        return {}
    return {name: _unevaluated(each) for name, each in dag.definitions.items()} if dag else {}


def quantity_record(workbook: Workbook, name: str) -> Record:
    """Value (a number in `unit`, a word, or null), unit, text and kind."""
    definition = workbook.definition(name)
    value = finite(workbook.value(name))
    unit = None if definition.choices else definition.unit.text
    return {"value": value, "unit": unit, "text": workbook.text(name), "kind": definition.kind, **_of(definition)}


def _unevaluated(definition: Definition) -> Record:
    unit = None if definition.choices else definition.unit.text
    return {"value": None, "unit": unit, "text": "no value", "kind": definition.kind, **_of(definition)}


def _of(definition: Definition) -> Record:
    """The quantity's qualifiers, where it has some."""
    return {"of": dict(definition.of)} if definition.of else {}


def claim_record(verdict: Verdict) -> Record:
    """A claim and what became of it."""
    return {
        "quantity": verdict.subject,
        "at": verdict.at,
        "printed": verdict.printed,
        "computed": finite(verdict.computed),
        "unit": verdict.unit,
        "holds": verdict.holds,
        "labelled": verdict.labelled,
        "best": verdict.best,
        "best_unit": verdict.best_unit,
        "finding": verdict.finding,
        "expect": verdict.expect,
        "follows": verdict.claim.spec.follows.text.strip() if verdict.claim.spec.follows else None,
        "as_expected": verdict.as_expected,
    }


def problem_record(problem: Problem) -> Record:
    """A problem, with its place where it has one."""
    mark = problem.mark
    return {
        "kind": problem.kind,
        "severity": problem.severity,
        "file": mark.file if mark else None,
        "line": mark.line if mark else None,
        "column": mark.column if mark else None,
        "message": problem.message,
        "hint": problem.hint,
    }


def explanation_record(explanation: Explanation) -> Record:
    """The explained quantity's step, with the tables that its derivation reduces."""
    root = cast(Record, plain_record(explanation.root))
    return {**root, "tables": plain_record(explanation.tables)}


def mark_record(mark: Mark | None) -> Record | None:
    """A place in a file."""
    return {"file": mark.file, "line": mark.line, "column": mark.column} if mark else None


def finite(value: float | str | bool | None) -> float | str | bool | None:
    """The value, null for a number that JSON cannot say."""
    return value if not isinstance(value, float) or math.isfinite(value) else None


def plain_record(data: object) -> object:
    """Frozen data as JSON data, field by field, with short forms for what has them."""
    match data:
        case Verdict():
            return claim_record(data)
        case Mark():
            return mark_record(data)
        case Problem():
            return problem_record(data)
        case Rate():
            return {"rate": str(data), "meanings": list(data.meanings), "text": data.text}
        case Mapping():
            pairs = cast(Mapping[str, object], data).items()
            return {key: plain_record(value) for key, value in pairs}
        case tuple() | list():
            return [plain_record(each) for each in cast(Sequence[object], data)]
        case float():
            return finite(data)
        case _:
            return _fields_record(data)


def _fields_record(data: object) -> object:
    if not is_dataclass(data):
        return data
    return {part.name: plain_record(getattr(data, part.name)) for part in fields(data)}
