"""roofsheet fit: an engine's constants from measured rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..problems import Problem, errors
from ..scenarios import write_whole
from ..scenarios.importing import check_output
from .extras import lacking
from .fit_records import fit_record
from .options import examples, json_option
from .screen import FINE, WRONG, page_width, progress, write, write_json, write_lines, write_problems

if TYPE_CHECKING:
    from ..measuring.calibration import Calibration


@click.command(
    "fit",
    epilog=examples(
        "roofsheet fit measurements/sample --engine tensorrt-llm -o my-engine.yaml",
    ),
)
@click.argument("file", metavar="FILE.csv")
@click.option("--engine", required=True, metavar="NAME",
              help="Whose constants are fitted: vllm, say; all: those of every engine together.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.yaml",
              help="Write a sheet that uses the engine's and gives the fitted values.")  # fmt: skip
@click.option("--update", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="FOLDER",
              help="With --engine all: write the values into the engine sheets of a folder.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--cold", is_flag=True, help="Start from neutral values, not from the sheet's: to see that it ends there."
)
@json_option
@click.pass_context
def command(
    context: click.Context, file: str, engine: str, output: Path | None, update: Path | None, force: bool, cold: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Fit an engine's constants to measured rows.

    FILE.csv is as for `roofsheet validate`. The constants that the rows determine are fitted; the others stay as they
    are, and are named. The report says what each was and is, how well it is determined, and the errors before and
    after: of the rows themselves, and of rows of an accelerator and model that were left out.

    The sheet that is written stands in for the bundled one: `use: [model, ./my-engine.yaml]`.
    """
    if update is not None and engine != "all":
        raise click.UsageError("--update writes the constants of all engines: --engine all")
    problems: list[Problem] = []
    if output:
        check_output(output, force, problems)
    found = None if problems else _fitted(file, engine, cold, problems)
    written = bool(found and output and _write(found, output, problems))
    changed = _update(found, update, problems) if found and update else []
    if as_json:
        write_json(fit_record(file, engine, found, output if written else None, problems))
    else:
        if found:
            from ..diagrams.text_fit import fit_lines

            write_lines(fit_lines(found, page_width()))
        if written:
            write(f"\n{output}\n")
        if update and not problems:
            write(f"\nwritten into {', '.join(changed)}\n" if changed else "\nthe sheets have these values already\n")
        write_problems(problems)
    context.exit(WRONG if errors(problems) else FINE)


def _fitted(file: str, engine: str, cold: bool, problems: list[Problem]) -> Calibration | None:
    missing = lacking("fits need", {"numpy": "fit", "scipy": "fit"})
    if missing:
        problems.append(missing)
        return None
    from ..measuring.calibration import ALL, calibrate, engine_names
    from ..measuring.engine_model import engine_model
    from ..measuring.validation import validate

    model = engine_model()
    known = engine_names(model)
    if engine not in (ALL, *known):
        hint = f"one of {', '.join(known)}, or all"
        problems.append(Problem("usage", f"no sheet has constants of an engine '{engine}'", hint=hint))
        return None
    with ExitStack() as stack:

        def told(what: str, total: int) -> Callable[[str], None]:
            return stack.enter_context(progress(what, total))

        found = validate(file, problems, model)
        return None if found is None or problems else calibrate(model, found, engine, problems, cold=cold, told=told)


def _write(found: Calibration, output: Path, problems: list[Problem]) -> bool:
    """Write the sheet if it can be loaded; nothing otherwise."""
    from ..measuring.fitted_sheet import checked_sheet

    text = checked_sheet(found, output, problems)
    return text is not None and write_whole(output, text, problems)


def _update(found: Calibration, folder: Path, problems: list[Problem]) -> list[str]:
    from ..measuring.updating import update_sheets

    return update_sheets(found, folder, problems)
