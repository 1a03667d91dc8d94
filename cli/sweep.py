"""roofsheet sweep: results at many points at once, on the screen or in a file."""

from __future__ import annotations

from pathlib import Path

import click

from ..problems import Problem
from ..sweeps.formats import FORMATS
from .extras import lacking
from .options import examples, json_option, scenario_argument, set_option
from .screen import WRONG, write_problems
from .sweep_request import axis_texts, listed_texts, text_of

KEEPS_NOTHING = "--best and --pareto keep nothing until the end: there is nothing to resume"


@click.command(
    "sweep",
    epilog=examples(
        "roofsheet sweep qwen3-32b-on-h100 --over 'batch_size=geom(1, 256, 9)' --get tpot,decode_throughput",
        "roofsheet sweep qwen3-32b-on-h100 --over hardware=h100-sxm,h200-sxm,b200-sxm --over batch_size=1..256 \\",
        "    --get tpot,decode_throughput --where 'tpot < 30 ms' --best decode_throughput --top 5",
        "roofsheet sweep guides/qwen3-vl-32b-on-rtx-pro-6000 --over 'memory_bandwidth=1..8 TB/s by 0.001 TB/s' \\",
        "    --over 'sequence_length=geom(512, 131072, 1000)' --get tpot,max_batch -o points.parquet",
    ),
)
@scenario_argument
@click.option("--over", "over", multiple=True, metavar="NAME=VALUES",
              help="An axis: a quantity, hardware or model, and its values: 1,2,8 or 1..256 or '1..8 TB/s by 0.5 TB/s' "
              "or lin(A,B,N) or geom(A,B,N). May be given many times.")  # fmt: skip
@click.option("--get", "get", multiple=True, metavar="NAMES",
              help="The quantities wanted; without it, those that the scenario shows, or that points "
              "are compared by.")  # fmt: skip
@click.option("--zip/--grid", "zipped", default=None,
              help="Take the axes' values side by side, or (if nothing is said) every combination.")  # fmt: skip
@click.option("--where", metavar="CONDITION", help="Keep the points where this holds: 'tpot < 50 ms'.")
@click.option("--best", metavar="FORMULA", help="Keep the points where this is largest; -tpot keeps the least.")
@click.option("--top", type=click.IntRange(1, 1_000_000), metavar="N", help="How many --best keeps: 10, if not said.")
@click.option("--pareto", metavar="FORMULAS",
              help="Keep the points that no other beats in all of these, where less is better: tpot,-decode_throughput "
              "keeps what is fast, has much throughput, or both.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Write .parquet, .arrow or .csv, over what is there; or, without an extension, a folder of Parquet "
              "parts, which has to be empty.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with what an interrupted sweep has left at FILE.")
@click.option("--jobs", type=click.IntRange(1, 1024), metavar="N",
              help="Processes; if not said, one for what is small, all cores for what is large.")  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS",
              help="Compute on the workers of this Dask cluster, tcp://host:8786, which write to the same "
              "folder.")  # fmt: skip
@set_option
@json_option
@click.pass_context
def command(
    context: click.Context, scenario: str, over: tuple[str, ...], get: tuple[str, ...], zipped: bool | None,
    where: str | None, best: str | None, top: int | None, pareto: str | None, output: Path | None, resume: bool,
    jobs: int | None, scheduler: str | None, sets: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Compute results at many points at once.

    The points are every combination of the axes' values, the last axis fastest, hardware and model slowest. Without
    a file, the first of them are shown, or the best. What a sweep: block of the scenario says holds unless an option
    says otherwise: --where '' takes its condition away, --best '' keeps all points. A point that has no value says
    why, in the column `problem`, and stops nothing. Ctrl-C keeps what is done, and --resume goes on.
    """
    check_usage(output, resume, best, top, pareto)
    needed = {"numpy": "sweep"}
    needed |= {"pyarrow": "sweep"} if output else {}
    needed |= {"distributed": "dask"} if scheduler is not None else {}
    missing = lacking("this sweep needs", needed)
    if missing:
        write_problems([missing])
        context.exit(WRONG)
    from ..sweeps.request import Request
    from .sweeping import Sweeping

    problems: list[Problem] = []
    request = Request(
        scenario,
        sets,
        axis_texts(over, problems),
        listed_texts("--get", get, problems),
        zipped,
        text_of("--where", where),
        text_of("--best", best),
        top or 0,
        listed_texts("--pareto", (pareto,) if pareto is not None else (), problems),
    )
    sweeping = Sweeping(request, output, resume, jobs or 0, scheduler or "", as_json)
    context.exit(sweeping.run() if not problems else sweeping.refuse(problems))


def check_usage(output: Path | None, resume: bool, best: str | None, top: int | None, pareto: str | None) -> None:
    """Errors: a usage error for options that do not go together."""
    if best is not None and pareto is not None:
        raise click.UsageError("--best and --pareto keep different points: leave out one")
    if top is not None and pareto is not None:
        raise click.UsageError("--top says how many --best keeps; --pareto keeps all that nothing beats")
    if resume and output is None:
        raise click.UsageError("--resume goes on with a file: -o FILE")
    if resume and (best or pareto):
        raise click.UsageError(KEEPS_NOTHING)
    if output is not None and output.suffix and output.suffix not in FORMATS and not output.is_dir():
        raise click.UsageError(f"'{output}': the extension says the format: {', '.join(FORMATS)}; none is a folder")
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"the folder '{output.parent}' does not exist")
