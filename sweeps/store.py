"""A folder of finished parts, each a Parquet file of its own: what a sweep can be resumed from, and shared by.

Invariants: a file with a part's name is whole (it is written under another name, then renamed); a part has one name
and one content, so to compute it again changes nothing. `sweep.json` says whose parts they are.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..problems import InvalidInput, Problem
from ..scenarios import write_whole
from .arrow import pa, pq
from .plan import Plan
from .rows import Rows
from .tables import parquet_options, schema_of, table_of
from .tally import Tally, tally_of

PLAN = "_sweep.json"  # readers of data sets pass over names that begin so
TALLY = b"roofsheet.tally"
UNFINISHED = ".part-"
_PART = re.compile(r"part-(\d{6,})\.parquet")


def part_path(folder: Path, number: int) -> Path:
    return folder / f"part-{number:06}.parquet"


def write_part(plan: Plan, folder: Path, number: int, rows: Rows, tally: Tally) -> None:
    """Write a part's rows, and what was counted, as one file."""
    schema = schema_of(plan)
    metadata: dict[bytes, bytes] = {**schema.metadata, TALLY: json.dumps(tally.record()).encode()}
    table = table_of(rows, schema).replace_schema_metadata(metadata)
    path = part_path(folder, number)
    unfinished = folder / f".{path.name}-{uuid4().hex}"
    try:
        pq.write_table(table, unfinished, **parquet_options(schema))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_part(folder: Path, number: int) -> Any:
    """The part's rows as an Arrow table."""
    return pq.ParquetFile(part_path(folder, number)).read()


class Store:
    """The folder of a plan's parts. Errors of its making: `InvalidInput` where it cannot be had, or is another's."""

    def __init__(self, folder: Path, plan: Plan, resume: bool) -> None:
        self.folder, self.plan = folder, plan
        self.tallies: dict[int, Tally] = {}
        stands = bool(self._numbers())
        if stands and not resume:
            hint = "--resume goes on with it; to start anew, remove the folder"
            raise InvalidInput([Problem("usage", f"'{folder}' holds parts of an earlier sweep", hint=hint)])
        if stands:
            self._check()
            self.tallies = dict(self._done())
            self._sweep_up()
        else:
            self._begin()

    def _begin(self) -> None:
        problems: list[Problem] = []
        try:
            self.folder.mkdir(parents=False, exist_ok=True)
            others = any(not path.name.startswith((PLAN, f".{PLAN}", UNFINISHED)) for path in self.folder.iterdir())
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InvalidInput([Problem("file", f"'{self.folder}' cannot be written: {reason}")]) from None
        if others:
            raise InvalidInput([Problem("usage", f"the folder '{self.folder}' is not empty")])
        write_whole(self.folder / PLAN, json.dumps(self.identity(), indent=2) + "\n", problems)
        if problems:
            raise InvalidInput(problems)

    def identity(self) -> dict[str, Any]:
        """What has to be the same for parts to belong together."""
        return {"version": version("roofsheet"), "files": self.plan.sources.digest, **self.plan.request.record()}

    def _check(self) -> None:
        try:
            known = json.loads((self.folder / PLAN).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise InvalidInput([Problem("file", f"'{self.folder / PLAN}' cannot be read")]) from None
        mine = json.loads(json.dumps(self.identity()))
        other = [key for key in mine if known.get(key) != mine[key]] if isinstance(known, dict) else ["version"]
        if other:
            told = {"files": "the scenario's files have changed", "version": "it is of another version of roofsheet"}
            said = ", ".join(told.get(key, f"its {key} is another") for key in other)
            message = f"'{self.folder}' holds parts of another sweep: {said}"
            raise InvalidInput([Problem("usage", message, hint="ask for the same again, or remove the folder")])

    def _numbers(self) -> list[int]:
        if not self.folder.is_dir():
            return []
        found = (_PART.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted(int(match[1]) for match in found if match)

    def _done(self) -> Iterator[tuple[int, Tally]]:
        """The parts that are there, each with what was counted; one that cannot be read is made anew."""
        for number in self._numbers():
            with suppress(OSError, ValueError, KeyError, pa.ArrowException):
                metadata = pq.read_schema(part_path(self.folder, number)).metadata
                yield number, tally_of(json.loads(metadata[TALLY]))

    def _sweep_up(self) -> None:
        """Remove what was left unfinished."""
        for path in self.folder.glob(f"{UNFINISHED}*"):
            path.unlink(missing_ok=True)

    @property
    def missing(self) -> list[int]:
        """The numbers of the parts that are not there yet."""
        return [number for number in range(self.plan.points.parts) if number not in self.tallies]

    def tables(self) -> Iterator[Any]:
        """The rows of all parts, in order."""
        schema = schema_of(self.plan)
        for number in range(self.plan.points.parts):
            yield read_part(self.folder, number).replace_schema_metadata(schema.metadata)

    def remove(self) -> None:
        """Remove the parts, and the folder if nothing else is in it."""
        for number in self._numbers():
            part_path(self.folder, number).unlink(missing_ok=True)
        (self.folder / PLAN).unlink(missing_ok=True)
        with suppress(OSError):
            os.rmdir(self.folder)  # noqa: PTH106 - a folder that holds something else stays
