"""pint without Dask, which pint imports wherever it is installed, for arrays that nobody gives it here.

That takes as long as the rest of pint, and 9 MB. For other users of either, nothing changes.
"""

from __future__ import annotations

import sys
from typing import Any, cast

_hides = "dask" not in sys.modules
_modules = cast("dict[str, Any]", sys.modules)
if _hides:
    _modules["dask"] = None  # an import of it fails, as where it is not installed
try:
    from pint.registry import Quantity, Unit, UnitRegistry
finally:
    if _hides:
        del _modules["dask"]

__all__ = ["Quantity", "Unit", "UnitRegistry"]
