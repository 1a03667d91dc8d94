"""formulas: an Excel workbook as a dispatch graph, compiled to a function of chosen cells."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contest import INPUTS, RESULTS, Contender

from . import imported
from .excel import CELLS, FILE, SHEET, write


def point(given: Mapping[str, float]) -> Contender:
    """A function for each question: what is no input of it is computed once, when it is compiled."""
    os.environ.setdefault("TQDM_DISABLE", "1")  # its progress bars
    formulas = imported("formulas")
    with TemporaryDirectory() as folder:
        model = formulas.ExcelModel().loads(str(write(Path(folder), given))).finish()
    cells = {name: f"'[{FILE}]{SHEET}'!{cell}" for name, cell in CELLS.items()}
    whole = model.compile([cells[name] for name in INPUTS], [cells[name] for name in RESULTS])
    tpot = model.compile([cells["memory_bandwidth"]], [cells["tpot"]])
    inputs = [given[name] for name in INPUTS]
    return Contender(
        lambda: whole(*inputs),
        lambda bandwidth: float(tpot(bandwidth * 1e9).value[0, 0]) * 1e3,
        lambda found: [_value(each) for each in found],
    )


def _value(ranges: Any) -> float | str:
    value = ranges.value[0, 0]
    return str(value) if isinstance(value, str) else float(value)
