"""`roofsheet audit` on a catalogue entry, and what a scenario's audit says of those that it binds or compares with."""

from __future__ import annotations

import json
import re

import pytest

ENTRY = """
hardware: card
title: A card
per: device
sources: {sheet: {title: its sheet, url: 'https://example.org/card', read: 2024-05-02}}
facts:
  source: sheet
  memory_bandwidth: 1000 GB/s
  tdp_of_sorts: 1 GB
  compute_rate: {values: {'bf16, fp32, dense': 1979 TFLOPS, 'bf16, fp32, sparse': 1979 TFLOPS}}
"""
SCENARIO = "scenario: x\nuse: [rates, roofline]\nset: {arithmetic_intensity: 9 FLOP/byte}\n"


@pytest.fixture
def card(tmp_path):
    (tmp_path / "card.yaml").write_text(ENTRY.replace("  tdp_of_sorts: 1 GB\n", ""))
    return "card.yaml"


def test_an_entry_s_facts_are_shown_with_kind_source_and_age(run, card):
    result = run("audit", card, "--as-of", "2026-12-01")
    assert result.exit_code == 1
    assert "datasheet: its sheet, read 2024-05-02, 30 months ago" in result.stdout
    assert "memory_bandwidth 1,000 GB/s/device" in " ".join(result.stdout.split())
    assert "✗ compute_rate[bf16, fp32, sparse] = 1,979 TFLOPS/device, 1 times" in result.stdout
    assert "✗ 3 facts, 1 figure does not agree" in result.stdout
    assert "facts to look at again: 3 read more than 18 months ago" in result.stdout


def test_the_ages_are_reckoned_from_the_day_given(run, card):
    assert "months ago" not in run("audit", card, "--as-of", "2024-12-01").stdout
    assert run("audit", card, "--as-of", "tomorrow").exit_code == 2


def test_a_bundled_entry_is_found_by_name_and_by_alias(run):
    for name in ("hardware/a10", "hardware/NVIDIA A10 24GB"):
        result = run("audit", name)
        assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "NVIDIA A10")
    assert run("audit", "models/llama-2-7b").exit_code == 0
    mistaken = run("audit", "hardware/a11")
    assert mistaken.exit_code == 2
    assert re.search(r"did you mean .*\ba10\?", mistaken.stderr)


def test_an_entry_with_a_mistaken_fact_is_refused(run, tmp_path):
    (tmp_path / "card.yaml").write_text(ENTRY)
    result = run("audit", "card.yaml")
    assert result.exit_code == 2
    assert "no glossary has the name tdp_of_sorts" in result.stderr


def test_an_entry_s_audit_is_data_too(run, card):
    found = json.loads(run("audit", card, "--as-of", "2026-12-01", "--json").stdout)
    assert (found["entry"], found["failed"], found["problems"]) == ("card", True, [])
    assert found["audit"]["facts"][0]["read"] == "2024-05-02"
    (departure,) = found["audit"]["departures"]
    assert (departure["name"], departure["severity"]) == ("compute_rate[bf16, fp32, sparse]", "error")


@pytest.mark.parametrize("key", ["with", "compare"])
def test_a_scenario_that_rests_on_figures_that_do_not_agree_fails_its_audit(run, card, scenario, key):
    rest = "" if key == "with" else "with: {hardware: a10}\n"
    result = run("audit", scenario(f"{SCENARIO}{rest}{key}: {{hardware: ./{card}}}"), "--json")
    found = json.loads(result.stdout)["audit"]
    assert [each["name"] for each in found["departures"]] == ["compute_rate[bf16, fp32, sparse]"]
    assert result.exit_code == 1


def test_a_scenario_s_audit_tells_them(run, card, scenario):
    result = run("audit", scenario(f"{SCENARIO}with: {{hardware: ./{card}}}"), "--as-of", "2026-12-01")
    assert "figures of the catalogue that do not agree ──" in result.stdout
    assert "1 figure does not agree in the catalogue" in " ".join(result.stdout.split())
    assert "read 2024-05-02: compute_rate[bf16, fp32, dense], memory_bandwidth" in result.stdout


def test_the_values_that_a_sheet_gives_by_default_are_told_by_kind(run):
    assert "facts to look at again: 2 assumed" in run("audit", "sheets/rates").stdout
    found = json.loads(run("audit", "sheets/rates", "--json").stdout)
    assert [fact["name"] for fact in found["remarks"]["assumed"]] == ["compute_dtype", "accumulator"]


def test_a_day_that_is_none_is_refused(run, tmp_path):
    (tmp_path / "card.yaml").write_text(ENTRY.replace("2024-05-02", "last May"))
    result = run("audit", "card.yaml")
    assert result.exit_code == 2
    assert "error[value]: 'last May' is no day" in result.stderr
