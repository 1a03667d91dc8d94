"""The load of a run, from the texts of benchmark tables."""

from __future__ import annotations

import re

from .names import Cells

_PER_SECOND = r"(?:qps|rps|req(?:uest)?s?/s(?:ec)?|requests? per second)"
_RATE = re.compile(
    rf"(?:\b(?:qps|rps|request[-_ ]rate|rate)\s*[=:]?\s*(?P<after>[0-9]+(?:\.[0-9]+)?)(?![0-9.]*\w))"
    rf"|(?:(?<![0-9.])(?P<before>[0-9]+(?:\.[0-9]+)?)\s*{_PER_SECOND}\b)",
    re.IGNORECASE,
)


def offered_rate(cells: Cells) -> float | None:
    """Requests that come in a second, where the columns of the load say it: `qps=16`, `open-loop 4 req/s`.

    None where nothing says it, and where all requests are sent at once (`QPS=INF`).
    """
    for column in ("batch_or_concurrency", "load_mode"):
        found = _RATE.search(cells.get(column, ""))
        if found:
            rate = float(found["after"] or found["before"])
            return rate if 0 < rate < 1e9 else None
    return None
