"""The content that ships: every sheet by itself, every entry, every scenario and its claims."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from roofsheet.graph.audit.claims import judge
from roofsheet.graph.language.declarations import Sheet
from roofsheet.problems import render
from roofsheet.scenarios import BUNDLED, Library, bundled, load
from roofsheet.scenarios.examples import lint, run_examples

SHEETS = [name for name in bundled("sheet") if name != "glossary"]


@cache
def sheet_and_outcomes(name):
    library = Library([])
    sheet = library.read(BUNDLED / "sheets" / f"{name}.yaml")
    assert isinstance(sheet, Sheet)
    outcomes = run_examples(sheet, library)
    assert not library.problems, render(library.problems)
    return sheet, outcomes


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_alone_gives_its_worked_numbers(name):
    _, outcomes = sheet_and_outcomes(name)
    for outcome in outcomes:
        wrong = [
            (str(each.claim.spec.subject.text), each.computed) for each in outcome.verdicts if not each.as_expected
        ]
        assert outcome.holds, f"{render(outcome.problems)}\n{wrong}"
        assert outcome.verdicts, "a sheet has an example, and the example gives something"


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_of_any_devices_says_of_many_holds_of_one(name):
    sheet, outcomes = sheet_and_outcomes(name)
    if sheet.devices == "any":
        alone = run_examples(replace(sheet, devices="one"), Library([]))
        assert all(outcome.holds for outcome in alone)
        assert not any(outcome.dag.context.one_device for outcome in outcomes)
        assert all(outcome.dag.context.one_device for outcome in alone)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_leaves_no_formula_without_an_example_that_can_tell_it(name):
    sheet, outcomes = sheet_and_outcomes(name)
    left_open = lint(sheet, outcomes)
    assert not left_open, render(left_open)


@pytest.mark.parametrize("sort", ["hardware", "model"])
def test_every_fact_of_every_entry_can_be_bound(sort, tmp_path):
    for name in bundled(sort):
        path = tmp_path / f"uses-{name}.yaml"
        path.write_text(
            f"scenario: facts\nuse: [roofline]\nwith: {{{sort}: {name}}}\nset: {{arithmetic_intensity: 9 FLOP/byte}}\n"
        )
        loaded = load(str(path))
        about_facts = [
            each for each in loaded.problems if each.mark and name in each.mark.file and each.kind != "takes"
        ]
        assert not about_facts, render(about_facts)


@pytest.mark.parametrize("name", bundled("scenario"))
def test_every_claim_of_a_scenario_comes_out_as_it_expects(name):
    loaded = load(name)
    assert loaded.workbook is not None, render(loaded.problems)
    assert not loaded.problems, render(loaded.problems)
    wrong = [verdict for claim in loaded.claims if not (verdict := judge(claim, loaded.workbook)).as_expected]
    assert not wrong
    for shown in loaded.show:
        assert loaded.workbook.value(shown) is not None, shown


def test_the_guide_comes_out_to_the_digit():
    workbook = load("guides/qwen3-vl-32b-on-rtx-pro-6000").workbook
    assert workbook is not None
    got = {name: workbook.text(name) for name in ("ops_to_byte", "arithmetic_intensity", "bottleneck", "weight_bytes")}
    assert got == {
        "ops_to_byte": "70.39 FLOP/byte",
        "arithmetic_intensity": "64 FLOP/byte",
        "bottleneck": "memory",
        "weight_bytes": "64 GB",
    }
    assert workbook.text("kv_bytes_per_token") == "1,638,400 byte/token"
    assert workbook.number("max_batch") == 4
    assert workbook.number("tpot") == pytest.approx(64e9 / 1790e9 * 1e3)
    assert workbook.number("ttft") == pytest.approx(512 * 2 * 32e9 / 126e12 * 1e3)


def test_the_same_sheets_with_the_catalogue_s_facts_make_room_for_33_sequences():
    name = "qwen3-vl-32b-on-rtx-pro-6000"
    real, labelled = load(name).workbook, load(name, ["memory_capacity=96 GB"]).workbook
    assert real is not None
    assert labelled is not None
    assert (real.number("max_batch"), labelled.number("max_batch")) == (33, 27)
    assert real.number("peak_compute") == 503.8


def test_every_bundled_file_is_named_in_messages_from_the_package_s_own_folder():
    library = Library([])
    for path in sorted(Path(BUNDLED).rglob("*.yaml")):
        if path.parent.name == "dialects" or path.stem == "names":  # which the importer and validations read
            continue
        found = library.read(path)
        assert found is not None
        assert found.file == f"scenarios/{path.relative_to(BUNDLED).as_posix()}"


def test_a_bundled_file_is_decoded_once_in_a_process_unless_its_text_changes(tmp_path):
    decode = BUNDLED / "sheets" / "decode.yaml"
    assert Library([]).read(decode) is Library([]).read(decode)
    mine = tmp_path / "sheets" / "mine.yaml"
    mine.parent.mkdir()
    told = []
    for about in ("this", "that", "this"):
        mine.write_text(f"sheet: mine\nabout: {about}\nsource: made up\n")
        told.append(Library([], root=tmp_path).read(mine))
    assert [sheet.about for sheet in told if isinstance(sheet, Sheet)] == ["this", "that", "this"]
    assert told[0] is told[2]
