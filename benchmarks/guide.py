"""The guide's DAG four ways: by roofsheet, by plain Python, by hand-written NumPy and by pint per operation.

All contenders run in turn in every round, so that what slows the machine slows them all; a ratio is taken within its
round. Shown are medians, and the quarters between which the middle half of the rounds lies.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, cast

import numpy as np

import roofsheet
from roofsheet.units import Quantity, from_pint, registry, to_pint

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
INPUTS = (
    "peak_compute", "memory_bandwidth", "memory_capacity", "n_parameters", "bytes_per_parameter", "n_layers",
    "n_heads", "head_dim", "cache_element_bytes", "sequence_length", "prompt_length",
)  # fmt: skip
RESULTS = (
    "n_kv_heads", "hidden_size", "ops_to_byte", "attention_ops", "attention_traffic", "arithmetic_intensity",
    "weight_bytes", "spare_memory", "kv_bytes_per_token", "max_batch", "tpot", "decode_throughput", "ttft",
)  # fmt: skip
Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Constants:
    """The numbers with a unit that stand in formulas; plain numbers, or pint's quantities."""

    ops_per_pair: Any
    bytes_per_pair: Any
    key_and_value: Any
    one_token: Any
    one_sequence: Any
    ops_per_parameter: Any


PLAIN = Constants(4.0, 8.0, 2.0, 1.0, 1.0, 2.0)


def estimate(
    constants: Constants, whole: Callable[[Any], Any], compute: Any, bandwidth: Any, capacity: Any, parameters: Any,
    parameter_bytes: Any, layers: Any, heads: Any, head_dim: Any, element_bytes: Any, length: Any, prompt: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """RESULTS and the bottleneck, for any numbers that can be multiplied; plain numbers are in base units."""
    kv_heads = heads
    hidden = heads * head_dim
    ops_to_byte = compute / bandwidth
    ops = constants.ops_per_pair * length**2 * head_dim
    traffic = constants.bytes_per_pair * length**2
    intensity = ops / traffic
    bottleneck = "memory" if intensity < ops_to_byte else "compute"
    weights = parameters * parameter_bytes
    spare = capacity - weights
    cache = constants.key_and_value * layers * kv_heads * head_dim * element_bytes
    batch = whole(spare / (cache * length))
    tpot = weights / bandwidth
    throughput = constants.one_token / tpot
    ttft = constants.one_sequence * prompt * constants.ops_per_parameter * parameters / compute
    return (kv_heads, hidden, ops_to_byte, ops, traffic, intensity, weights, spare, cache, batch,
            tpot, throughput, ttft, bottleneck)  # fmt: skip


def plain_estimate(
    compute: float, bandwidth: float, capacity: float, parameters: float, parameter_bytes: float, layers: float,
    heads: float, head_dim: float, element_bytes: float, length: float, prompt: float,
) -> tuple[Any, ...]:  # fmt: skip
    """The same as one would write it who knows that it is about floats."""
    kv_heads = heads
    hidden = heads * head_dim
    ops_to_byte = compute / bandwidth
    ops = 4.0 * length**2 * head_dim
    traffic = 8.0 * length**2
    intensity = ops / traffic
    bottleneck = "memory" if intensity < ops_to_byte else "compute"
    weights = parameters * parameter_bytes
    spare = capacity - weights
    cache = 2.0 * layers * kv_heads * head_dim * element_bytes
    batch = math.floor(spare / (cache * length))
    tpot = weights / bandwidth
    throughput = 1.0 / tpot
    ttft = prompt * 2.0 * parameters / compute
    return (kv_heads, hidden, ops_to_byte, ops, traffic, intensity, weights, spare, cache, batch,
            tpot, throughput, ttft, bottleneck)  # fmt: skip


def pint_constants() -> Constants:
    unit = registry()
    return Constants(
        4.0 * unit("FLOP/pair").units, 8.0 * unit("byte/pair/head").units, 2.0 * unit("1/token/layer").units,
        1.0 * unit.token, 1.0 * unit.sequence, 2.0 * unit("FLOP/parameter/token").units,
    )  # fmt: skip


def pint_whole(count: Any) -> Any:
    """Rounded down, in the unit that it is counted in."""
    counted = count.to_root_units()
    return registry().Quantity(math.floor(counted.magnitude), counted.units)


class Contest:
    """The four contenders, on the guide's inputs."""

    def __init__(self) -> None:
        workbook = self.workbook = roofsheet.open(GUIDE)
        self.units = {name: workbook.definition(name).unit for name in (*INPUTS, *RESULTS)}
        self.base = [workbook.number(name) * self.units[name].scale for name in INPUTS]
        self.arrays = [np.array([value]) for value in self.base]
        self.quantities = [to_pint(workbook.number(name), self.units[name]) for name in INPUTS]
        self.constants = pint_constants()
        self.step = 0

    def evaluations(self) -> Mapping[str, Run]:
        """The full evaluation of all formulas."""
        return {
            "plain Python": lambda: plain_estimate(*self.base),
            "roofsheet": self.workbook.recompute,
            "NumPy": lambda: estimate(PLAIN, np.floor, *self.arrays),
            "pint": lambda: estimate(self.constants, pint_whole, *self.quantities),
        }

    def changes(self) -> Mapping[str, Run]:
        """The bandwidth set to another number, and the TPOT read."""
        workbook, weights, unit = self.workbook, self.base[3] * self.base[4], self.units["memory_bandwidth"]
        weights_array, weights_quantity = np.array([weights]), self.quantities[3] * self.quantities[4]

        milliseconds = registry().Unit("ms")  # held: a look-up by text would cost pint ten times the division

        def roofsheet() -> float:
            workbook["memory_bandwidth"] = self.next_bandwidth()
            return workbook.number("tpot")

        return {
            "plain Python": lambda: weights / self.next_bandwidth() / 1e6,
            "roofsheet": roofsheet,
            "NumPy": lambda: weights_array / np.array([self.next_bandwidth()]) / 1e6,
            "pint": lambda: (weights_quantity / to_pint(self.next_bandwidth(), unit)).to(milliseconds),
        }

    def next_bandwidth(self) -> float:
        """Another number every time: an equal one would change nothing."""
        self.step = (self.step + 1) % 1000
        return 1790.0 + self.step

    def disagreements(self) -> list[str]:
        """The results in which a contender differs from roofsheet; there is nothing to time while there are any."""
        wanted = [self.workbook.number(name) * self.units[name].scale for name in RESULTS]
        wrong: list[str] = []
        for who, run in self.evaluations().items():
            results = cast(tuple[Any, ...] | None, run())
            if results is not None:  # roofsheet keeps its own
                pairs = zip(RESULTS, wanted, map(in_base, results), strict=False)
                wrong += [
                    f"{name} by {who}" for name, one, other in pairs if not math.isclose(one, other, rel_tol=1e-12)
                ]
                wrong += [f"bottleneck by {who}"] if results[-1] != self.workbook.word("bottleneck") else []
        return wrong


def in_base(result: Any) -> float:
    """A contender's number in base units."""
    match result:
        case Quantity():
            return from_pint(result)[0]
        case np.ndarray():
            return float(result.item())
        case _:
            return float(result)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one contender in each round, and how many times the first contender's they are."""

    who: str
    seconds: list[float]
    ratios: list[float]


def race(runs: Mapping[str, Run], rounds: int, loops: Mapping[str, int] | None = None) -> list[Timing]:
    """Every contender in every round, `loops` times each; ratios are to the first contender."""
    times: dict[str, list[float]] = {who: [] for who in runs}
    for _ in range(rounds):
        for who, run in runs.items():
            times[who].append(timed(run, (loops or {}).get(who, 1)))
    first = times[next(iter(runs))]
    return [
        Timing(who, each, [one / other for one, other in zip(each, first, strict=True)]) for who, each in times.items()
    ]


def timed(run: Run, loops: int) -> float:
    start = perf_counter()
    for _ in range(loops):
        run()
    return (perf_counter() - start) / loops


def told(title: str, timings: Iterable[Timing]) -> None:
    print(f"\n{title:32}{'time':>12}{'ratio':>10}{'middle half':>22}")
    for timing in timings:
        low, middle, high = quantiles(timing.ratios, n=4)
        time, spread = spelled(median(timing.seconds)), f"{low:.2f} to {high:.2f}"
        print(f"  {timing.who:30}{time:>12}{middle:>9.2f}x{spread:>22}")


def spelled(seconds: float) -> str:
    for unit, scale in (("us", 1e-6), ("ms", 1e-3)):
        if seconds < 1000 * scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds:.3g} s"


def whole_processes(rounds: int) -> list[Timing]:
    """`roofsheet show` beside the imports that it cannot do without, both with their bytecode at hand."""
    script = "from roofsheet.cli import main; main()"
    commands = {"import pint, networkx, yaml": ["-c", "import pint, networkx, yaml"],
                "roofsheet show": ["-c", script, "show", GUIDE]}  # fmt: skip
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        run = partial(subprocess.run, check=True, capture_output=True, env=environment)
        processes = {who: partial(run, [sys.executable, *command]) for who, command in commands.items()}
        race(processes, 1)  # writes the bytecode
        return race(processes, rounds)


def main() -> None:
    contest = Contest()
    wrong = contest.disagreements()
    if wrong:
        raise SystemExit(f"the contenders do not agree: {', '.join(wrong)}")
    print(f"{GUIDE}: {len(contest.workbook)} quantities")
    loops = {"plain Python": 300, "roofsheet": 100, "NumPy": 30, "pint": 3}  # short turns: few are disturbed
    evaluation = race(contest.evaluations(), 300, loops)
    told("full evaluation", evaluation)
    change = race(contest.changes(), 300, loops)
    told("set the bandwidth, read TPOT", change)
    told("load: YAML to checked workbook", race({"roofsheet": lambda: roofsheet.open(GUIDE)}, 20))
    shown = whole_processes(11)
    told("whole process", shown)
    ours, pint = median(evaluation[1].ratios), median(evaluation[3].ratios)
    print(f"""
aims
  full evaluation within 2x of plain Python      {ours:.2f}x
  and 10x ahead of pint per operation            {pint / ours:.0f}x
  set and read within 3 us                       {spelled(median(change[1].seconds))}
  show within 1.3x of its imports                {median(shown[1].ratios):.2f}x""")


if __name__ == "__main__":
    main()
