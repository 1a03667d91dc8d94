"""A sweep as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..problems import Problem
from ..sweeps.plan import Plan
from ..sweeps.request import Request
from ..sweeps.rows import Column, Rows, Words
from ..sweeps.tally import Tally
from .records import Record, finite, problem_record


def sweep_record(
    request: Request, plan: Plan | None, tally: Tally | None, rows: Rows | None, output: Path | None,
    problems: Sequence[Problem],
) -> Record:  # fmt: skip
    """What `sweep --json` prints: the columns, counts, and the rows where there is no file."""
    found: Record = {**request.record(), "columns": [], "points": None, "kept": None, "rows": None}
    if plan is not None and tally is not None:
        found |= plan.request.record()
        found["columns"] = [{"name": each.name, "unit": each.unit or None} for each in plan.headings]
        found |= tally.record()
        found["rows"] = row_records(rows) if rows is not None and output is None else None
    return {**found, "file": str(output) if output else None, "problems": [problem_record(each) for each in problems]}


def row_records(rows: Rows) -> list[Record]:
    """Each row by the names of its columns, and why the first missing value is missing."""
    columns = {name: _plain(column) for name, column in rows.columns.items()}
    columns["problem"] = rows.why.texts()
    return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]


def _plain(column: Column) -> list[Any]:
    return column.texts() if isinstance(column, Words) else [finite(value) for value in column.tolist()]
