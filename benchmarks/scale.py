"""The engine at scale: chains and random DAGs of a hundred to a million quantities, beside the same written by hand.

`scale.py [SIZE ...] [--chain]`. Each size is built in a process of its own. Its peak of memory is told before the hand
competes, which takes more to compile. Building is told in the process's own time, after the formulas are parsed;
evaluation as the middle of rounds in which all contenders run in turn, and as the middle of the ratios within rounds.
A million quantities take minutes and gigabytes, and are not among the sizes unless they are asked for.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import TypeVar

from made import ROOT, SIDE, Hand, Made, chain, random_dag
from race import Mark, Run, close, race, spelled, timed

from roofsheet.graph.engine.dag import build, check
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.garbage import uncollected

SIZES = ("1e2", "1e3", "1e4", "1e5")
BY_HAND = 200_000  # quantities; beyond, Python does not compile the hand's one function in a few gigabytes
ROUNDS = 15
MARKS = {"build and check": 4.0, "narrow change": 10e-6, "root change over the hand's": 1.5, "peak of memory": 400e6}
AT = 100_000  # quantities that the marks are for
Result = TypeVar("Result")


def spent(call: Callable[[], Result]) -> tuple[Result, float]:
    start = process_time()
    return call(), process_time() - start


def once(made: Made) -> dict[str, float]:
    """One DAG from declarations to values, in seconds and bytes."""
    told: dict[str, float] = {"quantities": len(made)}
    with uncollected():  # as files are loaded
        assembly, told["parse"] = spent(made.assembly)
    workbook, told["build and check"] = spent(lambda: Workbook(check(build(assembly))))
    last, told["first result"] = spent(lambda: workbook.number(made.last))
    assert math.isfinite(last)
    changes = Changes(workbook, made.last)
    loops = max(1, 20_000 // len(made))
    changes.root()  # remembers how wide it is
    told["root change, not compiled"] = median(timed(changes.root, 1) for _ in range(5))
    told["compile"] = spent(workbook.recompute)[1]
    told["root change"] = median(timed(changes.root, loops) for _ in range(ROUNDS))
    told["narrow change"] = median(timed(changes.narrow, 1000) for _ in range(ROUNDS))
    told["full"] = median(timed(workbook.recompute, loops) for _ in range(ROUNDS))
    told["peak of memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
    if len(made) <= BY_HAND:
        told |= beside_hand(made, workbook, changes, loops)
    told["pin"] = median(timed(changes.pin, 1) for _ in range(ROUNDS))
    return told


class Changes:
    """What happens to a workbook, and the last formula read after it."""

    def __init__(self, workbook: Workbook, last: str) -> None:
        self.workbook, self.last, self.step = workbook, last, 0
        self.middle = [name for name in workbook if workbook.definition(name).expr is not None][len(workbook) // 2]

    def root(self) -> float:
        return self._set(ROOT, 3.0)

    def narrow(self) -> float:
        return self._set(SIDE, 2.0)

    def pin(self) -> None:
        """A computed quantity pinned, and taken back."""
        self.workbook[self.middle] = "3 ms"
        del self.workbook[self.middle]

    def _set(self, name: str, value: float) -> float:
        self.step = (self.step + 1) % 1000
        self.workbook[name] = value + self.step / 1000
        return self.workbook.number(self.last)


def beside_hand(made: Made, workbook: Workbook, changes: Changes, loops: int) -> dict[str, float]:
    """The hand's times, and how many times its one function ours take. Errors: AssertionError if values differ."""
    hand = Hand(made)
    for name, value in made.inputs.items():
        workbook[name] = value
    workbook.recompute()
    hand.run_straight()
    wrong = [
        name for name, at in hand.positions.items()
        if not math.isclose(workbook.number(name) * 1e-3, hand.values[at], rel_tol=1e-12)
    ]  # fmt: skip
    assert not wrong, wrong[:5]
    hand.run_functions()
    runs: dict[str, Run] = {
        "one function": hand.run_straight, "functions": hand.run_functions,
        "full": workbook.recompute, "root change": changes.root,
    }  # fmt: skip
    timings = {each.who: each for each in race(runs, ROUNDS, dict.fromkeys(runs, loops))}
    return {
        "one function": median(timings["one function"].seconds),
        "functions": median(timings["functions"].seconds),
        "full over the hand's": median(timings["full"].within(timings["one function"])),
        "root change over the hand's": median(timings["root change"].within(timings["one function"])),
    }


COLUMNS = (
    "quantities", "parse", "build and check", "first result", "root change, not compiled", "compile", "full",
    "root change", "narrow change", "pin", "peak of memory", "one function", "functions", "full over the hand's",
    "root change over the hand's",
)  # fmt: skip


def said(column: str, told: dict[str, float]) -> str:
    if column not in told:
        return "-"
    value = told[column]
    match column:
        case "quantities":
            return f"{value:,.0f}"
        case "peak of memory":
            return f"{value / 1e6:,.0f} MB"
        case _:
            return f"{value:.2f}x" if "over" in column else spelled(value)


def main() -> None:
    make = chain if "--chain" in sys.argv else random_dag
    sizes = [int(float(each)) for each in sys.argv[1:] if each[0] != "-"]
    if "--once" in sys.argv:
        print(json.dumps(once(make(sizes[0]))))
        return
    found: list[dict[str, float]] = []
    for size in sizes or [int(float(each)) for each in SIZES]:
        command = [sys.executable, __file__, "--once", str(size), *(["--chain"] if make is chain else [])]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    title = "a chain" if make is chain else "a random DAG"
    print(f"\n{title}")
    for column in COLUMNS:
        print(f"  {column:28}" + "".join(f"{said(column, told):>10}" for told in found))
    sys.exit(not close(mark for told in found if round(told["quantities"], -2) == AT for mark in marks(title, told)))


SHORT = {"root change over the hand's": "root change, over hand"}


def marks(title: str, told: dict[str, float]) -> list[Mark]:
    """Whether what is told of the size that the marks are for reaches them; they are set for random DAGs."""
    if title != "a random DAG":
        return []
    return [
        Mark(f"1e5 quantities: {SHORT.get(name, name)}", f"at most {said(name, MARKS)}", said(name, told),
             told[name] <= limit)
        for name, limit in MARKS.items()
    ]  # fmt: skip


if __name__ == "__main__":
    main()
