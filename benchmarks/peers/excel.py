"""The guide as an Excel workbook, for pycel and formulas: inputs and formulas in one column, each cell by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from contest import FORMULAS, INPUTS

from . import imported

SHEET, FILE = "GUIDE", "guide.xlsx"
CELLS = {name: f"A{row}" for row, name in enumerate((*INPUTS, *FORMULAS), 1)}


def write(folder: Path, given: Mapping[str, float]) -> Path:
    """The workbook, in base units."""
    book = imported("openpyxl").Workbook()
    sheet = book.active
    sheet.title = SHEET
    for name, value in given.items():
        sheet[CELLS[name]] = value
    for name, text in FORMULAS.items():
        sheet[CELLS[name]] = f"={excel(text)}"
    book.save(folder / FILE)
    return folder / FILE


def excel(text: str) -> str:
    """A formula's text as Excel's."""
    choice = re.fullmatch(r"'(\w+)' if (.*) else '(\w+)'", text)
    if choice:
        return f'IF({excel(choice[2])},"{choice[1]}","{choice[3]}")'
    text = text.replace("**", "^").replace("floor(", "INT(")
    return re.sub(r"\b[a-z_]+\b", lambda word: CELLS.get(word[0], word[0]), text)
