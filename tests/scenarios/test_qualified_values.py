"""Qualifiers in files: what an entry, a scenario, its cases and its claims say a figure is of."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from roofsheet.cli.main import roofsheet
from roofsheet.scenarios import Loaded, load

SHEET = "sheet: size\ntakes: [n_parameters]\nquantities: {half: {unit: parameter, formula: n_parameters / 2}}"
MODEL = "model: net\nuse: [./size.yaml]\nfacts: {{n_parameters: {}}}\npublished: {{n_parameters: {}}}"
SCENARIO = "scenario: x\nuse: [model]\nwith: {model: ./net.yaml}\nshow: [half]"


@pytest.fixture
def write(tmp_path):
    """Loads a scenario on a model whose total and published figure are as given."""

    def written(fact: str = "8 parameter", published: str = "8 parameter", more: str = "") -> Loaded:
        (tmp_path / "size.yaml").write_text(SHEET)
        (tmp_path / "net.yaml").write_text(MODEL.format(fact, published))
        (tmp_path / "scenario.yaml").write_text(f"{SCENARIO}\n{more}")
        return load(str(tmp_path / "scenario.yaml"))

    return written


ACTIVE, TOTAL = "{value: 8 parameter, of: {share: active}}", "{value: 8 parameter, of: {share: total}}"
PLACES = {
    "a fact": {"fact": "{}"},
    "a published figure": {"published": "{}"},
    "a setting": {"more": "set: {{n_parameters: {}}}"},
    "a case": {"more": "cases: {{other: {{set: {{n_parameters: {}}}}}}}"},
    "what a claim is given": {"more": "claims: {{half: {{printed: 4 parameter, given: {{n_parameters: {}}}}}}}"},
    "a compared entry": {"more": "compare: {{model: ./other.yaml}}"},
}


@pytest.mark.parametrize("place", PLACES)
def test_a_figure_of_the_active_share_is_not_bound_to_the_total(write, place, tmp_path):
    ((key, text),) = PLACES[place].items()
    for value, kinds in (ACTIVE, ["qualifier"]), (TOTAL, []), ("8 parameter", []):
        (tmp_path / "other.yaml").write_text(f"model: other\nfacts: {{n_parameters: {value}}}")
        assert [problem.kind for problem in write(**{key: text.format(value)}).problems] == kinds


@pytest.mark.parametrize(("of", "kinds"), [("active", ["qualifier"]), ("total", [])])
def test_a_claim_says_what_its_figure_is_of(write, of, kinds):
    for subject in ("n_parameters", "abs(n_parameters)"):
        claim = f"claims: {{{subject}: {{printed: 8 parameter, of: {{share: {of}}}}}}}"
        assert [problem.kind for problem in write(more=claim).problems] == kinds


def test_the_words_are_shown_where_units_and_meanings_are(write, tmp_path):
    write(more="set: {n_parameters: 9 parameter}")
    path = str(tmp_path / "scenario.yaml")

    def told(*arguments: str) -> str:
        return " ".join(CliRunner().invoke(roofsheet, arguments).output.split())

    assert "9 parameter share total: All parameters of the model." in told("show", path, "n_parameters")
    assert "n_parameters P = 9 parameter (share total)" in told("explain", path, "half")
    assert "parameter, share active: Parameters that one token passes" in told("list", "names")
    quantities = json.loads(told("show", path, "--json"))["quantities"]
    assert (quantities["n_parameters"]["of"], "of" in quantities["half"]) == ({"share": "total"}, False)
    (half,) = json.loads(told("explain", path, "half", "--json"))["explanations"]
    assert [step["of"] for step in (half, *half["steps"])] == [{}, {"share": "total"}]
