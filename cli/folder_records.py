"""A folder's survey as JSON data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import cast

from ..diagrams.text_diagnosis import sentence
from ..diagrams.text_survey import old_sources
from ..graph.audit.diagnosis import Explanation
from ..graph.audit.survey import Disputed, Survey, SurveyedClaim, SurveyedScenario, SurveyedSource, Tally
from ..problems import Problem
from .records import Record, claim_record, finite, mark_record, plain_record


def survey_record(found: Survey, day: date, page: Path | None, problems: Iterable[Problem]) -> Record:
    """What `audit FOLDER --json` prints; `page`: where the report was written, `problems`: those of writing it."""
    return {
        "folder": found.name,
        "totals": tally_record(found.tally),
        "sources": [_source_record(each) for each in found.sources],
        "to_read_again": list(old_sources(found, day)),
        "report": str(page) if page else None,
        "failed": found.failed,
        "problems": plain_record([*found.problems, *problems]),
    }


def tally_record(tally: Tally) -> Record:
    """Counts by finding, `wrong_assumption` over and above them, and the claims not as expected."""
    return asdict(tally)


def _source_record(source: SurveyedSource) -> Record:
    scenarios = [_scenario_record(each) for each in source.scenarios]
    return {"source": source.name, "tally": tally_record(source.tally), "scenarios": scenarios}


def _scenario_record(scenario: SurveyedScenario) -> Record:
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "source": scenario.source,
        "tally": tally_record(scenario.tally),
        "claims": [_claim_record(each) for each in scenario.found.claims],
        "contradictions": [_disputed_record(each) for each in scenario.found.disputed],
        "checks": plain_record(scenario.found.checks),
        "problems": plain_record(scenario.problems),
    }


def _claim_record(claim: SurveyedClaim) -> Record:
    verdict, record = claim.verdict, claim_record(claim.verdict)
    return {
        "subject": record.pop("quantity"),
        **record,
        "mode": verdict.mode,
        "source": verdict.source,
        "why": verdict.why,
        "given": dict(claim.working.given),
        "formula": claim.working.formula,
        "numbers": claim.working.numbers,
        "contradicted": list(claim.contradicted),
        "by_catalogue": finite(claim.doubt.by_catalogue.computed) if claim.doubt else None,
        "explanations": [_explanation_record(each) for each in claim.explanations],
        "mark": mark_record(verdict.mark),
    }


def _explanation_record(explanation: Explanation) -> Record:
    return {"sentence": sentence(explanation), **cast(Record, plain_record(explanation))}


def _disputed_record(disputed: Disputed) -> Record:
    """The contradiction, and what each claim that rests on it becomes by the catalogue's value alone."""
    record = cast(Record, plain_record(disputed.contradiction))
    del record["singly"]  # of results; here they are the claims
    becoming = [
        {
            "subject": each.before.subject,
            "printed": each.before.printed,
            "computed": finite(each.before.computed),
            "becomes": finite(each.after.computed),
            "unit": each.before.unit,
            "mark": mark_record(each.before.mark),
        }
        for each in disputed.becoming
    ]
    return {**record, "claims": becoming}
