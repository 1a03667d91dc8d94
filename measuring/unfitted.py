"""Rows that are compared and that no constant is fitted to, by rules that look at settings alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .features import Features
from .names import Names, read_names

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

LIST = "unfitted"


def unfitted_rows(features: Features, names: Names | None = None) -> Array:
    """Whether a rule keeps each row out of fits."""
    return np.array([bool(rule) for rule in unfitted_by(features, names)], dtype=bool)


def unfitted_by(features: Features, names: Names | None = None) -> list[str]:
    """The rule that keeps each row out of fits, '' where none does."""
    rules = names or read_names([])
    found = [rules and rules.first(LIST, row.row.texts) for row in features.rows]
    return [rule.word("rule") if rule else "" for rule in found]
