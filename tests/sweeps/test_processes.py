"""Sweeps in real processes: killed, interrupted, on a cluster; the bytes are those of a sweep that nothing befell."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from roofsheet.problems import InvalidInput
from roofsheet.sweeps import cluster as sweeps_cluster
from roofsheet.sweeps.running import gather
from roofsheet.sweeps.work import Work

from .made import asked, planned, read, write_scenario, written

COMMAND = [str(Path(sys.executable).with_name("roofsheet")), "sweep", "small.yaml"]
LARGE = ["--over", "batch=1..14", "--over", "load=lin(1 GB, 9 GB, 262145)", "--get", "time,share"]  # 14 parts
LONGEST = 60  # seconds: a hang, and no busy machine


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    write_scenario(tmp_path)
    monkeypatch.chdir(tmp_path)


def begun(*more: str) -> subprocess.Popen[str]:
    """The command in a process group of its own, as a terminal's."""
    return subprocess.Popen(
        [*COMMAND, *LARGE, *more], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, errors = process.communicate(timeout=LONGEST)
    return process.returncode, out + errors


def waited_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def parts(folder: str = "out.parquet.parts") -> list[Path]:
    return sorted(Path(folder).glob("part-*"))


def children(of: int) -> list[int]:
    """Processes of the pool, youngest last."""
    found = Path(f"/proc/{of}/task/{of}/children").read_text().split()
    return [pid for pid in map(int, found) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes as Linux tells them")
def test_killed_interrupted_and_resumed_it_is_byte_for_byte_the_unbroken_one():
    assert ended(begun("-o", "whole.parquet", "--jobs", "1"))[0] == 0

    killed = begun("-o", "out.parquet", "--jobs", "2")
    waited_for(lambda: bool(parts()))
    pool = children(killed.pid)
    killed.kill()  # by itself: those that it started have to find out
    ended(killed)
    waited_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pool))
    assert not Path("out.parquet").exists()
    done = len(parts())
    assert 0 < done < 14

    interrupted = begun("-o", "out.parquet", "--jobs", "2", "--resume")
    waited_for(lambda: len(parts()) > done)
    os.killpg(interrupted.pid, signal.SIGINT)
    code, told = ended(interrupted)
    assert (code, told.strip()) == (
        130,
        "interrupted: 'out.parquet.parts' has what is done; the same with --resume goes on",
    )

    broken = begun("-o", "out.parquet", "--jobs", "2", "--resume")
    waited_for(lambda: len(children(broken.pid)) == 2)
    os.kill(children(broken.pid)[0], signal.SIGKILL)  # a worker: its part is done again
    code, told = ended(broken)
    assert code == 0, told
    assert "3,670,030 points" in told
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    assert sorted(path.name for path in Path().iterdir() if path.suffix != ".yaml") == ["out.parquet", "whole.parquet"]


def test_interrupted_before_anything_is_done_it_leaves_nothing():
    process = begun("-o", "out.parquet", "--jobs", "2")
    waited_for(lambda: Path("out.parquet.parts/_sweep.json").exists())
    os.killpg(process.pid, signal.SIGINT)  # while the pool's processes are being started
    code, told = ended(process)
    assert code == 130
    assert "Traceback" not in told
    if "nothing was done" in told:
        assert not Path("out.parquet.parts").exists()


# -- a cluster -----------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Cluster(NamedTuple):
    address: str
    workers: list[subprocess.Popen[bytes]]
    scheduler: subprocess.Popen[bytes]


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    """A scheduler's address, and two workers in another folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    address = f"tcp://127.0.0.1:{free_port()}"

    def started(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=elsewhere, stdout=quiet, stderr=quiet, start_new_session=True)

    running = [started("scheduler", "--host", address, "--no-dashboard", "--no-show")]
    running += [started("worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard") for _ in range(2)]
    try:
        yield Cluster(address, running[1:], running[0])
    finally:
        for process in running:
            process.kill()
            process.wait()


def test_on_a_cluster_a_lost_worker_loses_nothing(cluster):
    """The scenario's files are on this side alone: the workers look from another folder."""
    address, workers = cluster.address, cluster.workers
    begun_on = begun("-o", "out", "--scheduler", address)
    waited_for(lambda: len(parts("out")) > 1 or begun_on.poll() is not None)
    assert len(parts("out")) < 14
    workers[0].kill()
    code, told = ended(begun_on)
    assert code == 0, told
    assert "out: 3,670,030 rows of 5 columns in 14 parts" in told
    assert ended(begun("-o", "whole", "--jobs", "1"))[0] == 0
    assert [path.read_bytes() for path in parts("out")] == [path.read_bytes() for path in parts("whole")]

    best = [*COMMAND, "--over", "batch=3..9", "--best", "share", "--top", "2", "--get", "time"]
    here, there = (
        subprocess.run([*best, *more], text=True, capture_output=True, timeout=LONGEST, check=True).stdout
        for more in ((), ("--scheduler", address))
    )
    assert here == there
    refused = subprocess.run(
        [*best, "--over", "load=1 GB", "--set", "format=fp9", "--scheduler", address],
        text=True, capture_output=True, timeout=LONGEST, check=False,
    )  # fmt: skip
    assert (refused.returncode, "fp9" in refused.stderr) == (2, True)


def test_a_scheduler_that_is_gone_is_told_in_a_line(cluster):
    address = cluster.address
    process = begun("-o", "out", "--scheduler", address)
    waited_for(lambda: len(parts("out")) > 1)
    cluster.scheduler.kill()
    code, told = ended(process)
    hint = "      hint      --resume goes on with what is done, where there is a file"
    assert (code, told) == (2, f"error[cluster]: the Dask scheduler at {address} is gone\n{hint}\n")


def test_where_nobody_listens_there_is_no_cluster(monkeypatch):
    monkeypatch.setattr(sweeps_cluster, "CONNECT", 0.3)
    request = asked("small.yaml", {"batch": "1..9"})
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(InvalidInput, match=f"there is no Dask scheduler at {address}"):
        gather(planned(request), Work("show"), [0], scheduler=address)


def test_two_processes_do_what_one_does(tmp_path):
    request = asked("small.yaml", {"hardware": "./one.yaml, ./none.yaml, ./two.yaml", "batch": "0..40"}, part=9)
    for jobs in (1, 2):
        written(request, Path(f"{jobs}.arrow"), jobs=jobs)
    assert Path("1.arrow").read_bytes() == Path("2.arrow").read_bytes()
    assert len(read(Path("2.arrow"))) == 123
