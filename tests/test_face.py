"""The public face: the names that users import, and the workbook that they hold."""

from __future__ import annotations

import subprocess
import sys

import networkx as nx
import numpy as np
import pytest

import roofsheet

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"


@pytest.fixture
def guide() -> roofsheet.Workbook:
    return roofsheet.open(GUIDE)


def test_the_public_names_are_these():
    assert roofsheet.__all__ == [
        "Diagram",
        "InvalidInput",
        "NoValue",
        "RoofsheetError",
        "UnknownQuantity",
        "Workbook",
        "__version__",
        "open",
    ]
    assert set(roofsheet.__all__) <= set(dir(roofsheet))
    assert all(getattr(roofsheet, name) is not None for name in roofsheet.__all__)


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'roofsheet' has no attribute 'workbok'"):
        _ = roofsheet.workbok


def test_the_errors_are_a_tree():
    for error in (roofsheet.InvalidInput, roofsheet.UnknownQuantity, roofsheet.NoValue):
        assert issubclass(error, roofsheet.RoofsheetError)
    assert issubclass(roofsheet.UnknownQuantity, KeyError)
    assert issubclass(roofsheet.NoValue, ArithmeticError)


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, roofsheet; print({'pint', 'networkx', 'numpy', 'yaml', 'click'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


# -- opening ---------------------------------------------------------------------------------------


def test_a_workbook_is_opened_with_other_values():
    pint = roofsheet.open(GUIDE)["memory_capacity"] * 2
    workbook = roofsheet.open(GUIDE, memory_capacity=pint, n_layers=64, n_kv_heads="8 head")
    assert workbook.number("spare_memory") == 128
    assert workbook.number("kv_bytes_per_token") == 262144


def test_a_file_is_opened_by_its_path(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("scenario: Mine\nquantities:\n  a: {unit: ms, formula: 1 * b}\n  b: {default: 2 ms, unit: ms}\n")
    assert roofsheet.open(path).number("a") == 2


def test_what_cannot_be_opened_raises_every_problem():
    with pytest.raises(roofsheet.InvalidInput) as refused:
        roofsheet.open(GUIDE, n_layers="3 GB", head_dim="many")
    assert {problem.quantity for problem in refused.value.problems} == {"n_layers", "head_dim"}
    assert "error[dimension]" in str(refused.value)


def test_a_number_for_an_unknown_name_is_refused():
    with pytest.raises(roofsheet.UnknownQuantity, match="did you mean n_layers"):
        roofsheet.open(GUIDE, n_layer=3)


# -- the workbook ----------------------------------------------------------------------------------


def test_values_are_quantities_in_the_declared_unit(guide):
    assert f"{guide['tpot']:.2f~P}" == "35.75 ms"
    assert guide["bottleneck"] == "memory"


def test_an_input_is_set_as_text_a_quantity_or_a_number(guide):
    for value in ("3.58 TB/s", guide["memory_bandwidth"] * 2, 3580):
        guide["memory_bandwidth"] = value
        assert guide.number("tpot") == pytest.approx(17.877, abs=1e-3)


def test_a_copy_is_a_workbook_of_its_own(guide):
    guide["n_layers"] = 64
    copy = guide.copy()
    copy["n_kv_heads"] = 8
    assert isinstance(copy, roofsheet.Workbook)
    assert (guide.number("max_batch"), copy.number("max_batch")) == (5, 29)
    assert copy.title == guide.title
    assert len(copy.claims()) == len(guide.claims()) == 11


def test_claims_are_judged_on_the_present_values(guide):
    assert all(claim.holds for claim in guide.claims())
    guide["n_layers"] = 64
    assert [claim.subject for claim in guide.claims() if not claim.holds] == ["kv_bytes_per_token", "max_batch"]


def test_an_explanation_prints_as_a_tree(guide):
    explained = guide.explain("tpot")
    head, formula, *_ = str(explained).splitlines()
    assert head.split() == ["tpot", "TPOT", "=", "35.75", "ms", "decode.yaml:10"]
    assert formula == "│  = weight_bytes / memory_bandwidth"
    assert repr(explained) == str(explained).rstrip("\n")
    assert explained.data.root.name == "tpot"
    assert "rests on 2 more" in str(guide.explain("tpot", depth=1))


def test_an_audit_is_data_and_text(guide):
    audit = guide.audit("max_batch")
    assert audit.data.failed
    assert [each.name for each in audit.data.shown] == ["max_batch"]
    assert "n_layers is 80 layer, where the catalogue has 64 layer" in str(audit)


def test_the_dag_can_be_followed(guide):
    assert isinstance(guide.dag, nx.DiGraph)
    assert guide.precedents("tpot") == ("memory_bandwidth", "weight_bytes")
    assert guide.dependents("tpot") == ("decode_throughput",)
    assert guide.path("memory_bandwidth", "decode_throughput") == ("memory_bandwidth", "tpot", "decode_throughput")
    assert {each.name for each in guide.provenance("tpot")} == {
        "memory_bandwidth",
        "n_parameters",
        "bytes_per_parameter",
    }


def test_a_picture_is_drawn_of_names_or_of_everything(guide):
    one, every = guide.diagram("tpot"), guide.diagram()
    assert isinstance(one, roofsheet.Diagram)
    assert "weight_bytes" in one.source
    assert "ttft" not in one.source
    assert "ttft" in every.source
    assert "decode_throughput" in guide.diagram("memory_bandwidth", dependents=True).source


def test_a_workbook_shows_as_a_table(guide):
    lines = repr(guide).splitlines()
    assert lines[0] == guide.title
    assert lines[3].split()[:3] == ["ops_to_byte", "70.39", "FLOP/byte"]


def test_a_notebook_shows_a_table_without_markup_from_files(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("scenario: <b>Mine</b>\nquantities:\n  a: {unit: '', formula: 1 + 2, about: '<script>&'}\n")
    table = roofsheet.open(path)._repr_html_()
    assert table.startswith("<table>")
    assert "&lt;b&gt;Mine&lt;/b&gt;" in table
    assert "&lt;script&gt;&amp;" in table
    assert "<script>" not in table


def test_a_value_that_is_not_there_raises_why(guide):
    guide["memory_bandwidth"] = 0
    with pytest.raises(roofsheet.NoValue, match="tpot: division by zero"):
        guide["tpot"]
    assert "no value" in repr(guide)


# -- sweeping --------------------------------------------------------------------------------------


def test_a_sweep_is_a_grid_in_declared_units(guide: roofsheet.Workbook):
    swept = guide.sweep({"memory_bandwidth": [1790, 3350], "prompt_length": [512, 4096, 8192]}, ["tpot", "ttft"])
    assert swept.shape == swept["tpot"].shape == swept["ttft"].shape == (2, 3)
    assert swept["tpot"][:, 0] == pytest.approx([35.75, 19.10], abs=0.01)
    assert swept["ttft"][1] == pytest.approx(
        [guide.number("ttft"), guide.number("ttft") * 8, guide.number("ttft") * 16]
    )
    assert swept.units == {"memory_bandwidth": "GB/s", "prompt_length": "token/sequence", "tpot": "ms", "ttft": "ms"}
    assert repr(swept) == "<Sweep of tpot, ttft over memory_bandwidth (2), prompt_length (3)>"


def test_an_axis_is_texts_quantities_words_or_numbers(guide: roofsheet.Workbook):
    bandwidth = guide["memory_bandwidth"]
    assert not isinstance(bandwidth, str)
    mixed = guide.sweep({"memory_bandwidth": ["1790 GB/s", "3.58 TB/s", bandwidth * 4, 7160]}, "tpot")
    assert mixed.axes["memory_bandwidth"] == pytest.approx([1790, 3580, 7160, 7160])
    assert mixed["tpot"] == pytest.approx([35.754, 17.877, 8.939, 8.939], abs=1e-3)
    whole = guide.sweep({"memory_bandwidth": np.array([1.0, 2.0]) * bandwidth}, "tpot")
    assert whole["tpot"] == pytest.approx(mixed["tpot"][:2])
    words = guide.sweep({"bottleneck": ["memory", "compute"]}, ["bottleneck", "tpot"])
    assert words["bottleneck"].tolist() == ["memory", "compute"]
    assert words.units["bottleneck"] == ""


def test_lists_are_swept_side_by_side(guide: roofsheet.Workbook):
    axes = {"memory_bandwidth": [1790, 3350], "prompt_length": [512, 4096]}
    pairs, grid = guide.sweep(axes, ["tpot", "ttft"], zip=True), guide.sweep(axes, ["tpot", "ttft"])
    assert pairs.shape == (2,)
    assert all(np.array_equal(pairs[name], np.diagonal(grid[name])) for name in pairs)
    with pytest.raises(roofsheet.InvalidInput, match="memory_bandwidth has 2, prompt_length has 1"):
        guide.sweep({**axes, "prompt_length": [512]}, "tpot", zip=True)


def test_a_point_that_fails_says_why(guide: roofsheet.Workbook):
    swept = guide.sweep({"prompt_length": [512, 4096], "memory_bandwidth": [0, 1790]}, "tpot")
    assert swept.failed("tpot").tolist() == [[True, False], [True, False]]
    problem = swept.problem("tpot", 1, 0)
    assert problem is not None
    assert problem.message == "tpot: division by zero"
    assert problem.mark is not None
    assert swept.problem("tpot", -1, -1) is None


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        ({"memory_bandwidth": ["1790 GB"]}, "memory_bandwidth is declared in GB/s"),
        ({"memory_bandwidth": [[1, 2]]}, "an axis is one list of values"),
        ({"bottleneck": ["disk"]}, "disk is none of memory, compute"),
        ({"prompt_length": [float("nan")]}, "not finite"),
        ({"hardwear": ["h100"]}, "nothing here is called hardwear"),
    ],
)
def test_what_no_axis_can_be_is_refused(guide: roofsheet.Workbook, axes: dict[str, list[object]], said: str):
    with pytest.raises(roofsheet.RoofsheetError, match=said):
        guide.sweep(axes, "tpot")


def test_a_sweep_leaves_the_workbook_as_it_was(guide: roofsheet.Workbook):
    guide["n_layers"] = 40
    before = {name: guide.value(name) for name in guide}
    guide.sweep({"n_layers": [1, 2], "weight_bytes": [1, 2]}, "max_batch")
    assert {name: guide.value(name) for name in guide} == before


HARDWARE = ["h200-sxm", "h100-sxm", "b200-sxm"]


def test_hardware_is_an_axis_each_entry_a_workbook_of_its_own():
    workbook = roofsheet.open("qwen3-32b-on-h100", prompt_length="1000 token/sequence")
    workbook["output_length"] = 500
    workbook["n_heads"] = 32  # set after opening, too
    axes = {"batch_size": [1, 8], "hardware": HARDWARE, "context_length": [1000, 2000, 4000]}
    swept = workbook.sweep(axes, ["tpot", "ttft", "memory_capacity"])
    assert swept.shape == (2, 3, 3)
    assert swept.axes["hardware"].tolist() == HARDWARE
    for at, name in enumerate(HARDWARE):
        other = workbook._rebound({"hardware": name})
        assert other.number("prompt_length") == 1000
        other["batch_size"], other["context_length"] = 8, 4000
        for quantity in swept:
            assert swept[quantity][1, at, 2] == pytest.approx(other.number(quantity), rel=1e-12)
    assert len({*swept["memory_capacity"].ravel()}) == 3


def test_entries_stand_side_by_side_with_values():
    workbook = roofsheet.open("qwen3-32b-on-h100")
    axes = {"batch_size": [1.0, 8, 0], "hardware": ["h200-sxm", "h100-sxm", "h200-sxm"]}
    pairs = workbook.sweep(axes, ["tpot", "decode_throughput"], zip=True)
    grid = workbook.sweep({**axes, "hardware": HARDWARE[:2]}, ["tpot", "decode_throughput"])
    assert np.array_equal(pairs["tpot"], grid["tpot"][[0, 1, 2], [0, 1, 0]], equal_nan=True)
    assert pairs.failed("decode_throughput").tolist() == [False, False, grid.failed("decode_throughput")[2, 0]]


def test_models_are_an_axis():
    workbook = roofsheet.open("qwen3-32b-on-h100")
    swept = workbook.sweep({"model": ["qwen3-32b", "qwen3-30b-a3b"]}, ["n_parameters", "tpot"])
    assert swept["n_parameters"][0] > swept["n_parameters"][1]
    assert swept["tpot"][0] == pytest.approx(workbook.number("tpot"))


def test_an_entry_that_does_not_exist_is_refused():
    with pytest.raises(roofsheet.InvalidInput, match="h201"):
        roofsheet.open("qwen3-32b-on-h100").sweep({"hardware": ["h201-sxm"]}, "tpot")


def test_only_a_sweep_needs_numpy():
    code = f"""
import sys
sys.modules["numpy"] = None  # as if it were not installed
import roofsheet
workbook = roofsheet.open({GUIDE!r})
print(workbook.text("tpot"))
try:
    workbook.sweep({{"prompt_length": [512]}}, "ttft")
except roofsheet.InvalidInput as error:
    print(error)
"""
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said.startswith("35.75 ms\nerror[usage]: sweeps need NumPy, which is missing")
    assert "pip install 'roofsheet[sweep]'" in said
