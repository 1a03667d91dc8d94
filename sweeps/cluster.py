"""A sweep's parts on the workers of a Dask cluster, which need the same version of roofsheet.

Files of the sweep's own are sent along; the rows are written by the workers, so that the folder has to be one that all
of them reach. What a lost worker did not finish, others do again: a part has one name, so nothing is there twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from distributed import Client, as_completed

from ..problems import InvalidInput, Problem
from .compute import Part
from .plan import Plan
from .processes import same_plan
from .request import Request, Sources
from .work import Work, done

CONNECT = 15  # seconds
WAITING = 4  # parts handed out for each thread of the cluster
LOSSES = 10  # workers that may die at one part before it is given up

_local = threading.local()


def on_dask(plan: Plan, work: Work, numbers: Sequence[int], address: str) -> Iterator[tuple[int, Part]]:
    """What became of each part, as they are done. Errors: `InvalidInput` where the cluster is not there or fails."""
    with _client(address) as client:
        threads = sum(each["nthreads"] for each in client.scheduler_info()["workers"].values())
        task = partial(_work, plan.request, plan.sources, work)
        coming = iter(numbers)
        futures = {_submitted(client, task, number): number for number in islice(coming, WAITING * max(1, threads))}
        running: Any = as_completed(futures, loop=client.loop, with_results=True, raise_errors=False)
        for future, result in running:
            yield futures.pop(future), _result(future, result)
            future.release()
            for number in islice(coming, 1):
                new = _submitted(client, task, number)
                futures[new] = number
                running.add(new)


def _client(address: str) -> Any:
    try:
        client = Client(address, timeout=CONNECT, set_as_default=False)
        client.wait_for_workers(1, timeout=CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"there is no Dask cluster with workers at {address}"
        raise InvalidInput([Problem("cluster", message, hint=f"{type(error).__name__}: {error}"[:200])]) from None
    return client


def _submitted(client: Any, task: Any, number: int) -> Any:
    return client.submit(task, number, pure=False, retries=LOSSES)


def _result(future: Any, result: Any) -> Part:
    if future.status != "finished":
        error: BaseException = result[1]
        raise InvalidInput([Problem("cluster", f"a part was given up: {type(error).__name__}: {error}"[:500])])
    if isinstance(result, Part):
        return result
    problems: list[Problem] = result
    raise InvalidInput(problems)


def _work(request: Request, sources: Sources, work: Work, number: int) -> Part | list[Problem]:
    """One part, on a worker; each of its threads has a plan of its own."""
    try:
        held: tuple[str, Plan] | None = getattr(_local, "plan", None)
        key = repr((request, sources.digest))
        if held is None or held[0] != key:
            held = _local.plan = (key, same_plan(request, sources))
        return done(held[1], work, number, threads=1)
    except InvalidInput as error:
        return list(error.problems)
