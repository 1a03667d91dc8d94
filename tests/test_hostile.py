"""Files and names made to do harm end in a located problem, soon, and never in a traceback."""

from __future__ import annotations

import time

import pytest

from roofsheet.problems import Problem, errors, render
from roofsheet.scenarios import Loaded, load

LONGEST = 5.0  # seconds of processor time: far above what any takes, so that it tells a hang and no busy machine

BOMB = "scenario: x\na: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
FILES: dict[str, bytes] = {
    "binary": bytes(range(256)) * 10,
    "utf-16": "scenario: x".encode("utf-16"),
    "latin-1": "scenario: größe".encode("latin-1"),
    "null": b"scenario: x\0y",
    "huge": b"# " + b"x" * 2_000_000,
    "a million lines": b"\n" * 999_999,
    "deep lists": b"scenario: " + b"[" * 100_000,
    "deep mappings": b"scenario: " + b"{a: " * 50_000,
    "an alias bomb": BOMB.encode(),
    "one long line": b"scenario: x\nquantities: {a: '" + b"1 + " * 100_000 + b"1'}",
    "100,000 characters": b"scenario: x\nquantities:\n  a: " + b"a" * 100_000,
    "nested brackets": b"scenario: x\nquantities:\n  a: " + b"(" * 1_900 + b"1" + b")" * 1_900,
    "many minus signs": b"scenario: x\nquantities:\n  a: " + b"-" * 3_900 + b"1",
    "a tower of powers": b"scenario: x\nquantities:\n  a: " + b" ** ".join([b"9"] * 900),
    "a long name": b"scenario: x\nquantities:\n  " + b"a" * 5_000 + b": 1 + 1",
    "a dotted name": b"scenario: x\nquantities:\n  a: b" + b".b" * 1_500,
    "a long unit": b"scenario: x\nquantities:\n  a: {unit: " + b"*".join([b"s"] * 20_000) + b"}",
    "huge powers in a unit": b"scenario: x\nquantities:\n  a: {unit: s**99999999999999999999}",
    "a unit of units": b"scenario: x\nquantities:\n  a: {unit: '" + b"(" * 5_000 + b"s" + b")" * 5_000 + b"'}",
    "a long number": b"scenario: x\nset: {a: " + b"9" * 20_000 + b"}",
    "a thousand unknown keys": b"scenario: x\n" + b"".join(b"key%d: 1\n" % i for i in range(1_000)),
    "a thousand unknown names": b"scenario: x\nquantities:\n"
    + b"".join(b"  a%d: b%d + 1\n" % (i, i) for i in range(1_000)),
    "one file used 20,000 times": b"scenario: x\nuse: [" + b"./x.yaml, " * 20_000 + b"]",
    "a circle of a thousand": b"scenario: x\nquantities:\n"
    + b"".join(b"  a%d: a%d + 1\n" % (i, (i + 1) % 1_000) for i in range(1_000)),
    "columns upon columns": b"scenario: x\ntables:\n  t:\n    columns:\n      $a.$b.$c: {each: {a: ["
    + b", ".join(b"a%d" % i for i in range(90)) + b"], b: [b1, b2], c: [c1, c2]}}",
    "terminal codes": b"scenario: x\nabout: \x1b[31mred\x1b[0m",
}  # fmt: skip
ARGUMENTS = [
    "", "=", "a", "a=", "=1", "a=1=2", "a b=1", "a=" + "9" * 10_000, "[=1", "a[b=1", "lambda=1", "é=1", "\n=\n",
]  # fmt: skip
NAMES = [
    "", ".", "/", "~", "nowhere.yaml", "x" * 5_000, "x" * 5_000 + ".yaml", "a\0b.yaml", "../../etc/passwd", "\n", "-",
]  # fmt: skip


def loaded_soon(name: str, *sets: str) -> Loaded:
    start = time.process_time()
    loaded = load(name, sets)
    assert time.process_time() - start < LONGEST
    return loaded


def found(loaded: Loaded) -> list[Problem]:
    """The errors; every one has its place, and all together are a text that people can read on a screen."""
    problems = errors(loaded.problems)
    assert loaded.workbook is None
    assert problems
    assert all(problem.mark for problem in problems)
    text = render(problems)
    assert len(text) < 1_000_000
    assert all(char.isprintable() or char == "\n" for char in text)
    return problems


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_soon(name, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_bytes(FILES[name])
    for problem in found(loaded_soon(str(path))):
        assert problem.mark is not None
        assert problem.mark.file == str(path)
        assert len(problem.message) < 1_000


@pytest.mark.parametrize("name", NAMES, ids=lambda name: f"{ascii(name)[:20]} of {len(name)}")
def test_a_name_of_no_scenario_is_refused_soon(name):
    found(loaded_soon(name))


def test_a_folder_is_no_scenario(tmp_path):
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    (problem,) = found(loaded_soon(str(folder)))
    assert "is a folder" in problem.message


@pytest.mark.parametrize("argument", ARGUMENTS, ids=lambda argument: f"{ascii(argument)[:20]} of {len(argument)}")
def test_a_setting_that_says_nothing_is_refused_at_its_place(argument, tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text("scenario: x\nquantities: {b: {unit: h, default: 1 h}}")
    for problem in found(loaded_soon(str(path), argument)):
        assert problem.mark is not None
        assert problem.mark.file == "--set"


def test_a_chain_of_two_thousand_quantities_is_computed(tmp_path):
    path = tmp_path / "scenario.yaml"
    steps = "".join(f"  a{number}: a{number - 1} + 1\n" for number in range(1, 2_000))
    path.write_text(f"scenario: x\nquantities:\n  a0: {{default: 1}}\n{steps}show: [a1999]")
    loaded = load(str(path))
    assert loaded.problems == ()
    assert loaded.workbook is not None
    assert loaded.workbook.number("a1999") == 2_000
