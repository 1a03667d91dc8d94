"""Sweeps of a real model, DeepSeek-V3 with all its operators: points a second, beside the floor of their memory."""

from __future__ import annotations

import sys
from functools import partial
from math import prod
from statistics import median
from typing import Any

import numpy as np
from contest import TOLERANCE, refuse
from floor import Floor
from race import Run, close, race, told

import roofsheet
from roofsheet.graph.engine.kernels.kernel import Kernel, compile_kernel, grid
from roofsheet.graph.engine.kernels.machine import is_there

REAL = "deepseek-v3-on-8-h200"
LINES = {"batch_size": (1, 256, 256), "context_length": (1000, 64000, 125), "prompt_length": (128, 4096, 25),
         "memory_bandwidth": (3, 8, 5)}  # fmt: skip
"""Axes: from, to, how many."""
OUTPUTS = ("tpot", "ttft", "decode_throughput")
HARDWARE = ["h200-sxm", "h100-sxm", "b200-sxm"]
SCATTERED = 1_000_000


class Real:
    """The model, a kernel in NumPy, and one in machine code where numba is installed."""

    def __init__(self) -> None:
        self.workbook = roofsheet.open(REAL)
        self.kernels = {"kernel": self.compiled(False)}
        if is_there():
            self.kernels["kernel with numba"] = self.compiled(True)

    def compiled(self, machine: bool) -> Kernel:
        return compile_kernel(self.workbook, OUTPUTS, [*LINES], machine=machine)

    def told(self, title: str, axes: dict[str, Any], rounds: int) -> None:
        """The table of one sweep; its first run compiles."""
        points = prod(np.broadcast_shapes(*(np.shape(each) for each in axes.values())))
        found = {who: kernel.run(axes) for who, kernel in self.kernels.items()}
        first = found["kernel"]
        refuse(
            f"{name} by {who}" for who, its in found.items() for name in OUTPUTS
            if not np.allclose(first[name], its[name], rtol=TOLERANCE, atol=0)
        )  # fmt: skip
        floor = Floor(axes.values(), (first[name] for name in OUTPUTS))
        del found, first  # results that are held keep kernels from using their memory again
        runs: dict[str, Run] = {who: partial(kernel.run, axes) for who, kernel in self.kernels.items()}
        timings = race({**runs, "memory, once": floor.run}, rounds, {})
        told(title, timings)
        speeds = ", ".join(f"{points / median(each.seconds):.3g} ({each.who})" for each in timings[:-1])
        print(f"  points a second: {speeds}")
        print(f"  the floor: {floor.bytes / 1e6:.1f} MB for {points:,} points, by {floor.threads} threads")


def main() -> None:
    real = Real()
    print(f"{REAL}: {len(real.workbook):,} quantities")
    lines: dict[str, Any] = {name: np.linspace(*ends) for name, ends in LINES.items()}
    real.told("a grid of 4,000,000 points", grid(lines), 11)
    chance = np.random.default_rng(1)
    scattered = {name: chance.uniform(low, high, SCATTERED) for name, (low, high, _) in LINES.items()}
    real.told("1,000,000 points of no order", scattered, 5)
    hardware: dict[str, Any] = {name: line for name, line in lines.items() if name != "memory_bandwidth"}
    hardware["hardware"] = HARDWARE
    points = prod(len(each) for each in hardware.values())
    loading = race({"Workbook.sweep": lambda: real.workbook.sweep(hardware, OUTPUTS)}, 3, {})
    told("3 accelerators, with loading", loading)
    print(f"  points a second: {points / median(loading[0].seconds):.3g}")
    sys.exit(not close([]))


if __name__ == "__main__":
    main()
