"""`roofsheet sweep`: what it prints, and what it refuses, golden at 80 columns."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from roofsheet.cli.point_progress import PointProgress, said
from roofsheet.sweeps import request

BOOK = """\
scenario: Small
with: {hardware: a10}
quantities:
  batch: {unit: sequence, default: 1}
  load: {unit: GB, default: 4 GB}
  format: {choices: [bf16, fp8], default: bf16}
  problem: {unit: s, default: 1 s}
  missing: {unit: s}
  time: {unit: ms, formula: 'load / memory_bandwidth / 1[device]'}
  share: {unit: '', formula: 'batch / (batch - 2)'}
  late: {unit: s, formula: missing * 2}
  kind: {choices: [short, long], formula: 'short if share < 2 else long'}
  a_quantity_with_quite_a_long_name: {unit: token/s, formula: '1[token] / time'}
  another_quantity_with_a_long_name: {unit: token/s, formula: '2[token] / time'}
  a_third_one_whose_name_is_long: {unit: token/s, formula: '3[token] / time'}
  and_a_fourth_one_to_make_it_wide: {unit: token/s, formula: '4[token] / time'}
cases: {big: {set: {load: 8 GB}}}
"""
BLOCK = """\
sweep:
  over: {batch: [3, 4, 5], load: 1..2 GB by 1 GB}
  get: [time, share]
  where: share < 2.5
  best: share
  top: 2
"""
WIDE = "a_quantity_with_quite_a_long_name,another_quantity_with_a_long_name,a_third_one_whose_name_is_long"
SHOWN = {
    "table": ["--over", "batch=1..4", "--over", "format=bf16,fp8", "--get", "time,share,kind"],
    "ranges": ["--over", "batch=3..40", "--over", "load=1..2 GB by 1 GB", "--get", "time,share,kind"],
    "wide": ["--over", "load=1 GB,2 GB", "--get", f"time,{WIDE},and_a_fourth_one_to_make_it_wide"],
    "one point": ["--over", "batch=2", "--get", "share"],
    "no list of results": ["--over", "batch=1,3"],
    "entries": ["--over", "hardware=a10,h100-sxm", "--get", "time"],
    "side by side": ["--zip", "--over", "batch=1,1,4", "--over", "load=1 GB,2 GB,1 GB", "--get", "time,share"],
    "where": ["--over", "batch=1..6", "--get", "time,share", "--where", "share > 1.4 and time < 1 s"],
    "where nothing holds": ["--over", "batch=1..6", "--get", "time,share", "--where", "time > 1 h"],
    "best": ["--over", "batch=1..90", "--best", "-share * time", "--top", "3", "--get", "time"],
    "best of none": ["--over", "batch=2", "--best", "share", "--get", "time"],
    "pareto": ["--over", "load=lin(1 GB,9 GB,3)", "--over", "batch=3..5", "--pareto", "time,-share", "--get", "kind"],
    "json": ["--over", "batch=2,3", "--over", "format=fp8", "--get", "share,kind", "--json"],
    "json refused": ["--over", "batch=2,x", "--json"],
    "file": ["--over", "batch=1..4", "--get", "time,share", "-o", "out file.parquet"],
    "folder": ["--over", "batch=1..4", "--get", "time,share", "-o", "out"],
}
REFUSED = [
    [], ["--over", "batch"], ["--over", "=1"], ["--over", "batch="], ["--over", "bach=1"], ["--over", "batch=1,1"],
    ["--over", "batch=1..2", "--over", "batch=1..3"], ["--over", "batch=1", "--get", "batch"],
    ["--over", "batch=1", "--get", "time,tim"], ["--over", "batch=1", "--get", ""],
    ["--over", "batch=1", "--get", "time,,share"], ["--over", "batch=1", "--get", "time,time"],
    ["--over", "batch=1", "--get", "problem"], ["--over", "problem=1 s"],
    ["--over", "batch=1..2", "--over", "load=1 GB", "--zip"], ["--over", "big.batch=1"],
    ["--over", "hardware=a11,h100-sxm,a10,A10"], ["--over", "hardware="], ["--over", "hardware=a10,,"],
    ["--over", "model=a10"], ["--over", "batch=1", "--where", "time"],
    ["--over", "batch=1", "--where", "time < 1 GB"], ["--over", "batch=1", "--where", "time <"],
    ["--over", "batch=1", "--where", "tim < 1 s", "--best", "shar"], ["--over", "batch=1", "--best", "kind"],
    ["--over", "batch=1", "--pareto", "time,kind"], ["--over", "batch=1", "--best", "time", "--pareto", "time"],
    ["--over", "batch=1", "--top", "3"], ["--over", "batch=1", "--pareto", "time", "--top", "3"],
    ["--over", "batch=1", "--top", "0"], ["--over", "batch=1", "--resume"],
    ["--over", "batch=1", "--best", "time", "--resume", "-o", "x.csv"], ["--over", "batch=1", "-o", "x.json"],
    ["--over", "batch=1", "-o", "nowhere/x.csv"], ["--over", "batch=1", "-o", "."],
    ["--over", "batch=1", "-o", "folder.csv"], ["--over", "batch=1", "--best", "time", "-o", "x"],
    ["--over", "batch=1..1e6", "--json"],
    ["--over", "batch=1..1e7", "--over", "load=lin(1 GB,2 GB,1e7)",
     "--over", "memory_bandwidth=lin(1 GB/s,2 GB/s,1000)"], ["--over", "batch=1", "--scheduler", "localhost"],
    ["--over", "batch=1", "--scheduler", "tpc://localhost:8786"], ["--over", "batch=1", "--set", "load=1 s"],
    ["--over", "batch=1", "--jobs", "0"],
]  # fmt: skip


@pytest.fixture
def sweep(run):
    """Sweep the small scenario in a folder of its own."""
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    Path("block.yaml").write_text(BOOK + BLOCK, encoding="utf-8")
    Path("folder.csv").mkdir()
    return lambda *arguments, book="book.yaml": run("sweep", book, *arguments)


def told(arguments, result):
    return f"$ {' '.join(arguments)}\n{result.output}[{result.exit_code}]\n"


@pytest.mark.parametrize("name", SHOWN)
def test_a_sweep_reads_as_agreed(name, sweep, golden):
    result = sweep(*SHOWN[name])
    assert name in ("json", "json refused") or max(map(len, result.stdout.splitlines())) <= 80
    golden(f"sweep-{name.replace(' ', '-')}", told(SHOWN[name], result))


def test_every_refusal_says_what_and_where(sweep, golden):
    """Each with exit code 2, nothing on standard output, and nothing written."""
    texts: list[str] = []
    for arguments in REFUSED:
        result = sweep(*arguments)
        assert result.exit_code == 2, arguments
        assert result.stdout == "" or "--json" in arguments
        texts.append(told(arguments, result))
    golden("sweep-refused", "\n".join(texts))
    assert sorted(path.name for path in Path().iterdir()) == ["block.yaml", "book.yaml", "folder.csv"]


def test_help_fits_the_screen(run, golden):
    result = run("sweep", "--help")
    options = result.stdout.partition("Examples:")[0]
    assert max(map(len, options.splitlines())) <= 80
    golden("sweep-help", result.stdout)


# -- the block of the scenario -------------------------------------------------------------------------------


def rows(result):
    return [tuple(row.values())[:-1] for row in json.loads(result.stdout)["rows"]]


def test_the_scenarios_block_is_swept(sweep):
    asked = json.loads(sweep("--json", book="block.yaml").stdout)
    assert asked["over"] == {"batch": "3, 4, 5", "load": "1..2 GB by 1 GB"}
    assert (asked["get"], asked["best"], asked["top"], asked["where"]) == (["time", "share"], "share", 2, "share < 2.5")
    assert [row["batch"] for row in asked["rows"]] == [4, 4]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--over", "batch=5,6", "--top", "1"], [(5, 1)]),
        (["--where", ""], [(3, 1), (3, 2)]),
        (["--best", "-share"], [(5, 1), (5, 2)]),
        (["--best", ""], [(4, 1), (4, 2), (5, 1), (5, 2)]),
        (["--pareto", "-time,share"], [(5, 2)]),
        (["--zip", "--over", "load=1 GB,2 GB,1 GB", "--best", ""], [(4, 2), (5, 1)]),
        (["--over", "format=fp8"], [(4, 1), (4, 2)]),
    ],
)
def test_an_option_stands_in_the_place_of_the_blocks(options, kept, sweep):
    found = rows(sweep(*options, "--json", book="block.yaml"))
    assert [row[:2] for row in found] == kept


def test_a_block_side_by_side_can_be_a_grid_again(sweep):
    text = BLOCK.replace("sweep:\n", "sweep:\n  zip: true\n").replace("1..2 GB by 1 GB", "1..3 GB by 1 GB")
    Path("zipped.yaml").write_text(BOOK + text, encoding="utf-8")
    assert len(rows(sweep("--json", "--best", "", "--where", "", book="zipped.yaml"))) == 3
    assert len(rows(sweep("--json", "--best", "", "--where", "", "--grid", book="zipped.yaml"))) == 9


def test_a_block_that_keeps_the_best_has_nothing_to_resume(sweep):
    result = sweep("-o", "x.csv", "--resume", book="block.yaml")
    assert (result.exit_code, "keep nothing until the end" in result.stderr) == (2, True)


# -- what is missing, and what is many -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "extra", "options"),
    [
        ("numpy", "sweep", []),
        ("pyarrow", "sweep", ["-o", "x.csv"]),
        ("distributed", "dask", ["--scheduler", "tcp://x:1"]),
    ],
)
def test_what_is_not_installed_is_told_in_one_line(module, extra, options, sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    result = sweep("--over", "batch=1", *options)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error[usage]: this sweep needs {module}, which is missing\n      hint      pip install 'roofsheet[{extra}]'\n"
    )


def test_a_table_on_the_screen_needs_no_pyarrow(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert sweep("--over", "batch=1,3", "--get", "share").exit_code == 0


def test_the_table_of_many_parts_is_that_of_one(sweep, monkeypatch):
    arguments = ["--over", "batch=3..90", "--over", "format=bf16,fp8", "--get", "share,kind", "--where", "share > 1.05"]
    whole = sweep(*arguments).output
    monkeypatch.setattr(request, "PART", 3)
    assert sweep(*arguments).output == whole
    few = sweep(*arguments, "--json")
    assert len(json.loads(few.stdout)["rows"]) == json.loads(few.stdout)["kept"] == 78


def test_progress_is_told_in_points_a_second(monkeypatch):
    clock = iter([0.0, 0.1, 2.0, 4.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = PointProgress(10_000_000, shown=True)
    drawn: list[tuple[int, str]] = []
    monkeypatch.setattr(progress, "_draw", lambda: setattr(progress, "_update", lambda *each: drawn.append(each)))
    progress.begin(1_000_000)
    for _ in range(3):
        progress.step(1_000_000)
    assert drawn == [(3_000_000, "3M of 10M points, 1M/s"), (4_000_000, "4M of 10M points, 750k/s")]
    assert said(999) == "999"
