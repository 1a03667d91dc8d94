"""README.md is true: its commands print what it shows, its files load, its Python runs, its picture is today's."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import roofsheet
from roofsheet.cli.main import roofsheet as cli

from .floors import floors_once

__all__ = ["floors_once"]

ROOT = Path(roofsheet.__file__).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def printed_by(command):
    words = shlex.split(command)
    assert words[0] == "roofsheet"
    run = CliRunner().invoke(cli, words[1:])
    return run.output


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_readme_shows(block):
    command, _, shown = block.removeprefix("$ ").replace("\\\n", " ").partition("\n")
    assert printed_by(command).strip() == shown.strip()


@pytest.mark.parametrize("block", blocks("yaml"))
def test_a_file_of_the_readme_loads(block, tmp_path):
    (tmp_path / "mine.yaml").write_text(block, encoding="utf-8")
    run = CliRunner().invoke(cli, ["show", str(tmp_path / "mine.yaml")])
    assert run.exit_code == 0, run.output
    assert "97  sequence" in run.output


def test_the_python_of_the_readme_runs():
    found = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "README.md", "README.md", 0)
    assert len(found.examples) >= 7
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(found)
    assert result.failed == 0


def test_the_commands_of_make_are_those_of_the_makefile():
    targets = set(re.findall(r"make (\w+)", README)) - {"are"}
    assert {"demo", "test", "mutants", "bench"} <= targets
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_what_the_readme_says_the_audit_finds_is_found():
    audit = printed_by(f"roofsheet audit {GUIDE}")
    said = re.sub(r"\s+", " ", audit)
    for line in ("503.8 TFLOPS", "65.04 ms", "n_layers is 80 layer, where the catalogue has 64", "262,144 byte/token"):
        assert line in said, line


def rows_of(page, head):
    """The rows of the first table with such a head, by their first cell, without it."""
    lines = page[page.index(head) :].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2 : lines.index("")]]
    return {name: rest for name, *rest in cells}


def test_the_errors_are_those_of_the_page_on_accuracy():
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    said = rows_of(README, "| kind of figure |")
    known = rows_of(page, "| kind of figure |")
    of_all = known.pop("all of these")
    assert f"Held against {of_all[0]} public measurements" in README
    assert said == {
        name: [rows, floor, left.partition("/")[0], width, held]
        for name, (rows, _, floor, _, left, _, width, held) in known.items()
    }


def test_the_picture_of_errors_has_a_dot_for_each_row_and_kind():
    picture = (ROOT / "docs" / "images" / "accuracy.svg").read_text(encoding="utf-8")
    said = rows_of(README, "| kind of figure |")
    assert picture.count("<circle") == sum(int(rows) for rows, *_ in said.values()) + len(said)
    assert set(said) <= set(texts(picture))


def texts(svg):
    return sorted(text for node in ElementTree.fromstring(svg).iter() if (text := (node.text or "").strip()))


def test_the_picture_is_what_is_drawn_today():
    """By its texts: where they stand depends on the fonts of the machine."""
    drawn = roofsheet.open(GUIDE).diagram("max_batch", "tpot", "ttft").render("svg")
    committed = (ROOT / "docs" / "images" / "guide.svg").read_bytes()
    assert texts(drawn) == texts(committed)


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)]+)\)", README))
def test_a_link_of_the_readme_leads_somewhere(link):
    assert (ROOT / link).exists()
