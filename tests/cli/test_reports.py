"""What people read, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest

import roofsheet
from roofsheet.diagrams.text import fitted, line, plain
from roofsheet.diagrams.text_show import claim_lines

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
CATALOGUE = "qwen3-vl-32b-on-rtx-pro-6000"
MADE_UP = str(Path(__file__).parents[1] / "made_up" / "scenario.yaml")
SMALL = str(Path(__file__).parents[1] / "small_model" / "scenario.yaml")  # two sorts of layers, 2,100 quantities

REPORTS = {
    "show-guide": ("show", GUIDE),
    "show-baseten": ("show", "guides/baseten-inference-guide"),
    "show-failing": ("show", GUIDE, "--set", "n_kv_heads=80"),
    "explain-max-batch": ("explain", GUIDE, "max_batch"),
    "explain-bottleneck": ("explain", GUIDE, "bottleneck", "--depth", "1"),
    "show-engine": ("show", "qwen3-32b-on-h100-with-vllm"),
    "show-small": ("show", SMALL),
    "explain-small-tpot": ("explain", SMALL, "tpot"),
    "explain-small-row": ("explain", SMALL, "tpot", "--row", "moe.attend"),
    "explain-small-weights": ("explain", SMALL, "weight_bytes"),
    "explain-small-batch": ("explain", SMALL, "max_batch"),
    "audit-guide": ("audit", GUIDE),
    "audit-deepseek": ("audit", "deepseek-v3-on-8-h200", "--as-of", "2026-12-01"),
    "audit-entry": ("audit", "hardware/t4", "--as-of", "2028-12-01"),
    "diff": ("diff", GUIDE, CATALOGUE),
    "list": ("list",),
    "help": ("--help",),
    "help-show": ("show", "--help"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_agreed(name, run, golden):
    golden(name, run(*REPORTS[name]).stdout)


@pytest.mark.parametrize("name", sorted({*REPORTS} - {"help-show"}))
def test_a_report_fits_a_page_of_80_columns(name, run):
    """But for commands and addresses to copy."""
    lines = run(*REPORTS[name]).stdout.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.strip().startswith("https://")] == []


def test_the_rows_that_are_too_wide_for_the_page_take_two_lines():
    rows = [line("ttft", "1 ms"), line("tpot", "2 ms"), line("a" * 12, "3 ms")]
    assert plain(each for lines in fitted(rows, ("left", "right"), 18) for each in lines).splitlines() == [
        "ttft          1 ms", "tpot          2 ms", "aaaaaaaaaaaa  3 ms",
    ]  # fmt: skip
    assert plain(each for lines in fitted(rows, ("left", "right"), 17) for each in lines).splitlines() == [
        "ttft  1 ms", "tpot  2 ms", "aaaaaaaaaaaa", "    3 ms",
    ]  # fmt: skip


def test_a_table_too_wide_in_most_rows_is_none():
    rows = [line("a" * 12, "3 ms"), line("b" * 12, "4 ms"), line("c", "d")]
    assert plain(each for lines in fitted(rows, ("left", "right"), 14) for each in lines).splitlines() == [
        "a" * 12, "    3 ms", "b" * 12, "    4 ms", "c", "    d",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "numbers", "subjects"), [(21, 8, 2), (40, 3, 0), (60, 2, 0)])
def test_a_narrow_page_breaks_no_number_and_no_subject(width, numbers, subjects):
    workbook = roofsheet.open("guides/baseten-inference-guide")
    lines = plain(claim_lines(workbook.claims(), width)).splitlines()
    assert "    8,640,266,240 FLOP/sequence/head  8,640,266,240 FLOP/sequence/head" in lines
    assert any(line.startswith("≠  t4.tpot / a100.tpot") for line in lines)
    lines = [line for line in lines if "claims:" not in line]
    wide = [line for line in lines if len(line) > width]
    assert sum(line.startswith("    ") for line in wide) == numbers
    assert sum(line.startswith(("✓  ", "≠  ")) for line in wide) == subjects
    assert len(wide) == numbers + subjects


def test_a_report_that_is_piped_has_no_colours(run):
    assert "\x1b" not in run("show", GUIDE).stdout


def test_operators_are_explained_as_one_table_and_the_largest_row(run):
    text = run("explain", MADE_UP, "step_time").stdout
    assert text.count("products[:].decode of 13 rows") == 1
    assert "narrow.expert" in text
    assert "narrow.expert.decode.time = 221.18 us" in text
    assert "wide.qkv.decode.time" not in text


@pytest.mark.parametrize("name", ["tpot", "ttft", "kv_bytes_per_token", "weight_bytes", "max_batch", "n_parameters"])
def test_a_real_models_result_is_explained_on_a_page_or_two(name, run):
    lines = run("explain", SMALL, name).stdout.splitlines()
    assert len(lines) <= 132
    assert sum(line.startswith("operators[:].decode of") for line in lines) == (2 if name == "tpot" else 0)


def test_all_of_it_is_told_when_asked_for(run):
    short, whole = run("explain", SMALL, "tpot").stdout, run("explain", SMALL, "tpot", "--all").stdout
    assert "mtp.expert_up  " not in short
    assert "mtp.expert_up  " in whole
    assert "moe.n_layers L = 26 layer (above)" in whole
    assert "at their defaults" not in whole


def test_another_row_can_be_opened(run):
    text = run("explain", MADE_UP, "step_time", "--row", "wide.qkv").stdout
    assert "wide.qkv.decode.time = 30.72 us" in text
    assert "narrow.expert.decode.time" not in text


def test_a_difference_names_what_made_it(run):
    lines = run("diff", GUIDE, CATALOGUE, "--set", "memory_capacity=96 GB").stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("max_batch"))
    assert lines[place].split() == ["max_batch", "4", "→", "27", "sequence", "6.75x"]
    assert set(lines[place + 1].split()[1:]) == {"n_layers,", "n_kv_heads,", "n_parameters"}


def test_a_result_that_is_an_input_is_not_its_own_cause(run, scenario):
    path = scenario("scenario: Mine\nquantities:\n  a: {unit: ms, default: 1 ms}\nshow: [a]\n")
    other = Path(path).with_name("other.yaml")
    other.write_text("scenario: Other\nextends: ./mine.yaml\nset: {a: 2 ms}\nshow: [a]\n", encoding="utf-8")
    text = run("diff", path, str(other)).stdout
    assert text.count("2 ms") == 2
    assert "by" not in text


def test_a_long_name_stands_above_its_value(run, scenario):
    name = "a" * 70
    path = scenario(
        f"scenario: Mine\nquantities:\n  {name}: {{unit: ms, default: 1 ms}}\n  b: {{unit: ms, default: 20 ms}}\n"
    )
    assert run("show", path, name, "b").stdout.splitlines()[2:] == [
        "quantity  value  unit",
        name,
        "    1  ms",
        "b            20  ms",
    ]


SPOILT = """
scenario: Mine
quantities:
  fee: {unit: USD/h}
  work: {unit: GB, default: 2 GB}
  cost: {unit: USD, formula: 'fee * 2[h]'}
  left: {unit: GB, formula: 'work - 1[GB]'}
"""


def test_what_lacks_an_input_is_left_out_where_nobody_asks_for_it(run, scenario):
    found = run("show", scenario(SPOILT))
    assert (found.exit_code, found.stderr) == (0, "")
    assert "left          1  GB" in found.stdout
    assert "not told, as nothing sets fee: cost" in found.stdout


@pytest.mark.parametrize("asked", [("cost",), ()])
def test_what_lacks_an_input_is_told_where_somebody_does(asked, run, scenario):
    found = run("show", scenario(SPOILT + ("" if asked else "show: [cost]\n")), *asked)
    assert found.exit_code == 2
    assert "fee has no value" in found.stderr


def test_another_error_is_told_where_nobody_asks(run, scenario):
    found = run("show", scenario("scenario: Mine\nquantities:\n  none: {default: 0}\n  all: 1 / none\n"))
    assert found.exit_code == 2


def test_scenarios_alike_have_no_difference(run):
    text = run("diff", GUIDE, GUIDE).stdout
    assert "differ" not in text
    assert "the same: ops_to_byte" in text
