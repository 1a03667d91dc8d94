"""A sheet by itself as text: what it takes and gives, and what became of its examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.assembly.definitions import Definition
from ..graph.audit.ages import NO_REMARKS, Remarks
from ..graph.language.declarations import Sheet
from ..scenarios import Outcome
from .text import BLANK, WIDTH, Line, line, rule, wrapped
from .text_facts import remark_lines, remarks_tally
from .text_show import claim_lines


def sheet_lines(
    sheet: Sheet, outcomes: Sequence[Outcome], width: int = WIDTH, found: Remarks = NO_REMARKS
) -> list[Line]:
    """What the sheet is, its names with unit and meaning, and each example's figures, printed against computed.

    `found`: what is to be said of the values that it gives by default.
    """
    lines = wrapped(line((f"sheet {sheet.name}", "title")), width)
    lines += wrapped(line(sheet.about), width)
    lines += wrapped(line((sheet.source, "faint")), width) if sheet.source else []
    definitions = outcomes[0].dag.definitions
    taken = [each for each in definitions.values() if not each.sheet]
    given = [each for each in definitions.values() if each.sheet and not each.cell]
    for heading, names in (("takes", taken), ("gives", given)):
        if names:
            quantities = (part for each in _by_input(names) for part in _quantity(each, width))
            lines += [BLANK, rule(heading, width), *quantities]
    for outcome in outcomes:
        lines += [BLANK, *_example(outcome, width)]
    told = [*remark_lines(found, width), *wrapped(line((remarks_tally(found), "faint")), width)]
    return [*lines, BLANK, *told] if remarks_tally(found) else lines


def _by_input(definitions: Iterable[Definition]) -> Iterable[Sequence[Definition]]:
    """The quantities one by one, the values of a keyed input together."""
    found: dict[str, list[Definition]] = {}
    for each in definitions:
        found.setdefault(each.name.partition("[")[0], []).append(each)
    return found.values()


def _quantity(definitions: Sequence[Definition], width: int) -> list[Line]:
    definition = definitions[0]
    unit = " | ".join(definition.choices) if definition.choices else definition.unit.text
    head = line((definition.name.partition("[")[0], "name"), f"  {unit}".rstrip())
    keyed = definition.name.endswith("]")
    details = [definition.meaning, _values(definitions) if keyed else _formula(definition)]
    rest = [wrapped(line((each, "faint")), width, line("    "), line("      ")) for each in details if each]
    return [*wrapped(head, width, (), line("    ")), *(part for each in rest for part in each)]


def _values(definitions: Sequence[Definition]) -> str:
    """The values that a keyed input has by default."""
    stated = [(each.name.partition("[")[2].rstrip("]"), each.value) for each in definitions if each.is_default]
    texts = (f"{key} = {value.text}" for key, value in stated if value)
    return f"unless set: {', '.join(texts)}" if stated else ""


def _formula(definition: Definition) -> str:
    if definition.formula is None:
        return ""
    text = " ".join(definition.formula.text.text.split())
    return f"{'unless set: ' if definition.is_default else ''}= {text}"


def _example(outcome: Outcome, width: int) -> Iterator[Line]:
    if outcome.example is None:
        yield from wrapped(line(("the sheet has no example", "warn")), width)
        return
    yield rule("example", width)
    yield from wrapped(line(outcome.example.about), width)
    yield from claim_lines(outcome.verdicts, width, tally=False)
