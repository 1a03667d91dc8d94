"""A server in the steady state: Little's law, where it saturates, and what a queue adds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roofsheet.scenarios import load

SERVED = "qwen3-32b-served-on-h100"


@pytest.fixture(scope="module")
def served():
    loaded = load(SERVED)
    assert loaded.workbook is not None, loaded.problems
    return loaded.workbook


def at(workbook, share):
    """The same server with requests at a share of its saturation rate."""
    busy = workbook.copy()
    busy["arrival_rate"] = share * workbook.number("saturation_rate")
    return busy


@settings(deadline=None, max_examples=30)
@given(share=st.floats(0.01, 0.99))
def test_as_many_are_at_work_as_come_in_a_second_times_the_seconds_of_each(served, share):
    busy = at(served, share)
    rate = busy.number("arrival_rate")
    decoding = busy.number("output_length") * busy.number("load_tpot") / 1000
    assert busy.number("load_batch") == pytest.approx(rate * decoding, rel=1e-9)
    assert busy.number("load_requests") == pytest.approx(rate * busy.number("load_request_time"), rel=1e-9)
    assert busy.number("load_throughput") == pytest.approx(rate * busy.number("output_length"), rel=1e-9)
    assert all(held for _, held in busy.rules())


@settings(deadline=None, max_examples=30)
@given(batch=st.integers(1, 200))
def test_a_closed_loop_keeps_its_requests_at_work(served, batch):
    loop = served.copy()
    loop["batch_size"] = float(batch)
    at_work = loop.number("request_throughput") * loop.number("request_time")
    assert at_work == pytest.approx(batch, rel=1e-9)
    assert loop.number("output_throughput") == pytest.approx(
        loop.number("request_throughput") * loop.number("output_length"), rel=1e-9
    )


@settings(deadline=None, max_examples=30)
@given(low=st.floats(0.01, 0.98), more=st.floats(1.001, 1.9))
def test_more_requests_wait_longer_and_are_decoded_no_faster(served, low, more):
    high = min(0.99, low * more)
    few, many = at(served, low), at(served, high)
    for name in ("queueing_ttft", "load_ttft", "load_tpot", "load_batch", "load_request_time", "utilization"):
        assert many.number(name) >= few.number(name), name


def test_at_saturation_as_many_are_decoded_as_fit(served):
    assert at(served, 1 - 1e-9).number("load_batch") == pytest.approx(served.number("max_batch"), rel=1e-6)


def test_a_queue_near_saturation_has_no_end(served):
    assert at(served, 0.999).number("queueing_ttft") > 100 * at(served, 0.5).number("queueing_ttft")


def test_more_requests_than_can_be_done_are_told():
    loaded = load(SERVED, ["arrival_rate=50 sequence/s"])
    assert loaded.workbook is not None
    broken = [rule for rule, held in loaded.workbook.rules() if held is False]
    assert any("queue without end" in rule.why for rule in broken)


def test_without_others_a_served_request_decodes_as_an_engine_alone_does(served):
    alone = served.copy()
    alone["batch_size"] = 1.0
    assert alone.number("tpot") == pytest.approx(alone.number("decode_time"), rel=1e-12)
