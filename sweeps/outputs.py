"""A sweep written to where it was asked to be: one file, or a folder of parts.

A file's parts lie beside it until all are there (`out.parquet.parts`); then they are joined, and the file is there,
whole.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..problems import InvalidInput, Problem
from .compute import rows_at
from .files import WRITERS, write_tables
from .plan import Plan
from .rows import Rows
from .running import Gathered, Step, gather
from .store import Store
from .tables import schema_of, table_of
from .work import Work


def is_folder(output: Path) -> bool:
    """Whether the parts themselves are the result."""
    return output.suffix not in WRITERS


def parts_folder(output: Path) -> Path:
    """Where the parts of a sweep to this file or folder lie."""
    return output if is_folder(output) else output.with_name(f"{output.name}.parts")


def write_sweep(plan: Plan, output: Path, resume: bool, jobs: int, scheduler: str, begin: Step, step: Step) -> Gathered:
    """Compute what is missing, and write it. `begin`: told how many points are there already.

    Errors: `InvalidInput` where it cannot be written, or other parts lie there.
    """
    store = Store(parts_folder(output), plan, resume)
    begin(sum(tally.points for tally in store.tallies.values()))
    work = Work("write", str(store.folder.resolve()))
    found = gather(plan, work, store.missing, jobs, scheduler, step)
    for tally in store.tallies.values():
        found.tally.add(tally)
    if not is_folder(output):
        write_tables(output, schema_of(plan), store.tables())
        store.remove()
    return found


def write_rows(plan: Plan, output: Path, rows: Rows) -> None:
    """Write rows that a comparison kept, as one file."""
    if is_folder(output):
        message = f"'{output}': the best of a sweep are one file, not a folder"
        raise InvalidInput([Problem("usage", message, hint=f"{output}.parquet")])
    schema = schema_of(plan)
    write_tables(output, schema, [table_of(rows, schema)])


def selected_rows(plan: Plan, found: Gathered) -> Rows:
    """The rows of the points that a comparison kept, in its order."""
    return rows_at(plan, np.array(found.selected, np.int64))
