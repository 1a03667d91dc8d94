"""Configs that are refused, each with the text that tells its owner why.

A case is a config beside its golden text. After a message was changed on purpose, `UPDATE_GOLDEN=1 pytest
tests/importing/test_refused.py` writes them anew: read the difference as a user would.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet

REFUSED = Path(__file__).parent / "refused"
UPDATE = "UPDATE_GOLDEN" in os.environ


@pytest.mark.parametrize("case", sorted(path.stem for path in REFUSED.glob("*.json")))
def test_a_refused_config_explains_itself(case, monkeypatch, tmp_path):
    monkeypatch.chdir(REFUSED)
    output = tmp_path / "my-model.yaml"
    result = CliRunner().invoke(
        roofsheet, ["import", f"{case}.json", "-o", str(output)], catch_exceptions=False
    )  # fmt: skip
    assert result.exit_code == 2
    assert not result.stdout
    assert list(tmp_path.iterdir()) == []
    golden = REFUSED / f"{case}.txt"
    if UPDATE:
        golden.write_text(result.stderr, encoding="utf-8")
    assert result.stderr == golden.read_text(encoding="utf-8")


def test_every_problem_is_at_a_place_in_the_config():
    for golden in REFUSED.glob("*.txt"):
        for block in golden.read_text(encoding="utf-8").split("\n\n"):
            assert block.startswith(f"{golden.stem}.json:"), block


@pytest.mark.parametrize(
    "value", ['"4096"', "-1", "0", "1e400", "-1e400", "NaN", "true", "null", "[]", "{}", "4096.5", "1e30"]
)
@pytest.mark.parametrize("key", ["hidden_size", "num_hidden_layers", "num_key_value_heads", "vocab_size"])
def test_what_is_no_size_is_refused_or_has_a_default(key, value, run, tmp_path):
    text = (REFUSED / "heads_do_not_divide.json").read_text(encoding="utf-8").replace('_heads": 7', '_heads": 8')
    line = next(line for line in text.splitlines() if f'"{key}"' in line)
    (tmp_path / "config.json").write_text(text.replace(line, f'  "{key}": {value},'.rstrip(",") + ","[: "," in line]))
    result = run("import", "config.json")
    if (key, value) == ("num_key_value_heads", "null"):
        assert result.exit_code == 0
        assert "num_attention_heads; the config does not state it" in result.stdout
    else:
        assert result.exit_code == 2
        assert f"{key}" in result.stderr
        assert "config.json:" in result.stderr


def test_a_hostile_config_is_refused_quickly(run, tmp_path):
    start = time.process_time()
    keys = ",".join(f'"k{number}": {number}' for number in range(20_000))
    (tmp_path / "wide.json").write_text('{"model_type": "llama", ' + keys + "}")
    result = run("import", "wide.json")
    assert result.exit_code == 2
    assert time.process_time() - start < 20


@pytest.mark.parametrize("name", ["LlamaForSequenceClassification", "LlamaModel", "LlamaForTokenClassification"])
def test_a_model_without_a_language_model_s_head_is_refused(name, imported):
    found = imported(architectures=[name])
    assert found.entry is None
    assert [problem.message for problem in found.problems] == [f"'{name}' of 'architectures' is not known here"]
    assert "ForCausalLM" in found.problems[0].hint


@pytest.mark.parametrize("said", [None, [], ["GPT2LMHeadModel"], ["Qwen3VLForConditionalGeneration"]])
def test_a_config_may_say_nothing_of_its_head_or_that_it_generates(said, imported):
    assert imported(architectures=said).entry is not None


@pytest.mark.parametrize("value", [-4, 40.5, 0])
def test_a_number_of_layers_is_told_its_one_range(value, imported):
    (problem,) = imported(num_hidden_layers=value).problems
    said = f"'num_hidden_layers' is '{value}', and a whole number from 1 to 1,000,000,000 is wanted"
    assert problem.message == said


def test_a_key_that_the_user_vouches_for_is_noted_in_the_entry(imported):
    assert imported({"zebra_layers": 3}).entry is None
    found = imported({"zebra_layers": 3}, ignore=("zebra_layers",))
    assert found.entry is not None
    assert "without regard to zebra_layers" in found.text
    assert found.coverage.ignored == ("zebra_layers",)


def test_an_ignored_key_that_is_not_there_is_a_mistake(imported):
    assert imported(ignore=("zebra",)).entry is None


def test_empty_unknown_keys_cannot_matter(imported):
    found = imported({"zebra": None, "giraffe": False, "okapi": [], "rhino": {}, "hippo": ""})
    assert found.entry is not None
    assert found.coverage.unknown == ("zebra", "giraffe", "okapi", "rhino", "hippo")
