"""What measurements and start-up logs call the models: an entry goes by each name."""

from __future__ import annotations

import pytest

from roofsheet.graph.language.declarations import Entry
from roofsheet.problems import Text
from roofsheet.scenarios import BUNDLED, Library

# a name a line, as MLPerf, llama.cpp, vLLM, TensorRT-LLM and others print them
NAMED = """\
Aquila-7B
CosyVoice2-0.5B (Qwen2-0.5B backbone)
DeciLM-7B
DeepSeek-R1-0528
DeepseekV3ForCausalLM
Falcon 180B
GLM-4.7-Flash-BF16
GLM-4.7-Flash-UD-Q8_K_XL
GPT-J 6B
GPT-OSS 120B
GPT-OSS 20B
Gemma-4-31B
Kwaipilot/KAT-Coder-V2.5-Dev
LLaMA 3.1 70B
LLaMA 3.1 8B
LLaMA 70B
LLaMA 7B
LLaMA v3.1 405B
LLaMA v3.1 70B
LLaMA v3.1 8B
LiquidAI/LFM2.5-2.6B
Llama 3.1 405B
Llama 3.1 8B
Llama 3.3 70B
Llama 4 Maverick
Llama 4 Scout
Llama-2-70b-hf
Llama-2-7b-hf
Meta-Llama-3-70B
Meta-Llama-3-8B
MiniMax-M2.7-UD-Q3_K_S
MiniMaxAI/MiniMax-M2.5
Mistral 7B
Mistral-7B-v0.1
Mixtral 8x22B
Mixtral 8x7B
Mixtral-8x7B-v0.1
PaLM 540B
Qwen/Qwen2.5-0.5B-Instruct
Qwen/Qwen3-235B-A22B-FP8
Qwen/Qwen3-32B
Qwen/Qwen3.5-397B-A17B
Qwen/Qwen3.5-4B
Qwen/Qwen3.5-9B
Qwen/Qwen3.6-35B-A3B
Qwen/Qwen3.6-35B-A3B-FP8
Qwen/Qwen3.8-27B
Qwen1.5-7B
Qwen2-1.5B-Instruct
Qwen2-72B
Qwen2-7B
Qwen2.5-1.5B-Instruct
Qwen2.5-32B-Instruct
Qwen2.5-3B
Qwen2.5-3B-Instruct
Qwen2.5-7B (quantized)
Qwen3-0.6B
Qwen3-1.7B
Qwen3-235B-A22B
Qwen3-30B-A3B
Qwen3-32B
Qwen3-4B
Qwen3-Next-80B-A3B W4A16
Qwen3.5-122B-A10B-UD-Q5_K_XL
Qwen3.5-9B
Qwen3.8-27B-FP8
RedHatAI/Qwen3.6-35B-A3B-NVFP4
bloom-7b1
deepseek-ai/DeepSeek-R1
deepseek-ai/DeepSeek-V2-Lite
deepseek-ai/DeepSeek-V2-Lite-Chat
deepseek-ai/DeepSeek-V3
deepseek-coder-v2:16b
deepseek-r1
google/gemma-4-31B-it
google/gemma-4-E2B-it
gpt-j-6b
gpt-oss-20b-mxfp4
ibm-granite/granite-4.1-8b
llama-2-7b.Q4_0
llama-7b
llama2-70b-99
llama2-70b-99.9
llama3.1-405b
llama3.1-8b
llama3_1-405b
meta-llama/Llama-3.1-70B
meta-llama/Llama-3.1-8B-Instruct
meta-llama/Meta-Llama-3-8B
meta-llama/Meta-Llama-3.1-405B-Instruct-FP8
mistralai/Ministral-3-3B-Instruct-2512
mistralai/Ministral-3-8B-Instruct-2512
mistralai/Mistral-Small-4-119B-2603-NVFP4
mixtral-8x7b
moonshotai/Kimi-K2-Thinking
moonshotai/Kimi-K2.5
nvidia/DeepSeek-V3.1-NVFP4
nvidia/Gemma-4-31B-IT-NVFP4
nvidia/Llama-3.1-8B-Instruct-FP8
nvidia/NVIDIA-Nemotron-3-Nano-4B-BF16
nvidia/NVIDIA-Nemotron-3-Nano-4B-FP8
nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4
nvidia/Nemotron-Cascade-2-30B-A3B
nvidia/Qwen3-32B-NVFP4
openai/gpt-oss-120b
opt-6.7b
qwen3.5-122b-a10b-nvfp4 (Sehyo)
qwen3.5-122b-a10b-nvfp4-resharded
unsloth/Qwen3.8-27B-NVFP4
zhipuai/GLM-5
"""


@pytest.fixture(scope="module")
def names() -> set[str]:
    library = Library([])
    entries = [library.read(path) for path in sorted((BUNDLED / "models").glob("*.yaml"))]
    return {name.casefold() for entry in entries if isinstance(entry, Entry) for name in (entry.name, *entry.aliases)}


@pytest.mark.parametrize("name", NAMED.splitlines())
def test_an_entry_goes_by_the_name_that_was_measured(name, names):
    assert name.casefold() in names


def test_a_model_goes_by_its_name_on_the_hub():
    library = Library([])
    for name in ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-70B", "meta-llama/Llama-3.1-405B", "qwen/Qwen3-8B"):
        found = library.entry(Text.line(name, "a test"), "model")
        assert found is not None
        assert found.name == name.partition("/")[2].casefold()


def test_no_name_or_alias_means_two_models():
    library, seen = Library([]), dict[str, str]()
    for path in sorted((BUNDLED / "models").glob("*.yaml")):
        entry = library.read(path)
        assert isinstance(entry, Entry)
        for spelling in {name.casefold() for name in (entry.name, *entry.aliases)}:
            assert seen.setdefault(spelling, entry.name) == entry.name, spelling
