"""roofsheet explain: how results came about."""

from __future__ import annotations

import click

from ..diagrams.text import BLANK, Line
from ..diagrams.text_explain import explain_lines
from ..graph.engine.workbook import Workbook
from ..graph.explain.derivation import Explanation, explain
from ..problems import Problem, UnknownQuantity
from .opening import open_scenario
from .options import examples, json_option, scenario_argument, set_option
from .records import explanation_record, plain_record
from .screen import WRONG, page_width, write_json, write_lines, write_problems


@click.command(
    "explain",
    epilog=examples(
        "roofsheet explain guides/qwen3-vl-32b-on-rtx-pro-6000 max_batch",
        "roofsheet explain qwen3-vl-32b-on-rtx-pro-6000 ttft tpot --depth 1",
    ),
)
@scenario_argument
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Explain N levels down, and no further.")
@click.option("--row", metavar="ROW", help="Follow this row of a table, moe.attend say, not the largest one.")
@click.option("--all", "whole", is_flag=True, help="Tell also defaults, what is 0 and what was told above.")
@set_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    scenario: str,
    names: tuple[str, ...],
    depth: int | None,
    row: str | None,
    whole: bool,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Explain how results came about, step by step.

    NAMEs are quantities. Each step has its formula, the same with numbers, and what it read; each input its kind,
    its source and its line. A formula over the rows of a table is explained by the table and its largest row. What
    rests on nothing but defaults is left out, and the defaults are named at the end. The JSON object has everything.
    """
    opened = open_scenario(scenario, sets, names, judged="none")
    found, wrong = _explained(opened.workbook, opened.names, depth, row, whole or as_json)
    problems = (*opened.problems, *wrong)
    if as_json:
        explanations = [explanation_record(each) for each in found]
        write_json({"scenario": scenario, "explanations": explanations, "problems": plain_record(problems)})
    else:
        lines: list[Line] = []
        for each in found:
            lines += [*([BLANK] if lines else []), *explain_lines(each, page_width())]
        write_lines(lines)
        write_problems(problems)
    context.exit(WRONG if wrong else opened.code)


def _explained(
    workbook: Workbook | None, names: tuple[str, ...], depth: int | None, row: str | None, whole: bool
) -> tuple[list[Explanation], tuple[Problem, ...]]:
    """The explanations, or what is wrong with a name or the row."""
    try:
        return [explain(workbook, name, depth, row, whole) for name in names] if workbook else [], ()
    except UnknownQuantity as error:
        return [], error.problems
