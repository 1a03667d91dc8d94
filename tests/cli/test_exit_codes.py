"""0 is fine; 1 is fine input with a failed check or claim; 2 is wrong input or usage."""

from __future__ import annotations

import pytest

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
CATALOGUE = "qwen3-vl-32b-on-rtx-pro-6000"

CODES = [
    (0, ("show", GUIDE)),
    (0, ("show", "guides/baseten-inference-guide")),
    (0, ("explain", GUIDE, "tpot")),
    (0, ("audit", CATALOGUE)),
    (0, ("diff", GUIDE, CATALOGUE)),
    (0, ("list", "sheets")),
    (0, ("--version",)),
    (1, ("show", GUIDE, "--set", "n_layers=64")),
    (1, ("show", CATALOGUE, "--set", "n_kv_heads=128")),
    (1, ("audit", GUIDE)),
    (2, ("show", GUIDE, "--set", "memory_bandwidth=0")),
    (2, ("explain", GUIDE, "tpot", "--set", "memory_bandwidth=0")),
    (2, ("diff", GUIDE, CATALOGUE, "--set", "memory_bandwidth=0")),
    (2, ("show", GUIDE, "--set", "memory_bandwidth=1 GB")),
    (2, ("show", GUIDE, "--set", "memory_bandwidth")),
    (2, ("show", GUIDE, "tpto")),
    (2, ("explain", GUIDE, "tpto")),
    (2, ("explain", GUIDE, "tpot", "--row", "moe.attend")),
    (2, ("audit", GUIDE, "tpto")),
    (2, ("diagram", GUIDE, "tpto")),
    (2, ("show", "nowhere")),
    (2, ("show", "./nowhere.yaml")),
    (2, ("diff", GUIDE, "nowhere")),
    (2, ("show",)),
    (2, ("explain", GUIDE)),
    (2, ("explain", GUIDE, "tpot", "--depth", "-1")),
    (2, ("list", "everything")),
    (2, ("sohw", GUIDE)),
    (2, ("show", GUIDE, "--colour")),
]


@pytest.mark.parametrize(("code", "arguments"), CODES, ids=[" ".join(arguments) for _, arguments in CODES])
def test_a_command_ends_with_its_code(code, arguments, run):
    assert run(*arguments).exit_code == code


def test_a_claim_on_another_quantity_does_not_fail_the_one_asked_for(run):
    assert run("show", GUIDE, "tpot", "--set", "n_layers=64").exit_code == 0
    assert run("show", GUIDE, "max_batch", "--set", "n_layers=64").exit_code == 1


def test_an_input_that_nothing_shown_needs_may_have_no_value(run, scenario):
    path = scenario(
        "scenario: Half\nquantities:\n  price: {unit: USD/h, about: ''}\n"
        "  cost: {unit: USD/h, formula: 2 * price}\n  one: {unit: '', formula: 1 + 0}\nshow: [one]\n"
    )
    assert run("show", path).exit_code == 0
    shown = run("show", path, "cost")
    assert shown.exit_code == 2
    assert "price has no value" in shown.stderr


@pytest.mark.parametrize(
    "arguments", [("show", "{}"), ("audit", "{}"), ("explain", "{}", "time"), ("diff", "{}", GUIDE)]
)
def test_a_wrong_formula_is_told_on_standard_error_alone(arguments, run, scenario):
    path = scenario("scenario: Wrong\nquantities:\n  time:\n    unit: ms\n    formula: 3[byte] * 2\n")
    result = run(*(argument.format(path) for argument in arguments))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "mine.yaml:5:14: error[dimension]" in result.stderr
