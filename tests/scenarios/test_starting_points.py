"""The scenarios that people would start from: audited, and what they have in common."""

from __future__ import annotations

from functools import cache

import pytest

import roofsheet
from roofsheet.scenarios import bundled

STARTING = [name for name in bundled("scenario") if not name.startswith("guides/")]


opened = cache(roofsheet.open)  # what is asked here changes nothing


@pytest.mark.parametrize("name", STARTING)
def test_a_scenario_s_audit_is_clean(name):
    found = opened(name).audit().data
    assert not found.failed, str(found)
    assert not found.checks, str(found)


def test_degrees_above_one_and_a_context_unlike_the_prompt_are_among_them():
    models = [workbook for name in STARTING if "context_length" in (workbook := opened(name))]
    assert any(each.number("tp") > 1 for each in models)
    assert any(each.number("ep") > 1 and each.number("attention_dp") > 1 for each in models)
    assert any(each.number("pp") > 1 for each in models)
    assert any(each.number("context_length") != each.number("prompt_length") for each in models)


def test_a_real_model_is_hundreds_of_formulas_and_each_is_computed_once():
    workbook = roofsheet.open("deepseek-v3-on-8-h200")
    workbook.log = []
    workbook.number("tpot")
    assert 600 < len(workbook.log) == len(set(workbook.log))
