"""The model entries that ship: each comes to its published figures by itself, the exact ones to the integer."""

from __future__ import annotations

import pytest

from roofsheet.graph.language.declarations import Entry
from roofsheet.problems import errors, render
from roofsheet.scenarios import BUNDLED, Library, bundled
from roofsheet.scenarios.importing.checking import Checked, counted

# totals of the checkpoints' safetensors headers on the Hub, less what the entries tell apart: layers for
# multi-token prediction, scales of FP8 blocks, rotary buffers
EXACT = {
    "bloom-7b1": 7_069_016_064,
    "deepseek-r1": 671_026_419_200,
    "deepseek-v2": 235_741_434_880,
    "deepseek-v2-lite": 15_706_484_224,
    "deepseek-v3": 671_026_419_200,
    "deepseek-v3.2": 671_877_944_064,
    "falcon-180b": 178_557_088_768,
    "gemma-2-9b": 9_241_705_984,
    "gemma-3-27b-it": 27_432_406_640,
    "gemma-4-31b": 31_273_088_876,
    "gemma-4-e2b": 4_628_569_379,
    "glm-4.7-flash": 29_943_393_920,
    "glm-5": 743_911_218_432,
    "gpt-j-6b": 6_050_882_784,
    "gpt-oss-120b": 116_829_156_672,
    "gpt-oss-20b": 20_914_757_184,
    "granite-4.1-8b": 8_791_592_960,
    "kimi-k2-thinking": 1_026_408_232_448,
    "kimi-k2.5": 1_026_879_376_368,
    "lfm2.5-2.6b": 2_697_198_592,
    "llama-2-70b": 68_976_648_192,
    "llama-2-7b": 6_738_415_616,
    "llama-3.1-405b": 405_853_388_800,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.1-8b": 8_030_261_248,
    "llama-4-maverick": 401_583_781_376,
    "llama-4-scout-17b-16e": 108_641_793_536,
    "mamba-2.8b": 2_768_345_600,
    "minimax-m2": 228_689_764_864,
    "ministral-3-3b": 3_429_006_336,
    "ministral-3-8b": 8_489_553_920,
    "mistral-7b-v0.1": 7_241_732_096,
    "mixtral-8x22b": 140_620_634_112,
    "mixtral-8x7b-v0.1": 46_702_792_704,
    "nemotron-3-nano-30b-a3b": 31_577_940_288,
    "nemotron-3-nano-4b": 3_973_556_832,
    "nemotron-3-super-120b-a12b": 120_668_707_840,
    "phi-3-mini-4k": 3_821_079_552,
    "phi-4": 14_659_507_200,
    "qwen1.5-7b": 7_721_324_544,
    "qwen2-0.5b": 494_032_768,
    "qwen2-1.5b": 1_543_714_304,
    "qwen2.5-14b": 14_770_033_664,
    "qwen2.5-32b": 32_763_876_352,
    "qwen2.5-3b": 3_085_938_688,
    "qwen2.5-72b": 72_706_203_648,
    "qwen2.5-7b": 7_615_616_512,
    "qwen3-0.6b": 596_049_920,
    "qwen3-1.7b": 1_720_574_976,
    "qwen3-235b-a22b": 235_093_634_560,
    "qwen3-30b-a3b": 30_532_122_624,
    "qwen3-32b": 32_762_123_264,
    "qwen3-4b": 4_022_468_096,
    "qwen3-8b": 8_190_735_360,
    "qwen3-next-80b-a3b": 79_674_391_296,
    "qwen3-vl-235b-a22b-instruct": 235_670_022_896,
    "qwen3-vl-32b-instruct": 33_357_390_064,
    "qwen3-vl-8b-instruct": 8_767_123_696,
    "qwen3.5-122b-a10b": 122_562_817_776,
    "qwen3.5-397b-a17b": 396_802_360_816,
    "qwen3.5-4b": 4_539_265_536,
    "qwen3.5-9b": 9_409_813_744,
    "qwen3.6-35b-a3b": 35_107_181_936,
    "qwen3.8-27b": 27_356_728_560,
}
# counts of which the makers print a rounded figure, or none
COUNTED = {
    "aquila-7b": 7_295_537_152,
    "decilm-7b": 7_043_551_232,
    "falcon-40b": 41_303_293_952,
    "gpt-3-175b": 174_604_259_328,
    "jamba-v0.1": 51_570_323_328,
    "mistral-small-4-119b": 118_972_826_624,
    "nemotron-h-8b-base-8k": 8_100_852_736,
    "opt-175b": 174_604_468_224,
    "opt-6.7b": 6_658_473_984,
    "palm-540b": 540_356_474_880,
}
EXTRA = {
    "deepseek-r1": 13_463_426_304,
    "deepseek-v3": 13_463_426_304,
    "deepseek-v3.2": 13_477_385_728,
    "glm-4.7-flash": 1_278_094_656,
    "glm-5": 9_952_920_576,
    "nemotron-3-super-120b-a12b": 2_942_325_248,
    "qwen3.5-122b-a10b": 2_523_679_232,
    "qwen3.5-397b-a17b": 6_595_568_128,
    "qwen3.5-4b": 120_599_552,
    "qwen3.5-9b": 243_290_624,
    "qwen3.6-35b-a3b": 844_640_768,
    "qwen3.8-27b": 424_699_392,
}
CACHE = {
    "decilm-7b": 34_304,
    "deepseek-v2-lite": 31_104,
    "deepseek-v3": 70_272,
    "gemma-4-31b": 901_120,
    "gemma-4-e2b": 18_432,
    "glm-4.7-flash": 54_144,
    "kimi-k2-thinking": 70_272,
    "lfm2.5-2.6b": 16_384,
    "llama-3.1-8b": 131_072,
    "mistral-small-4-119b": 23_040,
    "nemotron-3-nano-30b-a3b": 6_144,
    "nemotron-3-nano-4b": 16_384,
    "nemotron-3-super-120b-a12b": 8_192,
    "qwen2-0.5b": 12_288,
    "qwen2.5-14b": 196_608,
    "qwen2.5-3b": 36_864,
    "qwen3-235b-a22b": 192_512,
    "qwen3-32b": 262_144,
    "qwen3-8b": 147_456,
    "qwen3.6-35b-a3b": 20_480,
    "qwen3.8-27b": 65_536,
}
READY = sorted({*EXACT, *COUNTED})


def found(name: str) -> Checked:
    path = BUNDLED / "models" / f"{name}.yaml"
    return counted(path.read_text(encoding="utf-8"), f"scenarios/models/{name}.yaml", Library([]))


def test_every_model_that_was_promised_ships():
    assert set(READY) <= set(bundled("model"))


@pytest.mark.parametrize("name", READY)
def test_an_entry_comes_to_its_count_to_the_integer(name):
    checked = found(name)
    assert not errors(checked.problems), render(checked.problems)
    assert checked.counts["n_parameters"] == {**EXACT, **COUNTED}[name]
    assert checked.counts["n_extra_parameters"] == EXTRA.get(name, 0)


@pytest.mark.parametrize("name", CACHE)
def test_a_token_leaves_what_engines_log(name):
    assert found(name).counts["kv_bytes_per_token"] == CACHE[name]


@pytest.mark.parametrize("name", READY)
def test_an_entry_publishes_its_exact_total_and_cites_sources_that_can_be_read(name):
    text = (BUNDLED / "models" / f"{name}.yaml").read_text(encoding="utf-8")
    assert "url: " in text or "https://" in text
    if name in EXACT:
        assert f"value: {EXACT[name]} parameter" in text


def test_no_two_entries_go_by_one_name():
    library = Library([])
    names: list[str] = []
    for path in sorted((BUNDLED / "models").glob("*.yaml")):
        entry = library.read(path)
        assert isinstance(entry, Entry)
        names += {alias.casefold() for alias in (entry.name, *entry.aliases)}
    assert len(names) == len(set(names))
