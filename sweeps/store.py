"""A folder of finished parts, each a Parquet file of its own: what a sweep can be resumed from, and shared by.

Invariants: a file with a part's name is whole (it is written under another name, then renamed); a part has one name
and one content, so to compute it again changes nothing. `_sweep.json` says whose parts they are.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..problems import InvalidInput, Problem
from ..scenarios import write_whole
from .arrow import pa, pq
from .files import written
from .identity import identity, other_sweep
from .locks import Lock
from .plan import Plan
from .rows import Rows
from .tables import parquet_options, schema_of, table_of
from .tally import Tally, tally_of

PLAN = "_sweep.json"  # readers of data sets pass over names that begin so
TALLY = b"roofsheet.tally"
UNFINISHED = ".part-"
_OURS = (PLAN, f".{PLAN}", UNFINISHED)
_PART = re.compile(r"part-(\d{6,})\.parquet")


def part_path(folder: Path, number: int) -> Path:
    return folder / f"part-{number:06}.parquet"


def write_part(plan: Plan, folder: Path, number: int, rows: Rows, tally: Tally) -> None:
    """Write a part's rows, and what was counted, as one file. Errors: `InvalidInput` where it cannot be written."""
    schema = schema_of(plan)
    metadata: dict[bytes, bytes] = {**schema.metadata, TALLY: json.dumps(tally.record()).encode()}
    table = table_of(rows, schema).replace_schema_metadata(metadata)
    path = part_path(folder, number)
    unfinished = folder / f"{UNFINISHED}{number:06}-{uuid4().hex}"
    hint = "" if folder.is_dir() else "every process that computes has to reach this folder"
    with written(path, hint):
        try:
            pq.write_table(table, unfinished, **parquet_options(schema))
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def read_part(folder: Path, number: int) -> Any:
    """The part's rows as an Arrow table."""
    return pq.ParquetFile(part_path(folder, number)).read()


class Store:
    """The folder of a plan's parts; a context, within which nobody else writes to it.

    `done`: the numbers of the parts that were there before, `tally`: what was counted of them.
    Errors of its making: `InvalidInput` where it cannot be had, or is another's.
    """

    def __init__(self, folder: Path, plan: Plan, resume: bool) -> None:
        self.folder, self.plan = folder, plan
        self.done: set[int] = set()
        self.tally = Tally()
        self.made = not folder.exists()
        with written(folder):
            folder.mkdir(exist_ok=True)
            self.lock = Lock(folder)
            try:
                self._open(resume)
            except BaseException:
                self.close()
                raise

    def _open(self, resume: bool) -> None:
        stands = bool(self._numbers())
        if stands and not resume:
            hint = "--resume goes on with it; to start anew, remove the folder"
            raise InvalidInput([Problem("usage", f"'{self.folder}' holds parts of an earlier sweep", hint=hint)])
        if stands:
            self._check()
            self._look()
        elif any(not path.name.startswith(_OURS) for path in self.folder.iterdir()):
            hint = "parts go to a folder that is empty, or is not there yet"
            raise InvalidInput([Problem("usage", f"the folder '{self.folder}' is not empty", hint=hint)])
        else:
            self._begin()
        self._sweep_up()

    def _begin(self) -> None:
        problems: list[Problem] = []
        write_whole(self.folder / PLAN, json.dumps(identity(self.plan), indent=2) + "\n", problems)
        if problems:
            raise InvalidInput(problems)

    def _check(self) -> None:
        known: Any = None
        with suppress(ValueError, FileNotFoundError):
            known = json.loads((self.folder / PLAN).read_text(encoding="utf-8"))
        other = other_sweep(known, identity(self.plan))
        if other:
            hint = "ask for the same again, or remove the folder"
            message = f"'{self.folder}' holds parts of another sweep: {other}"
            raise InvalidInput([Problem("usage", message, hint=hint)])

    def _numbers(self) -> list[int]:
        found = (_PART.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def _look(self) -> None:
        """What is there, and what was counted; a part that cannot be read is made anew."""
        for number in self._numbers():
            with suppress(OSError, ValueError, KeyError, TypeError, pa.ArrowException):
                metadata = pq.read_schema(part_path(self.folder, number)).metadata
                self.tally.add(tally_of(json.loads(metadata[TALLY])))
                self.done.add(number)

    def _sweep_up(self) -> None:
        """Remove what was left unfinished."""
        for path in self.folder.iterdir():
            if path.name.startswith((f".{PLAN}", UNFINISHED)):
                path.unlink(missing_ok=True)

    @property
    def missing(self) -> list[int]:
        """The numbers of the parts that were not there."""
        return [number for number in range(self.plan.points.parts) if number not in self.done]

    def check_whole(self) -> None:
        """Errors: `InvalidInput` if parts are not there, though all were computed."""
        lost = self.plan.points.parts - len(self._numbers())
        if lost > 0:
            message = f"{lost:,} part{'' if lost == 1 else 's'} of the sweep did not come to '{self.folder}'"
            hint = "the workers have to reach this folder by this name; --resume goes on with what is here"
            raise InvalidInput([Problem("file", message, hint=hint)])

    def unfinished(self) -> Path:
        """Where something can be written that is swept up if nobody finishes it."""
        return self.folder / f"{UNFINISHED}joined-{uuid4().hex}"

    def tables(self) -> Iterator[Any]:
        """The rows of all parts, in order."""
        schema = schema_of(self.plan)
        for number in range(self.plan.points.parts):
            yield read_part(self.folder, number).replace_schema_metadata(schema.metadata)

    def remove(self) -> None:
        """Remove the parts."""
        for number in self._numbers():
            part_path(self.folder, number).unlink(missing_ok=True)

    def close(self) -> None:
        """Let others write to the folder; without parts, it is left as it was."""
        with suppress(OSError):
            if not self._numbers() and all(path.name.startswith(_OURS) for path in self.folder.iterdir()):
                self._sweep_up()
                (self.folder / PLAN).unlink(missing_ok=True)
                if self.made or self.folder.suffix == ".parts":
                    os.rmdir(self.folder)  # noqa: PTH106 - a folder that holds something else stays
        self.lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
