"""The command line, run in this process; and reports held against golden texts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roofsheet.cli.main import roofsheet

from ..floors import floors_once

__all__ = ["floors_once"]

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "UPDATE_GOLDEN" in os.environ

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path, monkeypatch) -> Run:
    """Run `roofsheet` with these arguments, in an empty folder; an exception is the test's failure."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(roofsheet, arguments, catch_exceptions=False)

    return invoke


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Hold a text against tests/cli/golden; UPDATE_GOLDEN=1 writes it anew."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def scenario(tmp_path) -> Callable[[str], str]:
    """The path of a scenario file with this text."""

    def write(text: str) -> str:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
