"""A fit as text: what each constant was and is, how well it is determined, and what that brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..measuring.calibration import ALL, Calibration, Moved, Worth
from ..measuring.errors import Errors
from ..measuring.kinds import TITLES
from ..measuring.leaving import FEWEST_GROUPS
from ..units import format_number
from .text import BLANK, Align, Line, Span, line, shortened, table, wrapped

_INDENT = line("  ")
_WIDEST_NAME = 30


def fit_lines(found: Calibration, width: int) -> list[Line]:
    """What moved, what stays, errors before and after, and ranges."""
    return [
        *wrapped(line((_title(found), "title")), width),
        BLANK,
        *_moved([each for each in found.moved if each.fitted], found),
        *_staying(found, width),
        *_together(found, width),
        BLANK,
        *_errors(found.kinds, found.left is not None),
        *_without_groups(found, width),
        *_ranges(found, width),
    ]


def _title(found: Calibration) -> str:
    rows, groups = int(found.rows.sum()), len(found.groups)
    whose = "all engines" if found.engine == ALL else found.engine
    some = f"{groups} groups (an accelerator and a model each)" if groups != 1 else "one accelerator and model"
    return f"Constants of {whose}, fitted to {rows:,} rows of {some}: {found.file}"


def _moved(moved: Sequence[Moved], found: Calibration) -> list[Line]:
    heads = ["constant", "before", "after", "unit", "error"] + ["without a group"] * bool(found.left)
    rows: list[Sequence[Span]] = [[(head, "head") for head in heads]]
    for each in moved:
        name = shortened(each.constant.name, _WIDEST_NAME)
        cells: list[Span] = [
            (name, "name"),
            (_value(each.constant.value), "faint"),
            (_value(each.value), "value"),
            (each.constant.unit, ""),
            (f"{100 * (each.error or 0):.0f} %", ""),
        ]
        if found.left:
            cells.append((f"{_value(each.refits.low)}..{_value(each.refits.high)}" if each.refits else "", "faint"))
        rows.append(cells)
    align: list[Align] = ["left", "right", "right", "left", "right", "left"]
    return table(rows, align[: len(heads)])


def _value(value: float) -> str:
    return format_number(float(f"{value:.3g}"))


def _staying(found: Calibration, width: int) -> list[Line]:
    vague = [each.constant.name for each in found.moved if not each.fitted and not each.idle]
    idle = [each.constant.name for each in found.moved if each.idle]
    said = [f"As before, since the rows do not determine them to within 30 %: {', '.join(vague)}"] if vague else []
    said += [f"As before, since no row depends on them: {', '.join(idle)}"] if idle else []
    lines = [each for text in said for each in wrapped(line(text), width, (), _INDENT)]
    return [BLANK, *lines] if lines else []


def _together(found: Calibration, width: int) -> list[Line]:
    lines: list[Line] = []
    for left, right, related in found.pairs:
        how = "rises with" if related > 0 else "rises where the fit lowers"
        said = f"{left} {how} {right} (correlation {related:.2f}): trust them together, not each."
        lines += wrapped(line((said, "warn")), width, (), _INDENT)
    return [BLANK, *lines] if lines else []


def _errors(kinds: Mapping[str, Worth], left: bool) -> list[Line]:
    heads = ["median and mean error, percent", "rows", "before", "", "after", ""] + ["left out", ""] * left
    rows: list[Sequence[Span]] = [[(head, "head") for head in heads]]
    only = len(kinds) == 2  # one kind, and all of it
    for kind, worth in kinds.items():
        if kind == ALL and only:
            continue
        cells: list[Span] = [(TITLES.get(kind, "all of them"), "name"), (f"{worth.before.count:,}", "value")]
        for errors in (worth.before, worth.after, *([worth.left_out] if left else [])):
            cells += _pair(errors)
        rows.append(cells)
    return table(rows, ["left", *(["right"] * (len(heads) - 1))])  # pyright: ignore[reportArgumentType]


def _pair(errors: Errors | None) -> list[Span]:
    return [("", ""), ("", "")] if errors is None else [(_percent(errors.median), "value"), (_percent(errors.mean), "")]


def _percent(value: float) -> str:
    return f"{value:,.1f}" if value < 999.95 else f"{value:,.0f}"


def _without_groups(found: Calibration, width: int) -> list[Line]:
    if found.left:
        said = "left out: predicted by constants fitted without the row's accelerator and model"
    else:
        said = (
            f"Errors on rows that the fit did not see cannot be told: that takes {FEWEST_GROUPS} groups"
            f" (an accelerator and a model each), and here {'is one' if len(found.groups) == 1 else 'are two'}."
        )
    return wrapped(line((said, "faint")), width)


def _ranges(found: Calibration, width: int) -> list[Line]:
    if not found.widths:
        return []
    told = ", ".join(f"×{factor:.2f} {name}" for name, factor in found.widths.items())
    of = "left-out rows" if found.left else "these rows"
    said = f"80 % of {of} lie within a factor of their prediction: {told}"
    return [BLANK, *wrapped(line(said), width, (), _INDENT)]
