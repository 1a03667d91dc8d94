"""The values of an axis as people write them: `1..256`, `1..8 TB/s by 0.5`, `geom(1024, 131072, 8)`, `bf16, fp8`.

    axis   = piece ("," piece)*
    piece  = value | value ".." value ["by" value] | ("lin" | "geom") "(" value "," value "," count ")"

A value is what `--set` takes, and is refused in its words: a bare number fits a quantity of plain numbers or counts.
Beside a number that has a unit, in the same piece, one without takes that unit: `1..8 TB/s` begins at 1 TB/s. Where it
could stand by itself and would say something else (`1..8 Mtoken`: 1 token?), it is refused, not guessed. Steps of one
are steps of one declared unit, so they need to be said where another is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite

from ..graph.engine.workbook import Workbook
from ..graph.language.names import did_you_mean
from ..problems import Problem, Text
from ..units import UnitError, format_amount, format_number, parse_amount
from .axis_numbers import Numbers
from .axis_pieces import ONCE, arguments, part, pieces, repeated
from .runs import Array, Run, first_repeat, joined, stepped

MOST_VALUES = 10_000_000  # of one axis
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\((.*)\)", re.DOTALL)
_BY = re.compile(r"\bby\b")
_CUT = re.compile(r"0[0-9]")
_FUNCTIONS = ("lin", "geom")
_EXACT = 2**53


def axis_values(
    workbook: Workbook, name: str, text: Text, problems: list[Problem], once: bool = True
) -> Array | list[str] | None:
    """What the text says: numbers in the quantity's declared unit, or words for a choice; None, with located problems.

    No value stands twice if each stands `once`, as in a grid; numbers are finite, and there are at most MOST_VALUES;
    more are refused before they are made.
    Errors: `UnknownQuantity` or `InvalidInput` if nothing of this name can be set.
    """
    definition = workbook.settable(name)
    found = pieces(text, name, problems)
    if found is None:
        return None
    if definition.choices:
        return _words(definition.choices, name, found, problems, once)
    reader = _Reader(Numbers(workbook, definition, problems))
    read = [reader.run(piece) for piece in found]
    runs = [run for run in read if run is not None]
    if len(runs) < len(read) or not _few(name, runs, text, problems):
        return None
    numbers = joined(runs)
    repeat = first_repeat(runs, numbers) if once else None
    if repeat is None:
        return numbers
    message = f"{name}: {format_amount(repeat[1], definition.unit)} is given twice"
    problems.append(Problem("duplicate", message, found[repeat[0]].mark, hint=ONCE, quantity=name))
    return None


def entry_names(text: Text, problems: list[Problem], once: bool = True) -> list[Text] | None:
    """The names of catalogue entries, none twice if each stands `once`; None, with located problems.

    Whether there are such entries is for the caller to find out.
    """
    found = pieces(text, "the list of entries", problems, "`roofsheet list` names them")
    return None if found is None or (once and repeated(found, "the list of entries", problems)) else found


def _words(
    choices: Sequence[str], name: str, found: Sequence[Text], problems: list[Problem], once: bool
) -> list[str] | None:
    wrong = [each for each in found if each.text not in choices]
    for each in wrong:
        hint = did_you_mean(each.text, choices) or f"one of {', '.join(choices)}"
        message = f"{name} cannot be '{each.text}'"
        problems.append(Problem("choice", message, each.mark, hint=hint, quantity=name))
    if wrong or (once and repeated(found, name, problems)):
        return None
    return [each.text for each in found]


def _few(name: str, runs: Sequence[Run], text: Text, problems: list[Problem]) -> bool:
    count = sum(run.count for run in runs)
    if count <= MOST_VALUES:
        return True
    message = f"{name} has {format_number(count)} values: at most {MOST_VALUES:,} are taken"
    hint = "fewer steps: 'by' a larger one, or lin(A, B, N) or geom(A, B, N) with N of them"
    problems.append(Problem("value", message, text.mark, hint=hint, quantity=name))
    return False


class _Reader:
    """The pieces of one axis of numbers, each to a run of them; None, with a problem, where there is none."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers, self.name = numbers, numbers.definition.name

    def run(self, piece: Text) -> Run | None:
        call = _CALL.fullmatch(piece.text)
        if call:
            return self._call(piece, call)
        if ".." in piece.text:
            return self._range(piece)
        if _CUT.match(piece.text):
            hint = "commas stand between values, so thousands have none: 131072, or 131_072"
            return self._refuse(piece, f"{piece} begins with a 0", hint)
        found = self.numbers.together([piece])
        return Run(found[0], found[0]) if found else None

    def _range(self, piece: Text) -> Run | None:
        middle = piece.text.index("..")
        by = _BY.search(piece.text, middle)
        end = by.start() if by else len(piece.text)
        written = [part(piece, 0, middle), part(piece, middle + 2, end)]
        if by:
            written.append(part(piece, by.end(), len(piece.text)))
        if not all(each.text for each in written):
            return self._refuse(piece, "a number is missing", "A..B, or A..B by S")
        found = self.numbers.together(written)
        if found is None:
            return None
        first, last = found[:2]
        if last < first:
            hint = f"{written[1]}..{written[0]}" + (f" by {written[2]}" if by else "")
            return self._refuse(piece, f"{written[0]}..{written[1]} goes down", hint)
        return self._by(piece, first, last, found[2], written[2]) if by else self._by_one(piece, first, last, written)

    def _by(self, piece: Text, first: float, last: float, step: float, written: Text) -> Run | None:
        if step <= 0:
            return self._refuse(written, "the step is not above 0")
        return stepped(first, last, step) if self._in_range(piece, first, last) else None

    def _by_one(self, piece: Text, first: float, last: float, written: Sequence[Text]) -> Run | None:
        other = self.numbers.other_unit(written)
        if other:
            message = f"how large are the steps? They are 1 {self.numbers.unit}, unless it is said"
            return self._refuse(piece, message, f"{piece} by 1 {other}")
        for number, each in zip((first, last), written, strict=True):
            if not number.is_integer():
                return self._refuse(each, f"A..B are whole numbers, and {each} is none", f"{piece} by 0.1, say")
            if abs(number) >= _EXACT:
                return self._refuse(each, f"{each} is too large for steps of 1", f"{piece} by a larger step")
        return stepped(first, last, 1.0)

    def _call(self, piece: Text, call: re.Match[str]) -> Run | None:
        function = call[1]
        if function not in _FUNCTIONS:
            hint = did_you_mean(function, _FUNCTIONS) or "lin(A, B, N) or geom(A, B, N)"
            return self._refuse(part(piece, 0, call.end(1)), f"nothing here is called {function}()", hint)
        written = arguments(piece, call.start(2), call.end(2))
        if len(written) != 3 or not all(each.text for each in written):
            return self._refuse(piece, f"{function}() takes two ends and how many", f"{function}(A, B, N)")
        ends, count = self.numbers.together(written[:2]), self._count(written[2])
        if ends is None or count is None or not self._in_range(piece, *ends):
            return None
        if count == 1 and ends[0] != ends[1]:
            return self._refuse(written[2], "one number has no two ends", f"write {written[0]}")
        return self._log(piece, ends, count) if function == "geom" else Run(ends[0], ends[1], count)

    def _log(self, piece: Text, ends: Sequence[float], count: int) -> Run | None:
        first, last = ends
        if (first > 0 and last > 0) or (first < 0 and last < 0):
            return Run(first, last, count, "log")
        message = "0 is on no log scale" if 0 in ends else "a log scale does not go through 0"
        return self._refuse(piece, message, f"lin{piece.text.removeprefix('geom')}")

    def _count(self, text: Text) -> int | None:
        try:
            amount = parse_amount(text.text, self.numbers.context)
        except UnitError as error:
            mark = text.at(error.start, max(error.end, error.start + 1))
            return self._refuse(Text(text.text, mark), error.message, "N says how many numbers there are")
        if amount.unit is None and amount.magnitude >= 1 and amount.magnitude.is_integer():
            return int(amount.magnitude)
        return self._refuse(text, f"{text} is no number of values", "N is a whole number, 1 or more")

    def _in_range(self, piece: Text, first: float, last: float) -> bool:
        fine = isfinite(last - first)
        if not fine:
            self._refuse(piece, "the numbers are out of range")
        return fine

    def _refuse(self, where: Text, message: str, hint: str = "") -> None:
        self.numbers.refuse(where, message, hint)
