"""Rows that are compared and that no constant is fitted to, by rules that look at settings alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from .features import Features
from .names import Names, Rule, read_names

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

LIST = "unfitted"


def unfitted_rows(features: Features, names: Names | None = None) -> Array:
    """Whether a rule keeps each row out of fits."""
    rules = names or read_names([])
    return np.array([bool(rules and rules.first(LIST, row.row.texts)) for row in features.rows], dtype=bool)


def unfitted_counts(features: Features, rows: Array) -> Mapping[Rule, int]:
    """How many of the rows each rule keeps out, with the rule that says why."""
    names = read_names([])
    found = [names and names.first(LIST, row.row.texts) for row in features.rows]
    rules = [rule for rule, wanted in zip(found, rows, strict=True) if rule and wanted]
    return {rule: sum(each is rule for each in rules) for rule in dict.fromkeys(rules)}
