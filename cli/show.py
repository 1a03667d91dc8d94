"""roofsheet show: results, claims and checks."""

from __future__ import annotations

import click

from ..diagrams.text import Line
from ..diagrams.text_overview import overview_lines
from ..diagrams.text_show import quantity_lines, show_lines
from .opening import Opened, open_scenario
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

    NAMEs are quantities to show, with the claims on them, instead of those that the scenario shows. A scenario that
    does not say what it shows shows what is computed at its top level, but for what lacks an input.
    """
    opened = open_scenario(scenario, sets, names)
    loaded, workbook = opened.loaded, opened.workbook
    if as_json:
        write_json(show_record(scenario, loaded.dag, workbook, opened.verdicts, opened.problems, names))
        context.exit(opened.code)
    if workbook is not None and (opened.names or opened.lacking):
        quantities = _quantities(opened, bool(names) or loaded.lists_results)
        write_lines(show_lines(loaded.title, workbook, quantities, opened.verdicts, page_width()))
    write_problems(problem for problem in opened.problems if problem.kind != "check")
    context.exit(opened.code)


def _quantities(opened: Opened, listed: bool) -> list[Line]:
    """The results that are `listed`, by the user or the scenario; or all there are, in parts."""
    if opened.workbook is None:
        return []
    if listed:
        return quantity_lines(opened.workbook, opened.names, page_width())
    return overview_lines(opened.workbook, opened.names, opened.lacking, page_width())
