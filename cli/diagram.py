"""roofsheet diagram: how results come about, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from ..diagrams.derivation import derivation
from ..diagrams.diagram import Diagram
from ..diagrams.render import FORMATS, Format
from ..problems import RoofsheetError
from .opening import Opened, exit_code, failed_claims, open_scenario
from .options import examples, json_option, scenario_argument, set_option
from .records import plain_record
from .screen import write_bytes, write_json, write_problems


@click.command(
    "diagram",
    epilog=examples(
        "roofsheet diagram guides/qwen3-vl-32b-on-rtx-pro-6000 ttft -o ttft.png",
        "roofsheet diagram guides/qwen3-vl-32b-on-rtx-pro-6000 memory_bandwidth --dependents -o what-if.svg",
        "roofsheet diagram qwen3-vl-32b-on-rtx-pro-6000 tpot max_batch --depth 2 --format svg",
    ),
)
@scenario_argument
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help=f"Write this file, in the format of its extension: {', '.join(FORMATS)}.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS),
              help="Write this format to standard output; without it and -o, DOT text.")  # fmt: skip
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Draw N steps, and no further.")
@click.option("--dependents", is_flag=True, help="Draw what rests on NAMEs, not what they rest on.")
@set_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    scenario: str,
    names: tuple[str, ...],
    output: Path | None,
    format_: Format | None,
    depth: int | None,
    dependents: bool,
    sets: tuple[str, ...],
    as_json: bool,
) -> None:
    """Draw how results come about.

    NAMEs are quantities, or columns of tables (operators.decode.time); without them, everything that the scenario
    has is drawn. What is wrong with a formula is drawn too, in red. The JSON object has the picture as DOT text.
    """
    if output and format_:
        raise click.UsageError("the extension of --output says the format: leave out --format")
    if as_json and format_:
        raise click.UsageError("--json holds the picture as DOT text: leave out --format")
    opened = open_scenario(scenario, sets, names, judged="all", boxes=True)
    problems, drawn = list(opened.problems), None
    try:
        drawn = _drawn(opened, names, depth, dependents)
        if drawn and output:
            drawn.save(output)
        elif drawn and not as_json:
            write_bytes(drawn.render(format_ or "dot"))
    except RoofsheetError as error:
        problems += [problem for problem in error.problems if problem not in problems]
    if as_json:
        dot = drawn.source if drawn else None
        write_json({"scenario": scenario, "dot": dot, "problems": plain_record(problems)})
    else:
        write_problems([*problems, *failed_claims(opened.verdicts)])
    context.exit(exit_code(problems, opened.verdicts))


def _drawn(opened: Opened, names: tuple[str, ...], depth: int | None, dependents: bool) -> Diagram | None:
    """The picture, of the unchecked DAG where there is no workbook; None where there is not even that."""
    source = opened.loaded.workbook or opened.loaded.dag
    if source is None:
        return None
    return derivation(source, names, depth, dependents, opened.verdicts, opened.loaded.problems)
