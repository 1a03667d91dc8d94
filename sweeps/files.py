"""A sweep's rows as one file: Parquet, Arrow or CSV, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..problems import InvalidInput, Problem
from .arrow import csv, ipc, pa, pq
from .tables import parquet_options

GROUP = 2**19  # rows in a row group, at least; a part has as many at most


def write_tables(path: Path, schema: Any, tables: Iterable[Any]) -> None:
    """Write the tables, one after the other, to a file whose name says its form.

    Errors: `InvalidInput` where it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        with WRITERS[path.suffix](unfinished, schema) as write:
            for table in grouped(tables, GROUP):
                write(table)
        unfinished.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidInput([Problem("file", f"'{path}' cannot be written: {reason}")]) from None
    finally:
        unfinished.unlink(missing_ok=True)


def grouped(tables: Iterable[Any], rows: int) -> Iterator[Any]:
    """The same rows in fewer tables, each but the last of at least so many rows."""
    held: list[Any] = []
    for table in tables:
        held.append(table)
        if sum(each.num_rows for each in held) >= rows:
            yield pa.concat_tables(held).combine_chunks()
            held = []
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
