"""A folder of scenarios: which files of it are scenarios, and which source each belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..graph.language.declarations import Scenario
from ..graph.language.names import did_you_mean
from ..problems import Problem, Text
from .library import SUFFIXES, Library, bundled, is_bundled_name
from .reader import read_file
from .scenario_files import sort_of

FOLDERS_HINT = "a folder is a bundled one, as guides/ is, or the path of one with scenarios in it"


@dataclass(frozen=True, slots=True)
class Member:
    """A scenario of a folder, or a file that may be one and cannot be read.

    `name`: what it is loaded by. `source`: the first part of its path in the folder, a file's without its suffix.
    """

    name: str
    source: str
    path: Path


@dataclass(frozen=True, slots=True)
class Folder:
    """The scenarios of a folder, source by source in the order of their names; `name`: as people write it."""

    name: str
    members: tuple[Member, ...]


def folder_at(asked: Text, library: Library) -> Folder | None:
    """The folder of that bundled name or path; None, without a problem, where the text names no folder.

    A bundled scenario goes before a folder of its name, and a bundled folder before one beside the caller: `./guides`
    is a path. What ends in a slash is a folder, and so a problem where there is none; one without scenarios is, too.
    """
    if not asked.text:
        return None
    written = asked.text.rstrip("/") or asked.text
    path, is_bundled = _path(asked.text, written, library)
    if path is None:
        if asked.text.endswith("/"):
            hint = did_you_mean(written, _bundled_folders(library.root)) or FOLDERS_HINT
            library.problems.append(Problem("file", f"there is no folder called {asked.text}", asked.mark, hint=hint))
            return Folder(asked.text, ())
        return None
    members = tuple(_members(path, written if is_bundled else "", library.shared()))
    if not members:
        message = f"there is no scenario in the folder {written}"
        library.problems.append(Problem("file", message, asked.mark, hint=FOLDERS_HINT))
    return Folder(f"{written}/" if written != "/" else written, members)


def _path(asked: str, written: str, library: Library) -> tuple[Path | None, bool]:
    """Where the folder is, and whether it is a bundled one."""
    if is_bundled_name(written):
        if asked == written and written in bundled("scenario", library.root):
            return None, False
        if _is_folder(library.root / written):
            return library.root / written, True
    return (Path(asked), False) if _is_folder(Path(asked)) else (None, False)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # too long a name, a null character
        return False


def _bundled_folders(root: Path) -> list[str]:
    """Those with scenarios in them."""
    names = (name.split("/")[:-1] for name in bundled("scenario", root))
    return sorted({"/".join(parts[:count]) for parts in names for count in range(1, len(parts) + 1)})


def _members(folder: Path, bundled_as: str, library: Library) -> Iterator[Member]:
    """The scenarios; `bundled_as`: the bundled name of the folder, '' if it has none."""
    files = [path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file()]
    inside = {path: path.relative_to(folder) for path in files}
    shown = [path for path in files if not any(part.startswith(".") for part in inside[path].parts)]
    for path in sorted(shown, key=lambda path: (_source(inside[path]), inside[path].parts)):
        if _may_be_scenario(path, library):
            name = f"{bundled_as}/{inside[path].with_suffix('').as_posix()}" if bundled_as else str(path)
            yield Member(name, _source(inside[path]), path)


def _may_be_scenario(path: Path, library: Library) -> bool:
    """Whether the file is a scenario, or cannot be told to be anything else.

    Sheets, glossaries, entries and dialects are left aside: scenarios use them, and they are checked by themselves.
    """
    decoded = library.read(path)
    if decoded is not None:
        return isinstance(decoded, Scenario)
    node = read_file(path, [], path.name)
    return node is None or (sort_of(node) in (None, "scenario") and node.get("dialect") is None)


def _source(inside: Path) -> str:
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem
