"""pycel: an Excel workbook compiled to Python, cells evaluated as they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contest import RESULTS, Contender

from . import imported
from .excel import CELLS, SHEET, write


def point(given: Mapping[str, float]) -> Contender:
    compiler = imported("pycel").ExcelCompiler
    with TemporaryDirectory() as folder:
        excel = compiler(filename=str(write(Path(folder), given)))
        cells = {name: f"{SHEET}!{cell}" for name, cell in CELLS.items()}
        results, tpot, bandwidth_cell = [cells[name] for name in RESULTS], cells["tpot"], cells["memory_bandwidth"]
        excel.evaluate(results)  # reads the file

    def evaluate() -> list[Any]:
        excel.recalculate()
        return [excel.evaluate(cell) for cell in results]  # by cell: a list at once takes longer

    def change(bandwidth: float) -> float:
        excel.set_value(bandwidth_cell, bandwidth * 1e9)
        return excel.evaluate(tpot) * 1e3

    return Contender(evaluate, change)
