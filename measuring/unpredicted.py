"""Why a row has no prediction, in words: none is left empty without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, isnan

from .features import Features
from .names import Names

NO_FIGURE = "the sheets of its engine give no figure that is finite: there is more to do than can be done"


def whys(
    features: Features, value: Sequence[float], sheets: Sequence[str], needed: Mapping[str, Sequence[str]], names: Names
) -> tuple[str, ...]:
    """The reason for each row, '' where it has a value.

    `sheets`: by which each row is predicted, '' for none; `needed`: the features that such sheets take.
    """
    return tuple(
        "" if isfinite(each) else _why(features, place, sheets[place], needed, names)
        for place, each in enumerate(value)
    )


def _why(features: Features, place: int, sheets: str, needed: Mapping[str, Sequence[str]], names: Names) -> str:
    if not sheets:
        rule = names.first("predictions", {name: words[place] for name, words in features.words.items()})
        return (rule.word("why") if rule else "") or "no rule says by which sheets it is predicted"
    numbers = [name for name in needed[sheets] if name in features.columns]
    lacking = [name for name in numbers if isnan(features[name][place])]
    return f"predicted from {', '.join(lacking)}, of which nothing is known here" if lacking else NO_FIGURE
