"""Kernels: many points at once, each what the evaluator gives, and as little work as the axes ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roofsheet.graph.engine.kernels import kernel as kernel_module
from roofsheet.graph.engine.kernels.kernel import Result, compile_kernel, grid
from roofsheet.graph.engine.workbook import Workbook

from ..building import workbook
from ..strategies import WORDS, Book, books


def agrees(wb: Workbook, outputs: Sequence[str], axes: Mapping[str, Sequence[Any]], result: Result) -> None:
    """Every point of the grid is what the evaluator gives, and fails where it fails."""
    shape = tuple(len(values) for values in axes.values())
    found = {name: np.broadcast_to(result[name], shape) for name in outputs}
    failed = {name: np.broadcast_to(result.failed(name), shape) for name in outputs}
    one_by_one = wb.copy()
    for index in np.ndindex(shape):
        for (name, values), at in zip(axes.items(), index, strict=True):
            one_by_one[name] = values[at]
        for name in outputs:
            expected = one_by_one.value(name)
            assert failed[name][index] == (expected is None), (name, index, one_by_one.error(name))
            if isinstance(expected, float):
                assert found[name][index] == pytest.approx(expected, rel=1e-12, abs=0), (name, index)
            elif expected is not None:
                assert found[name][index] == expected


# -- any workbook --------------------------------------------------------------------------------------------


NUMBERS = st.lists(st.integers(0, 8).map(lambda half: half / 2), min_size=1, max_size=4)


@st.composite
def books_and_axes(draw: st.DrawFn) -> tuple[Book, dict[str, list[Any]], list[str]]:
    """A workbook, the values of some of its quantities (words and computed ones too), and what is asked."""
    book = draw(books())
    numbers = [*book.inputs, *(name for name in book.formulas if not book.quantities[name].choices)]
    names = draw(st.lists(st.sampled_from([*numbers, *book.inputs, "mode"]), unique=True, min_size=1, max_size=3))
    axes = {name: [*WORDS] if name == "mode" else draw(NUMBERS) for name in names}
    outputs = draw(st.lists(st.sampled_from([*book.quantities]), unique=True, min_size=1, max_size=4))
    return book, axes, outputs


@given(books_and_axes())
def test_a_kernel_equals_the_evaluator_at_every_point(drawn: tuple[Book, dict[str, list[Any]], list[str]]):
    book, axes, outputs = drawn
    wb = workbook(book.quantities, book.tables)
    agrees(wb, outputs, axes, compile_kernel(wb, outputs, [*axes]).run(grid(axes)))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of few points, so that a small grid has many, and threads share them."""
    for name, points in {"BLOCK": 4, "HOISTED": 2, "CAREFUL": 2, "MANY_BLOCKS": 2}.items():
        monkeypatch.setattr(kernel_module, name, points)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(books_and_axes())
def test_blocks_change_nothing(small_blocks: None, drawn: tuple[Book, dict[str, list[Any]], list[str]]):
    book, axes, outputs = drawn
    wb = workbook(book.quantities, book.tables)
    agrees(wb, outputs, axes, compile_kernel(wb, outputs, [*axes], machine=False).run(grid(axes)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(books_and_axes())
def test_machine_code_changes_nothing(small_blocks: None, drawn: tuple[Book, dict[str, list[Any]], list[str]]):
    pytest.importorskip("numba")
    book, axes, outputs = drawn
    wb = workbook(book.quantities, book.tables)
    agrees(wb, outputs, axes, compile_kernel(wb, outputs, [*axes], machine=True).run(grid(axes)))
