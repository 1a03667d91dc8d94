"""Values of keyed inputs that sheets give: defaults, which entries, groups, scenarios and the command line go over."""

from __future__ import annotations

from pathlib import Path

import pytest

from roofsheet.diagrams.text import plain
from roofsheet.diagrams.text_sheet import sheet_lines
from roofsheet.graph.audit.contradictions import compare
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.declarations import Sheet
from roofsheet.problems import Text
from roofsheet.scenarios import Library, Loaded, Outcome, load, run_examples

GLOSSARY = """
glossary: own
choices:
  plank: {oak: hard, pine: soft, ash: between}
  tool: {half: 16 bits, quarter: 8 bits}
  way: {fast: at once, slow: later}
quantities:
  plank_bits: {unit: bit/parameter, by: [plank], about: what one parameter takes}
  plank_tool: {choices: tool, by: [plank], about: what it is computed in}
  tool_rate: {unit: TFLOPS/device, by: [tool, way], about: how fast}
  plank_used: {choices: plank, about: of the weights}
  size: {unit: bit/parameter, about: of a parameter}
  speed: {unit: TFLOPS/device, about: of the weights}
"""
FORMATS = """
sheet: formats
use: [./glossary.yaml]
source: {survey: 'a survey of formats'}
quantities:
  plank_bits:
    values:
      oak: 16 bit/parameter
      pine: 8 bit/parameter
      ash: {value: 4.5 bit/parameter, source: survey, kind: derived}
  plank_tool: {values: {oak: half, pine: quarter, ash: half}}
  plank_used: {default: ash}
"""
SIZES = """
sheet: sizes
use: [./formats.yaml]
takes: [tool_rate, plank_bits]
quantities:
  size: plank_bits[plank_used]
  speed: tool_rate[plank_tool[plank_used], fast]
examples:
  - about: an example's own value goes over the sheet's
    given: {plank_used: pine, 'plank_bits[pine]': 8.25 bit/parameter, 'tool_rate[quarter, fast]': 2 TFLOPS/device}
    gives: {size: 8.25 bit/parameter, speed: 2 TFLOPS/device}
"""
RATES = "'tool_rate[half, fast]': 1 TFLOPS/device, 'tool_rate[quarter, fast]': 2 TFLOPS/device"
SCENARIO = f"scenario: x\nuse: [./sizes.yaml]\nset: {{{RATES}}}\nshow: [size, speed]"


@pytest.fixture
def load_files(tmp_path):
    """Writes files beside the glossary and the two sheets, and loads scenario.yaml."""

    def loaded(*sets: str, **files: str) -> Loaded:
        for name, text in {"glossary": GLOSSARY, "formats": FORMATS, "sizes": SIZES, **files}.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return load(str(tmp_path / "scenario.yaml"), sets)

    return loaded


@pytest.fixture
def write(load_files):
    """The workbook of these files, which have no problem."""

    def written(*sets: str, **files: str) -> Workbook:
        loaded = load_files(*sets, **files)
        assert not loaded.problems
        assert loaded.workbook is not None
        return loaded.workbook

    return written


def checked(path: Path) -> tuple[Sheet, tuple[Outcome, ...]]:
    """The sheet by itself, and what became of its examples."""
    library = Library([])
    sheet = library.sheet(Text.line(str(path), "a test"))
    assert sheet is not None
    return sheet, run_examples(sheet, library)


def test_a_sheets_values_are_looked_up_by_word(write):
    workbook = write(scenario=SCENARIO)
    assert workbook.text("size") == "4.5 bit/parameter"
    workbook["plank_used"] = "pine"
    assert workbook.text("size") == "8 bit/parameter"


def test_a_keyed_input_of_words_is_a_key_itself(write):
    workbook = write(scenario=SCENARIO)
    assert workbook.text("speed") == "1 TFLOPS/device"
    workbook["plank_tool[ash]"] = "quarter"
    assert workbook.text("speed") == "2 TFLOPS/device"
    assert workbook.used("speed") == ("plank_used", "plank_tool[ash]", "tool_rate[quarter, fast]")


def test_a_value_is_a_default_with_its_source(write):
    found = write(scenario=SCENARIO).definition("plank_bits[ash]")
    assert (found.kind, found.value.given.source, found.default_in_force) == ("derived", "a survey of formats", True)
    assert write(scenario=SCENARIO).definition("plank_bits[pine]").kind == "assumed"


OVER = {
    "the command line": (("plank_bits[ash]=5 bit/parameter",), "set: {REST}", "--set"),
    "the scenario": ((), "set: {'plank_bits[ash]': 5 bit/parameter, REST}", "set"),
    "an entry": ((), "with: {hardware: ./card.yaml}\nset: {REST}", "hardware"),
}


@pytest.mark.parametrize("over", OVER)
def test_what_goes_over_a_sheets_value_hides_it(write, over):
    sets, text, layer = OVER[over]
    card = "hardware: card\nfacts: {plank_bits: {values: {ash: 5 bit/parameter}}}"
    scenario = SCENARIO.replace("set: {", "X{", 1).partition("X")[0] + text.replace("REST", RATES)
    found = write(*sets, scenario=scenario, card=card).definition("plank_bits[ash]")
    assert (found.value.layer, [hidden.text for hidden in found.shadowed]) == (layer, ["4.5 bit/parameter"])


def test_what_is_set_hides_what_an_entry_and_the_sheet_say(write):
    card = "hardware: card\nfacts: {plank_bits: {values: {ash: 5 bit/parameter}}}"
    scenario = f"{SCENARIO}\nwith: {{hardware: ./card.yaml}}"
    found = write("plank_bits[ash]=6 bit/parameter", scenario=scenario, card=card).definition("plank_bits[ash]")
    assert [hidden.layer for hidden in found.shadowed] == ["default", "hardware"]


def test_the_spaces_in_a_key_on_the_command_line_do_not_matter(write):
    workbook = write("tool_rate[ half,fast ]=7 TFLOPS", scenario=SCENARIO)
    assert workbook.text("speed") == "7 TFLOPS/device"


def test_a_group_has_its_own_value_of_one_key_and_the_others_from_outside(write):
    model = """
        model: net
        use: [./formats.yaml]
        groups: {a: {use: [./sizes.yaml], facts: {'plank_bits[ash]': 5 bit/parameter}}, b: {use: [./sizes.yaml]}}
        stack: a + b
    """
    scenario = f"scenario: x\nuse: [model]\nwith: {{model: ./net.yaml}}\nset: {{{RATES}}}\nshow: [a.size, b.size]"
    workbook = write(scenario=scenario, net=model)
    assert (workbook.text("a.size"), workbook.text("b.size")) == ("5 bit/parameter", "4.5 bit/parameter")
    workbook["plank_used"] = "pine"
    assert (workbook.text("a.size"), workbook.text("b.size")) == ("8 bit/parameter", "8 bit/parameter")


def test_a_groups_defaults_give_way_to_what_is_set_outside_key_by_key(write):
    model = "model: net\ngroups: {a: {use: [./sizes.yaml]}}\nstack: 2 * a"
    values = f"{RATES}, 'plank_bits[ash]': 5 bit/parameter"
    scenario = f"scenario: x\nuse: [model]\nwith: {{model: ./net.yaml}}\nset: {{{values}}}\nshow: [a.size]"
    workbook = write(scenario=scenario, net=model)
    assert workbook.text("a.size") == "5 bit/parameter"
    assert "a.plank_bits[ash]" not in workbook.checked.definitions
    workbook["a.plank_used"] = "pine"
    assert workbook.used("a.size") == ("a.plank_used", "a.plank_bits[pine]")


def test_a_sheet_that_replaces_a_keyed_input_replaces_the_keys_that_it_gives(write):
    other = "sheet: other\nuse: [./glossary.yaml]\nreplaces: [plank_bits]\nquantities:\n"
    other += "  plank_bits: {values: {ash: 5 bit/parameter}}"
    for use in ("[./sizes.yaml, ./other.yaml]", "[./other.yaml, ./sizes.yaml]"):
        workbook = write(scenario=SCENARIO.replace("[./sizes.yaml]", use), other=other)
        assert (workbook.text("size"), workbook.text("plank_bits[pine]")) == ("5 bit/parameter", "8 bit/parameter")


def test_a_scenarios_own_values_and_a_case_go_by_the_same_rules(write):
    body = f"scenario: x\nuse: [./glossary.yaml]\nset: {{plank_used: ash, {RATES}}}\n"
    body += "quantities: {plank_bits: {values: {ash: 3 bit/parameter}}, size: 'plank_bits[plank_used]'}\n"
    workbook = write(scenario=body + "cases: {slim: {set: {'plank_bits[ash]': 2 bit/parameter}}}\nshow: [size]")
    assert (workbook.text("size"), workbook.text("slim.size")) == ("3 bit/parameter", "2 bit/parameter")


def test_a_sheets_example_may_give_another_value(write, tmp_path):
    write(scenario=SCENARIO)
    _, (outcome,) = checked(tmp_path / "sizes.yaml")
    assert outcome.holds


def test_the_report_on_a_sheet_lists_a_keyed_input_once(write, tmp_path):
    write(scenario=SCENARIO)
    text = " ".join(plain(sheet_lines(*checked(tmp_path / "formats.yaml"))).split())
    assert text.count("what one parameter takes") == 1
    assert "unless set: oak = 16 bit/parameter, pine = 8 bit/parameter, ash = 4.5 bit/parameter" in text


def test_a_set_rate_is_held_against_the_one_that_a_looked_up_key_picks(load_files):
    rates = "{'half, fast': 1 TFLOPS, 'half, slow': 3 TFLOPS, 'quarter, fast': 2 TFLOPS}"
    card = f"hardware: card\nper: device\nfacts: {{tool_rate: {{values: {rates}}}}}"
    scenario = "scenario: x\nuse: [./sizes.yaml]\ncompare: {hardware: ./card.yaml}\nshow: [speed]\n"
    loaded = load_files(scenario=scenario + "set: {speed: 3 TFLOPS, 'tool_rate[half, fast]': 1 TFLOPS}", card=card)
    (found,) = compare(loaded.workbook, ["speed"], loaded.facts).contradictions
    assert (str(found.picked), [str(rate) for rate in found.equals]) == (
        "tool_rate[half, fast]",
        ["tool_rate[half, slow]"],
    )
