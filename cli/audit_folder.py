"""roofsheet audit FOLDER: the audits of its scenarios together, as a table, as data and as a page."""

from __future__ import annotations

from datetime import date
from os.path import relpath
from pathlib import Path

import click

from ..diagrams.markdown_report import report
from ..diagrams.text import BLANK
from ..diagrams.text_survey import survey_lines, unexpected_lines, verdict_lines
from ..graph.audit.survey import Findings, Survey, SurveyedScenario, SurveyedSource, survey
from ..problems import Problem, ordered
from ..scenarios import Folder, Library, Member, write_whole
from .folder_records import survey_record
from .opening import open_scenario
from .screen import FAILED, FINE, WRONG, page_width, progress, write_json, write_lines, write_problems


def audit_folder(folder: Folder, library: Library, day: date, page: Path | None, as_json: bool) -> int:
    """Print what became of a folder's scenarios, and write it to `page`; the exit code.

    A scenario that is wrong keeps none of the others from being audited.
    """
    found = survey_folder(folder, library)
    unwritten: list[Problem] = []
    if page and found.sources:
        write_whole(page, report(found, links_of(folder, page.parent)), unwritten)
    if as_json:
        write_json(survey_record(found, day, page if page and not unwritten else None, unwritten))
    else:
        _write(found, day, unwritten)
    return WRONG if found.is_wrong or unwritten else FAILED if found.failed else FINE


def survey_folder(folder: Folder, library: Library) -> Survey:
    """The survey of a folder's scenarios, each loaded and judged once."""
    by_source: dict[str, list[SurveyedScenario]] = {}
    with progress("auditing", len(folder.members)) as step:
        for member in folder.members:
            step(member.name)
            by_source.setdefault(member.source, []).append(_surveyed(member, library))
    sources = (SurveyedSource(name, tuple(scenarios)) for name, scenarios in by_source.items())
    return Survey(folder.name, tuple(sources), tuple(library.problems))


def links_of(folder: Folder, beside: Path) -> dict[str, str]:
    """The way from a page in the folder `beside` to the file of each scenario."""
    start = beside.resolve()
    return {member.name: Path(relpath(member.path.resolve(), start)).as_posix() for member in folder.members}


def check_page(page: Path) -> None:
    """Errors: a usage error where the page cannot be written there."""
    if page.suffix != ".md":
        raise click.UsageError(f"--report writes Markdown: '{page}' does not end in .md")
    if page.is_dir():
        raise click.UsageError(f"--report: '{page}' is a folder")
    if not page.parent.is_dir():
        raise click.UsageError(f"--report: the folder '{page.parent}' does not exist")


def _surveyed(member: Member, library: Library) -> SurveyedScenario:
    opened = open_scenario(member.name, (), library=library)
    loaded, workbook = opened.loaded, opened.workbook
    # what a bound model's makers publish is the catalogue's to hold, not the source's
    stated = {id(spec) for spec in (loaded.scenario.claims if loaded.scenario else ())}
    own = [each for each in opened.verdicts if id(each.claim.spec) in stated]
    found = survey(workbook, own, loaded.facts) if workbook else Findings()
    problems = tuple(each for each in opened.problems if each.kind != "check")
    about, source = (loaded.scenario.about, loaded.scenario.source) if loaded.scenario else ("", "")
    return SurveyedScenario(member.name, loaded.title, about, source, found, problems)


def _write(found: Survey, day: date, unwritten: list[Problem]) -> None:
    problems = ordered([*found.problems, *(each for scenario in found.scenarios for each in scenario.problems)])
    width = page_width()
    if found.sources:
        write_lines([*survey_lines(found, width), *([BLANK] if problems else [])])
    write_problems(problems)
    if found.sources:
        write_lines([*unexpected_lines(found, width), *verdict_lines(found, day, width)])
    write_problems(unwritten)
