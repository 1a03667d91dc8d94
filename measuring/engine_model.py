"""Predictions by engine sheets: the quantities that rows measure, with their ranges. No formula stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import nan
from pathlib import Path

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..problems import InvalidInput, Problem
from .engine_sheets import OUTPUTS, Constant, Engine, compiled, constants_in, names_of, told_constants, workbook_of
from .features import COPIES, Features
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

    `constants`: the fitted numbers, each once; `assumed`: those set by hand. Both can be given other values.
    """

    names: Names
    sheet: Path | None = None
    name: str = "engines"
    constants: tuple[Constant, ...] = ()
    assumed: tuple[Constant, ...] = ()
    _engines: dict[str, Engine] = field(default_factory=dict[str, Engine], repr=False)
    _grouped: tuple[Features, list[_Group]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        sheets = [str(self.sheet)] if self.sheet else [rule.word("sheets") for rule in self.names.rules["predictions"]]
        books = {each: workbook_of(each) for each in dict.fromkeys(sheets) if each}
        found = {each: constants_in(workbook) for each, workbook in books.items()}
        told = told_constants(books, found)
        self.constants = tuple(each for each in told if each.kind == "fitted")
        self.assumed = tuple(each for each in told if each.kind != "fitted")
        called = names_of(found)
        for each, workbook in books.items():
            own = {definition.name: called[definition.name, definition.file] for definition in found[each]}
            self._engines[each] = compiled(each, workbook, own)

    def predict(self, features: Features, values: Mapping[str, float] | None = None) -> Predictions:
        """A prediction and its range for each row, in the declared unit of its quantity; NaN where there is none.

        `values`: constants by name, in declared units, in place of those of the sheets.
        Errors: `InvalidInput` for a name that is no constant.
        """
        given = self._checked(values or {})
        count = len(features)
        if not count:
            return Predictions((), (), ())
        value, low, high = (np.full(count, nan) for _ in range(3))
        copies = features.arrays()[COPIES]
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


def _with(engine: Engine, values: Mapping[str, float]) -> dict[str, Array]:
    return {quantity: np.array([values[name]]) for quantity, name in engine.constants.items()}


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
