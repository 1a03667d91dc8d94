"""Models composed of the shipped sheets: their parameters to the integer, their states, their images, their pages.

The totals are those of the files on the Hub (safetensors metadata); Jamba's and Nemotron-H's are sums by hand over the
shapes of their modules. The entries are those that ship, and two in tests/model_sheets: one with its drafting module,
one without a published config.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from roofsheet.graph.audit.claims import judge
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.problems import render
from roofsheet.scenarios import load

MODELS = Path(__file__).parents[1] / "model_sheets"
TOTALS = {
    "mamba-2.8b": 2_768_345_600,
    "jamba-v0.1": 51_570_323_328,
    "nemotron-h-8b-base-8k": 8_100_852_736,
    "qwen3-next-80b-a3b": 81_324_862_720 - 1_650_471_424,
    "qwen3.8-27b": 27_781_427_952 - 424_699_392,
    "qwen3-vl-8b-instruct": 8_767_123_696,
    "qwen3-vl-32b-instruct": 33_357_390_064,
    "qwen3-vl-235b-a22b-instruct": 235_670_022_896,
    "qwen2.5-vl-7b": 8_292_166_656,
    "gemma-3-27b-it": 27_432_406_640,
    "gemma-4-31b": 31_273_088_876,
    "llama-4-scout-17b-16e": 108_641_793_536,
    "llama-4-maverick": 401_583_781_376,
}
EXTRA = {"qwen3-next-80b-a3b": 1_650_471_424, "qwen3.8-27b": 424_699_392}
TOWERS = {
    "qwen3-vl-8b-instruct": 8_767_123_696 - 8_190_735_360,
    "qwen3-vl-32b-instruct": 33_357_390_064 - 32_762_123_264,
    "qwen2.5-vl-7b": 676_550_144,
    "gemma-3-27b-it": 27_432_406_640 - 27_009_346_304,
    "gemma-4-31b": 31_273_088_876 - 30_697_345_340,
}
Opener = Callable[..., Workbook]


def entry(model: str) -> str:
    """The name of a shipped entry, or the path of one that is here."""
    path = MODELS / f"{model}.yaml"
    return str(path) if path.exists() else model


@pytest.fixture
def opened(tmp_path) -> Opener:
    """Opens an entry on one H100, its prompt a formula, with more sheets and quantities, and `sets` over it."""

    def opens(model: str, *sets: str, prompt: str = "512[token/sequence]", use: str = "", more: str = "") -> Workbook:
        path = tmp_path / "scenario.yaml"
        path.write_text(
            f"scenario: {model}\nuse: [model{use}]\nwith: {{model: {entry(model)}, hardware: h100-sxm}}\n"
            f"set: {{output_length: 100}}\nquantities:\n  prompt_length: {{formula: '{prompt}'}}\n{more}"
        )
        loaded = load(str(path), sets)
        assert loaded.workbook is not None, render(loaded.problems)
        assert not loaded.problems, render(loaded.problems)
        assert all(judge(claim, loaded.workbook).as_expected for claim in loaded.claims)
        return loaded.workbook

    return opens


@pytest.mark.parametrize("model", TOTALS)
def test_parameters_are_exact_to_the_integer(opened, model):
    workbook = opened(model)
    assert workbook.number("n_parameters") == TOTALS[model]
    assert workbook.number("n_extra_parameters") == EXTRA.get(model, 0)


@pytest.mark.parametrize("model", TOWERS)
def test_a_tower_s_parameters_are_told_from_the_text_model_s(opened, model):
    tower = "sum(vision.operators[:].parameters) + sum(vision.vectors[:].parameters)"
    workbook = opened(model, more=f"  tower: {{unit: parameter, formula: '{tower}'}}\n")
    assert workbook.number("tower") == TOWERS[model]


# Layers with a constant state


def test_a_state_does_not_grow_and_leaves_no_token_behind(opened):
    short, long = opened("mamba-2.8b"), opened("mamba-2.8b", "prompt_length=100000")
    assert short.number("kv_bytes_per_token") == long.number("kv_bytes_per_token") == 0
    # 5,120 channels of 16 numbers and of 3 tokens that wait for the convolution, in 64 layers of 2 bytes
    assert short.number("state_bytes") == long.number("state_bytes") == pytest.approx(64 * 5120 * (16 + 3) * 2 / 1e6)
    assert short.number("decode_operator_time") == pytest.approx(long.number("decode_operator_time"))


def test_a_hybrid_keeps_tokens_in_its_attention_layers_alone(opened):
    workbook = opened("jamba-v0.1")
    assert workbook.number("kv_bytes_per_token") == 4 * 2 * 8 * 128 * 2
    per_sequence = workbook.number("sequence_cache_bytes") * 1e9
    assert per_sequence == pytest.approx(612 * 16_384 + 28 * 8192 * (16 + 3) * 2)


def test_the_state_is_read_and_written_once_a_step(opened):
    workbook = opened("nemotron-h-8b-base-8k", "batch_size=10")
    state = 24 * (128 * 64 * 128 + 3 * (8192 + 2 * 8 * 128)) * 2
    assert workbook.number("mamba.state_step.decode.cache_bytes") * 1e6 == pytest.approx(2 * 10 * state)
    assert workbook.number("mamba.conv.decode.cache_bytes") == 0


def test_the_recurrence_costs_little_beside_the_projections(opened):
    workbook = opened("qwen3-next-80b-a3b")
    rows = {name: workbook.number(f"linear.{name}.prefill.flops") for name in ("linear_in", "chunk_mix", "chunk_carry")}
    assert rows["chunk_mix"] * 1e9 == pytest.approx(2 * 36 * 512 * 64 * 32 * 5 * 128)
    assert rows["chunk_carry"] * 1e9 == pytest.approx(2 * 36 * 512 * 3 * 32 * 128 * 128)
    assert rows["chunk_mix"] + rows["chunk_carry"] < 0.25 * rows["linear_in"]


def test_a_module_that_drafts_is_loaded_without_copies_of_the_embedding(opened):
    idle = opened("qwen3-next-80b-a3b")
    drafting = opened("qwen3-next-80b-a3b", "draft_length=1", "acceptance_rate=0.8")
    added = (drafting.number("weight_bytes") - idle.number("weight_bytes")) * 1e9
    assert added == pytest.approx(2 * EXTRA["qwen3-next-80b-a3b"])


@pytest.mark.parametrize(
    ("sets", "concurrency"),
    [
        (("cache_memory=31.24 GiB", "sequence_length=8192"), 38.35),
        (("cache_memory=4.99 GiB", "sequence_length=131072", "tp=2", "cache_element_bytes=1 byte"), 2.31),
    ],
)
def test_as_many_sequences_fit_as_vllm_logs_of_qwen38_27b(opened, sets, concurrency):
    workbook = opened("qwen3.8-27b", *sets, use=", vllm_pages")
    assert round(workbook.number("max_concurrency"), 2) == concurrency


# Images

PROMPT = "100[token/sequence] + images_per_prompt * vision.image_tokens"


def test_images_stand_in_the_prompt_beside_the_text(opened):
    sets = ("images_per_prompt=3", "image_height=720", "image_width=1280", "prefill_batch_size=2")
    workbook = opened(
        "qwen3-vl-8b-instruct", *sets, prompt=PROMPT, more="  images_per_prompt: {unit: '', about: images}\n"
    )
    assert workbook.number("prompt_length") == 100 + 3 * 880
    assert workbook.number("prompt_tokens") == 2 * 2740
    assert workbook.number("vision.prefill_tokens") == 2 * 3 * 3520


def test_a_prompt_without_images_costs_no_time_in_the_tower(opened):
    workbook = opened("qwen3-vl-32b-instruct")
    assert workbook.number("prefill_operator_time") == pytest.approx(33.04, abs=0.005)
    assert workbook.number("decode_operator_time") == pytest.approx(19.14, abs=0.005)
    assert workbook.word("vision.block.up.prefill.bound") == "idle"


def test_the_tower_s_work_is_the_sum_by_hand(opened):
    workbook = opened(
        "gemma-3-27b-it",
        "images_per_prompt=2",
        more="  tower: {unit: GFLOP, formula: 'sum(vision.operators[:].prefill.flops)'}\n",
    )
    block = 4 * 1152**2 + 2 * 1152 * 4304
    products = 2 * 4096 * (588 * 1152 + 27 * (block + 2 * 4096 * 1152)) + 2 * 256 * 1152 * 5376
    assert workbook.number("tower") * 1e9 == pytest.approx(2 * products)
    assert workbook.number("vision.block.up.decode.flops") == 0


def test_windows_of_a_tower_save_most_of_its_attention(opened):
    workbook = opened("qwen2.5-vl-7b", "images_per_prompt=1", "image_height=1092", "image_width=1092")
    assert workbook.number("vision.prefill_tokens") == 78 * 78
    # 39 tokens a side: 9 windows of 4 and one of 3, each token four patches
    assert workbook.number("vision.windowed.prefill_pairs") == (9 * 16 + 9) ** 2 * 16
    assert workbook.number("vision.full.prefill_pairs") == 78**4


def test_tiles_attend_by_themselves(opened):
    workbook = opened("llama-4-scout-17b-16e", "images_per_prompt=1", "image_tiles=5")
    assert workbook.number("vision.image_tokens") == 5 * 144
    assert workbook.number("vision.block.attend.prefill.pairs") == 5 * 577**2


def test_a_tower_keeps_its_format_where_the_text_model_is_quantized(opened):
    workbook = opened("qwen3-vl-8b-instruct", "weight_format=fp8")
    assert workbook.word("layer.qkv.format") == "fp8"
    assert workbook.word("vision.block.qkv.format") == "bf16"
    assert opened("qwen3-vl-8b-instruct", "vision_format=fp16").word("vision.block.qkv.format") == "fp16"
