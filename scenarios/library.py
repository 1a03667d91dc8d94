"""Finding and reading files: bundled ones by name, others by path; each read once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from ..graph.language.declarations import Entry, Glossary, Scenario, Sheet
from ..graph.language.names import did_you_mean, nearest
from ..problems import Mark, Problem, Text
from .entries import decode_entry
from .reader import decoded, read_bytes, read_text, shown_name
from .scenario_files import Sort, decode_scenario, sort_of
from .sheets import decode_glossary, decode_sheet

BUNDLED = Path(__file__).resolve().parent
SUFFIXES = (".yaml", ".yml")
FOLDERS: dict[str, str] = {"sheet": "sheets", "glossary": "sheets", "hardware": "hardware", "model": "models"}
WORDS: dict[Sort, str] = {
    "sheet": "sheet", "glossary": "glossary", "hardware": "hardware entry", "model": "model entry",
    "scenario": "scenario",
}  # fmt: skip
_NOT_SCENARIOS = {"sheets", "hardware", "models", "measurements", "dialects"}
_DECODERS: dict[str, Callable[..., Any]] = {
    "glossary": decode_glossary,
    "sheet": decode_sheet,
    "hardware": decode_entry,
    "model": decode_entry,
    "scenario": decode_scenario,
}
_OURS = "scenarios/"  # how the names of bundled files begin
_ALIASED: tuple[Sort, ...] = ("hardware", "model")
_ASIDE: dict[str, str] = {  # what a file of another sort is for
    "sheet": "a scenario uses it by use:, and `roofsheet audit` checks it by itself",
    "glossary": "a file names it in its use:",
    "hardware": "a scenario binds it by with:, or only holds it against its values by compare:",
    "model": "a scenario binds it by with:, or only holds it against its values by compare:",
}
_BUNDLED_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
Decoded = Glossary | Sheet | Entry | Scenario
Wanted = TypeVar("Wanted", Glossary, Sheet, Entry, Scenario)


def bundled(sort: Sort, root: Path = BUNDLED) -> list[str]:
    """The names of the bundled files of a sort, in order."""
    folder = root / FOLDERS.get(sort, "")
    names = (path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))
    if sort == "scenario":
        names = (name for name in names if name.partition("/")[0] not in _NOT_SCENARIOS)
    return sorted(names)


def is_bundled_name(name: str) -> bool:
    """Whether a bundled file or folder could be called so."""
    return _BUNDLED_NAME.fullmatch(name) is not None


class Library:
    """Files already read, and the problems found in them; `root` holds the bundled ones.

    `texts`: what stands in files, by their paths: those are not looked for on this machine.
    """

    def __init__(self, problems: list[Problem], root: Path = BUNDLED, texts: Mapping[str, str] | None = None) -> None:
        self.problems, self.root, self.texts = problems, root, texts or {}
        self._read: dict[Path, tuple[Decoded | None, tuple[Problem, ...]]] = {}
        self._told: set[Path] = set()
        self._real: dict[Path, Path] = {}
        self._paths: dict[str, Path] = {}
        self._spelled: dict[Path, str] = {}  # texts in small letters, of files that may spell an alias
        self._named: dict[tuple[str, Sort], Path] = {}  # bundled files by their own names
        self._aliased: dict[Sort, dict[str, Path]] = {}  # entries by all their names, once every one was looked at

    def shared(self) -> Library:
        """The same files, not read again, for another use: the problems of those that it reads are told anew."""
        other = Library([], self.root, self.texts)
        other._read, other._real, other._paths = self._read, self._real, self._paths
        other._spelled, other._named = self._spelled, self._named
        return other

    def files(self) -> tuple[Path, ...]:
        """Those read up to now, by the paths that they were asked for by."""
        return tuple(dict.fromkeys(self._paths.values()))

    def scenario(self, name: Text, beside: str | None = None) -> Scenario | None:
        """The scenario of that bundled name or path."""
        return self._found(name, ("scenario",), Scenario, beside)

    def entry(self, name: Text, sort: Sort, beside: str | None = None) -> Entry | None:
        """The catalogue entry of that bundled name, alias or path."""
        return self._found(name, (sort,), Entry, beside)

    def bundled_entry(self, name: Text, sort: Sort) -> Entry | None:
        """The bundled entry of that name or alias; None, without a problem, if there is none."""
        path = self._known(name, sort)
        found = self.read(path, name.mark) if path else None
        return found if isinstance(found, Entry) else None

    def sheet(self, name: Text) -> Sheet | None:
        """The sheet at that path, or bundled (`sheets/decode`); None, without a problem, if it is no sheet's name."""
        written = name.text.removeprefix("sheets/")
        if name.text.endswith(SUFFIXES):
            found = self.shared().read(Path(name.text)) if Path(name.text).is_file() else None
            return self._found(name, ("sheet",), Sheet, None) if isinstance(found, Sheet) else None
        bundled_one = written != name.text and written in bundled("sheet", self.root)
        return self._found(replace(name, text=written), ("sheet",), Sheet, None) if bundled_one else None

    def catalogued(self, name: Text) -> Entry | None:
        """The catalogue entry at that path, or bundled (`hardware/a10`, by an alias too); None for another name."""
        folder, _, written = name.text.partition("/")
        for sort in ("hardware", "model"):
            if folder == FOLDERS[sort] and written and not written.endswith(SUFFIXES):
                return self.entry(replace(name, text=written), sort)
        if name.text.endswith(SUFFIXES) and Path(name.text).is_file():
            found = self.shared().read(Path(name.text))
            return self.entry(name, found.sort) if isinstance(found, Entry) else None
        return None

    def used(self, name: Text, beside: str | None = None) -> Sheet | Glossary | None:
        """What a `use:` names: a sheet, or a glossary by its path."""
        found = self._find(name, ("sheet", "glossary"), beside)
        return found if isinstance(found, Sheet | Glossary) else None

    def glossary(self) -> Glossary | None:
        """The bundled glossary."""
        found = self.read(self.root / "sheets" / "glossary.yaml")
        return found if isinstance(found, Glossary) else None

    def place(self, file: str, path: Path) -> None:
        """Paths in a file of that name, which others read or have yet to write, are from the folder of this path."""
        self._paths[file] = path

    def read(self, path: Path, mark: Mark | None = None) -> Decoded | None:
        """The file's content, of whatever sort; None, with problems, if it has none.

        `mark`: where the file is named, for a problem about the file as a whole.
        """
        key = self._real.get(path) or self._real.setdefault(path, _one_name(path))
        if key not in self._read:
            found: list[Problem] = []
            self._read[key] = self._decode(path, mark, found), tuple(found)
        decoded, problems = self._read[key]
        if key not in self._told:
            self._told.add(key)
            self.problems += problems
        return decoded

    def _decode(self, path: Path, mark: Mark | None, problems: list[Problem]) -> Decoded | None:
        shown = self._shown(path)
        text = self.texts.get(str(path))
        if text is None:
            data = read_bytes(path, shown, problems)
            text = None if data is None else decoded(data, shown, problems)
        if mark and mark.file in self._paths and not _is_file(path):
            problems[:] = [replace(problem, mark=mark) for problem in problems]
        self._paths[shown] = path
        if text is None:
            return None
        found, more = _content_kept(text, shown) if shown.startswith(_OURS) else _content(text, shown)
        problems += more
        return found

    def _shown(self, path: Path) -> str:
        """Bundled files are named from the package's folder, so that messages are the same on every machine."""
        try:
            return f"{_OURS}{path.absolute().relative_to(self.root).as_posix()}"
        except ValueError:
            return "".join(char if char.isprintable() else "?" for char in shown_name(path))

    def _found(self, name: Text, sorts: tuple[Sort, ...], wanted: type[Wanted], beside: str | None) -> Wanted | None:
        found = self._find(name, sorts, beside)
        return found if isinstance(found, wanted) else None

    def _find(self, name: Text, sorts: tuple[Sort, ...], beside: str | None) -> Decoded | None:
        path = self._path(name, sorts, beside)
        if path is None:
            return None
        found = self.read(path, name.mark)
        if found is not None and _sort(found) not in sorts:
            message = f"{name.text} is a {WORDS[_sort(found)]}, not a {WORDS[sorts[0]]}"
            self.problems.append(Problem("file", message, name.mark, hint=_ASIDE.get(_sort(found), "")))
            return None
        return found

    def _path(self, name: Text, sorts: tuple[Sort, ...], beside: str | None) -> Path | None:
        written = name.text.strip()
        if written.endswith(SUFFIXES):
            near = self._paths[beside].parent if beside in self._paths else Path()
            return Path(os.path.normpath(near / written))  # messages name x.yaml, not y/../x.yaml
        return self._known(name, sorts[0]) or self._unknown(name, sorts[0])

    def _known(self, name: Text, sort: Sort) -> Path | None:
        """The bundled file of that name or alias."""
        written = name.text.strip()
        known = self._named.get((written, sort))
        if known is not None:
            return known
        path = self._bundled(written, sort)
        if is_bundled_name(written) and _is_file(path):
            self._named[written, sort] = path
            return path
        return self._by_alias(name, sort)

    def _by_alias(self, name: Text, sort: Sort) -> Path | None:
        """The entry with that name or alias in any case; files that spell it are decoded first."""
        if sort not in _ALIASED:
            return None
        wanted = name.text.strip().casefold()
        if sort in self._aliased:
            return self._aliased[sort].get(wanted)
        paths = [self._bundled(other, sort) for other in bundled(sort, self.root)]
        seen: dict[str, Path] = {}
        for path in sorted(paths, key=lambda path: wanted not in self._text(path)):
            for alias in (path.stem, *self._aliases(path)):
                seen.setdefault(alias.casefold(), path)
            if wanted in seen:
                return path
        self._aliased[sort] = seen
        return None

    def _text(self, path: Path) -> str:
        """What stands in the file, in small letters; an alias with escapes or quotes in it may stand otherwise."""
        if path not in self._spelled:
            try:
                self._spelled[path] = path.read_text(encoding="utf-8", errors="replace").casefold()
            except OSError:
                self._spelled[path] = ""
        return self._spelled[path]

    def _aliases(self, path: Path) -> tuple[str, ...]:
        entry = self.read(path)
        return entry.aliases if isinstance(entry, Entry) else ()

    def _unknown(self, name: Text, sort: Sort) -> None:
        hint = self._nearest(name, sort)
        if _is_file(Path(name.text)):
            hint = "a path ends in .yaml"
        elif not hint:
            example = name.text if is_bundled_name(name.text[:60]) else "my-file"
            hint = f"`roofsheet list` names what is bundled; a path ends in .yaml, as in ./{example[:60]}.yaml"
        message = f"there is no bundled {WORDS[sort]} called {name.text[:200]}"
        self.problems.append(Problem("file", message, name.mark, hint=hint))

    def _nearest(self, name: Text, sort: Sort) -> str:
        """A hint that names the bundled files whose name, or one of whose aliases, is near; or ''."""
        known = bundled(sort, self.root)
        if sort not in _ALIASED:
            return did_you_mean(name.text, known)
        spelled = {alias.casefold(): other for other in known for alias in self._aliases(self._bundled(other, sort))}
        spelled |= {other.casefold(): other for other in known}
        return _one_of(spelled[near] for near in nearest(name.text.casefold(), spelled))

    def _bundled(self, name: str, sort: Sort) -> Path:
        return self.root / FOLDERS.get(sort, "") / f"{name}.yaml"


def _content(text: str, shown: str) -> tuple[Decoded | None, tuple[Problem, ...]]:
    """What stands in a file, and what is wrong with it."""
    problems: list[Problem] = []
    node = read_text(text, shown, problems)
    if node is None:
        return None, tuple(problems)
    sort = sort_of(node)
    if sort is None:
        message = "this is no file of roofsheet's: none of its keys says which sort it is"
        hint = "a file begins with sheet:, scenario:, hardware:, model: or glossary:"
        if node.get("dialect"):
            hint = "a dialect: is read, and its examples are run, by roofsheet import CONFIG.json --dialect FILE.yaml"
        problems.append(Problem("key", message, node.mark, hint=hint))
        return None, tuple(problems)
    found: Decoded | None = _DECODERS[sort](node, shown, problems)
    return found, tuple(problems)


_content_kept = lru_cache(maxsize=1024)(_content)
"""For bundled files, of which there are not many: each is decoded once in a process, unless its text changes."""


def _one_of(names: Iterable[str]) -> str:
    said = " or ".join(dict.fromkeys(names))
    return f"did you mean {said}?" if said else ""


def _one_name(path: Path) -> Path:
    """The same for all ways to name a file, so that none is read twice."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # a null character
        return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, a null character
        return False


def _sort(found: Decoded) -> Sort:
    match found:
        case Glossary():
            return "glossary"
        case Sheet():
            return "sheet"
        case Entry(sort=sort):
            return sort
        case _:
            return "scenario"
