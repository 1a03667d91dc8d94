"""A formula is written once: no two places in all that ships state the same one, however it is spelled.

Compared is the normal form (graph/language/normal.py) over what names mean: the glossary's quantity, a quantity or a
row that a file or one that it uses declares, a cell of the column's own table. An own name that is only another name
for something means that. Two files' own names, and the cells of two tables, are different things though they be
spelled alike: `parameters * main_share` of an operator is not that of a vector. Devices are left out of units: a sheet
that counts them and one that does not may say the same.

Left out are formulas that compute nothing (names, literals, look-ups in a keyed input) and checks, which every sheet
states for itself. Parts of formulas are not compared. Within a file, and within a row, a formula stands once too:
another cell, or a quantity with a name, says what both are. What a column's `each:` expands is one place.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from roofsheet.scenarios import BUNDLED, Library

from ..formulas import stated, twice

OTHER_SORTS = {"dialects", "measurements"}  # how configs and measured rows are read
SHIPPED = [path for path in BUNDLED.rglob("*.yaml") if path.parent.name not in OTHER_SORTS]


def test_no_formula_stands_in_two_places():
    formulas = stated(SHIPPED, Library([]))
    assert len(formulas) > 250
    found = [f"{one}\n{other}" for one, other in twice(formulas)]
    assert not found, "one formula in two places:\n" + "\n\n".join(found)


@pytest.fixture
def found(tmp_path):
    """The pairs found in files made of (name, `quantities:` and the rest), each quantity with its line."""

    def look(**files: str) -> list[tuple[str, str]]:
        paths = [tmp_path / f"{name}.yaml" for name in files]
        for path, body in zip(paths, files.values(), strict=True):
            sort = "scenario" if path.stem.startswith("guide") else "sheet"
            path.write_text(f"{sort}: {path.stem}\nabout: made up\n{body}")
        return [(place(one), place(other)) for one, other in twice(stated(paths, Library([])))]

    def place(each: object) -> str:
        return Path(str(each).partition(" is ")[0]).name

    return look


def sheet(formula: str, name: str = "tpot", more: str = "") -> str:
    return f"quantities:\n{more}  {name}:\n    formula: {formula}\n"


WEIGHTS = sheet("weight_bytes / memory_bandwidth")


@pytest.mark.parametrize(
    "formula",
    [
        "1 / memory_bandwidth * weight_bytes",
        "weight_bytes / (memory_bandwidth / 2) / 2",
        "1[1/device] * weight_bytes / memory_bandwidth",
        "1000[MB] * weight_bytes / (1[GB] * memory_bandwidth)",
        "weight_bytes * tpot / (tpot * memory_bandwidth)",
    ],
)
def test_a_formula_written_otherwise_in_a_second_sheet_is_found(formula, found):
    assert found(one=WEIGHTS, two=sheet(formula, "weight_time")) == [("one.yaml:5: tpot", "two.yaml:5: weight_time")]


@pytest.mark.parametrize(
    "formula",
    ["cache_bytes / memory_bandwidth", "memory_bandwidth / weight_bytes", "2 * weight_bytes / memory_bandwidth"],
)
def test_another_formula_is_not(formula, found):
    assert not found(one=WEIGHTS, two=sheet(formula))


def test_names_literals_and_look_ups_stand_anywhere(found):
    for formula in ("weight_bytes", "2[GB]", "compute_rate[bf16, accumulator, dense]"):
        assert not found(one=sheet(formula), two=sheet(formula))


def test_a_scenario_is_looked_at_with_its_quantities_overrides_and_rows(found):
    again = "weight_bytes * (1 / memory_bandwidth)"
    assert found(one=WEIGHTS, guide=sheet(again)) == [("guide.yaml:5: tpot", "one.yaml:5: tpot")]
    assert found(one=WEIGHTS, guide=f"override:\n  tpot:\n    formula: {again}\n") == [
        ("guide.yaml:5: tpot", "one.yaml:5: tpot")
    ]
    row = f"rows:\n  operators:\n    one:\n      d_in: {again}\n"
    assert found(one=WEIGHTS, guide=row) == [("guide.yaml:6: one.d_in", "one.yaml:5: tpot")]


def test_own_names_of_two_files_are_two_things_unless_one_uses_the_other(found):
    own = "  price: {unit: USD/h}\n"
    cost = sheet("price * tpot", "cost", own)
    assert not found(one=cost, two=cost)
    used = "use: [./one.yaml]\n" + sheet("tpot * price", "bill")
    assert found(one=cost, two=used) == [("one.yaml:6: cost", "two.yaml:6: bill")]


def test_another_name_for_a_quantity_is_that_quantity(found):
    renamed = sheet("bytes / memory_bandwidth", more="  bytes: weight_bytes\n")
    assert found(one=WEIGHTS, two=renamed) == [("one.yaml:5: tpot", "two.yaml:6: tpot")]


COLUMNS = """tables:
  {table}:
    columns:
      width: {{default: 1}}
      $phase.height: {{each: {{phase: [prefill, decode]}}, formula: width * hidden_size}}
"""


def test_cells_are_their_table_s_and_an_expanded_column_is_one_place(found):
    assert not found(one=COLUMNS.format(table="boxes"), two=COLUMNS.format(table="crates"))


def test_within_a_row_a_formula_stands_once_too(found):
    row = "rows:\n  operators:\n    one:\n      d_in: 2 * hidden_size\n      d_out: hidden_size * 2\n"
    assert found(one=row) == [("one.yaml:6: one.d_in", "one.yaml:7: one.d_out")]
