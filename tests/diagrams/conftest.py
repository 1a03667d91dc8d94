"""The scenarios that the pictures are drawn of, loaded once: a picture only reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from roofsheet.graph.audit.claims import judge_all
from roofsheet.scenarios import load

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
MADE_UP = Path(__file__).parents[1] / "made_up" / "scenario.yaml"
SMALL = Path(__file__).parents[1] / "small_model" / "scenario.yaml"


@pytest.fixture(scope="session")
def guide():
    return load(GUIDE).workbook


@pytest.fixture(scope="session")
def guide_verdicts(guide):
    return judge_all(load(GUIDE).claims, guide)


@pytest.fixture(scope="session")
def baseten():
    return load("guides/baseten-inference-guide")


@pytest.fixture(scope="session")
def overview():
    """A guide with a known error on a quantity that has a box."""
    return load("guides/deepseek-inference-overview")


@pytest.fixture(scope="session")
def catalogue():
    return load("qwen3-vl-32b-on-rtx-pro-6000").workbook


@pytest.fixture(scope="session")
def made_up():
    """Two layer groups and a tower, in tables: 266 quantities."""
    return load(str(MADE_UP)).workbook


@pytest.fixture(scope="session")
def small():
    """Two sorts of layers and a module that is not loaded, of the bundled sheets: 2,100 quantities."""
    return load(str(SMALL)).workbook


BROKEN = f"""scenario: broken
about: The guide with a formula of the wrong dimension and one with an unknown name.
extends: {GUIDE}
override:
  tpot: {{formula: weight_bytes * memory_bandwidth}}
  ttft: {{formula: promt_length * n_parameters / peak_compute}}
"""


@pytest.fixture
def broken(tmp_path):
    scenario = tmp_path / "broken.yaml"
    scenario.write_text(BROKEN, encoding="utf-8")
    return load(str(scenario))
