"""What machines read: one object, whatever the exit code."""

from __future__ import annotations

import json
from typing import Any

import pytest

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
CATALOGUE = "qwen3-vl-32b-on-rtx-pro-6000"


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


@pytest.fixture
def run_json(run):
    """Run a command with --json: its exit code and its one object."""

    def invoke(*arguments: str) -> tuple[int, dict[str, Any]]:
        result = run(*arguments, "--json")
        assert result.stderr == ""
        return result.exit_code, json.loads(result.stdout, parse_constant=refuse_constant)

    return invoke


def test_the_guide_comes_out_as_it_says(run_json):
    code, shown = run_json("show", GUIDE)
    quantities = {name: (each["value"], each["unit"]) for name, each in shown["quantities"].items()}
    assert code == 0
    assert shown["scenario"] == GUIDE
    assert quantities["ops_to_byte"] == (pytest.approx(70.39, abs=5e-3), "FLOP/byte")
    assert quantities["bottleneck"] == ("memory", None)
    assert quantities["weight_bytes"] == (64.0, "GB")
    assert quantities["kv_bytes_per_token"] == (1638400.0, "byte/token")
    assert quantities["max_batch"] == (4.0, "sequence")
    assert quantities["decode_throughput"] == (pytest.approx(27.96875), "token/s")
    assert shown["quantities"]["tpot"]["text"] == "35.75 ms"
    assert shown["quantities"]["tpot"]["kind"] == "formula"
    assert shown["quantities"]["n_layers"]["kind"] == "claimed"
    assert shown["problems"] == []


def test_a_claim_says_what_became_of_it(run_json):
    _, shown = run_json("show", GUIDE)
    claims = {claim["quantity"]: claim for claim in shown["claims"]}
    assert len(claims) == 11
    assert claims["decode_throughput"] == {
        "quantity": "decode_throughput",
        "at": "",
        "printed": "28 token/s",
        "computed": pytest.approx(27.96875),
        "unit": "token/s",
        "holds": True,
        "labelled": "held",
        "best": "held",
        "best_unit": "token/s",
        "finding": "held",
        "expect": "holds",
        "follows": None,
        "as_expected": True,
    }
    assert claims["bottleneck"]["computed"] == "memory"
    assert claims["bottleneck"]["unit"] is None


def test_scoped_quantities_have_dotted_names(run_json):
    _, shown = run_json("show", "guides/baseten-inference-guide")
    assert shown["quantities"]["a100.tpot"]["value"] == pytest.approx(6.866, abs=1e-3)


def test_a_quantity_without_a_value_is_null_and_says_why(run_json):
    code, shown = run_json("show", GUIDE, "--set", "memory_bandwidth=0")
    assert code == 2
    assert shown["quantities"]["tpot"] == {"value": None, "unit": "ms", "text": "no value", "kind": "formula"}
    problems = {problem["message"]: problem for problem in shown["problems"]}
    assert set(problems["tpot: division by zero"]) == {
        "kind", "severity", "file", "line", "column", "message", "hint",
    }  # fmt: skip
    assert problems["tpot: division by zero"]["file"] == "scenarios/sheets/decode.yaml"


def test_a_failed_check_is_a_problem_and_no_wrong_input(run_json):
    code, shown = run_json("show", CATALOGUE, "--set", "n_kv_heads=128")
    assert code == 1
    assert {(problem["kind"], problem["severity"]) for problem in shown["problems"]} == {("check", "error")}


def test_a_scenario_that_is_not_there_is_one_object_too(run_json):
    code, shown = run_json("show", "nowhere")
    assert code == 2
    assert (shown["quantities"], shown["claims"]) == ({}, [])
    assert [problem["kind"] for problem in shown["problems"]] == ["file"]


def test_what_could_not_be_checked_is_still_listed(run_json, scenario):
    code, shown = run_json(
        "show", scenario("scenario: Wrong\nquantities:\n  time:\n    unit: ms\n    formula: 3[byte] * 2\n")
    )
    assert code == 2
    assert shown["quantities"] == {"time": {"value": None, "unit": "ms", "text": "no value", "kind": "formula"}}


def test_an_explanation_is_a_tree(run_json):
    _, found = run_json("explain", GUIDE, "tpot")
    root = found["explanations"][0]
    assert (root["name"], root["numbers"]) == ("tpot", "64 GB / 1,790 GB/s")
    assert [step["name"] for step in root["steps"]] == ["weight_bytes", "memory_bandwidth"]
    assert root["steps"][1]["mark"]["file"].endswith("qwen3-vl-32b-on-rtx-pro-6000.yaml")


def test_a_picture_is_dot_text_in_an_object(run_json, tmp_path):
    code, found = run_json("diagram", GUIDE, "tpot", "-o", "tpot.svg")
    assert (code, found["scenario"], found["problems"]) == (0, GUIDE, [])
    assert found["dot"].startswith("digraph")
    assert (tmp_path / "tpot.svg").exists()
    code, found = run_json("diagram", GUIDE, "tpto")
    assert (code, found["dot"]) == (2, None)
    assert found["problems"][0]["hint"] == "did you mean tpot?"


def test_an_audit_lists_its_contradictions(run_json):
    code, found = run_json("audit", GUIDE)
    assert code == 1
    assert found["failed"]
    names = {each["name"] for each in found["audit"]["contradictions"]}
    assert {"n_layers", "n_heads", "n_kv_heads", "peak_compute", "memory_bandwidth"} <= names


def test_a_difference_has_its_causes(run_json):
    _, found = run_json("diff", GUIDE, CATALOGUE)
    batch = next(each for each in found["difference"]["results"] if each["name"] == "max_batch")
    assert (batch["before"]["value"], batch["after"]["value"], batch["ratio"]) == (4, 33, 8.25)
    assert set(batch["causes"]) == {"memory_capacity", "n_layers", "n_kv_heads", "n_parameters"}


def test_the_list_is_by_sort(run_json):
    _, found = run_json("list")
    assert found["hardware"]["a10"] == "NVIDIA A10"
    assert set(found) == {"scenarios", "sheets", "hardware", "models", "problems"}
