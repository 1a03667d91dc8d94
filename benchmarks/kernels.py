"""A million what-ifs of the guide: kernels beside NumPy, numba, numexpr and peers, over a grid and over full arrays.

Every contender has the same four outputs from the same inputs, in declared units. Beside them stands the floor: the
inputs read and the outputs written once. What goes point by point is timed at few points, and scaled.

`kernels.py [grid | arrays]`: each in a process of its own, since what one frees makes the next one's NumPy faster.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import by_hand as plain
import memory
import numpy as np
import swept_by_hand as by_hand
from contest import GUIDE, INPUTS, OUTPUTS, TOLERANCE, Contender, Guide, refuse
from floor import Floor
from peers import formulas, gather, hamilton, modelx, numba, numexpr, pint, pycel
from race import Mark, Ratio, Run, Timing, at_most, close, race, recorded, told

import roofsheet
from roofsheet.graph.engine.kernels.kernel import compile_kernel, grid
from roofsheet.graph.engine.kernels.machine import is_there

SIDE = 1000
POINTS = SIDE * SIDE
ROUNDS = 31
NAIVE, HOISTED, FLOOR = "NumPy, naive", "NumPy, hoisted, with out=", "memory, once"
KERNEL, MACHINE = "roofsheet, kernel", "roofsheet, kernel with numba"
SINGLY: dict[str, Callable[..., Contender]] = {
    "pint, per operation": pint.point, "modelx": modelx.point, "Hamilton": hamilton.point, "pycel": pycel.point,
    "formulas": formulas.point,
}  # fmt: skip
Answer = Callable[[], Any]


class Sweep:
    """The guide with some of its inputs swept: contenders by name, each a call that gives OUTPUTS in their order."""

    def __init__(self, axes: Mapping[str, Any]) -> None:
        self.workbook = roofsheet.open(GUIDE)
        self.axes = axes
        shape = np.broadcast_shapes(*(np.shape(values) for values in axes.values()))
        numbers: dict[str, Any] = {name: self.workbook.number(name) for name in INPUTS}
        self.given: dict[str, Any] = {**numbers, **axes}
        self.full = {
            **numbers,
            **{name: np.ascontiguousarray(np.broadcast_to(each, shape)) for name, each in axes.items()},
        }
        self.runs: dict[str, Answer] = {NAIVE: lambda: by_hand.naive(**self.full)}
        self.runs |= {HOISTED: partial(by_hand.Hoisted().run, self.given), KERNEL: self.kernel(False)}
        if is_there():
            self.runs[MACHINE] = self.kernel(True)

    def kernel(self, machine: bool) -> Answer:
        kernel = compile_kernel(self.workbook, OUTPUTS, [*self.axes], machine=machine)

        def run() -> Any:
            found = kernel.run(self.axes)
            return tuple(found[name] for name in OUTPUTS)

        return run

    def public(self) -> Any:
        """By the public face, which compiles a kernel each time, and gives each output its whole shape."""
        lists = {name: values.ravel() for name, values in self.axes.items()}
        swept = self.workbook.sweep(lists, OUTPUTS, zip=len(lists) == len(INPUTS))
        return tuple(swept[name] for name in OUTPUTS)

    def peers(self, numba_by_hand: Callable[[], Callable[..., Any]]) -> dict[str, str]:
        """Adds those that are installed; returns why others are not."""
        found, missing = gather(self.makers(numba_by_hand).items())
        self.runs |= found
        return missing

    def makers(self, numba_by_hand: Callable[[], Callable[..., Any]]) -> dict[str, Callable[[], Answer]]:
        base = {name: each * self.workbook.definition(name).unit.scale for name, each in self.given.items()}
        return {
            "numba, by hand": lambda: partial(numba_by_hand(), **self.given),
            "numexpr": lambda: partial(numexpr.points(), self.given),
            "pint over arrays": lambda: partial(pint.points(), self.given),
            "modelx over arrays": lambda: self._declared(modelx.points(), base),
            "Hamilton over arrays": lambda: self._declared(hamilton.points(), base),
        }

    def _declared(self, run: Callable[[Mapping[str, Any], list[str]], Mapping[str, Any]], base: Any) -> Answer:
        """A peer that knows no units, fed in base units beforehand; its results still have to be converted."""
        scales = {name: self.workbook.definition(name).unit.scale for name in OUTPUTS}

        def answer() -> Any:
            found = run(base, [*OUTPUTS])
            return tuple(found[name] if scale == 1 else found[name] / scale for name, scale in scales.items())

        return answer

    def disagreements(self) -> list[str]:
        """Which contenders differ from the kernel in what; there is nothing to time while one does."""
        wanted = [np.array(each) for each in self.runs[KERNEL]()]
        return [
            f"{name} by {who}"
            for who, run in self.runs.items()
            for name, one, other in zip(OUTPUTS, wanted, run(), strict=True)
            if not np.allclose(one, other, rtol=TOLERANCE, atol=0)
        ]

    def floor(self) -> Floor:
        return Floor(self.axes.values(), self.runs[KERNEL]())


def two_axes() -> Sweep:
    """A million points; the four outputs depend on one or both of the axes."""
    axes = {"memory_bandwidth": np.linspace(1000, 8000, SIDE), "n_parameters": np.linspace(1e9, 40e9, SIDE)}
    return Sweep(grid(axes))


def full_arrays() -> Sweep:
    """Every input a full array of a million."""
    chance, workbook = np.random.default_rng(1), roofsheet.open(GUIDE)
    return Sweep({name: workbook.number(name) * chance.uniform(0.5, 1.5, POINTS) for name in INPUTS})


def raced(title: str, sweep: Sweep, numba_by_hand: Callable[[], Callable[..., Any]]) -> dict[str, Timing]:
    """The table of one sweep, and its timings by name."""
    missing = sweep.peers(numba_by_hand)
    refuse(sweep.disagreements())
    floor = sweep.floor()
    sweep.runs[FLOOR] = floor.run
    timings = race(sweep.runs, ROUNDS, {})
    told(title, timings, missing)
    print(f"  the floor: {floor.bytes / 1e6:.1f} MB read or written, by {floor.threads} threads")
    return {timing.who: timing for timing in timings}


def public(sweep: Sweep) -> None:
    """The table of the public face beside the kernel: few rounds, since a call may take seconds."""
    runs = {who: sweep.runs[who] for who in (NAIVE, KERNEL)}
    told("  same, by the public face", race({**runs, "Workbook.sweep": sweep.public}, 3, {}))


def kept(sweep: Sweep) -> dict[str, Timing]:
    """The same in a process that keeps its memory, which makes naive NumPy as quick as it can be."""
    if not memory.keep():
        return {}
    runs = {who: run for who, run in sweep.runs.items() if who in (NAIVE, HOISTED, KERNEL, MACHINE, FLOOR)}
    timings = race(runs, ROUNDS, {})
    told("  same, malloc keeping memory", timings)
    return {timing.who: timing for timing in timings}


def point_by_point(naive: Run) -> None:
    """What knows no arrays, or is used without: all formulas at one point, and a million times its time."""
    guide = Guide()
    given = guide.given
    contenders = {"plain Python": plain.plain(given), "roofsheet, `recompute`": guide.roofsheet()}
    peers, missing = gather((who, partial(make, given)) for who, make in SINGLY.items())
    contenders |= peers
    refuse(wrong for who, each in contenders.items() for wrong in guide.disagreements(who, each))
    runs = {NAIVE: naive} | {who: each.evaluate for who, each in contenders.items() if each.evaluate}
    first, *others = race(runs, ROUNDS)
    told("1M points one by one, scaled", [first, *(timing.of(POINTS) for timing in others)], missing)


def grid_marks() -> list[Mark]:
    sweep = two_axes()
    timings = raced("1000 x 1000 points, two axes", sweep, numba.over_grid)
    public(sweep)
    point_by_point(sweep.runs[NAIVE])
    quiet = kept(sweep)
    return [
        at_most("1M points, two axes, over naive NumPy", 0.6, over(timings, KERNEL)),
        at_most("  with numba", 0.3, over(timings, MACHINE)),
        *for_the_record(quiet),
    ]


def arrays_marks() -> list[Mark]:
    sweep = full_arrays()
    timings = raced("1M points, every input an array", sweep, numba.over_arrays)
    public(sweep)
    quiet = kept(sweep)
    return [
        at_most("1M points, all arrays, over naive NumPy", 0.5, over(timings, KERNEL)),
        at_most("  with numba", 0.5, over(timings, MACHINE)),
        *for_the_record(quiet),
    ]


def over(timings: Mapping[str, Timing], who: str) -> Ratio | None:
    return timings[who].over(timings[NAIVE]) if who in timings else None


def for_the_record(timings: Mapping[str, Timing]) -> list[Mark]:
    """What no mark was set for."""
    found = {"  where malloc keeps memory": over(timings, KERNEL), "    with numba": over(timings, MACHINE)}
    return [recorded(about, max(ratio)) for about, ratio in found.items() if ratio]


PARTS = {"grid": grid_marks, "arrays": arrays_marks}


def main() -> None:
    if len(sys.argv) == 2:
        sys.exit(not close(PARTS[sys.argv[1]]()))
    done = [subprocess.run([sys.executable, __file__, part], check=False).returncode for part in PARTS]
    sys.exit(any(done))


if __name__ == "__main__":
    main()
