"""Catalogue entries by the spellings of benchmark tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Literal

from ..problems import Text
from ..scenarios import Library, bundled
from .names import Names, matches

Sort = Literal["hardware", "model"]
NONE = "none"
"""What is listed for a spelling like that of an entry, of something that the catalogue does not have."""
_MARKS = re.compile(r"[\s/,;:()\[\]+@‑–-]+")  # what stands between the words of a spelling  # noqa: RUF001
_SIZE = re.compile(r"(?<![0-9.])([0-9]+)\s*(?:GB|GiB|G)\b", re.IGNORECASE)
_JOINED = re.compile(r"(?<=[a-z])-(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry's name, '' where there is none; `several`: those between which a spelling does not decide."""

    name: str = ""
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A spelling without the words that say nothing; `sizes` of the memory in GB."""

    key: str
    sizes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Listed:
    """The spellings that are listed, without regard to case: plain ones, and tests of those with a `*`, in order."""

    plain: Mapping[str, str]
    globs: tuple[tuple[Callable[[str], object], str], ...]


def _listed(entries: Mapping[str, str]) -> _Listed:
    folded = {text.casefold(): entry for text, entry in entries.items()}
    globs = {text: entry for text, entry in folded.items() if {*text} & {*"*?["}}
    plain = {text: entry for text, entry in folded.items() if text not in globs}
    return _Listed(plain, tuple((re.compile(translate(text)).match, entry) for text, entry in globs.items()))


@dataclass
class Entries:
    """Entries by spelling: by one listed, a name or an alias, by these without words like NVIDIA, by one with a `*`.

    Without such words a spelling has to come out as that of one entry. A size of memory is never left out: an entry
    has to be known with that size. So no spelling of one entry leads to another. One that is listed as `none` ends the
    search: other columns of the row, which are rougher, are not asked.
    """

    names: Names
    library: Library
    known: dict[tuple[Sort, str], Found] = field(default_factory=dict[tuple[Sort, str], Found])
    _lists: dict[Sort, _Listed] = field(default_factory=dict[Sort, _Listed], repr=False)
    _index: dict[Sort, dict[str, dict[str, set[str]]]] = field(
        default_factory=dict[Sort, dict[str, dict[str, set[str]]]], repr=False
    )

    def find(self, sort: Sort, *spellings: str) -> Found:
        """The entry that the first of these spellings leads to, in this order for each of them."""
        told = [self._found(sort, text) for text in spellings if text]
        one = next((found for found in told if found.name), None)
        if one and one.name == NONE:
            return Found()
        return one or next((found for found in told if found.several), Found())

    def _found(self, sort: Sort, spelling: str) -> Found:
        key = (sort, spelling.casefold())
        if key not in self.known:
            name = self._named(sort, spelling)
            stripped = Found(name) if name else self._stripped(sort, spelling)
            globs = (entry for fits, entry in self._listed(sort).globs if fits(spelling.casefold()))
            name = stripped.name or next(globs, "")
            self.known[key] = Found(name) if name else stripped
        return self.known[key]

    def _listed(self, sort: Sort) -> _Listed:
        if sort not in self._lists:
            self._lists[sort] = _listed(self.names.hardware if sort == "hardware" else self.names.models)
        return self._lists[sort]

    def _named(self, sort: Sort, spelling: str) -> str:
        """By a name or an alias of the catalogue, or by one listed without a `*`."""
        named = self._listed(sort).plain.get(spelling.casefold(), spelling)
        if named == NONE:
            return NONE
        found = self.library.bundled_entry(Text.line(named, "a measured row"), sort)
        return found.name if found else ""

    def _stripped(self, sort: Sort, spelling: str) -> Found:
        told = self._spelled(sort, spelling)
        nothing = dict[str, set[str]]()
        fitting = self._of_keys(sort).get(told.key, nothing) if told.key else nothing
        entries = tuple(sorted(name for name, sizes in fitting.items() if told.sizes <= sizes))
        return Found(entries[0]) if len(entries) == 1 else Found(several=entries)

    def _spelled(self, sort: Sort, text: str) -> _Spelled:
        sizes = frozenset(_SIZE.findall(text)) if sort == "hardware" else frozenset[str]()
        rest = _SIZE.sub(" ", text) if sort == "hardware" else text.rpartition("/")[2]
        empty = self.names.strip.get(sort, ())
        words = [word for word in _MARKS.split(rest.casefold()) if word and not matches(word, empty)]
        return _Spelled(_JOINED.sub("", "-".join(words)), sizes)

    def _of_keys(self, sort: Sort) -> Mapping[str, Mapping[str, set[str]]]:
        """The entries by what is left of their names and aliases, each with the sizes that it is known with."""
        if sort not in self._index:
            found: dict[str, dict[str, set[str]]] = {}
            for name in bundled(sort):
                told = [self._spelled(sort, text) for text in self._names_of(sort, name)]
                sizes = {size for each in told for size in each.sizes} | self._label(sort, name)
                for each in told:
                    found.setdefault(each.key, {})[name] = sizes
            self._index[sort] = found
        return self._index[sort]

    def _label(self, sort: Sort, name: str) -> set[str]:
        """The size that the product is named after."""
        entry = self.library.bundled_entry(Text.line(name, "a measured row"), sort)
        label = entry.facts.get("memory_label") if entry else None
        return {*_SIZE.findall(label[1].value.text)} if label else set()

    def _names_of(self, sort: Sort, name: str) -> Iterable[str]:
        entry = self.library.bundled_entry(Text.line(name, "a measured row"), sort)
        plain = (text for text, other in self._listed(sort).plain.items() if other == name)
        return (name, *(entry.aliases if entry else ()), *plain, *([entry.title] if entry and entry.title else []))
