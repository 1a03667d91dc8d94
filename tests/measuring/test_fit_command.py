"""roofsheet fit and roofsheet validate --leave-out: what they print, write and refuse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet
from roofsheet.measuring.books import Books
from roofsheet.measuring.engine_model import engine_model
from roofsheet.measuring.engine_sheets import workbook_of
from roofsheet.measuring.features import features_of
from roofsheet.measuring.mapping import map_rows
from roofsheet.measuring.rows import read_measurements
from roofsheet.problems import InvalidInput

GOLDEN = Path(__file__).parent / "golden"
HEAD = (
    "row_id,gpu,gpu_count,model,weight_precision,kv_precision,engine,engine_version,load_mode,batch_or_concurrency,"
    "input_len,output_len,metric,value,unit"
)
GPUS = ("NVIDIA H100 SXM", "NVIDIA A100 80GB", "NVIDIA H200 SXM")
MODELS = ("Meta-Llama-3-8B", "Qwen/Qwen3-32B", "Qwen/Qwen3-4B")
KNOWN = {"step.stream_efficiency": 0.7, "step.kernel_time": 18.0}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str):
        return CliRunner().invoke(roofsheet, [*arguments], catch_exceptions=False)

    return invoke


@pytest.fixture(scope="module")
def made(names, library, tmp_path_factory):
    """Rows of vLLM as constants that are known would have them, with noise and a tenth of them wrong."""
    path = tmp_path_factory.mktemp("made") / "rows.csv"
    asked = [
        f"M{gpu}{model}{output},{GPUS[gpu]},1,{MODELS[model]},bf16,BF16,vLLM,0.19.0,single,1,1000,{output},tpot,200,ms"
        for gpu in range(3)
        for model in range(3)
        for output in (100, 300, 900, 2000, 4000)
    ]
    path.write_text("\n".join([HEAD, *asked]) + "\n", encoding="utf-8")
    problems = []
    features, _ = features_of(
        map_rows(read_measurements(path, problems), names, library), Books(names, library=library)
    )
    assert not problems
    assert len(features) == len(asked)
    chance = np.random.default_rng(3)
    told = np.array(engine_model().predict(features, KNOWN).value) * np.exp(chance.normal(0, 0.03, len(asked)))
    told[::10] *= 3
    rows = [line.replace(",200,ms", f",{value:.4g},ms") for line, value in zip(asked, told, strict=True)]
    return "\n".join([HEAD, *rows]) + "\n"


@pytest.fixture(scope="module")
def warm(made, tmp_path_factory):
    """What a fit of these rows says of each constant."""
    path = tmp_path_factory.mktemp("warm") / "rows.csv"
    path.write_text(made, encoding="utf-8")
    done = CliRunner().invoke(roofsheet, ["fit", str(path), "--engine", "vllm", "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.stdout)["constants"]


def test_the_report_reads_as_agreed(run, made, golden):
    Path("rows.csv").write_text(made, encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "vllm")
    assert done.exit_code == 0
    golden(GOLDEN / "fit.txt", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_constants_that_made_the_rows_come_back(warm):
    for name, value in KNOWN.items():
        assert warm[name]["after"] == pytest.approx(value, rel=0.08)
        assert warm[name]["standard_error"] < 0.15
    assert not warm["fp4_efficiency"]["fitted"]
    assert warm["fp4_efficiency"]["after"] == warm["fp4_efficiency"]["before"]


def test_a_cold_start_ends_at_the_same_values(run, made, warm):
    Path("rows.csv").write_text(made, encoding="utf-8")
    cold = json.loads(run("fit", "rows.csv", "--engine", "vllm", "--json", "--cold").stdout)["constants"]
    for name in KNOWN:
        assert cold[name]["after"] == pytest.approx(warm[name]["after"], rel=2e-3)


def test_the_sheet_that_is_written_gives_the_fitted_values(run, made, golden):
    Path("rows.csv").write_text(made, encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "vllm", "-o", "my-engine.yaml")
    assert done.exit_code == 0
    golden(GOLDEN / "my-engine.yaml", Path("my-engine.yaml").read_text(encoding="utf-8"))
    workbook = workbook_of(str(Path("my-engine.yaml").absolute()))
    assert workbook.number("stream_efficiency") == pytest.approx(0.7, rel=0.05)
    assert [each.kind for each in workbook.provenance("kernel_time")] == ["fitted"]
    assert workbook.number("tpot_spread") == workbook.number("decode_spread")


def test_nothing_is_written_over_a_file_that_is_there(run, made):
    Path("rows.csv").write_text(made, encoding="utf-8")
    Path("my-engine.yaml").write_text("mine\n", encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "vllm", "-o", "my-engine.yaml")
    assert done.exit_code == 2
    assert Path("my-engine.yaml").read_text(encoding="utf-8") == "mine\n"
    assert "--force writes over it" in done.stderr


@pytest.mark.parametrize(
    ("kept", "engine", "name"),
    [(2, "vllm", "two-rows"), (45, "sglang", "another-engine"), (45, "wllm", "no-such-engine")],
)
def test_what_cannot_be_fitted_is_refused(run, made, golden, kept, engine, name):
    Path("rows.csv").write_text("".join(made.splitlines(keepends=True)[: kept + 1]), encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", engine, "-o", "my-engine.yaml")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert not Path("my-engine.yaml").exists()
    golden(GOLDEN / f"fit-{name}.txt", done.stderr)


def test_rows_of_one_model_on_one_accelerator_say_that_no_left_out_error_can_be_told(run, made):
    Path("rows.csv").write_text("".join(made.splitlines(keepends=True)[:6]), encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "vllm")
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert "that takes 3 groups" in said
    assert "here is one" in said
    assert "left out:" not in said


def test_one_sheet_cannot_hold_all_engines(run, made):
    Path("rows.csv").write_text(made, encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "all", "-o", "my-engine.yaml")
    assert done.exit_code == 2
    assert "no single sheet can hold the constants of all engines" in done.stderr


def test_values_are_written_into_the_sheets_where_they_stand(run, made):
    from roofsheet.scenarios import BUNDLED

    Path("rows.csv").write_text(made, encoding="utf-8")
    sheets = {path.name: path.read_text(encoding="utf-8") for path in (Path(BUNDLED) / "sheets/engines").glob("*.yaml")}
    Path("engines").mkdir()
    for name, text in sheets.items():
        Path("engines", name).write_text(text, encoding="utf-8")
    done = run("fit", "rows.csv", "--engine", "all", "--update", "engines")
    assert done.exit_code == 0
    assert done.stdout.endswith("written into step.yaml, vllm.yaml\n")
    changed = {}
    for name, text in sheets.items():
        lines = Path("engines", name).read_text(encoding="utf-8").splitlines()
        changed[name] = [line.strip(" {").split(":")[0] for line in lines if line not in text.splitlines()]
    step, ranges = changed.pop("step.yaml"), changed.pop("vllm.yaml")
    assert step == ["stream_efficiency", "kernel_time"] * 2, "in their places, and in the example that says them"
    assert ranges == ["decode_spread", "gives"]
    assert not any(changed.values())


def test_left_out_errors_are_told_beside_those_in_sample_and_the_floor_s(run, made, golden):
    Path("rows.csv").write_text(made, encoding="utf-8")
    done = run("validate", "rows.csv", "--leave-out", "group", "--by", "hardware")
    assert done.exit_code == 0
    golden(GOLDEN / "left-out.txt", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_report_keeps_the_page_round_its_tables(run, made):
    Path("rows.csv").write_text(made, encoding="utf-8")
    begin, end = "<!-- from here: written by roofsheet validate --leave-out --report -->", "<!-- to here -->"
    Path("page.md").write_text(f"# Mine\n\n{begin}\nSTALE\n{end}\n\nafter\n", encoding="utf-8")
    assert run("validate", "rows.csv", "--leave-out", "model", "--report", "page.md").exit_code == 0
    page = Path("page.md").read_text(encoding="utf-8")
    assert page.startswith(f"# Mine\n\n{begin}\n\n")
    assert page.endswith(f"{end}\n\nafter\n")
    assert "STALE" not in page
    assert "| decode, one sequence | 45 | 3 |" in page
    again = run("validate", "rows.csv", "--leave-out", "model", "--report", "page.md")
    assert again.exit_code == 0
    assert Path("page.md").read_text(encoding="utf-8") == page


def test_a_report_of_a_plain_validation_is_refused(run):
    done = run("validate", "measurements/sample", "--report", "page.md")
    assert done.exit_code == 2
    assert "--report has the tables of --leave-out" in done.stderr


def test_several_points_at_once_are_the_points_one_by_one(names, library, made, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(made, encoding="utf-8")
    features, _ = features_of(map_rows(read_measurements(path, []), names, library), Books(names, library=library))
    model = engine_model()
    values = {"step.stream_efficiency": [0.6, 0.9], "step.kernel_time": [10.0, 30.0]}
    found = model.at_points(features, {name: np.array(each) for name, each in values.items()})
    for place in range(2):
        alone = model.predict(features, {name: each[place] for name, each in values.items()})
        assert found[place] == pytest.approx(np.array(alone.value), rel=1e-12)
    with pytest.raises(InvalidInput):
        model.at_points(features, {"nothing": np.array([1.0])})


def test_the_bundled_rows_are_read_whole():
    path = Path(__file__).parents[2] / "scenarios/measurements/calibration.csv"
    problems = []
    rows = read_measurements(path, problems)
    assert not problems
    assert len(rows) > 500
    with path.open(encoding="utf-8", newline="") as file:
        assert all(row["row_id"] and row["source"] for row in csv.DictReader(file))
