"""Marks and problems: where text stands, and what is wrong with it, as data.

The lowest layer: it imports nothing of roofsheet. One renderer, `render`, draws every problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file: `line` and `column` count from 1; `source` is the whole text of that line."""

    file: str
    line: int
    column: int
    length: int = 1
    source: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text, and where its characters stand.

    `segments` are (offset in `text`, mark of that offset), one per source line, empty when the
    text was folded or escaped and its characters cannot be found again in the file.
    """

    text: str
    mark: Mark
    segments: tuple[tuple[int, Mark], ...] = ()

    def __str__(self) -> str:
        return self.text

    def at(self, start: int, end: int) -> Mark:
        """The mark of text[start:end]; the whole text's mark when it cannot be told more finely."""
        found = None
        for offset, mark in self.segments:
            if offset <= start:
                found = (offset, mark)
        if found is None:
            return self.mark
        offset, mark = found
        column = mark.column + start - offset
        room = max(1, len(mark.source) + 1 - column) if mark.source else end - start
        return Mark(mark.file, mark.line, column, max(1, min(end - start, room)), mark.source)

    @classmethod
    def line(cls, text: str, file: str) -> Text:
        """Text that is a line of its own, such as a command-line argument; `file` names where it was given."""
        mark = Mark(file, 1, 1, max(1, len(text)), text)
        return cls(text, mark, ((0, mark),))


@dataclass(frozen=True, slots=True)
class Cause:
    """One quantity that made a problem so: its name, its unit, and where it is defined.

    In a cycle, what it reads stands in the place of its unit.
    """

    name: str
    unit: str
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Problem:
    """An error or warning. `quantity` is the node it is about, where there is one."""

    kind: str
    message: str
    mark: Mark | None = None
    severity: Severity = "error"
    expected: str = ""
    found: str = ""
    because: tuple[Cause, ...] = ()
    hint: str = ""
    quantity: str = ""


class RoofsheetError(Exception):
    """The root of what roofsheet raises; carries the problems as data.

    RoofsheetError
    +-- InvalidInput      a file, a formula or a value is wrong (command line: exit code 2)
    +-- UnknownQuantity   a name that the workbook does not have (also a KeyError)
    +-- NoValue           the quantity's value is an error value (also an ArithmeticError)
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return render(self.problems)


class InvalidInput(RoofsheetError):
    """A file, a formula or a value is wrong."""


class UnknownQuantity(RoofsheetError, KeyError):
    """A name that the workbook does not have."""

    __str__ = RoofsheetError.__str__


class NoValue(RoofsheetError, ArithmeticError):
    """The quantity's value is an error value."""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those problems that are errors, not warnings."""
    return [problem for problem in problems if problem.severity == "error"]


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """The same problems without repeats, in the order found, which is phase by phase."""
    return list(dict.fromkeys(problems))


WIDEST_LINE = 100  # a source line longer than this is cut around the caret


def render(problems: Sequence[Problem]) -> str:
    """All the problems as text, a blank line between them."""
    return "\n\n".join(_render_one(problem) for problem in problems)


def _render_one(problem: Problem) -> str:
    where = f"{problem.mark}: " if problem.mark else ""
    lines = [f"{where}{problem.severity}[{problem.kind}]: {problem.message}"]
    if problem.mark and problem.mark.source:
        lines += _source_lines(problem.mark)
    if problem.expected:
        lines.append(f"      declared  {problem.expected}")
    if problem.found:
        lines.append(f"      found     {problem.found}")
    lines += _because_lines(problem.because)
    if problem.hint:
        lines.append(f"      hint      {problem.hint}")
    return "\n".join(lines)


def _source_lines(mark: Mark) -> list[str]:
    start, end = mark.column - 1, mark.column - 1 + max(1, mark.length)
    source = "".join(" " if char == "\t" else char if char.isprintable() else "?" for char in mark.source)
    if len(source) > WIDEST_LINE:
        left = max(0, min(start - WIDEST_LINE // 3, len(source) - WIDEST_LINE))
        source = source[left : left + WIDEST_LINE]
        start, end = start - left, min(end - left, WIDEST_LINE)
    end = max(start + 1, min(end, max(len(source), start + 1)))
    return [f"{mark.line:5} | {source}", f"      | {' ' * start}{'^' * (end - start)}"]


def _because_lines(causes: Sequence[Cause]) -> list[str]:
    if not causes:
        return []
    names = max(len(cause.name) for cause in causes)
    units = max(len(cause.unit) for cause in causes)
    rows = [f"{cause.name:{names}}  {cause.unit:{units}}  {_short(cause.mark)}".rstrip() for cause in causes]
    return [f"      {'because' if i == 0 else '':9} {row}" for i, row in enumerate(rows)]


def _short(mark: Mark | None) -> str:
    return f"{mark.file}:{mark.line}" if mark else ""
