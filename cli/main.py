"""The command `roofsheet`: its commands by name, each imported when it is run."""

from __future__ import annotations

import gc
import importlib
import sys
from io import StringIO
from typing import NamedTuple

import click

from .screen import nobody_reads_on, open_closed_streams, write_error


class _Entry(NamedTuple):
    """A command that is not imported yet: `cli/<module>.py` has it under its own name."""

    module: str
    summary: str


COMMANDS = {
    "show": _Entry("show", "Show a scenario's results, and check its claims."),
    "explain": _Entry("explain", "Explain how results came about, step by step."),
    "diagram": _Entry("diagram", "Draw how results come about."),
    "audit": _Entry("audit", "Say what each result rests on, and what does not hold."),
    "diff": _Entry("diff", "Compare the inputs and results of two scenarios."),
    "sweep": _Entry("sweep", "Compute results at many points at once."),
    "validate": _Entry("validate", "Hold what is predicted of measured runs against what was measured."),
    "fit": _Entry("fit", "Fit an engine's constants to measured rows."),
    "import": _Entry("import_model", "Make a model entry from a Hugging Face config."),
    "list": _Entry("list_bundled", "List the bundled scenarios, sheets, hardware and models."),
}


class _LazyGroup(click.Group):
    """Imports a command when it is wanted: `--help` and mistaken names cost nothing of what commands need."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        return importlib.import_module(f".{entry.module}", __package__).command if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  roofsheet list scenarios
  roofsheet show guides/qwen3-vl-32b-on-rtx-pro-6000
""",
)
@click.version_option(package_name="roofsheet")
def roofsheet() -> None:
    """The spreadsheet for LLM inference math.

    A SCENARIO is the name of a bundled one, or the path of a YAML file.

    Exit codes: 0 fine; 1 the input is fine, but a check failed, a claim came out other than expected, or the
    audit found a contradiction; 2 the input or the usage is wrong.
    """


INTERRUPTED = 130  # as a shell says for what Ctrl-C ended


def main() -> None:
    """Run the command line and exit."""
    # A command makes objects and ends: looking for garbage while modules load takes a tenth of `show`.
    gc.set_threshold(1_000_000)
    open_closed_streams()
    try:
        with nobody_reads_on():  # of what click prints itself: help texts
            code = roofsheet.main(standalone_mode=False)
    except click.ClickException as error:
        text = StringIO()
        error.show(text)
        write_error(text.getvalue().rstrip("\n"))
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    sys.exit(code)
