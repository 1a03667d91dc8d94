"""Claims: printed numbers, resolved when a file is read, and judged to the digits printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.graph.audit.claims import Verdict, judge, judge_all, resolve_claims
from roofsheet.graph.audit.printed import Figure
from roofsheet.graph.engine.workbook import Workbook
from roofsheet.graph.language.declarations import ClaimSpec, Given
from roofsheet.problems import Problem, Text
from roofsheet.scenarios import load
from roofsheet.units import PLAIN, UnitContext

from ..building import Declared, formula, workbook

Mode = Literal["round", "floor", "about"]
MODES: tuple[Mode, ...] = ("round", "floor", "about")


@pytest.fixture
def card() -> Workbook:
    return workbook(
        {
            "weight_bytes": Declared("GB", "14 GB"),
            "bandwidth": Declared("GB/s", "300 GB/s"),
            "n_layers": Declared("layer", "32 layer"),
            "share": Declared("percent", "62.42 percent"),
            "price": Declared("USD/h"),
            "tpot": Declared("ms", formula="weight_bytes / bandwidth"),
            "cost": Declared("USD", formula="price * tpot"),
            "bound": Declared(choices=("memory", "compute"), formula="memory if tpot > 0[s] else compute"),
        }
    )


def spec(subject: str, printed: str, pinned: Mapping[str, str] | None = None, **terms: Any) -> ClaimSpec:
    """A claim as a file states it; `unit` and `quantum` are text."""
    for key in ("unit", "quantum"):
        if key in terms:
            terms[key] = text(terms[key])
    givens = {name: (text(name), Given(text(value))) for name, value in (pinned or {}).items()}
    return ClaimSpec(formula(subject), text(printed), given=givens, **terms)


def text(of: str) -> Text:
    return Text.line(of, "claims.yaml")


def verdict(on: Workbook, claim: ClaimSpec) -> Verdict:
    problems: list[Problem] = []
    (resolved,) = resolve_claims([claim], on.checked, problems)
    assert problems == []
    return judge(resolved, on)


def refusal(on: Workbook, claim: ClaimSpec) -> Problem:
    problems: list[Problem] = []
    assert resolve_claims([claim], on.checked, problems) == ()
    (problem,) = problems
    return problem


# -- to the digits printed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "mode", "holds"),
    [
        ("46.67 ms", "round", True),
        ("46.7 ms", "round", True),
        ("46.6 ms", "round", False),
        ("46.6 ms", "floor", True),
        ("46.7 ms", "floor", False),
        ("46 ms", "about", True),
        ("45 ms", "about", False),
        ("0.0467 s", "round", True),
        ("47", "round", None),
    ],
)
def test_a_number_holds_by_the_digits_it_is_printed_with(card: Workbook, printed: str, mode: Mode, holds: bool | None):
    claim = spec("tpot", printed, mode=mode)
    if holds is None:
        assert refusal(card, claim).hint == "write 47 ms"
    else:
        assert verdict(card, claim).holds is holds


def test_the_computed_value_is_in_the_printed_unit(card: Workbook):
    found = verdict(card, spec("tpot", "0.05 s"))
    assert found.computed == pytest.approx(14 / 300)
    assert (found.unit, found.quantum) == ("s", 0.01)


def test_half_a_quantum_off_still_rounds_to_what_is_printed(card: Workbook):
    """6.975 s is printed 6.98 s, though as floats the two are a little more than half a digit apart."""
    card["bandwidth"] = 14 / 6.975
    assert verdict(card, spec("tpot", "6.98 s")).holds


def test_to_says_the_quantum_of_rounded_zeros(card: Workbook):
    card["bandwidth"] = "292.5 GB/s"  # 47.863 ms
    assert not verdict(card, spec("tpot", "48,000 us")).holds
    assert verdict(card, spec("tpot", "48,000 us", quantum="1000 us")).holds
    assert verdict(card, spec("tpot", "48,000 us", quantum="1 ms")).quantum == pytest.approx(1000)


def test_a_claim_table_states_the_unit_for_all_its_numbers(card: Workbook):
    assert verdict(card, spec("tpot", "46.67", unit="ms")).holds


def test_counts_and_plain_numbers_are_printed_without_a_unit(card: Workbook):
    assert verdict(card, spec("n_layers", "32")).unit == "layer"
    assert verdict(card, spec("weight_bytes / 7[GB]", "2")).holds


def test_percent_is_always_written(card: Workbook):
    assert verdict(card, spec("share", "62 percent")).holds
    assert refusal(card, spec("share", "62")).kind == "dimension"


@given(
    number=st.integers(-(10**6), 10**6),
    digits=st.integers(0, 6),
    part=st.floats(-0.499, 0.499),
)
def test_whatever_rounds_to_the_printed_digits_holds(number: int, digits: int, part: float):
    quantum = 10.0**-digits
    figure = Figure(number * quantum, quantum, PLAIN)
    assert figure.stands_for((number + part) * quantum, "round")
    assert figure.stands_for((number + part) * quantum, "about")


@given(number=st.integers(-(10**6), 10**6).filter(bool), digits=st.integers(0, 6), part=st.floats(0.001, 0.999))
def test_whatever_is_cut_off_to_the_printed_digits_holds_as_floor(number: int, digits: int, part: float):
    quantum = 10.0**-digits
    figure = Figure(number * quantum, quantum, PLAIN)
    away = 1 if number > 0 else -1
    assert figure.stands_for((number + away * part) * quantum, "floor")
    assert not figure.stands_for((number - away * part) * quantum, "floor")


# -- words, truths, errors -------------------------------------------------------------------------


def test_a_choice_is_claimed_by_its_word(card: Workbook):
    assert verdict(card, spec("bound", "memory")).holds
    found = verdict(card, spec("bound", "compute"))
    assert (found.holds, found.computed, found.unit, found.best_unit) == (False, "memory", None, None)


@pytest.mark.parametrize(("printed", "holds"), [("true", True), ("false", False)])
def test_a_comparison_is_claimed_true_or_false(card: Workbook, printed: str, holds: bool):
    found = verdict(card, spec("tpot < 50[ms]", printed))
    assert (found.computed, found.holds) == (True, holds)


def test_a_claim_on_a_word_may_compare_it(card: Workbook):
    assert verdict(card, spec("bound == memory", "true")).holds


def test_a_subject_without_a_value_neither_holds_nor_fails_as_expected(card: Workbook):
    found = verdict(card, spec("cost", "3 USD", expect="fails", why="nobody knows the price"))
    assert (found.finding, found.computed, found.holds, found.as_expected) == ("no value", None, False, False)
    assert found.problem is not None
    assert found.problem.message == "price has no value"


def test_an_expression_that_divides_by_zero_is_located(card: Workbook):
    found = verdict(card, spec("tpot / (n_layers - 32[layer])", "1 ms/layer"))
    assert found.problem is not None
    assert found.problem.message == "tpot / (n_layers - 32[layer]): division by zero"
    assert found.problem.mark is not None


# -- findings --------------------------------------------------------------------------------------


def test_a_number_right_in_the_sibling_unit_is_wrongly_labelled(card: Workbook):
    found = verdict(card, spec("weight_bytes", "13.04 GB"))
    assert (found.labelled, found.best, found.best_unit) == ("off", "held", "GiB")
    assert found.finding == "wrong label"
    assert found.computed == 14.0


def test_the_label_comes_first_among_the_units_under_which_a_number_holds(card: Workbook):
    card["weight_bytes"] = "0.3 GB"  # 0.28 GiB: to one digit both hold
    assert verdict(card, spec("weight_bytes", "0.3 GB")).best_unit == "GB"
    assert verdict(card, spec("weight_bytes", "0.3 GiB")).best_unit == "GiB"


@pytest.mark.parametrize(
    ("printed", "mode", "finding"),
    [
        ("46.7 ms", "round", "held"),
        ("46 ms", "floor", "truncated"),
        ("46 ms", "about", "held"),
        ("47.2 ms", "round", "wrong arithmetic"),
        ("46 ms", "round", "truncated"),
        ("50.0 ms", "round", "wrong arithmetic"),
    ],
)
def test_the_finding_says_how_a_claim_fails(card: Workbook, printed: str, mode: Mode, finding: str):
    assert verdict(card, spec("tpot", printed, mode=mode)).finding == finding


@pytest.mark.parametrize(
    ("printed", "labelled"), [("46.7 ms", "held"), ("46 ms", "truncated"), ("47.4 ms", "off"), ("46 s", "off")]
)
def test_a_reading_is_of_the_digits_and_not_of_the_mode(card: Workbook, printed: str, labelled: str):
    assert {verdict(card, spec("tpot", printed, mode=mode)).labelled for mode in MODES} == {labelled}


def test_a_number_less_than_a_digit_away_is_near(card: Workbook):
    card["weight_bytes"] = "14.4 GB"
    assert verdict(card, spec("weight_bytes", "15 GB")).labelled == "near"


def test_what_is_cut_off_as_labelled_but_rounded_in_another_unit_is_wrongly_labelled(card: Workbook):
    card["weight_bytes"] = "1.678 GB"  # 1.563 GiB
    found = verdict(card, spec("weight_bytes", "1.6 GB"))
    assert (found.labelled, found.best, found.best_unit, found.finding) == ("truncated", "held", "GiB", "wrong label")


def test_an_unexpected_pass_is_not_as_expected(card: Workbook):
    assert not verdict(card, spec("tpot", "46.67 ms", expect="fails", why="a known error")).as_expected
    assert verdict(card, spec("tpot", "46 ms", expect="fails", why="cut off")).as_expected


@pytest.mark.parametrize(
    ("subject", "printed", "follows", "expected"),
    [
        ("weight_bytes", "45 GB", "14 GB", True),
        ("weight_bytes", "45 GB", "13.04 GiB", True),
        ("weight_bytes", "45 GB", "14.0", True),
        ("weight_bytes", "45 GB", "15 GB", False),
        ("bound", "compute", "memory", True),
        ("n_layers == 31", "true", "false", True),
    ],
)
def test_what_follows_instead_is_held_too(card: Workbook, subject: str, printed: str, follows: str, expected: bool):
    found = verdict(card, spec(subject, printed, expect="fails", why="a slip", follows=text(follows)))
    assert not found.holds
    assert (found.follows_so, found.as_expected) == (expected, expected)


@pytest.mark.parametrize(
    ("follows", "message"),
    [
        ("14 ms", "the claim on weight_bytes: it is in byte, but 14 ms is printed"),
        ("some", "the claim on weight_bytes: 'some' is not a number"),
    ],
)
def test_what_follows_instead_must_be_of_its_kind(card: Workbook, follows: str, message: str):
    claim = spec("weight_bytes", "45 GB", expect="fails", why="a slip", follows=text(follows))
    assert refusal(card, claim).message == message


# -- given -----------------------------------------------------------------------------------------


def test_given_pins_a_rounded_intermediate_in_a_copy(card: Workbook):
    found = verdict(card, spec("1000 * tpot", "46.000 s", {"tpot": "46 ms"}))
    assert found.holds
    assert card.number("tpot") == pytest.approx(46.667, abs=1e-3)
    assert card.definition("tpot").role == "formula"


def test_given_sets_inputs_in_a_copy(card: Workbook):
    assert verdict(card, spec("tpot", "23 ms", {"bandwidth": "600 GB/s"})).holds
    assert card.number("bandwidth") == 300


def test_claims_with_the_same_given_share_one_copy(card: Workbook, monkeypatch: pytest.MonkeyPatch):
    copies: list[Workbook] = []
    copy = Workbook.copy
    monkeypatch.setattr(Workbook, "copy", lambda self: copies.append(self) or copy(self))
    claims = [spec("tpot", "46 ms", {"tpot": "46 ms"}), spec("2 * tpot", "92 ms", {"tpot": "46 ms"})]
    claims += [spec("tpot", "46.67 ms"), spec("tpot", "47 ms", {"tpot": "47 ms"})]
    verdicts = judge_all(resolve_claims(claims, card.checked, []), card)
    assert [each.holds for each in verdicts] == [True, True, True, True]
    assert len(copies) == 2


# -- refused at load -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "kind", "message", "column"),
    [
        (spec("topt", "46 ms"), "name", "nothing here is called topt", 1),
        (spec("tpot + n_layers", "46 ms"), "dimension",
         "a claim's subject: the two sides of '+' differ: s and layer", 1),
        (spec("tpot", "46 GB"), "dimension", "the claim on tpot: it is in s, but 46 GB is printed", 1),
        (spec("tpot", "46 mss"), "claim", "the claim on tpot: unknown unit 'mss'", 4),
        (spec("tpot", "fast"), "claim", "the claim on tpot: 'fast' is not a number", 1),
        (spec("tpot", "0"), "dimension", "the claim on tpot: 0 has no unit", 1),
        (spec("tpot", "46 ms", unit="ms"), "claim", "the claim on tpot: 46 ms has its unit already", 1),
        (spec("tpot", "46", unit="GB"), "dimension", "the claim on tpot: it is in s, but GB is printed", 1),
        (spec("tpot", "46", unit="mz"), "claim", "the claim on tpot: unknown unit 'mz'", 1),
        (spec("tpot", "46 ms", quantum="1 GB"), "dimension", "the claim on tpot: it is in s, but 1 GB is printed", 1),
        (spec("tpot", "46 ms", quantum="0"), "claim",
         "the claim on tpot: 'to' is the worth of the last digit: more than 0", 1),
        (spec("bound", "network"), "claim", "the claim on bound: it cannot be 'network'", 1),
        (spec("bound", "memory", unit="GB"), "claim",
         "the claim on bound: 'unit' is for numbers, and this is one of compute, memory", 1),
        (spec("tpot > 1[s]", "yes"), "claim", "the claim on tpot > 1[s]: it cannot be 'yes'", 1),
        (spec("tpot", "46 ms", {"topt": "46 ms"}), "name", "nothing here is called topt", 1),
        (spec("tpot", "46 ms", {"tpot": "46 GB"}), "dimension", "tpot is declared in ms, but is given 46 GB", 4),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_is_refused_at_its_place(
    card: Workbook, claim: ClaimSpec, kind: str, message: str, column: int
):
    problem = refusal(card, claim)
    assert (problem.kind, problem.message) == (kind, message)
    assert problem.mark is not None
    assert (problem.mark.file[-5:], problem.mark.column) == (".yaml", column)


def test_a_mistaken_name_is_answered_with_the_nearest(card: Workbook):
    assert refusal(card, spec("topt", "46 ms")).hint == "did you mean tpot?"
    assert refusal(card, spec("bound", "memroy")).hint == "did you mean memory?"


def test_all_wrong_claims_are_reported_and_the_right_ones_kept(card: Workbook):
    problems: list[Problem] = []
    claims = [spec("tpot", "46 GB"), spec("tpot", "47 ms"), spec("topt", "1 ms", {"n": "1"})]
    (kept,) = resolve_claims(claims, card.checked, problems)
    assert kept.spec is claims[1]
    assert len(problems) == 3


# -- what the guides print -------------------------------------------------------------------------

GUIDE, BASETEN = "guides/qwen3-vl-32b-on-rtx-pro-6000", "guides/baseten-inference-guide"


@pytest.mark.parametrize("scenario", [GUIDE, BASETEN])
def test_every_claim_of_a_guide_comes_out_as_expected(scenario: str):
    loaded = load(scenario)
    assert loaded.workbook is not None
    wrong = [each for each in judge_all(loaded.claims, loaded.workbook) if not each.as_expected]
    assert wrong == []


# Verdicts made independently of this code, by hand and a script, on every number that the two guides print:
# the values they follow from, what is printed, its unit, the quantum, and which of the three modes hold.
GOLDEN = [
    ("126e12 / 1790e9", "70.39", "FLOP/byte", "follows"),
    ("40 * 128", "5120", "", "follows"),
    ("4 * 4096**2 * 128 / (8 * 4096**2)", "64.0", "FLOP/byte", "follows"),
    ("32e9 * 2", "64", "GB", "follows"),
    ("2 * 80 * 5120 * 2", "1,638,400", "byte/token", "follows"),
    ("96e9 - 64e9", "32", "GB", "follows"),
    ("floor(32e9 / (1638400 * 4096))", "4", "sequence", "follows"),
    ("64e9 / 1790e9", "35.75", "ms", "follows"),
    ("1790e9 / 64e9", "28", "token/s", "follows"),
    ("512 * 2 * 32e9 / 126e12", "260.06", "ms", "follows"),
    ("125e12 / 600e9", "208.3", "FLOP/byte", "follows"),
    ("7e9 * 2", "14", "GB", "follows"),
    ("(4 * 128 * 4096**2 + 3 * 4096**2) / (8 * 4096**2 + 8 * 4096 * 128)", "62", "FLOP/byte", "follows"),
    ("24e9 - 2 * 7e9", "10", "GB", "follows"),
    ("2 * 2 * 32 * 4096", "524,288", "byte/token", "follows"),
    ("524288", "0.00052", "GB/token", "follows"),
    ("10e9 / 0.00052e9", "19,230", "token", "truncated"),
    ("floor(19230 / 4096)", "4", "sequence", "follows"),
    ("16e9 - 14e9", "2", "GB", "follows"),
    ("14e9 / 300e9", "46", "ms", "truncated"),
    ("14e9 / 600e9", "23", "ms", "follows"),
    ("14e9 / 2039e9", "6", "ms", "truncated"),
    ("350 * 2 * 7e9 / 65e12", "75", "ms", "follows"),
    ("350 * 2 * 7e9 / 125e12", "39", "ms", "follows"),
    ("350 * 2 * 7e9 / 312e12", "16", "ms", "follows"),
    ("75e-3 + 150 * 46e-3", "6.98", "s", "follows"),
    ("39e-3 + 150 * 23e-3", "3.49", "s", "follows"),
    ("16e-3 + 150 * 6e-3", "0.92", "s", "follows"),
    ("2039e9 / 600e9", "4", "", "off<1ulp"),
    ("2039e9 / 300e9", "8", "", "MISMATCH"),
]


@pytest.mark.parametrize(("numbers", "printed", "unit", "status"), GOLDEN)
def test_the_verdicts_on_the_guides_agree_with_those_made_by_hand(numbers: str, printed: str, unit: str, status: str):
    on = workbook({"number": Declared("", formula=numbers)})
    scale = UnitContext().unit(unit).scale
    printed_plainly = [spec(f"number / {scale!r}", printed, mode=mode) for mode in ("round", "floor", "about")]
    rounded, cut, near = (verdict(on, claim).holds for claim in printed_plainly)
    found = "follows" if rounded else "truncated" if cut else "off<1ulp" if near else "MISMATCH"
    assert found == status
