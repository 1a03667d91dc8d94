"""What a derivation shows, as data: which boxes, which edges, and what stands in a box."""

from __future__ import annotations

import pytest

import roofsheet
from roofsheet.diagrams.derivation import picture
from roofsheet.graph.audit.claims import judge_all
from roofsheet.problems import InvalidInput, Problem, UnknownQuantity

from ..building import Declared, DeclaredTable, dag, workbook


def boxes(drawn):
    return {node.name for node in drawn.nodes}


def box(drawn, name):
    return next(node for node in drawn.nodes if node.name == name)


def edges(drawn):
    return {(edge.source, edge.target) for edge in drawn.edges}


def said(node, *styles):
    """The texts of a box's lines in these styles, or in all, their line breaks undone."""
    lines = [*node.lines, *(line.aside for line in node.lines if line.aside), *node.notes]
    return [" ".join(line.text).replace("\xa0", " ") for line in lines if not styles or line.style in styles]


def entries(node):
    return {entry.name: entry.value for entry in node.entries}


# -- a quantity's box --------------------------------------------------------------------------------


def test_a_computed_quantity_shows_its_formula_the_formula_with_numbers_and_its_value(guide, guide_verdicts):
    tpot = box(picture(guide, ["tpot"], verdicts=guide_verdicts), "tpot")
    assert tpot.symbol == "TPOT"
    assert said(tpot) == [
        "weight_bytes / memory_bandwidth",
        "= 64 GB / 1,790 GB/s",
        "35.75 ms",
        "✓ printed 35.75 ms",
    ]


def test_an_input_says_its_kind_and_is_told_apart_by_it(catalogue):
    drawn = picture(catalogue)
    assert box(drawn, "memory_capacity").look == "measured"
    assert box(drawn, "n_layers").look == "datasheet"
    assert said(box(drawn, "prompt_length")) == ["512 token/sequence", "assumed"]


def test_an_input_without_a_value_is_missing():
    drawn = picture(workbook({"price": Declared("USD/h")}))
    assert box(drawn, "price").look == "missing"
    assert said(box(drawn, "price"))[0] == "missing"


def test_a_pinned_quantity_is_marked_and_keeps_its_formula_in_sight(guide):
    peak = box(picture(guide, ["ttft"]), "peak_compute")
    assert peak.pinned
    assert said(peak, "note")[-1] == "pinned, in place of compute_rate[compute_dtype, accumulator, dense]"


def test_a_long_formula_is_wrapped_before_its_operators(guide):
    formula = box(picture(guide, ["ttft"]), "ttft").lines[0]
    assert formula.style == "formula"
    assert [line[0] for line in formula.text] == ["1", "*", "/"]


def test_no_line_is_wider_than_44_characters(guide, made_up, guide_verdicts):
    nodes = (*picture(guide, verdicts=guide_verdicts).nodes, *picture(made_up).nodes)
    assert max(len(text) for node in nodes for line in (*node.lines, *node.notes) for text in line.text) <= 44


def test_a_power_of_a_value_is_in_parentheses(guide):
    numbers = said(box(picture(guide), "attention_traffic"), "numbers")
    assert numbers == ["= 8 byte/pair/head * (4,096 token/sequence)**2"]


def test_a_number_and_its_unit_stay_on_one_line(guide):
    numbers = next(line for line in box(picture(guide, ["ttft"]), "ttft").lines if line.style == "numbers")
    assert "32e9\xa0parameter" in "".join(numbers.text)


def test_a_condition_is_shown_with_numbers_and_with_both_of_its_branches(guide):
    numbers = said(box(picture(guide), "bottleneck"), "numbers")
    assert numbers == ["= memory if 64 FLOP/byte < 70.39 FLOP/byte else compute"]


def test_the_rows_that_a_column_is_summed_over_are_counted(made_up):
    assert said(box(picture(made_up), "step_time"), "numbers") == ["= sum(13 rows)"]


def test_only_what_was_asked_for_is_a_result(guide):
    assert {node.name for node in picture(guide, ["tpot", "ttft"]).nodes if node.result} == {"tpot", "ttft"}


# -- claims ------------------------------------------------------------------------------------------


def test_claims_that_held_failed_and_failed_as_known_look_different(baseten, overview):
    changed = baseten.workbook.copy()
    changed["output_length"] = "1500 token/sequence"
    held = picture(baseten.workbook, verdicts=judge_all(baseten.claims, baseten.workbook))
    failed = picture(changed, verdicts=judge_all(baseten.claims, changed))
    known = picture(overview.workbook, ["revenue_rate"], verdicts=judge_all(overview.claims, overview.workbook))
    assert said(box(held, "request_time"), "held") == ["✓ printed 3.49 s from rounded inputs"]
    assert said(box(known, "revenue_rate"), "known") == ["≠ printed 562,027 USD/day: a known error"]
    assert said(box(failed, "request_time"), "failed") == ["✗ printed 3.49 s from rounded inputs"]


def test_a_number_of_a_claim_table_says_its_cell_and_is_not_called_rounded():
    shown = roofsheet.open("guides/databricks-best-practices/kv-cache")
    held = said(box(picture(shown, ["cache_bytes"], verdicts=shown.claims()), "cache_bytes"), "held")
    assert "✓ printed 5 GiB at batch_size 16" in " ".join(held)
    assert "rounded" not in " ".join(held)


def test_a_claim_that_should_have_failed_and_holds_is_a_failure(overview):
    exact = overview.workbook.copy()
    exact["output_rate"] = "167.9667e9 token/day"  # within the rounding of the 168e9 that are printed
    drawn = picture(exact, ["revenue_rate"], verdicts=judge_all(overview.claims, exact))
    assert said(box(drawn, "revenue_rate"), "failed") == ["✗ printed 562,027 USD/day: holds, though expected to fail"]


# -- cases -------------------------------------------------------------------------------------------


def test_cases_stand_in_the_box_of_their_quantity(baseten):
    drawn = picture(baseten.workbook, verdicts=judge_all(baseten.claims, baseten.workbook))
    tpot = box(drawn, "tpot")
    assert entries(tpot) == {"t4": "46.67 ms", "a100": "6.866 ms"}
    assert [entry.claim and entry.claim.text for entry in tpot.entries] == [("✓ printed 46 ms",), ("✓ printed 6 ms",)]
    assert not {name for name in boxes(drawn) if "." in name}


def test_a_case_asked_for_by_name_has_boxes_of_its_own(baseten):
    drawn = picture(baseten.workbook, ["a100.tpot"])
    assert boxes(drawn) == {"a100.tpot", "a100.memory_bandwidth", "weight_bytes", "n_parameters", "bytes_per_parameter"}
    assert next(cluster.title for cluster in drawn.clusters if "a100.tpot" in cluster.nodes) == "case a100"


# -- what is drawn -----------------------------------------------------------------------------------


def test_a_derivation_holds_what_the_quantity_rests_on_and_nothing_else(guide):
    drawn = picture(guide, ["ttft"])
    assert boxes(drawn) == {"ttft", "prompt_length", "n_parameters", "peak_compute"}
    assert edges(drawn) == {(name, "ttft") for name in ("prompt_length", "n_parameters", "peak_compute")}


def test_at_the_depth_limit_a_box_says_how_much_more_it_rests_on(guide):
    drawn = picture(guide, ["max_batch"], depth=1)
    assert boxes(drawn) == {"max_batch", "spare_memory", "kv_bytes_per_token", "sequence_length"}
    assert said(box(drawn, "spare_memory"), "more") == ["+4 more that it rests on"]
    assert said(box(drawn, "sequence_length"), "more") == []


def test_dependents_are_what_rests_on_a_quantity(guide):
    drawn = picture(guide, ["memory_bandwidth"], dependents=True)
    assert boxes(drawn) == {"memory_bandwidth", "ops_to_byte", "bottleneck", "tpot", "decode_throughput"}


def test_dependents_have_a_depth_limit_too(guide):
    drawn = picture(guide, ["memory_bandwidth"], depth=1, dependents=True)
    assert boxes(drawn) == {"memory_bandwidth", "ops_to_byte", "tpot"}
    assert said(box(drawn, "tpot"), "more") == ["+1 more rests on it"]


def test_without_names_a_depth_counts_from_the_results(guide):
    assert "bytes_per_parameter" not in boxes(picture(guide, depth=1))
    assert {"bottleneck", "ops_to_byte", "arithmetic_intensity"} <= boxes(picture(guide, depth=1))


def test_a_branch_that_is_not_taken_is_drawn_as_not_used():
    tried = workbook(
        {"a": Declared(value="1"), "b": Declared(value="2"), "c": Declared(formula="a if a > 0 else b")},
    )
    assert {(edge.source, edge.used) for edge in picture(tried, ["c"]).edges} == {("a", True), ("b", False)}


def test_an_unknown_name_is_refused_with_the_nearest_one(guide):
    with pytest.raises(UnknownQuantity) as refused:
        picture(guide, ["tpott"])
    assert refused.value.problems[0].hint == "did you mean tpot?"


def test_a_mistaken_column_is_refused_with_the_nearest_column(made_up):
    with pytest.raises(UnknownQuantity) as refused:
        picture(made_up, ["products.decode.tme"])
    assert "products.decode.time" in refused.value.problems[0].hint


def test_a_picture_that_nobody_could_read_is_refused():
    many = {f"a{number}": Declared(formula=f"start + {number}") for number in range(1000)}
    tried = workbook({"start": Declared(value="1"), **many})
    with pytest.raises(InvalidInput, match="1,001 boxes"):
        picture(tried)
    assert boxes(picture(tried, ["a7"])) == {"start", "a7"}


# -- what is folded and left out ---------------------------------------------------------------------


def test_an_alias_is_left_out_and_connected_through(guide):
    drawn = picture(guide)
    assert "n_kv_heads" not in boxes(drawn)
    assert ("n_heads", "kv_bytes_per_token") in edges(drawn)
    assert "also n_kv_heads" in said(box(drawn, "n_heads"), "note")


def test_an_alias_asked_for_is_drawn(guide):
    assert boxes(picture(guide, ["n_kv_heads"])) == {"n_kv_heads", "n_heads"}


def test_a_default_that_nothing_reads_is_left_out(guide):
    assert guide.text("accumulator") == "fp32"
    assert "accumulator" not in boxes(picture(guide))


def test_a_default_that_something_reads_is_drawn_as_an_assumption(catalogue):
    assert said(box(picture(catalogue), "accumulator")) == ["fp32", "assumed"]


def test_a_keyed_input_is_one_box_with_the_value_in_use_first(catalogue):
    rate = box(picture(catalogue, ["peak_compute"]), "compute_rate")
    first, *others = rate.entries
    assert (first.name, first.value, first.faint) == ("bf16, fp32, dense", "503.8 TFLOPS", False)
    assert all(entry.faint for entry in others)


def test_a_table_is_one_box_per_column(made_up):
    drawn = picture(made_up)
    columns = [node.name for node in drawn.nodes if node.look == "column"]
    assert "products.decode.time" in columns
    assert len(columns) == len(set(columns)) == 16
    assert len(made_up) > 260
    assert len(drawn.nodes) < 50


def test_a_column_shows_its_reduction_and_its_largest_rows(made_up):
    parameters = box(picture(made_up), "products.parameters")
    assert said(parameters, "value") == ["sum 852,160 parameter"]
    assert said(parameters, "note") == ["13 rows"]
    assert next(iter(entries(parameters).items())) == ("narrow.expert", "368,640 parameter (43%)")


def test_a_column_of_words_counts_its_rows(made_up):
    assert entries(box(picture(made_up), "products.decode.habit")) == {"reading": "10 rows", "resting": "3 rows"}


def test_the_edges_of_a_column_are_merged(made_up):
    drawn = picture(made_up)
    assert len(drawn.edges) == len(edges(drawn))
    assert ("products.decode.time", "step_time") in edges(drawn)


def test_cells_that_hold_a_default_and_columns_that_only_repeat_a_name_are_left_out(made_up):
    assert made_up.definition("wide.qkv.matrices").value.layer == "default"
    assert not {"products.matrices", "products.decode.tokens"} & boxes(picture(made_up))


def test_a_column_is_known_by_its_name(made_up):
    assert box(picture(made_up, ["products.decode.time"], depth=0), "products.decode.time").result


def test_a_cell_asked_for_opens_its_row(made_up):
    drawn = picture(made_up, ["narrow.expert.decode.time"])
    assert {"narrow.expert.decode.flops", "narrow.expert.decode.bytes"} <= boxes(drawn)
    assert not {node.name for node in drawn.nodes if node.look == "column"}


def test_the_inputs_of_a_group_are_one_box(made_up):
    narrow = box(picture(made_up), "narrow inputs")
    assert entries(narrow)["n_specialists"] == "10"
    assert "narrow.n_specialists" not in boxes(picture(made_up))


def test_the_models_facts_that_only_rows_read_are_one_box_with_the_single_inputs_of_groups(made_up):
    facts = entries(box(picture(made_up), "model inputs"))
    assert facts["n_words"] == "1,000"
    assert facts["start.n_layers"] == "1 layer"
    assert "hidden_size" not in boxes(picture(made_up))


def test_what_groups_compute_by_one_formula_is_one_box(small):
    pairs = box(picture(small, ["tpot"]), "whole_decode_pairs by group")
    assert said(pairs, "formula") == ["decode_tokens * context_length"]
    assert list(entries(pairs)) == ["dense", "moe"]
    assert not any(entry.faint for entry in pairs.entries)


def test_six_hundred_quantities_are_a_page_of_boxes():
    rows = {f"row{number}": {"d_in": f"{number + 2}"} for number in range(60)}
    columns = {"d_in": Declared()} | {f"c{number}": Declared(formula=f"{number} + d_in") for number in range(9)}
    tried = workbook({"total": Declared(formula="sum(parts[:].c8)")}, {"parts": DeclaredTable(columns, rows)})
    drawn = picture(tried)
    assert len(tried) > 600
    assert boxes(drawn) == {"total", "parts.d_in", *(f"parts.c{number}" for number in range(9))}


# -- a real model ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "most"), [("tpot", 49), ("ttft", 50), ("max_batch", 40), ("kv_bytes_per_token", 8)])
def test_a_real_models_result_is_a_page_of_boxes(name, most, small):
    assert len(small) > 2000
    assert len(picture(small, [name]).nodes) <= most


def test_a_picture_of_one_phase_has_nothing_of_the_other(small):
    assert not {name for name in boxes(picture(small, ["tpot"])) if "prefill" in name}


def test_what_rests_on_defaults_alone_is_named_below_the_picture(small):
    drawn = picture(small, ["tpot"])
    assert "bandwidth_efficiency" not in boxes(drawn)
    assert "format_bits" not in boxes(drawn)
    below = " ".join(drawn.defaults).replace("\xa0", " ")
    assert below.startswith("at their defaults: ")
    assert "bandwidth_efficiency = 1" in below
    assert "format_bits[fp8_block] = 8 bit/parameter" in below
    assert "q4_k" not in below


def test_a_default_asked_for_is_drawn_with_what_it_comes_from(small):
    assert boxes(picture(small, ["decode_passes"])) == {"decode_passes"}
    assert {"micro_batches", "pp"} <= boxes(picture(small, ["micro_batches"]))


def test_rows_at_zero_and_what_only_they_lead_to_are_left_out(small):
    drawn = picture(small, ["tpot"])
    assert "mtp inputs" not in boxes(drawn)
    assert said(box(drawn, "operators.decode.time"), "note") == ["21 rows"]


def test_a_column_of_one_row_is_drawn_as_a_quantity(small):
    assert said(box(picture(small, ["tpot"]), "decode.time"), "value") == ["1.907 ms"]


# -- clusters ----------------------------------------------------------------------------------------


def test_boxes_stand_with_what_they_come_from(catalogue):
    clusters = {cluster.title: set(cluster.nodes) for cluster in picture(catalogue).clusters}
    assert clusters["sheet decode"] == {"tpot", "decode_throughput"}
    assert clusters["NVIDIA RTX PRO 6000 Blackwell Workstation Edition"] >= {"memory_bandwidth", "compute_rate"}
    assert "prompt_length" in clusters["qwen3-vl-32b-on-rtx-pro-6000"]


def test_the_inputs_of_a_single_file_stand_in_a_column(guide, catalogue):
    columns = [cluster.title for cluster in picture(guide).clusters if cluster.column]
    assert columns == ["guides/qwen3-vl-32b-on-rtx-pro-6000"]
    assert not any(cluster.column for cluster in picture(catalogue).clusters)


# -- what is wrong -----------------------------------------------------------------------------------


def test_a_bad_formula_is_red_and_says_why(broken):
    drawn = picture(broken.dag, problems=broken.problems)
    assert {node.name for node in drawn.nodes if node.look == "problem"} == {"tpot", "ttft"}
    assert said(box(drawn, "tpot"), "problem") == ["⚠ tpot is declared in ms, but its formula gives byte**2/s"]
    assert said(box(drawn, "ttft"), "problem") == ["⚠ nothing here is called promt_length"]


def test_without_a_check_there_are_no_values_but_those_that_are_given(broken):
    drawn = picture(broken.dag)
    assert said(box(drawn, "weight_bytes")) == ["n_parameters * bytes_per_parameter"]
    assert said(box(drawn, "memory_bandwidth"), "value") == ["1790 GB/s"]


def test_a_formula_with_an_unknown_name_keeps_its_other_edges(broken):
    assert edges(picture(broken.dag, ["ttft"])) == {("n_parameters", "ttft"), ("peak_compute", "ttft")}


def test_a_cycle_is_drawn():
    round_trip = dag({"a": Declared(formula="b + 1"), "b": Declared(formula="a * 2")})
    drawn = picture(round_trip, depth=3)
    assert edges(drawn) == {("a", "b"), ("b", "a")}
    assert "problem" in {node.look for node in drawn.nodes}


def test_a_division_by_zero_is_red_where_it_began_and_shows_the_numbers(guide):
    stopped = guide.copy()
    stopped["memory_bandwidth"] = "0 GB/s"
    drawn = picture(stopped, ["decode_throughput"])
    assert {node.name for node in drawn.nodes if node.look == "problem"} == {"tpot"}
    assert said(box(drawn, "tpot"), "numbers") == ["= 64 GB / 0 GB/s"]
    assert "no value" in said(box(drawn, "decode_throughput"), "note")


def test_problems_that_no_box_tells_stand_below_the_picture(guide):
    elsewhere = [Problem("file", "no such sheet"), Problem("value", "too hot", quantity="ttft")]
    drawn = picture(guide, ["tpot"], problems=elsewhere)
    assert [remark.text for remark in drawn.remarks] == [("⚠ no such sheet",), ("⚠ too hot",)]


def test_a_warning_makes_nothing_red(guide):
    warned = [Problem("check", "that is much", severity="warning", quantity="tpot")]
    assert box(picture(guide, ["tpot"], problems=warned), "tpot").look == "formula"
