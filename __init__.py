"""The spreadsheet for LLM inference math.

>>> import roofsheet
>>> workbook = roofsheet.open("guides/qwen3-vl-32b-on-rtx-pro-6000")
>>> workbook.text("tpot")
'35.75 ms'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .diagrams.diagram import Diagram
    from .problems import InvalidInput, NoValue, RoofsheetError, UnknownQuantity
    from .workbook import Workbook, open  # noqa: A004 - `roofsheet.open`, as `gzip.open`

__version__ = "0.1.0"

__all__ = [
    "Diagram",
    "InvalidInput",
    "NoValue",
    "RoofsheetError",
    "UnknownQuantity",
    "Workbook",
    "__version__",
    "open",
]

# Imported when first asked for: the command line comes through this door too, and `--help` needs none of it.
_HOMES = {
    "Diagram": ".diagrams.diagram",
    "InvalidInput": ".problems",
    "NoValue": ".problems",
    "RoofsheetError": ".problems",
    "UnknownQuantity": ".problems",
    "Workbook": ".workbook",
    "open": ".workbook",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name], __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
