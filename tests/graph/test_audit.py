"""The audit: what shown results rest on, and what contradicts the catalogue, by comparing values."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from roofsheet.graph.audit.claims import judge_all
from roofsheet.graph.audit.contradictions import Change, Contradiction
from roofsheet.graph.audit.decisions import decisions
from roofsheet.graph.audit.findings import Audit, audit
from roofsheet.graph.audit.rounding import roundings
from roofsheet.problems import errors
from roofsheet.scenarios import BUNDLED, Library, Loaded, load

from ..building import Declared, workbook

GUIDE, BASETEN = "guides/qwen3-vl-32b-on-rtx-pro-6000", "guides/baseten-inference-guide"
CARD, MODEL = "hardware/rtx-pro-6000-blackwell-workstation.yaml", "models/qwen3-vl-32b-instruct.yaml"

Scenario = Callable[[str], Audit]


def audited(loaded: Loaded) -> Audit:
    assert not errors(loaded.problems)
    assert loaded.workbook is not None
    return audit(loaded.workbook, loaded.show, judge_all(loaded.claims, loaded.workbook), loaded.facts)


@pytest.fixture(scope="module")
def guide() -> Audit:
    return audited(load(GUIDE))


@pytest.fixture(scope="module")
def baseten() -> Audit:
    return audited(load(BASETEN))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of what ships, to be edited."""
    shutil.copytree(BUNDLED, tmp_path / "scenarios", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "scenarios"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """The audit of a scenario given as the text of its file."""

    def run(text: str) -> Audit:
        path = tmp_path / "made.yaml"
        path.write_text(f"scenario: made\n{text}", encoding="utf-8")
        return audited(load(str(path)))

    return run


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def on(found: Audit, name: str) -> Contradiction:
    (contradiction,) = (each for each in found.contradictions if each.name == name)
    return contradiction


def changed(changes: tuple[Change, ...]) -> dict[str, str]:
    return {change.name: change.after for change in changes if change.changed}


# -- the guide against the catalogue -----------------------------------------------------------------


def test_the_guide_contradicts_the_catalogue_where_it_is_known_to(guide: Audit):
    assert {each.name: (each.ours, each.theirs) for each in guide.contradictions} == {
        "memory_bandwidth": ("1,790 GB/s", "1,792 GB/s"),
        "memory_capacity": ("96 GB", "102.64 GB"),
        "n_parameters": ("32e9 parameter", "33,357,390,064 parameter"),
        "n_layers": ("80 layer", "64 layer"),
        "n_heads": ("40 head", "64 head"),
        "n_kv_heads": ("40 head", "8 head"),
        "peak_compute": ("126 TFLOPS", "503.8 TFLOPS"),
    }
    assert guide.failed


def test_a_contradiction_says_what_both_sides_are(guide: Audit):
    layers = on(guide, "n_layers")
    assert layers.ratio == pytest.approx(0.8)
    assert (layers.ours_kind, layers.ours_source) == ("claimed", "the guide, step 5")
    assert layers.ours_mark is not None
    assert layers.ours_mark.file == f"scenarios/{GUIDE}.yaml"
    assert (layers.entry, layers.sort, layers.theirs_kind) == ("Qwen3-VL-32B-Instruct", "model", "datasheet")
    assert layers.theirs_source.startswith("config.json, as aiconfigurator keeps it")
    assert layers.theirs_mark.file == f"scenarios/{MODEL}"


def test_a_catalogue_value_is_also_told_as_it_is_written(guide: Audit):
    assert on(guide, "memory_capacity").written == "97887 MiB"


def test_each_contradiction_says_what_every_shown_result_becomes(guide: Audit):
    assert changed(on(guide, "n_layers").singly) == {
        "kv_bytes_per_token": "1,310,720 byte/token",
        "max_batch": "5 sequence",
    }
    assert len(on(guide, "n_layers").singly) == len(guide.shown)


def test_a_default_that_the_scenario_leaves_alone_contradicts_too(guide: Audit):
    """Multi-head where the config has 8 key and value heads: nobody set 40, it follows from n_heads."""
    heads = on(guide, "n_kv_heads")
    assert heads.ours_kind == "formula"
    assert changed(heads.singly)["kv_bytes_per_token"] == "327,680 byte/token"


def test_all_the_catalogue_values_together_give_the_true_cache(guide: Audit):
    (cache,) = (each for each in guide.together if each.name == "kv_bytes_per_token")
    assert cache.after == "262,144 byte/token"
    assert cache.ratio == pytest.approx(1 / 6.25)
    assert changed(guide.together)["max_batch"] == "33 sequence"


def test_what_agrees_with_the_catalogue_today_is_held_while_another_value_is_tried(library: Path):
    """5120 follows from 40 heads of 128; with the catalogue's 64 heads it would be 8192, if it were not held."""
    edit(library / f"{GUIDE}.yaml", "show:", "show:\n  - hidden_size")
    found = audited(load(GUIDE, library=Library([], library)))
    assert "hidden_size" not in {each.name for each in found.contradictions}
    assert "hidden_size" not in changed(on(found, "n_heads").singly)
    assert "hidden_size" not in changed(found.together)


def test_a_set_rate_is_named_by_the_keyed_rate_that_it_equals(guide: Audit):
    rate = on(guide, "peak_compute")
    assert [str(each) for each in rate.equals] == ["compute_rate[fp32, fp32, dense]"]
    assert rate.equals[0].text == "126 TFLOPS"
    assert rate.equals[0].meanings[0].startswith("non-tensor")
    assert rate.picked is not None
    assert (str(rate.picked), rate.picked.text) == ("compute_rate[bf16, fp32, dense]", "503.8 TFLOPS")
    assert changed(rate.singly) == {"ops_to_byte": "281.45 FLOP/byte", "ttft": "65.04 ms"}


def test_doubtful_claims_are_those_that_rest_on_a_contradiction(guide: Audit):
    doubts = {doubt.claim.subject: doubt.contradicted for doubt in guide.doubts}
    assert doubts["kv_bytes_per_token"] == ("n_layers", "n_heads", "n_kv_heads")
    assert "arithmetic_intensity" not in doubts


def test_an_entry_that_agrees_leaves_no_line(library: Path):
    edit(library / MODEL, "\n  n_layers: 64\n", "\n  n_layers: 80\n")
    found = audited(load(GUIDE, library=Library([], library)))
    assert "n_layers" not in {each.name for each in found.contradictions}
    assert changed(found.together)["kv_bytes_per_token"] == "327,680 byte/token"


def test_notes_change_nothing(library: Path, guide: Audit):
    for path in library.rglob("*.yaml"):
        lines = re.sub(r", note: ('[^']*'|[^,}]*)", "", path.read_text(encoding="utf-8")).splitlines()
        kept = [line for line in lines if not line.lstrip().startswith("note:")]
        path.write_text("\n".join(kept), encoding="utf-8")
        assert "note:" not in path.read_text(encoding="utf-8")
    found = audited(load(GUIDE, library=Library([], library)))
    assert [(each.name, each.ours, each.theirs, each.singly) for each in found.contradictions] == [
        (each.name, each.ours, each.theirs, each.singly) for each in guide.contradictions
    ]
    assert (found.together, len(found.doubts)) == (guide.together, len(guide.doubts))


def test_a_scenario_that_binds_its_catalogue_contradicts_nothing():
    loaded = load("qwen3-vl-32b-on-rtx-pro-6000")
    assert loaded.workbook is not None
    found = audit(loaded.workbook, loaded.show, (), load(GUIDE).facts)
    assert (found.contradictions, found.together, found.failed) == ((), (), False)


# -- keyed facts -------------------------------------------------------------------------------------

KEYED = """
use: [rates, prefill]
compare: {hardware: rtx-pro-6000-blackwell-workstation}
set:
  peak_compute: %s
  compute_dtype: %s
  n_parameters: 32e9 parameter
  prompt_length: 512 token/sequence
show: [ttft]
"""


def test_a_rate_that_the_choices_pick_is_no_contradiction(scenario: Scenario):
    assert scenario(KEYED % ("503.8 TFLOPS", "bf16")).contradictions == ()


def test_a_rate_rounded_to_fewer_digits_is_still_that_rate(scenario: Scenario):
    assert scenario(KEYED % ("504 TFLOPS", "bf16")).contradictions == ()
    assert [each.theirs for each in scenario(KEYED % ("504.0 TFLOPS", "bf16")).contradictions] == ["503.8 TFLOPS"]


def test_every_rate_that_the_value_equals_is_named(scenario: Scenario):
    (found,) = scenario(KEYED % ("1007.6 TFLOPS", "bf16")).contradictions
    assert "compute_rate[bf16, fp32, sparse]" in [str(rate) for rate in found.equals]
    assert "compute_rate[fp8, fp32, dense]" in [str(rate) for rate in found.equals]


def test_a_rate_that_equals_none_still_contradicts_the_one_picked(scenario: Scenario):
    (found,) = scenario(KEYED % ("400 TFLOPS", "fp8")).contradictions
    assert (found.equals, str(found.picked)) == ((), "compute_rate[fp8, fp32, dense]")


def test_without_a_fact_for_its_choices_a_rate_contradicts_nothing(scenario: Scenario):
    assert scenario(KEYED % ("126 TFLOPS", "fp64")).contradictions == ()


def test_a_formula_that_contains_a_look_up_is_held_against_what_it_would_give(scenario: Scenario):
    half = "quantities: {half: {unit: TFLOPS, formula: 'compute_rate[compute_dtype, accumulator, dense] / 2'}}\n"
    (found,) = scenario(
        (KEYED % ("503.8 TFLOPS", "bf16")).replace("set:", f"{half}set:\n  half: 63 TFLOPS")
    ).contradictions
    assert (found.name, found.theirs) == ("half", "251.9 TFLOPS")
    assert [str(rate) for rate in found.equals] == ["compute_rate[fp32, fp32, dense]"]


# -- values that there are not ------------------------------------------------------------------------


def test_results_without_a_value_are_said_so(scenario: Scenario):
    found = scenario(
        "use: [decode]\ncompare: {hardware: a10}\nset: {weight_bytes: 14 GB, memory_bandwidth: 0 GB/s}\nshow: [tpot]\n"
    )
    (bandwidth,) = found.contradictions
    (change,) = bandwidth.singly
    assert (change.before, change.after, change.changed, change.ratio) == ("no value", "23.33 ms", True, None)
    assert bandwidth.ratio is None
    assert found.shown[0].problem is not None


# -- what shown results rest on ----------------------------------------------------------------------


def test_each_shown_quantity_names_its_facts_by_kind(guide: Audit):
    tpot = next(each for each in guide.shown if each.name == "tpot")
    assert (tpot.text, tpot.unit, tpot.dimension, tpot.role) == ("35.75 ms", "ms", "[time]", "formula")
    assert (tpot.direct, tpot.deep) == (2, 4)
    assert {kind: [fact.name for fact in facts] for kind, facts in tpot.facts.items()} == {
        "claimed": ["memory_bandwidth", "n_parameters", "bytes_per_parameter"]
    }
    bandwidth = tpot.facts["claimed"][0]
    assert (bandwidth.text, bandwidth.source) == ("1,790 GB/s", "the guide, step 1")
    assert bandwidth.mark is not None


def test_a_value_that_nobody_vouches_for_is_an_assumption(scenario: Scenario):
    found = scenario("use: [decode]\nset: {weight_bytes: 14 GB, memory_bandwidth: 600 GB/s}\nshow: [tpot]\n")
    assert [fact.name for fact in found.shown[0].assumptions] == ["weight_bytes", "memory_bandwidth"]
    assert not found.failed


def test_a_pinned_quantity_tells_its_formula_and_what_it_would_give(scenario: Scenario):
    (pinned,) = scenario(
        "use: [decode]\nset: {weight_bytes: 14 GB, memory_bandwidth: 600 GB/s, tpot: 20 ms}\nshow: [tpot]\n"
    ).pinned
    assert (pinned.fact.name, pinned.fact.text) == ("tpot", "20 ms")
    assert (pinned.formula, pinned.would_be) == ("weight_bytes / memory_bandwidth", "23.33 ms")


def test_a_case_pins_by_its_own_quantities(scenario: Scenario):
    found = scenario(
        "use: [decode]\nset: {weight_bytes: 14 GB, memory_bandwidth: 600 GB/s}\n"
        "cases: {t4: {set: {memory_bandwidth: 300 GB/s, tpot: 46 ms}}}\nshow: [tpot, t4.tpot]\n"
    )
    assert [(each.fact.name, each.would_be) for each in found.pinned] == [("t4.tpot", "46.67 ms")]


def test_a_formula_that_cannot_be_evaluated_gives_nothing(guide: Audit):
    (pinned,) = guide.pinned
    assert (pinned.fact.name, pinned.would_be) == ("peak_compute", None)


def test_a_shadowed_value_is_told_with_what_hid_it(tmp_path: Path):
    path = tmp_path / "made.yaml"
    path.write_text(
        "scenario: made\nuse: [rates, decode]\nwith: {hardware: a10}\n"
        "set: {memory_bandwidth: 500 GB/s, weight_bytes: 14 GB}\nshow: [tpot]\n",
        encoding="utf-8",
    )
    shadowed = audited(load(str(path), ["memory_bandwidth=550 GB/s"])).shadowed
    (bandwidth,) = (each for each in shadowed if each.name == "memory_bandwidth")
    assert (bandwidth.text, bandwidth.layer) == ("550 GB/s", "--set")
    assert [(hidden.text, hidden.layer) for hidden in bandwidth.hidden] == [
        ("600 GB/s", "hardware"),
        ("500 GB/s", "set"),
    ]


def test_an_overridden_formula_stands_beside_the_one_of_its_sheet(baseten: Audit):
    ops = next(each for each in baseten.overridden if each.name == "attention_ops")
    assert ops.replaced == "4[FLOP/pair] * sequence_length**2 * head_dim"
    assert ops.formula.startswith(ops.replaced)
    assert ops.source == "the guide, Calculating arithmetic intensity"


def test_an_input_set_for_nothing_is_unused(guide: Audit, baseten: Audit):
    assert [each.name for each in baseten.unused] == ["compute_dtype", "a100.memory_capacity"]
    assert guide.unused == ()


def test_a_claim_uses_an_input_too(scenario: Scenario):
    text = """
use: [decode, prefill]
set:
  weight_bytes: 14 GB
  memory_bandwidth: 600 GB/s
  prompt_length: 512 token/sequence
  n_parameters: 7e9 parameter
  peak_compute: 125 TFLOPS
show: [tpot]
"""
    assert {each.name for each in scenario(text).unused} == {"prompt_length", "n_parameters", "peak_compute"}
    assert scenario(f"{text}claims: {{ttft: 57.3 ms}}\n").unused == ()


@pytest.mark.parametrize(
    ("quantity", "neutral"),
    [
        ("unit: '', default: 1", True),
        ("unit: '', default: 0", True),
        ("unit: device, default: 1 device", True),
        ("unit: ms, default: 0 ms", True),
        ("unit: '', default: {value: 1, note: the peak}", False),
        ("unit: '', default: {value: 1, source: a paper}", False),
        ("unit: '', default: {value: 1, kind: derived}", False),
        ("unit: '', default: 2", False),
        ("unit: sequence, default: 1 sequence", False),
        ("unit: percent, default: 1 percent", False),
        ("choices: bound, default: memory", False),
    ],
)
def test_a_default_of_0_or_1_that_says_no_more_is_neutral(scenario: Scenario, quantity: str, neutral: bool):
    (shown,) = scenario(f"quantities: {{a: {{{quantity}}}}}\nshow: [a]\n").shown
    ((fact,),) = shown.facts.values()
    assert fact.neutral is neutral


def test_what_somebody_sets_is_never_neutral(scenario: Scenario):
    (fact,) = scenario("quantities: {a: {unit: '', default: 0}}\nset: {a: 1}\nshow: [a]\n").shown[0].assumptions
    assert (fact.layer, fact.neutral) == ("set", False)


# -- checks and claims -------------------------------------------------------------------------------

CHECKED = """
use: [decode]
set: {weight_bytes: 14 GB, memory_bandwidth: 600 GB/s}
checks: [{rule: 'tpot < 20[ms]', severity: %s, why: too slow to read along}]
show: [tpot]
"""


@pytest.mark.parametrize(("severity", "failed"), [("error", True), ("warning", False)])
def test_a_failed_check_fails_the_audit_if_it_is_an_error(scenario: Scenario, severity: str, failed: bool):
    found = scenario(CHECKED % severity)
    (check,) = found.checks
    assert (check.rule, check.why, check.holds) == ("tpot < 20[ms]", "too slow to read along", False)
    assert check.values == (("tpot", "23.33 ms"),)
    assert found.failed is failed


def test_a_check_that_cannot_be_told_fails_nothing(scenario: Scenario):
    endless = (CHECKED % "error").replace("14 GB", "1e200 GB").replace("600 GB/s", "1e-250 GB/s")
    found = scenario(endless.replace("show: [tpot]", "show: [weight_bytes]"))
    assert [check.holds for check in found.checks] == [None]
    assert not found.failed


def test_the_checks_that_hold_are_known_too(scenario: Scenario):
    found = scenario((CHECKED % "error").replace("20[ms]", "30[ms]"))
    assert found.checks == ()
    assert ("tpot < 30[ms]", "too slow to read along") in [(each.rule, each.why) for each in found.held]


def test_a_claim_other_than_expected_fails_the_audit(scenario: Scenario):
    text = "use: [decode]\nset: {weight_bytes: 14 GB, memory_bandwidth: 600 GB/s}\nshow: [tpot]\n"
    wrong = scenario(f"{text}claims: {{tpot: 24 ms}}\n")
    assert ([each.subject for each in wrong.claims], wrong.failed) == (["tpot"], True)
    known = scenario(f"{text}claims: {{tpot: {{printed: 24 ms, expect: fails, why: a slip}}}}\n")
    assert (known.claims, known.failed) == ((), False)


# -- rounding ----------------------------------------------------------------------------------------


def test_the_guide_floors_4_77_to_4_and_that_is_thin(guide: Audit):
    (found,) = guide.roundings
    assert (found.quantity, found.function, found.after) == ("max_batch", "floor", "4 sequence")
    assert found.before == "4.77 sequence"
    assert found.formula == "spare_memory / (kv_bytes_per_token * sequence_length)"
    assert found.thin


@pytest.mark.parametrize(
    ("formula", "before", "after", "thin"),
    [
        ("floor(x)", "4.5", "4", False),
        ("floor(2 * x - 4.1)", "4.9", "4", True),
        ("floor(x - 0.4)", "4.1", "4", True),
        ("ceil(x)", "4.5", "5", False),
        ("ceil(x + 0.4)", "4.9", "5", True),
        ("round(x - 0.5)", "4", "4", False),
        ("round(x)", "4.5", "5", True),
        ("x // 1", "4.5", "4", False),
        ("2 + 3 * floor(x)", "4.5", "4", False),
    ],
)
def test_a_rounding_is_thin_if_5_percent_would_change_it(formula: str, before: str, after: str, thin: bool):
    wb = workbook({"x": Declared("", "4.5"), "n": Declared("", formula=formula)})
    (found,) = roundings(wb, ["n"])
    assert (found.before, found.after, found.thin) == (before, after, thin)


@pytest.mark.parametrize(
    ("formula", "x", "before"),
    [
        ("floor(x)", "4.768", "4.77"),
        ("floor(x)", "3.9996", "3.9996"),
        ("ceil(x)", "4.0004", "4.0004"),
        ("round(x)", "4.4996", "4.4996"),
        ("floor(x)", "19073.486", "19,073.5"),
        ("floor(x)", "0.03", "0.03"),
        ("floor(x)", "5", "5"),
    ],
)
def test_a_value_before_rounding_has_the_digits_that_the_result_follows_from(formula: str, x: str, before: str):
    (found,) = roundings(workbook({"x": Declared("", x), "n": Declared("", formula=formula)}), ["n"])
    assert found.before == before


@pytest.mark.parametrize(("x", "rounded"), [("4.5", ["deep"]), ("0.3", ["n"])])
def test_only_roundings_that_the_value_went_through_are_told(x: str, rounded: list[str]):
    wb = workbook(
        {
            "x": Declared("", x),
            "deep": Declared("", formula="ceil(x)"),
            "apart": Declared("", formula="floor(x)"),
            "n": Declared("", formula="deep if x > 1 else floor(1 / x)"),
        }
    )
    assert [found.quantity for found in roundings(wb, ["n"])] == rounded


@pytest.mark.parametrize(("x", "changed"), [("4.5", True), ("5", False), ("0", False), ("5.0000000000000001", False)])
def test_what_is_whole_already_is_not_changed_by_rounding(x: str, changed: bool):
    (found,) = roundings(workbook({"x": Declared("", x), "n": Declared("", formula="ceil(x)")}), ["n"])
    assert found.changed is changed


def test_the_nearly_whole_quotient_of_floats_is_whole():
    wb = workbook(
        {"x": Declared("s", "0.3 s"), "y": Declared("s", "100 ms"), "n": Declared("", formula="floor(x / y)")}
    )
    (found,) = roundings(wb, ["n"])
    assert (found.after, found.changed) == ("3", False)


def test_a_rounding_in_a_table_knows_its_column():
    found = audited(load("llama-3.1-8b-on-rtx-4090")).roundings
    assert {each.column for each in found} >= {"", "operators[:].matrix_bytes"}
    assert all(each.column == "" for each in found if each.quantity == "max_context")


def test_a_rounding_of_no_value_is_told_as_such():
    wb = workbook({"x": Declared("", "0"), "n": Declared("", formula="floor(1 / x)")})
    (found,) = roundings(wb, ["n"])
    assert (found.before, found.after, found.thin, found.changed) == ("no value", "no value", False, True)


# -- the audit reads ---------------------------------------------------------------------------------


def test_the_audit_changes_nothing_in_the_workbook():
    loaded = load(GUIDE)
    assert loaded.workbook is not None
    before = {name: loaded.workbook.value(name) for name in loaded.workbook}
    audit(loaded.workbook, loaded.show, (), loaded.facts)
    assert {name: loaded.workbook.value(name) for name in loaded.workbook} == before


def test_a_rate_set_after_loading_is_held_against_the_keyed_rates_as_it_now_is():
    loaded = load(GUIDE)
    assert loaded.workbook is not None
    loaded.workbook["peak_compute"] = "503.8 TFLOPS"
    assert "peak_compute" not in {each.name for each in audited(loaded).contradictions}


# -- cases of other devices ------------------------------------------------------------------------

CARDS = """
use: [rates, ridge]
compare: {hardware: a10}
set: {peak_compute: 125 TFLOPS, memory_bandwidth: 600 GB/s, compute_dtype: fp16}
cases:
  t4: {compare: {hardware: t4}, set: {memory_bandwidth: 300 GB/s, peak_compute: 65 TFLOPS}}
  a100: {set: {memory_bandwidth: 1 GB/s}}
  plain: {compare: {hardware: t4}, set: {peak_compute: 65 TFLOPS, compute_dtype: fp32}}
show: [ops_to_byte, t4.ops_to_byte]
"""


def test_a_case_is_held_against_its_own_entries_and_nothing_else(scenario: Scenario):
    found = scenario(CARDS).contradictions
    assert [(each.name, each.ours, each.theirs) for each in found] == [
        ("t4.memory_bandwidth", "300 GB/s/device", "320 GB/s/device"),
        ("plain.peak_compute", "65 TFLOPS/device", "8.1 TFLOPS/device"),
    ]


def test_the_choices_of_a_case_pick_its_rate(scenario: Scenario):
    (found,) = (each for each in scenario(CARDS).contradictions if each.name == "plain.peak_compute")
    assert str(found.picked) == "compute_rate[fp32, fp32, dense]"
    assert "compute_rate[fp16, fp32, dense]" in map(str, found.equals)


# -- narrow decisions ------------------------------------------------------------------------------


def test_a_bottleneck_by_a_thin_margin_is_told(guide: Audit):
    (found,) = guide.decisions
    assert (found.quantity, found.taken) == ("bottleneck", "memory")
    assert found.numbers == "64 FLOP/byte < 70.39 FLOP/byte"
    assert found.gap == pytest.approx(0.0908, abs=1e-4)


def test_a_tie_is_the_narrowest_decision_and_an_equality_or_a_wide_margin_none():
    sheet = {
        "a": Declared("ms", "3 ms"),
        "wide": Declared(choices=("memory", "compute"), formula="memory if a < 4[ms] else compute"),
        "tie": Declared(choices=("memory", "compute"), formula="memory if a < 3[ms] else compute"),
        "same": Declared("ms", formula="a if a == 3[ms] else 2 * a"),
        "narrow": Declared("ms", formula="2 * a if a < 3.2[ms] else a"),
    }
    assert [each.quantity for each in decisions(workbook(sheet), ["wide", "tie", "same", "narrow"])] == [
        "tie",
        "narrow",
    ]
