"""What people read, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
CATALOGUE = "qwen3-vl-32b-on-rtx-pro-6000"
MADE_UP = str(Path(__file__).parents[1] / "made_up" / "scenario.yaml")

REPORTS = {
    "show-guide": ("show", GUIDE),
    "show-baseten": ("show", "guides/llama-2-7b-on-a10"),
    "show-failing": ("show", GUIDE, "--set", "n_kv_heads=80"),
    "explain-max-batch": ("explain", GUIDE, "max_batch"),
    "explain-bottleneck": ("explain", GUIDE, "bottleneck", "--depth", "1"),
    "audit-guide": ("audit", GUIDE),
    "diff": ("diff", GUIDE, CATALOGUE),
    "list": ("list",),
    "help": ("--help",),
    "help-show": ("show", "--help"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_agreed(name, run, golden):
    golden(name, run(*REPORTS[name]).stdout)


@pytest.mark.parametrize("name", sorted({*REPORTS} - {"help-show", "show-baseten"}))
def test_a_report_fits_a_page_of_80_columns(name, run):
    """But for commands to copy, and a table of claims that are that long."""
    lines = run(*REPORTS[name]).stdout.splitlines()
    assert [line for line in lines if len(line) > 80] == []


def test_a_report_that_is_piped_has_no_colours(run):
    assert "\x1b" not in run("show", GUIDE).stdout


def test_operators_are_explained_as_one_table_and_the_largest_row(run):
    text = run("explain", MADE_UP, "decode_time").stdout
    assert text.count("operators[:].decode.time of 13 rows") == 1
    assert "narrow.expert" in text
    assert "narrow.expert.decode.time = 221.18 us" in text
    assert "wide.qkv.decode.time" not in text


def test_another_row_can_be_opened(run):
    text = run("explain", MADE_UP, "decode_time", "--row", "wide.qkv").stdout
    assert "wide.qkv.decode.time = 30.72 us" in text
    assert "narrow.expert.decode.time" not in text


def test_a_difference_names_what_made_it(run):
    lines = run("diff", GUIDE, CATALOGUE, "--set", "memory_capacity=96 GB").stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("max_batch"))
    assert lines[place].split() == ["max_batch", "4", "→", "27", "sequence", "6.75x"]
    assert set(lines[place + 1].split()[1:]) == {"n_layers,", "n_kv_heads,", "n_parameters"}


def test_scenarios_alike_have_no_difference(run):
    text = run("diff", GUIDE, GUIDE).stdout
    assert "differ" not in text
    assert "the same: ops_to_byte" in text
