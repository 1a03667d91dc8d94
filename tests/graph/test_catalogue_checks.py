"""An accelerator's figures held against one another: each check fires on an entry that was broken for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from roofsheet.graph.assembly.definitions import CatalogueFact
from roofsheet.graph.audit.catalogue import Departure, departures
from roofsheet.graph.audit.entry import EntryAudit, audit_entry
from roofsheet.problems import Text
from roofsheet.scenarios import Library, bundled, facts_alone

DAY = date(2026, 12, 1)
H100 = {  # the rates of an H100 SXM, in TFLOPS
    "fp32, fp32, dense": 66.9,
    "tf32, fp32, dense": 494.7, "tf32, fp32, sparse": 989.4,
    "fp16, fp16, dense": 989.4, "fp16, fp32, dense": 989.4, "fp16, fp32, sparse": 1978.9,
    "bf16, fp32, dense": 989.4, "bf16, fp32, sparse": 1978.9,
    "fp8, fp16, dense": 1978.9, "fp8, fp32, dense": 1978.9, "fp8, fp32, sparse": 3957.8,
    "int8, int32, dense": 1978.9, "int8, int32, sparse": 3957.8,
    "fp4, fp32, dense": 3957.8, "fp4, fp32, sparse": 7915.6,  # which it has not, but its successors have
}  # fmt: skip
DENSE = [key for key in H100 if key.endswith("dense") and not key.startswith("fp32")]

Entry = Callable[..., EntryAudit]


def shipped(name: str) -> EntryAudit:
    library = Library([])
    entry = library.entry(Text.line(name, "a test"), "hardware")
    assert entry is not None
    return audit_entry(entry, facts_alone(entry, library), DAY)


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    """The audit of an entry of these rates, or values with a note, and of these other facts."""

    def audited(rates: dict[str, float | str], facts: str = "memory_label: 80 GB") -> EntryAudit:
        lines = [
            f"      {key}: {value if isinstance(value, str) else f'{value} TFLOPS'}" for key, value in rates.items()
        ]
        values = "\n".join(["  compute_rate:", "    values:", *lines]) if lines else ""
        (tmp_path / "card.yaml").write_text(f"hardware: card\nper: device\nfacts:\n  {facts}\n{values}\n")
        library = Library([])
        found = library.catalogued(Text.line(str(tmp_path / "card.yaml"), "a test"))
        assert found is not None
        audit = audit_entry(found, facts_alone(found, library), DAY)
        assert not library.problems
        return audit

    return audited


def rules(found: EntryAudit) -> set[str]:
    return {each.expected.partition(",")[0] for each in found.departures if each.fails}


@pytest.mark.parametrize("name", bundled("hardware"))
def test_the_figures_of_every_entry_agree_or_a_note_says_why_not(name):
    assert [each for each in shipped(name).departures if each.fails] == []


def test_the_figures_of_an_h100_agree(entry):
    assert entry(dict(H100)).departures == ()


@pytest.mark.parametrize("key", DENSE)
def test_a_sparse_figure_entered_as_dense_is_found(entry, key):
    found = entry({**H100, key: 2 * H100[key]})
    assert found.failed
    assert any(key in (each.name + each.other) for each in found.departures)


def test_the_one_rate_that_would_settle_all_of_it_is_named(entry):
    found = entry({**H100, "bf16, fp32, dense": 1978.9})
    assert {each.name.partition("[")[2][:4] for each in found.departures} == {"bf16", "tf32", "fp8,", "int8"}
    hint = "at half of it, 989.45 TFLOPS/device, compute_rate[bf16, fp32, dense] agrees with the others: "
    assert {each.hint for each in found.departures} == {f"{hint}is it a sparse rate?"}
    twice = entry({**H100, "bf16, fp32, dense": 494.7}).departures
    assert all("at twice of it, 989.4 TFLOPS/device, compute_rate[bf16, fp32, dense]" in each.hint for each in twice)


def test_where_two_rates_may_be_mistaken_none_is_named(entry):
    (found,) = entry({"bf16, fp32, dense": 100, "fp8, fp32, dense": 100}).departures
    assert found.hint == "if it is so, a note on the value says why"


BROKEN = {
    "a sparse rate is twice the dense one": {"bf16, fp32, dense": 989.4, "bf16, fp32, sparse": 1678},
    "BF16 runs at the rate of FP16": {"fp16, fp32, dense": 989.4, "bf16, fp32, dense": 494.7},
    "TF32 runs at half the rate of 16 bits": {"tf32, fp32, dense": 989.4, "fp16, fp32, dense": 989.4},
    "8 bits run at twice the rate of 16": {"fp8, fp32, dense": 989.4, "bf16, fp32, dense": 989.4},
    "4 bits run at twice the rate of 8": {"fp4, fp32, dense": 1000, "fp8, fp32, dense": 1000},
    "a tensor rate is no less than that of the plain cores": {"fp32, fp32, dense": 67, "bf16, fp32, dense": 66},
    "sums in 16 bits are as fast as in 32": {"fp16, fp16, dense": 82, "fp16, fp32, dense": 165},
}


@pytest.mark.parametrize("rule", BROKEN)
def test_each_check_fires_on_an_entry_broken_for_it(entry, rule):
    assert rules(entry(BROKEN[rule])) == {rule}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_note_on_the_value_makes_it_a_remark(entry, rule):
    told = "{{value: {} TFLOPS, note: it is so}}"
    found = entry({key: told.format(value) for key, value in BROKEN[rule].items()})
    assert not found.failed
    assert {(each.severity, each.note) for each in found.departures} == {("remark", "it is so")}


@pytest.mark.parametrize("key", [key for key in H100 if key.endswith("sparse")])
def test_no_note_explains_a_sparse_rate_that_is_the_dense_one_or_more_than_twice_it(entry, key):
    dense = H100[key.replace("sparse", "dense")]
    for rate in (dense, 0.5 * dense, 4 * dense):
        rates = {key.replace("sparse", "dense"): dense, key: f"{{value: {rate} TFLOPS, note: it is so}}"}
        assert rules(entry(rates)) == {"a sparse rate is twice the dense one"}


REAL = {
    "RTX 4090, twice as fast with sums in 16 bits": {
        "fp32, fp32, dense": 82.6, "fp16, fp16, dense": 330.3, "fp16, fp32, dense": 165.2, "bf16, fp32, dense": 165.2,
        "fp8, fp16, dense": 660.6, "fp8, fp32, dense": 330.3, "int8, int32, dense": 660.6,
    },
    "RTX 5090, whose FP4 is four times its FP8 with sums in 32 bits": {
        "fp8, fp16, dense": 838, "fp8, fp32, dense": 419, "int8, int32, dense": 838, "fp4, fp32, dense": 1676,
    },
    "L4, rounded": {"fp16, fp32, dense": 121, "fp16, fp32, sparse": 242, "fp8, fp32, dense": 242.5},
    "M3 Max, without matrix units": {"fp32, fp32, dense": 14.2, "fp16, fp32, dense": 14.2},
    "sparse rates alone": {"bf16, fp32, sparse": 1979, "fp8, fp32, sparse": 3958},
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_what_real_hardware_is_needs_no_note(entry, name):
    assert entry(REAL[name]).departures == ()


def test_sparse_rates_alone_are_held_against_one_another(entry):
    assert rules(entry({"bf16, fp32, sparse": 1979, "fp8, fp32, sparse": 1979})) == {
        "8 bits run at twice the rate of 16"
    }


def test_of_the_shipped_dense_rates_hardly_one_can_be_doubled_unseen():
    seen = [saw for name in bundled("hardware") for saw in _doublings_seen([fact for _, fact in _facts(name)])]
    assert len(seen) > 200
    assert sum(seen) >= 0.9 * len(seen)


def _doublings_seen(facts: list[CatalogueFact]) -> list[bool]:
    """Whether each dense tensor rate that has two neighbours can be doubled without a failure."""
    rates = [fact for fact in facts if fact.name == "compute_rate" and fact.key[2] == "dense" and fact.key[0] != "fp32"]
    if len({fact.key[0] for fact in rates}) < 3:
        return []
    return [any(each.fails for each in _doubled(facts, fact)) for fact in rates]


def _facts(name: str) -> tuple[tuple[str, CatalogueFact], ...]:
    library = Library([])
    entry = library.entry(Text.line(name, "a test"), "hardware")
    assert entry is not None
    return facts_alone(entry, library)


def _doubled(facts: list[CatalogueFact], fact: CatalogueFact) -> tuple[Departure, ...]:
    assert fact.value.number is not None
    given = replace(fact.value.given, note="")
    other = replace(fact, value=replace(fact.value, number=2 * fact.value.number, given=given))
    return departures(other if each is fact else each for each in facts)


MEMORY = {
    "what the driver has of 80 GiB": ("81559 MiB", "80 GB", True),
    "GB as they are": ("23028 MiB", "24 GB", True),
    "less than the label": ("16 GB", "24 GB", False),
    "more than there is": ("87 GB", "80 GB", False),
    "another card": ("81559 MiB", "40 GB", False),
    "a label in GiB": ("95 GiB", "95 GiB", True),
    "more GiB than there are": ("102 GiB", "95 GiB", False),
}


@pytest.mark.parametrize("case", MEMORY)
def test_the_driver_reports_the_memory_of_the_label(entry, case):
    capacity, label, agrees = MEMORY[case]
    for note, severities in ("", ["error"]), (", note: it is so", ["remark"]):
        facts = f"memory_label: {label}\n  memory_capacity: {{value: {capacity}{note}}}"
        assert [each.severity for each in entry({}, facts).departures] == ([] if agrees else severities)


def test_entries_without_rates_or_memory_have_nothing_to_compare(entry):
    assert entry({}, "memory_bandwidth: 1 TB/s").departures == ()
    assert entry({}, "memory_label: 80 GB").departures == ()
    assert entry({"bf16, fp32, dense": 638}).departures == ()
