"""The guide's DAG at one point: all formulas anew, and one input set and a result read; all contenders in turn."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from textwrap import wrap

import by_hand
import pull
from contest import GUIDE, Contender, Guide, refuse
from peers import formulas, gather, hamilton, modelx, numba, pint, pycel, versions
from race import Mark, Run, Timing, at_least, at_most, close, race, recorded, spelled, told

ROUNDS = 201
EXPORTED = "modelx, exported"
PULL, PLAIN, OURS = "dirty and pull, by hand", "plain Python", "roofsheet"
PEERS: dict[str, Callable[..., Contender]] = {
    "numba": numba.point, "pint": pint.point, "modelx": modelx.point,
    EXPORTED: modelx.exported, "Hamilton": hamilton.point, "pycel": pycel.point, "formulas": formulas.point,
}  # fmt: skip
AHEAD = {"modelx": (5, 5), "Hamilton": (5, 5), "pycel": (5, 2), "formulas": (5, 5), "pint": (5, 5)}
"""By how much roofsheet is to be ahead: evaluating all, and setting and reading."""


class Bandwidths:
    """Another number every time: an equal one would change nothing."""

    def __init__(self) -> None:
        self.step = 0

    def run(self, change: Callable[[float], float]) -> float:
        self.step = (self.step + 1) % 1000
        return change(1790.0 + self.step)


def marks(evaluation: Mapping[str, Timing], change: Mapping[str, Timing]) -> list[Mark]:
    ours, read = evaluation[OURS], change[OURS]
    ratio, seconds = read.over(change[PULL]), median(read.seconds)
    worst = max(ratio)
    found = [
        at_most("full evaluation, over plain Python", 2, ours.over(evaluation[PLAIN])),
        Mark("set and read, over dirty and pull", "5x or 3 us", f"{worst:.2f}x {spelled(seconds)}",
             worst <= 5 or seconds <= 3e-6),
    ]  # fmt: skip
    for title, at, timings in (("full evaluation", 0, evaluation), ("set and read", 1, change)):
        for who, least in AHEAD.items():
            ahead = timings[who].over(timings[OURS]) if who in timings else None
            found.append(at_least(f"{title}, ahead of {who}", least[at], ahead))
    if EXPORTED in evaluation:  # code without an engine: what it computed, no change can reach
        found.append(recorded("full evaluation, ahead of modelx, exported", min(evaluation[EXPORTED].over(ours))))
    return found


def main() -> None:
    guide = Guide()
    given = guide.given
    contenders: dict[str, Contender] = {
        PLAIN: by_hand.plain(given), OURS: guide.roofsheet(), PULL: pull.contender(given),
        "NumPy, one point": by_hand.arrays(given),
    }  # fmt: skip
    peers, missing = gather((who, partial(make, given)) for who, make in PEERS.items())
    contenders |= peers
    refuse(wrong for who, each in contenders.items() for wrong in guide.disagreements(who, each))
    evaluations = {who: each.evaluate for who, each in contenders.items() if each.evaluate}
    changes: dict[str, Run] = {
        who: partial(Bandwidths().run, each.change) for who, each in contenders.items() if each.change
    }
    print(f"{GUIDE}: {len(guide.workbook)} quantities")
    print("\n".join(wrap(f"Python {platform.python_version()}; {versions()}", 80)))
    evaluation = race(evaluations, ROUNDS)
    told("full evaluation", evaluation, missing)
    change = race(changes, ROUNDS)
    told("set the bandwidth, read TPOT", change, missing)
    by_name = [{timing.who: timing for timing in timings} for timings in (evaluation, change)]
    sys.exit(not close(marks(*by_name)))


if __name__ == "__main__":
    main()
