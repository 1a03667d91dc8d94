"""What our sheets compute of each mapped row: its floor, and the quantities that predictions are made of.

A table by columns: numbers in each quantity's declared unit, NaN where it has none. No NumPy here; `arrays` imports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isnan, nan
from typing import TYPE_CHECKING

from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, NoValue
from ..units import Unit
from .books import Books, Prepared
from .mapping import Excluded, Mapped, Outcome, Unmapped

if TYPE_CHECKING:
    from ..graph.engine.kernels.arrays import Array

WORDS = ("weight_format", "expert_format", "weight_dtype", "expert_dtype", "compute_dtype", "accumulator")
MEASURED, FLOOR, BOUND, COPIES = "measured", "floor", "bound", "copies"
OWN = (MEASURED, FLOOR, BOUND, COPIES, "devices", "whole")
"""Columns that are no quantities: see `Features`."""


@dataclass(frozen=True, slots=True)
class Features:
    """Columns over the rows, in the order of `rows`.

    `columns`: by quantity, and besides `measured` (in the declared unit of the row's quantity), `floor` (the same at
    the floor), `bound` (the floor if all tokens of a step picked the same experts, which nothing beats), `copies` of
    the model whose figures the measured one adds up, `devices` of the run, and `whole`, 1 where the batch is prefilled
    at once. `words`: what is text, by column. `units`: of each quantity.
    """

    rows: tuple[Mapped, ...]
    columns: Mapping[str, tuple[float, ...]]
    words: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> tuple[float, ...]:
        return self.columns[name]

    def arrays(self) -> dict[str, Array]:
        """The numbers as NumPy arrays."""
        import numpy as np

        return {name: np.array(values) for name, values in self.columns.items()}


def features_of(
    outcomes: Iterable[Outcome], books: Books, told: Callable[[Mapped], None] | None = None
) -> tuple[Features, tuple[Outcome, ...]]:
    """The table of the rows that have a floor, and what became of all rows then, in their order.

    Rows that our sheets cannot compute turn into `Unmapped`, those faster than their bound into `Excluded`. `told` is
    called before each row is computed.
    """
    found: list[_Computed] = []
    after: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, Mapped):
            if told:
                told(outcome)
            computed = _computed(outcome, books)
            outcome = computed if isinstance(computed, Unmapped) else _allowed(computed, books)
            if isinstance(outcome, Mapped) and not isinstance(computed, Unmapped):
                found.append(computed)
        after.append(outcome)
    return _table(found), tuple(after)


@dataclass(frozen=True, slots=True)
class _Computed:
    row: Mapped
    numbers: Mapping[str, float]
    words: Mapping[str, str]
    units: Mapping[str, str]


def _computed(row: Mapped, books: Books) -> _Computed | Unmapped:
    prepared = books.prepared(row)
    if isinstance(prepared, str):
        return Unmapped(row.row, prepared)
    workbook = prepared.workbook
    try:
        unit = workbook.definition(row.quantity).unit
        _set_row(prepared, row)
        measured = _in_unit(row, unit)
        if measured is None:
            reason = f"{row.row.unit.text} does not measure {row.quantity}, which is in {unit.text}"
            return Unmapped(row.row, reason)
        copies = prepared.copies if row.of_all_copies else 1.0
        floor = workbook.number(row.quantity) * copies
        numbers = {name: _value(workbook, name) for name in (*books.shown, *books.names.beside)}
        bound = _bound(workbook, row, floor, copies)
    except (NoValue, InvalidInput) as error:
        return Unmapped(row.row, error.problems[0].message if error.problems else "a value is missing")
    own = (measured, floor, bound, copies, float(row.row.devices), float(row.whole))
    numbers |= dict(zip(OWN, own, strict=True))
    words = {name: workbook.word(name) for name in WORDS if name in workbook}
    told = (name for name in (*books.shown, *books.names.beside) if name in workbook)
    units = {name: workbook.definition(name).unit.text for name in told}
    return _Computed(row, numbers, words, units)


def _set_row(prepared: Prepared, row: Mapped) -> None:
    """The row's lengths and batch; a pipeline works on parts of a batch, as many as there are stages."""
    workbook = prepared.workbook
    workbook["prompt_length"] = row.prompt + row.cached
    workbook["cached_prefix_length"] = row.cached
    workbook["output_length"] = row.output
    workbook["context_length"] = row.context
    workbook["batch_size"] = workbook["prefill_batch_size"] = 1.0
    batch = row.batch if row.batch is not None else max(1.0, workbook.number("max_batch"))
    workbook["batch_size"] = float(int(batch))
    workbook["prefill_batch_size"] = float(int(batch)) if row.whole else 1.0
    if row.rate is not None:
        workbook["offered_rate"] = row.rate / prepared.copies
    stages = prepared.spread.pp if prepared.spread.staggered else 1
    workbook["micro_batches"] = float(min(stages, int(batch)))


def _in_unit(row: Mapped, unit: Unit) -> float | None:
    """The measured figure in the quantity's declared unit; None where it measures another thing."""
    if not (row.row.unit.dimension / unit.dimension).counted:
        return None
    return unit.from_base(row.row.unit.to_base(row.row.value))


def _value(workbook: Workbook, name: str) -> float:
    value = workbook.value(name) if name in workbook else None
    return value if isinstance(value, float) else nan


def _bound(workbook: Workbook, row: Mapped, floor: float, copies: float) -> float:
    if "routing" not in workbook:
        return floor
    workbook["routing"] = "alike"
    bound = workbook.number(row.quantity) * copies
    workbook["routing"] = "spread"
    return bound


def is_time(unit: str) -> bool:
    """Whether less is better: of times and bytes, not of rates."""
    return "/s" not in unit


def _allowed(computed: _Computed, books: Books) -> Outcome:
    """The row, unless it is faster than its bound and a rule leaves such rows out."""
    row = computed.row
    rule = next((each for each in books.names.all("exclusions", row.row.texts) if each.word("test") == BOUND), None)
    measured, bound = computed.numbers[MEASURED], computed.numbers[BOUND]
    times = bound / measured if is_time(computed.units[row.quantity]) else measured / bound
    if rule is None or times <= 1 + books.names.tolerance:
        return row
    return Excluded(row.row, rule.word("rule"), f"{times:.2f}x as fast as the bound: {rule.word('why')}")


def _table(found: list[_Computed]) -> Features:
    names = tuple(dict.fromkeys([*(name for each in found for name in each.numbers), *OWN]))
    columns = {name: tuple(each.numbers.get(name, nan) for each in found) for name in names}
    words = {
        "row_id": tuple(each.row.row.row_id for each in found),
        "hardware": tuple(each.row.hardware for each in found),
        "model": tuple(each.row.model for each in found),
        "engine": tuple(each.row.engine for each in found),
        "era": tuple(each.row.era for each in found),
        "class": tuple(each.row.sort for each in found),
        "quantity": tuple(each.row.quantity for each in found),
        "source": tuple(each.row.row.text("source_id") or each.row.row.text("source") for each in found),
        "demand": tuple(each.row.demand for each in found),
        "load": tuple(each.row.row.text("load_mode") for each in found),
        **{name: tuple(each.words.get(name, "") for each in found) for name in WORDS},
    }
    units = {name: unit for each in found for name, unit in each.units.items()}
    return Features(tuple(each.row for each in found), columns, words, units)


def without_value(features: Features) -> dict[str, int]:
    """How many rows lack each quantity, where some do."""
    counts = {name: sum(map(isnan, values)) for name, values in features.columns.items()}
    return {name: count for name, count in counts.items() if count}
