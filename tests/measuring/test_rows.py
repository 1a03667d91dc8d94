"""CSV files of measured rows: what is read, and what is refused, where and why."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.measuring.rows import plain_number, read_measurements
from roofsheet.problems import render

REFUSED = Path(__file__).parent / "refused"


def read(text, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode("utf-8"))
    problems = []
    return read_measurements(path, problems), problems


@pytest.mark.parametrize("case", sorted(REFUSED.glob("*.csv")), ids=lambda path: path.stem)
def test_a_refused_file_says_where_and_why(case, monkeypatch, golden):
    monkeypatch.chdir(REFUSED)
    problems = []
    read_measurements(Path(case.name), problems)
    assert problems
    golden(case.with_suffix(".txt"), render(problems) + "\n")


def test_a_file_that_is_none_says_so():
    problems = []
    assert read_measurements(Path("nowhere/rows.csv"), problems) == ()
    assert [problem.kind for problem in problems] == ["file"]


def test_columns_go_by_name_and_others_are_kept(row):
    found = row(row_id="R7", colour="red", weights_gib="4.58", gpu_count="8")
    assert (found.row_id, found.text("colour"), found.file_gib, found.devices) == ("R7", "red", 4.58, 8)
    assert (found.prompt, found.output, found.batch, found.value) == (1000, 500, 16, 9)


def test_a_row_without_a_name_is_called_by_its_line(row):
    assert row().row_id == "line 2"


def test_a_batch_that_is_no_number_is_a_text(row):
    assert row(batch_or_concurrency="max").batch is None
    assert row(batch_or_concurrency="qps=16").batch is None


def test_what_is_cached_of_a_prompt_is_told_apart(row):
    found = row(input_len="64 (+1920 cached)")
    assert (found.prompt, found.cached) == (64, 1920)


@pytest.mark.parametrize(("unit", "scale"), [("tok/s", 1), ("tok/s/GPU", 1), ("ms", 1e-3), ("GB", 1e9), ("%", 0.01)])
def test_units_are_those_of_the_project_with_the_spellings_of_the_field(unit, scale, row):
    assert row(unit=unit).unit.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,024", 1024), ("12,345.5", 12345.5), ("~512", 512), ("467 (mean)", 467), ("avg 300", 300),
        ("109.57 ± 0.2", 109.57), ("109.57 +/- 0.2", 109.57), ("512 tokens", 512), ("1e3", 1000),
        ("1,5", None), ("100-200", None), ("128k", None), ("nine", None), ("", None), ("1,02,4", None), ("inf", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, number):
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("text", "batch"),
    [
        ("16", 16), ("16.0", 16), ("1,024", 1024), ("bs=16", 16), ("batch size 8", 8), ("concurrency=64", 64),
        ("c=4", 4), ("32 users", 32), ("max", None), ("", None), ("2.5", None), ("qps=16", None), ("0", None),
    ],
)  # fmt: skip
def test_a_batch_is_whole_sequences_however_it_is_written(text, batch, row):
    assert row(batch_or_concurrency=text).batch == batch


@pytest.mark.parametrize(
    ("cells", "unread"),
    [
        ({"value": "nine"}, "value is a number, not 'nine'"),
        ({"value": "-9"}, "a measured value lies between 1e-30 and 1e+30, not at -9"),
        ({"value": ""}, "the row has no value"),
        ({"unit": "fortnight"}, "unknown unit 'fortnight'"),
        ({"input_len": "100-200"}, "input_len is a number, not '100-200'"),
        ({"gpu_count": "1.5"}, "devices come whole"),
        ({"engine": ""}, "the row has no engine"),
    ],
)
def test_a_cell_that_is_not_understood_is_told_and_the_other_rows_stand(cells, unread, row):
    assert row(**cells).unread == unread
    assert row().unread == ""


def test_a_cell_may_hold_commas_quotes_and_lines(tmp_path):
    header = "gpu,model,metric,value,unit,engine,notes\n"
    rows, problems = read(header + 'H100,m,tpot,9,ms,vLLM,"a ""b"", c\nd"\nH100,m,tpot,nine,ms,vLLM,\n', tmp_path)
    assert [each.text("notes") for each in rows] == ['a "b", cd', ""]
    assert [each.unread for each in rows] == ["", "value is a number, not 'nine'"]
    assert not problems


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_be_refused_in_words(tmp_path_factory, text):
    _, problems = read(text, tmp_path_factory.mktemp("odd"))
    assert all(problem.mark for problem in problems)


def test_a_file_of_mistakes_is_given_up_on(tmp_path):
    start = time.process_time()
    header = "gpu,model,metric,value,unit,engine\n"
    rows, problems = read(header + "H100,m,tpot\n" * 20_000, tmp_path)
    assert not rows
    assert len(problems) == 101
    assert time.process_time() - start < 5


@pytest.mark.parametrize("value", ["0", "-1", "1e-200", "1e200", "nan", "inf", "1e999", "", "0x10", "9;5"])
def test_a_value_that_nobody_measures_is_told(value, tmp_path):
    rows, problems = read(f"gpu,model,metric,value,unit,engine\nH100,m,tpot,{value},ms,vLLM\n", tmp_path)
    assert not problems
    assert "value" in rows[0].unread


@pytest.mark.parametrize("batch", ["-4", "0", "0.5", "1e200", "nan", "inf"])
def test_a_batch_that_no_engine_has_is_no_batch(batch, row):
    assert row(batch_or_concurrency=batch).batch is None
