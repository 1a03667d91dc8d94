"""A sweep written to where it was asked to be: one file, or a folder of parts.

Arrow is imported by what writes: a table on the screen needs none.

A file's parts lie beside it until all are there (`out.parquet.parts`); then they are joined, and the file is there,
whole. A link stays one, and what it leads to is written.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ..problems import InvalidInput, Problem
from .compute import rows_at
from .formats import FORMATS
from .plan import Plan
from .rows import Rows
from .running import Gathered, Step, gather
from .work import Work


def is_folder(output: Path) -> bool:
    """Whether the parts themselves are the result."""
    return output.suffix not in FORMATS


def real_output(output: Path) -> Path:
    """What is written: where a link leads to."""
    return Path(os.path.realpath(output)) if output.is_symlink() else output


def parts_folder(output: Path) -> Path:
    """Where the parts of a sweep to this file or folder lie."""
    return output if is_folder(output) else output.with_name(f"{output.name}.parts")


def check_output(plan: Plan, output: Path) -> None:
    """Errors: `InvalidInput` where nothing could be written, as far as that can be told beforehand."""
    from .files import check_writable

    if not is_folder(output):
        check_writable(output)
    elif plan.request.selects:
        message = f"'{output}' has no extension, and the best of a sweep are one file, not a folder of parts"
        raise InvalidInput([Problem("usage", message, hint=f"-o {output}.parquet")])


def write_sweep(plan: Plan, output: Path, resume: bool, jobs: int, scheduler: str, begin: Step, step: Step) -> Gathered:
    """Compute what is missing, and write it. `begin`: told how many points are there already.

    Errors: `InvalidInput` where it cannot be written, or other parts lie there.
    """
    from .files import write_tables
    from .store import Store
    from .tables import schema_of

    with Store(parts_folder(output), plan, resume) as store:
        begin(store.tally.points)
        found = gather(plan, Work("write", str(store.folder.resolve())), store.missing, jobs, scheduler, step)
        found.tally.add(store.tally)
        store.check_whole()
        if not is_folder(output):
            write_tables(output, schema_of(plan), store.tables(), store.unfinished())
            store.remove()
    return found


def write_rows(plan: Plan, output: Path, rows: Rows) -> None:
    """Write rows that a comparison kept, as one file."""
    from .files import write_tables
    from .tables import schema_of, table_of

    schema = schema_of(plan)
    write_tables(output, schema, [table_of(rows, schema)])


def selected_rows(plan: Plan, found: Gathered) -> Rows:
    """The rows of the points that a comparison kept, in its order."""
    return rows_at(plan, np.array(found.selected, np.int64))
