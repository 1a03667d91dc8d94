"""An explanation as text: the formulas at its head as a tree, the tables that they reduce, their largest rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..graph.assembly.qualifiers import said
from ..graph.explain.derivation import Explanation, Reduction, Step
from ..problems import Mark
from .text import BLANK, WIDTH, Line, Span, line, place_of, rule, width_of_line, without_address, wrapped
from .text_rows import MOST_ROWS, row_lines
from .wording import NO_BREAK, unbroken

_ROWS = re.compile(r"\w+\(\d+ rows?\)")
_FURTHER_ROWS = 8  # of the second table and those after it


def explain_lines(explanation: Explanation, width: int = WIDTH) -> list[Line]:
    """The explanation, a few lines a step."""
    tree = _Tree(width, explanation.whole)
    lines = list(tree.step(explanation.root, "", ""))
    most = None if explanation.whole else MOST_ROWS
    for part in explanation.tables:
        if part.rows is not None:
            lines += [BLANK, *row_lines(part.rows, part.column, part.opened.name if part.opened else "", width, most)]
            most = most and _FURTHER_ROWS
        if part.small:
            lines += [BLANK, line((f"{part.table}[:].{part.column}", "name"), (f": {part.small}", "faint"))]
        if part.opened is not None:
            lines += [BLANK, _opened(part, part.opened, width), *tree.step(part.opened, "", "")]
    return [_with_plain_spaces(each) for each in (*lines, *_defaults(explanation, width))]


def _with_plain_spaces(spans: Line) -> Line:
    return tuple((text.replace(NO_BREAK, " "), style) for text, style in spans)


def _opened(part: Reduction, opened: Step, width: int) -> Line:
    row, share = opened.name.removesuffix(f".{part.column}"), _share(part)
    of_all = f", {share:.1%} of {part.column}" if share else ""
    return rule(f"{row}{of_all} (another row: --row NAME)", width)


def _share(part: Reduction) -> float | None:
    rows = part.rows.rows if part.rows else ()
    found = (row.shares.get(part.column) for row in rows if part.opened and part.opened.name.startswith(f"{row.name}."))
    return next(found, None)


def _defaults(explanation: Explanation, width: int) -> list[Line]:
    """What was left out because nothing set it: the names and the values, in one paragraph."""
    if not explanation.defaults:
        return []
    told = ", ".join(f"{step.name} = {step.text}".replace(" ", NO_BREAK) for step in explanation.defaults)
    return [BLANK, *wrapped(line((f"at their defaults: {told}", "faint")), width, (), line("  "))]


class _Tree:
    """Draws steps; `lead` stands before a step's first line, `under` before its other lines and what is below it."""

    def __init__(self, width: int, whole: bool) -> None:
        self.width, self.whole = width, whole

    def step(self, step: Step, lead: str, under: str) -> Iterator[Line]:
        told, names = _meant(step)
        inner = under + ("│  " if told.steps and not told.repeated else "   ")
        head, margin = _headline(names, told), _margin(told)
        if _fits(_faint(lead), head, margin, self.width):
            room = self.width - width_of_line((*_faint(lead), *head, *margin))
            yield (*_faint(lead), *head, (" " * room, ""), *margin)
            margin = ()
        else:
            yield from wrapped(head, self.width, _faint(lead), _faint(f"{inner}  "))
        if not told.repeated:
            details = list(_details(told, self.whole))
            at_end, rest = told.role in ("formula", "default"), [margin] if margin else []
            for detail in (*details, *rest) if at_end else (*rest, *details):
                yield from wrapped(detail, self.width, _faint(inner), _faint(f"{inner}  "))
            for place, each in enumerate(told.steps):
                last = place == len(told.steps) - 1
                yield from self.step(each, under + ("└─ " if last else "├─ "), under + ("   " if last else "│  "))


def _meant(step: Step) -> tuple[Step, list[Step]]:
    """The step that this one only gives another name, and the names on the way to it."""
    names: list[Step] = []
    while step.alias and len(step.steps) == 1 and not step.problem:
        names.append(step)
        step = step.steps[0]
    return step, names


def _faint(text: str) -> Line:
    return ((text, "faint"),) if text else ()


def _fits(lead: Line, head: Line, margin: Line, width: int) -> bool:
    return width_of_line((*lead, *head, *margin)) + 2 <= width


def _headline(names: list[Step], step: Step) -> Line:
    value: Span = (step.text.replace(" ", NO_BREAK), "bad" if step.value is None else "value")
    words: Span = (f" ({said(tuple(step.of.items()))})" if step.of else "", "faint")
    named = [part for each in (*names, step) for part in _named(each)]
    target: Line = ((f"{step.formula} = ", "name"),) if _is_bare(step) else ()
    head = line(*named, *target, value, words)
    return (*head, (" (above)", "faint")) if step.repeated else head


def _is_bare(step: Step) -> bool:
    """Whether it only gives another name to what is told elsewhere."""
    return step.alias and not step.steps and not step.repeated and step.role in ("formula", "default")


def _named(step: Step) -> Iterator[Span]:
    yield step.name, "name"
    if step.symbol:
        yield f" {step.symbol}", "symbol"
    yield " = ", ""


def _margin(step: Step) -> Line:
    """Where the step comes from, in short: what stands at the right of its headline where there is room."""
    place = _place(step.mark)
    if step.repeated:
        return ()
    if step.role in ("formula", "default"):
        return line((f"a default, {place}" if step.role == "default" else place, "faint"))
    kind: Span = (step.kind, "bad" if step.kind == "missing" else "kind")
    source = without_address(step.source).partition(" (read ")[0]
    return line(kind, ("".join(f", {part}" for part in (source, place) if part), "faint"))


def _place(mark: Mark | None) -> str:
    """File and line, without the folder."""
    return place_of(mark).rpartition("/")[2]


def _details(step: Step, whole: bool) -> Iterator[Line]:
    if step.brief:
        return
    if step.role in ("formula", "default"):
        yield from _formula_details(step)
    else:
        yield from _input_details(step)
    for old in step.shadowed if whole else [old for old in step.shadowed if old.layer != "default"]:
        yield line((f"hides {old.text} of the layer {old.layer} ({_place(old.mark)})", "faint"))
    if step.problem is not None and step.problem.quantity in ("", step.name) and step.kind != "missing":
        yield line((step.problem.message, "bad"))
    if step.hidden:
        yield line((f"… rests on {step.hidden} more", "faint"))


def _formula_details(step: Step) -> Iterator[Line]:
    if step.formula != step.text and not _is_bare(step):  # a choice's word is its own formula
        yield line(f"= {unbroken(step.formula)}")
    if step.numbers not in (step.formula, step.text) and not _ROWS.fullmatch(step.numbers):
        yield line(f"= {unbroken(step.numbers)}")
    for condition in step.conditions:
        holds = "" if condition.holds else " does not hold"
        yield line((f"as {condition.text}{holds}", "faint"))


def _input_details(step: Step) -> Iterator[Line]:
    if step.note:
        yield line((f"note: {step.note}", "faint"))
    if step.role == "pinned":
        yield line(("pinned", "warn"), (f" over the formula {step.formula}", "faint"))
