"""Rows as Arrow tables: names, units and meanings in the schema, a column that says why something is missing."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

import numpy as np

from .arrow import pa
from .plan import PROBLEM, Heading, Plan
from .rows import Rows, Words

META = b"roofsheet"


def schema_of(plan: Plan) -> Any:
    """The columns, each with `role`, `unit` and `about` in its metadata; what was asked for is in the schema's own."""
    fields = [_field(heading, "axis") for heading in plan.axes] + [_field(each, "output") for each in plan.outputs]
    fields.append(
        pa.field(PROBLEM, pa.string(), metadata={"about": "Why the first missing value of the row is missing."})
    )
    said = {"version": version("roofsheet"), "title": plan.title, **plan.request.record()}
    return pa.schema(fields, metadata={META: json.dumps(said).encode()})


def _field(heading: Heading, role: str) -> Any:
    metadata = {"role": role, "about": heading.about} | ({"unit": heading.unit} if heading.unit else {})
    return pa.field(heading.name, pa.string() if heading.words else pa.float64(), metadata=metadata)


def table_of(rows: Rows, schema: Any) -> Any:
    """The rows in the schema's columns; what is missing is null."""
    arrays = [_array(column) for column in (*rows.columns.values(), rows.why)]
    return pa.Table.from_arrays(arrays, schema=schema)


def parquet_options(schema: Any) -> dict[str, Any]:
    """How the columns are packed. Axes and words repeat: a dictionary holds each value once; for results, which do not,
    to try one takes as long as all the rest."""
    repeating = [each.name for each in schema if each.type == pa.string() or each.metadata[b"role"] == b"axis"]
    return {"compression": "zstd", "use_dictionary": repeating}


def _array(column: Any) -> Any:
    if isinstance(column, Words):
        missing = column.codes < 0
        if missing.all():
            return pa.nulls(len(missing), pa.string())
        codes = pa.array(column.codes, mask=missing if missing.any() else None)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.words, pa.string())).cast(pa.string())
    missing = np.isnan(column)
    return pa.array(column, pa.float64(), mask=missing if missing.any() else None)
