"""The guides' claims held against verdicts that were found by other means, one for each published number.

A row of verdicts/*.csv says how a number's digits stand to the value: as labelled, and at best under a unit that
people take for the label. settled.yaml names the rows that are left in disagreement, and the guides without any.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from roofsheet.graph.audit.claims import Verdict, judge_all
from roofsheet.problems import render
from roofsheet.scenarios import Library, bundled, load

HERE = Path(__file__).parent
GUIDES = [name for name in bundled("scenario") if name.startswith("guides/")]
READINGS = {"follows": "held", "truncated": "truncated", "off<1ulp": "near", "MISMATCH": "off"}
SETTLED = yaml.safe_load((HERE / "settled.yaml").read_text(encoding="utf-8")) or {}
LIBRARY = Library([])


class Row(NamedTuple):
    """A published number, and how its digits stand to the value."""

    id: str
    scenario: str
    subject: str
    printed: str
    best: str
    labelled: str


def rows_of(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Row(**row)


ROWS = [row for path in sorted(HERE.glob("verdicts/*.csv")) for row in rows_of(path)]


@cache
def verdicts_of(scenario: str) -> tuple[Verdict, ...]:
    loaded = load(scenario, library=LIBRARY)
    assert loaded.workbook is not None, render(loaded.problems)
    return judge_all(loaded.claims, loaded.workbook)


@cache
def pairs() -> dict[str, tuple[Row, Verdict | None]]:
    """By id each row and its claim: of those with one subject and printed text, the first goes with the first.

    Where there are more claims than rows, as of a number claimed with and without its source's rounding, a row takes
    the first that agrees.
    """
    rows: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in ROWS:
        rows[row[1:4]].append(row)
    return {row.id: (row, verdict) for key, found in rows.items() for row, verdict in paired(found, claims_on(*key))}


def claims_on(scenario: str, subject: str, printed: str) -> list[Verdict]:
    verdicts = verdicts_of(scenario) if scenario in GUIDES else ()
    return [each for each in verdicts if each.subject == subject and printed in printed_of(each)]


def printed_of(verdict: Verdict) -> tuple[str, str]:
    """What was printed, with the unit that the claim says beside it and without."""
    return verdict.printed, verdict.claim.spec.printed.text.strip()


def paired(rows: list[Row], claims: list[Verdict]) -> Iterator[tuple[Row, Verdict | None]]:
    for place, row in enumerate(rows):
        spare = len(claims) > len(rows) - place
        agreeing = (number for number, verdict in enumerate(claims) if spare and agree(row, verdict))
        yield row, claims.pop(next(agreeing, 0)) if claims else None


def agree(row: Row, verdict: Verdict | None) -> bool:
    return verdict is not None and (verdict.best, verdict.labelled) == (READINGS[row.best], READINGS[row.labelled])


def test_each_row_is_there_once_and_has_its_claim():
    assert len(pairs()) == len(ROWS)
    assert [row for row, verdict in pairs().values() if verdict is None] == []


def test_the_digits_stand_as_was_found_by_other_means():
    assert [row for row, verdict in pairs().values() if row.id not in SETTLED and not agree(row, verdict)] == []


def test_what_is_settled_is_in_disagreement_and_says_why():
    assert [name for name, why in SETTLED.items() if not why or not is_open(name)] == []


def is_open(name: str) -> bool:
    """Whether there is something to settle: a row that does not agree, or a guide without rows."""
    return name in without_rows() or (name in pairs() and not agree(*pairs()[name]))


def without_rows() -> list[str]:
    return [name for name in GUIDES if not any(row.scenario == name for row in ROWS)]


def test_a_guide_has_verdicts_to_be_held_against():
    assert [name for name in without_rows() if name not in SETTLED] == []


def test_a_known_error_says_what_follows_instead():
    """Otherwise any other wrong number would fail as expected, too."""
    verdicts = (verdict for scenario in GUIDES for verdict in verdicts_of(scenario))
    fails = [each for each in verdicts if each.expect == "fails"]
    assert len(fails) > 70
    assert [each.subject for each in fails if each.claim.follows is None] == []


@pytest.mark.parametrize("scenario", GUIDES)
def test_a_guide_comes_out_as_expected(scenario):
    """What fails is known to fail, with a reason, and nothing that was known to fail holds."""
    assert [verdict.subject for verdict in verdicts_of(scenario) if not verdict.as_expected] == []
