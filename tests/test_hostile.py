"""Files and names made to do harm end in a located problem, soon, and never in a traceback."""

from __future__ import annotations

import random
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import roofsheet
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
    "nested conditionals": b"scenario: x\nquantities: {a: {unit: s, formula: "
    + b"1 if 1 < 2 else " * 55 + b"1}}",
    "nested comparisons": b"scenario: x\nquantities: {a: {unit: s, formula: "
    + b"1 if (" * 25 + b"1" + b" if 1 < 2 else 2) < 3 else 4" * 25 + b"}}",
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


def test_a_claim_that_overflows_its_unit_has_no_value(tmp_path):
    path = tmp_path / "scenario.yaml"
    path.write_text("scenario: x\nquantities: {a: {unit: s, default: 1e300 s}}\nclaims: {a * 2: 1 ns}")
    verdicts = roofsheet.open(path).claims()
    assert [(verdict.holds, verdict.finding) for verdict in verdicts] == [(False, "no value")]


def test_a_unit_at_the_edge_of_what_floats_can_scale_is_judged(tmp_path):
    path, unit = tmp_path / "scenario.yaml", "TB**12*TB**12*MB*day*byte/bit"
    path.write_text(f"scenario: x\nquantities: {{a: {{unit: {unit}, default: 1 {unit}}}}}\nclaims: {{a: 1 {unit}}}")
    assert all(verdict.holds for verdict in roofsheet.open(path).claims())


# The process's own edges

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
STREAMS = [
    (0, "show GUIDE >&- 2>&-"),
    (2, "sohw 2>/dev/full"),
    (2, "show GUIDE >/dev/full 2>/dev/full"),
    (2, "--help >/dev/full"),
]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize(("code", "line"), STREAMS)
def test_output_that_goes_nowhere_changes_no_exit_code_and_leaves_no_traceback(code, line):
    command = (
        f"{shlex.quote(sys.executable)} -c 'from roofsheet.cli.main import main; main()' {line.replace('GUIDE', GUIDE)}"
    )
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


@pytest.mark.parametrize("name", ["file.txt/x.svg", "nowhere/x.svg", "folder.svg", "x" * 300 + ".svg", "x.txt", ""])
def test_a_picture_that_cannot_be_written_is_refused(name, tmp_path):
    (tmp_path / "file.txt").touch()
    (tmp_path / "folder.svg").mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(roofsheet.InvalidInput):
        roofsheet.open(GUIDE).diagram("tpot", depth=0).save(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_to_nothing_is_not_its_own_neighbour(tmp_path):
    (tmp_path / "scenario.yaml").symlink_to("nowhere.yaml")
    (problem,) = found(loaded_soon(str(tmp_path / "scenario.yaml")))
    assert problem.hint == ""


# The shipped files, spoiled at random, but every time alike

MADE_UP = Path(__file__).parent / "made_up"
ODD = [
    "null", "[]", "{}", "1e999", "-0", "1e-320", "1e308 GB", "NaN", "\U0001f600", "\u05e9\u05dc", "x" * 5_000,
    "!!int 3", "&a x", "*a", "%", "@", "`", "\t", "a: b", "'", "9**9**9", "0**-1", "1/0", "log(0)", "(-1)**0.5",
    "1 # 2", "if", "None", "tpot", "memory", "$phase", "1[GB]", "sum(products[:].flops)", "compute_rate[bf16]",
    "{value: 1}", "{formula: 1/0}", "./x.yaml",
]  # fmt: skip


def spoiled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    words = list(re.finditer(r"[\w.]+", lines[place]))
    match chance.randrange(6):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[place])
        case 2:
            other = chance.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        case 3:
            lines[place] = " " * chance.randrange(1, 4) + lines[place]
        case _ if words:
            word = chance.choice(words)
            put = chance.choice([*ODD, *re.findall(r"[a-z_]+", text)])
            lines[place] = lines[place][: word.start()] + put + lines[place][word.end() :]
        case _:
            lines[place] += chance.choice(ODD)
    return "\n".join(lines)


def touch_everything(book: roofsheet.Workbook) -> None:
    assert repr(book)
    assert all(line.isprintable() for line in str(book.audit()).splitlines())
    assert book.diagram().source
    for name in book.shown[:3]:
        assert str(book.explain(name))


@pytest.mark.parametrize("seed", range(5))
def test_spoiled_files_are_refused_at_a_place_of_theirs_or_answer(seed, tmp_path):
    chance = random.Random(seed)
    root = Path(shutil.copytree(MADE_UP, tmp_path / "made_up"))
    shutil.copytree(Path(roofsheet.__file__).parent / "scenarios" / "guides", root / "guides")
    files = sorted(root.rglob("*.yaml"))
    for _ in range(10):
        path = chance.choice(files)
        text = path.read_text()
        path.write_text(spoiled(text, chance))
        loaded = loaded_soon(str(path if path.parent.name == "guides" else root / "scenario.yaml"))
        for problem in loaded.problems:
            assert problem.mark is not None
            lines = path.read_text().split("\n") if problem.mark.file == str(path) else [problem.mark.source]
            assert problem.mark.source in ("", *lines)
        if loaded.workbook:
            touch_everything(roofsheet.Workbook(loaded, loaded.workbook.checked))
        else:
            found(loaded)
        path.write_text(text)
