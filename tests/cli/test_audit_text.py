"""A real model's audit: what is many and alike is told together, and nothing is lost."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet

MODEL = "deepseek-v3-on-8-h200"
BLOCKS = "operators[:].matrix_bytes"


@cache
def told(*arguments):
    """What an audit prints; of one scenario it is the same each time."""
    return CliRunner().invoke(roofsheet, ["audit", *arguments], catch_exceptions=False).stdout


def printed(*arguments):
    """The text of an audit, its lines joined."""
    return " ".join(told(*arguments, "--as-of", "2026-12-01").split())


@pytest.fixture(scope="module")
def found():
    """The audit as data."""
    return json.loads(told(MODEL, "--json"))["audit"]


def blocks_of(found):
    return [each for each in found["roundings"] if each["column"] == BLOCKS]


def test_a_real_model_s_audit_is_two_pages():
    assert len(told(MODEL).splitlines()) <= 150


def test_the_facts_of_a_result_are_named_where_they_are_few():
    assert "datasheet: n_layers, kv_lora_rank, rope_head_dim derived: {dense, moe, mtp}.n_layers" in printed(MODEL)


def test_the_facts_of_a_result_are_counted_where_they_are_many(found):
    tpot = next(each for each in found["shown"] if each["name"] == "tpot")
    counts = ", ".join(f"{len(facts)} {kind}" for kind, facts in tpot["facts"].items())
    assert f"tpot = {tpot['text']} ✓ [time] of {tpot['deep']:,} quantities; facts: {counts}" in printed(MODEL)


def test_a_source_is_told_once_with_its_address_and_day():
    text = told(MODEL, "--as-of", "2026-12-01")
    assert text.count("NVIDIA H200 product page") == 1
    assert "    https://www.nvidia.com/en-us/data-center/h200/\n" in text
    assert re.search(r"read 2026-\d\d-\d\d, scenarios/hardware/h200-sxm.yaml\n", text)


def test_a_fact_of_another_kind_than_its_source_says_so():
    assert re.search(r"compute_rate\[fp8, fp32, dense\] [\d,.]+ TFLOPS/device :\d+ derived", printed(MODEL))


def test_neutral_defaults_are_one_line_and_the_others_stand_out():
    before, _, neutral = printed(MODEL).partition("rounding ─")[0].partition("assumed: neutral defaults")
    assert "pp, dcp" in neutral
    assert re.search(r"compute_efficiency 1 steps.yaml:\d+ the peak: what kernels reach is less", before)


def test_the_roundings_of_a_column_are_one_line(found):
    blocks = blocks_of(found)
    changed = sum(each["changed"] for each in blocks)
    assert 0 < changed < len(blocks)
    text = printed(MODEL)
    assert f"{BLOCKS}: {len(blocks)} rounded up, {changed} of them changed the number" in text
    assert re.search(r"max_batch = [\d.]+ sequence floored to \d+, thin", text)
    assert "decode_copies = " not in text


def test_with_all_each_stands_by_itself(found):
    text = told(MODEL, "--all")
    assert text.count(".matrix_bytes = ") == len(blocks_of(found))
    assert re.search(r"  hides 1 sequence, of default \(scenarios/sheets/tokens.yaml:\d+\)", text)
    assert text.replace("\n    ", " ").count(" holds (scenarios") == len(found["held"])


def test_a_fact_s_layer_is_in_the_data(found):
    assumed = {fact["name"]: fact for fact in found["shown"][-1]["facts"]["assumed"]}
    assert (assumed["tp"]["layer"], assumed["tp"]["neutral"]) == ("default", True)
    assert (assumed["ep"]["layer"], assumed["ep"]["neutral"]) == ("set", False)


def test_inputs_set_for_nothing_are_told_by_their_place(scenario):
    path = scenario(
        "scenario: x\nuse: [decode]\nquantities: {a: {unit: s, default: 1 s}, b: {unit: s, default: 1 s}}\n"
        "set: {weight_bytes: 1 GB, memory_bandwidth: 2 GB/s, a: 2 s, b: 3 s}\nshow: [tpot]\n"
    )
    assert re.search(r"a = 2 s, b = 3 s \(\S*mine.yaml:4\)", printed(path))


def test_what_values_hide_is_told_by_layers():
    assert "set over default: attention_dp = 8 (not 1); ep = 8 (not 1); batch_size" in printed(MODEL)
