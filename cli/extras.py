"""What has to be installed beside roofsheet for a command to do what it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from ..problems import Problem


def lacking(what: str, needed: Mapping[str, str], else_: str = "") -> Problem | None:
    """Why `what` cannot be done: the first module that is missing, with the extra that brings it, by module.

    `else_`: what can be done without it.
    """
    for module, extra in needed.items():
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            hint = f"pip install 'roofsheet[{extra}]'" + (f"; {else_}" if else_ else "")
            return Problem("usage", f"{what} {error.name}, which is missing", hint=hint)
    return None
