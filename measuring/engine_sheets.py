"""Fitted constants as a sheet: it uses the engine's own and gives the values that were fitted, with their source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from .calibration import ALL, Calibration, Moved

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DIGITS = 4


def written(value: float) -> float:
    """A fitted value as sheets have it: four digits, which is more than any fit knows."""
    return float(f"{value:.{DIGITS}g}")


def is_sheet_file(path: Path) -> bool:
    """Whether a sheet can have the file's name."""
    return path.suffix == ".yaml" and bool(_NAME.fullmatch(path.stem))


def sheet_text(found: Calibration, name: str, uses: str, about: Mapping[str, str]) -> str:
    """The text of a sheet called `name` that uses the sheet `uses`; `about`: what each constant is, by its name."""
    fitted = [each for each in found.moved if each.fitted]
    rows = _counted(int(found.rows.sum()), "row")
    source = f"{found.file}: {rows} of {_counted(len(found.groups), 'pair')} of accelerator and model"
    whose = "all engines" if found.engine == ALL else found.engine
    lines = [
        f"sheet: {name}",
        f"about: {_text(f'Constants of {whose}, fitted to measured rows.')}",
        f"source: {_text(source)}",
        f"use: [{uses}]",
        f"replaces: [{', '.join(each.constant.name for each in fitted)}]",
        "quantities:",
        *(line for each in fitted for line in _quantity(each, found.file, about.get(each.constant.name, ""), uses)),
    ]
    return "\n".join(lines) + "\n"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + "s" * (count != 1)


def _quantity(moved: Moved, file: str, about: str, uses: str) -> Sequence[str]:
    unit = moved.constant.unit
    value = f"{written(moved.value):g}"
    if "." not in value and "e" in value:
        value = repr(written(moved.value))
    note = f"{moved.constant.value:.4g} in {uses}; standard error {100 * (moved.error or 0):.0f} %"
    return (
        f"  {moved.constant.name}:",
        f"    unit: {_text(unit)}",
        f"    about: {_text(about or 'fitted')}",
        f"    default: {{value: {_text(f'{value} {unit}'.strip())}, kind: fitted, source: {_text(file)},",
        f"              note: {_text(note)}}}",
    )


def _text(text: str) -> str:
    """The text as a YAML scalar that stands anywhere, in braces too."""
    return yaml.safe_dump(text, default_style="'", width=10_000, allow_unicode=True).strip()
