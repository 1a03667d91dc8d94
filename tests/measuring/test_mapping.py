"""Which entries, settings and quantities the words of benchmark tables stand for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roofsheet.measuring.engines import era_of
from roofsheet.measuring.entries import Entries
from roofsheet.measuring.loads import offered_rate
from roofsheet.measuring.mapping import CLASSES, Excluded, Mapped, Unmapped
from roofsheet.measuring.names import BUNDLED_NAMES, decode_names, matches, read_names
from roofsheet.measuring.parallel import Spread, read_spread
from roofsheet.problems import Text, render
from roofsheet.scenarios import bundled
from roofsheet.scenarios.reader import read_text


def test_what_the_names_point_to_is_in_the_catalogue(names):
    none = "none"  # what the catalogue does not have, though a later line would fit
    assert {*names.hardware.values()} - {none} <= {*bundled("hardware")}
    assert {*names.models.values()} - {none} <= {*bundled("model")}


def test_every_metric_is_one_quantity_of_a_known_class(names, books):
    workbook = books.loaded("h100-sxm", "llama-3.1-8b")
    for rule in names.rules["metrics"]:
        if not rule.word("unmapped"):
            assert rule.word("quantity") in workbook
            assert rule.word("class") in CLASSES
            assert rule.word("about"), rule
            assert rule.word("batch") in ("one", "told", "fits")


def test_every_rule_that_changes_or_leaves_out_rows_says_why(names):
    for sort in ("corrections", "exclusions", "workloads", "bounds"):
        assert all(rule.word("why") for rule in names.rules[sort])


@pytest.mark.parametrize(
    ("gpu", "model", "entries"),
    [
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "Qwen2.5-3B", "rtx-pro-6000-blackwell-server qwen2.5-3b"),
        ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", "Qwen2.5-3B",
         "rtx-pro-6000-blackwell-max-q qwen2.5-3b"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "unsloth/Qwen3.8-27B-NVFP4",
         "rtx-pro-6000-blackwell-workstation qwen3.8-27b"),
        ("Virtualized NVIDIA H200-SXM-141GB", "llama2-70b-99.9", "h200-sxm llama-2-70b"),
        ("Apple M2 Ultra 76-Core GPU 192GB", "Meta-Llama-3-70B", "apple-m2-ultra llama-3.1-70b"),
        ("NVIDIA GB10 (DGX Spark 128GB)", "mistralai/Ministral-3-3B-Instruct-2512", "dgx-spark-gb10 ministral-3-3b"),
    ],
)  # fmt: skip
def test_spellings_lead_to_entries(gpu, model, entries, mapped):
    found = mapped(gpu=gpu, model=model)
    assert isinstance(found, Mapped)
    assert f"{found.hardware} {found.model}" == entries


def spellings_of(sort, library):
    for name in bundled(sort):
        entry = library.entry(Text.line(name, "a test"), sort)
        for text in (name, *entry.aliases):
            yield name, text


@pytest.mark.parametrize("sort", ["hardware", "model"])
def test_every_entry_is_found_by_its_name_and_its_aliases(sort, names, library):
    entries = Entries(names, library)
    lost = [(name, text) for name, text in spellings_of(sort, library) if entries.find(sort, text).name != name]
    assert not lost


@pytest.mark.parametrize(
    ("sort", "dress"),
    [
        ("hardware", "NVIDIA {} GPU"),
        ("hardware", "{} HBM3e"),
        ("model", "somebody/{}-Instruct-FP8"),
        ("model", "{}-GGUF"),
    ],
)
def test_a_spelling_of_one_entry_never_leads_to_another(sort, dress, names, library):
    entries = Entries(names, library)
    for name, text in spellings_of(sort, library):
        found = entries.find(sort, dress.format(text))
        assert found.name in ("", name), text
        assert found.name or not found.several or name in found.several, text


@pytest.mark.parametrize(
    ("sort", "text", "entry"),
    [
        ("hardware", "NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("hardware", "nvidia a100-sxm4-80gb", "a100-sxm-80gb"),
        ("hardware", "AMD Instinct MI300X OAM", "mi300x"),
        ("hardware", "NVIDIA L40S 48GB GDDR6", "l40s"),
        ("hardware", "Tesla V100-SXM2-16GB", "v100-sxm2-16gb"),
        ("hardware", "RTX 3080 12GB", "rtx-3080-12gb"),
        ("hardware", "RTX 5090 Laptop GPU", ""),
        ("model", "meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("model", "neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8", "llama-3.1-70b"),
        ("model", "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "qwen3-235b-a22b"),
        ("model", "TheBloke/Llama-2-7B-Chat-GGUF", "llama-2-7b"),
        ("model", "Llama-3.1-8B-Q4_K_M.gguf", "llama-3.1-8b"),
        ("model", "google/gemma-3-27b-it", "gemma-3-27b-it"),
        ("model", "qwen3:32b", "qwen3-32b"),
        ("model", "DeepSeek-R1-Distill-Qwen-32B", "qwen2.5-32b"),
        ("model", "Qwen2.5-Coder-32B-Instruct", "qwen2.5-32b"),
        ("model", "DeepSeek-R1-Distill-Qwen-33B", ""),
    ],
)
def test_words_that_say_nothing_are_left_out_of_names(sort, text, entry, names, library):
    assert Entries(names, library).find(sort, text).name == entry


def test_a_spelling_of_two_entries_names_both(mapped):
    found = mapped(model="somebody/Command-R-GGUF")
    assert isinstance(found, Unmapped)
    assert found.reason == "'somebody/Command-R-GGUF' may be command-r-35b or command-r-plus-104b"


@pytest.mark.parametrize(
    ("cells", "devices"),
    [
        ({"gpu": "8x H100 SXM", "gpu_count": ""}, 8),
        ({"gpu": "H100 SXM x4", "gpu_count": ""}, 4),
        ({"gpu": "H100 SXM (2x)", "gpu_count": ""}, 2),
        ({"gpu_count": "", "parallelism": "TP4PP2"}, 8),
        ({"gpu_count": "", "parallelism": ""}, 1),
        ({"gpu": "8x H100 SXM", "gpu_count": "8", "parallelism": "TP=8"}, 8),
    ],
)
def test_devices_are_counted_where_a_row_says_them(cells, devices, mapped):
    found = mapped(**cells)
    assert isinstance(found, Mapped)
    assert (found.hardware, found.row.devices) == ("h100-sxm", devices)


COLUMNS = (
    "gpu", "model", "engine", "engine_version", "gpu_count", "parallelism", "weight_precision", "kv_precision",
    "load_mode", "batch_or_concurrency", "input_len", "output_len", "metric", "value", "unit", "date", "notes",
)  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(COLUMNS),
    text=st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=20),
)
def test_whatever_stands_in_a_cell_a_row_ends_in_an_outcome(column, text, mapped):
    found = mapped(**{column: text})
    assert isinstance(found, Mapped) or found.reason


def test_the_norm_of_a_table_serves_where_its_own_spelling_is_not_known(mapped):
    found = mapped(gpu="an H100 of ours", gpu_norm="H100 SXM", model="a tuned one", model_family="qwen3-32b")
    assert isinstance(found, Mapped)
    assert (found.hardware, found.model) == ("h100-sxm", "qwen3-32b")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"gpu": "Abacus 3"}, "no hardware entry for 'Abacus 3'"),
        ({"model": "GPT-9"}, "no model entry for 'GPT-9'"),
        ({"engine": "my own"}, "the engine 'my own' is not known"),
        ({"metric": "goodput"}, "the metric 'goodput' is not known"),
        ({"metric": "prefill_mfu"}, "prefill_mfu: a share of the peak rate is no time"),
        ({"input_len": ""}, "the length of the prompt is not told"),
        ({"output_len": ""}, "the length of the output is not told"),
        ({"batch_or_concurrency": "many"}, "the batch is not told"),
        ({"parallelism": "rings=3"}, "the parallelism 'rings=3' is not understood"),
        ({"parallelism": "TP=4", "gpu_count": "6"}, "'TP=4' does not fit 6 devices"),
        ({"parallelism": "EP=8", "gpu_count": "8"}, "'EP=8' does not say how attention is spread"),
        ({"parallelism": "DP=0"}, "'DP=0' does not fit 1 devices"),
        ({"value": "1.2.3"}, "value is a number, not '1.2.3'"),
        ({"unit": "bananas"}, "unknown unit 'bananas'"),
        ({"metric": "ttft_p99"}, "ttft_p99: a tail or a deviation, and predictions are of the middle"),
        (
            {"metric": "throughput"},
            "throughput: whether tokens of prompts count is not told, nor whether of one sequence or of all",
        ),
        ({"weight_precision": "W8A8"}, "'W8A8': which format of so many bits is not told"),
        ({"weight_precision": "nf4"}, "'nf4': a format of weights that is not known here"),
        ({"kv_precision": "turbo"}, "'turbo': a format of the cache that is not known here"),
        ({"gpu": "RTX 3050 8GB"}, "no hardware entry for 'RTX 3050 8GB'"),
    ],
)
def test_a_row_that_cannot_be_mapped_says_why(cells, reason, mapped):
    found = mapped(**cells)
    assert isinstance(found, Unmapped)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"metric": "output_throughput_total", "load_mode": "open-loop QPS=4", "unit": "tok/s"}, "offered-load"),
        (
            {"source_id": "S7_trtllm_static", "metric": "output_throughput_per_gpu", "engine_version": "?",
             "batch_or_concurrency": "64", "parallelism": "TP=2", "gpu_count": "2", "unit": "tok/s/GPU"},
            "per-gpu-unit",
        ),
    ],
)  # fmt: skip
def test_rows_are_left_out_by_rules_about_what_they_are(cells, rule, mapped):
    found = mapped(**cells)
    assert isinstance(found, Excluded)
    assert found.rule == rule


@pytest.mark.parametrize(
    ("cells", "quantity", "sort"),
    [
        ({"metric": "decode_tok_s", "batch_or_concurrency": "1"}, "decode_speed", "batch1_decode"),
        ({"metric": "tpot"}, "tpot", "serving_tpot"),
        ({"metric": "ITL", "load_mode": ""}, "tpot", "serving_tpot"),
        ({"metric": "itl_median", "load_mode": "concurrency 16"}, "tpot", "serving_tpot"),
        ({"metric": "tpot_p50", "batch_or_concurrency": "bs=1"}, "tpot", "batch1_decode"),
        ({"metric": "ttft_ms", "load_mode": "vllm bench serve, random"}, "ttft", "serving_ttft"),
        ({"metric": "ttft", "load_mode": "request rate 4", "batch_or_concurrency": "rps=4"}, "ttft", "other"),
        ({"metric": "output_throughput", "unit": "tokens per second"}, "output_throughput", "throughput"),
        ({"metric": "output_throughput", "unit": "tok/s/GPU"}, "device_output_throughput", "throughput"),
        ({"metric": "output_throughput", "unit": "tok/s", "load_mode": "offline", "batch_or_concurrency": ""},
         "output_throughput", "throughput"),
        ({"metric": "total_token_throughput", "unit": "tokens/s"}, "total_throughput", "throughput"),
        ({"metric": "prefill tok/s", "unit": "t/s"}, "prefill_speed", "prefill"),
        ({"metric": "pp512", "unit": "t/s"}, "prefill_speed", "prefill"),
        ({"metric": "tg128", "unit": "t/s", "batch_or_concurrency": "1"}, "decode_speed", "batch1_decode"),
        ({"metric": "decode_tok_s", "unit": "tok/s/user"}, "decode_speed", "serving_tpot"),
        ({"metric": "e2e_latency", "unit": "s"}, "request_time", "e2e"),
        ({"metric": "vram_gb", "unit": "GB"}, "used_memory", "other"),
        ({"metric": "tpot_median", "batch_or_concurrency": "1"}, "tpot", "batch1_decode"),
        ({"metric": "itl_mean", "load_mode": "open-loop QPS=4", "batch_or_concurrency": "qps=4"}, "tpot", "other"),
        ({"metric": "ttft"}, "ttft", "serving_ttft"),
        ({"metric": "ttft", "batch_or_concurrency": "1"}, "ttft", "prefill"),
        ({"metric": "ttft", "load_mode": "static batch, offline"}, "ttft", "prefill"),
        ({"metric": "e2e_batch_latency"}, "request_time", "e2e"),
        ({"metric": "output_tok_s_e2e"}, "output_throughput", "e2e"),
        ({"metric": "total_tok_s_e2e"}, "total_throughput", "e2e"),
        ({"metric": "gpu_memory"}, "used_memory", "other"),
        ({"metric": "output_throughput_total", "load_mode": "MLPerf Offline"}, "output_throughput", "throughput"),
        ({"metric": "output_throughput_total", "load_mode": "MLPerf Server"}, "output_throughput", "other"),
        ({"metric": "output_throughput_per_gpu", "load_mode": "static batch"}, "device_output_throughput",
         "throughput"),
    ],
)  # fmt: skip
def test_a_metric_is_exactly_one_quantity(cells, quantity, sort, mapped):
    found = mapped(**cells)
    assert isinstance(found, Mapped)
    assert (found.quantity, found.sort) == (quantity, sort)


def test_llama_bench_generates_from_its_depth_on(mapped):
    cells = {"metric": "decode_tok_s", "input_len": "0", "output_len": "128", "context_depth": "4096"}
    found = mapped(**cells, batch_or_concurrency="1", load_mode="llama-bench")
    assert isinstance(found, Mapped)
    assert found.context == 4096 + 64


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"weight_precision": "fp8"}, {"weight_format": "fp8"}),
        ({"weight_precision": "FP8 (E4M3)"}, {"weight_format": "fp8"}),
        ({"weight_precision": "W4A16"}, {"weight_format": "int4"}),
        ({"weight_precision": "bfloat16"}, {"weight_format": "bf16"}),
        ({"weight_precision": "half"}, {"weight_format": "fp16", "head_format": "fp16"}),
        ({"weight_precision": "INT8"}, {"weight_format": "int8_128"}),
        ({"weight_precision": "mxfp4"}, {"weight_format": "mxfp4"}),
        ({"weight_precision": "Q6_K", "engine": "llama-cpp"}, {"weight_format": "q6_k", "accumulator": "fp16"}),
        ({"weight_precision": "IQ4_XS", "engine": "llamacpp"}, {"weight_format": "iq4_xs"}),
        ({"weight_precision": "Q4_K - Medium", "engine": "ollama 0.9"}, {"weight_format": "q4_k_m"}),
        ({"weight_precision": "UD-Q2_K_XL", "engine": "llama.cpp", "weights_gib": "3"}, {"weight_format": "q4_k_m"}),
        ({"kv_precision": "int4"}, {"cache_element_bytes": "0.5 byte"}),
        ({"kv_precision": "e4m3"}, {"cache_element_bytes": "1 byte"}),
        ({"kv_precision": "auto"}, {"cache_element_bytes": "2 byte"}),
        ({"weight_precision": "F16"}, {"weight_format": "fp16", "head_format": "fp16"}),
        ({"weight_precision": "AWQ-INT4"}, {"weight_format": "int4"}),
        ({"weight_precision": "GPTQ-Int8"}, {"weight_format": "int8_128"}),
        ({"weight_precision": "NVFP4", "model": "Qwen/Qwen3-32B"}, {"weight_format": "nvfp4"}),
        ({"weight_precision": "fp4 (gemm=nvfp4,moe=nvfp4)", "model": "deepseek-ai/DeepSeek-R1"},
         {"weight_format": "bf16", "expert_format": "nvfp4"}),
        ({"weight_precision": "fp4", "model": "openai/gpt-oss-120b"}, {}),
        ({"weight_precision": "bf16", "model": "mistralai/Ministral-3-3B-Instruct-2512"}, {"weight_format": "fp8"}),
        ({"kv_precision": "fp8_e4m3"}, {"cache_element_bytes": "1 byte"}),
        ({"kv_precision": ""}, {"cache_element_bytes": "2 byte"}),
        ({"engine": "llama.cpp"}, {"accumulator": "fp16"}),
        ({"weight_precision": "nvfp4", "notes": "... --moe-backend marlin"}, {"format_dtype[nvfp4]": "bf16"}),
    ],
)  # fmt: skip
def test_precisions_are_formats_of_ours(cells, expected, mapped):
    found = mapped(**cells)
    assert isinstance(found, Mapped)
    settings = dict(found.settings)
    assert {name: settings.get(name) for name in expected} == expected
    if not expected:
        assert "weight_format" not in settings


@pytest.mark.parametrize(
    ("text", "devices", "spread"),
    [
        ("single", 1, Spread()),
        ("", 1, Spread()),
        ("none", 1, Spread()),
        ("8x", 8, None),
        ("8 GPUs", 8, None),
        ("TP8", 8, Spread(tp=8)),
        ("tp8", 8, Spread(tp=8)),
        ("TP = 8", 8, Spread(tp=8)),
        ("TP4PP2", 8, Spread(tp=4, pp=2)),
        ("TP4xPP2", 8, Spread(tp=4, pp=2)),
        ("tp4-pp2", 8, Spread(tp=4, pp=2)),
        ("tensor-parallel 8", 8, Spread(tp=8)),
        ("--tensor-parallel-size 4 --pipeline-parallel-size 2", 8, Spread(tp=4, pp=2)),
        ("tensor_parallel_size=2", 8, Spread(tp=2)),
        ("DP=8", 8, Spread()),
        ("TP=2, DP=4", 8, Spread(tp=2)),
        ("DP=8 EP=8", 8, Spread(attention_dp=8, ep=8)),
        ("TP=8 EP=8", 8, Spread(tp=8, ep=8)),
        ("TEP8", 8, Spread(tp=8, ep=8)),
        ("attnDP=8 TP=1 moeEP=8", 8, Spread(attention_dp=8, ep=8)),
        ("TP=8 PP=1 attnDP=1 moeTP=8 moeEP=1", 8, Spread(tp=8)),
        ("", 8, None),
        ("TP=4", 8, Spread(tp=4)),
        ("TP2,PP4", 8, Spread(tp=2, pp=4)),
        ("DEP4", 4, Spread(ep=4, attention_dp=4)),
        ("DEP2,PP2", 4, Spread(ep=2, attention_dp=2, pp=2)),
        ("TP=8 PP=1 attnDP=1 moeTP=1 moeEP=8", 8, Spread(tp=8, ep=8)),
        ("layer-split=4", 4, Spread(pp=4, staggered=False)),
        ("device_map n=2", 2, Spread(pp=2, staggered=False)),
    ],
)
def test_parallelism_is_degrees(text, devices, spread):
    assert read_spread(text, devices) == spread


@pytest.mark.parametrize(
    ("engine", "cells", "era"),
    [
        ("vllm", {"engine_version": "0.6.3"}, "vllm 2024"),
        ("vllm", {"engine_version": "0.26.0"}, "vllm 2026"),
        ("vllm", {"engine": "vLLM 0.9.0.2.dev108+g71", "engine_version": "hipblaslt 0.15"}, "vllm 2025"),
        ("vllm", {"engine_version": "nightly", "date": "2026-04-03"}, "vllm 2026"),
        ("tensorrt-llm", {"engine_version": ">=1.1", "date": "2025-12..2026"}, "tensorrt-llm 2025"),
        ("tensorrt-llm", {"engine": "TensorRT 10.2.0", "engine_version": "TensorRT 10.2.0", "date": "2024-08"},
         "tensorrt-llm 2024"),
        ("llama.cpp", {"engine_version": "b4000"}, "llama.cpp"),
    ],
)  # fmt: skip
def test_engines_are_told_apart_by_the_year_of_their_release(engine, cells, era, names):
    assert era_of(engine, cells, names) == era


@pytest.mark.parametrize(
    ("column", "text", "rate"),
    [
        ("batch_or_concurrency", "qps=16", 16),
        ("load_mode", "open-loop QPS=4", 4),
        ("load_mode", "Poisson, 2.5 req/s", 2.5),
        ("load_mode", "request-rate 8", 8),
        ("load_mode", "12 requests per second", 12),
        ("load_mode", "open-loop QPS=INF", None),
        ("load_mode", "request rate inf", None),
        ("load_mode", "closed-loop", None),
        ("load_mode", "3 runs", None),
        ("batch_or_concurrency", "16", None),
        ("batch_or_concurrency", "qps=0", None),
    ],
)
def test_requests_come_at_the_rate_that_the_load_says(column, text, rate):
    assert offered_rate({column: text}) == rate


def test_a_load_is_limited_by_its_rate_or_by_the_time_of_a_token(mapped):
    cells = {"metric": "tpot_mean", "model": "llama2-70b-99.9"}
    at_rate = mapped(**cells, load_mode="open-loop QPS=4", batch_or_concurrency="qps=4")
    server = mapped(**cells, load_mode="MLPerf Server", batch_or_concurrency="max", input_len="")
    interactive = mapped(**cells, load_mode="MLPerf Interactive", batch_or_concurrency="max", input_len="")
    assert (at_rate.demand, at_rate.rate) == ("rate", 4)
    assert (server.demand, dict(server.settings)["tpot_bound"]) == ("bound", "200 ms")
    assert dict(interactive.settings)["tpot_bound"] == "40 ms"
    assert mapped().demand == ""


def test_texts_match_in_any_case_and_a_star_stands_for_anything():
    assert matches("Static Batch, offline", ["static batch*"])
    assert not matches("llama-bench", ["static batch*", "bench"])


def test_a_mistake_in_the_names_is_found_with_its_place():
    text = BUNDLED_NAMES.read_text(encoding="utf-8").replace("tolerance: 0.02", "tolerence: 0.02")
    problems, others = [], []
    node = read_text(text, "names.yaml", problems)
    assert node is not None
    decode_names(node, "names.yaml", problems)
    assert [problem.message for problem in problems] == ["'tolerence' is not a key of the file of names"]
    assert read_names(others, Path("nowhere.yaml")) is None
    assert "there is no file" in render(others)
