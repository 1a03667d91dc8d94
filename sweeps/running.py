"""A sweep run to its end: here, in processes or on a cluster; its parts gathered in whatever order they come."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from .compute import Part, no_rows
from .plan import Plan
from .rows import Rows, joined
from .selection import Best, Front
from .tally import Tally
from .work import Work, done

MANY = 16  # parts, from which on processes pay for being started

Step = Callable[[int], None]
"""Told how many more points are done."""


@dataclass(slots=True)
class Gathered:
    """What all the parts together have found."""

    tally: Tally = field(default_factory=Tally)
    best: Best | None = None
    front: Front | None = None
    first: dict[int, Rows] = field(default_factory=dict[int, Rows])

    def add(self, number: int, part: Part, most: int) -> None:
        """Add a part, of whose rows no more are held than `most` of all."""
        self.tally.add(part.tally)
        if part.best is not None:
            self.best = self.best or Best(part.best.count)
            self.best.merge(part.best)
        if part.front is not None:
            self.front = self.front or Front(part.front.width)
            self.front.merge(part.front)
        if part.rows is not None and len(part.rows):
            self.first[number] = part.rows
            self._trim(most)

    def _trim(self, most: int) -> None:
        room = most
        for number in sorted(self.first):
            if room <= 0:
                del self.first[number]
            else:
                room -= len(self.first[number])

    def rows(self, plan: Plan, most: int) -> Rows:
        """The first rows, in order."""
        parts = [self.first[number] for number in sorted(self.first)]
        rows = joined(parts) if parts else no_rows(plan)
        return rows.taken(np.arange(min(most, len(rows))))

    @property
    def selected(self) -> list[int]:
        """The numbers of the points that a comparison keeps, in its order."""
        found = self.best or self.front
        return found.numbers.tolist() if found is not None else []


def gather(
    plan: Plan, work: Work, numbers: Sequence[int], jobs: int = 0, scheduler: str = "", step: Step = lambda _: None
) -> Gathered:
    """Do the work of these parts. `jobs`: processes, 0 for as many as pay; `scheduler`: the address of a cluster.

    Errors: `InvalidInput` where the work cannot be done, by lack of disk space for example.
    """
    found = Gathered()
    for number, part in results(plan, work, numbers, jobs, scheduler):
        found.add(number, part, work.most)
        step(part.tally.points)
    return found


def results(plan: Plan, work: Work, numbers: Sequence[int], jobs: int, scheduler: str) -> Iterator[tuple[int, Part]]:
    """What becomes of each part."""
    if scheduler:
        from .cluster import on_dask  # Dask is an extra

        return on_dask(plan, work, numbers, scheduler)
    processes = min(jobs or (cores() if len(numbers) >= MANY else 1), max(1, len(numbers)))
    if processes > 1:
        from .processes import in_processes

        return in_processes(plan, work, numbers, processes)
    return ((number, done(plan, work, number)) for number in numbers)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
