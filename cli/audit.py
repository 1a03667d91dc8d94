"""roofsheet audit: what each result rests on, and what does not hold."""

from __future__ import annotations

import click

from ..diagrams.text_audit import audit_lines
from ..graph.audit.findings import audit
from .opening import open_scenario
from .options import examples, json_option, scenario_argument, set_option
from .records import plain_record
from .screen import FAILED, FINE, WRONG, page_width, write_json, write_lines, write_problems


@click.command(
    "audit",
    epilog=examples(
        "roofsheet audit guides/qwen3-vl-32b-on-rtx-pro-6000",
        "roofsheet audit guides/llama-2-7b-on-a10 t4.tpot --json",
    ),
)
@scenario_argument
@click.argument("names", nargs=-1, metavar="[NAME]...")
@set_option
@json_option
@click.pass_context
def command(
    context: click.Context, scenario: str, names: tuple[str, ...], sets: tuple[str, ...], as_json: bool
) -> None:
    """Say what each result rests on, and what does not hold.

    The values are held against the catalogue entries that the scenario compares with; each that differs is
    replaced by the catalogue's in a copy, to say what every result becomes. NAMEs are results to audit instead
    of those that the scenario shows.
    """
    opened = open_scenario(scenario, sets, names)
    workbook = opened.workbook if opened.names else None
    found = audit(workbook, opened.names, opened.verdicts, opened.loaded.facts) if workbook else None
    if as_json:
        record = {"scenario": scenario, "audit": plain_record(found), "failed": bool(found and found.failed)}
        write_json({**record, "problems": plain_record(opened.problems)})
    else:
        if found:
            write_lines(audit_lines(opened.loaded.title, found, page_width()))
        write_problems(problem for problem in opened.problems if problem.kind != "check")
    context.exit(WRONG if opened.code == WRONG else FAILED if found and found.failed else FINE)
