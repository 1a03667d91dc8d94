"""docs/import.md is true: its commands print what it shows, its files are read, its dialect is one."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import roofsheet
from roofsheet.cli.main import roofsheet as cli
from roofsheet.problems import render
from roofsheet.scenarios import Library
from roofsheet.scenarios.importing import Wanted, import_config
from roofsheet.scenarios.importing.dialects import SORTS
from roofsheet.scenarios.importing.shelf import Shelf

DOCS = (Path(roofsheet.__file__).parent / "docs" / "import.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of the page, in which its commands run."""
    monkeypatch.chdir(tmp_path)
    config = blocks("json")[0]
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "typo.json").write_text(config.replace("num_key_value_heads", "num_kv_headz"))
    scenario, dialect = blocks("yaml")
    (tmp_path / "mine.yaml").write_text(scenario)
    (tmp_path / "acorn.yaml").write_text(dialect)
    return tmp_path


def test_the_commands_print_what_the_page_shows(folder):
    for block in blocks("console"):
        command, _, shown = block.removeprefix("$ ").partition("\n")
        words = shlex.split(command)
        assert words.pop(0) == "roofsheet"
        assert CliRunner().invoke(cli, words).output.strip().startswith(shown.strip()), command


def test_the_dialect_of_the_page_reads_its_example(folder):
    shelf = Shelf(Library([]), folder / "acorn.yaml")
    dialect = shelf.get(str(folder / "acorn.yaml"))
    assert dialect is not None
    assert not shelf.problems, render(shelf.problems)
    (example,) = dialect.examples
    found = import_config(example.config, Wanted("acorn", "2026-07-27"), folder / "acorn.yaml")
    assert found.entry is not None, render(found.problems)
    assert "stack: start + 2 * (sliding + full) + finish" in found.text
    assert found.counts["n_parameters"] == int(example.gives["n_parameters"].text)


def test_the_page_names_every_sort_of_key():
    table = DOCS[DOCS.index("| is | holds |") :]
    assert all(f"`{sort}`" in table for sort in SORTS)
