"""Engine sheets as kernels: their workbooks, the constants that stand in them, and what they read of measured rows.

For each set of sheets there is one workbook, whose kernel takes what was computed of the rows (features.py) and the
constants of the sheets; everything between them is the sheets' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from ..graph.assembly.definitions import Definition
from ..graph.engine.kernels.kernel import Kernel, compile_kernel
from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, Text, errors
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


@dataclass(frozen=True)
class Engine:
    """A set of sheets: its workbook, what it reads of rows, its constants, and the kernel over both."""

    sheets: str
    workbook: Workbook
    features: tuple[str, ...]
    constants: tuple[Definition, ...]

    @cached_property
    def kernel(self) -> Kernel:
        """Compiled when it is asked for: a file has rows of few engines."""
        return compile_kernel(self.workbook, _ALL, [*self.features, *(each.name for each in self.constants)])


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


def _constants_in(workbook: Workbook, features: Iterable[str]) -> tuple[Definition, ...]:
    """Of the engine sheets, the numbers that are fitted or assumed, but for spreads and for what features rest on."""
    under = _under(workbook, (read for name in features for read in workbook.definition(name).reads))
    found = (workbook.definition(name) for name in workbook if name not in under)
    return tuple(each for each in found if _is_constant(each) and not each.name.endswith(SPREAD))


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


def told_constants(found: Mapping[str, Sequence[Definition]], called: Mapping[tuple[str, str], str]) -> list[Constant]:
    """Each constant once, by what it is called, of the engines by their sheets."""
    users: dict[str, list[str]] = {}
    known: dict[str, Definition] = {}
    for sheets, definitions in found.items():
        for each in definitions:
            name = called[each.name, each.file]
            known[name] = each
            users.setdefault(name, []).append(sheets)
    return [
        _constant(name, each, () if len(users[name]) == len(found) else tuple(users[name]))
        for name, each in known.items()
    ]


def _constant(name: str, definition: Definition, engines: tuple[str, ...]) -> Constant:
    given, value = definition.value, value_of(definition)
    assert given is not None
    share = definition.name.endswith(("_efficiency", "_share"))
    low, high = value / _WIDE, 1.0 if share else value * _WIDE
    return Constant(name, value, definition.unit.text, low, high, engines, given.kind)


def value_of(constant: Definition) -> float:
    """What its sheet gives it, in its declared unit."""
    return constant.unit.from_base(constant.value.number or 0.0) if constant.value else 0.0


def engine_of(sheets: str) -> Engine:
    """The engine of these sheets.

    Errors: `InvalidInput` for sheets that cannot be used.
    """
    workbook = workbook_of(sheets)
    features = _features_in(workbook)
    return Engine(sheets, workbook, features, _constants_in(workbook, features))


def _features_in(workbook: Workbook) -> tuple[str, ...]:
    """What the floor's scenario shows and the outputs need, but for the results themselves."""
    needed = _under(workbook, _ALL)
    return tuple(name for name in _shown() if name in needed and name not in OUTPUTS)


def _under(workbook: Workbook, names: Iterable[str]) -> set[str]:
    """The names and all that they rest on; a graph of the whole workbook takes longer to build than to load it."""
    found = {workbook.definition(name).name for name in names}
    waiting = list(found)
    for name in waiting:  # grows while it is walked
        fresh = [read for read in workbook.definition(name).reads if read not in found]
        found.update(fresh)
        waiting += fresh
    return found


@cache
def _shown() -> tuple[str, ...]:
    floor = Library([]).scenario(Text.line(FLOOR, "the floor"))
    return (*(text.text for text in floor.show), *WORDS) if floor else WORDS
