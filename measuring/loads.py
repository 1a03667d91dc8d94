"""The load of a run and its devices, from the texts of benchmark tables."""

from __future__ import annotations

import re

from .names import Cells
from .parallel import degrees_in

_PER_SECOND = r"(?:qps|rps|req(?:uest)?s?/s(?:ec)?|requests? per second)"
_RATE = re.compile(
    rf"(?:\b(?:qps|rps|request[-_ ]rate|rate)\s*[=:]?\s*(?P<after>[0-9]+(?:\.[0-9]+)?)(?![0-9.]*\w))"
    rf"|(?:(?<![0-9.])(?P<before>[0-9]+(?:\.[0-9]+)?)\s*{_PER_SECOND}\b)",
    re.IGNORECASE,
)

_BEFORE = re.compile(r"\s*([0-9]{1,5})\s*[x×*]\s+?(?=\S)(.*)|([0-9]{1,5})[x×](?=[A-Za-z])(.*)")
_AFTER = re.compile(r"(.*\S)\s+[x×*]\s*([0-9]{1,5})\s*|(.*\S)\s*\(([0-9]{1,5})[x×]\)\s*")


def counted(gpu: str) -> tuple[int | None, str]:
    """How many devices a spelling says, and the rest: `8x H100`, `H100 x8`, `H100 (8x)`; None where it says nothing."""
    before, after = _BEFORE.fullmatch(gpu), _AFTER.fullmatch(gpu)
    if before:
        return int(before[1] or before[3]), before[2] or before[4]
    if after:
        return int(after[2] or after[4]), after[1] or after[3]
    return None, gpu


def named_devices(cells: Cells) -> dict[str, str]:
    """The number of devices where its own column is empty: as the accelerator's says, or as many as degrees take."""
    if cells.get("gpu_count"):
        return {}
    told, _ = counted(cells.get("gpu", ""))
    devices = told or degrees_in(cells.get("parallelism", ""))
    return {"gpu_count": str(devices)} if devices else {}


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
