"""A file of measured rows against a predictor: what came of each row, and the errors, over all and by groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from ..problems import Problem
from ..scenarios import BUNDLED, Library
from ..scenarios.library import is_bundled_name
from .books import Books
from .errors import Compared, Errors, errors_of, grouped
from .features import MEASURED, Features, features_of
from .kinds import KIND, KINDS, kinds_of
from .mapping import Excluded, Mapped, Outcome, Unmapped, map_rows
from .names import read_names
from .predictions import Floor, Predictions, Predictor
from .rows import read_measurements

ENGINES = "engine sheets"  # what their predictions are called
GROUPS = (KIND, "engine", "sort", "load", "quantity", "hardware", "model", "source")


@dataclass(frozen=True, slots=True)
class Validation:
    """What a predictor is worth on a file.

    `outcomes` has every row of it; `compared` is in the order of `features`; `whys`: the reasons of rules, by name.
    """

    file: str
    predictor: str
    outcomes: tuple[Outcome, ...]
    features: Features
    predictions: Predictions
    compared: tuple[Compared, ...]
    whys: Mapping[str, str]

    @property
    def overall(self) -> Errors | None:
        """Of all rows together; None where none was compared."""
        return errors_of(self.compared)

    def by(self, group: str) -> Mapping[str, Errors]:
        """The errors of each word of a group."""
        found = grouped(self.compared, group_names(self.features, group))
        return {name: found[name] for name in KINDS if name in found} if group == KIND else found

    def excluded(self) -> Mapping[str, list[Excluded]]:
        """The rows that were left out, by rule."""
        found: dict[str, list[Excluded]] = {}
        for outcome in self.outcomes:
            if isinstance(outcome, Excluded):
                found.setdefault(outcome.rule, []).append(outcome)
        return found

    def unmapped(self) -> Mapping[str, list[str]]:
        """The rows that nothing could be compared with, by reason: their ids, the commonest reason first."""
        return _by_reason((each.reason, each.row.row_id) for each in self.outcomes if isinstance(each, Unmapped))

    def unpredicted(self) -> Mapping[str, list[str]]:
        """The rows compared that have no prediction, in the same way."""
        whys = self.predictions.why or [""] * len(self.features)
        told = zip(whys, self.features.rows, strict=True)
        return _by_reason((why, row.row.row_id) for why, row in told if why)

    def corrected(self) -> Counter[str]:
        """How many of the rows were read otherwise than they stand, by rule."""
        return Counter(name for row in self.features.rows for name in row.corrections)


def _by_reason(told: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for reason, row_id in told:
        found.setdefault(reason, []).append(row_id)
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))


def group_names(features: Features, group: str) -> Sequence[str]:
    """What each row is called in a group: its kind, the era of its engine, whether its model has experts, a column."""
    if group == KIND:
        return kinds_of(features)
    if group == "engine":
        return features.words["era"]
    if group == "sort":
        return ["mixture of experts" if layers > 0 else "dense" for layers in features["n_moe_layers"]]
    return features.words[group]


def file_of(name: str) -> Path:
    """The path of a CSV file: its own, or that of a bundled one by its name (`measurements/sample`)."""
    bundled = Path(BUNDLED) / f"{name}.csv"
    return bundled if is_bundled_name(name) and bundled.is_file() else Path(name)


def validate(
    name: str,
    problems: list[Problem],
    predictor: Predictor | None = None,
    told: Callable[[int], Callable[[Mapped], None]] | None = None,
) -> Validation | None:
    """Hold a predictor, the floor if there is none, against the rows of a CSV file; None, with problems, for a bad one.

    `told` is given the number of rows, and what it returns is called as each is begun.
    """
    count = len(problems)
    rows, names = read_measurements(file_of(name), problems), read_names(problems)
    if names is None or len(problems) > count:
        return None
    library = Library([])
    mapped = map_rows(rows, names, library)
    total = sum(isinstance(outcome, Mapped) for outcome in mapped)
    features, outcomes = features_of(mapped, Books(names, library=library), told(total) if told else None)
    chosen = predictor or Floor()
    found = chosen.predict(features)
    whys = {
        rule.word("rule"): rule.word("why") for rules in names.rules.values() for rule in rules if rule.word("rule")
    }
    return Validation(name, chosen.name, outcomes, features, found, tuple(_compared(features, found)), whys)


def against(found: Validation, name: str, predictions: Predictions) -> Validation:
    """The same rows against other predictions, in the order of its features."""
    compared = tuple(_compared(found.features, predictions))
    return replace(found, predictor=name, predictions=predictions, compared=compared)


def _compared(features: Features, found: Predictions) -> list[Compared]:
    measured = features[MEASURED] if len(features) else ()
    told: list[Compared] = []
    for place, value in enumerate(measured):
        low, high = (found.low[place], found.high[place]) if found.low else (None, None)
        known = low is not None and high is not None and isfinite(low) and isfinite(high)
        told.append(Compared(found.value[place], value, low if known else None, high if known else None))
    return told
