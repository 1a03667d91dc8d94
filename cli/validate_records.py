"""A validation as JSON data, and its rows as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from io import StringIO
from math import isfinite

from ..measuring.errors import Compared
from ..measuring.kinds import kind_of
from ..measuring.mapping import Excluded, Mapped, Outcome
from ..measuring.validation import GROUPS, Validation
from ..problems import Problem
from .records import plain_record

Record = dict[str, object]
COLUMNS = (
    "row_id", "line", "state", "reason", "kind", "quantity", "unit", "measured", "predicted", "low", "high",
    "error_percent", "floor", "bound", "hardware", "model", "engine", "devices", "batch_size", "prompt_length",
    "output_length", "context_length",
)  # fmt: skip


def validation_record(
    file: str, found: Validation | None, floor: Validation | None, problems: Iterable[Problem]
) -> Record:
    """What `validate --json` prints: `overall`, `by` each group, and every row; the floor's errors beside them."""
    least = floor.overall if floor else None
    overall = found.overall if found else None
    return {
        "file": file,
        "predictor": found.predictor if found else None,
        "overall": asdict(overall) if overall else None,
        "floor": asdict(least) if least else None,
        "by": {group: {name: asdict(each) for name, each in found.by(group).items()} for group in GROUPS}
        if found and found.compared
        else {},
        "rows": row_records(found) if found else [],
        "problems": plain_record(list(problems)),
    }


def row_records(found: Validation) -> list[Record]:
    """What became of each row of the file, in its order; None for what there is not."""
    compared = iter(range(len(found.compared)))
    records: list[Record] = []
    for outcome in found.outcomes:
        record: Record = {name: None for name in COLUMNS}  # noqa: C420 - of texts, not of these texts
        record |= {"row_id": outcome.row.row_id, "line": outcome.row.mark.line, **_state(outcome)}
        if isinstance(outcome, Mapped):
            record |= _compared(found, outcome, next(compared))
        records.append(record)
    return records


def _state(outcome: Outcome) -> Record:
    if isinstance(outcome, Mapped):
        return {"state": "compared", "reason": None}
    if isinstance(outcome, Excluded):
        return {"state": "left out", "reason": f"{outcome.rule}: {outcome.reason}"}
    return {"state": "not mapped", "reason": outcome.reason}


def _compared(found: Validation, row: Mapped, place: int) -> Record:
    each: Compared = found.compared[place]
    features = found.features
    numbers = ("floor", "bound", "devices", "batch_size", "prompt_length", "output_length", "context_length")
    why = found.predictions.why[place] if found.predictions.why else ""
    return {
        **({"state": "not predicted", "reason": why} if why else {}),
        "kind": kind_of(row),
        "quantity": row.quantity,
        "unit": features.units[row.quantity],
        "measured": each.measured,
        "predicted": _finite(each.predicted),
        "low": each.low,
        "high": each.high,
        "error_percent": _finite(each.error),
        "hardware": row.hardware,
        "model": row.model,
        "engine": row.era,
        **{name: _finite(features[name][place]) for name in numbers},
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def rows_csv(found: Validation) -> str:
    """The rows as CSV, empty where there is nothing."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in row_records(found):
        cells: Sequence[object] = [record[name] for name in COLUMNS]
        writer.writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()
