"""What is written: an entry that reads as if a person had made it, and that a scenario can use."""

from __future__ import annotations

import json
import os
import stat
import sys

import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet as cli
from roofsheet.problems import render
from roofsheet.scenarios.importing.entries_made import MadeEntry, MadeFact, MadeScope
from roofsheet.scenarios.importing.entry_text import entry_text
from roofsheet.scenarios.importing.importing import entry_name
from roofsheet.scenarios.reader import read_text

from .conftest import QWEN3_8B

WRITTEN = """\
model: my-model
title: My model
sources:
  config: {title: config.json on disk, read: 2026-07-27, kind: datasheet}
use: [decoder]
facts:
  source: config
  n_layers: 36
  hidden_size: 4096
  vocab_size: 151936
  n_heads: 32
  n_kv_heads: 8
  head_dim: 128
  intermediate_size: 12288
  head_weights: untied
  weight_format: bf16
groups:
  start: {use: [embedding]}
  layer: {use: [gqa, qk_norm, full_attention, gated, norms]}
  finish: {use: [head]}
stack: start + 36 * layer + finish
"""


def test_an_entry_reads_as_a_person_would_write_it(imported):
    assert imported().text == WRITTEN


def test_what_the_config_leaves_out_is_noted_in_the_entry(imported):
    left_out = ("head_dim", "num_key_value_heads", "tie_word_embeddings", "use_sliding_window", "max_window_layers")
    text = imported(dict.fromkeys(left_out, ...), model_type="llama").text
    assert "head_dim: {value: 128, kind: derived, note: hidden_size / num_attention_heads; the config does not" in text
    assert "n_kv_heads: {value: 32, kind: derived, note: num_attention_heads; the config does not state it}" in text
    assert "value: untied" in text
    assert "the config does not state tie_word_embeddings: false" in text
    assert "kind: assumed" in text


def test_a_default_is_cited_from_the_code_that_has_it(imported):
    found = imported(tie_word_embeddings=...)
    assert found.entry is not None
    assert "models/qwen3" in found.entry.sources["code"].title


def test_every_key_is_accounted_for(imported):
    found = imported({"zebra": None})
    coverage = found.coverage
    assert {*coverage.used, *coverage.irrelevant, *coverage.unknown} == {*QWEN3_8B, "zebra"}
    assert coverage.unknown == ("zebra",)
    assert coverage.irrelevant["rope_theta"].startswith("rotary positions are computed")


def test_formats_are_read_from_the_quantization_config(imported):
    config = {"quant_method": "fp8", "weight_block_size": [128, 128], "activation_scheme": "dynamic", "fmt": "e4m3"}
    found = imported(quantization_config=config)
    assert "weight_format: fp8_block" in found.text, render(found.problems)
    assert "head_format: bf16" in found.text
    assert found.counts["n_parameters"] == imported().counts["n_parameters"]


@pytest.mark.parametrize(
    ("config", "formats"),
    [
        ({"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": True, "sym": True}, ("int4", "bf16")),
        (
            {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True, "version": "gemm"},
            ("int4", "bf16"),
        ),
        (
            {"quant_method": "awq", "bits": 4, "group_size": 128, "modules_to_not_convert": ["lm_head"]},
            ("int4", "bf16"),
        ),
        ({"quant_method": "awq", "bits": 4, "group_size": 64, "zero_point": True}, ("int4_64", "bf16")),
        ({"quant_method": "gptq", "bits": 4, "group_size": 32, "lm_head": True}, ("int4_32_zeros", "int4_32_zeros")),
        ({"quant_method": "gptq", "bits": 4, "group_size": -1, "lm_head": False}, ("int4_channel", "bf16")),
        ({"quant_method": "gptq", "bits": 8, "group_size": 128, "lm_head": False}, ("int8_128", "bf16")),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True, "load_in_4bit": False}, ("int8", "bf16")),
        ({"quant_method": "fp8", "activation_scheme": "static"}, ("fp8", "bf16")),
        (
            {
                "quant_method": "compressed-tensors",
                "format": "float-quantized",
                "ignore": ["lm_head"],
                "config_groups": {
                    "group_0": {
                        "targets": ["Linear"],
                        "input_activations": {"num_bits": 8, "type": "float"},
                        "weights": {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True},
                    }
                },
            },
            ("fp8", "bf16"),
        ),
        (
            {"quant_algo": "NVFP4", "producer": {"name": "modelopt"}, "exclude_modules": ["lm_head"], "group_size": 16},
            ("nvfp4", "bf16"),
        ),
    ],
    ids=[
        "gptq",
        "awq",
        "awq head",
        "awq 64",
        "gptq 32",
        "gptq -1",
        "gptq 8 bits",
        "bitsandbytes",
        "fp8",
        "compressed-tensors",
        "modelopt",
    ],
)
def test_each_way_to_quantize_has_its_format(config, formats, imported):
    found = imported(quantization_config=config)
    assert found.entry is not None, render(found.problems)
    facts = {fact.name: fact.value for fact in found.entry.scope.facts}
    assert (facts["weight_format"], facts["head_format"]) == formats


def test_the_users_word_for_the_format_is_an_assumed_fact(run, tmp_path):
    config = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
    (tmp_path / "config.json").write_text(json.dumps({**QWEN3_8B, "quantization_config": config}))
    result = run("import", "config.json", "--weight-format", "int4_64")
    assert result.exit_code == 0, result.stderr
    said = (
        "weight_format: {value: int4_64, kind: assumed, note: '--weight-format, said by whoever imported the config'}"
    )
    assert said in result.stdout
    result = run("import", "config.json", "--weight-format", "int5")
    assert result.exit_code == 2
    assert "--weight-format 'int5' is no format" in result.stderr


def test_a_window_in_some_layers_makes_two_groups(imported):
    found = imported(
        num_hidden_layers=4, use_sliding_window=True, sliding_window=4096, max_window_layers=2, layer_types=...
    )
    assert "stack: start + 2 * layer + 2 * sliding + finish" in found.text, render(found.problems)
    assert "window_length: 4096" in found.text


def test_an_empty_list_by_layers_says_nothing(imported):
    assert imported(layer_types=[]).text == WRITTEN


def test_texts_are_quoted_where_yaml_would_read_something_else():
    note = "a: b, [c] #d 'e' \u0007 and a \u2028 line that goes on " + "and on " * 30
    entry = MadeEntry("x", MadeScope((), (MadeFact("hidden_size", "1", note=note),), (), ""), title="- {x}", about=note)
    text = entry_text(entry)
    root = read_text(text, "x.yaml", [])
    assert root is not None
    assert max(map(len, text.splitlines())) <= 125
    title = root.get("title")
    assert title is not None
    assert "- {x}" in str(title)
    assert "# d" not in text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Qwen3-8B", "qwen3-8b"),
        ("Llama 2 (7B)", "llama-2-7b"),
        ("../../etc/x", "etc-x"),
        ("", "model"),
        ("ÄÖ", "model"),
    ],
)
def test_a_name_is_made_of_plain_letters(text, name):
    assert entry_name(text) == name


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(QWEN3_8B), encoding="utf-8")
    return path


SCENARIO = (
    "scenario: Mine\nuse: [model]\nwith: {model: ./my-model.yaml, hardware: a100-sxm-80gb}\nshow: [n_parameters]\n"
)


def test_an_imported_model_can_be_used_by_a_scenario(run, config, tmp_path):
    result = run("import", "config.json", "-o", "my-model.yaml")
    assert result.exit_code == 0
    assert "8,190,735,360 parameters" in result.stdout
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    shown = run("show", "mine.yaml", "n_parameters", "--json", "--set", "prompt_length=512")
    quantity = json.loads(shown.stdout)["quantities"]["n_parameters"]
    assert quantity["value"] * (1e9 if quantity["unit"].startswith("G") else 1) == pytest.approx(8190735360, rel=1e-12)


def test_the_json_has_the_counts_and_an_account_of_the_keys(run, config):
    record = json.loads(run("import", "config.json", "--json").stdout)
    assert record["model_type"] == "qwen3"
    assert record["n_parameters"] == 8190735360
    assert isinstance(record["n_parameters"], int)
    assert record["kv_bytes_per_token"] == 147456
    assert set(record["coverage"]) == {"used", "irrelevant", "unknown", "ignored"}
    assert record["entry"].startswith("model: ")
    assert record["problems"] == []


def test_the_json_of_a_refused_config_has_its_problems(run, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "zebra"}')
    result = run("import", "config.json", "--json")
    assert result.exit_code == 2
    record = json.loads(result.stdout)
    assert record["n_parameters"] is None
    assert record["problems"][0]["line"] == 1


def test_a_file_that_is_there_is_not_written_over(run, config, tmp_path):
    path = tmp_path / "my-model.yaml"
    path.write_text("mine")
    assert run("import", "config.json", "-o", "my-model.yaml").exit_code == 2
    assert path.read_text() == "mine"
    assert run("import", "config.json", "-o", "my-model.yaml", "--force").exit_code == 0
    assert path.read_text().startswith("model: my-model\n")


@pytest.mark.parametrize("output", ["my-model.txt", "nowhere/my-model.yaml", ".", "config.json"])
def test_what_is_no_name_of_an_entry_s_file_is_refused(output, run, config, tmp_path):
    assert run("import", "config.json", "-o", output).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_told(run, config, tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    result = run("import", "config.json", "-o", "my-model.yaml")
    tmp_path.chmod(stat.S_IRWXU)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_the_hub_is_asked_only_where_its_package_is_there(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    result = run("import", "hf:Qwen/Qwen3-8B")
    assert result.exit_code == 2
    assert "pip install 'roofsheet[hub]'" in result.stderr
    assert run("import", "hf:Qwen").exit_code == 2


class _Hub:
    """What the importer needs of huggingface_hub."""

    def __init__(self, path: str | None) -> None:
        self.path, self.asked = path, []

    def hf_hub_download(self, name: str, file: str, revision: str) -> str:
        self.asked.append((name, file, revision))
        if self.path is None:
            raise OSError("404 Client Error")
        return self.path


def test_a_model_of_the_hub_is_imported_under_its_name(run, config, monkeypatch):
    hub = _Hub(str(config))
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    result = run("import", "hf:Qwen/Qwen3-8B@abc123", "--read", "2026-07-27")
    assert hub.asked == [("Qwen/Qwen3-8B", "config.json", "abc123")]
    assert result.exit_code == 0
    assert "model: qwen3-8b\ntitle: Qwen3-8B\nhf: Qwen/Qwen3-8B\n" in result.stdout
    assert "url: https://huggingface.co/Qwen/Qwen3-8B/blob/abc123/config.json" in result.stdout


def test_a_model_that_the_hub_does_not_have_is_told(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", _Hub(None))
    result = run("import", "hf:Qwen/Qwen3-9B")
    assert result.exit_code == 2
    assert "404 Client Error" in result.stderr


@pytest.mark.parametrize("name", ["../../etc", "a b/c d!", "a/b/c", "/"])
def test_a_name_that_no_model_can_have_is_refused(name, tmp_path):
    path = tmp_path / "config.json"
    path.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(cli, ["import", str(path), "--name", name])
    assert result.exit_code == 2
    assert "--name" in result.output
