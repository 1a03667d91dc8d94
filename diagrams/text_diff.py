"""The difference of two workbooks as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..graph.explain.difference import Difference, Differing, Result, Side
from .text import BLANK, WIDTH, Line, Span, fitted, line, ratio_text, rule, without_address, wrapped


def diff_lines(before: str, after: str, found: Difference, width: int = WIDTH) -> list[Line]:
    """The inputs that differ and what the results became; `before` and `after` are the titles."""
    lines = wrapped(line((before, "title")), width, line("A  "), line("   "))
    lines += wrapped(line((after, "title")), width, line("B  "), line("   "))
    inputs = [*_inputs(found.inputs, width), *_alone(found.inputs, width)]
    if inputs:
        lines += [BLANK, rule("inputs that differ, A → B", width), *inputs]
    if found.results:
        lines += [BLANK, rule("results that differ, A → B", width), *_results(found.results, width)]
    if found.same:
        said = (", ".join(found.same), "")
        lines += [BLANK, *wrapped(line(("the same: ", "faint"), said), width, (), line("    "))]
    return lines


def _inputs(differing: Sequence[Differing], width: int) -> Iterator[Line]:
    """Those that both sides have, each with where its two values are from."""
    shared = [each for each in differing if each.before and each.after]
    for rows, each in zip(_table(shared, width), shared, strict=True):
        yield from rows
        origins = list(dict.fromkeys(_origin(side) for side in (each.before, each.after) if side))
        said = " → ".join(origins) if origins != ["formula"] else "another formula"
        yield from wrapped(line((said, "faint")), width, line("    "), line("      "))


def _origin(side: Side) -> str:
    return ", ".join(part for part in (side.kind, without_address(side.source)) if part)


def _alone(differing: Sequence[Differing], width: int) -> Iterator[Line]:
    """The names of those that one side alone has, a keyed input's values counted together."""
    for title, side in (("only in A: ", "before"), ("only in B: ", "after")):
        names = Counter(each.name.partition("[")[0] for each in differing if _only(each) == side)
        said = ", ".join(f"{name} ({count} values)" if count > 1 else name for name, count in names.items())
        if said:
            yield from wrapped(line((title, "faint"), said), width, (), line("    "))


def _only(each: Differing) -> str:
    return "" if each.before and each.after else "before" if each.before else "after"


def _table(differing: Sequence[Differing], width: int) -> list[list[Line]]:
    return fitted([_values(each) for each in differing], ("left", "right", "left", "left", "right"), width)


def _values(each: Differing) -> list[Span]:
    """Name, the two values and their ratio; the unit stands with the second."""
    before, after = _text(each.before), _text(each.after)
    number, _, unit = before.partition(" ")
    if unit and after.endswith(f" {unit}"):
        before = number
    values: list[Span] = [(before, "value" if each.before else "faint"), ("→", "faint")]
    return [(each.name, "name"), *values, (after, "value" if each.after else "faint"), (ratio_text(each.ratio), "warn")]


def _text(side: Side | None) -> str:
    return side.text if side else "–"


def _results(results: Sequence[Result], width: int) -> Iterator[Line]:
    for rows, each in zip(_table(results, width), results, strict=True):
        yield from rows
        causes = ", ".join(each.causes) or "a formula"
        if causes != each.name:  # an input, which stands above with where it is from
            yield from wrapped(line(("by ", "faint"), (causes, "")), width, line("    "), line("      "))
