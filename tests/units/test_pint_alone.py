"""Dask, where it is installed, is imported by nobody who did not ask for it, and by everybody who does."""

from __future__ import annotations

import subprocess
import sys


def test_units_leave_dask_alone_and_importable():
    code = (
        "import sys, roofsheet.units\n"
        "assert 'dask' not in sys.modules\n"
        "import dask.base\n"
        "assert roofsheet.units.registry().Quantity(2, 'second').magnitude == 2\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
