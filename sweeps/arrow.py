"""pyarrow, which ships no types: what is made with it is `Any` here, and given a type where it is used."""

from __future__ import annotations

from typing import Any

import pyarrow
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

pa: Any = pyarrow
pq: Any = pyarrow.parquet
csv: Any = pyarrow.csv
ipc: Any = pyarrow.ipc
