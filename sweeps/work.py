"""What is done with each part of a sweep, wherever that is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from .compute import Part, rows_of_part, select_in_part
from .plan import Plan


@dataclass(frozen=True, slots=True)
class Work:
    """`write`: the rows go to a file in `folder`; `select`: what a comparison may keep is found; `show`: the first rows
    are handed back, `most` at most."""

    kind: Literal["write", "select", "show"]
    folder: str = ""
    most: int = 0


def done(plan: Plan, work: Work, number: int, threads: int | None = None) -> Part:
    """A part's work; of its rows, only those that somebody waits for come back."""
    if work.kind == "select":
        return select_in_part(plan, number, threads)
    part = rows_of_part(plan, number, threads)
    assert part.rows is not None
    if work.kind == "write":
        from .store import write_part  # what shows rows needs no Arrow

        write_part(plan, Path(work.folder), number, part.rows, part.tally)
        part.rows = None
    else:
        part.rows = part.rows.taken(np.arange(min(work.most, len(part.rows))))
    return part
