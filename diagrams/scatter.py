"""Predicted against measured as a picture: SVG text, both axes logarithmic, a dot a row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, isfinite, log10

from ..measuring.kinds import TITLES, kind_of
from ..measuring.validation import Validation

SIDE, LEFT, TOP, RIGHT = 520, 100, 40, 180
_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777", "#bbbbbb")
COLOURS = dict(zip(TITLES.values(), _COLOURS, strict=True))
Point = tuple[float, float, str, str]


def scatter_svg(found: Validation) -> str:
    """A picture of all rows that have a prediction, a colour for each kind; a dot's title tells its row.

    Figures of several units share the axes, as each is held against its own. The line is where both are the same.
    """
    points = [
        (each.measured, each.predicted, TITLES[kind_of(row)], f"{row.row.row_id}: {row.quantity} {each.error:+.0f} %")
        for row, each in zip(found.features.rows, found.compared, strict=True)
        if isfinite(each.predicted) and each.predicted > 0
    ]
    low, high = _decades([value for point in points for value in point[:2]])
    present = {point[2] for point in points}
    colours = {kind: colour for kind, colour in COLOURS.items() if kind in present}
    parts = [*_frame(low, high, found.predictor), *_dots(points, low, high, colours), *_legend(colours)]
    width, height = LEFT + SIDE + RIGHT, TOP + SIDE + 60
    title = escape(f"{found.file}: {found.predictor} against measured")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [f'{head} font-family="sans-serif" font-size="12">', f"<title>{title}</title>", *parts, "</svg>\n"]
    )


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Whole powers of ten that hold all the values."""
    if not values:
        return 0, 1
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _place(value: float, low: int, high: int) -> float:
    return SIDE * (log10(value) - low) / (high - low)


def _frame(low: int, high: int, predictor: str) -> list[str]:
    """The axes with a line for each power of ten, and the diagonal."""
    bottom, right = TOP + SIDE, LEFT + SIDE
    parts = [f'<rect x="0" y="0" width="{right + RIGHT}" height="{bottom + 60}" fill="white"/>']
    for power in range(low, high + 1):
        at = _place(10.0**power, low, high)
        x, y = LEFT + at, bottom - at
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}M{LEFT} {y:.1f}H{right}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{_tick(power)}</text>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_tick(power)}</text>')
    parts.append(f'<path d="M{LEFT} {bottom}L{right} {TOP}" stroke="#888888"/>')
    parts.append(f'<text x="{LEFT + SIDE / 2}" y="{bottom + 42}" text-anchor="middle">measured, in its unit</text>')
    middle = TOP + SIDE / 2
    turned = f'transform="rotate(-90 20 {middle})" text-anchor="middle"'
    parts.append(f'<text x="20" y="{middle}" {turned}>predicted ({escape(predictor)}), in the same unit</text>')
    return parts


def _tick(power: int) -> str:
    return f"{10**power:,}" if 0 <= power <= 6 else f"{10.0**power:g}"


def _dots(points: Sequence[Point], low: int, high: int, colours: dict[str, str]) -> list[str]:
    parts: list[str] = []
    for measured, predicted, kind, title in points:
        x, y = LEFT + _place(measured, low, high), TOP + SIDE - _place(predicted, low, high)
        dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colours[kind]}" fill-opacity="0.6">'
        parts.append(f"{dot}<title>{escape(title)}</title></circle>")
    return parts


def _legend(colours: dict[str, str]) -> list[str]:
    parts: list[str] = []
    for place, (kind, colour) in enumerate(colours.items()):
        y = TOP + 14 + 20 * place
        parts.append(f'<circle cx="{LEFT + SIDE + 20}" cy="{y - 4}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{LEFT + SIDE + 32}" y="{y}">{escape(kind)}</text>')
    return parts
