"""`use:` -> the sheets it means, with those that they use themselves, each once."""

from __future__ import annotations

from collections.abc import Iterable

from ..graph.assembly.scopes import Lexicon
from ..graph.language.declarations import Glossary, Sheet
from ..problems import Problem, Text
from .library import Library

MODEL = "model"  # in a scenario's `use:`, the sheets and the stack of the model that `with:` binds


class SheetUse:
    """Follows `use:` through a library, and gathers the glossaries met on the way."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._glossaries: dict[str, Glossary] = {}
        self.uses: dict[str, frozenset[str]] = {}  # file -> files of the sheets that it uses, as far as followed
        core = library.glossary()
        if core:
            self._glossaries[core.file] = core

    def lexicon(self, problems: list[Problem]) -> Lexicon:
        """The merged glossaries; complete once every `use:` has been followed."""
        return Lexicon.merged(self._glossaries.values(), problems)

    def closure(self, names: Iterable[Text], beside: str, outer: Iterable[Sheet]) -> tuple[Sheet, ...]:
        """The sheets named, those they use first, without the ones of an outer scope."""
        known = {id(sheet) for sheet in outer}
        found: dict[int, Sheet] = {}
        for text, name in {name.text: name for name in names}.items():  # one name twenty thousand times is one
            if text != MODEL:
                self._follow(name, beside, known, found, ())
        return tuple(found.values())

    def alone(self, sheet: Sheet) -> tuple[Sheet, ...]:
        """What a sheet needs to be checked alone: itself, what it uses, and the sheets of its tables."""
        found: dict[int, Sheet] = {}
        for name in sheet.use:
            self._follow(name, sheet.file, set(), found, ())
        found[id(sheet)] = sheet
        for each in tuple(found.values()):
            self._follow_tables(each, found)
        return tuple(found.values())

    def _follow_tables(self, sheet: Sheet, found: dict[int, Sheet]) -> None:
        lexicon = self.lexicon([])
        for text in (*sheet.takes, *(row.table for row in sheet.rows)):
            pointer = self._pointer(text.text)
            if text.text in lexicon.tables and pointer and text.text not in sheet.tables:
                self._follow(pointer[0], pointer[1], set(), found, ())

    def _pointer(self, table: str) -> tuple[Text, str] | None:
        for glossary in self._glossaries.values():
            if table in glossary.tables:
                return glossary.tables[table].sheet, glossary.file
        return None

    def _follow(self, name: Text, beside: str, known: set[int], found: dict[int, Sheet], path: tuple[str, ...]) -> None:
        used = self.library.used(name, beside)
        if isinstance(used, Glossary):
            self._glossaries[used.file] = used
        if isinstance(used, Sheet):
            self.uses[beside] = self.uses.get(beside, frozenset()) | {used.file}
        if not isinstance(used, Sheet) or id(used) in known or id(used) in found:
            return
        if used.file in path:
            message = f"{' -> '.join([*path, used.file])}: a sheet cannot use itself"
            self.library.problems.append(Problem("cycle", message, name.mark))
            return
        for inner in used.use:
            self._follow(inner, used.file, known, found, (*path, used.file))
        found[id(used)] = used
