"""Kinds and ages of facts: what an audit says is to be looked at again, reckoned from a given day."""

from __future__ import annotations

from datetime import date

import pytest

from roofsheet.graph.audit.ages import Fact, age_in_months, is_old, months_before, remarks
from roofsheet.graph.audit.claims import judge_all
from roofsheet.graph.audit.findings import audit
from roofsheet.scenarios import load

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(("read", "old"), [
    ("2025-06-01", False), ("2025-05-31", True), ("2025-06", True), ("2025-07", False), ("", False),
    ("2030-01-01", False),
])  # fmt: skip
def test_what_was_read_more_than_eighteen_months_ago_is_old(read, old):
    assert is_old(read, DAY) == old


def test_months_are_counted_over_years_and_ends_of_months():
    assert months_before(date(2026, 3, 31), 18) == "2024-09-31"
    assert not is_old("2024-09-30", date(2026, 3, 30))
    assert is_old("2024-09-30", date(2026, 3, 31))
    assert [age_in_months(read, DAY) for read in ("2026-12-01", "2026-11-02", "2026-11", "2025-12-01")] == [0, 0, 1, 12]


def test_each_fact_is_told_for_its_kind_source_and_age_once():
    sourced = Fact("sheet", "1", "datasheet", "a data sheet", None, "2020-01-01")
    bare = Fact("bare", "1", "measured", "", None)
    assumed, claimed = Fact("guess", "1", "assumed", "", None), Fact("said", "1", "claimed", "a blog", None)
    missing = Fact("missing", "no value", "missing", "", None)
    found = remarks([sourced, bare, assumed, claimed, missing, sourced], DAY)
    assert (found.old, found.unsourced, found.assumed, found.claimed) == ((sourced,), (bare,), (assumed,), (claimed,))


ENTRY = """
hardware: card
per: device
sources: {old: {title: an old sheet, read: 2024-01-31}, new: {title: a new sheet, read: 2026-11}}
facts:
  memory_bandwidth: {value: 1 TB/s, source: old}
  peak_compute: {value: 100 TFLOPS, source: new}
"""
SCENARIO = """
scenario: ages
use: [roofline]
with: {hardware: ./card.yaml}
set: {arithmetic_intensity: {value: 9 FLOP/byte, kind: measured}}
"""


def test_a_scenarios_audit_knows_when_the_sources_of_its_facts_were_read(tmp_path):
    (tmp_path / "card.yaml").write_text(ENTRY)
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    loaded = load(str(tmp_path / "scenario.yaml"))
    assert loaded.workbook is not None
    verdicts = judge_all(loaded.claims, loaded.workbook)
    found = audit(loaded.workbook, loaded.show, verdicts, loaded.facts, loaded.entries, DAY)
    assert [(fact.name, fact.read) for fact in found.remarks.old] == [("memory_bandwidth", "2024-01-31")]
    assert [fact.name for fact in found.remarks.unsourced] == ["arithmetic_intensity"]
    assert not found.failed
    later = audit(loaded.workbook, loaded.show, verdicts, loaded.facts, loaded.entries, date(2030, 1, 1))
    assert {fact.name for fact in later.remarks.old} == {"memory_bandwidth", "peak_compute"}
