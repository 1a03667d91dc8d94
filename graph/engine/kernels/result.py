"""What a kernel gives: values by name, and why some points have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ....problems import Problem
from .arrays import Array


class Result(Mapping[str, Array]):
    """The outputs' values by name, in declared units, or words.

    Shapes: an output has size 1 along every dimension that it does not depend on, so that all broadcast together.
    Where a point has no value it is NaN (the empty word), and `codes[name]` is not 0 there.
    """

    def __init__(self, values: Mapping[str, Array], codes: Mapping[str, Array], problems: Sequence[Problem]) -> None:
        self._values, self.codes, self.problems = values, codes, tuple(problems)

    def __getitem__(self, name: str) -> Array:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def failed(self, name: str) -> Array:
        """True where the output has no value; of its shape."""
        return self.codes[name] != 0 if name in self.codes else np.zeros(self[name].shape, bool)

    def problem(self, name: str, *index: int) -> Problem | None:
        """Why the output has no value at a point; None if it has one."""
        code = int(self.codes[name][index]) if name in self.codes else 0
        return self.problems[code - 1] if code else None
