"""A dialect of one's own with parts of one's own: a sheet beside it, which has facts of a glossary beside that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

DIALECT = """\
dialect: zeta
extends: llama
about: Llama with an adapter in each layer.
model_types: [zeta]
keys: {rank: count}
facts: {lora_rank: rank}
groups:
  layer: {use: [gqa, ./parts/lora.yaml, full_attention, gated, norms]}
"""
SHEET = """\
sheet: lora
about: An adapter.
use: [./words.yaml]
takes: [hidden_size, lora_rank]
rows:
  operators:
    adapter_in: {d_in: hidden_size, d_out: lora_rank}
    adapter_out: {d_in: lora_rank, d_out: hidden_size}
"""
GLOSSARY = "glossary: words\nquantities:\n  lora_rank: {unit: '', own: true, about: The width of an adapter.}\n"
CONFIG = {
    "model_type": "zeta", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 128, "vocab_size": 100, "tie_word_embeddings": True, "rank": 8,
}  # fmt: skip
SCENARIO = "scenario: Mine\nuse: [model]\nwith: {model: ./entries/z.yaml, hardware: a10}\nshow: [n_parameters]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the dialect in one folder, its sheet in a folder of that, and a third folder for entries."""
    for name, text in {
        "dialects/zeta.yaml": DIALECT,
        "dialects/parts/lora.yaml": SHEET,
        "dialects/parts/words.yaml": GLOSSARY,
        "config.json": json.dumps(CONFIG),
        "mine.yaml": SCENARIO,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "entries").mkdir()
    return tmp_path


def test_the_sheet_is_named_from_the_folder_of_the_entry(run, folder):
    result = run("import", "config.json", "--dialect", "dialects/zeta.yaml", "-o", "entries/z.yaml")
    assert result.exit_code == 0, result.stderr
    text = (folder / "entries/z.yaml").read_text()
    assert "layer: {use: [gqa, ../dialects/parts/lora.yaml, full_attention, gated, norms]}" in text
    assert "lora_rank: 8" in text
    shown = json.loads(run("show", "mine.yaml", "n_parameters", "--json", "--set", "prompt_length=8").stdout)
    assert shown["quantities"]["n_parameters"]["value"] == 100 * 64 + 64 + 2 * (
        4 * 64**2 + 3 * 64 * 128 + 2 * 64 * (8 + 1)
    )


def test_a_printed_entry_names_the_sheet_from_the_folder_one_is_in(run, folder):
    result = run("import", "config.json", "--dialect", str(folder / "dialects" / "zeta.yaml"))
    assert "./dialects/parts/lora.yaml" in result.stdout


def test_a_sheet_that_is_missing_is_told_at_its_name(run, folder):
    (folder / "dialects/parts/lora.yaml").unlink()
    result = run("import", "config.json", "--dialect", "dialects/zeta.yaml")
    assert result.exit_code == 2
    assert result.stderr.startswith("dialects/zeta.yaml:8:22: error[file]: there is no file 'dialects/parts/lora.yaml'")
    assert "lora_rank" not in result.stderr


def test_what_is_wrong_in_the_sheet_is_told_in_the_sheet(run, folder):
    (folder / "dialects/parts/lora.yaml").write_text(f"{SHEET}zebra: 1\n")
    result = run("import", "config.json", "--dialect", "dialects/zeta.yaml")
    assert result.exit_code == 2
    assert result.stderr.startswith("dialects/parts/lora.yaml:9:1: error[key]: 'zebra' is not a key")
