"""`roofsheet audit` on a sheet, and `roofsheet list names`: what a person needs to write a sheet of their own."""

from __future__ import annotations

import json
import re

SHEET = """
sheet: mine
about: Tokens a day.
source: made up
devices: one
takes: [decode_throughput]
quantities:
  daily_tokens: {unit: token, about: Tokens in a day., formula: 'decode_throughput * 86400[s]'}
examples:
  - about: a slow one
    given: {decode_throughput: 10 token/s}
    gives: {daily_tokens: 'GIVES'}
"""


def audited(run, tmp_path, gives):
    (tmp_path / "mine.yaml").write_text(SHEET.replace("GIVES", gives))
    return run("audit", "mine.yaml")


def test_a_sheet_s_examples_are_run(run, tmp_path):
    result = audited(run, tmp_path, "864,000 token")
    assert result.exit_code == 0
    assert "✓  daily_tokens  864,000 token  864,000 token" in result.stdout


def test_a_wrong_example_fails(run, tmp_path):
    result = audited(run, tmp_path, "865,000 token")
    assert result.exit_code == 1
    assert "✗  daily_tokens  865,000 token  864,000 token" in result.stdout


def test_an_example_of_something_that_the_sheet_does_not_give_is_refused(run, tmp_path):
    mistaken = SHEET.replace("gives: {daily_tokens: 'GIVES'}", "gives: {dayly_tokens: 1 token}")
    (tmp_path / "mine.yaml").write_text(mistaken)
    result = run("audit", "mine.yaml")
    assert result.exit_code == 2
    assert "did you mean daily_tokens" in result.stderr


def test_a_bundled_sheet_says_what_it_takes_and_gives(run):
    text = run("audit", "sheets/decode").stdout
    assert text.index("takes") < text.index("memory_bandwidth  GB/s") < text.index("gives") < text.index("tpot  ms")


def test_the_json_of_a_sheet_has_its_examples(run):
    record = json.loads(run("audit", "sheets/decode", "--json").stdout)
    assert record["sheet"] == "decode"
    assert all(example["holds"] for example in record["examples"])
    assert record["problems"] == []


def test_a_sheet_shown_as_a_scenario_says_what_to_do_with_it(run, tmp_path):
    audited(run, tmp_path, "1 token")
    result = run("show", "mine.yaml")
    assert result.exit_code == 2
    assert "`roofsheet audit` checks it by itself" in result.stderr


def test_the_glossary_s_names_are_listed_with_their_units(run):
    listed = run("list", "names").stdout
    assert "tpot" in listed
    assert re.search(r"^memory_bandwidth +GB/s/device", listed, re.MULTILINE)


def test_a_picture_that_does_not_end_well_says_why(run, scenario, tmp_path):
    path = scenario("scenario: s\nextends: guides/qwen3-vl-32b-on-rtx-pro-6000\nclaims: {tpot: 37 ms}\n")
    result = run("diagram", path, "tpot", "-o", "x.svg")
    assert result.exit_code == 1
    assert "tpot = 37 ms does not hold" in result.stderr
    assert (tmp_path / "x.svg").exists()


def test_an_audit_without_entries_to_compare_with_says_so(run):
    assert "nothing compared with the catalogue" in run("audit", "qwen3-vl-32b-on-rtx-pro-6000").stdout


def test_a_check_that_cannot_be_told_is_said_and_fails_nothing(run, scenario):
    path = scenario(
        "scenario: s\nquantities:\n  a: {unit: GB, default: 0}\n  b: {unit: GB, default: 4 GB}\n"
        "  c: {unit: GB, formula: b * 2}\nchecks:\n  - {rule: b / a > 1, why: b is more}\nshow: [c]\n"
    )
    result = run("show", path)
    assert result.exit_code == 0
    assert "! b / a > 1" in result.stdout
    assert "it cannot be told, b is more" in result.stdout
