"""The arguments and options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def scenario_argument(command: Command) -> Command:
    """SCENARIO: a bundled name or a path."""
    return click.argument("scenario")(command)


def set_option(command: Command) -> Command:
    """--set name=value, as often as wanted."""
    option = click.option(
        "--set", "sets", multiple=True, metavar="NAME=VALUE",
        help="Set a quantity, over what files say. May be given many times.",
    )  # fmt: skip
    return option(command)


def json_option(command: Command) -> Command:
    """--json: one object on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for machines.")(command)


def examples(*lines: str) -> str:
    """The end of a help text: commands to try, which the tests run."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
