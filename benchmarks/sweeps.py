"""`roofsheet sweep` as a whole process: a hundred million points to Parquet, killed and resumed; a real model over
hardware; two Dask workers against one.

Memory is that of all processes together, pages that they share counted once.
"""

from __future__ import annotations

import filecmp
import json
import signal
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psutil
from contest import GUIDE
from race import Mark, close

REAL = "deepseek-v3-on-8-h200"
ROOFSHEET = [sys.executable, "-c", "from roofsheet.cli import main; main()"]
SIDE = 10_000
LOOK = 0.05  # seconds between two looks at the memory
MEGABYTE = 1e6
HALF = 100  # of the 200 parts that a hundred million points are

WHERE = "tpot < 30 ms and max_batch >= 8"
GUIDE_SWEEP = (
    "sweep", GUIDE, "--over", f"memory_bandwidth=lin(500 GB/s, 8000 GB/s, {SIDE})",
    "--over", f"sequence_length=lin(512, 131072, {SIDE})", "--get", "tpot,max_batch,decode_throughput",
)  # fmt: skip
REAL_SWEEP = (
    "sweep", REAL, "--over", "hardware=h200-sxm,h100-sxm,b200-sxm", "--over", "batch_size=1..256",
    "--over", "context_length=lin(1000, 64000, 250)", "--over", "prompt_length=lin(128, 4096, 100)",
    "--get", "tpot,ttft,decode_throughput",
)  # fmt: skip
REAL_POINTS = 3 * 256 * 250 * 100
LONG = 36  # times as many points for the cluster: what it takes to start is no part of the ratio that is promised


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: its seconds, and the most memory that it and those it started had together, in bytes."""

    seconds: float
    memory: float


def run(
    arguments: Sequence[str], folder: Path, killed_at: int = 0, parts: Path | None = None, look: bool = False
) -> Ran:
    """Run roofsheet in a folder; kill it, with nothing left to say, once there are `killed_at` files in `parts`.

    `look`: at its memory, which takes a good part of a processor.
    """
    start, most = monotonic(), 0.0
    with subprocess.Popen([*ROOFSHEET, *arguments], cwd=folder, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            if look:
                most = max(most, memory_of(process.pid))
            sleep(LOOK)
            if parts is not None and parts.is_dir() and len([*parts.glob("part-*")]) >= killed_at:
                process.send_signal(signal.SIGKILL)
                return Ran(monotonic() - start, most)
    if process.returncode:
        raise SystemExit(f"roofsheet {' '.join(arguments)} ended with {process.returncode}")
    return Ran(monotonic() - start, most)


def memory_of(pid: int) -> float:
    """Of a process and all that it started; pages that several share are counted once."""
    found = 0.0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return found
    for process in family:
        try:
            full = process.memory_full_info()
            found += getattr(full, "pss", full.rss)
        except psutil.Error:
            continue
    return found


def large(folder: Path) -> list[Mark]:
    """A hundred million points, kept where a condition holds; the same killed half way and resumed."""
    asked = (*GUIDE_SWEEP, "--where", WHERE)
    whole = run([*asked, "-o", "whole.parquet"], folder)
    seen = run([*asked, "-o", "seen.parquet"], folder, look=True)
    points = SIDE * SIDE
    print(f"\n{points:,} points of the guide to Parquet, those with {WHERE}")
    print(f"  {whole.seconds:.1f} s, {points / whole.seconds:.3g} points a second, {seen.memory / MEGABYTE:.0f} MB")
    parts = folder / "killed.parquet.parts"
    killed = run([*asked, "-o", "killed.parquet"], folder, HALF, parts, look=True)
    left = len([*parts.glob("part-*")])
    resumed = run([*asked, "-o", "killed.parquet", "--resume"], folder, look=True)
    same = filecmp.cmp(folder / "whole.parquet", folder / "killed.parquet", shallow=False)
    print(f"  killed after {killed.seconds:.1f} s with {left} parts done, resumed in {resumed.seconds:.1f} s: "
          f"{'the same file' if same else 'ANOTHER FILE'}")  # fmt: skip
    everything = run([*GUIDE_SWEEP, "-o", "all.parquet"], folder)
    memory = run([*GUIDE_SWEEP, "-o", "all.parquet"], folder, look=True).memory
    size = (folder / "all.parquet").stat().st_size
    print(f"  all of them: {everything.seconds:.1f} s, {points / everything.seconds:.3g} points a second, "
          f"{memory / MEGABYTE:.0f} MB, a file of {size / MEGABYTE:.0f} MB")  # fmt: skip
    most = max(memory, *(each.memory for each in (seen, killed, resumed))) / MEGABYTE
    return [
        Mark("1e8 points to a file: memory", "under 500 MB", f"{most:.0f} MB", most < 500),
        Mark("the same, killed and resumed", "the same file", "the same" if same else "another", same and left > 0),
    ]


def real(folder: Path) -> list[Mark]:
    """Three outputs of a real model over four axes, one of them hardware: start, loading and writing included."""
    ran = [run([*REAL_SWEEP, "-o", f"real-{number}.parquet"], folder) for number in range(3)]
    rate = REAL_POINTS / median(each.seconds for each in ran)
    print(f"\n{REAL_POINTS:,} points of {REAL} to Parquet: {rate:.3g} points a second, all included")
    return [Mark("DeepSeek-V3 over hardware, points a second", "at least 1e6", f"{rate:.2g}", rate >= 1e6)]


def cluster(folder: Path, rounds: int) -> list[Mark]:
    """The same on one Dask worker and on two, of one thread each, in turn."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for number in range(rounds):
        for workers in times:
            with dask(workers, folder) as address:
                asked = [*longer(REAL_SWEEP), "--where", "tpot < 20 ms", "--scheduler", address, "-o"]
                run([*REAL_SWEEP[:4], *SHORT, "--scheduler", address, "-o", f"warm-{number}-{workers}"], folder)
                times[workers].append(run([*asked, f"dask-{number}-{workers}"], folder).seconds)
    ratios = [one / two for one, two in zip(times[1], times[2], strict=True)]
    told = ", ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    print(f"\nDask, {LONG * REAL_POINTS:,} points of {REAL}, those with tpot < 20 ms")
    print(f"  one worker {median(times[1]):.1f} s, two {median(times[2]):.1f} s; ratios {told}")
    ratio = median(ratios)
    return [Mark("two Dask workers over one", "at least 1.7x", f"{ratio:.2f}x", ratio >= 1.7)]


def longer(sweep: Sequence[str]) -> list[str]:
    """The same with more prompt lengths."""
    return [each.replace("4096, 100)", f"4096, {LONG * 100})") for each in sweep]


SHORT = ("--over", "batch_size=1..4", "--get", "tpot,ttft,decode_throughput")


@contextmanager
def dask(workers: int, folder: Path) -> Generator[str]:
    """A cluster of so many workers of one thread: its address."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)

    def begun(command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    command = [sys.executable, "-m", "dask"]
    scheduler = [*command, "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    started = [begun(scheduler)]
    try:
        while not file.exists() or not file.read_text():
            sleep(LOOK)
        address: str = json.loads(file.read_text())["address"]
        worker = [*command, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        started += [begun([*worker, "--local-directory", str(folder)]) for _ in range(workers)]
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        marks = [*large(folder), *real(folder), *cluster(folder, 2)]
    sys.exit(not close(marks))


if __name__ == "__main__":
    main()
