"""A sweep's parts in processes of this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for

from ..problems import InvalidInput, Problem
from .compute import Part
from .plan import Plan, plan_of
from .request import Request, Sources
from .work import Work, done

WAITING = 2  # parts handed out for each process, the one it works on included
ATTEMPTS = 3  # pools that may break one after the other without any part done


class _Held:
    """What a process works on: the plan, or why it has none."""

    plan: Plan | InvalidInput | None = None


def in_processes(plan: Plan, work: Work, numbers: Sequence[int], jobs: int) -> Iterator[tuple[int, Part]]:
    """What became of each part, as they are done. A process that dies takes no part with it.

    Errors: `InvalidInput` where processes die again and again.
    """
    left = list(numbers)
    attempts = 0
    while left:
        finished: set[int] = set()
        try:
            for number, part in _in_one_pool(plan, work, left, jobs):
                finished.add(number)
                yield number, part
        except BrokenProcessPool:
            attempts = 0 if finished else attempts + 1
            if attempts >= ATTEMPTS:
                message = "the processes that compute the sweep end before their time"
                raise InvalidInput([Problem("process", message, hint="--jobs 1 computes it in this one")]) from None
        left = [number for number in left if number not in finished]


def _in_one_pool(plan: Plan, work: Work, numbers: Sequence[int], jobs: int) -> Iterator[tuple[int, Part]]:
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (plan.request, plan.sources))
    waiting: dict[Future[Part], int] = {}
    coming = iter(numbers)
    try:
        while True:
            for number in coming:
                waiting[pool.submit(_work, work, number)] = number
                if len(waiting) >= WAITING * jobs:
                    break
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(request: Request, sources: Sources) -> None:
    """In each process: Ctrl-C is for the one that asked, and when that is gone there is nobody to work for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _Held.plan = same_plan(request, sources)
    except InvalidInput as error:  # told by whoever asks for a part: an error here breaks the pool
        _Held.plan = error


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def same_plan(request: Request, sources: Sources) -> Plan:
    """The plan that was made where the sweep was asked for. Errors: `InvalidInput` where it comes out otherwise."""
    plan, problems = plan_of(request, texts=sources.texts)
    if plan is None:
        raise InvalidInput(problems)
    if plan.sources.digest != sources.digest:
        message = "the files here are not those of the sweep: is it another version of roofsheet?"
        raise InvalidInput([Problem("version", message)])
    return plan


def _work(work: Work, number: int) -> Part:
    plan = _Held.plan
    if isinstance(plan, InvalidInput):
        raise plan
    assert plan is not None
    return done(plan, work, number, threads=1)
