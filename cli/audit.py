"""roofsheet audit: what each result rests on, and what does not hold."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from ..diagrams.text_audit import audit_lines
from ..diagrams.text_entry import entry_lines
from ..diagrams.text_sheet import sheet_lines
from ..graph.audit.ages import remarks
from ..graph.audit.entry import audit_entry
from ..graph.audit.facts import default_facts
from ..graph.audit.findings import audit
from ..graph.language.declarations import Entry, Sheet
from ..problems import Text, errors, ordered
from ..scenarios import Library, facts_alone, folder_at, lint, run_examples
from .audit_folder import audit_folder, check_page
from .opening import open_scenario
from .options import examples, json_option, scenario_argument, set_option
from .records import plain_record
from .screen import FAILED, FINE, WRONG, page_width, write_json, write_lines, write_problems


@click.command(
    "audit",
    epilog=examples(
        "roofsheet audit guides/qwen3-vl-32b-on-rtx-pro-6000",
        "roofsheet audit guides/baseten-inference-guide t4.tpot --json",
        "roofsheet audit sheets/decode",
        "roofsheet audit hardware/a10",
        "roofsheet audit guides/",
        "roofsheet audit guides/ --report literature.md",
    ),
)
@scenario_argument
@click.argument("names", nargs=-1, metavar="[NAME]...")
@set_option
@click.option(
    "--as-of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day from which the ages of facts are reckoned, instead of today.",
)
@click.option("--all", "full", is_flag=True, help="Tell each fact, rounding and check by itself.")
@click.option(
    "--report",
    "page",
    type=click.Path(path_type=Path, readable=False),
    metavar="FILE.md",
    help="Of a folder: write the audit as a page of Markdown, too.",
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    scenario: str,
    names: tuple[str, ...],
    sets: tuple[str, ...],
    day: datetime | None,
    full: bool,
    page: Path | None,
    as_json: bool,
) -> None:
    """Say what each result rests on, and what does not hold.

    The values are held against the catalogue entries that the scenario compares with; each that differs is
    replaced by the catalogue's in a copy, to say what every result becomes. NAMEs are results to audit instead
    of those that the scenario shows.

    A SCENARIO that is a sheet, a path or sheets/NAME, is checked by itself: what it takes and gives, its examples
    run, and what they leave open. One that is a catalogue entry, a path or hardware/NAME, is shown with the kinds,
    sources and ages of its facts, and its figures are held against one another.

    One that is a folder, bundled (guides/) or a path, is audited scenario by scenario: a table by source says how
    the claims came out. It fails where a claim came out other than expected or a check fails. Contradictions with
    the catalogue, which fail the audit of one scenario, are what it is there to count.
    """
    library = Library([])
    asked = Text.line(scenario, "the scenario's name")
    as_of = (day or datetime.now()).date()
    folder = folder_at(asked, library)
    if folder is not None:
        _refuse_for_folders(names, sets, full)
        if page is not None:
            check_page(page)
        context.exit(audit_folder(folder, library, as_of, page, as_json))
    if page is not None:
        raise click.UsageError("--report is for a folder of scenarios: one by itself is told as text, or as --json")
    sheet = library.sheet(asked)
    entry = None if sheet else library.catalogued(asked)
    if sets and (sheet or entry):
        raise click.UsageError("--set is for scenarios: a sheet or an entry is audited as it is")
    if sheet is not None:
        context.exit(_audit_sheet(sheet, library, as_of, as_json))
    if entry is not None or library.problems:
        context.exit(_audit_entry(entry, library, as_of, as_json))
    opened = open_scenario(scenario, sets, names)
    workbook = opened.workbook if opened.names else None
    found = None
    if workbook is not None:
        loaded = opened.loaded
        found = audit(workbook, opened.names, opened.verdicts, loaded.facts, loaded.entries, as_of)
    if as_json:
        record = {"scenario": scenario, "audit": plain_record(found), "failed": bool(found and found.failed)}
        write_json({**record, "problems": plain_record(opened.problems)})
    else:
        if found:
            write_lines(audit_lines(opened.loaded.title, found, page_width(), full))
        write_problems(problem for problem in opened.problems if problem.kind != "check")
    context.exit(WRONG if opened.code == WRONG else FAILED if found and found.failed else FINE)


def _refuse_for_folders(names: tuple[str, ...], sets: tuple[str, ...], full: bool) -> None:
    """Errors: a usage error for what is asked of one scenario alone."""
    if names:
        raise click.UsageError(f"NAMEs, as '{names[0]}', are for one scenario: a folder is audited by its claims")
    if sets:
        raise click.UsageError("--set is for one scenario: a folder is audited as it is")
    if full:
        raise click.UsageError("--all is for one scenario: --json tells each claim of a folder")


def _audit_sheet(sheet: Sheet, library: Library, day: date, as_json: bool) -> int:
    """Print what became of a sheet by itself; the exit code."""
    outcomes = run_examples(sheet, library)
    found = [*library.problems, *(problem for each in outcomes for problem in each.problems)]
    problems = ordered([*found, *lint(sheet, outcomes)])
    own = (each for each in outcomes[0].dag.definitions.values() if each.sheet == sheet.name)
    told = remarks(default_facts(own), day)
    if as_json:
        verdicts = [plain_record(verdict) for each in outcomes for verdict in each.verdicts]
        record = {"sheet": sheet.name, "examples": verdicts, "remarks": plain_record(told)}
        write_json({**record, "problems": plain_record(problems)})
    else:
        write_lines(sheet_lines(sheet, outcomes, page_width(), told))
        write_problems(problems)
    if errors(problems):
        return WRONG
    return FINE if all(each.holds for each in outcomes) else FAILED


def _audit_entry(entry: Entry | None, library: Library, day: date, as_json: bool) -> int:
    """Print what there is to say of a catalogue entry by itself; the exit code."""
    found = audit_entry(entry, facts_alone(entry, library), day) if entry else None
    problems = ordered(library.problems)
    if as_json:
        record = {"audit": plain_record(found), "failed": bool(found and found.failed)}
        write_json({"entry": entry.name if entry else None, **record, "problems": plain_record(problems)})
    else:
        write_lines(entry_lines(found, page_width()) if found else ())
        write_problems(problems)
    if errors(problems):
        return WRONG
    return FAILED if found and found.failed else FINE
