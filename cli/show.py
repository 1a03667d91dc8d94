"""roofsheet show: results, claims and checks."""

from __future__ import annotations

import click

from ..diagrams.text_show import show_lines
from .opening import open_scenario
from .options import examples, json_option, scenario_argument, set_option
from .records import show_record
from .screen import page_width, write_json, write_lines, write_problems


@click.command(
    "show",
    epilog=examples(
        "roofsheet show guides/qwen3-vl-32b-on-rtx-pro-6000",
        "roofsheet show guides/qwen3-vl-32b-on-rtx-pro-6000 tpot --set 'memory_bandwidth=3.35 TB/s'",
        "roofsheet show qwen3-vl-32b-on-rtx-pro-6000 --json",
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
    """Show a scenario's results, and check its claims.

    NAMEs are quantities to show, with the claims on them, instead of those that the scenario shows.
    """
    opened = open_scenario(scenario, sets, names)
    loaded, workbook = opened.loaded, opened.workbook
    if as_json:
        write_json(show_record(scenario, loaded.dag, workbook, opened.verdicts, opened.problems))
        context.exit(opened.code)
    if workbook is not None and opened.names:
        write_lines(show_lines(loaded.title, workbook, opened.names, opened.verdicts, page_width()))
    write_problems(problem for problem in opened.problems if problem.kind != "check")
    context.exit(opened.code)
