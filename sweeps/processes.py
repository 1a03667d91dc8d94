"""A sweep's parts in processes of this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
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


class _Parts:
    """The numbers of the parts that are to be handed out, and of those that are; none is forgotten."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._coming = iter(numbers)
        self._again: deque[int] = deque()
        self.out: set[int] = set()

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        number = self._again.popleft() if self._again else next(self._coming)
        self.out.add(number)
        return number

    def take_back(self) -> None:
        """Those that were handed out are to be done again."""
        self._again.extendleft(sorted(self.out, reverse=True))
        self.out.clear()


def in_processes(plan: Plan, work: Work, numbers: Iterable[int], jobs: int) -> Iterator[tuple[int, Part]]:
    """What became of each part, as they are done. A process that dies takes no part with it.

    Errors: `InvalidInput` where processes cannot be had, or die again and again.
    """
    parts, attempts = _Parts(numbers), 0
    while True:
        try:
            for number, part in _in_one_pool(plan, work, parts, jobs):
                attempts = 0
                yield number, part
            return
        except BrokenProcessPool:
            attempts += 1
            if attempts >= ATTEMPTS:
                message = "the processes that compute the sweep end before their time: is there too little memory?"
                hint = "fewer --jobs; --jobs 1 computes it in this one"
                raise InvalidInput([Problem("process", message, hint=hint)]) from None
            parts.take_back()


def _in_one_pool(plan: Plan, work: Work, parts: _Parts, jobs: int) -> Iterator[tuple[int, Part]]:
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (plan.request, plan.sources))
    waiting: dict[Future[Part], int] = {}
    try:
        while True:
            while len(waiting) < WAITING * jobs and (number := next(parts, None)) is not None:
                waiting[_submitted(pool, work, number)] = number
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                part = future.result()
                number = waiting.pop(future)
                parts.out.discard(number)
                yield number, part
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, work: Work, number: int) -> Future[Part]:
    try:
        with _deaf_to_interrupts():
            return pool.submit(_work, work, number)
    except OSError as error:
        message = f"no processes can be started: {(error.strerror or str(error)).lower()}"
        raise InvalidInput([Problem("process", message, hint="--jobs 1 computes it in this one")]) from None


@contextmanager
def _deaf_to_interrupts() -> Generator[None]:
    """Ctrl-C is for all processes of a terminal; those started within it never hear it, this one a little later."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))  # another thread may take it
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # which new processes inherit
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _begin(request: Request, sources: Sources) -> None:
    """In each process: when the one that asked is gone there is nobody to work for."""
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
    if plan.sources != sources:
        own, asked = plan.sources.version, sources.version
        message = "the bundled files here are not those of the sweep"
        if own != asked:
            message = f"roofsheet {own} computes here, and the sweep was asked for with roofsheet {asked}"
        raise InvalidInput([Problem("version", message, hint="workers need the same version")])
    return plan


def _work(work: Work, number: int) -> Part:
    plan = _Held.plan
    if isinstance(plan, InvalidInput):
        raise plan
    assert plan is not None
    return done(plan, work, number, threads=1)
