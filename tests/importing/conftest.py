"""Configs as users have them, imported in this process."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from roofsheet.cli.main import roofsheet
from roofsheet.problems import Problem
from roofsheet.scenarios.importing import Imported, Wanted, import_config, parse_json

# the sizes of Qwen3-8B, as its config on the Hub states them
QWEN3_8B = {
    "architectures": ["Qwen3ForCausalLM"],
    "attention_bias": False,
    "head_dim": 128,
    "hidden_act": "silu",
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "max_window_layers": 36,
    "model_type": "qwen3",
    "num_attention_heads": 32,
    "num_hidden_layers": 36,
    "num_key_value_heads": 8,
    "rope_theta": 1000000,
    "sliding_window": None,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "use_sliding_window": False,
    "vocab_size": 151936,
}


@pytest.fixture
def imported() -> Callable[..., Imported]:
    """What comes of Qwen3-8B's config with these keys changed; a key that is to be left out is `...`."""

    def run(changes: dict[str, object] | None = None, ignore: tuple[str, ...] = (), **more: object) -> Imported:
        config = {**QWEN3_8B, **(changes or {}), **more}
        text = json.dumps({key: value for key, value in config.items() if value is not ...}, indent=2)
        problems: list[Problem] = []
        root = parse_json(text, "config.json", problems)
        assert root is not None, problems
        return import_config(root, Wanted("my-model", "2026-07-27", title="My model", ignore=ignore))

    return run


@pytest.fixture
def run(tmp_path, monkeypatch) -> Callable[..., Result]:
    """Run `roofsheet import` in an empty folder; an exception is the test's failure."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(roofsheet, arguments, catch_exceptions=False)

    return invoke
