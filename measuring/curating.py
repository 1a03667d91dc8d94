"""A few rows of every setting, out of many: what constants are shipped from. No rule here looks at an error."""

from __future__ import annotations

from .calibration import ALL, Fittable, fitted_rows
from .features import Features
from .kinds import groups_of, kinds_of

EACH = 3
SERVED = 6
"""Rows of each accelerator, model, engine and kind of figure; of servers under load, whose settings vary more."""
_ORDER = ("devices", "batch_size", "prompt_length", "output_length")


def curated(model: Fittable, features: Features) -> list[str]:
    """The ids of the rows chosen, in the order of the file.

    Of the rows that constants are fitted to, those of one accelerator, model, engine and kind of figure are put in
    order of their settings (devices, batch, lengths, format), and taken evenly, the first and the last among them.
    """
    groups, kinds, eras = groups_of(features, "group"), kinds_of(features), features.words["era"]
    cells: dict[tuple[str, str, str], list[int]] = {}
    for place, fitted in enumerate(fitted_rows(model, features, ALL).tolist()):
        if fitted:
            cells.setdefault((groups[place], kinds[place], eras[place]), []).append(place)
    chosen: list[int] = []
    for (_, kind, _), places in cells.items():
        ordered = sorted(places, key=lambda place: _settings(features, place))
        chosen += _evenly(ordered, SERVED if kind.startswith("serving") else EACH)
    return [features.words["row_id"][place] for place in sorted(chosen)]


def _settings(features: Features, place: int) -> tuple[object, ...]:
    numbers = (features[name][place] for name in _ORDER)
    return (*numbers, features.words["weight_format"][place], features.words["row_id"][place])


def _evenly(places: list[int], count: int) -> list[int]:
    if len(places) <= count:
        return places
    return [places[round(step * (len(places) - 1) / (count - 1))] for step in range(count)]
