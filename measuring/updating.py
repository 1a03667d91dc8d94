"""Fitted values written into the engine sheets where they stand: numbers change, and nothing else of a file."""

from __future__ import annotations

import re
from pathlib import Path

from ..problems import Problem
from ..scenarios import write_whole
from .calibration import Calibration
from .fitted_sheet import quantity_of, written


def update_sheets(found: Calibration, folder: Path, problems: list[Problem]) -> list[str]:
    """Write the fitted constants into the sheets of a folder; the names of the files that changed.

    Every constant is found before anything is written: that of `sheet.quantity` is in `sheet.yaml`, that of a quantity
    alone in the one file that has it.
    """
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    changed = dict(texts)
    for moved in found.moved:
        if moved.fitted:
            name, value = moved.constant.name, written(moved.value)
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


def _is_of(path: Path, constant: str) -> bool:
    sheet = constant.rpartition(".")[0]
    return not sheet or path.stem == sheet


def _place(constant: str, text: str) -> re.Match[str] | None:
    quantity = re.escape(quantity_of(constant))
    return re.search(rf"^  {quantity}: \{{default: \{{value: '?([0-9.eE+-]+)[^,}}]*, kind: fitted", text, re.MULTILINE)


def _with(text: str, constant: str, value: str) -> str:
    found = _place(constant, text)
    assert found is not None
    return text[: found.start(1)] + value + text[found.end(1) :]
