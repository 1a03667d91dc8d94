"""Predictions by engine sheets: the quantities that rows measure, by kernels of workbooks that use the sheets.

No formula stands here. For each set of sheets there is one workbook, whose kernel takes what was computed of the rows
(features.py) and the constants of the sheets; everything between them is the sheets' own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import nan
from pathlib import Path

import numpy as np

from ..graph.assembly.definitions import Definition
from ..graph.engine.kernels.arrays import Array
from ..graph.engine.kernels.kernel import Kernel, compile_kernel
from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, Problem, errors
from ..scenarios import Library, load
from .books import FLOOR
from .features import COPIES, WORDS, Features
from .names import Names, read_names
from .predictions import Predictions

RATES = ("decode_speed", "decode_throughput", "prefill_speed", "output_throughput", "total_throughput",
         "device_output_throughput")  # fmt: skip
OUTPUTS = ("tpot", "ttft", "request_time", *RATES)
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
class _Engine:
    """A set of sheets: its workbook, and the kernel over its features and constants (by quantity -> its name)."""

    sheets: str
    workbook: Workbook
    kernel: Kernel
    features: tuple[str, ...]
    constants: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows that one engine predicts: their places, and its axes."""

    engine: _Engine
    places: Array
    axes: Mapping[str, Array]


@dataclass
class EngineModel:
    """Predicts rows by the sheets of their engines; `sheets`: of each rule of `names`, or the one used for all rows.

    `constants`: the fitted numbers, each once; `assumed`: those set by hand. Both can be given other values.
    """

    names: Names
    sheet: Path | None = None
    name: str = "engines"
    constants: tuple[Constant, ...] = ()
    assumed: tuple[Constant, ...] = ()
    _engines: dict[str, _Engine] = field(default_factory=dict[str, _Engine], repr=False)
    _grouped: tuple[Features, list[_Group]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        sheets = [str(self.sheet)] if self.sheet else [rule.word("sheets") for rule in self.names.rules["predictions"]]
        books = {each: workbook_of(each) for each in dict.fromkeys(sheets) if each}
        found = {each: _constants_in(workbook) for each, workbook in books.items()}
        told = _told(books, found)
        self.constants = tuple(each for each in told if each.kind == "fitted")
        self.assumed = tuple(each for each in told if each.kind != "fitted")
        called = _names_of(found)
        for each, workbook in books.items():
            own = {definition.name: called[definition.name, definition.file] for definition in found[each]}
            self._engines[each] = _compiled(each, workbook, own)

    def predict(self, features: Features, values: Mapping[str, float] | None = None) -> Predictions:
        """A prediction and its range for each row, in the declared unit of its quantity; NaN where there is none.

        `values`: constants by name, in declared units, in place of those of the sheets.
        Errors: `InvalidInput` for a name that is no constant.
        """
        given = self._checked(values or {})
        count = len(features)
        value, low, high = (np.full(count, nan) for _ in range(3))
        copies = features.arrays()[COPIES] if count else value
        wanted = np.array(features.words["quantity"])
        whole = np.array([row.of_all_copies for row in features.rows], bool)
        for group in self._groups(features):
            result = group.engine.kernel.run({**group.axes, **_with(group.engine, given)})
            for quantity in dict.fromkeys(wanted[group.places].tolist()):
                if quantity not in OUTPUTS:
                    continue
                here = wanted[group.places] == quantity
                places = group.places[here]
                times = np.where(whole[places], copies[places], 1.0)
                for target, name in ((value, quantity), (low, f"{quantity}_low"), (high, f"{quantity}_high")):
                    target[places] = np.broadcast_to(result[name], group.places.shape)[here] * times
        return Predictions(tuple(value.tolist()), tuple(low.tolist()), tuple(high.tolist()))

    def at_points(self, features: Features, points: Mapping[str, Array]) -> Array:
        """Predictions alone, at several points of the constants at once: a row for each point, a column for each row.

        `points`: by name, equally many values of constants, in declared units. A fit asks for dozens at a time, and a
        kernel takes as long for one.
        Errors: as of `predict`.
        """
        given = {name: np.array([value]) for name, value in self._checked({}).items()}
        self._checked(dict.fromkeys(points, 1.0))
        given |= points
        several = max((each.size for each in given.values()), default=1)
        value = np.full((several, len(features)), nan)
        wanted = np.array(features.words["quantity"])
        whole = np.array([row.of_all_copies for row in features.rows], bool)
        times = np.where(whole, features.arrays()[COPIES], 1.0) if len(features) else np.ones(0)
        for group in self._groups(features):
            engine, places = group.engine, group.places
            axes = {name: each[None, :] for name, each in group.axes.items()}
            constants = {quantity: given[name][:, None] for quantity, name in engine.constants.items()}
            result = engine.kernel.run({**axes, **constants}, threads=1)
            for quantity in dict.fromkeys(wanted[places].tolist()):
                if quantity in OUTPUTS:
                    here = wanted[places] == quantity
                    found = np.broadcast_to(result[quantity], (several, places.size))
                    value[:, places[here]] = found[:, here] * times[places[here]]
        return value

    def sheets_of(self, features: Features) -> tuple[str, ...]:
        """By which sheets each row is predicted; '' where no rule fits."""
        return tuple(self._sheets(features, place) for place in range(len(features)))

    def _sheets(self, features: Features, place: int) -> str:
        if self.sheet:
            return str(self.sheet)
        rule = self.names.first("predictions", {name: words[place] for name, words in features.words.items()})
        return rule.word("sheets") if rule else ""

    def _groups(self, features: Features) -> list[_Group]:
        """The rows by engine; kept for the next call with the same features, as a fit makes many."""
        if self._grouped is None or self._grouped[0] is not features:
            by = np.array(self.sheets_of(features))
            groups = [_group(engine, features, np.flatnonzero(by == each)) for each, engine in self._engines.items()]
            self._grouped = (features, [group for group in groups if group.places.size])
        return self._grouped[1]

    def _checked(self, values: Mapping[str, float]) -> dict[str, float]:
        known = {each.name: each.value for each in (*self.constants, *self.assumed)}
        wrong = [name for name in values if name not in known]
        if wrong:
            raise InvalidInput([Problem("name", f"{name} is no constant of an engine sheet") for name in wrong])
        return {**known, **values}


@cache
def _bundled_names() -> Names:
    problems: list[Problem] = []
    names = read_names(problems)
    if names is None:
        raise InvalidInput(problems)
    return names


def engine_model(engine_sheet: Path | None = None) -> EngineModel:
    """The predictor of the bundled engine sheets; by `engine_sheet` alone, for all rows, if there is one.

    Errors: `InvalidInput` for a sheet that cannot be used.
    """
    return EngineModel(_bundled_names(), engine_sheet)


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


def _constants_in(workbook: Workbook) -> tuple[Definition, ...]:
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


def _names_of(found: Mapping[str, Sequence[Definition]]) -> dict[tuple[str, str], str]:
    """What the constant of a quantity in a file is called."""
    files: dict[str, set[str]] = {}
    for each in (each for definitions in found.values() for each in definitions):
        files.setdefault(each.name, set()).add(each.file)
    return {
        (name, file): name if len(these) == 1 else f"{Path(file).stem}.{name}"
        for name, these in files.items()
        for file in these
    }


def _told(books: Mapping[str, Workbook], found: Mapping[str, Sequence[Definition]]) -> list[Constant]:
    called = _names_of(found)
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


def _compiled(sheets: str, workbook: Workbook, constants: Mapping[str, str]) -> _Engine:
    """The kernel over all that was computed of rows and does not rest on a constant."""
    features = _features_of(workbook)
    kernel = compile_kernel(workbook, _ALL, [*features, *constants])
    return _Engine(sheets, workbook, kernel, features, constants)


def _features_of(workbook: Workbook) -> tuple[str, ...]:
    """What the floor's scenario shows and the outputs need, but for the results themselves."""
    needed = {name for output in _ALL for name in workbook.precedents(output, deep=True)}
    return tuple(name for name in _shown() if name in needed and name not in OUTPUTS)


@cache
def _shown() -> tuple[str, ...]:
    return (*load(FLOOR).show, *WORDS)


def _with(engine: _Engine, values: Mapping[str, float]) -> dict[str, Array]:
    return {quantity: np.array([values[name]]) for quantity, name in engine.constants.items()}


def _group(engine: _Engine, features: Features, places: Array) -> _Group:
    """Rows that lack a feature stay out, but for the bandwidth of links that there are none of: nothing is sent."""
    words = {name: np.array(features.words[name])[places] for name in engine.features if name in features.words}
    numbers = {name: np.array(features[name])[places] for name in engine.features if name not in words}
    links = "link_bandwidth"
    if links in numbers:
        numbers[links] = np.where(np.isnan(numbers[links]), 1.0, numbers[links])
    kept = np.all([np.isfinite(each) for each in numbers.values()], axis=0) if numbers else np.ones(places.shape, bool)
    axes = {name: each[kept] for name, each in {**words, **numbers}.items()}
    return _Group(engine, places[kept], axes)
