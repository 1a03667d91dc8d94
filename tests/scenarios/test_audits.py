"""The audits of every estimate, each proved by breaking one formula and seeing it fire."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from roofsheet.graph.audit.claims import judge
from roofsheet.problems import render
from roofsheet.scenarios import BUNDLED, Library, Loaded, load

ENTRY = """
model: small-mixture
title: A small mixture
sources: {config: {title: made up, read: 2026-11-24}}
use: [decoder]
facts:
  source: config
  n_layers: 9
  hidden_size: 4096
  vocab_size: 4000
  n_heads: 8
  n_kv_heads: 2
  head_dim: 96
  head_weights: untied
groups:
  start: {use: [embedding]}
  dense: {use: [gqa, full_attention, gated, norms], facts: {intermediate_size: 8192}}
  moe:
    use: [gqa, full_attention, moe, norms]
    facts: {n_experts: 16, n_active_experts: 3, moe_intermediate_size: 2800}
  finish: {use: [head]}
stack: start + 2 * dense + 7 * moe + finish
published:
  n_parameters: {value: 4158926848 parameter, source: a sum by hand}
"""

SCENARIO = """
scenario: A small mixture on four cards
use: [model]
with: {hardware: h100-sxm, model: ./small-mixture.yaml}
set:
  prompt_length: 4000
  prefill_batch_size: 3
  cached_prefix_length: 500
  context_length: 3000
  output_length: 400
  batch_size: 64
  tp: 4
"""

# (sheet, formula, the slip, what the check that fires says)
SLIPS = [
    (
        "operators",
        "max($phase.compute_time",
        "min($phase.compute_time",
        "a decode step takes at least the time in which",
    ),
    (
        "operators",
        "max($phase.compute_time / compute_efficiency,",
        "max(0,",
        "a prefill takes at least the time of its FLOPs",
    ),
    (
        "operators",
        "max($phase.compute_time",
        "0.2 * max($phase.compute_time",
        "no more than all of a rate",
    ),
    (
        "phases",
        "formula: memory_time / time",
        "formula: time / memory_time",
        "no more than all of a rate",
    ),
    (
        "operators",
        "2[FLOP/token/layer] * used",
        "1[FLOP/token/layer] * used",
        "the FLOPs of a step are two for each",
    ),
    (
        "operators",
        "* $phase.tokens * n_layers + $phase.score_flops",
        "* $phase.tokens * n_layers",
        "the FLOPs of a step",
    ),
    (
        "moe",
        "used_matrices: n_active_experts",
        "used_matrices: n_experts * n_active_experts",
        "passes no more than there",
    ),
    (
        "gqa",
        "prefill.cache_bytes: kv.prefill.bytes",
        "prefill.cache_bytes: 0",
        "every cache is moved by an operator",
    ),
    (
        "gqa",
        "decode.cache_bytes: kv.decode.bytes",
        "decode.cache_bytes: 0",
        "every cache is moved by an operator",
    ),
    (
        "operators",
        "$phase.weight_bytes + $phase.cache_bytes",
        "$phase.cache_bytes",
        "operators move weights, cache",
    ),
    (
        "operators",
        "default: matrices * decode_passes",
        "default: 2 * matrices * decode_passes",
        "reads no weight twice",
    ),
    (
        "operators",
        "weight_bytes * stage_part / shards",
        "0.5 * weight_bytes * stage_part / shards",
        "no weight is lost",
    ),
    (
        "gqa",
        "device_width: 2 * ceil(n_kv_heads / tp)",
        "device_width: 2 * floor(n_kv_heads / tp)",
        "no token's cache is lost",
    ),
]


class Folder:
    """The bundled files, to be spoiled, and a scenario on them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(BUNDLED / "sheets", path / "sheets")
        (path / "hardware").mkdir()
        shutil.copy(BUNDLED / "hardware" / "h100-sxm.yaml", path / "hardware")
        (path / "small-mixture.yaml").write_text(ENTRY)
        (path / "scenario.yaml").write_text(SCENARIO)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.path / file
        text = path.read_text()
        assert old in text, f"{old!r} does not stand in {file}"
        path.write_text(text.replace(old, new))

    def load(self, *sets: str) -> Loaded:
        return load(str(self.path / "scenario.yaml"), sets, Library([], self.path))

    def fired(self, *sets: str) -> list[str]:
        loaded = self.load(*sets)
        assert loaded.workbook is not None, render(loaded.problems)
        return [rule.why for rule, held in loaded.workbook.rules() if held is False]


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_nothing_fires_where_nothing_is_broken(folder):
    loaded = folder.load()
    assert loaded.workbook is not None, render(loaded.problems)
    assert all(held for _, held in loaded.workbook.rules())
    assert [judge(claim, loaded.workbook).as_expected for claim in loaded.claims] == [True]


@pytest.mark.parametrize(("sheet", "formula", "slip", "said"), SLIPS, ids=[f"{each[0]}: {each[2]}" for each in SLIPS])
def test_a_slip_in_a_formula_fires_the_audit_that_guards_it(folder, sheet, formula, slip, said):
    folder.edit(f"sheets/{sheet}.yaml", formula, slip)
    assert any(said in why for why in folder.fired())


def test_weights_that_leave_no_room_fire_the_memory_s_audit(folder):
    assert any("leave no memory for a cache" in why for why in folder.fired("memory_capacity=1 GB"))


def test_a_fact_read_wrong_contradicts_the_published_total(folder):
    folder.edit("small-mixture.yaml", "head_dim: 96", "head_dim: 512")  # derived, as hidden_size over n_heads
    loaded = folder.load()
    (verdict,) = [judge(claim, loaded.workbook) for claim in loaded.claims]
    assert not verdict.as_expected


def test_a_fact_that_no_sheet_takes_is_refused(folder):
    folder.edit("small-mixture.yaml", "  head_dim: 96", "  head_dim: 96\n  window_length: 128")
    assert [problem.kind for problem in folder.load().problems] == ["coverage"]
