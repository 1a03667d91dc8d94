"""Kernels beside NumPy as one writes it by hand: the guide over a grid and over full arrays, and a real model.

All contenders run in turn in every round; a ratio is taken within its round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import prod
from statistics import median
from typing import Any

import numpy as np
from guide import GUIDE, race, told

import roofsheet
from roofsheet.graph.engine.kernels.kernel import compile_kernel, grid
from roofsheet.graph.engine.kernels.machine import is_there

REAL = "deepseek-v3-on-8-h200"
OUTPUTS = ("max_batch", "tpot", "decode_throughput", "ttft")
SIDE = 1000
Run = Callable[[], object]


def naive(
    peak_compute: Any, memory_bandwidth: Any, memory_capacity: Any, n_parameters: Any, bytes_per_parameter: Any,
    n_layers: Any, n_heads: Any, head_dim: Any, cache_element_bytes: Any, sequence_length: Any, prompt_length: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """OUTPUTS and nothing else, from and to declared units as the kernel; a number or an array for each input."""
    peak_compute = peak_compute * 1e12
    memory_bandwidth = memory_bandwidth * 1e9
    memory_capacity = memory_capacity * 1e9
    weights = n_parameters * bytes_per_parameter
    spare = memory_capacity - weights
    cache = 2.0 * n_layers * n_heads * head_dim * cache_element_bytes
    batch = np.floor(spare / (cache * sequence_length))
    tpot = weights / memory_bandwidth
    throughput = 1.0 / tpot
    ttft = prompt_length * 2.0 * n_parameters / peak_compute
    return batch, tpot * 1e3, throughput, ttft * 1e3


INPUTS = naive.__code__.co_varnames[: naive.__code__.co_argcount]


class Guide:
    """The guide's inputs, with some of them swept; in declared units."""

    def __init__(self, axes: Mapping[str, Any]) -> None:
        self.workbook = roofsheet.open(GUIDE)
        self.axes = axes
        self.kernels = {"kernel": compile_kernel(self.workbook, OUTPUTS, [*axes], machine=False)}
        if is_there():
            self.kernels["kernel, numba"] = compile_kernel(self.workbook, OUTPUTS, [*axes], machine=True)
        shape = np.broadcast_shapes(*(np.shape(values) for values in axes.values()))
        self.naive: dict[str, Any] = {}
        for name in INPUTS:
            given = axes.get(name)
            if given is None:
                self.naive[name] = self.workbook.number(name)
            else:
                self.naive[name] = np.ascontiguousarray(np.broadcast_to(given, shape))

    def runs(self) -> dict[str, Run]:
        ours = {who: partial(kernel.run, self.axes) for who, kernel in self.kernels.items()}
        return {"NumPy, naive": lambda: naive(**self.naive), **ours}

    def check(self) -> None:
        """Errors: AssertionError where the two do not agree; there is nothing to time then."""
        for kernel in self.kernels.values():
            found = kernel.run(self.axes)
            for name, wanted in zip(OUTPUTS, naive(**self.naive), strict=True):
                np.testing.assert_allclose(np.broadcast_to(found[name], np.shape(wanted)), wanted, rtol=1e-12)


def two_axes() -> Guide:
    """A million points; the four outputs depend on one or both of the axes."""
    axes = {"memory_bandwidth": np.linspace(1000, 8000, SIDE), "n_parameters": np.linspace(1e9, 40e9, SIDE)}
    return Guide(grid(axes))


def full_arrays() -> Guide:
    """Every input a full array of a million."""
    chance, workbook = np.random.default_rng(1), roofsheet.open(GUIDE)
    return Guide({name: workbook.number(name) * chance.uniform(0.5, 1.5, SIDE * SIDE) for name in INPUTS})


AXES = {"batch_size": (1, 256), "context_length": (1000, 64000), "prompt_length": (128, 4096),
        "memory_bandwidth": (3, 8)}  # fmt: skip
ASKED = ("tpot", "ttft", "decode_throughput")


def real_model() -> None:
    """Three outputs of a real model over four axes: as a grid, one axis of it hardware, and at points of no order."""
    workbook = roofsheet.open(REAL)
    sizes = dict(zip(AXES, (256, 125, 25, 5), strict=True))
    lines = {name: np.linspace(*ends, sizes[name]) for name, ends in AXES.items()}
    points = prod(sizes.values())
    kernel = compile_kernel(workbook, ASKED, [*AXES])
    shown(f"{REAL}, a grid", points, partial(kernel.run, grid(lines)), 11)
    hardware: dict[str, Any] = {name: line for name, line in lines.items() if name != "memory_bandwidth"}
    hardware["hardware"] = ["h200-sxm", "h100-sxm", "b200-sxm"]
    swept = prod(len(values) for values in hardware.values())
    shown("with hardware, loading included", swept, lambda: workbook.sweep(hardware, ASKED), 3)
    chance = np.random.default_rng(1)
    scattered = {name: chance.uniform(*ends, SIDE * SIDE) for name, ends in AXES.items()}
    shown("points of no order", SIDE * SIDE, partial(kernel.run, scattered), 5)
    if is_there():
        compiled = compile_kernel(workbook, ASKED, [*AXES], machine=True)
        compiled.run(scattered)
        shown("and with numba, once compiled", SIDE * SIDE, partial(compiled.run, scattered), 5)


def shown(title: str, points: int, run: Run, rounds: int) -> None:
    timings = race({f"kernel, {points:,} points": run}, rounds)
    told(title, timings)
    print(f"  {points / median(timings[0].seconds):.3g} points a second")


def main() -> None:
    ratios: dict[str, list[float]] = {}
    for title, guide in (("guide, 1000 x 1000 points", two_axes()), ("guide, every input an array", full_arrays())):
        guide.check()
        timings = race(guide.runs(), 31)
        told(title, timings)
        ratios[title] = [median(timing.ratios) for timing in timings[1:]]
    real_model()
    grids, arrays = ratios.values()
    print("\naims")
    print(f"  over two axes at most 0.6x of naive NumPy              {grids[0]:.2f}x")
    if len(grids) > 1:
        print(f"  and with numba at most 0.3x                            {grids[1]:.2f}x")
    print(f"  every input a full array: at most 0.5x                 {', '.join(f'{each:.2f}x' for each in arrays)}")


if __name__ == "__main__":
    main()
