"""Engine sheets as kernels: their workbooks, the constants that stand in them, and what they read of measured rows.

For each set of sheets there is one workbook, whose kernel takes what was computed of the rows (features.py) and the
constants of the sheets; everything between them is the sheets' own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..graph.assembly.definitions import Definition
from ..graph.engine.kernels.kernel import Kernel, compile_kernel
from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, errors
from ..scenarios import Library, load
from .books import FLOOR
from .features import WORDS

RATES = ("decode_speed", "decode_throughput", "prefill_speed", "output_throughput", "total_throughput",
         "device_output_throughput")  # fmt: skip
OUTPUTS = ("tpot", "ttft", "request_time", "used_memory", *RATES)
_ALL = tuple(f"{name}{end}" for name in OUTPUTS for end in ("", "_low", "_high"))
SPREAD = "_spread"
"""Ends the names of what ranges are made of, which are quantiles: they are no constants of a fit."""
_BUNDLED = "scenarios/"
_ENGINES = f"{_BUNDLED}sheets/engines/"
_WIDE = 10.0


@dataclass(frozen=True, slots=True)
class Constant:
    """One number of the engine sheets, in its declared unit.

    `name`: the quantity's; where several sheets give it a value of their own, `sheet.quantity`. `low`, `high`: what a
    fit keeps it within. `engines`: the sheets by which rows are predicted that rest on it, () for all of them.
    `kind`: fitted or assumed.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    engines: tuple[str, ...]
    kind: str = "fitted"


@dataclass(frozen=True, slots=True)
class Engine:
    """A set of sheets: its workbook, and the kernel over its features and constants (by quantity -> its name)."""

    sheets: str
    workbook: Workbook
    kernel: Kernel
    features: tuple[str, ...]
    constants: Mapping[str, str]


def scenario_text(sheets: str) -> str:
    """A measured run as these sheets, names with spaces between, predict it; inputs as in the scenario of the floor."""
    return (
        "scenario: A measured run, as engines run it\n"
        f"use: [model, speeds, features, {', '.join(sheets.split())}]\n"
        "with: {hardware: h100-sxm, model: llama-3.1-8b}\n"
        "set: {prompt_length: 1024, output_length: 256, context_length: 1152}\n"
    )


def workbook_of(sheets: str) -> Workbook:
    """The workbook of `scenario_text`."""
    path = str(Path.cwd() / "measured-run.yaml")
    found = load(path, (), Library([], texts={path: scenario_text(sheets)}))
    if found.workbook is None:
        raise InvalidInput(errors(found.problems))
    return found.workbook


def constants_in(workbook: Workbook) -> tuple[Definition, ...]:
    """Of the engine sheets, the numbers that are fitted or assumed, but for spreads and for what features rest on."""
    given = {*_features_of(workbook)}
    found = (workbook.definition(name) for name in workbook)
    told = (each for each in found if _is_constant(each) and not each.name.endswith(SPREAD))
    return tuple(each for each in told if not given & {*workbook.dependents(each.name, deep=True)})


def _is_constant(definition: Definition) -> bool:
    """Whether it is a default of an engine sheet: of a bundled one, or of one that lies elsewhere."""
    value, file = definition.value, definition.file
    if value is None or value.number is None or value.layer != "default":
        return False
    return value.kind in ("fitted", "assumed") and (file.startswith(_ENGINES) or not file.startswith(_BUNDLED))


def names_of(found: Mapping[str, Sequence[Definition]]) -> dict[tuple[str, str], str]:
    """What the constant of a quantity in a file is called."""
    files: dict[str, set[str]] = {}
    for each in (each for definitions in found.values() for each in definitions):
        files.setdefault(each.name, set()).add(each.file)
    return {
        (name, file): name if len(these) == 1 else f"{Path(file).stem}.{name}"
        for name, these in files.items()
        for file in these
    }


def told_constants(books: Mapping[str, Workbook], found: Mapping[str, Sequence[Definition]]) -> list[Constant]:
    called = names_of(found)
    users: dict[str, list[str]] = {}
    known: dict[str, Definition] = {}
    for sheets, definitions in found.items():
        for each in definitions:
            name = called[each.name, each.file]
            known[name] = each
            users.setdefault(name, []).append(sheets)
    return [
        _constant(name, each, () if len(users[name]) == len(books) else tuple(users[name]))
        for name, each in known.items()
    ]


def _constant(name: str, definition: Definition, engines: tuple[str, ...]) -> Constant:
    given = definition.value
    assert given is not None
    value = definition.unit.from_base(given.number or 0.0)
    share = definition.name.endswith(("_efficiency", "_share"))
    low, high = value / _WIDE, 1.0 if share else value * _WIDE
    return Constant(name, value, definition.unit.text, low, high, engines, given.kind)


def compiled(sheets: str, workbook: Workbook, constants: Mapping[str, str]) -> Engine:
    """The kernel over all that was computed of rows and does not rest on a constant."""
    features = _features_of(workbook)
    kernel = compile_kernel(workbook, _ALL, [*features, *constants])
    return Engine(sheets, workbook, kernel, features, constants)


def _features_of(workbook: Workbook) -> tuple[str, ...]:
    """What the floor's scenario shows and the outputs need, but for the results themselves."""
    needed = {name for output in _ALL for name in workbook.precedents(output, deep=True)}
    return tuple(name for name in _shown() if name in needed and name not in OUTPUTS)


@cache
def _shown() -> tuple[str, ...]:
    return (*load(FLOOR).show, *WORDS)
