"""`sweep:` in a scenario: what it asks for, each text where it stands."""

from __future__ import annotations

import numpy as np
import pytest

from roofsheet.problems import Text
from roofsheet.scenarios import load
from roofsheet.sweeps.axis_text import axis_values, entry_names

SCENARIO = """\
scenario: mine
quantities:
  batch: {unit: sequence, default: 1}
  time: {unit: ms, formula: '2[ms/sequence] * batch'}
sweep:
  over:
    batch: [1, 'lin(2, 8, 4)', 1..x]
    hardware: [h100-sxm, h200-sxm]
    time: 1 ms..8 ms
  get: [time, batch]
  zip: true
  where: time < 50 ms
  pareto: [time, 1 / batch]
"""


@pytest.fixture
def loaded(tmp_path):
    """A file written and loaded."""

    def loaded(text, name="mine.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return load(str(path))

    return loaded


def values_of(workbook, name, text):
    problems = []
    found = axis_values(workbook, name, text, problems)
    assert isinstance(found, np.ndarray), problems
    return found.tolist()


def test_a_scenario_says_its_sweep(loaded):
    sweep = loaded(SCENARIO).scenario.sweep
    told = {name: values.text for name, (_, values) in sweep.over.items()}
    assert told == {"batch": "1, lin(2, 8, 4), 1..x", "hardware": "h100-sxm, h200-sxm", "time": "1 ms..8 ms"}
    assert [text.text for text in sweep.get] == ["time", "batch"]
    assert [text.text for text in sweep.pareto] == ["time", "1 / batch"]
    assert sweep.zip is True
    assert sweep.where.text == "time < 50 ms"
    assert sweep.best is None
    assert str(sweep.mark).endswith("mine.yaml:6:3")


def test_a_value_in_a_list_is_found_where_it_stands(loaded):
    mine = loaded(SCENARIO)
    name, values = mine.scenario.sweep.over["batch"]
    problems = []
    assert axis_values(mine.workbook, name.text, values, problems) is None
    (problem,) = problems
    assert (problem.mark.line, problem.mark.column, problem.mark.length) == (7, 35, 1)
    assert problem.mark.source[34] == "x"


def test_a_list_of_entries_is_a_list_of_entries(loaded):
    values = loaded(SCENARIO).scenario.sweep.over["hardware"][1]
    assert [name.text for name in entry_names(values, []) or ()] == ["h100-sxm", "h200-sxm"]


def test_a_sweep_of_few_words_is_a_grid_of_what_the_scenario_shows(loaded):
    mine = loaded(SCENARIO.partition("sweep:")[0] + "sweep: {over: {batch: 1..8}}\n")
    sweep = mine.scenario.sweep
    assert (sweep.get, sweep.zip, sweep.where, sweep.best, sweep.pareto) == ((), False, None, None, ())
    name, values = sweep.over["batch"]
    assert values_of(mine.workbook, name.text, values) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_scenario_does_not_sweep_what_it_extends_sweeps(loaded):
    loaded(SCENARIO, "base.yaml")
    mine = loaded("scenario: top\nextends: ./base.yaml\n")
    assert mine.workbook is not None
    assert mine.scenario.sweep is None


def test_a_fact_that_is_swept_over_or_asked_for_is_bound(loaded):
    """As one that is shown: of an entry's facts only those become quantities that something wants."""
    text = "scenario: mine\nwith: {hardware: h100-sxm}\nquantities: {hours: {unit: h, default: 1 h}}\n"
    bare = loaded(text).workbook
    swept = loaded(text + "sweep: {over: {memory_bandwidth: 1..2 GB/s}, get: [memory_capacity]}\n").workbook
    assert bare is not None
    assert swept is not None
    assert [name in bare for name in ("memory_bandwidth", "memory_capacity")] == [False, False]
    assert [name in swept for name in ("memory_bandwidth", "memory_capacity")] == [True, True]


def test_a_text_whose_characters_cannot_be_found_is_found_as_a_whole(loaded):
    text = SCENARIO.replace("1..x]", '"1..\\x78"]')
    mine = loaded(text)
    values = mine.scenario.sweep.over["batch"][1]
    assert values.segments == ()
    problems = []
    assert axis_values(mine.workbook, "batch", values, problems) is None
    assert problems[0].mark == values.mark


def test_text_of_the_command_line_and_of_a_file_say_the_same(loaded):
    mine = loaded(SCENARIO.replace(", 1..x", ""))
    values = mine.scenario.sweep.over["batch"][1]
    given = Text.line("1, lin(2, 8, 4)", "--over")
    one, other = (values_of(mine.workbook, "batch", text) for text in (values, given))
    assert one == other == [1, 2, 4, 6, 8]
