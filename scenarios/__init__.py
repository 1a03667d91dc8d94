"""YAML in: files read with marks, layered and bound into a workbook; and the content that ships."""

from .entry_facts import facts_alone
from .examples import Outcome, lint, run_examples
from .library import BUNDLED, Library, bundled
from .loading import Loaded, load
from .sheet_use import SheetUse

__all__ = [
    "BUNDLED", "Library", "Loaded", "Outcome", "SheetUse", "bundled", "facts_alone", "lint", "load", "run_examples",
]  # fmt: skip
