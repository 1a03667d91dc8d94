"""What a box says: name, formula, numbers, value, kind, claims and problems, in a few short lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..graph.assembly.definitions import Definition
from ..graph.audit.claims import Verdict
from ..problems import Problem
from ..units import format_amount
from .boxes import Box, Reduction, name_in
from .picture import Entry, Line, Look, Node
from .view import View
from .wording import WIDTH, capped, claim_line, formula_line, line, written

_REDUCERS: Mapping[str, Callable[[Sequence[float]], float]] = {"sum": sum, "min": min, "max": max}
_MOST_INPUTS = 12
_MOST_KEYS = 5
_MOST_ROWS = 3
_MOST_SAID = 3
_VALUE_WIDTH = 1.7  # a character of a value is this much wider than one of a claim beside it


@dataclass(frozen=True, slots=True)
class Faces:
    """Draws the boxes of one view. `problems` and `verdicts`: by the quantity that they are about."""

    view: View
    problems: Mapping[str, Sequence[Problem]]
    verdicts: Mapping[str, Sequence[Verdict]]

    def node(self, box: Box, read: frozenset[str], result: bool, more: str) -> Node:
        """The box's face. `read`: the quantities that some drawn box in fact reads; `more`: what is not drawn."""
        definitions = [self.view.definition(name) for name in box.members]
        first, single = definitions[0], box.sort == "quantity"
        problems = list(self.problem_lines(box))
        return Node(
            name=box.name,
            look="problem" if problems else _look(box, definitions),
            lines=tuple(self.lines(box, definitions)),
            entries=tuple(self.entries(box, definitions, read)),
            notes=(*self.notes(box, first), *problems, *([line("more", more)] if more else [])),
            symbol=first.symbol if single else "",
            about=_about(first) if single else "",
            pinned=single and first.role == "pinned" and first.value is not None,
            result=result,
        )

    def lines(self, box: Box, definitions: Sequence[Definition]) -> Iterator[Line]:
        match box.sort:
            case "quantity":
                yield from self.quantity_lines(definitions[0])
            case "column":
                yield from self.column_lines(box, definitions)
            case "spread" if definitions[0].formula is not None:
                yield formula_line("formula", written(definitions[0]), 5)
            case "keyed" | "inputs" | "spread":
                yield line("note", ", ".join(dict.fromkeys(look_of(each) for each in definitions)))
        if box.sort != "quantity":
            claims = [claim_line(each, name) for name in box.members for each in self.verdicts.get(name, ())]
            yield from claims[:_MOST_SAID]

    # -- one quantity ------------------------------------------------------------------------------

    def quantity_lines(self, definition: Definition) -> Iterator[Line]:
        text = self.view.text(definition.name)
        if definition.formula is not None and definition.value is None and written(definition) != text:
            yield formula_line("formula", written(definition))
            yield from self.numbers_line(definition)
        claims = [claim_line(each) for each in self.verdicts.get(definition.name, ())]
        kind = line("note", look_of(definition)) if _is_input(definition) else None
        if text:
            beside = kind or (claims[0] if len(claims) == 1 and _fits(text, claims[0]) else None)
            yield replace(line("value", text), aside=beside)
            claims = [each for each in claims if each is not beside]
        elif kind:
            yield kind
        elif self.view.evaluated:
            yield line("note", "no value")
        yield from claims

    def numbers_line(self, definition: Definition) -> Iterator[Line]:
        """The formula with numbers, unless that is only the value or the formula again."""
        numbers = self.view.numbers(definition.name)
        if numbers not in ("", self.view.text(definition.name), written(definition)):
            yield formula_line("numbers", f"= {numbers}")

    def notes(self, box: Box, definition: Definition) -> Iterator[Line]:
        if box.sort == "quantity":
            if definition.role == "pinned" and definition.value is not None:
                yield formula_line("note", f"pinned, in place of {written(definition)}", 3)
            if definition.overridden:
                yield line("note", "formula of the scenario's own")
            if definition.role == "default":
                yield line("note", "default")
        if box.aliases:
            yield line("note", f"also {', '.join(capped(box.aliases, _MOST_SAID, ''))}", 3)

    # -- a table's column --------------------------------------------------------------------------

    def column_lines(self, box: Box, definitions: Sequence[Definition]) -> Iterator[Line]:
        formulas = Counter(written(each) for each in definitions if each.formula is not None)
        if formulas:
            yield formula_line("formula", formulas.most_common(1)[0][0], 5)
        others = f", {len(formulas)} formulas" if len(formulas) > 1 else ""
        rows = line("note", f"{len(definitions)} row{'s' if len(definitions) > 1 else ''}{others}")
        total = self.total(box.reduction, definitions[0])
        if total is None or box.reduction is None:
            yield rows
        else:
            amount = format_amount(total, definitions[0].unit)
            yield replace(line("value", f"{box.reduction.function} {amount}"), aside=rows)

    def total(self, reduction: Reduction | None, definition: Definition) -> float | None:
        """What the reduction makes of the column, in its unit; None where a cell has no value."""
        reduce = _REDUCERS.get(reduction.function) if reduction else None
        if reduction is None or reduce is None or definition.choices:
            return None
        numbers = [self.view.number(name) for name in reduction.cells]
        known = [number for number in numbers if number is not None]
        return reduce(known) if len(known) == len(numbers) else None

    # -- what is in a box of several ---------------------------------------------------------------

    def entries(self, box: Box, definitions: Sequence[Definition], read: frozenset[str]) -> Iterator[Entry]:
        match box.sort:
            case "quantity":
                for name in box.variants:
                    yield from self.case_entries(name)
            case "column":
                yield from self.words(definitions) if definitions[0].choices else self.largest_rows(box, definitions)
                yield from self.case_totals(box, definitions[0])
            case "keyed":
                found = [
                    Entry(each.partition("[")[2].rstrip("]"), self.view.text(each), faint=each not in read)
                    for each in box.members
                ]
                yield from _capped(sorted(found, key=lambda entry: entry.faint), _MOST_KEYS)
            case "inputs" | "spread":
                of_group = box.sort == "inputs"
                found = [
                    Entry(
                        name_in(box, each) if of_group else each.scope,
                        self.view.text(each.name),
                        faint=each.name not in read,
                    )
                    for each in definitions
                ]
                yield from _capped(found, _MOST_INPUTS)

    def case_entries(self, name: str) -> Iterator[Entry]:
        """The value in a case; its second claim and those after it stand below."""
        claims = [claim_line(each) for each in self.verdicts.get(name, ())]
        yield Entry(name.partition(".")[0], self.view.text(name) or "no value", claims[0] if claims else None)
        for claim in claims[1:]:
            yield Entry("", "", claim)

    def case_totals(self, box: Box, definition: Definition) -> Iterator[Entry]:
        if box.reduction is None:
            return
        there = set(box.variants)
        for case in dict.fromkeys(name.partition(".")[0] for name in box.variants):
            cells = tuple(at if (at := f"{case}.{cell}") in there else cell for cell in box.reduction.cells)
            total = self.total(Reduction(box.reduction.function, cells), definition)
            if total is not None:
                yield Entry(case, f"{box.reduction.function} {format_amount(total, definition.unit)}")

    def largest_rows(self, box: Box, definitions: Sequence[Definition]) -> Iterator[Entry]:
        """The rows with the largest values, and each one's share of the sum."""
        numbers = {each.name: self.view.number(each.name) for each in definitions}
        known = {name: number for name, number in numbers.items() if number}
        sums = box.reduction is not None and box.reduction.function == "sum" and len(numbers) > 1
        total = self.total(box.reduction, definitions[0]) if sums else None
        column = f".{definitions[0].cell.column}" if definitions[0].cell else ""
        for name in sorted(known, key=lambda name: -abs(known[name]))[:_MOST_ROWS]:
            share = f" ({known[name] / total:.0%})" if total else ""
            yield Entry(name.removesuffix(column), self.view.text(name) + share)

    def words(self, definitions: Sequence[Definition]) -> Iterator[Entry]:
        """How many rows hold each word."""
        counts = Counter(text for each in definitions if (text := self.view.text(each.name)))
        yield from (Entry(word, f"{count} row{'s' if count > 1 else ''}") for word, count in counts.most_common())

    def problem_lines(self, box: Box) -> Iterator[Line]:
        said = [
            each.message if name in each.message or name == box.name else f"{name}: {each.message}"
            for name in (*box.members, *box.variants)
            for each in dict.fromkeys((*self.view.problems(name), *self.problems.get(name, ())))
        ]
        for text in capped(said, _MOST_SAID, "problems"):
            yield line("problem", f"⚠ {text}", 5)


def look_of(definition: Definition) -> Look:
    """The kind of an input's value; `formula` for what has one, also where it could not be resolved."""
    if definition.value is not None and definition.expr is None:
        return definition.value.given.kind
    return "missing" if definition.expr is None and definition.formula is None else "formula"


def _look(box: Box, definitions: Sequence[Definition]) -> Look:
    if box.sort == "column":
        return "column"
    first = look_of(definitions[0])
    return first if all(look_of(each) == first for each in definitions) else "mixed"


def _is_input(definition: Definition) -> bool:
    return look_of(definition) != "formula"


def _about(definition: Definition) -> str:
    """What the quantity is, and where its value is from."""
    given = definition.value.given if definition.value else None
    parts = (definition.meaning, given.source if given else definition.source, given.note if given else "")
    return " · ".join(part for part in parts if part)


def _fits(value: str, claim: Line) -> bool:
    return len(claim.text) == 1 and len(value) * _VALUE_WIDTH + len(claim.text[0]) <= WIDTH


def _capped(entries: Sequence[Entry], most: int) -> Iterator[Entry]:
    """At most `most` entries and how many there are besides; one more rather than "and 1 more"."""
    left = len(entries) - most
    yield from entries[:most] if left > 1 else entries
    if left > 1:
        yield Entry(f"and {left} more", faint=True)
