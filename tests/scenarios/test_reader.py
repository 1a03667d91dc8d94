"""YAML text becomes marked nodes, and every accident and attack ends in a located problem."""

from __future__ import annotations

import os
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.problems import Mark, Problem
from roofsheet.scenarios import building
from roofsheet.scenarios.nodes import Map, Scalar, Seq
from roofsheet.scenarios.reader import LARGEST_FILE, read_file, read_text

FILE = "sheet.yaml"


@pytest.fixture(params=["libyaml", "python"])
def parser(request, monkeypatch):
    """Either parser of PyYAML: with libyaml, or where it is not there."""
    if request.param == "python":
        monkeypatch.setattr(building, "_LOADER", yaml.SafeLoader)
    return request.param


def read(text: str) -> tuple[Map | None, list[Problem]]:
    problems: list[Problem] = []
    return read_text(text, FILE, problems), problems


def well_read(text: str) -> Map:
    node, problems = read(text)
    assert problems == []
    assert node is not None
    return node


def scalar(node: Map, key: str) -> Scalar:
    found = node.get(key)
    assert isinstance(found, Scalar)
    return found


def place(mark: Mark | None) -> tuple[int, int]:
    assert mark is not None
    return mark.line, mark.column


# What is read


@pytest.mark.parametrize("text", ["1e9", "NO", "1:30", "0x10", "null", "~", "2026-07-27", ".inf", "yes", "007"])
def test_every_scalar_is_the_text_that_was_written(parser, text):
    assert scalar(well_read(f"a: {text}"), "a").text.text == text


def test_sequences_and_mappings_keep_their_order_and_place(parser):
    node = well_read("b: [x, y]\na:\n  - z\n")
    assert [key.text.text for key, _ in node.items] == ["b", "a"]
    listed = node.get("b")
    assert isinstance(listed, Seq)
    assert [(item.text.text, place(item.mark)) for item in listed.items if isinstance(item, Scalar)] == [
        ("x", (1, 5)),
        ("y", (1, 8)),
    ]
    assert place(listed.mark) == (1, 4)


def test_columns_count_characters_and_not_bytes(parser):
    assert place(scalar(well_read("{ä: µs, b: c}"), "b").mark) == (1, 12)


def test_a_mark_carries_its_line(parser):
    mark = scalar(well_read("x: 1\ny: 126 TFLOPS  # dense\n"), "y").mark
    assert mark == Mark(FILE, 2, 4, 10, "y: 126 TFLOPS  # dense")


@pytest.mark.parametrize(
    ("text", "piece", "where"),
    [
        ("f: a + bcd\n", "bcd", (1, 8)),
        ("f: 'a + bcd'\n", "bcd", (1, 9)),
        ('f: "a + bcd"\n', "bcd", (1, 9)),
        ("f: |\n  a +\n    bcd\n  + e\n", "bcd", (3, 5)),
        ("f: >-\n  a +\n  bcd\n", "bcd", (3, 3)),
        ("f: a +\n  bcd\n", "bcd", (2, 3)),
    ],
)
def test_a_piece_of_a_text_is_found_again_in_the_file(parser, text, piece, where):
    found = scalar(well_read(text), "f").text
    start = found.text.index(piece)
    mark = found.at(start, start + len(piece))
    assert place(mark) == where
    assert mark.source[mark.column - 1 : mark.column - 1 + mark.length] == piece


@pytest.mark.parametrize("text", [r'f: "a\tb + c"', "f: 'it''s'"])
def test_a_text_with_escapes_is_marked_as_a_whole(parser, text):
    found = scalar(well_read(text), "f").text
    assert found.segments == ()
    assert found.at(2, 3) == found.mark
    assert place(found.mark) == (1, 4)


def test_a_block_is_marked_where_its_text_begins(parser):
    assert place(scalar(well_read("f: |  # why\n\n  a\n  b\n"), "f").mark) == (3, 3)


def test_nothing_after_a_colon_is_empty_and_quotes_are_not(parser):
    node = well_read("a:\nb: ''\n")
    assert scalar(node, "a").empty
    assert not scalar(node, "b").empty


def test_a_comment_that_ends_a_text_is_noticed(parser):
    node = well_read("a: b #c\nd: 'e' # f\ng: h#i\n")
    assert [scalar(node, key).cut for key in "adg"] == [True, False, False]


def test_an_alias_repeats_what_its_anchor_marks(parser):
    node = well_read("a: &x [1, 2]\nb: *x\n")
    assert node.get("b") == node.get("a")


def test_a_byte_order_mark_and_windows_line_ends_are_no_text(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    problems: list[Problem] = []
    node = read_file(path, problems)
    assert problems == []
    assert node is not None
    assert scalar(node, "b").mark.source == "b: 2"


names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
prose = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=30)


@given(st.dictionaries(names, prose, min_size=1, max_size=6))
def test_what_was_dumped_is_read_and_stands_where_its_mark_says(values):
    lines = [f"{name}: '{text.replace(chr(39), chr(39) * 2)}'" for name, text in values.items()]
    node = well_read("\n".join(lines))
    assert {key.text.text: scalar(node, key.text.text).text.text for key, _ in node.items} == values
    for key, _ in node.items:
        value = scalar(node, key.text.text)
        assert value.mark.source == lines[value.mark.line - 1]
        for at, char in enumerate(value.text.text.rstrip() if value.text.segments else ""):
            mark = value.text.at(at, at + 1)
            assert char.isspace() or mark.source[mark.column - 1] == char


# What is refused

ACCIDENTS = [
    ("a: {formula: 4[FLOP/pair] * x}", (1, 15), "'[' inside {...}", "quote it, or use a block"),
    ("a: {sum: sum(t[:].x)}", (1, 15), "'[' inside {...}", "quote it, or use a block"),
    ("a: [sum(t[:].x)]", (1, 10), "'[' inside [...]", "quote it, or use a block"),
    ("a: {b: 1\nc: 2\n", (1, 4), "{...} that starts here is not closed", ""),
    ("x: 1\na: [1, 2\nc: 2\n", (2, 4), "[...] that starts here is not closed", ""),
    ("a: %x", (1, 4), "cannot start with '%'", "quote it"),
    ("a: @x", (1, 4), "cannot start with '@'", "quote it"),
    ("a: }", (1, 4), "cannot start with '}'", "quote it"),
    ("a:\n\tb: 1\n", (2, 1), "a tab", "indent with spaces"),
    ("a: foo: bar", (1, 7), "a ':' where no key can stand", "quote a text that has ': '"),
    ("a: - b", (1, 4), "cannot start with '- '", "quote it"),
    ("a: * b", (1, 5), "cannot start with '*'", "quote it"),
    ("a: & b", (1, 5), "cannot start with '&'", "quote it"),
    ("a: *b", (1, 4), "no anchor '&b' stands above", "quote a text that starts with '*'"),
    ("a: &x [*x]", (1, 8), "no anchor '&x'", ""),
    ("a: > 3", (1, 6), "begin a block of lines", "quote it"),
    ("a: 'b' + c", (1, 8), "belongs neither", "quote the whole text"),
    ("a:\n  b: 1\n c: 2", (3, 2), "belongs neither", "indent the line like its neighbours"),
    ('a: "abc\n', (1, 4), "quote is not closed", ""),
    ("a: 1\nb\nc: 2", (2, 1), "neither a key nor a value", "write 'key: value'"),
    ('a: "\\q"', (1, 4), "a backslash starts an escape", "single quotes"),
    ("%TAG x\n---\na: 1", (1, 6), "directive", ""),
    ("a: !!python/name:os.system x", (1, 4), "tags", "quote"),
    ("a: !x y", (1, 4), "tags such as '!x'", "quote a text that starts with '!'"),
    ("<<: {a: b}", (1, 1), "merge keys are not read", "extends"),
    ("? [a]\n: b", (1, 3), "a key is text, not a list", "quote"),
    ("a: {{b: c}: d}", (1, 5), "a key is text, not a mapping", "quote"),
    ("?\n: d", (1, 2), "a value without a key", ""),
    ("- a\n- b", (1, 1), "not a mapping", ""),
    ("a", (1, 1), "not a mapping", ""),
    ("---\na: 1\n---\nb: 1", (3, 1), "a second document", ""),
    ("a: {f: max(a, b)}", (1, 15), "'b)' stands inside {...} without a value", "a comma starts the next key"),
    ("a: {f: 1,638,400 byte}", (1, 10), "'638' stands inside {...}", "quote it, or use a block"),
    ("a: {b:c}", (1, 5), "'b:c' stands inside {...}", "a colon needs a space after it"),
]


@pytest.mark.parametrize(("text", "where", "message", "hint"), ACCIDENTS, ids=[case[0] for case in ACCIDENTS])
def test_an_accident_of_yaml_is_one_problem_at_its_place_with_advice(parser, text, where, message, hint):
    _, [problem] = read(text)
    assert problem.kind == "yaml"
    assert place(problem.mark) == where
    assert message in problem.message
    assert hint in problem.hint


def test_a_text_that_a_comma_cut_is_put_together_for_what_follows(parser):
    node, problems = read("a: {f: 1,638,400 byte, b: c}")
    inner = node and node.get("a")
    assert isinstance(inner, Map)
    assert [(key.text.text, scalar(inner, key.text.text).text.text) for key, _ in inner.items] == [
        ("f", "1,638,400 byte"),
        ("b", "c"),
    ]
    assert len(problems) == 1


def test_a_second_value_for_a_key_is_refused_where_it_stands(parser):
    node, [problem] = read("a: 1\nb: 2\n'a': 3\n")
    assert (problem.kind, place(problem.mark)) == ("duplicate", (3, 1))
    assert "already given in line 1" in problem.message
    assert node is not None
    assert scalar(node, "a").text.text == "1"


def test_all_duplicates_of_a_file_are_told(parser):
    _, problems = read("a: {x: 1, x: 2}\nb: {y: 1, y: 2}\n")
    assert [place(problem.mark) for problem in problems] == [(1, 11), (2, 11)]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n"])
def test_an_empty_file_is_a_problem(parser, text):
    node, [problem] = read(text)
    assert node is None
    assert (problem.kind, problem.message) == ("file", "the file is empty")


# Files


def problem_with(path) -> Problem:
    problems: list[Problem] = []
    assert read_file(path, problems, "shown.yaml") is None
    [problem] = problems
    assert problem.kind == "file"
    assert problem.mark is not None
    assert problem.mark.file == "shown.yaml"
    return problem


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "qwen3.yaml").touch()
    problem = problem_with(tmp_path / "qwen.yaml")
    assert "there is no file" in problem.message
    assert problem.hint == "near it: qwen3.yaml"


def test_a_missing_folder_is_said(tmp_path):
    assert "nor its folder" in problem_with(tmp_path / "no" / "a.yaml").message


def test_a_folder_is_no_file(tmp_path):
    assert "is a folder" in problem_with(tmp_path).message


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_a_path_that_cannot_be_is_a_problem(tmp_path, name):
    assert "cannot be read" in problem_with(tmp_path / name).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_file_says_why(tmp_path):
    path = tmp_path / "a.yaml"
    path.touch(mode=0)
    assert "permission denied" in problem_with(path).message


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in problem_with(tmp_path / "pipe").message


@pytest.mark.parametrize(
    ("data", "message", "where"),
    [
        (b"a: 1\nb: \xff\n", "not UTF-8", (2, 4)),
        ("a: ä".encode("latin-1"), "not UTF-8", (1, 4)),
        ("a: 1".encode("utf-16-le"), "binary or UTF-16", (1, 1)),
        (b"\x7fELF\0\0", "binary", (1, 1)),
        (b"a: 1\nb: \x1b[31m\n", "U+001B", (2, 4)),
        (b"a" * (LARGEST_FILE + 1), "larger than 1,000,000 bytes", (1, 1)),
    ],
    ids=["utf-8", "latin-1", "utf-16", "elf", "escape", "large"],
)
def test_a_file_that_is_no_text_is_refused_at_its_place(tmp_path, data, message, where):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    problem = problem_with(path)
    assert message in problem.message
    assert place(problem.mark) == where


def test_a_file_is_named_from_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1")
    node = read_file(tmp_path / "a.yaml", [])
    assert node is not None
    assert node.mark.file == "a.yaml"


# Attacks

BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 100))
ATTACKS = {
    "brackets": ("a: " + "[" * 100_000, "nested deeper than 60"),
    "braces": ("a: " + "{a: " * 100_000, "nested deeper than 60"),
    "dashes": ("- " * 100_000, "nested deeper than 60"),
    "question marks": ("? " * 100_000, "nested deeper than 60"),
    "aliases that double": (BOMB, "more than 30,000 values"),
    "aliases that nest": (CHAIN, "nested deeper than 60"),
    "a wide list": ("a: [" + "x," * 200_000 + "]", "more than 30,000 values"),
    "stars": ("*" * 900_000, "cannot start with '*'"),
    "one key 50,000 times": ("a: 1\n" * 50_000, "too many problems"),
    "a lone surrogate": ("a: \ud800", "U+D800"),
    "a very long line": ("a: {b: " + "x" * 500_000 + ", c}", "without a value"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_soon_in_a_short_problem(attack):
    text, message = ATTACKS[attack]
    start = time.process_time()
    _, problems = read(text)
    assert time.process_time() - start < 5  # it tells a hang and no busy machine
    assert message in problems[-1].message
    assert all(len(problem.message) < 200 for problem in problems)
    assert len(problems) < 110


@given(st.text(st.sampled_from(list("ab:-?*&!|>'\"%@`{}[],# \n\t<1")), max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text):
    node, problems = read(text)
    assert node is not None or problems
    for problem in problems:
        line, column = place(problem.mark)
        assert 1 <= line <= text.count("\n") + 1
        assert column >= 1
