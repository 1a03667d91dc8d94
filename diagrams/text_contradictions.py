"""What contradicts the catalogue, as text: what is said here and there, and what results become by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.audit.contradictions import Change, Contradiction
from ..graph.audit.doubts import Doubt
from ..graph.audit.keyed_rates import Rate
from .text import Line, Span, fitted, line, ratio_text, without_address
from .text_facts import item, where
from .text_show import claimed_text, computed_text


def contradiction_lines(found: Iterable[Contradiction], width: int) -> Iterator[Line]:
    """Each contradiction: both values with their sources, and every result by the catalogue's value alone."""
    for each in found:
        yield from item(width, _contradiction_head(each), *_contradiction_details(each))
        yield from change_lines(each.singly, width, "      ")


def change_lines(changes: Sequence[Change], width: int, lead: str) -> Iterator[Line]:
    """What results become; those that stay are not told."""
    rows = [_change(change) for change in changes if change.before != change.after]
    for lines in fitted(rows, ("left", "right", "left", "left", "right"), width - len(lead)):
        yield from ((*line(lead), *each) for each in lines)


def doubt_lines(found: Iterable[Doubt], width: int) -> Iterator[Line]:
    """Each claim that rests on contradicted values, on which, and what it is by the catalogue where digits change."""
    for each in found:
        yield from item(width, _doubt(each))


def _contradiction_head(each: Contradiction) -> Line:
    ratio = f", {ratio_text(each.ratio)}" if ratio_text(each.ratio) else ""
    ratio += ", its label" if each.is_label else ", rounded" if each.nominal else ""
    ours = line((each.name, "name"), " is ", (each.ours, "value"))
    return (*ours, *line(", where the catalogue has ", (each.theirs, "warn"), ratio))


def _contradiction_details(each: Contradiction) -> Iterator[Line]:
    ours = ", ".join(part for part in (each.ours_kind, without_address(each.ours_source)) if part)
    theirs = ", ".join(part for part in (each.theirs_kind, each.entry, without_address(each.theirs_source)) if part)
    yield line(("here: ", "faint"), ours, where(each.ours_mark))
    if each.ours_note:
        yield line(("note: ", "faint"), each.ours_note)
    yield line(("there: ", "faint"), theirs, where(each.theirs_mark))
    for rate in each.equals:
        yield line(("equals ", "faint"), *_rate(rate))
    if each.picked:
        yield line(("its choices pick ", "faint"), *_rate(each.picked))
    if any(change.changed for change in each.singly):
        yield line(("by the catalogue's value alone:", "faint"))
    else:
        yield line(("by the catalogue's value alone no result changes", "faint"))


def _rate(rate: Rate) -> Line:
    meaning = f": {rate.meanings[0]}" if rate.meanings else ""
    return line((str(rate), "name"), " = ", (rate.text, "value"), meaning)


def _change(change: Change) -> tuple[Span, ...]:
    before, after = change.before, change.after
    number, _, unit = before.partition(" ")
    if unit and after.endswith(f" {unit}"):
        before = number
    return (change.name, ""), (before, ""), ("→", "faint"), (after, "value"), (ratio_text(change.ratio), "warn")


def _doubt(each: Doubt) -> Line:
    verdict = "holds" if each.claim.holds else "does not hold"
    said = f" = {each.claim.printed} {verdict}, on "
    by = f"; by the catalogue {computed_text(each.by_catalogue)}" if each.matters else ""
    return line((claimed_text(each.claim), "name"), said, (", ".join(each.contradicted), "warn"), by)
