"""The values of an axis: what is written is what is swept, and what could mislead is refused with its place."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roofsheet.problems import Text, UnknownQuantity, render
from roofsheet.sweeps.axis_text import axis_values, entry_names

from ..building import Declared, workbook

GOLDEN = Path(__file__).with_name("refused_axes.txt")
REFUSED = {
    "batch": [
        "", " ", "16,,32", "1,", ", 1", "8..1", "1..", "..8", "1..8 by", "1..2.5", "0.5..8", "1..1e17", "1..1e8",
        "1..8, lin(0.5, 9.5, 1e9)", "9..1e16 by 1", "geom(1, 8, 4", "geom(1, 8, 4))", "geo(1, 2, 3)", "log(1, 8, 4)",
        "lin(1, 8)", "lin(1, 8,)", "lin()", "lin(1, 8, 0)", "lin(1, 8, -1)", "lin(1, 8, 2.5)", "lin(1, 8, many)",
        "lin(1, 8, 1)", "lin(1, 1, 2)", "geom(0, 8, 3)", "geom(8, 0, 3)", "geom(-1, 8, 3)", "1, 2, 1", "1..8, 5",
        "lin(0, 10, 11), 3", "inf", "nan", "1e999", "-1e308..1e308 by 1e307", "lin(-1e308, 1e308, 3)", "1..4 by 0",
        "1..4 by -1", "1..2..3", "5 by 2", "16 GB", "all", "true", "131,072", "1..4 by 0.5 sequence, 1..8 sequences",
        "2*8",
    ],
    "length": ["1..8 ktoken/sequence", "1024..8 ktoken/sequence by 1", "1..8 token", "512 token"],
    "bandwidth": [
        "3.35", "1000..8000", "1..8 TB/s", "500 GB/s..8 TB/s", "1000 GB/s..8 TB/s by 500", "lin(1, 8 TB, 15)",
        "1..2 TB/s by 500 GB/s", "1 TB/s, 1000 GB/s", "8..1 TB/s by 0.5",
    ],
    "time": ["1..8 s", "1..8 by 2"],
    "format": ["bf16, bf16", "bf17", "bf16..fp8", "bf16,", "1"],
}  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return workbook(
        {
            "batch": Declared("sequence", "1"),
            "length": Declared("token/sequence", "1"),
            "bandwidth": Declared("GB/s", "1 GB/s"),
            "time": Declared("ms", "1 ms"),
            "share": Declared("percent", "1 percent"),
            "format": Declared(value="bf16", choices=("bf16", "fp8", "int4")),
        }
    )


def values(book, name, text):
    problems = []
    found = axis_values(book, name, Text.line(text, "--over"), problems)
    assert problems == []
    assert found is not None
    return found if isinstance(found, list) else found.tolist()


# -- what is written is what is swept ------------------------------------------------------------------------


@given(st.integers(-1000, 1000), st.integers(0, 300))
def test_a_range_is_the_whole_numbers_from_end_to_end(book, first, more):
    assert values(book, "batch", f"{first}..{first + more}") == [*range(first, first + more + 1)]


@given(st.integers(-1000, 1000), st.integers(0, 300), st.integers(1, 50))
def test_a_range_with_a_step_is_that_of_python(book, first, more, step):
    assert values(book, "batch", f"{first} .. {first + more} by {step}") == [*range(first, first + more + 1, step)]


NUMBERS = st.floats(-1e12, 1e12).filter(lambda number: number == 0 or abs(number) > 1e-12)
POSITIVE = st.floats(1e-12, 1e12)


@given(NUMBERS, NUMBERS, st.integers(2, 50))
def test_even_spacing_is_that_of_numpy(book, first, last, count):
    assume(abs(first - last) > 1e-9 * max(abs(first), abs(last)))
    found = values(book, "batch", f"lin({first!r}, {last!r}, {count})")
    assert found == pytest.approx(np.linspace(first, last, count).tolist(), rel=1e-12)
    assert (found[0], found[-1]) == (first, last)


@given(POSITIVE, POSITIVE, st.integers(2, 50), st.sampled_from([1, -1]))
def test_spacing_on_a_log_scale_is_that_of_numpy(book, first, last, count, sign):
    assume(abs(first - last) > 1e-9 * max(first, last))
    first, last = sign * first, sign * last
    found = values(book, "batch", f"geom({first!r}, {last!r}, {count})")
    assert found == pytest.approx(np.geomspace(first, last, count).tolist(), rel=1e-12)
    assert (found[0], found[-1]) == (first, last)


@given(st.integers(1, 9), st.integers(2, 12), st.integers(1, 12))
def test_a_whole_number_on_a_log_scale_is_exact(book, first, base, steps):
    text = f"geom({first}, {first * base**steps}, {steps + 1})"
    assert values(book, "batch", text) == [first * base**step for step in range(steps + 1)]


@given(st.integers(0, 2000), st.integers(0, 60), st.integers(1, 400))
def test_the_unit_in_which_it_is_written_changes_nothing(book, first, steps, step):
    last = first + steps * step
    small = values(book, "bandwidth", f"{first} GB/s..{last} GB/s by {step} GB/s")
    large = values(book, "bandwidth", f"{first / 1000} TB/s..{last / 1000} TB/s by {step / 1000} TB/s")
    assert small == large == [first + number * step for number in range(steps + 1)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("batch", "16", [16]),
        ("batch", "64, 8,128", [64, 8, 128]),
        ("batch", "1..4, 8, geom(16, 64, 3)", [1, 2, 3, 4, 8, 16, 32, 64]),
        ("batch", "2 sequences, 70e9, 1_024", [2, 70e9, 1024]),
        ("batch", "1..8 by 3", [1, 4, 7]),
        ("batch", "0.1..0.5 by 0.1", [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("batch", "1..2 by 0.3", [1, 1.3, 1.6, 1.9]),
        ("batch", "lin(8, 2, 3)", [8, 5, 2]),
        ("batch", "lin(3, 3, 1), geom(4, 4, 1)", [3, 4]),
        ("batch", "geom(-1, -4, 3)", [-1, -2, -4]),
        ("batch", "7..7", [7]),
        ("length", "geom(1024, 131072, 8)", [1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072]),
        ("length", "512..2048 token/sequence by 512", [512, 1024, 1536, 2048]),
        ("length", "0..4 ktoken/sequence by 2 ktoken/sequence", [0, 2000, 4000]),
        ("bandwidth", "3.35 TB/s, 936 GB/s", [3350, 936]),
        ("bandwidth", "1..3 GB/s", [1, 2, 3]),
        ("bandwidth", "1..2 TB/s by 0.5", [1000, 1500, 2000]),
        ("bandwidth", "1 TB/s..2 by 0.5", [1000, 1500, 2000]),
        ("bandwidth", "1 TB/s..2 TB/s by 500 GB/s, 0", [1000, 1500, 2000, 0]),
        ("bandwidth", "lin(1, 8 TB/s, 8)", [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]),
        ("bandwidth", "lin(500 GB/s, 1 TB/s, 2)", [500, 1000]),
        ("share", "10..30 percent by 10", [10, 20, 30]),
        ("share", "0.5 percent", [0.5]),
        ("format", "bf16, int4", ["bf16", "int4"]),
    ],
)  # fmt: skip
def test_an_axis_is_what_is_written(book, name, text, expected):
    assert values(book, name, text) == expected


def test_numbers_are_those_that_a_setting_gives(book):
    """To the last bits in base units, whatever the unit in which they were written."""
    texts = ["3.35 TB/s", "0.1 TB/s", "1790.3 GB/s", "0.30000000000000004 GB/s", "7 MB/s", "0.3 GiB/s"]
    scale = book.definition("bandwidth").unit.scale
    for text, number in zip(texts, values(book, "bandwidth", ", ".join(texts)), strict=True):
        assert number * scale == pytest.approx(book.value_for("bandwidth", text).number, rel=4e-16)


def test_ten_million_values_are_taken(book):
    problems = []
    found = axis_values(book, "batch", Text.line("1..10_000_000", "--over"), problems)
    assert isinstance(found, np.ndarray)
    assert len(found) == 10_000_000


def test_the_place_of_a_problem_is_that_in_the_file(book):
    line = "  batch: '1, 2..x'"
    text = Text("1, 2..x", Text.line(line, "s.yaml").at(9, 18), ((0, Text.line(line, "s.yaml").at(10, 17)),))
    problems = []
    assert axis_values(book, "batch", text, problems) is None
    assert [str(problem.mark) for problem in problems] == ["s.yaml:1:17"]


def test_what_is_no_quantity_is_said_by_its_name(book):
    with pytest.raises(UnknownQuantity, match="did you mean batch"):
        axis_values(book, "batches", Text.line("1", "--over"), [])


# -- catalogue entries ---------------------------------------------------------------------------------------


def test_entries_are_names_between_commas():
    names = entry_names(Text.line("h100-sxm, h200-sxm,b200", "--over"), []) or ()
    assert [(name.text, name.mark.column) for name in names] == [("h100-sxm", 1), ("h200-sxm", 11), ("b200", 20)]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", 1, "the list of entries has no values"),
        ("h100-sxm,", 9, "nothing stands between two values"),
        ("h100-sxm, b200, h100-sxm", 17, "h100-sxm is given twice"),
    ],
)
def test_a_list_of_entries_is_refused_with_its_place(text, place, message):
    problems = []
    assert entry_names(Text.line(text, "--over"), problems) is None
    (problem,) = problems
    assert problem.mark.column == place
    assert message in problem.message


# -- refused -------------------------------------------------------------------------------------------------


def test_an_axis_that_is_refused_explains_itself(book):
    """`UPDATE_GOLDEN=1 pytest tests/sweeps` writes them anew: read the difference as a user would."""
    told = "\n\n".join(refusal(book, name, text) for name, texts in REFUSED.items() for text in texts) + "\n"
    if "UPDATE_GOLDEN" in os.environ:
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")


def refusal(book, name, text):
    problems = []
    assert axis_values(book, name, Text.line(text, f"--over {name}="), problems) is None, text
    assert problems, text
    return render(problems)


@given(st.sampled_from([*REFUSED]), st.text("0123456789.,()e- linbygeomTB/sx", max_size=30))
def test_any_text_is_values_or_problems_in_their_places(book, name, text):
    problems = []
    found = axis_values(book, name, Text.line(text, "--over"), problems)
    assert (found is None) == bool(problems)
    for problem in problems:
        assert problem.mark is not None
        assert 1 <= problem.mark.column <= len(text) + 1
