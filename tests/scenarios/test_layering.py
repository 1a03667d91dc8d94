"""What wins where several files give a quantity a value, what becomes of the rest, and how files reach one another."""

from __future__ import annotations

import pytest

from roofsheet.problems import render
from roofsheet.scenarios import Loaded, bundled, load

SHEET = """
sheet: decoding
takes: [weight_bytes, memory_bandwidth]
quantities:
  sequence_length: {default: 10}
  tpot: {formula: 'weight_bytes / (1[device] * memory_bandwidth)', unit: ms}
  window: {unit: token/sequence, formula: 2 * sequence_length}
"""
CARD = """
hardware: card
title: The card
aliases: [Card One, ONE]
per: device
facts: {memory_bandwidth: 1 GB/s, sequence_length: 20}
"""
NET = "model: net\nfacts: {weight_bytes: 5 MB, sequence_length: 30}"
BASE = """
scenario: base
use: [./decoding.yaml]
with: {hardware: ./card.yaml, model: ./net.yaml}
set: {sequence_length: 40}
claims: {tpot: 5 ms}
show: [tpot]
"""
TOP = "scenario: top\nextends: ./base.yaml\nset: {sequence_length: 50}"
LOWEST_FIRST = [
    ("default", "10"), ("hardware", "20"), ("model", "30"), ("set", "40"), ("set", "50"), ("--set", "60"),
]  # fmt: skip


@pytest.fixture
def write(tmp_path):
    """Writes the files of this module, some of them changed, and loads one of them."""

    def written(name: str, *sets: str, **files: str) -> Loaded:
        texts = {"decoding": SHEET, "card": CARD, "net": NET, "base": BASE, "top": TOP, **files}
        for stem, text in texts.items():
            (tmp_path / f"{stem}.yaml").write_text(text)
        return load(str(tmp_path / f"{name}.yaml"), sets)

    return written


def workbook_of(loaded: Loaded):
    assert loaded.problems == ()
    assert loaded.workbook is not None
    return loaded.workbook


def said(loaded: Loaded) -> list[tuple[str, str]]:
    assert loaded.workbook is None
    return [(problem.kind, problem.message) for problem in loaded.problems]


# Layers


def test_the_last_layer_wins_and_all_that_it_shadows_stays_known_in_order(write):
    definition = workbook_of(write("top", "sequence_length=60")).definition("sequence_length")
    assert definition.value is not None
    found = [(value.layer, value.text) for value in (*definition.shadowed, definition.value)]
    assert found == LOWEST_FIRST


@pytest.mark.parametrize("layers", range(1, len(LOWEST_FIRST) + 1))
def test_each_layer_goes_over_those_before_it(write, layers):
    present = {text for _, text in LOWEST_FIRST[:layers]}
    files = {
        "card": CARD.replace(", sequence_length: 20", "" if "20" not in present else ", sequence_length: 20"),
        "net": NET.replace(", sequence_length: 30", "" if "30" not in present else ", sequence_length: 30"),
        "base": BASE if "40" in present else BASE.replace("set: {sequence_length: 40}\n", ""),
        "top": TOP if "50" in present else "scenario: top\nextends: ./base.yaml",
    }
    sets = ["sequence_length=60"] if "60" in present else []
    workbook = workbook_of(write("top", *sets, **files))
    assert workbook.number("sequence_length") == 10 * layers
    assert workbook.number("window") == 20 * layers


def test_a_scenario_takes_all_of_what_it_extends_but_claims_and_show(write):
    loaded = write("top")
    assert workbook_of(loaded).text("tpot") == "5 ms"
    assert loaded.claims == ()
    assert "window" in loaded.show
    assert [claim.spec.printed.text for claim in write("base").claims] == ["5 ms"]


def test_an_extended_scenarios_entries_can_be_replaced_one_by_one(write):
    other = NET.replace("model: net", "model: big").replace("5 MB", "7 MB")
    loaded = write("top", top=TOP + "\nwith: {model: ./big.yaml}", big=other)
    assert workbook_of(loaded).text("tpot") == "7 ms"


def test_a_chain_of_extends_is_followed_to_its_end(write):
    last = "scenario: last\nextends: ./top.yaml"
    assert workbook_of(write("last", last=last)).number("sequence_length") == 50


def test_a_command_line_value_is_marked_in_its_own_text(write):
    (problem,) = write("base", "sequence_length = 3 GB").problems
    mark = problem.mark
    assert mark is not None
    assert (mark.file, mark.source[mark.column - 1 :]) == ("--set", "GB")


# Pins and overrides


def test_a_computed_quantity_that_is_set_is_pinned_and_reads_nothing(write):
    workbook = workbook_of(write("base", "tpot=9 ms"))
    assert workbook.definition("tpot").role == "pinned"
    assert workbook.precedents("tpot") == ()
    assert workbook.definition("tpot").formula is not None
    assert workbook.number("tpot") == 9


def test_an_override_puts_a_formula_over_a_sheets_default_and_an_entrys_fact(write):
    base = BASE + "override: {sequence_length: {formula: '3 * 4[token/sequence]', about: by the paper}}\n"
    workbook = workbook_of(write("base", base=base.replace("set: {sequence_length: 40}\n", "")))
    definition = workbook.definition("sequence_length")
    assert workbook.number("window") == 24
    assert (definition.overridden, definition.about) == (True, "by the paper")
    assert [value.text for value in definition.shadowed] == ["10", "20", "30"]


def test_a_setting_goes_over_an_override(write):
    workbook = workbook_of(write("base", "tpot=9 ms", base=BASE + "override: {tpot: '1[ms]'}\n"))
    assert workbook.number("tpot") == 9
    assert workbook.definition("tpot").role == "pinned"


def test_the_later_of_two_overrides_of_one_quantity_holds(write):
    base, top = BASE + "override: {tpot: '1[ms]'}\n", TOP + "\noverride: {tpot: '2[ms]'}\n"
    assert workbook_of(write("top", base=base, top=top)).number("tpot") == 2


def test_an_override_keeps_the_sheets_own_formula_for_the_audit(write):
    definition = workbook_of(write("base", base=BASE + "override: {tpot: '1[ms]'}\n")).definition("tpot")
    assert definition.replaced is not None


# Entries


@pytest.mark.parametrize("name", ["RTX PRO 6000", "rtx pro 6000", "rtx-pro-6000-blackwell-workstation"])
def test_an_entry_is_found_by_its_aliases_in_any_case(write, name):
    base = BASE.replace("./card.yaml", name)
    assert workbook_of(write("base", base=base)).number("memory_bandwidth") == 1792


def test_a_fact_that_nothing_takes_is_left_out_of_an_entry_without_sheets(write):
    workbook = workbook_of(write("base", card=CARD.replace("facts: {", "facts: {peak_compute: 1 TFLOPS, ")))
    assert "peak_compute" not in workbook


def test_a_fact_that_nothing_takes_is_held_to_its_unit_all_the_same(write):
    loaded = write("base", card=CARD.replace("facts: {", "facts: {peak_compute: 1 GB, "))
    assert [kind for kind, _ in said(loaded)] == ["dimension"]


def test_a_shown_name_binds_a_fact_that_no_sheet_takes(write):
    card = CARD.replace("facts: {", "facts: {peak_compute: 1 TFLOPS, ")
    loaded = write("base", card=card, base=BASE.replace("show: [tpot]", "show: [tpot, peak_compute]"))
    assert workbook_of(loaded).text("peak_compute") == "1 TFLOPS/device"


def test_a_file_named_in_two_ways_is_one_file(write, tmp_path):
    (tmp_path / "link.yaml").symlink_to(tmp_path / "decoding.yaml")
    (tmp_path / "folder").mkdir()
    base = BASE.replace("[./decoding.yaml]", "[./decoding.yaml, ./folder/../decoding.yaml, ./link.yaml]")
    assert workbook_of(write("base", base=base)).number("tpot") == 5


# Devices and counts


@pytest.mark.parametrize("text", ["2 GB/s", "2 GB/s/device", "2000 MB/s/GPU"])
def test_text_may_leave_out_the_device_of_a_quantity_per_device(write, text):
    workbook = workbook_of(write("base", f"memory_bandwidth={text}"))
    assert workbook.number("memory_bandwidth") == 2


def test_a_whole_quantity_takes_no_value_per_device(write):
    ((kind, message),) = said(write("base", "weight_bytes=2 GB/device"))
    assert (kind, message) == ("dimension", "weight_bytes is declared in GB, but is given 2 GB/device")


def test_sheets_of_one_device_drop_the_device_from_every_unit(write):
    sheet = SHEET.replace("sheet: decoding", "sheet: decoding\ndevices: one").replace("1[device] * ", "")
    workbook = workbook_of(write("base", decoding=sheet))
    assert workbook.text("memory_bandwidth") == "1 GB/s"
    assert workbook.number("tpot") == 5


def test_sheets_with_and_without_devices_do_not_mix(write):
    other = "sheet: other\ndevices: one\nquantities: {x: 1 + 1}"
    base = BASE.replace("[./decoding.yaml]", "[./decoding.yaml, ./other.yaml]")
    ((kind, message),) = said(write("base", base=base, other=other))
    assert kind == "devices"
    assert message == "the sheet decoding counts devices, other says devices: one; they do not mix"


@pytest.mark.parametrize(("devices", "shown"), [("one", "1 GB/s"), ("any", "1 GB/s/device"), ("", "1 GB/s/device")])
def test_a_sheet_of_any_devices_stands_in_either_sort_of_workbook(write, devices, shown):
    sheet = SHEET.replace("sheet: decoding", "sheet: decoding\ndevices: any")
    other = f"sheet: other\n{f'devices: {devices}' if devices else 'about: x'}\nquantities: {{x: 1 + 1}}"
    base = BASE.replace("[./decoding.yaml]", "[./decoding.yaml, ./other.yaml]")
    workbook = workbook_of(write("base", base=base, decoding=sheet, other=other))
    assert workbook.text("memory_bandwidth") == shown
    assert workbook.number("tpot") == 5


def test_a_sheet_may_declare_units_to_count_in(write):
    body = """
counts: [cycle]
quantities:
  clock: {unit: cycle/s, default: 2e9 cycle/s}
  one: {unit: ns, formula: '1[cycle] / clock'}
"""
    sheet = SHEET.replace("sheet: decoding", "sheet: decoding\ncounts: [cycle]")
    workbook = workbook_of(write("base", decoding=sheet, base=BASE + body))
    assert workbook.number("one") == 0.5


@pytest.mark.parametrize("count", ["byte", "GB", "token", "s"])
def test_what_is_a_unit_already_is_no_count(write, count):
    loaded = write("base", base=BASE + f"counts: [{count}]\n")
    assert [kind for kind, _ in said(loaded)] == ["unit"]


# Cases


def test_a_case_copies_what_rests_on_its_settings_and_shares_the_rest(write):
    base = BASE + "cases: {fast: {set: {memory_bandwidth: 5 GB/s}}}\n"
    workbook = workbook_of(write("base", base=base))
    assert (workbook.number("fast.tpot"), workbook.number("tpot")) == (1, 5)
    assert workbook.number("fast.window") == workbook.number("window")
    assert "fast.window" not in set(workbook)
    assert [value.text for value in workbook.definition("fast.memory_bandwidth").shadowed] == ["1 GB/s"]


def test_a_case_of_an_extended_scenario_can_be_replaced(write):
    base = BASE + "cases: {fast: {set: {memory_bandwidth: 5 GB/s}}}\n"
    top = TOP + "\ncases: {fast: {set: {memory_bandwidth: 2 GB/s}}}\n"
    assert workbook_of(write("top", base=base, top=top)).number("fast.tpot") == 2.5


def test_a_case_may_pin_a_computed_quantity(write):
    workbook = workbook_of(write("base", base=BASE + "cases: {slow: {set: {tpot: 8 ms}}}\n"))
    assert workbook.definition("slow.tpot").role == "pinned"
    assert (workbook.number("slow.tpot"), workbook.number("tpot")) == (8, 5)


HEADS = """
sheet: kv
about: The cache of a group.
source: made up
devices: one
use: [heads]
takes: [head_dim, n_layers, cache_element_bytes]
quantities:
  kv_bytes_per_token: 2[1/token/layer] * n_layers * n_kv_heads * head_dim * cache_element_bytes
"""
GROUPED = """
model: grouped
sources: {config: {title: config.json}}
facts: {source: config, n_heads: 64, n_kv_heads: 8, head_dim: 128}
groups:
  dense: {use: [./kv.yaml]FACTS}
stack: 80 * dense
"""


@pytest.mark.parametrize(
    ("setting", "facts", "heads"),
    [
        ("", "", 8),  # the model's fact
        ("n_kv_heads: 4 head,", "", 4),  # the scenario's
        ("dense.n_kv_heads: 2 head,", "", 2),  # the scenario's for the group
        ("", ", facts: {n_kv_heads: 16}", 16),  # the group's own
    ],
)
def test_a_default_of_a_group_s_sheet_gives_way_to_what_is_set_outside(tmp_path, setting, facts, heads):
    (tmp_path / "kv.yaml").write_text(HEADS)
    (tmp_path / "grouped.yaml").write_text(GROUPED.replace("FACTS", facts))
    (tmp_path / "s.yaml").write_text(
        "scenario: s\nuse: [model]\nwith: {model: ./grouped.yaml}\n"
        f"set: {{{setting} cache_element_bytes: 2 byte}}\nshow: [dense.kv_bytes_per_token, dense.n_kv_heads]\n"
    )
    loaded = load(str(tmp_path / "s.yaml"))
    assert loaded.workbook is not None, render(loaded.problems)
    assert loaded.workbook.number("dense.n_kv_heads") == heads
    assert loaded.workbook.number("dense.kv_bytes_per_token") == 2 * 80 * heads * 128 * 2


def test_the_command_line_sets_an_input_of_a_case():
    loaded = load("guides/baseten-inference-guide", ["t4.memory_bandwidth=320 GB/s"])
    assert loaded.workbook is not None
    assert loaded.workbook.number("t4.tpot") == pytest.approx(14e9 / 320e9 * 1e3)
    assert loaded.workbook.number("tpot") == pytest.approx(14e9 / 600e9 * 1e3)


def test_a_claim_s_given_does_not_reach_the_top_level_through_a_case(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: s\nextends: guides/baseten-inference-guide\n"
        "claims:\n  kv_bytes_per_token: {printed: '262,144 byte/token', given: {t4.n_layers: 16 layer}}\n"
    )
    problems = load(str(path)).problems
    assert [each.kind for each in problems] == ["claim"]
    assert "t4.n_layers is the top level's n_layers" in problems[0].message


def test_a_bare_word_as_default_is_an_assumption_like_any_other():
    loaded = load("qwen3-vl-32b-on-rtx-pro-6000")
    assert loaded.workbook is not None
    assumed = {each.name for each in loaded.workbook.provenance("ttft") if each.kind == "assumed"}
    assert {"compute_dtype", "accumulator"} <= assumed


def test_a_case_with_a_rate_of_its_own_keeps_it_when_all_is_recomputed(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: s\nextends: qwen3-vl-32b-on-rtx-pro-6000\n"
        "cases:\n  tuned: {set: {'compute_rate[bf16, fp32, dense]': 400 TFLOPS}}\n"
    )
    workbook = load(str(path)).workbook
    assert workbook is not None
    names = ("peak_compute", "tuned.peak_compute")
    assert [workbook.number(name) for name in names] == [503.8, 400]
    workbook.recompute()
    assert [workbook.number(name) for name in names] == [503.8, 400]


@pytest.mark.parametrize("name", bundled("scenario"))
def test_straight_and_node_by_node_agree_on_every_scenario_that_ships(name):
    workbook = load(name).workbook
    assert workbook is not None
    lazily = {each: workbook.value(each) for each in workbook}
    workbook.recompute()
    assert {each: workbook.value(each) for each in workbook} == lazily
