"""What public tables call accelerators and models, and the entry that each spelling leads to."""

from __future__ import annotations

import pytest

from roofsheet.measuring.mapping import Mapped, Unmapped

# a spelling a line, as llama.cpp, vLLM, SGLang, TensorRT-LLM, MLPerf and posts print them
ACCELERATORS = """
NVIDIA H100 80GB HBM3                 h100-sxm
H100 SXM5                             h100-sxm
H100-80GB                             h100-sxm
8xH100                                h100-sxm
DGX H100 640GB                        h100-sxm
DGX A100 640GB                        a100-sxm-80gb
H100 PCIe 80GB                        h100-pcie
NVIDIA H100 NVL                       h100-nvl
NVIDIA H200                           h200-sxm
NVIDIA H20 96GB                       h20
NVIDIA H800                           h800-sxm
NVIDIA A100-SXM4-80GB                 a100-sxm-80gb
NVIDIA A100-SXM4-40GB                 a100-sxm-40gb
A100 PCIe 80GB                        a100-pcie-80gb
NVIDIA A100-PCIE-40GB                 a100-pcie-40gb
NVIDIA A800-SXM4-80GB                 a800-sxm-80gb
NVIDIA L20                            l20
L40S 48GB                             l40s
NVIDIA L4                             l4
T4 16GB                               t4
Tesla T4                              t4
NVIDIA A10G                           a10g
NVIDIA A10                            a10
NVIDIA A30                            a30
A40 48GB                              a40
Tesla V100-SXM2-16GB                  v100-sxm2-16gb
Tesla V100-PCIE-32GB                  v100-pcie-32gb
Tesla P40                             p40
Tesla P100-PCIE-16GB                  p100-pcie-16gb
NVIDIA GB200 NVL72                    gb200
NVIDIA B200                           b200-sxm
DGX Spark                             dgx-spark-gb10
NVIDIA GB10                           dgx-spark-gb10
NVIDIA GeForce RTX 5090               rtx-5090
RTX 5070 Ti 16GB                      rtx-5070-ti
NVIDIA GeForce RTX 5060 Ti            rtx-5060-ti-16gb
RTX 4090 24GB                         rtx-4090
2x RTX 4090                           rtx-4090
NVIDIA GeForce RTX 4090 D             rtx-4090-d
4080 16GB                             rtx-4080
RTX 4070 Ti SUPER                     rtx-4070-ti-super
4070 Ti 12GB                          rtx-4070-ti
NVIDIA GeForce RTX 4060 Ti 16GB       rtx-4060-ti-16gb
NVIDIA GeForce RTX 3090               rtx-3090
3090 24GB                             rtx-3090
3090 Ti 24GB                          rtx-3090-ti
3080 10GB                             rtx-3080-10gb
3080 Ti 12GB                          rtx-3080-ti
3070 8GB                              rtx-3070
NVIDIA GeForce RTX 3060               rtx-3060-12gb
NVIDIA GeForce RTX 2080 Ti            rtx-2080-ti
RTX A6000 48GB                        rtx-a6000
NVIDIA RTX A5000                      rtx-a5000
NVIDIA RTX A4000                      rtx-a4000
RTX 6000 Ada 48GB                     rtx-6000-ada
RTX 4000 Ada 20GB                     rtx-4000-ada
NVIDIA RTX PRO 6000 Blackwell Server Edition  rtx-pro-6000-blackwell-server
RTX PRO 6000                          rtx-pro-6000-blackwell-workstation
NVIDIA RTX PRO 4500 Blackwell         rtx-pro-4500-blackwell
AMD MI300X                            mi300x
AMD Instinct MI325X 256GB HBM3E       mi325x
AMD Instinct MI350X                   mi350x
AMD Instinct MI210                    mi210
AMD Instinct MI50 32GB                mi50-32gb
AMD Radeon RX 7900 XTX                rx-7900-xtx
Radeon RX 7900 XT                     rx-7900-xt
AMD Radeon RX 9070 XT                 rx-9070-xt
AMD Radeon AI PRO R9700               radeon-ai-pro-r9700
AMD Radeon PRO W7900                  radeon-pro-w7900
AMD Ryzen AI Max+ 395                 radeon-8060s
M1 7-Core GPU 8GB                     apple-m1
M2 Ultra 76-Core GPU 192GB            apple-m2-ultra
Apple M3 Pro                          apple-m3-pro
Apple M4 Pro 20-Core GPU 64GB         apple-m4-pro
Apple M4                              apple-m4
M5 Max 128GB                          apple-m5-max
NVIDIA Jetson AGX Orin 64GB           jetson-agx-orin-64gb
"""
MODELS = """
Meta-Llama-3-8B                                     llama-3.1-8b
meta-llama/Meta-Llama-3.1-8B-Instruct               llama-3.1-8b
RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w4a16 llama-3.1-8b
NousResearch/Hermes-3-Llama-3.1-8B                  llama-3.1-8b
llama3.1:8b                                         llama-3.1-8b
llama 8B Q4_K - Medium                              llama-3.1-8b
Llama-3.3-70B-Instruct-FP8                          llama-3.1-70b
unsloth/Llama-3.3-70B-Instruct-GGUF                 llama-3.1-70b
Meta-Llama-3-70B Q4_K_M                             llama-3.1-70b
nvidia/Llama-3.1-405B-Instruct-FP4                  llama-3.1-405b
Llama-3.2-1B-Instruct                               llama-3.2-1b
llama3.2:3b                                         llama-3.2-3b
meta-llama/Llama-2-13b-chat-hf                      llama-2-13b
llama 7B Q4_0                                       llama-2-7b
TinyLlama/TinyLlama-1.1B-Chat-v1.0                  tinyllama-1.1b
codellama/CodeLlama-34b-Instruct-hf                 codellama-34b
lmsys/vicuna-7b-v1.5                                llama-2-7b
nvidia/Llama-4-Scout-17B-16E-Instruct-FP4           llama-4-scout-17b-16e
openai/gpt-oss-20b                                  gpt-oss-20b
gpt-oss 120B MXFP4 MoE                              gpt-oss-120b
Qwen/Qwen3-32B-FP8                                  qwen3-32b
Qwen/Qwen3-14B-AWQ                                  qwen3-14b
qwen3 8B Q8_0                                       qwen3-8b
Qwen3-4B-Instruct-2507                              qwen3-4b
Qwen3-30B-A3B-Instruct-2507                         qwen3-30b-a3b
qwen3moe 30B.A3B Q4_K - Medium                      qwen3-30b-a3b
unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF           qwen3-30b-a3b
Qwen/Qwen3-235B-A22B-GPTQ-Int4                      qwen3-235b-a22b
Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8             qwen3-coder-480b-a35b
Qwen/Qwen3-Next-80B-A3B-Thinking                    qwen3-next-80b-a3b
Qwen/Qwen3.5-27B                                    qwen3.8-27b
Qwen/Qwen3.5-35B-A3B                                qwen3.6-35b-a3b
Qwen3.5-2B-Q4_K_M                                   qwen3.5-2b
Qwen/Qwen2.5-0.5B-Instruct                          qwen2-0.5b
Qwen/Qwen2.5-Coder-32B-Instruct                     qwen2.5-32b
Qwen/QwQ-32B                                        qwen2.5-32b
Qwen/Qwen2-57B-A14B-Instruct                        qwen2-57b-a14b
Qwen/Qwen1.5-14B-Chat                               qwen1.5-14b
deepseek-ai/DeepSeek-R1-0528                        deepseek-r1
nvidia/DeepSeek-R1-0528-FP4                         deepseek-r1
deepseek-ai/DeepSeek-V3.1                           deepseek-v3
deepseek-ai/DeepSeek-V3.2-Exp                       deepseek-v3.2
deepseek-ai/DeepSeek-R1-Distill-Llama-70B           llama-3.1-70b
deepseek-ai/DeepSeek-R1-Distill-Qwen-32B            qwen2.5-32b
deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B           deepseek-r1-distill-qwen-1.5b
deepseek-ai/DeepSeek-R1-0528-Qwen3-8B               qwen3-8b
deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct         deepseek-v2-lite
google/gemma-2-27b-it                               gemma-2-27b
gemma3:12b                                          gemma-3-12b
google/gemma-3-27b-it                               gemma-3-27b-it
google/gemma-4-26B-A4B-it                           gemma-4-26b-a4b
google/gemma-7b                                     gemma-7b
mistralai/Mistral-Nemo-Instruct-2407                mistral-nemo-12b
mistralai/Mistral-Small-3.2-24B-Instruct-2506       mistral-small-24b
mistralai/Devstral-Small-2507                       mistral-small-24b
mistralai/Mistral-Large-Instruct-2411               mistral-large-123b
mistralai/Ministral-8B-Instruct-2410                ministral-8b
mistralai/Ministral-3-14B-Instruct-2512             ministral-3-14b
mistralai/Mistral-7B-Instruct-v0.3                  mistral-7b-v0.3
mistralai/Mixtral-8x7B-Instruct-v0.1                mixtral-8x7b-v0.1
microsoft/Phi-3.5-mini-instruct                     phi-3.5-mini
microsoft/Phi-4-mini-instruct                       phi-4-mini
microsoft/phi-4                                     phi-4
zai-org/GLM-4.5-Air-FP8                             glm-4.5-air
zai-org/GLM-4.6                                     glm-4.5
zai-org/GLM-4.7-Flash                               glm-4.7-flash
moonshotai/Kimi-K2-Instruct-0905                    kimi-k2-instruct
nvidia/Kimi-K2.6-NVFP4                              kimi-k2.5
MiniMaxAI/MiniMax-M2.1                              minimax-m2
nvidia/NVIDIA-Nemotron-Nano-9B-v2                   nemotron-nano-9b-v2
ibm-granite/granite-3.3-8b-instruct                 granite-3.3-8b
ibm-granite/granite-4.0-h-small                     granite-4.0-h-small
allenai/OLMo-2-1124-13B-Instruct                    olmo-2-13b
HuggingFaceTB/SmolLM2-1.7B-Instruct                 smollm2-1.7b
internlm/internlm2_5-7b-chat                        internlm2.5-7b
bigcode/starcoder2-15b                              starcoder2-15b
01-ai/Yi-34B-Chat                                   yi-34b
CohereForAI/c4ai-command-r-plus                     command-r-plus-104b
tiiuae/falcon-7b-instruct                           falcon-7b
"""


def pairs(table: str) -> list[tuple[str, str]]:
    return [(said.strip(), entry) for line in table.strip().splitlines() for said, entry in [line.rsplit(maxsplit=1)]]


@pytest.mark.parametrize(("said", "entry"), pairs(ACCELERATORS))
def test_an_accelerator_is_found_by_its_spelling(said, entry, mapped):
    found = mapped(gpu=said, gpu_norm="", model="llama-3.1-8b")
    assert isinstance(found, Mapped), found
    assert found.hardware == entry


@pytest.mark.parametrize(("said", "entry"), pairs(MODELS))
def test_a_model_is_found_by_its_spelling(said, entry, mapped):
    found = mapped(gpu="h100-sxm", model=said, model_family="")
    assert isinstance(found, Mapped), found
    assert found.model == entry


@pytest.mark.parametrize(
    "said",
    [
        "NVIDIA GeForce RTX 4090 Laptop GPU", "RTX 3070 Ti", "RTX 4090 48GB", "RTX 4090 + RTX 3090", "NVIDIA RTX A1000",
        "RTX 5060 Ti 8GB", "NVIDIA GH200 144G HBM3e", "Apple M3 Max 30-Core GPU", "Tesla V100S-PCIE-32GB", "RTX 5090 D",
    ],
)  # fmt: skip
def test_a_card_that_only_resembles_one_is_not_taken_for_it(said, mapped):
    assert isinstance(mapped(gpu=said, gpu_norm="", model="llama-3.1-8b"), Unmapped)


@pytest.mark.parametrize(
    "said",
    [
        "Qwen/Qwen2.5-VL-7B-Instruct", "meta-llama/Llama-3.2-11B-Vision-Instruct", "Qwen/Qwen3-Embedding-8B",
        "nvidia/Llama-3_3-Nemotron-Super-49B-v1", "zai-org/GLM-4.6V", "google/gemma-3n-E4B-it",
        "microsoft/Phi-4-mini-flash-reasoning", "Qwen/Qwen3-Omni-30B-A3B-Instruct",
        "mistralai/Mistral-Small-Instruct-2409",
    ],
)  # fmt: skip
def test_a_model_that_only_resembles_one_is_not_taken_for_it(said, mapped):
    assert isinstance(mapped(gpu="h100-sxm", model=said, model_family=""), Unmapped)
