"""One package, one name, whatever folder it was cloned into."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def test_the_package_is_imported_under_its_own_name_only(root):
    importlib.import_module("roofsheet")
    assert names_of_modules_in(root) == {"roofsheet"}


def names_of_modules_in(root: Path) -> set[str]:
    """The top-level names under which files of the package have been imported in this process."""
    others = (root / "tests", root / "benchmarks", root / ".venv")
    files = {name: Path(getattr(module, "__file__", None) or "/") for name, module in sys.modules.items()}
    ours = {name for name, file in files.items() if file.is_relative_to(root)}
    ours -= {name for name, file in files.items() if any(file.is_relative_to(other) for other in others)}
    return {name.partition(".")[0] for name in ours}
