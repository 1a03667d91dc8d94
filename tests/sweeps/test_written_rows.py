"""Every row of a written file is the workbook at that point; whoever wrote it, in whatever parts."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roofsheet.sweeps import points
from roofsheet.sweeps.request import PART
from roofsheet.sweeps.rows import Words

from .made import asked, one_by_one, planned, read, write_scenario, written

BATCHES = st.lists(st.sampled_from([-1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 64.0]), min_size=1, max_size=4, unique=True)
LOADS = st.lists(st.sampled_from([0.0, 1e-200, 0.1, 5.0, 1e200]), min_size=1, max_size=3, unique=True)
FORMATS = st.lists(st.sampled_from(["bf16", "fp8", "int4"]), min_size=1, max_size=3, unique=True)
CARDS = st.lists(st.sampled_from(["./one.yaml", "./two.yaml", "./none.yaml"]), min_size=1, max_size=3, unique=True)
AXES = {"batch": BATCHES, "load": LOADS, "format": FORMATS, "hardware": CARDS}
GET = ("time", "share", "root", "kind")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return write_scenario(tmp_path_factory.mktemp("made"))


@st.composite
def sweeps(draw):
    """Axes in any order, each with its values, and whether they are taken side by side."""
    names = draw(st.lists(st.sampled_from([*AXES]), min_size=1, max_size=4, unique=True))
    side_by_side = draw(st.booleans())
    axes = {name: draw(AXES[name]) for name in names}
    if side_by_side:  # of one length, with repeats
        count = draw(st.integers(1, 5))
        axes = {name: [values[at % len(values)] for at in range(count)] for name, values in axes.items()}
    get = draw(st.lists(st.sampled_from(GET), min_size=1, unique=True))
    return axes, get, side_by_side


def text_of(name, values):
    unit = " GB" if name == "load" else ""
    return ", ".join(f"{value}{unit}" for value in values)


def texts(axes):
    return {name: text_of(name, values) for name, values in axes.items()}


@pytest.fixture
def beside(scenario, monkeypatch):
    """In the scenario's folder, so that paths of cards begin there."""
    monkeypatch.chdir(Path(scenario).parent)


@pytest.mark.parametrize("extension", [".parquet", ".arrow", ".csv", ""])
@given(sweeps(), st.sampled_from([1, 2, 3, 7, 0]))
@settings(max_examples=8)
def test_each_row_is_the_workbook_at_its_point(extension, tmp_path_factory, scenario, sweep, part):
    axes, get, side_by_side = sweep
    if axes.get("hardware") and {*axes["hardware"]} == {"./none.yaml"}:
        return  # refused as a whole
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(scenario).parent)
        output = tmp_path_factory.mktemp("out") / f"out put{extension}"
        found = written(asked("small.yaml", texts(axes), get, zip=side_by_side, part=part), output)
        expected = one_by_one("small.yaml", axes, get, side_by_side)
        assert read(output) == expected
        assert found.tally.kept == found.tally.points == len(expected)
        assert found.tally.failed == sum(row["problem"] is not None for row in expected)
        left = ["out put"] if not extension else [output.name]
        assert [path.name for path in output.parent.iterdir()] == left


GRID = {
    "hardware": "./one.yaml, ./none.yaml, ./two.yaml",
    "format": "bf16, fp8",
    "batch": "0..9",
    "load": "1..6 GB by 1 GB",
}
LIST = {"hardware": ", ".join(["./two.yaml", "./none.yaml", "./one.yaml"] * 4), "batch": "0..11"}


@pytest.mark.parametrize(("over", "side_by_side"), [(GRID, False), (LIST, True)], ids=["grid", "list"])
@pytest.mark.parametrize("where", [None, "share > 1.2"], ids=["all", "some"])
def test_rows_depend_neither_on_parts_nor_on_the_number_of_processes(over, side_by_side, where, beside, tmp_path):
    def rows(name, part, jobs=1):
        written(asked("small.yaml", over, GET, zip=side_by_side, where=where, part=part), tmp_path / name, jobs=jobs)
        return read(tmp_path / name)

    whole = rows("whole.parquet", 0)
    assert len(whole) > 3
    for part in (1, 7, 13, 60, 121):
        assert rows(f"{part}.parquet", part) == whole
    if where:
        assert rows("two.parquet", 13, jobs=2) == whole
        assert (tmp_path / "two.parquet").read_bytes() == (tmp_path / "13.parquet").read_bytes()


def test_points_of_every_combination_are_numbered_as_their_rows(beside):
    """A point found by its number is the row of that number."""
    plan = planned(asked("small.yaml", GRID, GET, part=7))
    numbers = [
        number for part in range(plan.points.parts) for piece in plan.points.part(part) for number in piece.numbers
    ]
    assert numbers == [*range(plan.points.count)]


def test_few_combinations_of_entries_are_in_one_part(monkeypatch, beside, tmp_path):
    monkeypatch.setattr(points, "TOGETHER", 2)
    over = {"hardware": "./one.yaml, ./none.yaml, ./two.yaml"}
    assert planned(asked("small.yaml", over, GET)).points.parts == 2
    written(asked("small.yaml", over, GET), tmp_path / "out.csv")
    assert [row["hardware"] for row in read(tmp_path / "out.csv")] == ["./one.yaml", "./none.yaml", "./two.yaml"]


@pytest.mark.parametrize("selection", ["best", "pareto"])
@pytest.mark.parametrize(("part", "where"), [(0, None), (5, "root > 0.5"), (17, "share > 0 and kind == long")])
def test_what_is_kept_is_what_the_whole_file_says(selection, scenario, part, where):
    from roofsheet.sweeps.outputs import selected_rows
    from roofsheet.sweeps.running import gather
    from roofsheet.sweeps.work import Work

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(scenario).parent)
        folder = Path("written") / f"{selection}-{part}-{hash(where)}.parquet"
        folder.parent.mkdir(exist_ok=True)
        written(asked("small.yaml", GRID, GET, where=where), folder)
        rows = [row for row in read(folder) if row["root"] is not None and row["share"] is not None]
        more = {"best": "root - share", "top": 6} if selection == "best" else {"pareto": ["root", "-share"]}
        plan = planned(asked("small.yaml", GRID, GET, where=where, part=part, **more))
        found = gather(plan, Work("select"), range(plan.points.parts))
        kept = selected_rows(plan, found)
        names = ("hardware", "format", "batch", "load")
        columns = [each.texts() if isinstance(each := kept.columns[name], Words) else each.tolist() for name in names]
        got = [*zip(*columns, strict=True)]
        chosen = best_of(rows, 6) if selection == "best" else front_of(rows)
        assert got == [tuple(row[name] for name in names) for row in chosen]


def best_of(rows, count):
    return sorted(rows, key=lambda row: row["share"] - row["root"])[:count]


def front_of(rows):
    """By holding each against each; of equal ones the first."""
    keys = [(row["root"], -row["share"]) for row in rows]
    left = [
        at for at, key in enumerate(keys)
        if not any(all(a <= b for a, b in zip(other, key, strict=True)) and (other != key or place < at)
                   for place, other in enumerate(keys))
    ]  # fmt: skip
    return [rows[at] for at in sorted(left, key=lambda at: (keys[at], at))]


# -- what a file says of itself ------------------------------------------------------------------------------


def test_a_file_says_units_meanings_and_what_was_asked_for(beside, tmp_path):
    output = tmp_path / "out.parquet"
    written(asked("small.yaml", {"batch": "1, 2", "format": "bf16"}, ("time", "kind"), where="time < 5 s"), output)
    schema = pyarrow.parquet.read_schema(output)
    told = {field.name: {key.decode(): value.decode() for key, value in field.metadata.items()} for field in schema}
    parquet = {name: {k: v for k, v in each.items() if not k.startswith("PARQUET")} for name, each in told.items()}
    assert parquet == {
        "batch": {"role": "axis", "unit": "sequence", "about": "Sequences at once."},
        "format": {"role": "axis", "about": ""},
        "time": {"role": "output", "unit": "ms", "about": "How long it takes."},
        "kind": {"role": "output", "about": ""},
        "problem": {"about": "Why the first missing value of the row is missing."},
    }
    said = json.loads(schema.metadata[b"roofsheet"])
    assert said["title"] == "A small sweep"
    assert said["over"] == {"batch": "1, 2", "format": "bf16"}
    assert said["where"] == "time < 5[s]"
    assert said["version"]
    assert b"roofsheet.tally" not in schema.metadata


def test_a_table_of_csv_has_units_in_its_header(beside, tmp_path):
    written(asked("small.yaml", {"batch": "2"}, ("time", "share", "kind")), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (
        '"batch [sequence]","time [ms]","share","kind","problem"\n2,1333.3333333333333,,,"share: division by zero"\n'
    )


def test_a_part_of_a_real_sweep_is_some_tens_of_megabytes():
    assert 10**5 < PART < 10**7
