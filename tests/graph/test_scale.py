"""Large workbooks: a wide change runs straight through, a narrow one does not, and a pin compiles one formula."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import given

from roofsheet.graph.engine import plan, straight
from roofsheet.graph.engine.codegen import Words, compile_straight
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.expressions import Lookup, Number, Word
from roofsheet.graph.language.garbage import uncollected
from roofsheet.graph.language.parser import parse
from roofsheet.graph.language.shapes import shape_of
from roofsheet.units import UnitContext

from ..building import Declared, workbook
from ..strategies import Book
from .test_laws import books_and_steps, evaluator, opened, take, values, with_values

SIZE = 600


def large(**others: Declared) -> Workbook:
    """A chain of formulas on `root`, a side formula near its end, and one formula on `aside` alone."""
    quantities = {
        "root": Declared("byte", "1 byte"),
        "side": Declared("byte", "2 byte"),
        "aside": Declared("byte", "5 byte"),
        "first": Declared("byte", formula="root + 1[byte]"),
    }
    quantities |= {f"a{n}": Declared("byte", formula=f"{f'a{n - 1}' if n else 'first'} + 1[byte]") for n in range(SIZE)}
    quantities |= {
        "end": Declared("byte", formula=f"a{SIZE - 1} + side"),
        "alone": Declared("byte", formula="aside + 1[byte]"),
    }
    return workbook(quantities | others)


@pytest.fixture
def wb() -> Workbook:
    """Read once from its end, its log empty."""
    wb = large()
    wb.number("end")
    wb.log = []
    return wb


@pytest.fixture
def log(wb: Workbook) -> list[str]:
    assert wb.log is not None
    return wb.log


def formulas(wb: Workbook) -> list[str]:
    return [name for name in wb.checked.order if wb.definition(name).expr is not None]


def test_a_wide_change_runs_every_formula_once_in_order(wb: Workbook, log: list[str]):
    for root in (10.0, 20.0, 30.0):  # found to be wide, then remembered
        wb["root"] = root
        assert log == []
        assert wb.number("end") == root + 1 + SIZE + 2
        assert log == formulas(wb)
        assert not any(evaluator(wb).dirty)
        log.clear()


def test_a_narrow_change_in_a_large_workbook_runs_its_dependents(wb: Workbook, log: list[str]):
    wb["root"] = 10.0
    wb.number("end")
    log.clear()
    wb["side"] = 3.0
    assert wb.number("end") == 10 + 1 + SIZE + 3
    assert log == ["end"]


def test_a_wide_change_of_which_little_is_read_runs_little(wb: Workbook, log: list[str]):
    for root in (10.0, 20.0):
        wb["root"] = root
        wb["aside"] = root
        assert wb.number("a1") == root + 3
        assert wb.number("alone") == root + 1
        assert log == ["first", "a0", "a1", "alone"]
        log.clear()


def test_what_is_read_narrowly_after_a_wide_change_is_not_read_again(wb: Workbook, log: list[str]):
    wb["root"] = 10.0
    wb.number("end")
    log.clear()
    wb["root"] = 20.0
    wb.number("a1")
    wb["side"] = 7.0
    assert wb.number("end") == 20 + 1 + SIZE + 7
    assert log == ["first", "a0", "a1", *formulas(wb)]


def test_an_error_value_in_a_large_workbook_spoils_what_rests_on_it_alone():
    missing = large(lost=Declared("byte"), spoilt=Declared("byte", formula="a300 + lost"))
    for _ in range(2):
        assert missing.value("spoilt") is None
        assert missing.number("end") == 1 + 1 + SIZE + 2
        assert missing.number("alone") == 6
        missing.recompute()


def test_compiled_chunks_and_single_formulas_give_the_same():
    single, compiled = large(), large()
    single.number("end")
    compiled.recompute()
    assert values(single) == values(compiled)
    assert evaluator(compiled).plan.straight.compiled
    assert not evaluator(single).plan.straight.compiled


def test_chunks_are_compiled_once_a_workbook_has_run_often(wb: Workbook):
    for root in range(straight.PATIENCE + 3):
        wb["root"] = root + 0.5
        assert wb.number("end") == root + 0.5 + 1 + SIZE + 2
    assert evaluator(wb).plan.straight.compiled


@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_was_interrupted_is_computed_by_the_next_read(wb: Workbook, after: int):
    wb["root"] = 10.0
    chunks = evaluator(wb).plan.straight.chunks

    def interrupted(values: list[object]) -> bool:
        raise KeyboardInterrupt

    kept, chunks[after] = chunks[after], interrupted
    with pytest.raises(KeyboardInterrupt):
        wb.number("end")
    chunks[after] = kept
    for name in (f"a{SIZE - 1}", "alone", "end"):
        assert wb.number(name) == large(root=Declared("byte", "10 byte")).number(name)
    assert evaluator(wb).invariant_holds()


# -- pins ------------------------------------------------------------------------------------------


def test_a_pin_compiles_nothing_and_computes_what_rests_on_it(wb: Workbook, log: list[str]):
    wb.recompute()
    log.clear()
    before = evaluator(wb).plan
    wb[f"a{SIZE - 3}"] = "1000 byte"
    after = evaluator(wb).plan
    changed = [name for name, one, other in zip(before.names, before.functions, after.functions, strict=True)
               if one is not other]  # fmt: skip
    assert changed == [f"a{SIZE - 3}"]
    kept = [one is other for one, other in zip(before.straight.chunks, after.straight.chunks, strict=True)]
    assert kept.count(False) == 1
    assert wb.number("end") == 1004
    assert log == [f"a{SIZE - 2}", f"a{SIZE - 1}", "end"]


def test_a_pin_taken_back_computes_what_rests_on_it(wb: Workbook, log: list[str]):
    before, name = wb.number("end"), f"a{SIZE - 2}"
    wb[name] = "1000 byte"
    assert wb.number("end") == 1003
    del wb[name]
    log.clear()
    assert wb.number("end") == before
    assert log == [name, f"a{SIZE - 1}", "end"]
    assert wb.definition(name).role == "formula"


def test_a_pin_stands_when_all_is_computed(wb: Workbook, log: list[str]):
    wb["a300"] = "1000 byte"
    for _ in range(2):
        wb["root"] = wb.number("root") + 1
        wb.recompute()
        assert wb.number("end") == 1000 + SIZE - 301 + 2
        assert "a300" not in log


@given(books_and_steps())
def test_straight_runs_and_lazy_ones_agree_after_every_step(drawn: tuple[Book, list[tuple[str, str]]]):
    """The laws of the evaluator, with a workbook called large that has any formulas at all."""
    book, steps = drawn
    with patch.object(plan, "LARGE", 1), patch.object(straight, "CHUNK", 2), patch.object(straight, "PATIENCE", 0):
        wb = opened(book)
        for name, value in steps:
            take(wb, name, value)
            assert evaluator(wb).invariant_holds()
        units = {name: f" {each.unit}" for name, each in book.quantities.items()}
        last = {name: value + units[name] for name, value in steps if value}
        assert values(wb) == values(opened(with_values(book, last)))


# -- shapes and code -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b", "a + a"),
        ("a + b * c", "(a + b) * c"),
        ("a - b", "-a - b"),
        ("a + 1", "a + 2"),
        ("a + 1[GB]", "a + 1[GiB]"),
        ("a + 0", "a + b"),
        ("min(a, b, c)", "min(a, min(b, c))"),
        ("max(a, b)", "min(a, b)"),
        ("a < b", "a <= b"),
        ("a < b < c", "a < (b < c)"),
        ("a > b and b > c", "a > b or b > c"),
        ("a if a > b else b", "b if a > b else a"),
        ("sum(t[:].x)", "sum(a)"),
        ("t[a]", "t[a, a]"),
    ],
)
def test_formulas_that_are_told_apart_by_their_shape(one: str, other: str):
    assert shape_of(parse(one))[0] != shape_of(parse(other))[0]


def test_formulas_that_differ_in_names_alone_have_one_shape():
    one, other = shape_of(parse("a if a > b else 2 * b")), shape_of(parse("x.y if x.y > z else 2 * z"))
    assert one[0] is other[0]
    assert (one[1], other[1]) == (("a", "b"), ("x.y", "z"))


def test_of_two_formulas_of_one_shape_the_one_that_does_not_agree_is_refused():
    good = {"a": Declared("byte", "1 byte"), "t": Declared("s", "1 s"), "both": Declared("byte", formula="a + a")}
    workbook(good)
    with pytest.raises(Exception, match="wrong is declared in byte, but its formula gives s"):
        workbook(good | {"wrong": Declared("byte", formula="t + t")})


def test_a_look_up_finds_what_the_same_function_computed():
    words, positions = Words.of(["x"]), {"cell": 0, "found": 1}
    lookup = Lookup("cell", (Word("x"),), ((("x",), "cell"),))
    run = compile_straight([("cell", Number(3.0)), ("found", lookup)], UnitContext(), words, positions)
    found: list[float | None] = [None, None]
    assert run(found)
    assert found == [3.0, 3.0]


@pytest.fixture
def collector() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def test_the_collector_is_as_it_was_after_loading(collector: None):
    for switch in (gc.enable, gc.disable):
        switch()
        before = gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() == before
