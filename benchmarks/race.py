"""Races: contenders timed in turn within every round, told as ratios with their spread, and the marks held to them.

What slows the machine slows all contenders of a round, so a ratio is taken within its round. Shown are medians, the
quarters between which the middle half of the rounds lies, the ratio of the quickest rounds, and that of processor time,
all threads and processes together. A busy machine slows most who asks it for memory, NumPy's temporaries above all;
so a mark is held to the worst of the three.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import NamedTuple

Run = Callable[[], object]
TURN = 2e-4  # seconds that a contender is timed at a stretch, if one run takes less: short turns are rarely disturbed
MARKS = "ROOFSHEET_MARKS"  # names the file in which a script's marks are gathered, when it is one of several


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one contender in each round: by the clock, and of processors."""

    who: str
    seconds: list[float]
    processor: list[float]

    def over(self, other: Timing) -> Ratio:
        """How many times the other's time it takes."""
        within = self.within(other)
        processor = median(one / its for one, its in zip(self.processor, other.processor, strict=True))
        return Ratio(median(within), min(self.seconds) / min(other.seconds), processor)

    def within(self, other: Timing) -> list[float]:
        """The ratio in each round."""
        return [one / its for one, its in zip(self.seconds, other.seconds, strict=True)]

    def of(self, count: int) -> Timing:
        """The time of so many runs, from the time of one."""
        return Timing(self.who, [count * one for one in self.seconds], [count * one for one in self.processor])


class Ratio(NamedTuple):
    """Of two contenders' times: the medians within rounds, and of each one's quickest round."""

    middle: float
    quickest: float
    processor: float


def race(
    runs: Mapping[str, Run], rounds: int, loops: Mapping[str, int] | None = None, warm: bool = True
) -> list[Timing]:
    """Every contender in every round, `loops` times each, once where it names none.

    Without `loops`, as often as fits a turn. `warm`: each has a run before its turn, which brings its data back to the
    caches, and its memory back from the system.
    """
    gc.collect()
    gc.freeze()  # or who makes objects pays for looking at those of all contenders: pint took a third longer
    loops = loops if loops is not None else {who: loops_of(run) for who, run in runs.items()}
    found = {who: Timing(who, [], []) for who in runs}
    for _ in range(rounds):
        for who, run in runs.items():
            seconds, processor = clocked(run, loops.get(who, 1), warm)
            found[who].seconds.append(seconds)
            found[who].processor.append(processor)
    return [*found.values()]


def loops_of(run: Run) -> int:
    """How often a run fits a turn; the runs before it is told also warm what is cached."""
    seconds = min(timed(run, 1) for _ in range(3))
    return max(1, ceil(TURN / seconds)) if seconds < TURN else 1


def timed(run: Run, loops: int) -> float:
    """Seconds of one of `loops` runs, by the clock; where there are several, after one that warms the caches."""
    return clocked(run, loops, loops > 1)[0]


def clocked(run: Run, loops: int, warm: bool) -> tuple[float, float]:
    """Seconds of one of `loops` runs, by the clock and of processors."""
    if warm:
        run()
    processor, start = spent(), perf_counter()
    for _ in range(loops):
        run()
    seconds = perf_counter() - start
    return seconds / loops, max(spent() - processor, 1e-9) / loops


def spent() -> float:
    """Seconds of processors that this process and those it waited for took."""
    children = getrusage(RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def told(title: str, timings: Sequence[Timing], missing: Mapping[str, str] | None = None) -> None:
    """A table; `missing`: contenders that there are no times of, and why."""
    print(f"\n{title:32}{'time':>9}{'ratio':>8}{'middle half':>15}{'quickest':>9}{'cpu':>7}")
    for timing in timings:
        low, _, high = quantiles(timing.within(timings[0]), n=4)
        time, ratio, spread = spelled(median(timing.seconds)), timing.over(timings[0]), f"{times(low)}-{times(high)}"
        ratios = f"{times(ratio.middle):>8}{spread:>15}{times(ratio.quickest):>9}{times(ratio.processor):>7}"
        print(f"  {timing.who:30}{time:>9}{ratios}", flush=True)
    for who, why in (missing or {}).items():
        print(f"  {who:30}  {why}")


def times(ratio: float) -> str:
    """A ratio to two digits after the point, or whole, or with an exponent."""
    if ratio < 9.995:
        return f"{ratio:.2f}"
    return f"{ratio:,.0f}" if ratio < 1e5 else f"{ratio:.1e}".replace("e+0", "e")


def spelled(seconds: float) -> str:
    for unit, scale in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if seconds < 999.5 * scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds:.3g} s" if seconds < 999.5 else f"{seconds:,.0f} s"


# -- marks -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What was promised of a measurement, in words, and whether it was reached; None: not measured, or not promised."""

    about: str
    wanted: str
    measured: str
    reached: bool | None


def at_most(about: str, limit: float, measured: Ratio | None) -> Mark:
    """A mark that a ratio is not to pass."""
    wanted = f"at most {limit:g}x"
    if measured is None:
        return Mark(about, wanted, "-", None)
    worst = max(measured)
    return Mark(about, wanted, f"{times(worst)}x", worst <= limit)


def at_least(about: str, limit: float, measured: Ratio | None) -> Mark:
    """A mark that a ratio is to reach."""
    wanted = f"at least {limit:g}x"
    if measured is None:
        return Mark(about, wanted, "-", None)
    worst = min(measured)
    return Mark(about, wanted, f"{times(worst)}x", worst >= limit)


def recorded(about: str, measured: float) -> Mark:
    """A ratio that no mark was set for."""
    return Mark(about, "-", f"{times(measured)}x", None)


def summary(marks: Iterable[Mark]) -> bool:
    """The marks as a table. Returns whether all that were measured were reached."""
    held = [*marks]
    if not held:
        return True
    print(f"\n{'mark':42}{'wanted':>14}{'measured':>15}  reached")
    for mark in held:
        reached = {True: "yes", False: "NO", None: "-"}[mark.reached]
        print(f"  {mark.about:40}{mark.wanted:>14}{mark.measured:>15}  {reached}", flush=True)
    return all(mark.reached is not False for mark in held)


def close(marks: Iterable[Mark]) -> bool:
    """A script's last words: its marks told, or handed on to who called it with several others."""
    path = os.environ.get(MARKS)
    if path is None:
        return summary(marks)
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(mark)) + "\n" for mark in marks)
    return True


def gathered(path: Path) -> list[Mark]:
    """What the scripts handed on."""
    return [Mark(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
