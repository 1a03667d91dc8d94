"""The errors that people have found in the literature, found again by the audit, by itself.

Nothing here reads a note or a reason: what the audit says comes of judging claims again with other values, of holding
inputs against the catalogue, and of checks.
"""

from __future__ import annotations

from functools import cache

import pytest

from roofsheet.diagrams.text_diagnosis import sentence
from roofsheet.graph.audit.claims import judge_all
from roofsheet.graph.audit.findings import Audit, audit
from roofsheet.problems import render
from roofsheet.scenarios import Library, load

LIBRARY = Library([])
BASETEN = "baseten-inference-guide"
BOOK = "scaling-book"
TOPOLOGIES = f"{BOOK}/08-topologies"


@cache
def audited(guide: str) -> Audit:
    loaded = load(f"guides/{guide}", library=LIBRARY)
    assert loaded.workbook is not None, render(loaded.problems)
    return audit(loaded.workbook, loaded.show, judge_all(loaded.claims, loaded.workbook), loaded.facts)


@cache
def said(guide: str) -> dict[tuple[str, str], list[str]]:
    """What is said of each number that does not follow as it stands, and its finding before it."""
    return {
        (f"{each.verdict.subject} at {each.verdict.at}" if each.verdict.at else each.verdict.subject,
         each.verdict.printed): [each.verdict.finding, *map(sentence, each.explanations)]
        for each in audited(guide).explained
    }  # fmt: skip


CUT = [
    (BASETEN, "t4.tpot", "46 ms", "47 ms"),
    (BASETEN, "a100.tpot", "6 ms", "7 ms"),
    (TOPOLOGIES, "full_memory_time", "19 ms", "20 ms"),
    (TOPOLOGIES, "request_time - ttft", "9 s", "10 s"),
    (f"{BOOK}/08-sharding", "activation_time", "11 us", "12 us"),
    (f"{BOOK}/08-sharding", "matmul_compute_time", "4 us", "5 us"),
    (f"{BOOK}/07-pop-quiz", "tpot", "2.5 ms", "2.6 ms"),
    (f"{BOOK}/12-h100", "ops_to_byte", "295 FLOP/byte", "296 FLOP/byte"),
    ("deepseek-v3-isca-2025/exchange-over-infiniband", "decode_speed", "67 token/s/sequence", "68 token/s/sequence"),
]


@pytest.mark.parametrize(("guide", "subject", "printed", "rounded"), CUT)
def test_numbers_that_are_cut_off(guide: str, subject: str, printed: str, rounded: str):
    assert f"Cut off, not rounded: rounded it is {rounded}." in said(guide)[subject, printed]


LABELS = [
    (f"{BOOK}/07-llama-2-13b", "activation_bytes", "80 MB", "MiB"),
    (f"{BOOK}/07-llama-2-13b", "cache_bytes at batch_size 16", "107.2 GiB", "GB"),
    (f"{BOOK}/04-transformers", "kv_bytes_per_token", "512 kB/token", "KiB/token"),
    (f"{BOOK}/08-llama-3-70b", "v5p.ops_per_dollar", "1.09e14 FLOP/USD", "FLOP*h/s/USD"),
    (f"{BOOK}/08-llama-3-70b", "ops_per_dollar", "1.64e14 FLOP/USD", "FLOP*h/s/USD"),
    ("hugging-face-llama-3.1", "llama_8b.cache_bytes at sequence_length 16000", "1.95 GB", "GiB"),
    ("paged-attention", "kv_bytes_per_token", "800 KB/token", "KiB/token"),
    ("paged-attention", "opt_175b.spare_memory", "264 GB", "GiB"),
]


@pytest.mark.parametrize(("guide", "subject", "printed", "unit"), LABELS)
def test_numbers_under_another_unit_than_their_own(guide: str, subject: str, printed: str, unit: str):
    assert said(guide)[subject, printed] == ["wrong label", f"The digits are right in {unit}."]


CAUSES = [
    (BASETEN, "max_tokens", "19,230 token", "the source's kv_bytes_per_token of 0.00052 GB/token"),
    (BASETEN, "a100.request_time", "0.92 s", "without them 1.046 s, +14.2 %"),
    (BASETEN, "tpot / a100.tpot", "4", "Follows from the printed a100.tpot of 6 ms (6.866 ms here)."),
    (BASETEN, "t4.tpot / a100.tpot", "8", "Follows from the printed a100.tpot of 6 ms (6.866 ms here)."),
    (TOPOLOGIES, "int4.min_devices", "2.81 device", "Follows from the printed int4.weight_bytes of 45 GB"),
    (TOPOLOGIES, "int4.spare_memory", "19 GB", "Follows from the printed int4.weight_bytes of 45 GB"),
    (
        TOPOLOGIES,
        "int8.max_batch",
        "52 sequence",
        "Follows with int8.weight_bytes of 70 GB in the place of int8.spare_memory",
    ),
    (
        TOPOLOGIES,
        "int4.max_batch",
        "67 sequence",
        "Follows with int4.weight_bytes of 45 GB in the place of int4.spare_memory",
    ),
    (TOPOLOGIES, "int4.device_request_throughput", "1.72 req/s/chip", "batch_size of 67 sequence (43 sequence here)"),
    (TOPOLOGIES, "doubled.spare_memory", "186 GB", "Half of what follows."),
    (TOPOLOGIES, "prefill_servers", "3", "the source's batch_size of 32 sequence (43 sequence here)"),
    (f"{BOOK}/12-networks", "leaf.switch_bandwidth", "12.8 TB/s/switch", "8 times what follows"),
    (f"{BOOK}/12-networks", "spine.level_bandwidth", "25.6 TB/s", "Half of what follows"),
    (
        f"{BOOK}/12-training",
        "nodes.critical_local_batch",
        "2472 token/device",
        "Within what the last digits of its inputs leave",
    ),
    ("deepseek-v3-isca-2025/table-1", "cache_ratio", "7.28", "It would take mla_bytes_per_token of 70.9 KB/token"),
    ("hugging-face-llama-3.1", "cache_bytes at sequence_length 16000", "15.38 GB", "n_kv_heads of 16 head"),
    (
        "paged-attention",
        "opt_66b.max_cached_tokens",
        "9700 token",
        "Within what the last digits of its inputs leave: 9,329 token to 9,784 token.",
    ),
    ("reiner-pope-calculators", "ops_to_byte", "300 FLOP/byte", "the catalogue's peak_compute of 2,250 TFLOPS"),
]


@pytest.mark.parametrize(("guide", "subject", "printed", "cause"), CAUSES)
def test_numbers_that_come_of_a_slip(guide: str, subject: str, printed: str, cause: str):
    assert cause in " ".join(said(guide)[subject, printed])


PLAIN = [
    ("paged-attention", "opt_175b.weight_bytes", "346 GB"),
    (f"{BOOK}/12-llama-3-70b", "max_tp", "14.372 device"),
    (f"{BOOK}/07-worked-problems", "square_sharding_devices", "81 device"),
    (TOPOLOGIES, "doubled.max_batch", "161 sequence"),
    (TOPOLOGIES, "int8.spare_memory", "68 GB"),
    (TOPOLOGIES, "int4.weight_bytes", "45 GB"),
    ("deepseek-inference-overview", "revenue_rate", "562,027 USD/day"),
    (f"{BOOK}/12-b200", "memory_bandwidth", "9 TB/s"),
    (f"{BOOK}/07-llama-2-13b", "cache_bytes <= spare_memory", "true"),
    (f"{BOOK}/04-transformers", "gemma_27b.matmul_crossover", "32000 token/sequence"),
]


@pytest.mark.parametrize(("guide", "subject", "printed"), PLAIN)
def test_numbers_that_do_not_follow(guide: str, subject: str, printed: str):
    assert said(guide)[subject, printed][0] == "wrong arithmetic"


INFERRED = [
    ("deepseek-v3-isca-2025/training-of-llama-3.1-405b", "token_training_ops", "2448 GFLOP/token"),
    ("deepseek-v3-isca-2025/training-of-qwen2.5-72b", "token_training_ops", "394 GFLOP/token"),
    ("pope-2022", "multihead.max_context at batch_size 128", "1320 token/sequence"),
]


@pytest.mark.parametrize(("guide", "subject", "printed"), INFERRED)
def test_numbers_whose_formula_is_a_guess_are_not_called_wrong(guide: str, subject: str, printed: str):
    assert said(guide)[subject, printed][0] == "not reproduced"


PREMISES = [
    ("qwen3-vl-32b-on-rtx-pro-6000", "n_layers", "80 layer", "64 layer"),
    ("qwen3-vl-32b-on-rtx-pro-6000", "n_kv_heads", "40 head", "8 head"),
    ("qwen3-vl-32b-on-rtx-pro-6000", "peak_compute", "126 TFLOPS", "503.8 TFLOPS"),
    (BASETEN, "t4.memory_bandwidth", "300 GB/s", "320 GB/s"),
    ("deepseek-v3-isca-2025/exchange-over-infiniband", "hidden_size", "7,000", "7,168"),
    ("reiner-pope-calculators", "n_active_experts", "32", "8"),
    ("reiner-pope-calculators", "peak_compute", "4,500 TFLOPS/device", "2,250 TFLOPS/device"),
]


@pytest.mark.parametrize(("guide", "name", "ours", "theirs"), PREMISES)
def test_facts_that_the_catalogue_contradicts(guide: str, name: str, ours: str, theirs: str):
    assert (name, ours, theirs) in [(each.name, each.ours, each.theirs) for each in audited(guide).contradictions]


PREMISES_THAT_CANNOT_HOLD = [
    ("deepseek-v3-isca-2025/exchange-over-nvl72", "experts_per_part <= 1"),  # 256 experts on 72 devices, one each
    ("pope-2022", "n_kv_heads <= n_heads"),  # 64 heads of 48
]


@pytest.mark.parametrize(("guide", "rule"), PREMISES_THAT_CANNOT_HOLD)
def test_premises_that_cannot_hold(guide: str, rule: str):
    assert rule in [each.rule for each in audited(guide).checks]


def test_a_verdict_by_a_hair_is_told():
    """64.0 against 70.39 is called overwhelmingly bound by memory."""
    (found,) = audited("qwen3-vl-32b-on-rtx-pro-6000").decisions
    assert found.quantity == "bottleneck"
    assert found.gap < 0.1


def test_about_four_sequences_hide_a_floor():
    roundings = {each.quantity: each for each in audited("qwen3-vl-32b-on-rtx-pro-6000").roundings}
    assert (roundings["max_batch"].before, roundings["max_batch"].thin) == ("4.77 sequence", True)
