"""The scenario of floors, loaded once in a process for each accelerator and model that tests have rows of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from roofsheet.measuring import books
from roofsheet.scenarios import Library, Loaded, load

_known: dict[Any, Loaded] = {}


def _once(name: str, sets: tuple[str, ...], library: Library, bind: Mapping[str, str]) -> Loaded:
    if library.texts:
        return load(name, sets, library, bind)
    key = (name, sets, tuple(bind.items()))
    if key not in _known:
        _known[key] = load(name, sets, library, bind)
    return _known[key]


@pytest.fixture(scope="session", autouse=True)
def floors_once() -> Iterator[None]:
    """A tenth of a second each, many times; workbooks of rows are copies of what is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(books, "load", _once)
        yield
