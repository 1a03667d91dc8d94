"""What a fact, a sheet and a value are called in the entry: with where they come from."""

from __future__ import annotations

import os
from pathlib import Path

from .dialects import FactRule, Key
from .entries_made import CODE, MadeFact
from .formulas import Evaluation
from .json_nodes import Plain


def from_folder(sheet: str, folder: Path) -> str:
    """A sheet's name as a file in the folder says it: a path leads there from the folder."""
    if not sheet.endswith((".yaml", ".yml")):
        return sheet
    path = Path(os.path.relpath(sheet, folder)).as_posix()
    return path if path.startswith("../") else f"./{path}"


def with_origin(name: str, value: str, rule: FactRule, evaluation: Evaluation) -> MadeFact:
    """The fact, with its kind and a note unless the config says it just so."""
    trace, formula = evaluation.trace, rule.formula.text.text
    note = rule.note
    mark = next(iter(trace.stated.values()), None)
    value = f"{value} {rule.unit}".rstrip()
    if not trace.stated and not trace.left_out:
        return MadeFact(name, value, source=CODE, note=note)
    plain = formula in evaluation.keys or not value.isdigit()
    said = [] if plain else [" ".join(formula.split())]
    said += [_left_out(key, key.name == formula) for key in trace.left_out.values() if key.default]
    note = "; ".join([*([note] if note else []), *said])
    if not trace.left_out:
        return MadeFact(name, value, kind=None if plain else "derived", note=note, mark=mark)
    if trace.stated:
        return MadeFact(name, value, kind="derived", note=note, mark=mark)
    return MadeFact(name, value, kind="assumed", source=CODE, note=note)


def _left_out(key: Key, alone: bool) -> str:
    assert key.default is not None
    default = " ".join(key.default.text.text.split())
    return f"{default}; the config does not state it" if alone else f"the config does not state {key.name}: {default}"


def spelt(value: Plain) -> str:
    """The value as a message says it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
