"""A sweep's rows as one file: Parquet, Arrow or CSV, whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..problems import InvalidInput, Problem
from .arrow import csv, ipc, pa, pq
from .tables import parquet_options

GROUP = 2**19  # rows in a row group, at least; a part has as many at most


@contextmanager
def written(path: Path, hint: str = "") -> Generator[None]:
    """Within it, what goes wrong with a file is told. Errors: `InvalidInput`."""
    try:
        yield
    except UnicodeError:
        raise InvalidInput([Problem("file", f"'{path}' cannot be written: the name is no text")]) from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        problem = Problem("file", f"'{path}' cannot be written: {reason.lower()}", hint=hint)
        raise InvalidInput([problem]) from None


def check_writable(path: Path) -> None:
    """Errors: `InvalidInput` where a file of this name could not take the place of what is there."""
    with written(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "")


def write_tables(path: Path, schema: Any, tables: Iterable[Any], unfinished: Path | None = None) -> None:
    """Write the tables, one after the other, to a file whose name says its form; to `unfinished` first.

    Errors: `InvalidInput` where it cannot be written.
    """
    unfinished = unfinished or path.with_name(f".{path.name}-{uuid4().hex}")
    with written(path):
        try:
            with WRITERS[path.suffix](unfinished, schema) as write:
                for table in grouped(tables, GROUP):
                    write(table)
            check_writable(path)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def grouped(tables: Iterable[Any], rows: int) -> Iterator[Any]:
    """The same rows in fewer tables, each but the last of at least so many rows."""
    held: list[Any] = []
    count = 0
    for table in tables:
        if table.num_rows or not held:
            held.append(table)
        count += table.num_rows
        if count >= rows:
            yield pa.concat_tables(held).combine_chunks()
            held, count = [], 0
    if held:
        yield pa.concat_tables(held).combine_chunks()


Writer = Callable[[Any], None]


@contextmanager
def _parquet(path: Path, schema: Any) -> Generator[Writer]:
    with pq.ParquetWriter(path, schema, **parquet_options(schema)) as writer:
        yield lambda table: writer.write_table(table, row_group_size=2 * GROUP)


@contextmanager
def _arrow(path: Path, schema: Any) -> Generator[Writer]:
    with ipc.new_file(path, schema) as writer:
        yield writer.write_table


@contextmanager
def _csv(path: Path, schema: Any) -> Generator[Writer]:
    """The units stand in the header: `tpot [ms]`."""
    names = [_headed(field) for field in schema]
    header = pa.schema([pa.field(name, field.type) for name, field in zip(names, schema, strict=True)])
    with csv.CSVWriter(path, header) as writer:
        yield lambda table: writer.write_table(table.rename_columns(names).cast(header))


def _headed(field: Any) -> str:
    metadata: dict[bytes, bytes] = field.metadata or {}
    unit = metadata.get(b"unit", b"").decode()
    return f"{field.name} [{unit}]" if unit else field.name


WRITERS: Mapping[str, Callable[[Path, Any], Any]] = {".parquet": _parquet, ".arrow": _arrow, ".csv": _csv}
