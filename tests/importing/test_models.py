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
    "codellama-34b": 33_743_970_304,
    "command-r-08-2024": 32_296_476_672,
    "command-r-35b": 34_980_831_232,
    "command-r-plus-104b": 103_810_674_688,
    "deepseek-r1": 671_026_419_200,
    "deepseek-r1-distill-qwen-1.5b": 1_777_088_000,
    "deepseek-v2": 235_741_434_880,
    "deepseek-v2-lite": 15_706_484_224,
    "deepseek-v3": 671_026_419_200,
    "deepseek-v3.2": 671_877_944_064,
    "falcon-180b": 178_557_088_768,
    "falcon-7b": 6_921_720_704,
    "gemma-2-27b": 27_227_128_320,
    "gemma-2-2b": 2_614_341_888,
    "gemma-2-9b": 9_241_705_984,
    "gemma-2b": 2_506_172_416,
    "gemma-3-12b": 12_187_325_040,
    "gemma-3-1b": 999_885_952,
    "gemma-3-27b-it": 27_432_406_640,
    "gemma-3-4b": 4_300_079_472,
    "gemma-4-26b-a4b": 25_805_936_206,
    "gemma-4-31b": 31_273_088_876,
    "gemma-4-e2b": 4_628_569_379,
    "gemma-4-e4b": 7_463_013_418,
    "gemma-7b": 8_537_680_896,
    "glm-4-9b": 9_400_279_040,
    "glm-4.5": 352_797_829_024,
    "glm-4.5-air": 106_852_251_264,
    "glm-4.7-flash": 29_943_393_920,
    "glm-5": 743_911_218_432,
    "gpt-j-6b": 6_050_882_784,
    "gpt-oss-120b": 116_829_156_672,
    "gpt-oss-20b": 20_914_757_184,
    "granite-3.3-2b": 2_533_539_840,
    "granite-3.3-8b": 8_170_864_640,
    "granite-4.0-h-small": 32_207_337_984,
    "granite-4.1-3b": 3_402_836_480,
    "granite-4.1-8b": 8_791_592_960,
    "internlm2.5-7b": 7_737_708_544,
    "kimi-k2-instruct": 1_026_408_232_448,
    "kimi-k2-thinking": 1_026_408_232_448,
    "kimi-k2.5": 1_026_879_376_368,
    "lfm2.5-2.6b": 2_697_198_592,
    "llama-2-13b": 13_015_864_320,
    "llama-2-70b": 68_976_648_192,
    "llama-2-7b": 6_738_415_616,
    "llama-3.1-405b": 405_853_388_800,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.2-1b": 1_235_814_400,
    "llama-3.2-3b": 3_212_749_824,
    "llama-30b": 32_528_943_616,
    "llama-4-maverick": 401_583_781_376,
    "llama-4-scout-17b-16e": 108_641_793_536,
    "llama-65b": 65_285_660_672,
    "mamba-2.8b": 2_768_345_600,
    "minimax-m2": 228_689_764_864,
    "ministral-3-3b": 3_429_006_336,
    "ministral-3-8b": 8_489_553_920,
    "ministral-8b": 8_019_808_256,
    "mistral-7b-v0.1": 7_241_732_096,
    "mistral-7b-v0.2": 7_241_732_096,
    "mistral-7b-v0.3": 7_248_023_552,
    "mistral-large-123b": 122_610_069_504,
    "mistral-nemo-12b": 12_247_782_400,
    "mistral-small-24b": 23_572_403_200,
    "mixtral-8x22b": 140_620_634_112,
    "mixtral-8x7b-v0.1": 46_702_792_704,
    "nemotron-3-nano-30b-a3b": 31_577_940_288,
    "nemotron-3-nano-4b": 3_973_556_832,
    "nemotron-3-super-120b-a12b": 120_668_707_840,
    "nemotron-nano-9b-v2": 8_888_227_328,
    "olmo-2-13b": 13_716_198_400,
    "olmo-2-32b": 32_234_279_936,
    "olmo-2-7b": 7_298_617_344,
    "phi-3-medium": 13_960_238_080,
    "phi-3-mini-4k": 3_821_079_552,
    "phi-3.5-mini": 3_821_079_552,
    "phi-4": 14_659_507_200,
    "phi-4-mini": 3_836_021_760,
    "qwen1.5-0.5b": 463_987_712,
    "qwen1.5-1.8b": 1_836_828_672,
    "qwen1.5-110b": 111_209_914_368,
    "qwen1.5-14b": 14_167_290_880,
    "qwen1.5-32b": 32_512_218_112,
    "qwen1.5-4b": 3_950_369_280,
    "qwen1.5-72b": 72_287_920_128,
    "qwen1.5-7b": 7_721_324_544,
    "qwen1.5-moe-a2.7b": 14_315_784_192,
    "qwen2-0.5b": 494_032_768,
    "qwen2-1.5b": 1_543_714_304,
    "qwen2.5-14b": 14_770_033_664,
    "qwen2.5-32b": 32_763_876_352,
    "qwen2.5-3b": 3_085_938_688,
    "qwen2.5-72b": 72_706_203_648,
    "qwen2.5-7b": 7_615_616_512,
    "qwen3-0.6b": 596_049_920,
    "qwen3-1.7b": 1_720_574_976,
    "qwen3-14b": 14_768_307_200,
    "qwen3-235b-a22b": 235_093_634_560,
    "qwen3-30b-a3b": 30_532_122_624,
    "qwen3-32b": 32_762_123_264,
    "qwen3-4b": 4_022_468_096,
    "qwen3-8b": 8_190_735_360,
    "qwen3-coder-480b-a35b": 480_154_875_392,
    "qwen3-next-80b-a3b": 79_674_391_296,
    "qwen3-vl-235b-a22b-instruct": 235_670_022_896,
    "qwen3-vl-2b-instruct": 2_127_532_032,
    "qwen3-vl-30b-a3b-instruct": 31_070_754_032,
    "qwen3-vl-32b-instruct": 33_357_390_064,
    "qwen3-vl-4b-instruct": 4_437_815_808,
    "qwen3-vl-8b-instruct": 8_767_123_696,
    "qwen3.5-0.8b": 852_985_920,
    "qwen3.5-122b-a10b": 122_562_817_776,
    "qwen3.5-2b": 2_213_241_664,
    "qwen3.5-397b-a17b": 396_802_360_816,
    "qwen3.5-4b": 4_539_265_536,
    "qwen3.5-9b": 9_409_813_744,
    "qwen3.6-35b-a3b": 35_107_181_936,
    "qwen3.8-27b": 27_356_728_560,
    "smollm2-1.7b": 1_711_376_384,
    "smollm2-135m": 134_515_008,
    "smollm2-360m": 361_821_120,
    "starcoder2-15b": 15_957_889_024,
    "tinyllama-1.1b": 1_100_048_384,
    "yi-34b": 34_388_917_248,
}
# counts of which the makers print a rounded figure, or none
COUNTED = {
    "aquila-7b": 7_295_537_152,
    "decilm-7b": 7_043_551_232,
    "falcon-40b": 41_303_293_952,
    "gpt-3-175b": 174_604_259_328,
    "jamba-v0.1": 51_570_323_328,
    "ministral-3-14b": 13_506_073_600,
    "mistral-small-4-119b": 118_972_826_624,
    "nemotron-3-ultra-550b-a55b": 549_308_993_536,
    "nemotron-h-56b-base-8k": 56_324_350_464,
    "nemotron-h-8b-base-8k": 8_100_852_736,
    "opt-175b": 174_604_468_224,
    "opt-6.7b": 6_658_473_984,
    "palm-540b": 540_356_474_880,
    "qwen2-57b-a14b": 57_408_658_944,
}
EXTRA = {
    "deepseek-r1": 13_463_426_304,
    "deepseek-v3": 13_463_426_304,
    "deepseek-v3.2": 13_477_385_728,
    "glm-4.5": 5_539_962_272,
    "glm-4.5-air": 3_616_573_568,
    "glm-4.7-flash": 1_278_094_656,
    "glm-5": 9_952_920_576,
    "nemotron-3-super-120b-a12b": 2_942_325_248,
    "nemotron-3-ultra-550b-a55b": 11_215_610_368,
    "qwen3.5-0.8b": 20_452_864,
    "qwen3.5-122b-a10b": 2_523_679_232,
    "qwen3.5-2b": 60_828_160,
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
