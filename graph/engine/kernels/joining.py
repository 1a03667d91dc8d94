"""Sweeps over workbooks: one for each choice of catalogue entries, and their results joined.

Another entry is another DAG, since a model's sheets and groups are its own. So each is swept by itself, over the axes
that are quantities, and its results are put in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from ....problems import InvalidInput, Problem
from ..workbook import Workbook
from .arrays import Array
from .result import Result
from .sweep import Sweep, listed, shape_of, sweep

Rebound = Callable[[Mapping[str, str]], Workbook]
"""The workbook with these catalogue entries, by sort, in place of its own."""
Place = tuple[Any, ...]


def sweep_entries(
    rebound: Rebound, axes: Mapping[str, Any], sorts: Sequence[str], outputs: Sequence[str], side_by_side: bool = False
) -> Sweep:
    """As `sweep`; the axes in `sorts` are lists of the names of catalogue entries.

    Errors: as `sweep`; `InvalidInput` for an entry that cannot be had, and where what is swept or asked is declared in
    several units.
    """
    entries = {name: [str(each) for each in axes[name]] for name in sorts}
    plain = {name: each for name, each in axes.items() if name not in entries}
    shape = shape_of({name: len(each) for name, each in axes.items()}, side_by_side)
    places = _rows(entries) if side_by_side else _cells(entries, [*axes])
    if not places:
        raise InvalidInput([Problem("value", "an axis of catalogue entries has at least one")])
    books = [rebound(chosen) for chosen, _ in places]
    parts = [
        sweep(book, {name: _taken(each, place) for name, each in plain.items()} if side_by_side else plain, outputs,
              side_by_side)
        for book, (_, place) in zip(books, places, strict=True)
    ]  # fmt: skip
    for other in parts[1:]:
        _same_units(parts[0].units, other.units)
    swept = {name: np.array(entries[name]) if name in entries else listed(books[0], name, axes[name]) for name in axes}
    found = [(place, part.result) for (_, place), part in zip(places, parts, strict=True)]
    joined = _joined(found, shape, outputs)
    return Sweep(swept, {**dict.fromkeys(entries, ""), **parts[0].units}, shape, joined)


def _cells(entries: Mapping[str, Sequence[str]], axes: Sequence[str]) -> list[tuple[dict[str, str], Place]]:
    """Every combination of entries, and where in the grid it lies."""
    found: list[tuple[dict[str, str], Place]] = []
    for numbers in product(*(range(len(each)) for each in entries.values())):
        at = dict(zip(entries, numbers, strict=True))
        place = tuple(at.get(name, slice(None)) for name in axes)
        found.append(({name: entries[name][number] for name, number in at.items()}, place))
    return found


def _rows(entries: Mapping[str, Sequence[str]]) -> list[tuple[dict[str, str], Place]]:
    """Every combination of entries that stands side by side, and at which points."""
    points: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(zip(*entries.values(), strict=True)):
        points.setdefault(row, []).append(at)
    return [(dict(zip(entries, row, strict=True)), (np.array(at),)) for row, at in points.items()]


def _taken(values: Any, place: Place) -> Any:
    return [values[at] for at in place[0]] if isinstance(values, list | tuple | range) else values[place]


def _same_units(one: Mapping[str, str], other: Mapping[str, str]) -> None:
    for name, unit in one.items():
        if other[name] != unit:
            message = f"{name} is declared in {unit or 'plain numbers'} and, with another entry, in {other[name]}"
            raise InvalidInput([Problem("dimension", message, quantity=name)])


def _joined(parts: Sequence[tuple[Place, Result]], shape: tuple[int, ...], outputs: Sequence[str]) -> Result:
    """The parts' results, each in its place of the whole; codes are numbered anew."""
    problems: list[Problem] = []
    values = {name: np.empty(shape, np.result_type(*(part[name].dtype for _, part in parts))) for name in outputs}
    codes: dict[str, Array] = {}
    for place, part in parts:
        for name in outputs:
            values[name][place] = part[name]
            if name in part.codes:
                whole = codes.setdefault(name, np.zeros(shape, np.int32))
                whole[place] = np.where(part.codes[name] != 0, part.codes[name] + len(problems), 0)
        problems += part.problems
    return Result(values, codes, problems)
