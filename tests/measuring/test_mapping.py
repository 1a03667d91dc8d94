"""Which entries, settings and quantities the words of benchmark tables stand for."""

from __future__ import annotations

from pathlib import Path

import pytest

from roofsheet.measuring.engines import era_of
from roofsheet.measuring.mapping import CLASSES, Excluded, Mapped, Unmapped
from roofsheet.measuring.names import BUNDLED_NAMES, decode_names, matches, read_names
from roofsheet.measuring.parallel import Spread, read_spread
from roofsheet.problems import render
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
    for sort in ("corrections", "exclusions", "workloads"):
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
        ({"metric": "tpot_median", "batch_or_concurrency": "1"}, "tpot", "batch1_decode"),
        ({"metric": "itl_mean", "load_mode": "open-loop QPS=4", "batch_or_concurrency": "qps=4"}, "tpot", "other"),
        ({"metric": "ttft"}, "ttft", "serving_ttft"),
        ({"metric": "ttft", "batch_or_concurrency": "1"}, "ttft", "prefill"),
        ({"metric": "ttft", "load_mode": "static batch, offline"}, "ttft", "prefill"),
        ({"metric": "e2e_batch_latency"}, "request_time", "e2e"),
        ({"metric": "output_tok_s_e2e"}, "output_throughput", "e2e"),
        ({"metric": "total_tok_s_e2e"}, "total_throughput", "e2e"),
        ({"metric": "gpu_memory"}, "held_memory", "other"),
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
