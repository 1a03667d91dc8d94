"""Where an entry's file may be written: never over another one, unless that is wished."""

from __future__ import annotations

from pathlib import Path

from ...problems import Problem
from ..library import SUFFIXES


def check_output(path: Path, force: bool, problems: list[Problem]) -> None:
    """A problem where the file cannot be written, or is there already."""
    if path.suffix not in SUFFIXES:
        problems.append(Problem("usage", f"'{path}' is no name for an entry's file: it ends in .yaml"))
    elif path.is_dir():
        problems.append(Problem("usage", f"'{path}' is a folder"))
    elif not path.parent.is_dir():
        problems.append(Problem("usage", f"the folder '{path.parent}' does not exist"))
    elif path.exists() and not force:
        problems.append(Problem("usage", f"'{path}' is there already", hint="--force writes over it"))
