"""A sweep that was cut short goes on where it stopped, and only if it is the same; nothing of another's is touched."""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path

import pytest

from roofsheet.problems import InvalidInput, render
from roofsheet.sweeps import outputs, request
from roofsheet.sweeps.locks import Lock
from roofsheet.sweeps.outputs import check_output
from roofsheet.sweeps.processes import _Parts

from .made import SCENARIO, asked, planned, read, write_scenario, written

OVER = {"format": "bf16, fp8", "batch": "1..50"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    write_scenario(tmp_path)
    monkeypatch.chdir(tmp_path)


def small(**more):
    return asked("small.yaml", more.pop("over", OVER), more.pop("get", ("time", "share")), part=10, **more)


def cut_short(monkeypatch, output, jobs=1):
    """All parts written, and then nothing: as if the process ended before they were joined."""

    def end(*_):
        raise KeyboardInterrupt

    from roofsheet.sweeps import files

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_tables", end)
        with pytest.raises(KeyboardInterrupt):
            written(small(), Path(output), jobs=jobs)
    return Path(f"{output}.parts")


@pytest.mark.parametrize("extension", [".parquet", ".arrow", ".csv"])
def test_a_resumed_sweep_is_byte_for_byte_the_unbroken_one(extension, monkeypatch):
    written(small(), Path(f"whole{extension}"))
    parts = cut_short(monkeypatch, f"out{extension}")
    names = sorted(path.name for path in parts.glob("part-*"))
    assert len(names) == 10
    (parts / names[2]).unlink()
    (parts / names[5]).write_bytes((parts / names[5]).read_bytes()[:300])  # torn
    (parts / names[7]).write_bytes(b"")
    (parts / ".part-000003-0123").write_bytes(b"unfinished")
    found = written(small(), Path(f"out{extension}"), resume=True)
    assert found.tally.points == found.tally.kept == 100
    assert Path(f"out{extension}").read_bytes() == Path(f"whole{extension}").read_bytes()
    assert not parts.exists()


def test_a_folder_of_parts_is_resumed_as_well_and_again():
    written(small(), Path("whole"))
    shutil.copytree("whole", "out")
    for number in (0, 4, 9):
        Path(f"out/part-{number:06}.parquet").unlink()
    for _ in range(2):
        found = written(small(), Path("out"), resume=True)
        assert found.tally.record() == written(small(), Path("whole"), resume=True).tally.record()
    names = sorted(path.name for path in Path("out").iterdir())
    assert names == sorted(path.name for path in Path("whole").iterdir())
    assert all((Path("out") / name).read_bytes() == (Path("whole") / name).read_bytes() for name in names)


def test_to_resume_what_was_never_begun_is_to_begin():
    written(small(), Path("out.csv"), resume=True)
    assert len(read(Path("out.csv"))) == 100


def refusal(resume=True, **more):
    with pytest.raises(InvalidInput) as caught:
        written(small(**more), Path("out.parquet"), resume=resume)
    return render(caught.value.problems)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"over": {**OVER, "batch": "1..51"}},
         "other axes (format=bf16, fp8, batch=1..50, and now format=bf16, fp8, batch=1..51)"),
        ({"over": {"batch": "1..50", "format": "bf16, fp8"}}, "other axes"),
        ({"get": ("time",)}, "other quantities (time, share, and now time)"),
        ({"where": "time < 5 s"}, "another condition (none, and now time < 5[s])"),
        ({"sets": ("load=5 GB",)}, "other --set (none, and now load=5 GB)"),
    ],
)  # fmt: skip
def test_another_sweep_is_not_gone_on_with(more, said, monkeypatch):
    parts = cut_short(monkeypatch, "out.parquet")
    told = refusal(**more)
    assert f"error[usage]: 'out.parquet.parts' holds parts of another sweep: {said}" in told
    assert "ask for the same again, or remove the folder" in told
    assert len([*parts.glob("part-*")]) == 10


def test_nor_one_whose_files_have_changed(monkeypatch):
    cut_short(monkeypatch, "out.parquet")
    Path("small.yaml").write_text(SCENARIO.replace("load / 2", "load / 4"), encoding="utf-8")
    assert "another sweep: the scenario's files have changed\n" in refusal()


def test_a_change_in_the_sheet_of_any_entry_is_seen():
    """Not only in those of the first, which the plan is made with."""
    for name in ("one", "two"):
        Path(f"m_{name}.yaml").write_text(
            f"model: m_{name}\nsources: {{d: {{title: T}}}}\nuse: [./s_{name}.yaml]\nfacts: {{source: d}}\n"
        )
        Path(f"s_{name}.yaml").write_text(
            f"sheet: s_{name}\nquantities: {{q: {{unit: '', about: Q., formula: 2 * 3}}}}\n"
        )
    Path("m.yaml").write_text("scenario: M\nuse: [model]\nwith: {model: ./m_one.yaml}\nshow: [q]\n")

    def sources():
        return planned(asked("m.yaml", {"model": "./m_one.yaml, ./m_two.yaml"}, ("q",))).sources

    before = sources()
    assert {"m_two.yaml", "s_two.yaml"} <= {Path(path).name for path in before.texts}
    Path("s_two.yaml").write_text(Path("s_two.yaml").read_text().replace("2 * 3", "2 * 4"))
    assert sources().digest != before.digest


def test_nor_one_of_another_version_or_cut_otherwise(monkeypatch):
    cut_short(monkeypatch, "out.parquet")
    with monkeypatch.context() as patch:
        patch.setattr(request, "version", lambda _: "9.9")
        assert "another sweep: it was made by another version of roofsheet (0.1.0" in refusal()
    Path("out.parquet.parts/_sweep.json").write_text("[]")
    assert "another sweep: what it says of itself cannot be read (_sweep.json)" in refusal()
    Path("out.parquet.parts/_sweep.json").unlink()
    assert "cannot be read" in refusal()


def test_without_being_asked_to_it_goes_on_with_nothing(monkeypatch):
    cut_short(monkeypatch, "out.parquet")
    told = refusal(resume=False)
    assert told == (
        "error[usage]: 'out.parquet.parts' holds parts of an earlier sweep\n"
        "      hint      --resume goes on with it; to start anew, remove the folder"
    )


# -- what is in the way --------------------------------------------------------------------------------------


def test_a_folder_with_something_in_it_is_left_alone():
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="the folder 'out' is not empty"):
        written(small(), Path("out"), resume=True)
    assert [path.name for path in Path("out").iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_emptied_if_nothing_comes_of_it():
    Path("out").mkdir()
    lock = Lock(Path("out"))
    with pytest.raises(InvalidInput, match="another sweep is just being written to 'out'"):
        written(small(), Path("out"))
    lock.release()
    assert Path("out").is_dir()
    written(small(), Path("out"))
    assert len(read(Path("out"))) == 100


def test_a_folder_or_a_missing_folder_in_the_place_of_the_file_is_told_at_once():
    Path("out.csv").mkdir()
    with pytest.raises(InvalidInput, match=r"'out.csv' cannot be written: is a directory"):
        check_output(planned(small()), Path("out.csv"))
    with pytest.raises(InvalidInput, match="the best of a sweep are one file"):
        check_output(planned(small(best="time")), Path("out"))
    with pytest.raises(InvalidInput, match=r"'nowhere/out.csv.parts' cannot be written: no such file or directory"):
        written(small(), Path("nowhere/out.csv"))


def test_a_link_stays_one():
    Path("real").mkdir()
    Path("out.csv").symlink_to("real/data.csv")
    output = outputs.real_output(Path("out.csv"))
    written(small(), output)
    assert Path("out.csv").is_symlink()
    assert len(read(Path("real/data.csv"))) == 100


def test_a_file_has_the_rights_that_new_files_have():
    before = os.umask(0o027)
    try:
        written(small(), Path("out.parquet"))
    finally:
        os.umask(before)
    assert Path("out.parquet").stat().st_mode & 0o777 == 0o640


def test_a_full_disk_is_told_and_what_is_done_is_kept(monkeypatch):
    written(small(), Path("whole.parquet"))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, limit[1]))
    try:
        with pytest.raises(InvalidInput) as caught:
            written(small(), Path("out.parquet"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "cannot be written: file too large" in render(caught.value.problems)
    assert not Path("out.parquet").exists()
    written(small(), Path("out.parquet"), resume=True)
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()


def test_no_part_that_was_handed_out_is_forgotten():
    parts = _Parts(range(5))
    assert [next(parts), next(parts), next(parts)] == [0, 1, 2]
    parts.out.discard(1)
    parts.take_back()
    assert [*parts] == [0, 2, 3, 4]
    parts.take_back()
    assert [*parts] == [0, 2, 3, 4]


def test_parts_that_workers_wrote_elsewhere_are_missed(monkeypatch):
    monkeypatch.setattr(outputs, "gather", lambda *_: None)
    nothing = planned(small())
    from roofsheet.sweeps.store import Store

    with Store(Path("out"), nothing, resume=False) as store, pytest.raises(InvalidInput, match="10 parts of the sweep"):
        store.check_whole()
    assert not Path("out").exists()
