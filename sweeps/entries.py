"""The catalogue entries of a sweep's axes: each looked for where it is written, with all the files that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.language.declarations import Group
from ..problems import Problem, Text, errors
from ..scenarios import Library, SheetUse
from .axis_text import entry_names
from .request import ENTRIES


def found_entries(
    over: Iterable[tuple[Text, Text]], library: Library, problems: list[Problem], once: bool
) -> dict[str, list[Text]]:
    """By sort, the names written of the entries that there are; a problem for each of the others.

    `once`: none stands twice, under another name neither. Their sheets are read as well, so that the library has all
    that any combination of them rests on.
    """
    found: dict[str, list[Text]] = {}
    for name, values in over:
        if name.text in ENTRIES and name.text not in found:
            names = entry_names(values, problems, once) or ()
            there = _there(name.text, names, library, problems, once)
            found |= {name.text: there} if there else {}
    return found


def _there(sort: str, names: Sequence[Text], library: Library, problems: list[Problem], once: bool) -> list[Text]:
    found: list[Text] = []
    files: dict[str, Text] = {}
    for name in names:
        own = library.shared()
        entry = own.entry(name, "hardware" if sort == "hardware" else "model", name.mark.file)
        problems += errors(own.problems)
        if entry is not None and once and entry.file in files:
            message = f"{name} is {files[entry.file]} again"
            problems.append(Problem("duplicate", message, name.mark, hint="each value of an axis stands once"))
        elif entry is not None:
            found.append(name)
            files[entry.file] = name
            SheetUse(own).closure([*entry.use, *_used(entry.groups)], entry.file, ())
    return found


def _used(groups: Iterable[Group]) -> Iterator[Text]:
    for group in groups:
        yield from group.use
        yield from _used(group.groups)
