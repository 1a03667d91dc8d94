"""Predictions by engine sheets: the same as whole workbooks give, and what their constants are."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roofsheet.measuring import engine_model as module
from roofsheet.measuring.books import Books
from roofsheet.measuring.engine_model import engine_model
from roofsheet.measuring.engine_sheets import OUTPUTS, SPREAD, engine_of, scenario_text, workbook_of
from roofsheet.measuring.features import MEASURED, features_of
from roofsheet.measuring.kinds import kinds_of
from roofsheet.measuring.mapping import Mapped, map_rows
from roofsheet.measuring.rows import read_measurements
from roofsheet.measuring.validation import against, validate
from roofsheet.problems import InvalidInput, render
from roofsheet.scenarios import BUNDLED, Library

ENGINES = sorted(path.stem for path in (BUNDLED / "sheets" / "engines").glob("*.yaml"))
BY_LAYERS = {"step", "ranges", "ggml", "load", "open_loop"}  # what other engine sheets use


@pytest.fixture(scope="module")
def model():
    return engine_model()


@pytest.fixture(scope="module")
def by_floor():
    """The bundled sample, held against the floor."""
    problems = []
    found = validate("measurements/sample", problems)
    assert found is not None, render(problems)
    return found


@pytest.fixture(scope="module")
def sample(by_floor):
    """Its rows that are mapped, with their features."""
    return by_floor.features


@pytest.fixture(scope="module")
def predicted(model, sample):
    return model.predict(sample)


def test_every_row_of_the_sample_whose_rule_names_sheets_is_predicted(model, sample, predicted):
    told = zip(sample.rows, model.sheets_of(sample), predicted.value, strict=True)
    for row, sheets, value in told:
        assert math.isnan(value) == (not sheets or row.quantity not in OUTPUTS), row.row.row_id
    assert sum(map(math.isfinite, predicted.value)) >= 30


def whole_workbook(names, row, sheets):
    """The row's own workbook with the engine sheets in it, everything computed from the model's shapes."""
    path = "/made-up/measured-run.yaml"
    lenient = replace(names, rules={**names.rules, "exclusions": ()})  # a prediction is no bound
    books = Books(lenient, path, Library([], texts={path: scenario_text(sheets)}))
    features, after = features_of([row], books)
    assert len(features), after
    return features


def test_a_kernel_predicts_what_the_whole_workbook_of_a_row_gives(names, model, sample, predicted):
    compared = set()  # one row of each quantity that an engine's sheets give
    for place, (row, sheets) in enumerate(zip(sample.rows, model.sheets_of(sample), strict=True)):
        if row.quantity not in OUTPUTS or not sheets or (sheets, row.quantity) in compared:
            continue
        # what the workbook calls the row's floor is the row's quantity, as the sheets in it give it
        whole = whole_workbook(names, row, sheets)["floor"][0]
        assert predicted.value[place] == pytest.approx(whole, rel=1e-9), row.row.row_id
        compared.add((sheets, row.quantity))
    assert len(compared) >= 15


def test_a_prediction_lies_within_its_range(predicted):
    for value, low, high in zip(predicted.value, predicted.low, predicted.high, strict=True):
        assert math.isnan(value) or low < value < high


def test_ranges_hold_three_of_four_measured_figures_of_the_sample(sample, predicted):
    held = [
        low <= measured <= high
        for measured, low, high in zip(sample[MEASURED], predicted.low, predicted.high, strict=True)
        if not math.isnan(low)
    ]
    assert sum(held) >= 0.75 * len(held)


def test_predictions_are_nearer_to_the_sample_than_the_floor(model, by_floor, predicted):
    by_engines = against(by_floor, model.name, predicted)
    assert by_engines.overall is not None
    assert by_floor.overall is not None
    assert by_engines.overall.median < by_floor.overall.median / 3


def test_each_fitted_number_has_one_name_and_there_are_fewer_than_forty(model):
    known = [each.name for each in (*model.constants, *model.assumed)]
    assert len(known) == len(set(known)) < 40
    assert all(each.kind == "fitted" for each in model.constants)
    assert not any(name.endswith(SPREAD) for name in known)


def test_a_constant_lies_within_what_a_fit_keeps_it_in(model):
    for each in model.constants:
        assert each.low < each.value < each.high, each.name


def test_what_is_given_for_a_constant_changes_the_rows_of_its_engines_alone(model, sample, predicted):
    by_constant = {each.name: each for each in model.constants}
    slow = by_constant["vllm-2024.kernel_time"]
    after = model.predict(sample, {slow.name: 10 * slow.value})
    for place, sheets in enumerate(model.sheets_of(sample)):
        same = after.value[place] == predicted.value[place] or math.isnan(predicted.value[place])
        assert same == (sheets not in slow.engines or math.isnan(predicted.value[place]))


@settings(max_examples=25)
@given(times=st.floats(1.01, 10))
def test_time_between_programs_makes_nothing_faster(model, sample, predicted, times):
    values = {each.name: times * each.value for each in model.constants if each.name.endswith("kernel_time")}
    after = model.predict(sample, values)
    for row, new, old in zip(sample.rows, after.value, predicted.value, strict=True):
        rate = row.quantity.endswith(("speed", "throughput"))
        assert math.isnan(old) or (new < old if rate else new > old), row.row.row_id


def test_a_name_that_is_no_constant_is_refused(model, sample):
    with pytest.raises(InvalidInput, match="made_up is no constant of an engine sheet"):
        model.predict(sample, {"made_up": 1.0})


def test_a_row_without_a_known_load_has_no_prediction(mapped, names, library, model):
    row = mapped(load_mode="open-loop QPS=INF", batch_or_concurrency="max")
    assert isinstance(row, Mapped)
    assert row.sort == "other"
    features, _ = features_of([row], Books(names, library=library))
    assert math.isnan(model.predict(features).value[0])


def test_rows_are_predicted_alone_as_they_are_among_others(names, model, sample, predicted):
    few = replace(
        sample,
        rows=sample.rows[:9],
        columns={name: values[:9] for name, values in sample.columns.items()},
        words={name: values[:9] for name, values in sample.words.items()},
    )
    assert model.predict(few).value == pytest.approx(predicted.value[:9], rel=1e-12, nan_ok=True)


def test_sheets_of_engines_that_a_file_has_no_rows_of_are_not_loaded(names, sample, monkeypatch):
    loaded = []
    monkeypatch.setattr(module, "engine_of", lambda sheets: loaded.append(sheets) or engine_of(sheets))
    own = module.EngineModel(names)
    own.predict(sample)
    assert sorted(loaded) == sorted({*own.sheets_of(sample)} - {""})
    assert own.constants  # what one is called depends on all
    assert {*loaded} == {rule.word("sheets") for rule in names.rules["predictions"]} - {""}
    assert len(loaded) == len({*loaded})


def test_a_sheet_of_ones_own_predicts_every_row_and_its_constants_are_its_own(tmp_path, sample):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "sheet: mine\nabout: made up\nsource: made up\nuse: [engines/step]\nreplaces: [kernel_time]\nquantities:\n"
        "  kernel_time: {default: {value: 40 us, kind: fitted}}\n"
    )
    own = engine_model(mine)
    assert [each.value for each in own.constants if each.name.endswith("kernel_time")] == [40.0]
    assert sum(math.isfinite(value) for value in own.predict(sample).value) >= 30


def test_a_sheet_that_is_none_is_refused(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("sheet: broken\nabout: made up\nquantities: {tpot: {formula: no_such_name}}\n")
    with pytest.raises(InvalidInput):
        engine_model(broken)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name not in {"server", "burst", *BY_LAYERS}])
def test_an_engine_stands_with_and_without_a_server(engine):
    alone = workbook_of(f"engines/{engine}")
    served = workbook_of(f"engines/{engine} engines/server")
    assert served.number("ttft") == pytest.approx(alone.number("ttft") + served.number("server_time"))
    alone["batch_size"] = served["batch_size"] = 2
    assert served.number("decode_time") >= alone.number("decode_time") > alone.number("decode_floor")
    assert served.number("ttft") > alone.number("ttft") > alone.number("prefill_floor")


def test_a_row_s_range_is_of_the_sheet_that_states_it(sample):
    model = engine_model()
    found = zip(kinds_of(sample), model.sheets_of(sample), model.spreads_of(sample), strict=True)
    told = {(kind, sheets): spread for kind, sheets, spread in found}
    assert told["batch1_decode", "engines/vllm-2024"] == "vllm-2024.decode_spread"
    assert told["batch1_decode", "engines/llama-cpp"] == "ggml.decode_spread", "from the sheet that it uses"
    assert told["serving_ttft", "engines/vllm engines/server"] == "vllm.served_ttft_spread"
    assert told["throughput", "engines/tensorrt-llm"] == "ranges.throughput_spread"


@pytest.fixture(scope="module")
def outcome(model, names, library, tmp_path_factory):
    """The predictions of rows made of a few words each, beside their features."""
    books = Books(names, library=library)

    def make(*rows: dict[str, str]):
        told = [{**UNLIKE, "row_id": f"R{place}", **cells} for place, cells in enumerate(rows)]
        columns = [*dict.fromkeys(name for cells in told for name in cells)]
        path = tmp_path_factory.mktemp("rows") / "rows.csv"
        lines = [columns, *([cells.get(name, "") for name in columns] for cells in told)]
        path.write_text("".join(",".join(f'"{cell}"' for cell in line) + "\n" for line in lines), encoding="utf-8")
        problems = []
        features, _ = features_of(map_rows(read_measurements(path, problems), names, library), books)
        assert len(features) == len(rows), render(problems)
        return features, model.predict(features)

    return make


UNLIKE = {
    "gpu": "H100 SXM", "model": "llama2-70b", "engine": "TensorRT-LLM", "gpu_count": "8", "parallelism": "TP=8",
    "weight_precision": "fp8", "input_len": "294", "output_len": "290", "metric": "output_throughput_total",
    "unit": "tok/s", "value": "10", "batch_or_concurrency": "max",
}  # fmt: skip


def test_the_sooner_a_token_is_due_the_fewer_are_made(outcome):
    loads = ("MLPerf Offline", "MLPerf Server", "MLPerf Interactive")
    _, found = outcome(*({"load_mode": load} for load in loads))
    offline, server, interactive = found.value
    assert 0 < interactive < server < offline


def test_tokens_take_longer_the_more_requests_come_and_queues_end_in_no_figure(outcome):
    def load(metric, rate):
        return {"metric": metric, "unit": "ms", "value": "9e6", "load_mode": f"open-loop QPS={rate}",
                "batch_or_concurrency": f"qps={rate}"}  # fmt: skip

    _, found = outcome(load("tpot_mean", 1), load("tpot_mean", 20), load("ttft_mean", 20), load("ttft_mean", 9000))
    few, many, first, _ = found.value
    assert few < many
    assert math.isfinite(first)
    assert math.isnan(found.value[3])
    assert found.why[:3] == ("", "", "")
    assert found.why[3].startswith("the sheets of its engine give no figure that is finite")


def test_what_a_program_takes_of_the_memory_is_its_weights_caches_and_activations(outcome):
    cells = {"metric": "gpu_memory", "unit": "GB", "value": "99", "model": "llama3-8b", "weight_precision": "bf16",
             "gpu_count": "1", "parallelism": "single", "batch_or_concurrency": "1"}  # fmt: skip
    long = {**cells, "engine": "Transformers", "input_len": "20000"}
    features, found = outcome({**cells, "engine": "Transformers"}, long, {**cells, "engine": "llama.cpp"}, cells)
    assert found.low[:3] == pytest.approx(features["held_memory"][:3])
    activations = [value - held for value, held in zip(found.value, features["held_memory"], strict=True)]
    # what the widest products, gate and up, take in and give out for each token: 4,096 and 14,336 numbers each
    assert activations[1] == pytest.approx(20000 * 2 * 2 * (4096 + 14336) / 1e9)
    # llama.cpp makes room for the logits of 512 tokens
    assert activations[2] == pytest.approx(4 * 512 * 128256 / 1e9)
    assert math.isnan(found.value[3])
    assert "sets a share of the memory aside" in found.why[3]


def test_devices_whose_links_are_not_known_are_not_predicted(outcome):
    cells = {"gpu": "MI250", "model": "llama-2-7b", "engine": "vLLM", "weight_precision": "fp16", "metric": "tpot",
             "unit": "ms", "value": "90", "load_mode": "closed-loop", "batch_or_concurrency": "4"}  # fmt: skip
    _, found = outcome(
        {**cells, "gpu_count": "2", "parallelism": "TP=2"}, {**cells, "gpu_count": "1", "parallelism": "TP=1"}
    )
    assert math.isnan(found.value[0])
    assert found.why == ("predicted from link_bandwidth, of which nothing is known here", "")
    assert math.isfinite(found.value[1])
