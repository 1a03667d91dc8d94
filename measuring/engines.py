"""Which engine measured a row, and of which time: kernels change faster than formulas."""

from __future__ import annotations

import re

from .names import Cells, Names

_VERSION = re.compile(r"(\d+(?:\.\d+)+)")
_NAMED = re.compile(r"\b(?:vllm|sglang)[- ]v?(\d+(?:\.\d+)+)", re.IGNORECASE)
_YEAR = re.compile(r"20\d\d")


def era_of(engine: str, cells: Cells, names: Names) -> str:
    """The engine with the year of its release: `vllm 2024`; the engine alone where years are not told apart.

    The version says the year; where there is none that is understood, the last year of the row's date does.
    """
    eras = names.eras.get(engine)
    if not eras:
        return engine
    version = _version(cells)
    if version is not None:
        before = [year for year, first in eras.items() if _parts(first) <= version]
        return f"{engine} {max(before, default=min(eras))}"
    years = _YEAR.findall(cells.get("date", ""))
    return f"{engine} {years[-1]}" if years else engine


def _version(cells: Cells) -> tuple[int, ...] | None:
    named = _NAMED.search(cells.get("engine", ""))
    found = named or _VERSION.match(cells.get("engine_version", "").lstrip("v>= "))
    return _parts(found[1]) if found else None


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
