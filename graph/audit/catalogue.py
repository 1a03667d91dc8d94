"""An accelerator's figures held against one another: what hardware leaves no room for, and what it seldom does.

A sparse rate is twice the dense one, each narrower format twice as fast as the next; a figure that is not so is most
often one taken from the wrong column of a data sheet. A departure that real hardware has is explained by a `note` on
the value, and is then a remark. Rates are those of `compute_rate`, by format, accumulator and sparsity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ...problems import Mark
from ...units import format_amount
from ..assembly.definitions import CatalogueFact
from ..language.names import keyed

RATE, CAPACITY, LABEL = "compute_rate", "memory_capacity", "memory_label"
_SIXTEEN, _EIGHT = ("bf16", "fp16"), ("fp8", "int8")
_TENSOR = ("tf32", *_SIXTEEN, *_EIGHT, "fp4")
_GIB_IN_GB = 2**30 / 1e9

Key = tuple[str, str, str]
Rates = Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one figure is to another, in words and between two ratios; no note explains less or more than `firm`."""

    about: str
    least: float
    most: float
    firm: tuple[float, float] = (0.0, float("inf"))


def _near(about: str, ratio: float, tolerance: float, firm: tuple[float, float] = (0.0, float("inf"))) -> Bounds:
    """A ratio within `tolerance`, relatively: data sheets round."""
    return Bounds(about, ratio * (1 - tolerance), ratio * (1 + tolerance), firm)


# 2:4 sparsity skips half of the products: it at most doubles the rate, and what does not raise it is none.
SPARSE = _near("a sparse rate is twice the dense one", 2, 0.01, firm=(1.02, 2.05))
SUMS = Bounds("sums in 16 bits are as fast as in 32, or twice as fast", 0.98, 2.04)
SAME = _near("BF16 runs at the rate of FP16", 1, 0.02, firm=(0.0, 1.02))
HALF = _near("TF32 runs at half the rate of 16 bits", 0.5, 0.03)
EIGHT_BITS = _near("8 bits run at twice the rate of 16", 2, 0.03)
FOUR_BITS = _near("4 bits run at twice the rate of 8", 2, 0.03)
TENSOR = Bounds("a tensor rate is no less than that of the plain cores", 0.99, float("inf"))
_TO_EXPLAIN = "if it is so, a note on the value says why"
MEMORY = "the driver reports the memory of the label, in GB or GiB, less at most 2 %"

_PLAIN: Key = ("fp32", "fp32", "dense")
# Format -> what its rate is to that of which formats, and whether with sums of the same width: a card has one rate of
# INT8 and of FP4, beside which stands the fastest of the others.
_NEIGHBOURS: dict[str, tuple[Bounds, tuple[str, ...], bool]] = {
    "bf16": (SAME, ("fp16",), True),
    "tf32": (HALF, _SIXTEEN, True),
    "fp8": (EIGHT_BITS, _SIXTEEN, True),
    "int8": (EIGHT_BITS, _SIXTEEN, False),
    "fp4": (FOUR_BITS, _EIGHT, False),
}


@dataclass(frozen=True, slots=True)
class Departure:
    """A figure that is not what another of its entry leads one to expect.

    `ratio`: of the figure to the other. `expected`: in words. `note`: the entry's on the figure. `hint`: what would
    make the rates agree.
    """

    name: str
    text: str
    other: str
    other_text: str
    ratio: float
    expected: str
    severity: Literal["error", "remark"]
    note: str
    hint: str
    mark: Mark

    @property
    def fails(self) -> bool:
        """Nothing explains it."""
        return self.severity == "error"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two rates, and what the first is to the second."""

    bounds: Bounds
    key: Key
    other: Key


def departures(facts: Iterable[CatalogueFact]) -> tuple[Departure, ...]:
    """What does not agree among the facts of one accelerator's entry, errors first."""
    facts = tuple(facts)
    found = [*_rate_departures(facts), *_memory_departures(facts)]
    return tuple(sorted(found, key=lambda each: not each.fails))


# -- rates -----------------------------------------------------------------------------------------


def _rate_departures(facts: tuple[CatalogueFact, ...]) -> Iterator[Departure]:
    stated = {(a, b, c): fact for fact in facts if fact.name == RATE and len(fact.key) == 3 for a, b, c in [fact.key]}
    rates = {key: fact.value.number for key, fact in stated.items() if fact.value.number}
    broken = [pair for pair in _pairs(rates) if _is_broken(pair, rates)]
    unexplained = [pair for pair in broken if not _is_explained(pair, rates, stated)]
    culprit = _culprit(unexplained, rates)
    for pair in broken:
        fact, other = stated[pair.key], stated[pair.other]
        mistaken = pair in unexplained
        yield Departure(
            name=keyed(RATE, pair.key),
            text=_text(fact),
            other=keyed(RATE, pair.other),
            other_text=_text(other),
            ratio=rates[pair.key] / rates[pair.other],
            expected=pair.bounds.about,
            severity="error" if mistaken else "remark",
            note=fact.value.given.note,
            hint=_hint(pair, culprit, rates, stated) if mistaken else "",
            mark=fact.value.given.value.mark,
        )


def _pairs(rates: Rates) -> Iterator[_Pair]:
    """Each two rates of which one says what the other is about."""
    for key in rates:
        dtype, accumulator, sparsity = key
        dense = (dtype, accumulator, "dense")
        if sparsity == "sparse" and dense in rates:
            yield _Pair(SPARSE, key, dense)
            continue
        if dtype in _NEIGHBOURS and (near := _nearest(key, rates)):
            yield _Pair(_NEIGHBOURS[dtype][0], key, near)
        wide = (dtype, "fp32", sparsity)
        if accumulator == "fp16" and wide in rates:
            yield _Pair(SUMS, key, wide)
        if dtype in _TENSOR and sparsity == "dense" and _PLAIN in rates:
            yield _Pair(TENSOR, key, _PLAIN)


def _nearest(key: Key, rates: Rates) -> Key | None:
    """The rate of the wider format beside which `key` is held: the fastest, where there are several."""
    dtype, accumulator, sparsity = key
    _, formats, same_sums = _NEIGHBOURS[dtype]
    beside = [each for each in rates if each[0] in formats and each[2] == sparsity]
    beside = [each for each in beside if each[1] == accumulator] if same_sums else beside
    return max(beside, key=rates.__getitem__, default=None)


def _is_broken(pair: _Pair, rates: Rates) -> bool:
    return not pair.bounds.least <= rates[pair.key] / rates[pair.other] <= pair.bounds.most


def _is_explained(pair: _Pair, rates: Rates, stated: Mapping[Key, CatalogueFact]) -> bool:
    low, high = pair.bounds.firm
    return low <= rates[pair.key] / rates[pair.other] <= high and bool(stated[pair.key].value.given.note)


def _culprit(broken: list[_Pair], rates: Rates) -> tuple[Key, float] | None:
    """The one rate that, halved or doubled, would settle most of the pairs, two or more, and unsettle none.

    None if several would: then the pairs do not say which of their rates is mistaken.
    """
    settled: dict[tuple[Key, float], int] = {}
    for key in {key for pair in broken for key in (pair.key, pair.other)}:
        for factor in (0.5, 2.0):
            trial = {**rates, key: rates[key] * factor}
            left = [pair for pair in _pairs(trial) if key in (pair.key, pair.other) and _is_broken(pair, trial)]
            if not left:
                settled[key, factor] = sum(key in (pair.key, pair.other) for pair in broken)
    most = max(settled.values(), default=0)
    best = [each for each, count in settled.items() if count == most]
    return best[0] if len(best) == 1 and most > 1 else None


def _hint(pair: _Pair, culprit: tuple[Key, float] | None, rates: Rates, stated: Mapping[Key, CatalogueFact]) -> str:
    """What would settle it: the one mistaken rate, or that the entry says why it is so."""
    if culprit is None or culprit[0] not in (pair.key, pair.other):
        low, high = pair.bounds.firm
        firm = not low <= rates[pair.key] / rates[pair.other] <= high
        return "no hardware is so: one of the two is of another column" if firm else _TO_EXPLAIN
    key, factor = culprit
    fact = stated[key]
    number = fact.unit.from_base(fact.value.number or 0.0) * factor
    half = "half" if factor < 1 else "twice"
    asked = "is it a sparse rate?" if factor < 1 and key[2] == "dense" else "is it of another column?"
    return f"at {half} of it, {format_amount(number, fact.unit)}, {keyed(RATE, key)} agrees with the others: {asked}"


def _text(fact: CatalogueFact) -> str:
    return format_amount(fact.unit.from_base(fact.value.number or 0.0), fact.unit)


# -- memory ----------------------------------------------------------------------------------------


def _memory_departures(facts: tuple[CatalogueFact, ...]) -> Iterator[Departure]:
    """What the driver reports is the label's memory: its GB are GB for one maker and GiB for another."""
    named = {fact.name: fact for fact in facts if not fact.key}
    capacity, label = named.get(CAPACITY), named.get(LABEL)
    if capacity is None or label is None or not capacity.value.number or not label.value.number:
        return
    ratio = capacity.value.number / label.value.number
    binary = label.value.unit is not None and "iB" in label.value.unit.text
    if not 0.98 <= ratio <= 1.005 * (1 if binary else _GIB_IN_GB):
        note = capacity.value.given.note
        severity = "remark" if note else "error"
        mark = capacity.value.given.value.mark
        hint = "" if note else _TO_EXPLAIN
        yield Departure(CAPACITY, _text(capacity), LABEL, _text(label), ratio, MEMORY, severity, note, hint, mark)
