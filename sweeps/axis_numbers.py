"""The numbers of one piece of an axis: as `--set` reads them, those without a unit with their neighbour's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..graph.assembly.binding import Slot, bind_value
from ..graph.assembly.definitions import Definition
from ..graph.assembly.scopes import Layer
from ..graph.engine.workbook import Workbook
from ..graph.language.declarations import Given
from ..problems import Problem, Text
from ..units import Amount, Unit, UnitContext, UnitError, parse_amount

_ROUNDED = 4e-16  # relative: what two roundings of a float come to
_LAYER = Layer("--over", "", {})


class _Written(NamedTuple):
    text: Text
    amount: Amount | None  # None: no amount at all, which binding it says

    @property
    def bare(self) -> bool:
        return self.amount is not None and self.amount.unit is None and self.amount.magnitude != 0


class Numbers:
    """Reads numbers for one quantity; what is wrong goes to `problems`, with its place."""

    def __init__(self, workbook: Workbook, definition: Definition, problems: list[Problem]) -> None:
        self.context: UnitContext = workbook.checked.context
        self.definition, self.problems = definition, problems
        self._slot = Slot(definition.name, definition.unit)

    @property
    def unit(self) -> str:
        """The declared unit; '' for plain numbers."""
        return self.definition.unit.text

    def together(self, texts: Sequence[Text]) -> list[float] | None:
        """The numbers of one piece in the declared unit; None, with problems, if one of them is wrong."""
        written = [self._written(text) for text in texts]
        units = [each.amount.unit for each in written if each.amount and each.amount.unit]
        bare = [each for each in written if each.bare]
        if units and bare and not self._share(bare[0], units):
            return None
        before = len(self.problems)
        numbers = [None if each.bare and units else self._number(each.text) for each in written]
        if len(self.problems) == before:  # a wrong unit is told where it stands, and not again where it is meant
            numbers = [
                self._number(Text(f"{each.text} {units[0].text}", each.text.mark)) if number is None else number
                for each, number in zip(written, numbers, strict=True)
            ]
        found = [number for number in numbers if number is not None]
        return found if len(found) == len(written) else None

    def other_unit(self, texts: Sequence[Text]) -> str:
        """The first unit written that is not as large as the declared one; '' if there is none."""
        amounts = [self._written(text).amount for text in texts]
        units = [amount.unit for amount in amounts if amount and amount.unit]
        return next((unit.text for unit in units if unit.scale != self.definition.unit.scale), "")

    def refuse(self, where: Text, message: str, hint: str = "") -> None:
        """A problem with what stands there."""
        name = self.definition.name
        self.problems.append(Problem("value", f"{name}: {message}", where.mark, hint=hint, quantity=name))

    def _written(self, text: Text) -> _Written:
        try:
            return _Written(text, parse_amount(text.text, self.context))
        except UnitError:
            return _Written(text, None)

    def _share(self, bare: _Written, units: Sequence[Unit]) -> bool:
        """Whether the units beside a bare number are one that it can only have meant; a problem if not."""
        declared, unit = self.definition.unit, units[0]
        stands_alone = declared.dimension.counted and declared.scale == 1
        if len({each.text for each in units}) == 1 and (not stands_alone or unit.scale == declared.scale):
            return True
        texts = {each.text: None for each in ([declared] if stands_alone else []) + [*units]}
        meant = " or ".join(f"{bare.text} {each}".strip() for each in texts)
        self.refuse(bare.text, f"is {bare.text} here {meant}?", f"write {bare.text} {unit.text}")
        return False

    def _number(self, text: Text) -> float | None:
        """In the declared unit, with few digits: 3.35 TB/s are 3350 GB/s, not the 3350.0000000000005 of a division.

        Written in a unit as large as the declared one, it keeps each of its digits.
        """
        value = bind_value(Given(text), _LAYER, self._slot, {}, self.context, self.problems)
        if value is None or value.number is None:
            return None
        scale = self.definition.unit.scale
        slack = 0.0 if value.unit is None or value.unit.scale == scale else _ROUNDED
        number = value.number / scale
        short = float(f"{number:.15g}")
        return short if abs(short * scale - value.number) <= slack * abs(value.number) else number
