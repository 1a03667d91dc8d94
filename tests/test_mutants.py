"""The measure of our checks stays what the README says: broken formulas are refused or caught, all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import roofsheet

MEASURE = Path(roofsheet.__file__).parent / "benchmarks" / "mutants.py"
# The guide's sheets and scenarios: all that ships, which `make mutants` breaks, takes minutes.
GUIDE = [
    "rates",
    "intensity",
    "ridge",
    "roofline",
    "attention_width",
    "heads",
    "weights",
    "spare",
    "kv_cache",
    "cache",
    "decode",
    "prefill",
    "generation",
    "guide",
]
SCENARIOS = ["qwen3-vl-32b-on-rtx-pro-6000", "baseten-inference-guide"]
FILES = [f"sheets/{name}.yaml" for name in GUIDE] + [f"guides/{name}.yaml" for name in SCENARIOS]


def test_units_refuse_most_mutants_and_examples_and_claims_catch_the_rest():
    run = subprocess.run([sys.executable, MEASURE, "--json", *FILES], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    fates = Counter(mutant["fate"] for mutant in json.loads(run.stdout))
    total = fates.total()
    assert total > 400
    assert fates["refused by units"] / total >= 0.85
    assert fates["survived"] / total <= 0.02
    assert {"caught by examples", "caught by claims"} <= fates.keys()
