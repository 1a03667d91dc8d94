"""How exact predictions of left-out rows are, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..measuring.accuracy import TOGETHER, Accuracy, Exact
from ..measuring.errors import Errors
from ..measuring.kinds import KIND, TITLES
from .text import BLANK, Line, line, named_table, rule, wrapped
from .text_validate import GROUP_TITLES, named

HEADS = ("rows", "groups", "floor", "in sample", "left out", "p90", "range", "held")
_LEAST = "groups"  # what a page has no room for
LEFT = {
    "group": "accelerator and model",
    "model": "model",
    "gpu": "accelerator",
    "engine": "engine",
    "source": "source",
}
_NUMBERS = 56  # columns that the numbers take, and the gaps before them


def accuracy_lines(found: Accuracy, groups: Sequence[str], width: int) -> list[Line]:
    """The errors by kind of figure, then of each of the groups; what they mean stands above."""
    lines = [*wrapped(line((f"{found.floor.file}: predicted without each row's {LEFT[found.leave]}", "title")), width)]
    lines += [*wrapped(line((meaning(found), "faint")), width), BLANK]
    for group in dict.fromkeys((KIND, *groups)):
        lines += [*_table(group, found.by(group), found.overall if group == KIND else None, width), BLANK]
    lines += _unseen(found, width)
    return lines[:-1] if lines[-1] == BLANK else lines


def meaning(found: Accuracy) -> str:
    """What the columns are, in one paragraph."""
    count = len(found.calibration.fit.free)
    return (
        f"{count} constants are fitted anew without each {LEFT[found.leave]} in turn, whose rows are then predicted."
        " Errors are in percent of what was measured: median and mean in sample and left out, p90 left out; of the"
        " floor the median. range: the factor that 80 % of the other rows lie within, those of the same engine where"
        " they are enough, else of the kind, on average (geometric); held: how many percent of the rows it holds."
    )


def cells(exact: Exact) -> list[str]:
    """What stands in a table's row, after its name."""
    return [
        f"{exact.rows:,}",
        f"{exact.groups:,}",
        _number(exact.floor.median),
        f"{_number(exact.in_sample.median)}/{_number(exact.in_sample.mean)}",
        f"{_number(exact.left_out.median)}/{_number(exact.left_out.mean)}",
        _number(exact.left_out.p90),
        f"×{exact.width:.2f}" if exact.width else "",
        "" if exact.left_out.coverage is None else f"{exact.left_out.coverage:.0f}",
    ]


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < 99.95 else f"{value:,.0f}"


def _table(group: str, exacts: Mapping[str, Exact], overall: Exact | None, width: int) -> list[Line]:
    room = max(12, width - _NUMBERS)
    heads = [head for head in HEADS if head != _LEAST]
    told = [(named(group, name), exact) for name, exact in exacts.items()]
    rows = [
        (name, [text for head, text in zip(HEADS, cells(exact), strict=True) if head != _LEAST])
        for name, exact in [*told, *([(TOGETHER, overall)] if overall else [])]
    ]
    return named_table([(text, "head") for text in (GROUP_TITLES[group], *heads)], rows, room)


def _unseen(found: Accuracy, width: int) -> list[Line]:
    told = found.unseen()
    lines: list[Line] = [rule("rows that nothing is fitted to", width)] if told else []
    for name, errors in told.items():
        said = line((TITLES.get(name, name), "name"), f": {unseen_text(found, name, errors)}")
        lines += wrapped(said, width, (), line("  "))
    return lines


def unseen_text(found: Accuracy, name: str, errors: Errors) -> str:
    """How many there are, their errors, and why they were kept out."""
    numbers = f"{errors.count:,} rows, median {_number(errors.median)} %, mean {_number(errors.mean)} %"
    why = found.floor.whys.get(name, "")
    return f"{numbers}; {why}" if why else numbers
