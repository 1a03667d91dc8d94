"""roofsheet validate: predictions next to what was measured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from ..diagrams.scatter import scatter_svg
from ..diagrams.text_validate import validate_lines
from ..measuring.left import LEAVES, Leave
from ..measuring.mapping import Mapped
from ..measuring.saving import features_csv
from ..measuring.validation import ENGINES, GROUPS, Validation, against, validate
from ..problems import Problem
from ..scenarios import write_whole
from .extras import lacking
from .leaving import LeaveRequest, leave_out
from .options import examples, json_option
from .screen import FAILED, FINE, WRONG, page_width, progress, write_json, write_lines, write_problems
from .validate_records import rows_csv, validation_record

SHOWN = ("kind", "engine", "sort")


@click.command(
    "validate",
    epilog=examples(
        "roofsheet validate measurements/sample",
        "roofsheet validate measurements/sample --by hardware --by model --rows errors.csv --plot errors.svg",
        "roofsheet validate measurements/sample --leave-out group",
    ),
)
@click.argument("file", metavar="FILE.csv")
@click.option("--by", "groups", multiple=True, type=click.Choice(GROUPS),
              help="Tell the errors of these groups; without it, of kind, engine and sort.")  # fmt: skip
@click.option("--rows", "rows", type=click.Path(path_type=Path), metavar="OUT.csv",
              help="Write what became of every row, with its error.")  # fmt: skip
@click.option("--features", type=click.Path(path_type=Path), metavar="OUT.csv",
              help="Write what the sheets compute of every row compared, to fit predictions.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path), metavar="OUT.svg", help="Draw predicted against measured.")
@click.option("--floor", "floor_alone", is_flag=True, help="Hold the floor alone against the rows.")
@click.option("--leave-out", "leave", type=click.Choice(LEAVES),
              help="Fit all constants anew without each accelerator and model (group), model, gpu, engine or source, "
              "predict what was left out, and tell those errors beside the others.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE.md",
              help="With --leave-out: write its tables, between two marks of the page where it has them.")  # fmt: skip
@json_option
@click.pass_context
def command(
    context: click.Context, file: str, groups: tuple[str, ...], rows: Path | None, features: Path | None,
    plot: Path | None, floor_alone: bool, leave: Leave | None, report: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Hold what is predicted of measured runs against what was measured.

    Predicted by the sheets of the runs' engines (engines/vllm ...), with the floor, which nothing beats, beside that.

    FILE.csv has a row for each figure, and columns by these names: gpu, model, engine, metric, value and unit; where
    they are known, row_id, gpu_count, parallelism, weight_precision, kv_precision, engine_version, date, load_mode,
    batch_or_concurrency, input_len, output_len, context_depth, weights_gib and notes. Each row is mapped to catalogue
    entries, settings and one quantity, computed by the same sheets as any scenario. A row that cannot be is listed
    with the reason: none is dropped.
    """
    if report is not None and leave is None:
        raise click.UsageError("--report has the tables of --leave-out")
    if any(path is not None and path.resolve() == Path(file).resolve() for path in (rows, features, plot, report)):
        raise click.UsageError(f"'{file}' is what is measured: nothing is written over it")
    problems: list[Problem] = []
    with ExitStack() as stack:

        def told(total: int) -> Callable[[Mapped], None]:
            step = stack.enter_context(progress("row", total))
            return lambda row: step(row.row.row_id)

        found = validate(file, problems, told=told)
    floor = found
    if leave is not None and found is not None and not problems:
        _write_files(found, None, features, None, problems)
        context.exit(leave_out(LeaveRequest(file, leave, groups, rows, plot, report, as_json), found))
    if found is not None and not floor_alone:
        found = _predicted(found, problems)
    if found is not None:
        _write_files(found, rows, features, plot, problems)
    if as_json:
        write_json(validation_record(file, found, floor, problems))
    elif found is not None:
        write_lines(validate_lines(found, groups or SHOWN, page_width(), floor))
        write_problems(problems)
    else:
        write_problems(problems)
    context.exit(WRONG if problems else FINE if found and found.compared else FAILED)


def _predicted(floor: Validation, problems: list[Problem]) -> Validation | None:
    """The same rows by the sheets of their engines; None, with a problem, where that cannot be computed here."""
    missing = lacking("predictions need", {"numpy": "sweep"}, "--floor needs nothing more")
    if missing:
        problems.append(missing)
        return None
    from ..measuring.engine_model import engine_model

    return against(floor, ENGINES, engine_model().predict(floor.features))


def _write_files(
    found: Validation, rows: Path | None, features: Path | None, plot: Path | None, problems: list[Problem]
) -> None:
    if rows is not None:
        write_whole(rows, rows_csv(found), problems)
    if features is not None:
        write_whole(features, features_csv(found.features), problems)
    if plot is not None:
        write_whole(plot, scatter_svg(found), problems)
