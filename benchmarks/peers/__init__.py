"""Other ways to compute with named quantities, a file each; all are used as their documentation says is fast.

Each module has `point(given)`, a contender for the guide at one point, or `points()`, for sweeps over arrays, or both.
They import what they use when asked, so that one that is missing stops none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

Made = TypeVar("Made")
DISTRIBUTIONS = {
    "NumPy": "numpy", "numba": "numba", "numexpr": "numexpr", "pint": "pint", "modelx": "modelx",
    "Hamilton": "apache-hamilton", "pycel": "pycel", "formulas": "formulas",
}  # fmt: skip


def imported(name: str) -> Any:
    """A peer's module, untyped: peers are not there when types are checked. Errors: ImportError, whatever it raises."""
    try:
        return import_module(name)
    except ImportError:
        raise
    except Exception as error:
        raise ImportError(str(error)) from error


def gather(makers: Iterable[tuple[str, Callable[[], Made]]]) -> tuple[dict[str, Made], dict[str, str]]:
    """What could be made, and why the rest could not be: it is not installed, or its import fails."""
    made: dict[str, Made] = {}
    missing: dict[str, str] = {}
    for who, make in makers:
        try:
            made[who] = make()
        except ModuleNotFoundError as error:
            missing[who] = f"{error.name} is not installed"
        except ImportError:
            missing[who] = "cannot be imported"
    return made, missing


def versions() -> str:
    """Every peer with its version."""
    return ", ".join(f"{who} {_version(name)}" for who, name in DISTRIBUTIONS.items())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
