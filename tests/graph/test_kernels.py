"""Kernels: many points at once, each what the evaluator gives, and as little work as the axes ask for."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import roofsheet
from roofsheet.graph.engine.kernels import machine
from roofsheet.graph.engine.kernels import run as run_module
from roofsheet.graph.engine.kernels.kernel import Kernel, compile_kernel, grid
from roofsheet.graph.engine.kernels.result import Result
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.functions import FUNCTIONS
from roofsheet.problems import InvalidInput, UnknownQuantity
from roofsheet.scenarios import bundled

from ..building import Declared, workbook
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
        monkeypatch.setattr(run_module, name, points)


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


class Interpreted:
    """In numba's place: the same source run by Python, where what fails gives what is no number."""

    @staticmethod
    def njit(function: Any = None, **_: object) -> Any:
        if function is None:
            return Interpreted.njit

        def run(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except (ArithmeticError, ValueError):
                return function.__name__ == "stage" or math.nan

        return run


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for cached in (machine._compiled, machine._functions):
        cached.cache_clear()
    monkeypatch.setitem(sys.modules, "numba", Interpreted)
    yield
    for cached in (machine._compiled, machine._functions):
        cached.cache_clear()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(books_and_axes())
def test_the_source_of_machine_code_is_right(
    small_blocks: None, interpreted: None, drawn: tuple[Book, dict[str, list[Any]], list[str]]
):
    book, axes, outputs = drawn
    wb = workbook(book.quantities, book.tables)
    agrees(wb, outputs, axes, compile_kernel(wb, outputs, [*axes], machine=True).run(grid(axes)))


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.lists(st.floats(-50, 50) | st.integers(-9, 9).map(float), min_size=2, max_size=9))
def test_every_function_has_an_array_form_that_is_its_scalar_form(name: str, numbers: list[float]):
    arguments = "n, k" if FUNCTIONS[name].most is None else "n"
    wb = workbook({"n": Declared(value="1"), "k": Declared(value="1"), "f": Declared(formula=f"{name}({arguments})")})
    axes = {"n": numbers, "k": numbers[:2]}
    agrees(wb, ["f"], axes, compile_kernel(wb, ["f"], [*axes], machine=False).run(grid(axes)))


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", "**"])
@given(st.lists(st.floats(-50, 50) | st.integers(-9, 9).map(float), min_size=2, max_size=9))
def test_every_operator_of_arrays_is_that_of_numbers(operator: str, numbers: list[float]):
    wb = workbook(
        {"n": Declared(value="1"), "k": Declared(value="1"), "f": Declared(formula=f"1 / (n {operator} k) + n")}
    )
    axes = {"n": numbers, "k": numbers[:2]}
    agrees(wb, ["f"], axes, compile_kernel(wb, ["f"], [*axes], machine=False).run(grid(axes)))


def test_whole_numbers_of_arrays_have_the_scalar_form_s_tolerance():
    quantities = {"n": Declared("s", "1 s"), "rest": Declared("s", formula="n % 100[ms]")}
    quantities |= {"f": Declared(formula="floor(n / 100[ms])"), "up": Declared(formula="ceil(n / 100[ms])")}
    found = wb_run(workbook(quantities), ["f", "up", "rest"], {"n": [0.3, 0.7, 0.35]})
    assert found["f"].tolist() == [3, 7, 3]
    assert found["up"].tolist() == [3, 7, 4]
    assert found["rest"] == pytest.approx([0, 0, 0.05])


def wb_run(wb: Workbook, outputs: Sequence[str], axes: Mapping[str, Any]) -> Result:
    return compile_kernel(wb, outputs, [*axes]).run(grid(axes))


def why(result: Result, name: str, *index: int) -> str:
    problem = result.problem(name, *index)
    return problem.message if problem else ""


# -- what ships ----------------------------------------------------------------------------------------------

MOST_POINTS = 4  # of an axis of words


def some_axes(wb: roofsheet.Workbook, outputs: Sequence[str]) -> dict[str, list[Any]]:
    """Two inputs that the outputs rest on and a choice, each with other values, drawn by the scenario's title."""
    rested = {each.name: each for name in outputs for each in wb.provenance(name) if each.value is not None}
    numbers = sorted(name for name, each in rested.items() if not each.choices and wb.value(name))
    chosen = Random(wb.title).sample(numbers, min(2, len(numbers)))
    axes: dict[str, list[Any]] = {name: [wb.number(name) * factor for factor in (0.5, 1, 3)] for name in chosen}
    choices = sorted(name for name, each in rested.items() if each.choices)
    for name in Random(wb.title).sample(choices, min(1, len(choices))):
        axes[name] = [*rested[name].choices[:MOST_POINTS]]
    return axes


@pytest.mark.parametrize("name", bundled("scenario"))
def test_every_shipped_scenario_sweeps_as_it_evaluates(name: str):
    wb = roofsheet.open(name)
    axes = some_axes(wb, wb.shown)
    agrees(wb, wb.shown, axes, wb_run(wb, wb.shown, axes))


# -- as little work as the axes ask for ----------------------------------------------------------------------

SIZES = {"batch_size": [1.0, 8, 64], "context_length": [1000.0, 4000], "memory_bandwidth": [3.35, 4.8, 8, 9]}


def work(kernel: Kernel, axes: Mapping[str, Sequence[Any]]) -> dict[tuple[str, ...], int]:
    """How many operations are done for the points of which axes."""
    program = kernel.programs({name: 1 << at for at, name in enumerate(axes)})
    names = [*axes]
    return {
        tuple(names[at] for at in range(len(names)) if stage.dims >> at & 1): len(stage.values)
        for stage in program.stages
    }


def test_what_no_axis_reaches_is_a_constant_and_what_one_reaches_is_done_once_for_each_of_its_values():
    q = {"a": Declared(value="2"), "b": Declared(value="3"), "c": Declared(value="5"), "d": Declared(value="7"),
         "fixed": Declared(formula="sqrt(c) * d"), "one": Declared(formula="a * fixed + a"),
         "other": Declared(formula="b * b * b"), "both": Declared(formula="one / other"),
         "idle": Declared(formula="a * b")}  # fmt: skip
    axes = {"a": [1.0, 2, 3], "b": [1.0, 2]}
    wb = workbook(q)
    wb.log = log = []
    kernel = compile_kernel(wb, ["both", "one"], ["a", "b"])
    assert work(kernel, axes) == {("a",): 2, ("b",): 2, ("a", "b"): 1}
    found = kernel.run(grid(axes))
    assert found["one"].shape == (3, 1)
    assert found["both"].shape == (3, 2)
    assert log == []
    assert "idle" not in kernel.lowered.nodes


def test_equal_operations_of_several_quantities_are_one():
    wb = workbook({"a": Declared(value="2"), "b": Declared(value="3"), "one": Declared(formula="exp(a * b) + a"),
                   "two": Declared(formula="exp(b * a) - a")})  # fmt: skip
    kernel = compile_kernel(wb, ["one", "two"], ["a", "b"])
    assert work(kernel, {"a": [], "b": []}) == {("a", "b"): 4}


def test_a_real_model_does_nearly_all_its_work_for_the_values_of_one_axis():
    wb = roofsheet.open("deepseek-v3-on-8-h200")
    done = work(compile_kernel(wb, ["tpot", "decode_throughput"], [*SIZES]), SIZES)
    assert done["batch_size", "context_length", "memory_bandwidth"] < 60
    assert sum(count for axes, count in done.items() if len(axes) == 1) > 300


def test_a_stage_is_computed_once_for_the_whole_grid_or_once_where_its_block_moves(small_blocks: None):
    wb = workbook({"a": Declared(value="2"), "b": Declared(value="3"), "low": Declared(formula="exp(a)"),
                   "high": Declared(formula="low + b")})  # fmt: skip
    kernel = compile_kernel(wb, ["high"], ["a", "b"], machine=False)
    axes = {"a": [0.0, 1, 2], "b": [float(n) for n in range(8)]}
    program = kernel.programs({"a": 1, "b": 2})  # the shorter dimension lies outside
    runs: list[tuple[int, tuple[int, ...]]] = []
    for stage in program.stages:
        code = stage.code
        object.__setattr__(stage, "code", lambda a, s, t, r, code=code, stage=stage: (
            runs.append((stage.dims, r[0].shape)), code(a, s, t, r)))  # fmt: skip
    found = kernel.run(grid(axes), threads=1)
    assert [shape for dims, shape in runs if dims == 1] == [(1, 1)] * 3  # though b has two blocks for each
    assert [shape for dims, shape in runs if dims == 3] == [(1, 4)] * 6
    assert found["high"][2].tolist() == pytest.approx([math.exp(2) + n for n in range(8)])


def test_threads_give_what_one_gives(small_blocks: None):
    wb = roofsheet.open("guides/qwen3-vl-32b-on-rtx-pro-6000")
    axes = grid({"memory_bandwidth": np.linspace(500, 5000, 40), "n_parameters": np.linspace(1e9, 9e10, 30)})
    kernel = compile_kernel(wb, ["tpot", "max_batch", "bottleneck"], [*axes])
    one, three = kernel.run(axes, threads=1), kernel.run(axes, threads=3)
    assert all(np.array_equal(one[name], three[name]) for name in one)


def test_memory_is_used_again_only_once_its_results_are_gone():
    wb = workbook({"n": Declared(value="1"), "f": Declared(formula="2 * n"), "g": Declared(formula="n + 1")})
    kernel = compile_kernel(wb, ["f", "g"], ["n"])
    first = kernel.run({"n": range(100)})["f"]  # kept, though its result is not
    second = kernel.run({"n": range(100, 200)})
    assert first[7] == 14
    place = second["f"].ctypes.data
    del second
    third = kernel.run({"n": range(200, 300)})
    assert third["f"].ctypes.data == place
    assert first[7] == 14
    assert third["f"][7] == 414


def test_machine_code_is_made_once_as_much_was_done_without_it(
    small_blocks: None, interpreted: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(machine, "is_there", lambda: True)
    monkeypatch.setattr(run_module, "is_there", lambda: True)
    monkeypatch.setattr(machine, "FIRST", 25)
    monkeypatch.setattr(machine, "EACH", 5)
    wb = workbook({"n": Declared(value="1"), "f": Declared(formula="2 * n + 1")})
    kernel = compile_kernel(wb, ["f"], ["n"])
    made: list[int] = []
    for _ in range(4):  # twelve points, two operations
        assert kernel.run({"n": range(12)})["f"].tolist() == [2 * n + 1 for n in range(12)]
        made.append(machine._compiled.cache_info().misses)
    assert made == [0, 1, 1, 1]


# -- points that fail ----------------------------------------------------------------------------------------


def test_points_that_fail_say_why_and_stop_nothing():
    wb = workbook({"n": Declared(value="2"), "k": Declared(value="1"), "part": Declared(formula="1 / n"),
                   "root": Declared(formula="sqrt(k) + part"), "fine": Declared(formula="k + 1")})  # fmt: skip
    found = wb_run(wb, ["root", "fine"], {"n": [0.0, 2], "k": [-1.0, 4]})
    assert found["root"][1, 1] == 2.5
    assert found.failed("root").tolist() == [[True, True], [True, False]]
    assert np.isnan(found["root"][0, 1])
    assert [why(found, "root", 0, 1), why(found, "root", 1, 0)] == [
        "part: division by zero", "root: a logarithm, root or power of a number that has none"]  # fmt: skip
    assert found.problem("root", 1, 1) is None
    assert found["fine"].tolist() == [[0, 5]]


def test_the_side_that_is_not_taken_does_not_fail():
    wb = workbook({"n": Declared(value="2"), "k": Declared(value="1"),
                   "safe": Declared(formula="1 / n if n > 0 else 0"),
                   "both": Declared(formula="1 if n > 0 and 1 / n > k or n == 0 else 2"),
                   "none": Declared(), "spoiled": Declared(formula="none if n > 1 else k")})  # fmt: skip
    axes = {"n": [0.0, 0.5, 2], "k": [1.0, 3]}
    found = wb_run(wb, ["safe", "both", "spoiled"], axes)
    assert found["safe"].ravel().tolist() == [0, 2, 0.5]
    assert found["both"].tolist() == [[1, 1], [1, 2], [2, 2]]
    assert found["spoiled"][1].tolist() == [1, 3]
    assert found.failed("spoiled").tolist() == [[False, False], [False, False], [True, True]]
    assert why(found, "spoiled", 2, 0) == "none has no value"
    agrees(wb, ["safe", "both", "spoiled"], axes, found)


def test_a_guarded_division_needs_no_slow_way(monkeypatch: pytest.MonkeyPatch):
    wb = workbook({"n": Declared(value="2"), "f": Declared(formula="1 / n if n > 0 else 0")})
    monkeypatch.delattr(run_module.Run, "_slowly")
    assert wb_run(wb, ["f"], {"n": [0.0, 4]})["f"].tolist() == [0, 0.25]


def test_only_the_part_that_fails_is_done_the_slow_way(monkeypatch: pytest.MonkeyPatch):
    wb = workbook({"n": Declared(value="2"), "k": Declared(value="2"), "f": Declared(formula="k / n")})
    slow: list[int] = []
    slowly = run_module.Run._slow_block

    def noted(self: Any, block: Any, *rest: Any) -> None:
        slow.append(math.prod(part.stop - part.start for part in block))
        slowly(self, block, *rest)

    monkeypatch.setattr(run_module.Run, "_slow_block", noted)
    found = wb_run(wb, ["f"], {"n": range(1000), "k": range(200)})
    assert found.failed("f").sum() == 200
    assert sum(slow) < 20_000


def test_an_output_without_any_value_says_why_everywhere():
    wb = workbook({"n": Declared(value="2"), "price": Declared(), "cost": Declared(formula="n * price")})
    found = wb_run(wb, ["cost"], {"n": [1.0, 2]})
    assert np.isnan(found["cost"]).all()
    assert why(found, "cost", 0) == "price has no value"


def test_numbers_too_large_fail_and_underflow_does_not():
    wb = workbook({"n": Declared(value="2"), "f": Declared(formula="1 / (n * n)"), "g": Declared(formula="1 / n")})
    found = wb_run(wb, ["f", "g"], {"n": [1e200, 1e-300, 1e300]})
    assert found.failed("f").tolist() == [False, True, False]
    assert found["f"][0] == 0.0  # as the evaluator: only a quantity's value is held to be finite
    assert found["g"].tolist() == [1e-200, 1 / 1e-300, 1e-300]
    assert why(found, "f", 1) == "f: division by zero"


def test_an_axis_takes_numbers_and_words_that_its_quantity_can_have():
    wb = workbook({"n": Declared(value="2"), "mode": Declared(choices=WORDS, value="up"),
                   "f": Declared(formula="n if mode == up else 0")})  # fmt: skip
    assert wb_run(wb, ["f", "mode"], {"mode": ["up", "down"]})["mode"].tolist() == ["up", "down"]
    for values in ([1.0, math.inf], [math.nan], ["much"], [None]):
        with pytest.raises(InvalidInput, match="n: an axis"):
            wb_run(wb, ["f"], {"n": values})
    with pytest.raises(InvalidInput, match="sideways is none of down, up"):
        wb_run(wb, ["f"], {"mode": ["up", "sideways"]})
    with pytest.raises(InvalidInput, match="every axis needs values"):
        compile_kernel(wb, ["f"], ["n", "mode"]).run({"n": [1.0]})
    with pytest.raises(UnknownQuantity):
        compile_kernel(wb, ["f"], ["m"])


@pytest.mark.parametrize("at", [0, 150_000, 299_999])
def test_one_wrong_number_in_a_large_array_is_refused(at: int):
    wb = workbook({"n": Declared(value="2"), "f": Declared(formula="min(n, 3) if n < 3 else 3")})
    numbers = np.ones(300_000)
    numbers[at] = math.nan
    with pytest.raises(InvalidInput, match="not finite"):
        wb_run(wb, ["f"], {"n": numbers})


def test_no_axes_are_one_point():
    wb = workbook({"n": Declared(value="2"), "f": Declared("ms", formula="n * 1[s]"), "k": Declared()})
    found = compile_kernel(wb, ["f", "n", "k"], []).run({})
    assert found["f"].shape == ()
    assert found["f"] == 2000
    assert found["n"] == 2
    assert why(found, "k") == "k has no value"


def test_no_points_are_no_points():
    wb = workbook({"n": Declared(value="2"), "f": Declared(formula="1 / n"), "k": Declared(value="1")})
    found = wb_run(wb, ["f", "k"], {"n": []})
    assert found["f"].shape == (0,)
    assert found["k"].tolist() == [1]


def test_a_keyed_value_is_picked_by_an_axis_of_words_and_a_missing_one_is_an_error():
    wb = roofsheet.open("llama-3.1-70b-on-4-h100")
    words = wb.definition("compute_dtype").choices
    axes = {"compute_dtype": [*words], "batch_size": [1.0, 8]}
    found = wb_run(wb, ["peak_compute", "tpot"], axes)
    agrees(wb, ["peak_compute", "tpot"], axes, found)
    failed = found.failed("peak_compute").ravel()
    assert 0 < failed.sum() < len(words)
    assert "the keyed input has no value for" in why(found, "peak_compute", int(failed.argmax()), 0)


def test_a_pinned_quantity_is_an_axis_and_the_workbook_stays_as_it_was():
    wb = workbook({"n": Declared(value="2"), "mid": Declared(formula="n + 1"), "f": Declared(formula="mid * n")})
    assert wb_run(wb, ["f"], {"mid": [1.0, 10]})["f"].tolist() == [2, 20]
    assert wb.definition("mid").role == "formula"
    assert wb.number("f") == 6
