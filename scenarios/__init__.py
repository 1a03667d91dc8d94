"""YAML in: files read with marks, layered and bound into a workbook; and the content that ships."""

from .library import BUNDLED, Library, bundled
from .loading import Loaded, load
from .sheet_use import SheetUse

__all__ = ["BUNDLED", "Library", "Loaded", "SheetUse", "bundled", "load"]
