"""A request made into a plan: its axes' values, its columns with their units, its points in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..graph.engine.workbook import Workbook
from ..graph.explain.reach import lacking_an_input
from ..problems import InvalidInput, Problem, Text, UnknownQuantity, errors
from ..scenarios import Library, Loaded
from .axis_text import axis_values
from .books import CONDITION, Book, Books, wanted_of
from .entries import found_entries
from .points import GridPoints, ListPoints, Points
from .request import ENTRIES, Request, Sources, settled, sources_of

LARGEST = 2**53  # points; whole numbers below it are floats as well
TRIED = 16  # combinations of entries, of which one has to make a workbook
PROBLEM = "problem"
"""The column that says why something is missing."""


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
        named = found_entries(self.request.over, self.library, self.problems, once=not self.request.zip)
        texts = {sort: {name.text: name for name in names} for sort, names in named.items()}
        entries = {sort: [name.text for name in names] for sort, names in named.items()}
        loaded = self.first_loaded(Books(self.request, (), self.library, texts), entries)
        self.problems += loaded.problems
        if loaded.workbook is None:
            return None
        self.request = self.settled(loaded, loaded.workbook)
        axes = self.axes(loaded.workbook)
        self.check()
        wanted_of(loaded.workbook, self.request, self.problems)
        points = self.points(entries, axes)
        if points is None or errors(self.problems):
            return None
        books = Books(self.request, tuple(axes), self.library, texts, points.of_one)
        found: list[Problem] = []
        book = books.made(loaded.workbook, found)
        self.problems += found
        return None if book is None else self.made(loaded, book, books, points)

    def made(self, loaded: Loaded, book: Book, books: Books, points: Points) -> Plan:
        axes = tuple(self.axis_heading(book.workbook, name.text) for name, _ in self.request.over)
        asked = book.telling.outputs
        outputs = tuple(self.heading(book.workbook, name, asked[name].unit) for name in asked if name != CONDITION)
        sources = sources_of(self.library)
        return Plan(
            self.request, loaded.title, axes, outputs, points, books, sources,
            tuple(each for each in loaded.problems if each.severity != "error"),
        )  # fmt: skip

    def first_loaded(self, books: Books, entries: Mapping[str, Sequence[str]]) -> Loaded:
        """With the first entries that make a workbook; with the first of all if none of TRIED does."""
        together = zip if self.request.zip else product
        chosen = [dict(zip(entries, each, strict=True)) for each in islice(together(*entries.values()), TRIED)]
        found = [books.loaded(each) for each in chosen[:1] or [{}]]
        for each in chosen[1:]:
            if found[-1].workbook is not None:
                break
            found.append(books.loaded(each))
        return found[-1] if found[-1].workbook is not None else found[0]

    def settled(self, loaded: Loaded, workbook: Workbook) -> Request:
        """The request, with what it leaves to the scenario: without a list, all that its inputs are enough for.

        Where points are compared, what they are compared by is wanted, and nothing more unless it is asked for.
        """
        if self.request.selects:
            return self.request
        axes = {name.text for name, _ in self.request.over}
        lacking = () if self.request.get or loaded.lists_results else lacking_an_input(workbook, loaded.show)
        shown = (name for name in loaded.show if name not in axes and name not in lacking)
        return settled(self.request, tuple(Text.line(name, "show") for name in shown))

    def axes(self, workbook: Workbook) -> dict[str, Array]:
        """The values of the axes that are quantities: numbers in the declared unit, or words."""
        found: dict[str, Array] = {}
        for name, values in self.request.over:
            if name.text in ENTRIES:
                continue
            try:
                each = axis_values(workbook, name.text, values, self.problems, once=not self.request.zip)
            except (InvalidInput, UnknownQuantity) as error:
                self.problems += [replace(each, mark=name.mark) for each in error.problems]
                continue
            if each is not None:
                found[name.text] = np.asarray(each)
        return found

    def check(self) -> None:
        """Something is swept and asked for, and nothing is a column twice."""
        request, told = self.request, dict[str, str]()
        if not request.over:
            hint = "--over 'batch_size=1..256', or a sweep: block in the scenario"
            self.problems.append(Problem("usage", "nothing is swept: there is no axis", hint=hint))
        elif not request.get and not request.selects:
            message, hint = "nothing is asked for: the scenario shows nothing but what is swept", "--get NAMES"
            self.problems.append(Problem("usage", message, hint=hint))
        if request.top and request.best is None:
            self.problems.append(Problem("usage", "--top says how many --best keeps, and there is no --best"))
        for what, names in (("swept", [name for name, _ in request.over]), ("asked for", request.get)):
            for name in names:
                if name.text == PROBLEM:
                    message = f"no quantity called {PROBLEM} can be {what}: that column says why a value is missing"
                    self.problems.append(Problem("name", message, name.mark, hint="give it another name"))
                if name.text in told:
                    twice = "twice" if told[name.text] == what else f"and {told[name.text]} as well"
                    self.problems.append(Problem("name", f"{name.text} is {what} {twice}", name.mark))
                told.setdefault(name.text, what)

    def points(self, entries: Mapping[str, Sequence[str]], axes: Mapping[str, Array]) -> Points | None:
        lengths = {name: len(each) for name, each in (*entries.items(), *axes.items())}
        if len(lengths) < len(self.request.over):
            return None
        if not self.request.zip:
            points = GridPoints(entries, axes, self.request.part)
            if points.count > LARGEST:
                message = f"{points.count:,} points are more than can be numbered: {LARGEST:,} are"
                self.problems.append(Problem("value", message))
                return None
            return points
        if len({*lengths.values()}) > 1:
            told = ", ".join(f"{name.text} has {lengths[name.text]:,}" for name, _ in self.request.over)
            message = f"values side by side are equally many for each axis, but {told}"
            self.problems.append(Problem("value", message, hint="without --zip, every combination is a point"))
            return None
        return ListPoints(entries, axes, next(iter(lengths.values()), 0), self.request.part)

    def axis_heading(self, workbook: Workbook, name: str) -> Heading:
        if name in ENTRIES:
            return Heading(name, "", f"The catalogue's entry of the {name}.", words=True)
        return self.heading(workbook, name, "")

    def heading(self, workbook: Workbook, name: str, unit: str) -> Heading:
        """Of a quantity, or of an expression, which has that unit."""
        if name not in workbook:
            return Heading(name, unit, "")
        definition = workbook.definition(name)
        unit = "" if definition.choices else definition.unit.text
        return Heading(name, unit, definition.about, words=bool(definition.choices))
