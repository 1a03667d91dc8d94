"""What the sheets say of caches stays within what engines logged, as the script in benchmarks/ prints it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import roofsheet

SCRIPT = Path(roofsheet.__file__).parent / "benchmarks" / "kv_cache_logs.py"


def test_logged_caches_are_explained_or_their_cause_is_printed():
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len([line for line in run.stdout.splitlines() if line.startswith("K0")]) >= 13
    assert "no entry" not in run.stdout
    assert "NO CAUSE" not in run.stdout
