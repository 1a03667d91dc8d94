"""A table of features as a file: CSV for anybody, NumPy's .npz for whoever fits."""

from __future__ import annotations

import csv
from io import StringIO
from math import isnan
from pathlib import Path

from .features import Features


def features_csv(features: Features) -> str:
    """The table as CSV: words first, then numbers in declared units, empty where there is none."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*features.words, *features.columns])
    for place in range(len(features)):
        words = [column[place] for column in features.words.values()]
        numbers = [column[place] for column in features.columns.values()]
        writer.writerow([*words, *("" if isnan(number) else repr(number) for number in numbers)])
    return out.getvalue()


def save_features(features: Features, path: Path) -> None:
    """Write the table as .npz: an array for each column, and `units` as texts `name unit`. Needs NumPy."""
    import numpy as np

    units = np.array([f"{name} {unit}".strip() for name, unit in features.units.items()])
    words = {name: np.array(values) for name, values in features.words.items()}
    np.savez_compressed(path, allow_pickle=False, units=units, **words, **features.arrays())
