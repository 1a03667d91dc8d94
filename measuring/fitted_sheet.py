"""Fitted constants as a sheet: it uses the engine's own and gives the values that were fitted, with their source."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from ..graph.engine.workbook import Workbook
from ..problems import Problem, errors
from ..scenarios import Library, load
from .calibration import ALL, Calibration, Moved
from .engine_sheets import scenario_text, workbook_of

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def checked_sheet(found: Calibration, output: Path, problems: list[Problem]) -> str | None:
    """The text of the sheet for a file, once it has been loaded and gives the fitted values; None, with problems."""
    if found.engine == ALL:
        hint = "--engine NAME for a sheet of one engine"
        problems.append(Problem("usage", "no single sheet can hold the constants of all engines", hint=hint))
        return None
    if not _NAME.fullmatch(output.stem):
        problems.append(Problem("usage", f"'{output.stem}' is no name for a sheet: letters, digits, '.', '-' and '_'"))
        return None
    uses = used_sheets(found)
    base = workbook_of(uses)
    text = sheet_text(found, output.stem, uses, base)
    scenario, sheet = str(Path.cwd() / "fitted-run.yaml"), os.path.abspath(output)  # noqa: PTH100 - links stay
    loaded = load(scenario, (), Library([], texts={scenario: scenario_text(sheet), sheet: text}))
    if loaded.workbook is None:
        problems += errors(loaded.problems)
        return None
    return text


def used_sheets(found: Calibration) -> str:
    """The sheets, names with spaces between, that the fitted rows are predicted by; of several sets the largest one.

    So an engine whose rows are partly of a server is written for a server.
    """
    sets = {sheets for sheets, counts in zip(found.sheets, found.rows, strict=True) if counts}
    return max(sorted(sets), key=lambda sheets: len(sheets.split()))


def sheet_text(found: Calibration, name: str, uses: str, base: Workbook) -> str:
    """The text of a sheet called `name` that uses the sheets `uses`; `base`: a workbook of these."""
    values = dict(_values(found, uses, base))
    groups = len(found.groups)
    pairs = f"{groups} pairs of accelerator and model" if groups != 1 else "one accelerator and model"
    source = f"{found.file}: {int(found.rows.sum())} rows of {pairs}"
    lines = [
        f"sheet: {name}",
        f"about: {_text(f'Constants of {found.engine}, fitted to measured rows.')}",
        f"source: {{rows: {_text(source)}}}",
        f"use: [{', '.join(uses.split())}]",
        f"replaces: [{', '.join(values)}]",
        "quantities:",
        *(line for quantity, (value, note) in values.items() for line in _quantity(quantity, value, note)),
    ]
    return "\n".join(lines) + "\n"


def written(value: float) -> str:
    """A fitted value, or the factor of a range, as sheets have it: three digits, as many as are the same whatever a fit
    starts from."""
    return repr(float(f"{value:.3g}")).removesuffix(".0")


def _values(found: Calibration, uses: str, base: Workbook) -> Iterator[tuple[str, tuple[str, str]]]:
    """By quantity, its value with its unit, and what it was before."""
    for moved in found.moved:
        if moved.fitted and _stands_in(moved, uses):
            quantity = quantity_of(moved.constant.name)
            before = f"{moved.constant.value:.4g} before; standard error {100 * (moved.error or 0):.0f} %"
            yield quantity, (f"{written(moved.value)} {moved.constant.unit}".strip(), before)
    if found.left:
        for spread, width in found.widths.items():
            quantity = quantity_of(spread)
            before = f"{base.number(quantity):.4g} before; of rows that were left out"
            yield quantity, (written(width), before)


def quantity_of(constant: str) -> str:
    """The quantity that a constant is the value of: `sheet.quantity` where several sheets give it one."""
    return constant.rpartition(".")[2]


def _stands_in(moved: Moved, uses: str) -> bool:
    return not moved.constant.engines or uses in moved.constant.engines


def _quantity(name: str, value: str, note: str) -> Sequence[str]:
    return (
        f"  {name}:",
        f"    default: {{value: {_text(value)}, kind: fitted, source: rows, note: {_text(note)}}}",
    )


def _text(text: str) -> str:
    """The text as a YAML scalar that stands anywhere, in braces too."""
    return yaml.safe_dump(text, default_style="'", width=10_000, allow_unicode=True).strip()
