"""The commands themselves: help, pictures, hostile names, and the process around them."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest

from roofsheet.cli.main import COMMANDS, roofsheet
from roofsheet.cli.screen import page_width, write_lines
from roofsheet.diagrams.text import Line

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
MADE_UP = str(Path(__file__).parents[1] / "made_up" / "scenario.yaml")
CONFIG = (
    '{"model_type": "llama", "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,'
    ' "num_attention_heads": 4, "vocab_size": 100}'
)
SIGNED = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml", ".dot": b"digraph"}


def command_named(name: str) -> click.Command:
    found = roofsheet.get_command(roofsheet.make_context("roofsheet", [name], resilient_parsing=True), name)
    assert found is not None
    return found


def help_examples() -> list[str]:
    texts = [roofsheet.epilog or "", *(command_named(name).epilog or "" for name in COMMANDS)]
    joined = "\n".join(texts).replace("\\\n", " ")
    return sorted(set(re.findall(r"^  roofsheet (.*)$", joined, re.MULTILINE)))


@pytest.mark.parametrize("example", help_examples())
def test_an_example_of_a_help_text_runs(example, run, tmp_path):
    (tmp_path / "config.json").write_text(CONFIG, encoding="utf-8")
    assert run(*shlex.split(example)).exit_code in (0, 1)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_and_says_what_the_list_of_commands_says(name):
    command = command_named(name)
    assert f"  roofsheet {name}" in (command.epilog or "")
    assert (command.help or "").splitlines()[0] == COMMANDS[name].summary
    assert command.name == name


@pytest.mark.parametrize("extension", SIGNED)
def test_a_picture_is_written_in_the_format_of_its_extension(extension, run, tmp_path):
    assert run("diagram", GUIDE, "tpot", "-o", f"tpot{extension}").exit_code == 0
    assert (tmp_path / f"tpot{extension}").read_bytes().startswith(SIGNED[extension])
    assert [path.name for path in tmp_path.iterdir()] == [f"tpot{extension}"]


def test_a_picture_without_a_file_is_dot_text(run):
    text = run("diagram", GUIDE, "tpot").stdout
    assert text.startswith("digraph")
    assert "weight_bytes" in text


def test_a_picture_goes_to_standard_output_in_another_format(run):
    assert b"<svg" in run("diagram", GUIDE, "tpot", "--format", "svg").stdout_bytes


def test_a_picture_of_a_wrong_formula_is_written_all_the_same(run, scenario, tmp_path):
    path = scenario("scenario: Wrong\nquantities:\n  time:\n    unit: ms\n    formula: 3[byte] * 2\n")
    result = run("diagram", path, "-o", "wrong.svg")
    assert result.exit_code == 2
    assert "error[dimension]" in result.stderr
    assert "time" in (tmp_path / "wrong.svg").read_text(encoding="utf-8")


def test_a_column_of_a_table_is_drawn_by_its_name(run, tmp_path):
    assert run("diagram", MADE_UP, "products.decode.time", "--depth", "1", "-o", "column.dot").exit_code == 0
    assert "products.decode.flops" in (tmp_path / "column.dot").read_text(encoding="utf-8")


def test_a_mistaken_column_is_refused_with_the_nearest_one(run, tmp_path):
    result = run("diagram", MADE_UP, "products.decode.tme", "tpto", "-o", "column.dot")
    assert result.exit_code == 2
    assert "did you mean products.decode.time" in result.stderr
    assert "nothing here is called tpto" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["no/such/folder.svg", "picture.gif", "picture"])
def test_a_picture_that_cannot_be_written_is_a_problem(path, run, tmp_path):
    result = run("diagram", GUIDE, "tpot", "-o", path)
    assert result.exit_code == 2
    assert "error[" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_extension_and_a_format_do_not_go_together(run):
    assert run("diagram", GUIDE, "-o", "a.svg", "--format", "png").exit_code == 2


@pytest.mark.parametrize(
    "name", ["", " ", "..", "/", "[bold]x[/bold]", "\x1b[31mred", "a" * 5000, "tpot\n", "🙂", "--", "../../etc/passwd"]
)
def test_a_strange_name_is_refused_and_steers_no_terminal(name, run):
    for arguments in (("show", "--", name), ("show", GUIDE, "--", name), ("show", GUIDE, "--set", f"{name}=1")):
        result = run(*arguments)
        if arguments[-1] == "--":
            continue
        assert result.exit_code == 2
        assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize("folder", [".", "/"])
def test_a_folder_is_no_scenario(folder, run):
    assert run("show", folder).exit_code == 2


# -- the process -----------------------------------------------------------------------------------


MAIN = "from roofsheet.cli import main; main()"
LOADED = """
import sys
from roofsheet.cli import main
try:
    main()
finally:
    print({"graphviz", "networkx", "pint", "pygraphviz", "rich", "yaml"} & {*sys.modules})
"""


def spawn(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python running `code`, with these variables in its environment."""
    environment = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_the_process_ends_with_the_commands_code():
    assert spawn(MAIN, "show", GUIDE, "tpot").returncode == 0
    assert spawn(MAIN, "show", GUIDE, "--set", "n_layers=64").returncode == 1
    wrong = spawn(MAIN, "show", "nowhere")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def test_help_imports_nothing_of_what_commands_need():
    assert spawn(LOADED, "--help").stdout.endswith("set()\n")


def test_what_is_piped_needs_neither_rich_nor_graphviz():
    loaded = spawn(LOADED, "show", GUIDE).stdout.splitlines()[-1]
    assert "yaml" in loaded
    assert not any(name in loaded for name in ("graphviz", "rich"))


def test_a_reader_that_leaves_early_is_no_error():
    shell = f"'{sys.executable}' -c '{MAIN}' audit {GUIDE} | head -c 1"
    result = subprocess.run(["bash", "-c", shell], capture_output=True, check=True)
    assert result.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-c", MAIN, "show", GUIDE], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 2
    assert result.stderr == b"the output cannot be written: No space left on device\n"


def test_held_and_failed_stay_apart_in_ascii():
    shown = spawn(MAIN, "show", GUIDE, "--set", "n_layers=64", PYTHONIOENCODING="ascii").stdout
    assert shown.isascii()
    assert re.search(r"^\+  tpot", shown, re.MULTILINE)
    assert re.search(r"^x  max_batch", shown, re.MULTILINE)


def test_an_interrupted_command_ends_quietly():
    code = "from roofsheet.cli import show\ndef stop(*_): raise KeyboardInterrupt\nshow.open_scenario = stop\n" + MAIN
    stopped = spawn(code, "show", GUIDE)
    assert stopped.returncode == 130
    assert "Traceback" not in stopped.stderr


# -- the terminal ----------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard output of somebody who looks on."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def coloured(monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def painted(*lines: Line) -> str:
    with redirect_stdout(Terminal()) as screen:
        write_lines(lines)
    return screen.getvalue()


def test_a_terminal_gets_colours_and_brackets_are_no_markup():
    text = painted((("compute_rate[bf16, fp32, dense]", "name"), (" = [bold]1[/bold]\x1b[2J", "value")))
    assert "\x1b[1m" in text
    seen = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert seen == "compute_rate[bf16, fp32, dense] = [bold]1[/bold]?[2J\n"


@pytest.mark.parametrize(("encoding", "seen"), [("utf-8", "✓ ├─"), ("cp1252", "+ |-"), ("ascii", "+ |-")])
def test_a_terminal_gets_no_character_that_it_does_not_have(encoding, seen, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", encoding)
    assert painted((("✓", ""), (" ├─", ""))) == f"{seen}\n"


def test_no_color_is_obeyed(monkeypatch):
    assert "\x1b[32m" in painted((("held", "good"),))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in painted((("held", "good"),))


@pytest.mark.parametrize(("columns", "width"), [("20", 40), ("100", 100), ("400", 120)])
def test_a_page_is_as_wide_as_the_terminal_within_reason(columns, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    with redirect_stdout(Terminal()):
        assert page_width() == width
