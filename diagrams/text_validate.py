"""A validation as text: how far a predictor is from what was measured, and what became of every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from ..measuring.errors import Errors
from ..measuring.kinds import KIND, TITLES
from ..measuring.validation import Validation
from .text import BLANK, Line, Span, line, named_table, rule, wrapped

_ALL = "all"
GROUP_TITLES = {
    _ALL: "all rows",
    KIND: "kind of figure",
    "engine": "engine",
    "sort": "sort of model",
    "load": "load",
    "quantity": "quantity",
    "hardware": "accelerator",
    "model": "model",
    "source": "source",
}
FLOOR = "floor"
_HEADS = ("rows", "median", "mean", "bias", "≤10 %", "≤25 %")
_NUMBERS = 46  # columns that the numbers take
_IDS = 6


def validate_lines(found: Validation, groups: Sequence[str], width: int, floor: Validation | None = None) -> list[Line]:
    """The errors over all rows and by each of the groups, then what is read otherwise, left out and not mapped.

    `floor`: the same rows against it, whose median error is told beside that of a prediction.
    """
    floor = None if found.predictor == FLOOR else floor
    said = "floor of each row" if found.predictor == FLOOR else f"predictions of its {found.predictor}"
    lines = [*wrapped(line((f"{found.file} against the {said}", "title")), width)]
    lines += [*wrapped(line(*_counts(found)), width), BLANK]
    overall = found.overall
    if overall is not None:
        lines += [*_meaning(found, width), BLANK]
        lines += _tables(found, overall, groups, width, floor)
    lines += _corrected(found, width)
    lines += _reasons("without a prediction, held against the floor alone", found.unpredicted(), width)
    lines += _excluded(found, width)
    lines += _reasons("not mapped", found.unmapped(), width)
    return lines[:-1] if lines and lines[-1] == BLANK else lines


def _counts(found: Validation) -> list[str | Span]:
    excluded = sum(map(len, found.excluded().values()))
    unmapped = sum(map(len, found.unmapped().values()))
    all_rows = "1 row" if len(found.outcomes) == 1 else f"{len(found.outcomes):,} rows"
    predicted = sum(isfinite(each.predicted) for each in found.compared)
    rows = f"{all_rows}: {predicted:,} compared"
    if predicted < len(found.compared):
        rows += f", {len(found.compared) - predicted:,} without a prediction"
    return [f"{rows}, {excluded:,} left out by a rule, {unmapped:,} not mapped"]


def _meaning(found: Validation, width: int) -> list[Line]:
    said = "Errors are in percent of what was measured, of times as of rates; bias is their mean with its sign."
    if found.predictor != FLOOR:
        said += (
            " held: of the ranges that predictions come with, how many hold the measured figure; four of five are to."
            " floor: the median error of what has to be computed and moved at least. Rows that constants were fitted to"
            " come out nearer than others would: --leave-out tells how far off those are."
        )
    else:
        said += (
            " The floor is a bound and no prediction: what has to be computed and moved, at the data sheet's rates."
            " Measured times lie above it, and measured rates below."
        )
    return wrapped(line((said, "faint")), width)


def _tables(
    found: Validation, overall: Errors, groups: Sequence[str], width: int, floor: Validation | None
) -> list[Line]:
    covered = overall.coverage is not None
    parts = {_ALL: {_ALL: overall}, **{group: found.by(group) for group in groups}}
    floors: dict[str, Mapping[str, Errors]] = {}
    if floor is not None and floor.overall is not None:
        floors = {_ALL: {_ALL: floor.overall}, **{group: floor.by(group) for group in groups}}
    room = max(12, width - _NUMBERS - (7 if covered else 0) - (7 if floors else 0))
    lines: list[Line] = []
    for group, errors in parts.items():
        lines += [*_table(group, errors, room, covered, floors.get(group)), BLANK]
    return lines


def _table(
    group: str, errors: Mapping[str, Errors], room: int, covered: bool, floors: Mapping[str, Errors] | None
) -> list[Line]:
    heads = (*_HEADS, *(["held"] if covered else []), *(["floor"] if floors else []))
    rows: list[tuple[str, list[str]]] = []
    for name, each in errors.items():
        numbers = _numbers(each) + ([_percent(each.coverage)] if covered else [])
        numbers += [_number(floors[name].median)] if floors else []
        rows.append((named(group, name), numbers))
    titles = (GROUP_TITLES[group], *(each.rjust(5) for each in heads))
    return named_table([(text, "head") for text in titles], rows, room)


def named(group: str, name: str) -> str:
    """What a table by a group calls the rows of one of its words."""
    return TITLES.get(name, name) if group == KIND else name or "not told"


def _numbers(errors: Errors) -> list[str]:
    sized = (errors.median, errors.mean, errors.bias)
    return [f"{errors.count:,}", *map(_number, sized), _percent(errors.within_10), _percent(errors.within_25)]


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 999.95 else f"{value:,.0f}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _corrected(found: Validation, width: int) -> list[Line]:
    counts = found.corrected()
    if not counts:
        return []
    lines = [rule("read otherwise than they stand", width)]
    for name, count in counts.most_common():
        lines += wrapped(
            line((f"{count:5}  ", "value"), (name, "name"), f": {found.whys.get(name, '')}"), width, (), _INDENT
        )
    return [*lines, BLANK]


_INDENT = line(" " * 7)


def _excluded(found: Validation, width: int) -> list[Line]:
    groups = found.excluded()
    if not groups:
        return []
    lines = [rule("left out by a rule that looks at no prediction", width)]
    for name, rows in groups.items():
        ids = _ids([each.row.row_id for each in rows])
        told = line((f"{len(rows):5}  ", "value"), (name, "name"), f": {found.whys.get(name, '')} ({ids})")
        lines += wrapped(told, width, (), _INDENT)
    return [*lines, BLANK]


def _reasons(title: str, rows: Mapping[str, Sequence[str]], width: int) -> list[Line]:
    if not rows:
        return []
    lines = [rule(title, width)]
    for reason, ids in rows.items():
        lines += wrapped(line((f"{len(ids):5}  ", "value"), f"{reason} ({_ids(ids)})"), width, (), _INDENT)
    return [*lines, BLANK]


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_IDS]) + (", ..." if len(ids) > _IDS else "")
