"""Some points of a sweep as columns: the axes, what is told of each, and why some have no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..graph.engine.kernels.arrays import Array
from ..graph.engine.kernels.result import Result


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: which of `words` each row has, -1 for none."""

    codes: Array
    words: tuple[str, ...]

    def __getitem__(self, at: Array) -> Words:
        return Words(self.codes[at], self.words)

    def texts(self) -> list[str | None]:
        """The words, row by row."""
        return [self.words[code] if code >= 0 else None for code in self.codes.tolist()]


Column = Array | Words


@dataclass(frozen=True, slots=True)
class Rows:
    """`columns` by name, in order, of one length; a number that is missing is NaN. `why`: the reason of the first that
    is missing in a row. `numbers`: the points' numbers."""

    numbers: Array
    columns: Mapping[str, Column]
    why: Words

    def __len__(self) -> int:
        return len(self.numbers)

    def taken(self, at: Array) -> Rows:
        """Some of the rows, by their places or a mask."""
        return Rows(self.numbers[at], {name: each[at] for name, each in self.columns.items()}, self.why[at])


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows one after the other; there is at least one part."""
    if len(parts) == 1:
        return parts[0]
    columns = {name: _joined([part.columns[name] for part in parts]) for name in parts[0].columns}
    why = _joined([part.why for part in parts])
    assert isinstance(why, Words)
    return Rows(np.concatenate([part.numbers for part in parts]), columns, why)


def _joined(parts: Sequence[Column]) -> Column:
    if not isinstance(parts[0], Words):
        return np.concatenate([part for part in parts if not isinstance(part, Words)])
    words: dict[str, int] = {}
    codes: list[Array] = []
    for part in parts:
        if isinstance(part, Words):
            places = np.array([words.setdefault(word, len(words)) for word in part.words] + [-1], np.int32)
            codes.append(places[part.codes])
    return Words(np.concatenate(codes), tuple(words))


def flat(array: Array, shape: tuple[int, ...], kept: Array | None) -> Array:
    """An array that broadcasts to the shape as one list, of all points or of those kept."""
    whole = np.broadcast_to(array, shape)
    return whole.ravel() if kept is None else whole[kept]


def worded(array: Array) -> Words:
    """An array of words as a column; the empty one is none."""
    words, codes = np.unique(array, return_inverse=True)
    codes = codes.reshape(array.shape).astype(np.int32)
    if len(words) and words[0] == "":
        return Words(codes - np.int32(1), tuple(map(str, words[1:])))
    return Words(codes, tuple(map(str, words)))


def reasons(result: Result, names: Sequence[str], shape: tuple[int, ...], kept: Array | None, count: int) -> Words:
    """For each point, why the first of these outputs that has no value has none."""
    found = np.full(count, -1, np.int32)
    for name in names:
        if name in result.codes:
            codes = flat(result.codes[name], shape, kept) - np.int32(1)
            found = np.where(found < 0, codes, found)
    return Words(found, tuple(problem.message for problem in result.problems))
