"""A request made into a plan: its axes' values, its columns with their units, its points in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..graph.engine.workbook import Workbook
from ..problems import Problem, Text, UnknownQuantity, errors
from ..scenarios import Library, Loaded
from .axis_text import axis_values, entry_names
from .books import CONDITION, Book, Books, wanted_of
from .points import GridPoints, ListPoints, Points
from .request import ENTRIES, Request, Sources, settled, sources_of

LARGEST = 2**53  # points; whole numbers below it are floats as well


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name, the text of its unit ("" for plain numbers and words), what it is, and if it holds words."""

    name: str
    unit: str
    about: str
    words: bool = False


@dataclass(frozen=True)
class Plan:
    """A sweep that can be computed, part by part. `axes` and `outputs` head the columns."""

    request: Request
    title: str
    axes: tuple[Heading, ...]
    outputs: tuple[Heading, ...]
    points: Points
    books: Books
    sources: Sources
    problems: tuple[Problem, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Of all columns, in order."""
        return (*self.axes, *self.outputs)


def plan_of(request: Request, texts: Mapping[str, str] | None = None) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan, or None, with every problem of the request and of the scenario's files.

    `texts`: the content of files that are not on this machine, by path.
    """
    library = Library([], texts=texts)
    planning = _Planning(request, library)
    plan = planning.plan()
    return plan, tuple(dict.fromkeys(planning.problems))


class _Planning:
    def __init__(self, request: Request, library: Library) -> None:
        self.request, self.library = request, library
        self.problems: list[Problem] = []

    def plan(self) -> Plan | None:
        scenario = self.library.shared().scenario(Text.line(self.request.scenario, "scenario"))
        self.request = self.request.over_block(scenario.sweep if scenario else None).typed()
        entries = self.entries()
        first = {sort: names[0] for sort, names in entries.items()}
        loaded = Books(self.request, (), self.library).loaded(first)
        self.problems += loaded.problems
        if loaded.workbook is None:
            return None
        self.request = self.settled(loaded)
        axes = self.axes(loaded.workbook)
        self.check_names()
        wanted_of(loaded.workbook, self.request, self.problems)
        points = self.points(entries, axes)
        if points is None or errors(self.problems):
            return None
        books = Books(self.request, tuple(axes), self.library)
        found: list[Problem] = []
        book = books.made(loaded.workbook, found)
        self.problems += found
        return None if book is None else self.made(loaded, book, books, points)

    def made(self, loaded: Loaded, book: Book, books: Books, points: Points) -> Plan:
        axes = tuple(self.heading(book.workbook, name.text) for name, _ in self.request.over)
        asked = book.telling.outputs
        outputs = tuple(self.heading(book.workbook, name, asked[name].unit) for name in asked if name != CONDITION)
        sources = sources_of(self.library)
        return Plan(
            self.request, loaded.title, axes, outputs, points, books, sources,
            tuple(each for each in loaded.problems if each.severity != "error"),
        )  # fmt: skip

    def settled(self, loaded: Loaded) -> Request:
        """The request, with what it leaves to the scenario."""
        shown = tuple(Text.line(name, "show") for name in loaded.show)
        axes = {name.text for name, _ in self.request.over}
        return settled(self.request, tuple(name for name in shown if name.text not in axes))

    def entries(self) -> dict[str, list[str]]:
        """The names of catalogue entries by sort, those that exist."""
        found: dict[str, list[str]] = {}
        for name, values in self.request.over:
            if name.text in ENTRIES and name.text not in found:
                names = entry_names(values, self.problems)
                there = [each for each in names or () if self.exists(name.text, each, values)]
                if there:
                    found[name.text] = there
        return found

    def exists(self, sort: str, name: str, values: Text) -> bool:
        start = values.text.find(name)
        mark = values.at(start, start + len(name)) if start >= 0 else values.mark
        found: list[Problem] = []
        library = self.library.shared()
        entry = library.entry(Text(name, mark), "hardware" if sort == "hardware" else "model")
        found += library.problems
        self.problems += [each for each in found if each.severity == "error"]
        return entry is not None

    def axes(self, workbook: Workbook) -> dict[str, Array]:
        """The values of the axes that are quantities: numbers in the declared unit, or words."""
        found: dict[str, Array] = {}
        for name, values in self.request.over:
            if name.text in ENTRIES:
                continue
            try:
                definition = workbook.definition(name.text)
            except UnknownQuantity as error:
                self.problems += [replace(each, mark=name.mark) for each in error.problems]
                continue
            each = axis_values(workbook, definition.name, values, self.problems)
            if each is not None:
                found[name.text] = np.asarray(each)
        return found

    def check_names(self) -> None:
        """Nothing is a column twice."""
        told: set[str] = set()
        if not self.request.over:
            hint = "--over 'batch_size=1..256', or a sweep: block in the scenario"
            self.problems.append(Problem("usage", "nothing is swept: there is no axis", hint=hint))
        for name in (*(name for name, _ in self.request.over), *self.request.get):
            if name.text in told:
                self.problems.append(Problem("name", f"{name.text} is asked for twice", name.mark))
            told.add(name.text)

    def points(self, entries: Mapping[str, Sequence[str]], axes: Mapping[str, Array]) -> Points | None:
        lengths = {name: len(each) for name, each in (*entries.items(), *axes.items())}
        if len(lengths) < len(self.request.over):
            return None
        if not self.request.zip:
            points = GridPoints(entries, axes)
            if points.count > LARGEST:
                self.problems.append(Problem("value", f"{points.count:,} points are more than can be numbered"))
                return None
            return points
        if len({*lengths.values()}) > 1:
            told = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
            self.problems.append(Problem("value", f"lists of values side by side are of one length, but {told}"))
            return None
        return ListPoints(entries, axes, next(iter(lengths.values()), 0))

    def heading(self, workbook: Workbook, name: str, unit: str = "") -> Heading:
        """Of an axis or an output; `unit`: that of an expression."""
        if name in ENTRIES and name not in workbook:
            return Heading(name, "", f"The catalogue's entry of the {name}.", words=True)
        if name not in workbook:
            return Heading(name, unit, "")
        definition = workbook.definition(name)
        unit = "" if definition.choices else definition.unit.text
        return Heading(name, unit, definition.about, words=bool(definition.choices))
