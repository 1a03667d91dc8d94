"""How exact predictions of left-out rows are, as the tables of a Markdown page, put between two marks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..measuring.accuracy import TOGETHER, Accuracy, Exact
from ..measuring.calibration import Calibration, Moved
from ..measuring.kinds import KIND, TITLES
from ..units import format_number
from .markdown import code, prose, table
from .text_accuracy import HEADS, cells, meaning, unseen_text
from .text_validate import GROUP_TITLES, named

BEGIN = "<!-- from here: written by roofsheet validate --leave-out --report -->"
END = "<!-- to here -->"
GROUPS = ("engine", "hardware", "sort", "load")


def page_with(page: str, tables: str) -> str:
    """The page with its tables written anew; a page without the two marks gets them at its end."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        before, after = (page.rstrip("\n") + "\n\n" if page.strip() else ""), "\n"
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def accuracy_markdown(found: Accuracy) -> str:
    """All tables: by kind of figure, then within groups of rows; the constants; how each is determined."""
    parts = [meaning(found), _table(KIND, found.by(KIND), found.overall)]
    if found.unseen():
        parts += ["### Rows that nothing is fitted to", _unseen(found)]
    for group in GROUPS:
        parts += [f"### By {GROUP_TITLES[group]}", _table(group, found.by(group), None)]
    parts += ["### Constants", *_constants(found.calibration)]
    return "\n\n".join(parts) + "\n"


def _unseen(found: Accuracy) -> str:
    told = found.unseen().items()
    return "\n".join(
        f"- {prose(TITLES.get(name, name))}: {prose(unseen_text(found, name, each))}" for name, each in told
    )


def _table(group: str, exacts: Mapping[str, Exact], overall: Exact | None) -> str:
    told = [(named(group, name), exact) for name, exact in exacts.items()]
    told += [(TOGETHER, overall)] if overall else []
    return _rows([GROUP_TITLES[group], *HEADS], [[prose(name), *cells(exact)] for name, exact in told])


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(table(heads, rows, ["left"] + ["right"] * (len(heads) - 1)))


def _constants(found: Calibration) -> list[str]:
    rows = [_constant(each) for each in found.moved]
    told = [_rows(["constant", "value", "unit", "standard error", "least and most, without a group"], rows)]
    if found.pairs:
        pairs = "; ".join(f"{code(left)} and {code(right)} ({related:.2f})" for left, right, related in found.pairs)
        told.append(f"Pairs whose errors go together (correlations above 0.9): {pairs}.")
    return told


def _constant(moved: Moved) -> list[str]:
    error = f"{100 * moved.error:.0f} %" if moved.error is not None else "not fitted"
    spread = f"{_value(moved.refits.low)} to {_value(moved.refits.high)}" if moved.refits else ""
    return [code(moved.constant.name), _value(moved.value), code(moved.constant.unit), error, spread]


def _value(value: float) -> str:
    return format_number(float(f"{value:.3g}"))
