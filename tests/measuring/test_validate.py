"""The command: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import xml.dom.minidom
from pathlib import Path

import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet
from roofsheet.measuring.features import FLOOR
from roofsheet.measuring.predictions import Predictions
from roofsheet.measuring.validation import GROUPS, file_of, validate
from roofsheet.scenarios import BUNDLED

SAMPLE = "measurements/sample"
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str):
        return CliRunner().invoke(roofsheet, ["validate", *arguments], catch_exceptions=False)

    return invoke


@pytest.fixture(scope="module")
def record():
    done = CliRunner().invoke(roofsheet, ["validate", SAMPLE, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "options"), [("sample", ()), ("sample-floor", ("--floor",))])
def test_the_report_reads_as_agreed(name, options, run, golden):
    done = run(SAMPLE, *options)
    assert done.exit_code == 0
    golden(GOLDEN / f"{name}.txt", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80
    # the floor is called a bound and nothing else, and only predictions come with ranges
    assert ("a bound and no prediction" in done.stdout) is bool(options)
    assert ("held" in done.stdout) is not bool(options)


def test_every_group_fits_the_page(run):
    done = run(SAMPLE, *(text for group in GROUPS for text in ("--by", group)))
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "rtx-a6000" in done.stdout


def test_every_row_of_the_file_is_accounted_for(record):
    with (Path(BUNDLED) / "measurements" / "sample.csv").open(encoding="utf-8") as file:
        ids = [row["row_id"] for row in csv.DictReader(file)]
    assert [row["row_id"] for row in record["rows"]] == ids
    assert all(row["reason"] for row in record["rows"] if row["state"] != "compared")
    assert record["overall"]["count"] == sum(row["predicted"] is not None for row in record["rows"])
    assert all((row["predicted"] is not None) is (row["state"] == "compared") for row in record["rows"])
    compared = [row for row in record["rows"] if row["state"] in ("compared", "not predicted")]
    assert record["floor"]["count"] == len(compared) == sum(row["floor"] is not None for row in record["rows"])


@pytest.mark.parametrize("group", GROUPS)
def test_groups_add_up_to_all_rows(group, record):
    assert sum(errors["count"] for errors in record["by"][group].values()) == record["overall"]["count"]


def test_no_measured_row_is_faster_than_its_bound(record):
    for row in record["rows"]:
        if row["state"] == "compared":
            slower = row["measured"] <= row["bound"] if "/s" in row["unit"] else row["measured"] >= row["bound"]
            assert slower or row["measured"] == pytest.approx(row["bound"], rel=0.02), row


def test_rows_and_a_plot_are_written(run, record, tmp_path):
    assert run(SAMPLE, "--rows", "rows.csv", "--plot", "rows.svg", "--features", "features.csv").exit_code == 0
    with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert [row["error_percent"] for row in written] == [
        "" if row["error_percent"] is None else str(row["error_percent"]) for row in record["rows"]
    ]
    assert len((tmp_path / "features.csv").read_text(encoding="utf-8").splitlines()) == 1 + record["floor"]["count"]
    picture = xml.dom.minidom.parse(str(tmp_path / "rows.svg"))
    assert len(picture.getElementsByTagName("circle")) == record["overall"]["count"] + len(record["by"]["kind"])


def test_a_row_without_a_prediction_says_why_in_the_table_and_on_the_page(run, tmp_path):
    (tmp_path / "rows.csv").write_text(
        "gpu,gpu_count,parallelism,model,metric,value,unit,engine,load_mode,input_len,output_len,weight_precision\n"
        "MI250,2,TP=2,llama-2-7b,tpot,40,ms,vLLM,closed-loop,100,100,fp16\n"
        "H100 SXM,8,TP=8,llama-2-70b,ttft_mean,300,ms,TensorRT-LLM,MLPerf Server,100,100,fp8\n",
        encoding="utf-8",
    )
    done = run("rows.csv", "--rows", "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == ["not mapped", "not predicted"]
    assert rows[1]["reason"].startswith("requests come at a rate that the row does not tell")
    assert rows[1]["predicted"] == ""
    assert float(rows[1]["floor"]) > 0
    assert "without a prediction" in done.stdout


def test_a_folder_that_is_not_there_is_a_problem(run):
    done = run(SAMPLE, "--rows", "nowhere/rows.csv")
    assert done.exit_code == 2
    assert "'nowhere/rows.csv' cannot be written" in done.stderr


def test_a_file_of_mistakes_is_refused(run, tmp_path):
    (tmp_path / "bad.csv").write_text("gpu,model,metric,value,unit,engine\nH100,m,tpot,9,ms\n", encoding="utf-8")
    done = run("bad.csv")
    assert done.exit_code == 2
    assert done.stderr.startswith("bad.csv:2:1: error[csv]: the row has 5 cells, the header 6")
    assert done.stdout == ""
    data = json.loads(run("bad.csv", "--json").stdout)
    assert (data["overall"], data["rows"], len(data["problems"])) == (None, [], 1)


def test_a_file_that_is_not_there_is_refused(run):
    done = run("rows.csv")
    assert done.exit_code == 2
    assert "there is no file 'rows.csv'" in done.stderr


def test_rows_of_which_none_can_be_compared_fail(run, tmp_path, golden):
    (tmp_path / "odd.csv").write_text("gpu,model,metric,value,unit,engine\nAbacus,m,tpot,9,ms,vLLM\n", encoding="utf-8")
    done = run("odd.csv")
    assert done.exit_code == 1
    golden(GOLDEN / "nothing-compared.txt", done.stdout)


class Twice:
    """A predictor of its own, with intervals."""

    name = "made-up prediction"

    def predict(self, features):
        floor = features[FLOOR]
        return Predictions(floor, [each / 2 for each in floor], [each * 2 for each in floor])


def test_any_predictor_may_stand_in_the_floor_s_place(golden):
    from roofsheet.diagrams.text import plain
    from roofsheet.diagrams.text_validate import validate_lines

    found = validate(SAMPLE, [], Twice())
    assert found is not None
    assert found.overall is not None
    held = [0.5 <= each.measured / each.predicted <= 2 for each in found.compared]
    assert found.overall.coverage == pytest.approx(100 * sum(held) / len(held))
    text = plain(validate_lines(found, ["kind"], 80))
    assert "floor" not in text.partition("left out")[0]
    golden(GOLDEN / "intervals.txt", text)


@pytest.mark.parametrize("option", ["--rows", "--features", "--plot"])
def test_nothing_is_written_over_what_was_measured(option, run, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_bytes(file_of(SAMPLE).read_bytes())
    done = run(str(path), "--floor", option, str(path))
    assert done.exit_code == 2
    assert "nothing is written over it" in done.output
    assert path.read_bytes() == file_of(SAMPLE).read_bytes()
