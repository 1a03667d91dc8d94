"""Benchmarks time only what agrees with roofsheet, tell which peers are missing, and hold marks to the worst number."""

from __future__ import annotations

import sys
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import roofsheet

BENCHMARKS = Path(roofsheet.__file__).parent / "benchmarks"


@pytest.fixture(scope="module")
def script():
    """A module of benchmarks/ by its name; their short names are gone from `sys.modules` afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield import_module
    sys.path.remove(str(BENCHMARKS))
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def guide(script):
    return script("contest").Guide()


def test_what_is_written_by_hand_computes_what_the_sheets_do(script, guide):
    by_hand = script("by_hand")
    contenders = {
        "plain": by_hand.plain, "arrays": by_hand.arrays, "pull": script("pull").contender,
        "pint": script("peers.pint").point,
    }  # fmt: skip
    assert [wrong for who, make in contenders.items() for wrong in guide.disagreements(who, make(guide.given))] == []


def test_a_contender_that_computes_something_else_is_not_timed(script, guide):
    contest = script("contest")
    off = dict(guide.given, n_layers=guide.given["n_layers"] * (1 + 1e-11))
    wrong = guide.disagreements("another", script("pull").contender(off))
    assert wrong == ["kv_bytes_per_token by another"]
    with pytest.raises(SystemExit, match="kv_bytes_per_token by another"):
        contest.refuse(wrong)


def test_a_contender_whose_change_is_not_noticed_is_not_timed(script, guide):
    before = guide.workbook.number("tpot")
    stuck = script("contest").Contender(change=lambda _: before)
    assert guide.disagreements("stuck", stuck) == ["tpot at 1800 GB/s by stuck"]
    assert guide.workbook.number("tpot") == before


def test_a_change_in_the_hand_written_engine_computes_its_dependents_and_nothing_else(script):
    ran = []

    def double(a):
        ran.append("double")
        return 2 * a

    def other(b):
        ran.append("other")
        return b

    engine = script("pull").Engine({"a": 1, "b": 5}, {"double": double, "other": other})
    assert engine.evaluate() == [2, 5]
    ran.clear()
    engine["a"] = 4
    assert (engine["double"], engine["other"], ran) == (8, 5, ["double"])


@pytest.mark.parametrize("name", ["two_axes", "full_arrays"])
def test_sweeps_by_hand_compute_what_kernels_do(script, name, monkeypatch):
    kernels = script("kernels")
    monkeypatch.setattr(kernels, "SIDE", 20)
    monkeypatch.setattr(kernels, "POINTS", 400)
    sweep = getattr(kernels, name)()
    sweep.runs["pint"] = partial(script("peers.pint").points(), sweep.given)
    assert sweep.disagreements() == []
    sweep.runs["wrong"] = lambda: [each * (1 + 1e-11) for each in sweep.runs[kernels.NAIVE]()]
    assert "tpot by wrong" in sweep.disagreements()


def test_a_formula_becomes_an_excel_formula(script):
    excel = script("peers.excel")
    cells = excel.CELLS
    assert excel.excel("4.0 * sequence_length**2") == f"4.0 * {cells['sequence_length']}^2"
    assert excel.excel("floor(tpot)") == f"INT({cells['tpot']})"
    assert excel.excel("'memory' if tpot < ttft else 'compute'") == (
        f'IF({cells["tpot"]} < {cells["ttft"]},"memory","compute")'
    )


def test_a_peer_that_is_not_there_is_named_and_stops_no_other(script):
    peers = script("peers")
    made, missing = peers.gather({"there": lambda: 1, "gone": lambda: peers.imported("no_such_peer")}.items())
    assert (made, missing) == ({"there": 1}, {"gone": "no_such_peer is not installed"})


def test_the_floor_goes_once_through_inputs_and_outputs(script):
    inputs, outputs = [np.ones((300, 1)), np.ones(70_000)], [np.zeros((300, 70))]
    floor = script("floor").Floor(inputs, outputs)
    floor.run()
    assert floor.bytes == 8 * (300 + 70_000 + 300 * 70)
    assert all((block == 1).all() for block in floor.writes)


def test_a_mark_is_held_to_the_worst_of_median_quickest_and_processor_time(script):
    race = script("race")
    ours = race.Timing("ours", [1.0, 3.0, 3.0], [1.0, 1.0, 1.0])
    other = race.Timing("other", [2.0, 4.0, 4.0], [1.0, 1.0, 4.0])
    assert (ratio := ours.over(other)) == race.Ratio(0.75, 0.5, 1.0)
    assert race.at_most("mark", 0.6, ratio) == race.Mark("mark", "at most 0.6x", "1.00x", False)
    assert race.at_least("mark", 0.6, ratio) == race.Mark("mark", "at least 0.6x", "0.50x", False)
    assert race.at_most("mark", 0.6, None).reached is None


def test_scripts_hand_their_marks_on_to_who_runs_them_all(script, tmp_path, monkeypatch, capsys):
    race, path = script("race"), tmp_path / "marks"
    monkeypatch.setenv(race.MARKS, str(path))
    marks = [race.Mark("one", "at most 2x", "1x", True), race.Mark("two", "at most 2x", "3x", False)]
    assert race.close(marks[:1])
    assert race.close(marks[1:])
    assert race.gathered(path) == marks
    assert capsys.readouterr().out == ""
    assert not race.summary(marks)
    assert "NO" in capsys.readouterr().out


def test_peers_are_pinned_by_name_and_version_alone():
    lines = (BENCHMARKS / "peers.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if pin.count("==") != 1 or set("/:@ ") & set(pin)] == []
