"""How printed numbers that do not follow may have come about: found by trying, on made-up and on real numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from roofsheet.diagrams.text_diagnosis import sentence
from roofsheet.graph.audit.claims import Verdict, judge_all
from roofsheet.graph.audit.diagnosis import Explanation, diagnose
from roofsheet.problems import errors
from roofsheet.scenarios import load

Found = dict[str, tuple[Explanation, ...]]
Diagnose = Callable[[str], Found]

# 16 devices of 16 GB that hold 70e9 parameters, as Austin et al. 2025 count them
SERVING = """
use: [weights, sharded, cache]
set:
  n_devices: 4
  n_parameters: 70e9 parameter
  memory_capacity: 16 GB
  bytes_per_parameter: 0.5 byte/parameter
  n_layers: 80
  n_kv_heads: 8
  head_dim: 128
  cache_element_bytes: 0.5 byte
  sequence_length: 8192
cases: {pod: {set: {n_devices: 32, bytes_per_parameter: 2 byte/parameter}}}
"""


@pytest.fixture
def diagnosed(tmp_path: Path) -> Diagnose:
    """The explanations of each claim of a scenario, by `subject = printed`."""

    def run(text: str) -> Found:
        path = tmp_path / "made.yaml"
        path.write_text(f"scenario: made\n{text}", encoding="utf-8")
        loaded = load(str(path))
        assert not errors(loaded.problems)
        assert loaded.workbook is not None
        verdicts = judge_all(loaded.claims, loaded.workbook)
        found = diagnose(verdicts, loaded.workbook, loaded.facts)
        return {f"{each.subject} = {each.printed}": causes for each, causes in zip(verdicts, found, strict=True)}

    return run


def said(found: Found) -> dict[str, list[str]]:
    return {claim: [sentence(each) for each in causes] for claim, causes in found.items()}


def test_a_number_that_follows_needs_no_explanation(diagnosed: Diagnose):
    assert said(diagnosed(f"{SERVING}claims: {{weight_bytes: 35 GB, min_devices: 2.19}}")) == {
        "weight_bytes = 35 GB": [],
        "min_devices = 2.19": [],
    }


def test_what_follows_from_a_wrong_number_printed_before_is_told_from_it(diagnosed: Diagnose):
    found = said(diagnosed(f"{SERVING}claims: {{weight_bytes: 45 GB, min_devices: 2.81, spare_memory: 19 GB}}"))
    assert found["min_devices = 2.81"] == ["Follows from the printed weight_bytes of 45 GB (35 GB here)."]
    assert found["spare_memory = 19 GB"] == ["Follows from the printed weight_bytes of 45 GB (35 GB here)."]
    assert found["weight_bytes = 45 GB"] == ["It would take n_parameters of 90e9 parameter, not 70e9 parameter."]


def test_two_printed_numbers_together_may_explain_a_third(diagnosed: Diagnose):
    found = said(
        diagnosed("""
quantities: {a: {unit: ms, formula: c / 3}, b: {unit: ms, formula: c / 4}, c: {unit: ms, default: 100 ms}}
claims: {a: 40 ms, b: 20 ms, a + b: 60 ms, a - b: 20 ms}
""")
    )
    both = "Follows from the printed a of 40 ms (33.33 ms here) and the printed b of 20 ms (25 ms here)."
    assert found["a - b = 20 ms"] == [both]
    assert found["a + b = 60 ms"] == [both]


def test_a_number_off_by_a_factor_says_where_the_factor_may_hide(diagnosed: Diagnose):
    (cause,) = diagnosed(f"{SERVING}claims: {{kv_bytes_per_token: '163,840 byte/token'}}").popitem()[1]
    assert cause.kind == "factor"
    assert cause.ratio == 2
    assert [(each.name, each.text) for each in cause.values] == [
        ("n_layers", "160 layer"),
        ("n_kv_heads", "16 head"),
        ("head_dim", "256 1/head"),
        ("cache_element_bytes", "1 byte"),
    ]


def test_a_factor_that_no_one_input_explains_is_told_alone(diagnosed: Diagnose):
    assert said(diagnosed(f"{SERVING}claims: {{pod.spare_memory: 186 GB}}")) == {
        "pod.spare_memory = 186 GB": ["Half of what follows."]
    }


def test_another_printed_number_in_the_place_of_the_right_one_is_found(diagnosed: Diagnose):
    """45 GB of weights, divided by a cache as if they were the memory left: Austin et al. 2025."""
    found = said(diagnosed(f"{SERVING}claims: {{weight_bytes: 45 GB, max_batch: 67}}"))
    assert found["max_batch = 67"] == [
        "Follows with weight_bytes of 45 GB in the place of spare_memory, which is 29 GB."
    ]


def test_what_the_last_digits_of_the_inputs_leave_is_no_slip(diagnosed: Diagnose):
    found = said(
        diagnosed("""
use: [cached_tokens, kv_cache]
set:
  spare_memory: 21 GiB
  n_layers: 64
  n_kv_heads: 72
  head_dim: 128
  cache_element_bytes: 2 byte
  batch_size: 1
claims: {max_cached_tokens: {printed: 9700 token, to: 100 token}}
""")
    )
    assert found["max_cached_tokens = 9700 token"] == [
        "Within what the last digits of its inputs leave: 9,329 token to 9,784 token."
    ]


def test_a_catalogue_that_vouches_for_an_input_leaves_nothing_to_believe(diagnosed: Diagnose):
    text = "use: [weights, sharded]\nset: {n_devices: 8, n_parameters: 70e9 parameter, memory_capacity: 16 GB, "
    text += "bytes_per_parameter: 1 byte/parameter}\nclaims: {spare_memory: 68 GB}\n"
    (alone,) = diagnosed(text).values()
    (vouched,) = diagnosed(f"compare: {{hardware: tpu-v5e, model: llama-3.1-70b}}\n{text}").values()
    assert [each.kind for each in alone] == ["needs"]
    assert vouched == ()


def test_one_digit_is_too_blunt_for_a_factor(diagnosed: Diagnose):
    (causes,) = diagnosed(f"{SERVING}claims: {{min_devices: 4}}").values()  # twice 2.188 rounds to it, as 3.6 does
    assert [each.kind for each in causes] == ["needs"]


@pytest.mark.parametrize(
    ("claim", "sentences"),
    [
        ("tpot: 46 ms", ["Cut off, not rounded: rounded it is 47 ms."]),
        ("tpot: {printed: 46 ms, mode: floor}", ["Cut off, not rounded: rounded it is 47 ms."]),
        ("weight_bytes: {printed: 13.04, unit: GB, expect: fails, why: GiB}", ["The digits are right in GiB."]),
        ("memory_bandwidth: {printed: 279.3, unit: GB/s}", ["The digits are right in GiB/s, cut off."]),
        ("weight_bytes: {printed: 26.08, unit: GB}", ["Twice what follows, in GiB."]),
        (
            "decode_throughput: {printed: 21.74 token/s, given: {tpot: 46 ms}}",
            ["Follows only from the source's tpot of 46 ms (46.67 ms here); without it 21.43 token/s, -1.4 %."],
        ),
        ("decode_throughput: {printed: 21.74 token/s, given: {memory_bandwidth: 304.35 GB/s}}",
         [("Follows only from the source's memory_bandwidth of 304.35 GB/s (300 GB/s here); "
          "without it 21.43 token/s, -1.4 %.")]),
        ("decode_throughput: {printed: 21 token/s, mode: floor, given: {weight_bytes: 14 GB}}", []),
    ],
)  # fmt: skip
def test_how_a_source_rounds_and_labels_is_told(diagnosed: Diagnose, claim: str, sentences: list[str]):
    text = "use: [decode]\nset: {weight_bytes: 14 GB, memory_bandwidth: 300 GB/s}\nclaims: {" + claim + "}"
    assert list(said(diagnosed(text)).values()) == [sentences]


def test_the_point_of_a_claim_table_is_no_intermediate(diagnosed: Diagnose):
    found = diagnosed("""
use: [decode]
set: {weight_bytes: 14 GB, memory_bandwidth: 300 GB/s}
claims: {tpot: {over: {memory_bandwidth: [600 GB/s, 2039 GB/s]}, printed: [23.3, 6.9], unit: ms}}
""")
    assert list(found.values()) == [(), ()]


def test_a_number_by_the_catalogues_value_names_the_entry(diagnosed: Diagnose):
    found = said(
        diagnosed("""
use: [rates, ridge]
compare: {hardware: h100-sxm}
set: {peak_compute: 1979 TFLOPS, memory_bandwidth: 3350 GB/s, compute_dtype: bf16}
claims: {ops_to_byte: 295 FLOP/byte}
""")
    )
    assert found["ops_to_byte = 295 FLOP/byte"] == [
        (
            "Follows from the catalogue's peak_compute of 989.4 TFLOPS/device (compute_rate[bf16, fp32, dense] of "
            "NVIDIA H100 SXM; 1,979 TFLOPS/device here)."
        )
    ]


def test_the_catalogue_has_what_a_default_only_supposes(diagnosed: Diagnose):
    found = diagnosed("""
use: [heads, kv_cache]
compare: {model: llama-3.1-8b}
set: {n_layers: 32, n_heads: 32, head_dim: 128, cache_element_bytes: 2 byte}
claims: {kv_bytes_per_token: '131,072 byte/token'}
""")
    assert [sentence(each) for each in found.popitem()[1]] == [
        "Follows from the catalogue's n_kv_heads of 8 head (Llama 3.1 8B; 32 head here)."
    ]


def test_nothing_is_read_from_the_notes_of_a_file(diagnosed: Diagnose):
    claim = "weight_bytes: {{printed: 45 GB, expect: fails, why: {why}}}, spare_memory: {{printed: 19 GB, {tail}}}"
    first = diagnosed(f"{SERVING}claims: {{{claim.format(why='a slip', tail='expect: fails, why: of it')}}}")
    other = diagnosed(f"{SERVING}claims: {{{claim.format(why='nobody knows', tail='mode: about')}}}")
    assert first == other
    assert all(first.values())


def test_a_claim_without_a_value_has_no_explanation(diagnosed: Diagnose):
    found = diagnosed("quantities: {a: {unit: ms}, b: {unit: ms, formula: 2 * a}}\nclaims: {b: 4 ms}")
    assert list(found.values()) == [()]


def test_the_workbook_is_left_as_it_was():
    loaded = load("guides/qwen3-vl-32b-on-rtx-pro-6000")
    assert loaded.workbook is not None
    before = {name: loaded.workbook.text(name) for name in loaded.workbook}
    verdicts = judge_all(loaded.claims, loaded.workbook)
    diagnose([_broken(each) for each in verdicts], loaded.workbook, loaded.facts)
    assert {name: loaded.workbook.text(name) for name in loaded.workbook} == before


def _broken(verdict: Verdict) -> Verdict:
    """The verdict as if its digits did not come out."""
    return replace(verdict, labelled="off", best="off", holds=False)
