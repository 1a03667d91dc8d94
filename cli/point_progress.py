"""How far a sweep is: points done, points a second, time left; on standard error, on a terminal alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

_A_MOMENT = 0.5  # seconds, before which nothing is drawn


class PointProgress:
    """A bar that appears once the work has taken a moment."""

    def __init__(self, total: int, shown: bool) -> None:
        self.total, self.shown = total, shown
        self.done = self.before = 0
        self.started = time.monotonic()
        self.end: Callable[[], None] = lambda: None
        self._update: Callable[[int, str], None] | None = None

    def begin(self, points: int) -> None:
        """So many points were done before."""
        self.done = self.before = points

    def step(self, points: int) -> None:
        """So many more are done."""
        self.done += points
        if not self.shown:
            return
        passed = time.monotonic() - self.started
        if self._update is None and passed > _A_MOMENT:
            self._draw()
        if self._update is not None:
            self._update(self.done, f"{said(self.done)} of {said(self.total)} points, {self._rate(passed)}")

    def _rate(self, passed: float) -> str:
        return f"{said((self.done - self.before) / passed)}/s"

    def _draw(self) -> None:
        from rich.console import Console  # 60 ms: not for what is quick
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(20), TextColumn("{task.description}", markup=False), TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task("", total=self.total)
        bar.start()
        self._update = lambda done, text: bar.update(task, description=text, completed=done)
        self.end = bar.stop


def said(number: float) -> str:
    """A count for people who watch: 12.3M."""
    for scale, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= scale:
            return f"{number / scale:.3g}{letter}"
    return f"{number:.0f}"


@contextmanager
def point_progress(total: int) -> Generator[PointProgress]:
    """Yields what is told of each step; what was drawn is wiped away at the end."""
    progress = PointProgress(total, sys.stderr.isatty())
    try:
        yield progress
    finally:
        progress.end()
