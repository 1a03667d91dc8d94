"""YAML text -> marked nodes: files are opened here, and hostile ones end here.

Invariants: every scalar is text; keys of a mapping are scalars and different; nothing is deeper than
MOST_DEPTH or, aliases written out, larger than MOST_NODES. Nodes are built from the parser's events on a
stack of our own, so nesting costs no recursion, and reading stops at the first event that breaks a bound.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

from ..graph.language.names import nearest
from ..problems import Mark, Problem
from .building import Builder
from .nodes import Map

LARGEST_FILE = 1_000_000
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # what YAML 1.1 calls a line break
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def shown_name(path: Path) -> str:
    """How people are told of the file: from the working folder if it lies below that, else as given."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return str(path)


def read_file(path: Path, problems: list[Problem], shown: str | None = None) -> Map | None:
    """The mapping that the file holds; None, with the problems that say why, if it holds none.

    `shown` is how marks and messages name the file.
    """
    file = shown or shown_name(path)
    found: list[Problem] = []
    data = read_bytes(path, file, found)
    text = None if data is None else decoded(data, file, found)
    problems += found
    return None if text is None else read_text(text, file, problems)


def read_text(text: str, file: str, problems: list[Problem]) -> Map | None:
    """The mapping that the YAML text holds; None, with the problems that say why, if it holds none.

    A mapping that is returned may lack what was refused: a second value for one key, a key that is a list.
    """
    if len(text) > LARGEST_FILE:
        problems.append(_file_problem(file, f"the file is larger than {LARGEST_FILE:,} bytes"))
        return None
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    fault = _unreadable(lines, file)
    if fault:
        problems.append(fault)
        return None
    return Builder(lines, file, problems).build()


def _file_problem(file: str, message: str, hint: str = "") -> Problem:
    return Problem("file", message, Mark(file, 1, 1), hint=hint)


def read_bytes(path: Path, file: str, problems: list[Problem], most: int = LARGEST_FILE) -> bytes | None:
    """The file's bytes, at most one more than `most`; None, with a problem, if it is no file that can be read."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            problems.append(_file_problem(file, f"'{file}' is {what}"))
            return None
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except FileNotFoundError:
        problems.append(_missing(path, file))
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problems.append(_file_problem(file, f"the file cannot be read: {reason.lower()}"))
    return None


def _missing(path: Path, file: str) -> Problem:
    try:
        neighbours = [entry.name for entry in path.parent.iterdir() if entry.name != path.name]  # a link to nothing
    except OSError:
        return _file_problem(file, f"there is no file '{file}', nor its folder")
    stems = nearest(path.stem, sorted({Path(name).stem for name in neighbours}))
    near = [name for name in sorted(neighbours) if Path(name).stem in stems]
    return _file_problem(file, f"there is no file '{file}'", f"near it: {', '.join(near)}" if near else "")


def decoded(data: bytes, file: str, problems: list[Problem]) -> str | None:
    """The text; None, with a problem, if it is not UTF-8 or more than LARGEST_FILE bytes."""
    if len(data) > LARGEST_FILE:
        problems.append(_file_problem(file, f"the file is larger than {LARGEST_FILE:,} bytes"))
        return None
    if b"\0" in data:
        problems.append(_file_problem(file, "the file is binary or UTF-16, not UTF-8 text"))
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").split("\n")
        mark = Mark(file, len(before), len(before[-1]) + 1)
        problems.append(Problem("file", "the file is not UTF-8 text", mark, hint="save it as UTF-8"))
    return None


def _unreadable(lines: list[str], file: str) -> Problem | None:
    for number, line in enumerate(lines, 1):
        found = _UNREADABLE.search(line)
        if found:
            mark = Mark(file, number, found.start() + 1, 1, line)
            return Problem("file", f"the character U+{ord(found[0]):04X} cannot stand in a YAML file", mark)
    return None
