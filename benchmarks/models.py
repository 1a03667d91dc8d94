"""How long a real model takes: reading its files, building and checking its DAG, compiling it, one full evaluation.

Each in a process of its own, after imports, and in milliseconds of that process's time; the middle of several. The
marks are what the largest shipped scenario is held to.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import TypeVar

from race import Mark, close

from roofsheet.graph.engine import dag as dags
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.scenarios import bundled, loading

ROUNDS = 3
WIDE = 7
MARKS = {"build and check": 150.0, "evaluate": 1.0}
Result = TypeVar("Result")


def timed(call: Callable[[], Result]) -> tuple[Result, float]:
    start = process_time()
    return call(), 1000 * (process_time() - start)


def once(name: str) -> dict[str, float]:
    """One scenario from nothing; its largest part is told apart by taking the time of `build` off that of the whole."""
    spent: dict[str, float] = {}
    build = dags.build

    def watched(assembly: loading.Assembly) -> dags.Dag:
        made, spent["build and check"] = timed(lambda: build(assembly))
        return made

    loading.build = watched
    loaded, whole = timed(lambda: loading.load(name))
    assert loaded.workbook is not None
    spent["quantities"] = len(loaded.workbook)
    spent["read, bind and compile"] = whole - spent["build and check"]
    spent["first result"] = timed(lambda: Workbook.number(loaded.workbook, "tpot"))[1]  # type: ignore[arg-type]
    loaded.workbook.recompute()  # compiles the straight function, once
    spent["evaluate"] = min(timed(loaded.workbook.recompute)[1] for _ in range(50))
    return spent


def rounds(name: str) -> list[dict[str, float]]:
    command = [sys.executable, __file__, "--once", name]
    return [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(ROUNDS)]


COLUMNS = {"quantities": "quantities", "read, bind and compile": "read", "build and check": "check",
           "first result": "first", "evaluate": "full"}  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(once(sys.argv[2])))
        return
    names = sys.argv[1:] or [name for name in bundled("scenario") if "/" not in name and "guide" not in name]
    heads = "".join(f"{head:>{WIDE}}" for head in [*COLUMNS.values()][1:])
    print(f"\n{'milliseconds':40}{'quantities':>10}{heads}")
    worst = dict.fromkeys(MARKS, 0.0)
    for name in names:
        found = rounds(name)
        middle = {column: median(each[column] for each in found) for column in COLUMNS}
        numbers = "".join(f"{middle[column]:>{WIDE}.2f}" for column in [*COLUMNS][1:])
        print(f"  {name:38}{middle['quantities']:>10,.0f}{numbers}", flush=True)
        worst = {column: max(most, middle[column]) for column, most in worst.items()}
    sys.exit(not close(
        Mark(f"any model: {column}", f"at most {MARKS[column]:g} ms", f"{most:.3g} ms", most <= MARKS[column])
        for column, most in worst.items()
    ))  # fmt: skip


if __name__ == "__main__":
    main()
