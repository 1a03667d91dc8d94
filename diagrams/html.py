"""The results of a workbook as a table of a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..graph.engine.workbook import Workbook
from .text_show import value_of

_LEFT, _RIGHT = "text-align: left", "text-align: right"


def show_html(title: str, workbook: Workbook, names: Sequence[str]) -> str:
    """Name, value, unit and meaning of each quantity, under the scenario's title."""
    head = "".join(_cell("th", text, style) for text, style in _HEAD)
    rows = "".join(_row(workbook, name) for name in names)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_HEAD = (("quantity", _LEFT), ("value", _RIGHT), ("unit", _LEFT), ("what it is", _LEFT))


def _row(workbook: Workbook, name: str) -> str:
    value, unit = value_of(workbook, name)
    about = workbook.definition(name).meaning
    cells = ((name, _LEFT), (value, _RIGHT), (unit, _LEFT), (about, _LEFT))
    return f"<tr>{''.join(_cell('td', text, style) for text, style in cells)}</tr>"


def _cell(tag: str, text: str, style: str) -> str:
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'
