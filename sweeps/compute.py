"""The parts of a sweep computed: as rows, or down to the points that a comparison keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..graph.engine.kernels.result import Result
from ..problems import Problem
from .books import CONDITION, KEY
from .plan import Plan
from .points import Piece
from .request import ENTRIES
from .rows import Column, Rows, Words, flat, joined, reasons, worded
from .selection import Best, Front
from .tally import Tally, count_words


@dataclass(slots=True)
class Part:
    """What became of a part: counts, its rows where they were asked for, and what it has to offer to a selection."""

    tally: Tally = field(default_factory=Tally)
    rows: Rows | None = None
    best: Best | None = None
    front: Front | None = None


def rows_of_part(plan: Plan, number: int, threads: int | None = None) -> Part:
    """All the rows of a part that are kept. `threads`: of the kernels; None for as many as there are cores."""
    part, found = Part(), list[Rows]()
    for piece in plan.points.part(number):
        part.tally.points += len(piece.numbers)
        rows = _rows(plan, piece, part.tally, threads)
        if rows is not None:
            found.append(rows)
    part.rows = in_order(joined(found)) if found else no_rows(plan)
    part.tally.add_rows(part.rows)
    return part


def select_in_part(plan: Plan, number: int, threads: int | None = None) -> Part:
    """The points of a part that a comparison may keep."""
    part = Part()
    if plan.request.best is not None:
        part.best = Best(plan.request.count)
    else:
        part.front = Front(len(plan.request.keys))
    for piece in plan.points.part(number):
        part.tally.points += len(piece.numbers)
        _select(plan, piece, part, threads)
    return part


def rows_at(plan: Plan, numbers: Array, threads: int | None = None) -> Rows:
    """The rows of these points, in their order, whether a condition holds there or not."""
    found = [row for piece in plan.points.at(numbers) if (row := _told(plan, piece, threads)) is not None]
    if not found:
        return no_rows(plan)
    rows = joined(found)
    places = np.argsort(rows.numbers, kind="stable")
    wanted = np.argsort(np.argsort(numbers, kind="stable"), kind="stable")
    return rows.taken(places[wanted])


def in_order(rows: Rows) -> Rows:
    """By the points' numbers: of a list, those of one combination of entries are computed together."""
    if np.all(rows.numbers[1:] > rows.numbers[:-1]):
        return rows
    return rows.taken(np.argsort(rows.numbers))


def no_rows(plan: Plan) -> Rows:
    none = Words(np.empty(0, np.int32), ())
    columns: dict[str, Column] = {each.name: none if each.words else np.empty(0) for each in plan.headings}
    return Rows(np.empty(0, np.int64), columns, none)


def _rows(plan: Plan, piece: Piece, tally: Tally, threads: int | None) -> Rows | None:
    book = plan.books.book(piece.entries)
    if isinstance(book, Problem):
        return _failed(plan, piece, book, tally)
    result = book.telling.run(piece.values, threads)
    kept = _kept(result, piece, tally) if plan.request.where is not None else None
    return _made(plan, piece, result, kept)


def _told(plan: Plan, piece: Piece, threads: int | None) -> Rows | None:
    book = plan.books.book(piece.entries)
    if isinstance(book, Problem):
        return _nothing(plan, piece, book)
    return _made(plan, piece, book.telling.run(piece.values, threads), None)


def _kept(result: Result, piece: Piece, tally: Tally) -> Array:
    """Where the condition holds, of the piece's shape; where nobody can tell, why not is counted."""
    asked = result[CONDITION]
    if CONDITION in result.codes:
        count_words(tally.undecided, reasons(result, [CONDITION], piece.shape, None, len(piece.numbers)))
    return np.broadcast_to(asked == 1.0, piece.shape)


def _made(plan: Plan, piece: Piece, result: Result, kept: Array | None) -> Rows:
    numbers = piece.numbers if kept is None else piece.numbers[kept.ravel()]
    columns: dict[str, Column] = {}
    for heading in plan.axes:
        columns[heading.name] = _axis(heading.name, piece, kept, len(numbers))
    for heading in plan.outputs:
        if heading.words:
            found = worded(result[heading.name])
            columns[heading.name] = Words(flat(found.codes, piece.shape, kept), found.words)
        else:
            columns[heading.name] = flat(result[heading.name], piece.shape, kept)
    names = [heading.name for heading in plan.outputs]
    return Rows(numbers, columns, reasons(result, names, piece.shape, kept, len(numbers)))


def _axis(name: str, piece: Piece, kept: Array | None, count: int) -> Column:
    if name in ENTRIES and name in piece.entries:
        return Words(np.zeros(count, np.int32), (piece.entries[name],))
    values = piece.values[name]
    if values.dtype.kind == "U":
        found = worded(values)
        return Words(flat(found.codes, piece.shape, kept), found.words)
    return flat(values, piece.shape, kept)


def _failed(plan: Plan, piece: Piece, problem: Problem, tally: Tally) -> Rows | None:
    """The points of entries that make no workbook: kept with the reason, unless a condition has to hold."""
    if plan.request.where is None:
        return _nothing(plan, piece, problem)
    tally.undecided[problem.message] += len(piece.numbers)
    return None


def _nothing(plan: Plan, piece: Piece, problem: Problem) -> Rows:
    count = len(piece.numbers)
    columns: dict[str, Column] = {each.name: _axis(each.name, piece, None, count) for each in plan.axes}
    for heading in plan.outputs:
        missing = Words(np.full(count, -1, np.int32), ())
        columns[heading.name] = missing if heading.words else np.full(count, np.nan)
    return Rows(piece.numbers, columns, Words(np.zeros(count, np.int32), (problem.message,)))


def _select(plan: Plan, piece: Piece, part: Part, threads: int | None) -> None:
    book = plan.books.book(piece.entries)
    if isinstance(book, Problem):
        part.tally.undecided[book.message] += len(piece.numbers)
        return
    result = book.picking.run(piece.values, threads)
    kept = _kept(result, piece, part.tally) if plan.request.where is not None else None
    names = [KEY.format(place) for place in range(len(plan.request.keys))]
    numbers = piece.numbers if kept is None else piece.numbers[kept.ravel()]
    keys = [flat(result[name], piece.shape, kept) for name in names]
    count_words(part.tally.undecided, reasons(result, names, piece.shape, kept, len(numbers)))
    part.tally.kept += len(numbers)
    if part.best is not None:
        part.best.add(keys[0], numbers)
    elif part.front is not None:
        part.front.add(np.stack(keys, axis=1), numbers)
