"""A fit as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ..measuring.calibration import Calibration, Moved
from ..problems import Problem
from .records import Record, plain_record


def fit_record(
    file: str, engine: str, found: Calibration | None, output: Path | None, problems: Iterable[Problem]
) -> Record:
    """What `fit --json` prints: every constant, the pairs that go together, errors by kind of figure, and ranges."""
    return {
        "file": file,
        "engine": engine,
        "output": str(output) if output else None,
        "rows": int(found.rows.sum()) if found else 0,
        "groups": list(found.groups) if found else [],
        "constants": {each.constant.name: _constant(each) for each in found.moved} if found else {},
        "pairs": [{"names": [left, right], "correlation": related} for left, right, related in found.pairs]
        if found
        else [],
        "errors": {
            kind: {
                "before": asdict(worth.before),
                "after": asdict(worth.after),
                "left_out": asdict(worth.left_out) if worth.left_out else None,
            }
            for kind, worth in found.kinds.items()
        }
        if found
        else {},
        "ranges": dict(found.widths) if found else {},
        "problems": plain_record(list(problems)),
    }


def _constant(moved: Moved) -> Record:
    return {
        "before": moved.constant.value,
        "after": moved.value,
        "unit": moved.constant.unit,
        "fitted": moved.fitted,
        "standard_error": moved.error,
        "without_a_group": asdict(moved.refits) if moved.refits and moved.fitted else None,
    }
