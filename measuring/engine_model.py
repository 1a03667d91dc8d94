"""Predictions by engine sheets: the quantities that rows measure, with their ranges. No formula stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import nan
from pathlib import Path

import numpy as np

from ..graph.assembly.definitions import Definition
from ..graph.engine.kernels.arrays import Array
from ..problems import InvalidInput, Problem
from .engine_sheets import OUTPUTS, Constant, Engine, engine_of, names_of, told_constants, value_of
from .features import COPIES, Features
from .kinds import SPREADS, kinds_of
from .names import Names, read_names
from .predictions import Predictions
from .unpredicted import whys

__all__ = ["Constant", "EngineModel", "engine_model"]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows that one engine predicts: their places, and its axes."""

    engine: Engine
    places: Array
    axes: Mapping[str, Array]


@dataclass
class EngineModel:
    """Predicts rows by the sheets of their engines; `sheets`: of each rule of `names`, or the one used for all rows.

    Its constants, fitted and assumed, can be given other values.
    """

    names: Names
    sheet: Path | None = None
    name: str = "engines"
    _engines: dict[str, Engine] = field(default_factory=dict[str, Engine], repr=False)
    _spreads: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str], repr=False)
    _grouped: tuple[Features, list[_Group]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.sheet:
            self._engine(str(self.sheet))

    @property
    def constants(self) -> tuple[Constant, ...]:
        """The fitted numbers, each once."""
        return tuple(each for each in self._constants if each.kind == "fitted")

    @property
    def assumed(self) -> tuple[Constant, ...]:
        """Those set by hand."""
        return tuple(each for each in self._constants if each.kind != "fitted")

    def _engine(self, sheets: str) -> Engine:
        """Loaded when its first row is met: a file has rows of few engines."""
        if sheets not in self._engines:
            self._engines[sheets] = engine_of(sheets)
        return self._engines[sheets]

    @cached_property
    def _found(self) -> Mapping[str, tuple[Definition, ...]]:
        """The constants of every engine: what one is called depends on the others."""
        sheets = [str(self.sheet)] if self.sheet else [rule.word("sheets") for rule in self.names.rules["predictions"]]
        return {each: self._engine(each).constants for each in dict.fromkeys(sheets) if each}

    @cached_property
    def _called(self) -> Mapping[tuple[str, str], str]:
        return names_of(self._found)

    @cached_property
    def _constants(self) -> tuple[Constant, ...]:
        return tuple(told_constants(self._found, self._called))

    @cached_property
    def _known(self) -> Mapping[str, float]:
        return {each.name: each.value for each in self._constants}

    def predict(self, features: Features, values: Mapping[str, float] | None = None) -> Predictions:
        """A prediction and its range for each row, in the declared unit of its quantity; NaN where there is none.

        `values`: constants by name, in declared units, in place of those of the sheets.
        Errors: `InvalidInput` for a name that is no constant.
        """
        given = self._checked(values) if values else {}
        count = len(features)
        if not count:
            return Predictions((), (), ())
        value, low, high = (np.full(count, nan) for _ in range(3))
        copies = features.arrays()[COPIES]
        wanted = np.array(features.words["quantity"])
        whole = np.array([row.of_all_copies for row in features.rows], bool)
        for group in self._groups(features):
            result = group.engine.kernel.run({**group.axes, **self._with(group.engine, given)})
            for quantity in dict.fromkeys(wanted[group.places].tolist()):
                if quantity not in OUTPUTS:
                    continue
                here = wanted[group.places] == quantity
                places = group.places[here]
                times = np.where(whole[places], copies[places], 1.0)
                for target, name in ((value, quantity), (low, f"{quantity}_low"), (high, f"{quantity}_high")):
                    target[places] = np.broadcast_to(result[name], group.places.shape)[here] * times
        needed = {sheets: engine.features for sheets, engine in self._engines.items()}
        why = whys(features, value.tolist(), self.sheets_of(features), needed, self.names)
        return Predictions(tuple(value.tolist()), tuple(low.tolist()), tuple(high.tolist()), why)

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
            constants = {each.name: given[self._called[each.name, each.file]][:, None] for each in engine.constants}
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

    def spreads_of(self, features: Features) -> tuple[str, ...]:
        """What the range of each row is made of, by its kind, as `sheet.quantity`; '' for nothing."""
        named = zip(self.sheets_of(features), kinds_of(features), strict=True)
        return tuple(self._spread(sheets, SPREADS.get(kind, "")) for sheets, kind in named)

    def _spread(self, sheets: str, quantity: str) -> str:
        """Where the number stands that a spread is, perhaps under another name."""
        if not sheets or not quantity:
            return ""
        if (sheets, quantity) not in self._spreads:
            workbook = self._engine(sheets).workbook
            name = quantity
            while workbook.definition(name).value is None:
                (name,) = workbook.precedents(name)
            self._spreads[sheets, quantity] = f"{Path(workbook.definition(name).file).stem}.{name}"
        return self._spreads[sheets, quantity]

    def _sheets(self, features: Features, place: int) -> str:
        if self.sheet:
            return str(self.sheet)
        rule = self.names.first("predictions", {name: words[place] for name, words in features.words.items()})
        return rule.word("sheets") if rule else ""

    def _groups(self, features: Features) -> list[_Group]:
        """The rows by engine; kept for the next call with the same features, as a fit makes many."""
        if self._grouped is None or self._grouped[0] is not features:
            sheets = self.sheets_of(features)
            by = np.array(sheets)
            met = [each for each in dict.fromkeys(sheets) if each]
            groups = [_group(self._engine(each), features, np.flatnonzero(by == each)) for each in met]
            self._grouped = (features, [group for group in groups if group.places.size])
        return self._grouped[1]

    def _with(self, engine: Engine, values: Mapping[str, float]) -> dict[str, Array]:
        """The engine's constants as its kernel takes them; those of its sheets, without `values` of all."""
        told = engine.constants
        numbers = [values[self._called[each.name, each.file]] if values else value_of(each) for each in told]
        return {each.name: np.array([number]) for each, number in zip(told, numbers, strict=True)}

    def _checked(self, values: Mapping[str, float]) -> dict[str, float]:
        wrong = [name for name in values if name not in self._known]
        if wrong:
            raise InvalidInput([Problem("name", f"{name} is no constant of an engine sheet") for name in wrong])
        return {**self._known, **values}


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
    return EngineModel(_bundled_names(), engine_sheet) if engine_sheet else _bundled()


@cache
def _bundled() -> EngineModel:
    """Once in a process, as what it loads and compiles is only ever read."""
    return EngineModel(_bundled_names())


def _group(engine: Engine, features: Features, places: Array) -> _Group:
    """Rows that lack a feature stay out, but for the bandwidth of links over which nothing is sent."""
    words = {name: np.array(features.words[name])[places] for name in engine.features if name in features.words}
    numbers = {name: np.array(features[name])[places] for name in engine.features if name not in words}
    links = "link_bandwidth"
    if links in numbers:
        sent = np.array(features["decode_link_bytes"])[places] + np.array(features["prefill_link_bytes"])[places]
        numbers[links] = np.where(np.isnan(numbers[links]) & (sent == 0), 1.0, numbers[links])
    kept = np.all([np.isfinite(each) for each in numbers.values()], axis=0) if numbers else np.ones(places.shape, bool)
    axes = {name: each[kept] for name, each in {**words, **numbers}.items()}
    return _Group(engine, places[kept], axes)
