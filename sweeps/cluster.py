"""A sweep's parts on the workers of a Dask cluster, which need the same version of roofsheet.

Files of the sweep's own are sent along; the rows are written by the workers, so that the folder has to be one that all
of them reach. What a lost worker did not finish, others do again: a part has one name, so nothing is there twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from typing import Any, cast

from distributed import Client, KilledWorker, as_completed
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.registry import get_backend

from ..problems import InvalidInput, Problem
from .compute import Part
from .plan import Plan
from .processes import same_plan
from .request import Request, Sources
from .work import Work, done

CONNECT = 15  # seconds
WAITING = 4  # tasks handed out for each thread of the cluster
TOGETHER = 8  # parts in a task at most: each costs client and scheduler some milliseconds
ROUNDS = 16  # tasks of each thread at least, before parts are taken together

_local = threading.local()


def on_dask(plan: Plan, work: Work, numbers: Sequence[int], address: str) -> Iterator[tuple[int, Part]]:
    """What became of each part, as they are done. Errors: `InvalidInput` where the cluster is not there or fails."""
    with _client(address) as client:
        threads: int = sum(client.nthreads().values())
        task = partial(_work, plan.request, plan.sources, work)
        together = max(1, min(TOGETHER, len(numbers) // (ROUNDS * max(1, threads))))
        coming = (numbers[start : start + together] for start in range(0, len(numbers), together))
        futures = {_submitted(client, task, each): each for each in islice(coming, WAITING * max(1, threads))}
        running: Any = as_completed(futures, loop=client.loop, with_results=True, raise_errors=False)
        for future, result in running:
            yield from zip(futures.pop(future), _result(future, result, address), strict=True)
            future.release()
            for each in islice(coming, 1):
                new = _submitted(client, task, each)
                futures[new] = each
                running.add(new)


@contextmanager
def _client(address: str) -> Generator[Any]:
    """A client of that cluster. Errors: `InvalidInput` where there is none, or none with workers."""
    _quieten()
    _check_address(address)
    try:
        client: Any = Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"there is no Dask scheduler at {address}"
        raise InvalidInput([Problem("cluster", message, hint=_said(error))]) from None
    try:
        _wait_for_workers(client, address)
        yield client
    finally:
        with suppress(OSError, TimeoutError):
            client.close()


def _quieten() -> None:
    """What Dask logs of lost connections, with tracebacks, is told here in a line; each of its loggers has a level."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _check_address(address: str) -> None:
    """Errors: `InvalidInput` for what is no address; a client that is made with it hangs when it is thrown away."""
    try:
        scheme, place = parse_address(address)
        get_backend(scheme)
        parse_host_port(place)
    except ValueError as error:
        message, hint = f"'{address}' is no address of a Dask scheduler: {error}", "--scheduler tcp://host:8786"
        raise InvalidInput([Problem("cluster", message, hint=hint)]) from None


def _wait_for_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except (OSError, TimeoutError):
        message = f"the Dask scheduler at {address} has no workers"
        raise InvalidInput([Problem("cluster", message, hint=f"dask worker {address}")]) from None


def _submitted(client: Any, task: Any, numbers: Sequence[int]) -> Any:
    return client.submit(task, tuple(numbers), pure=False)


def _result(future: Any, result: Any, address: str) -> list[Part]:
    if isinstance(result, InvalidInput):
        raise InvalidInput(result.problems)
    if isinstance(result, list):
        return cast("list[Part]", result)
    hint = "--resume goes on with what is done, where there is a file"
    if future.status != "error":
        raise InvalidInput([Problem("cluster", f"the Dask scheduler at {address} is gone", hint=hint)])
    error: BaseException = result[1]
    message = f"a part failed on a worker: {_said(error)}"
    if isinstance(error, KilledWorker):
        message = "the workers that computed one part died, one after the other: is there too little memory?"
    elif isinstance(error, ModuleNotFoundError):
        hint = "workers need the same version of roofsheet, with its extra dask"
    raise InvalidInput([Problem("cluster", message, hint=hint)])


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _work(request: Request, sources: Sources, work: Work, numbers: Sequence[int]) -> list[Part] | InvalidInput:
    """Some parts, on a worker; each of its threads has a plan of its own."""
    try:
        held: tuple[str, Plan] | None = getattr(_local, "plan", None)
        key = repr((request, sources.version, sources.digest))
        if held is None or held[0] != key:
            held = _local.plan = (key, same_plan(request, sources))
        return [done(held[1], work, number, threads=1) for number in numbers]
    except InvalidInput as error:
        return error  # raised, it would be logged there and wrapped here
