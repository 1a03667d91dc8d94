"""The floor of a row, and what is computed beside it: against arithmetic done here."""

from __future__ import annotations

import csv
import subprocess
import sys
from io import StringIO
from math import isnan

import numpy as np
import pytest

from roofsheet.measuring.books import FLOOR
from roofsheet.measuring.engine_model import engine_model
from roofsheet.measuring.features import features_of
from roofsheet.measuring.mapping import Excluded, Unmapped, map_rows
from roofsheet.measuring.saving import features_csv, save_features
from roofsheet.measuring.validation import file_of
from roofsheet.scenarios import load

H100, FLOPS = 3350e9, 989.4e12
# Llama 3.1 8B: what a token is multiplied by, and the bytes of a token's cache
MATRICES = 32 * (4096 * (32 + 2 * 8) * 128 + 4096 * 4096 + 3 * 4096 * 14336) + 4096 * 128256
NORMS = 65 * 4096
CACHE = 2 * 32 * 8 * 128 * 2


@pytest.fixture
def computed(row, names, library, books):
    """The table and the outcomes of rows made of a few words each."""

    def make(*rows: dict[str, str]):
        return features_of(map_rows([row(**cells) for cells in rows], names, library), books)

    return make


def test_the_floor_of_a_step_is_its_bytes_over_the_bandwidth(computed):
    features, _ = computed({})
    # 16 sequences of 1,000 tokens of prompt and half of the output; a row of the embedding and what is written besides
    bytes_moved = 2 * (MATRICES + NORMS) + 16 * 2 * 4096 + 16 * (1250 + 1) * CACHE
    assert features["floor"][0] == pytest.approx(bytes_moved / H100 * 1e3, rel=1e-4)
    assert features["measured"] == (9,)
    assert features["batch_size"] == (16,)
    assert features["context_length"] == (1250,)


def test_the_floor_of_a_long_prefill_is_its_operations_over_the_rate(computed):
    features, _ = computed({"metric": "ttft", "batch_or_concurrency": "1", "value": "90", "input_len": "4000"})
    products = 2 * (MATRICES - 4096 * 128256) * 4000 + 2 * 4096 * 128256
    attention = 4 * 32 * 32 * 128 * 4000 * 4001 / 2
    assert features["floor"][0] == pytest.approx((products + attention) / FLOPS * 1e3, rel=1e-3)
    assert features["prefill_attention_time"][0] == pytest.approx(attention / FLOPS * 1e3, rel=1e-3)


def test_what_an_accelerator_does_not_have_is_missed_by_the_predictions_that_need_it_alone(computed):
    cells = {
        "gpu": "Gaudi 2",
        "metric": "decode_tok_s",
        "batch_or_concurrency": "1",
        "unit": "tok/s/user",
        "value": "50",
    }
    features, (of_vllm, of_llama) = computed(cells, {**cells, "engine": "llama.cpp"})
    assert not isinstance(of_vllm, Unmapped), of_vllm.reason
    assert [each.hardware for each in (of_vllm, of_llama)] == ["gaudi-2", "gaudi-2"]
    assert all(isnan(each) for each in features["vector_rate"])
    found = engine_model().predict(features)
    assert found.value[0] > 0
    assert found.why == ("", "predicted from vector_rate, of which nothing is known here")


def test_rules_of_predictions_look_at_columns_that_there_are(computed, names):
    features, _ = computed({})
    asked = {column for rule in names.rules["predictions"] for column, _ in rule.when}
    assert asked <= {*features.words}


def test_a_request_is_its_prefill_and_its_steps(computed):
    features, _ = computed({"metric": "e2e_batch_latency", "unit": "s", "value": "9"})
    assert features["prefill_batch_size"] == (16,)
    whole = features["prefill_floor"][0] + 500 * features["decode_floor"][0]
    assert features["floor"][0] == pytest.approx(whole / 1e3)


def test_layers_that_are_split_are_read_one_device_after_the_other(computed):
    cells = {
        "metric": "decode_tok_s",
        "unit": "tok/s",
        "value": "20",
        "batch_or_concurrency": "1",
        "engine": "llama.cpp",
    }
    features, _ = computed(
        {**cells, "gpu_count": "4", "parallelism": "layer-split=4"}, {**cells, "row_id": "R2", "parallelism": "single"}
    )
    split, single = features["floor"]
    assert split == pytest.approx(single, rel=1e-3)


def test_devices_that_a_row_leaves_open_hold_as_many_copies_as_fit(computed):
    cells = {"metric": "output_throughput_total", "load_mode": "MLPerf Offline", "unit": "tok/s", "value": "1000"}
    one, eight = ({**cells, "gpu_count": count, "batch_or_concurrency": "max"} for count in ("1", "8"))
    features, _ = computed(one)
    many, _ = computed(eight)
    assert many["copies"] == (8,)
    assert many["floor"][0] == pytest.approx(8 * features["floor"][0])
    assert features["batch_size"][0] == features["max_batch"][0]


def test_each_copy_has_its_share_of_the_requests(computed):
    cells = {"metric": "ttft_mean", "load_mode": "open-loop QPS=12", "batch_or_concurrency": "qps=12", "value": "90"}
    features, _ = computed({**cells, "gpu_count": "4", "parallelism": "TP=1"}, {"row_id": "R2"})
    assert features.words["demand"] == ("rate", "")
    assert features["offered_rate"] == (3, 1e9)


def test_the_bits_of_a_gguf_are_those_of_the_file_on_disk(computed):
    cells = {"metric": "decode_tok_s", "unit": "tok/s", "value": "20", "batch_or_concurrency": "1", "input_len": "0"}
    features, _ = computed({**cells, "engine": "llama.cpp", "weight_precision": "Q4_K_M", "weights_gib": "4.58"})
    assert features["device_weight_bytes"][0] == pytest.approx(4.58 * 2**30 / 1e9, rel=1e-3)


def test_a_device_without_a_rate_for_a_format_computes_in_another(computed):
    cells = {"metric": "ttft", "batch_or_concurrency": "1", "value": "900", "input_len": "4000"}
    features, _ = computed({**cells, "gpu": "NVIDIA A100 80GB", "weight_precision": "fp8"})
    assert features["floor"][0] == pytest.approx(features["prefill.flops"][0] / 312e12 * 1e15, rel=1e-6)


def test_experts_that_are_all_alike_are_the_bound_that_nothing_beats(computed):
    features, _ = computed(
        {"model": "Mixtral-8x7B-v0.1", "gpu": "NVIDIA H200 SXM", "batch_or_concurrency": "8", "value": "40"}
    )
    assert features["bound"][0] < features["floor"][0]
    dense, _ = computed({})
    assert dense["bound"] == dense["floor"]


def test_a_row_faster_than_its_bound_is_left_out_and_says_how_much(computed):
    features, (outcome,) = computed({"value": "1"})
    assert len(features) == 0
    assert isinstance(outcome, Excluded)
    assert outcome.rule == "faster-than-the-floor"
    assert outcome.reason.startswith("5.26x as fast as the bound")


def test_a_figure_in_a_unit_of_something_else_is_not_compared(computed):
    _, (outcome,) = computed({"unit": "GB"})
    assert isinstance(outcome, Unmapped)
    assert outcome.reason == "GB does not measure tpot, which is in ms"


def test_what_a_device_does_not_have_is_no_number(computed):
    features, _ = computed({"gpu": "Apple M1 Max", "value": "900"})
    assert isnan(features["link_bandwidth"][0])


def test_the_floor_needs_no_numpy(tmp_path):
    few = file_of("measurements/sample").read_text(encoding="utf-8").splitlines()[:4]
    (tmp_path / "few.csv").write_text("\n".join(few) + "\n", encoding="utf-8")
    code = (
        "import sys\nsys.modules['numpy'] = None\n"
        "from roofsheet.cli.main import roofsheet\n"
        "roofsheet(['validate', 'few.csv', '--floor', '--by', 'kind'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "3 rows: 3 compared" in done.stdout


@pytest.mark.parametrize(
    "cells",
    [
        {"input_len": "900000000000000"},
        {"output_len": "900000000000000"},
        {"batch_or_concurrency": "900000000000000"},
        {"gpu_count": "900000000000000", "parallelism": ""},
        {"gpu_count": "1000000", "parallelism": "TP=1000"},
        {"weights_gib": "1e14", "weight_precision": "Q4_K_M", "engine": "llama.cpp"},
        {"weights_gib": "1e-300", "weight_precision": "Q4_K_M", "engine": "llama.cpp"},
        {"context_depth": "1e14"},
        {"value": "1e29"},
        {"value": "1e-29"},
    ],
    ids=lambda cells: next(iter(cells)) + next(iter(cells.values())),
)
def test_absurd_rows_end_in_an_outcome(cells, computed):
    features, (outcome,) = computed(cells)
    assert len(features) <= 1
    assert outcome.row.row_id == "line 2"


def test_the_table_is_the_same_in_a_file(computed, tmp_path):
    features, _ = computed({}, {"model": "Mixtral-8x7B-v0.1", "gpu": "NVIDIA H200 SXM", "row_id": "R2", "value": "40"})
    rows = list(csv.DictReader(StringIO(features_csv(features))))
    assert [row["model"] for row in rows] == ["llama-3.1-8b", "mixtral-8x7b-v0.1"]
    assert [float(row["floor"]) for row in rows] == list(features["floor"])
    assert rows[0]["n_experts"] == ""
    save_features(features, tmp_path / "rows.npz")
    arrays = np.load(tmp_path / "rows.npz")
    assert {*arrays} == {*features.columns, *features.words, "units"}
    assert [*arrays["decode_floor"]] == list(features["decode_floor"])
    assert "decode_floor ms" in arrays["units"]


def test_layers_are_told_by_their_sort(computed):
    names = (
        "n_layers",
        "n_moe_layers",
        "n_latent_layers",
        "n_indexed_layers",
        "n_windowed_layers",
        "n_recurrent_layers",
    )

    def counts(model: str) -> list[float]:
        features, _ = computed({"model": model, "gpu": "NVIDIA B200 SXM", "value": "900", "gpu_count": "8"})
        return [features[name][0] for name in names]

    # not the layer of multi-token prediction, which is not run
    assert counts("deepseek-ai/DeepSeek-V3") == [61, 58, 61, 0, 0, 0]
    assert counts("zhipuai/GLM-5") == [78, 75, 78, 78, 0, 0]
    assert counts("openai/gpt-oss-120b") == [36, 36, 0, 0, 18, 0]
    assert counts("Qwen/Qwen3.5-397B-A17B") == [60, 60, 0, 0, 0, 45]


def test_the_scenario_of_floors_is_without_a_problem():
    found = load(FLOOR)
    assert found.workbook is not None
    assert found.problems == ()
    assert all(found.workbook.value(name) is not None for name in found.show)
