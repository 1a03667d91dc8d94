"""Fitted values written into the engine sheets where they stand: numbers change, and nothing else of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..problems import Problem
from ..scenarios import write_whole
from .calibration import Calibration
from .fitted_sheet import quantity_of, written


def update_sheets(found: Calibration, folder: Path, problems: list[Problem]) -> list[str]:
    """Write the fitted constants and the factors of ranges into the sheets of a folder; the names of the changed files.

    Every value is found before anything is written: that of `sheet.quantity` is in `sheet.yaml`, that of a quantity
    alone in the one file that has it. Where an example of the sheet says the constant as it is, it says the new one.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    changed = dict(texts)
    for name, value in _values(found):
        places = [path for path in changed if _is_of(path, name) and _place(name, changed[path])]
        if len(places) != 1:
            message = f"{folder} has {len(places) or 'no'} fitted value of {name}, where there should be one"
            problems.append(Problem("file", message))
            continue
        changed[places[0]] = _with(changed[places[0]], name, value)
    if problems:
        return []
    new = {path: text for path, text in changed.items() if text != texts[path]}
    return [path.name for path, text in new.items() if write_whole(path, text, problems)]


def _values(found: Calibration) -> Iterator[tuple[str, str]]:
    for moved in found.moved:
        if moved.fitted:
            yield moved.constant.name, written(moved.value)
    if found.left:
        for spread, width in found.widths.items():
            yield spread, written(width)


def _is_of(path: Path, constant: str) -> bool:
    sheet = constant.rpartition(".")[0]
    return not sheet or path.stem == sheet


def _place(constant: str, text: str) -> re.Match[str] | None:
    quantity = re.escape(quantity_of(constant))
    value = r"'?(?P<number>[0-9.eE+-]+)(?P<unit>[^,}'\n]*)"
    return re.search(rf"^  {quantity}: \{{default: \{{value: {value}[^}}\n]*kind: fitted", text, re.MULTILINE)


def _with(text: str, constant: str, value: str) -> str:
    """The text with the value in its place, and wherever an example has the quantity with the value it had."""
    found = _place(constant, text)
    assert found is not None
    unit = found["unit"]
    said = re.compile(rf"(?<![\w.]){quantity_of(constant)}: {re.escape(found['number'] + unit)}(?![\w.*/])")
    placed = text[: found.start("number")] + value + text[found.end("number") :]
    return said.sub(lambda _: f"{quantity_of(constant)}: {value}{unit}", placed)
