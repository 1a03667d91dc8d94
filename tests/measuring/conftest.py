"""Measured rows made of a few words, and texts held against golden ones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from roofsheet.measuring.books import Books
from roofsheet.measuring.mapping import Outcome, map_rows
from roofsheet.measuring.names import Names, read_names
from roofsheet.measuring.rows import Measurement, read_measurements
from roofsheet.problems import render
from roofsheet.scenarios import Library

from ..floors import floors_once

__all__ = ["floors_once"]

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "UPDATE_GOLDEN" in os.environ
PLAIN = {
    "gpu": "NVIDIA H100 SXM", "model": "Meta-Llama-3-8B", "engine": "vLLM", "engine_version": "0.19.0",
    "gpu_count": "1", "weight_precision": "bf16", "kv_precision": "BF16", "load_mode": "closed-loop",
    "batch_or_concurrency": "16", "input_len": "1000", "output_len": "500", "metric": "tpot",
    "value": "9", "unit": "ms",
}  # fmt: skip

Row = Callable[..., Measurement]
Map = Callable[..., Outcome]


@pytest.fixture(scope="session")
def library() -> Library:
    return Library([])


@pytest.fixture(scope="session")
def names() -> Names:
    problems = []
    found = read_names(problems)
    assert found is not None, render(problems)
    return found


@pytest.fixture(scope="session")
def books(names, library) -> Books:
    return Books(names, library=library)


@pytest.fixture
def row(tmp_path) -> Row:
    """A row of vLLM on an H100, but for what is said."""

    def make(**cells: str) -> Measurement:
        told = {**PLAIN, **cells}
        path = tmp_path / "rows.csv"
        quoted = ('"' + each.replace('"', '""') + '"' for each in told.values())
        path.write_text(f"{','.join(told)}\n{','.join(quoted)}\n", encoding="utf-8")
        problems = []
        (found,) = read_measurements(path, problems)
        assert not problems, render(problems)
        return found

    return make


@pytest.fixture
def mapped(row, names, library) -> Map:
    """What becomes of such a row."""

    def make(**cells: str) -> Outcome:
        (found,) = map_rows([row(**cells)], names, library)
        return found

    return make


@pytest.fixture
def golden() -> Callable[[Path, str], None]:
    """Hold a text against a file; UPDATE_GOLDEN=1 writes it anew."""

    def check(path: Path, text: str) -> None:
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check
