"""The script that measures a GPU: its shapes are the catalogue's, and its rows are what `roofsheet validate` reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import roofsheet

SCRIPT = Path(roofsheet.__file__).parent / "benchmarks" / "measure_torch.py"


def test_without_pytorch_it_says_what_is_missing(tmp_path):
    blocked = "import sys, runpy; sys.modules['torch'] = None; sys.argv = ['x', '-o', 'rows.csv']; "
    run = subprocess.run(
        [sys.executable, "-c", f"{blocked}runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.strip() == "this needs PyTorch: pip install torch"
    assert not (tmp_path / "rows.csv").exists()
