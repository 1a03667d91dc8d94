"""Files that are refused, by the phase that refuses them, each with the text that tells its author why.

A case is a scenario, or a folder with a `scenario.yaml`; its golden text stands beside it as `.txt`.
After a message was changed on purpose, `UPDATE_GOLDEN=1 pytest tests/test_refused.py` writes them anew:
read the difference as a user would.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

import roofsheet
from roofsheet.problems import Problem, errors, ordered, render
from roofsheet.scenarios import Loaded, load

REFUSED = Path(__file__).parent / "refused"
PACKAGE = Path(roofsheet.__file__).parent
PHASES = ("read", "parse", "names", "cycles", "dimensions", "values")
UPDATE = "UPDATE_GOLDEN" in os.environ
LONGEST = 5.0  # seconds of processor time: far above what any takes, so that it tells a hang and no busy machine


def cases() -> list[Path]:
    files = {path if path.parent.name in PHASES else path.parent for path in REFUSED.rglob("*.yaml")}
    return sorted(files)


def named(case: Path) -> str:
    return case.relative_to(REFUSED).with_suffix("").as_posix()


@pytest.fixture(params=cases(), ids=named)
def case(request):
    return request.param


@pytest.fixture
def loaded(case, monkeypatch):
    """The case loaded from the folder of all cases, so that messages name it alike on every machine."""
    monkeypatch.chdir(REFUSED)
    name = case.relative_to(REFUSED)
    start = time.process_time()
    found = load(str(name if name.suffix else name / "scenario.yaml"))
    assert time.process_time() - start < LONGEST
    return found


def refusals(loaded: Loaded) -> list[Problem]:
    """Why the command line ends with exit code 2: the errors found on loading, or those of what is shown."""
    if loaded.workbook is None:
        return errors(loaded.problems)
    workbook = loaded.workbook
    return ordered(problem for name in loaded.show if (problem := workbook.error(name)))


def test_a_refused_file_explains_itself(case, loaded):
    golden = case.with_suffix(".txt")
    text = render(refusals(loaded)) + "\n"
    if UPDATE:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    assert (loaded.workbook is not None) == (case.parent.name == "values")
    assert refusals(loaded)
    assert all(problem.mark for problem in refusals(loaded))


def test_every_golden_text_has_its_case():
    assert {path.with_suffix("") for path in REFUSED.rglob("*.txt")} == {case.with_suffix("") for case in cases()}


def test_every_kind_of_problem_that_files_can_have_is_shown():
    imports = REFUSED.parent / "importing" / "refused"
    texts = [*REFUSED.rglob("*.txt"), *imports.glob("*.txt")]
    shown = {kind for path in texts for kind in re.findall(r"error\[(\w+)\]", path.read_text())}
    layers = [path for folder in ("graph", "scenarios") for path in (PACKAGE / folder).rglob("*.py")]
    made = {kind for path in layers for kind in re.findall(r"(?:Problem|report)\(\s*\"(\w+)\"", path.read_text())}
    assert "dimension" in made
    # of the command line, of a sheet checked by itself, and of the examples of a dialect of one's own
    assert made - {"usage", "lint", "example"} <= shown


def test_every_caret_points_into_its_line(loaded):
    for problem in refusals(loaded):
        assert problem.mark is not None
        if problem.mark.source:
            assert 1 <= problem.mark.column <= len(problem.mark.source) + 1
