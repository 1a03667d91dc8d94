"""The groups of the layers, in order -> a stack as a person would write it: `10 * (5 * sliding + full)`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

LONGEST_STACK = 100  # characters; a longer one says only how often each group stands
LONGEST_PERIOD = 16


def stack_text(start: Sequence[str], layers: Sequence[str], finish: Sequence[tuple[str, int]]) -> str:
    """The stack: groups before the layers, the layers, and groups after them with their counts."""
    ends = [_times(count, name) for name, count in finish]
    return " + ".join([*start, _shortest(layers), *ends])


def _shortest(layers: Sequence[str]) -> str:
    plain = _runs(layers)
    found = min((text for text in (plain, *_repeated(layers)) if text), key=len, default=plain)
    return found if len(found) <= LONGEST_STACK else _counts(layers)


def _runs(layers: Sequence[str]) -> str:
    """Neighbours that are the same, counted."""
    return " + ".join(_times(len(list(run)), name) for name, run in groupby(layers))


def _repeated(layers: Sequence[str]) -> list[str]:
    """The ways to say the layers as a few leading ones, a pattern that repeats, and what is left of it."""
    found: list[str] = []
    for period in range(2, min(LONGEST_PERIOD, len(layers) // 2) + 1):
        for lead in range(min(period, len(layers) - 2 * period + 1)):
            pattern = layers[lead : lead + period]
            times = _repeats(layers[lead:], pattern)
            if times > 1 and len(set(pattern)) > 1:
                rest = layers[lead + times * period :]
                parts = [_runs(layers[:lead]), f"{times} * ({_runs(pattern)})", _runs(rest)]
                found.append(" + ".join(part for part in parts if part))
    return found


def _repeats(layers: Sequence[str], pattern: Sequence[str]) -> int:
    times = 0
    while list(layers[times * len(pattern) : (times + 1) * len(pattern)]) == list(pattern):
        times += 1
    return times


def _counts(layers: Sequence[str]) -> str:
    return " + ".join(_times(layers.count(name), name) for name in dict.fromkeys(layers))


def _times(count: int, name: str) -> str:
    return name if count == 1 else f"{count} * {name}"
