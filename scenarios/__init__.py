"""YAML in: files read with marks, layered and bound into a workbook; and the content that ships."""

from .entry_facts import facts_alone
from .examples import Outcome, lint, run_examples
from .folders import Folder, Member, folder_at
from .library import BUNDLED, Library, bundled
from .loading import Loaded, load
from .sheet_use import SheetUse
from .whole_files import write_whole

__all__ = [
    "BUNDLED", "Folder", "Library", "Loaded", "Member", "Outcome", "SheetUse", "bundled", "facts_alone", "folder_at",
    "lint", "load", "run_examples", "write_whole",
]  # fmt: skip
