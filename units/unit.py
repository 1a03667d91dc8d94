"""Units: text with a dimension and a scale, and the context that says what a text means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import isfinite

from .dimension import BASES, DIMENSIONLESS, Dimension, spell
from .errors import UnitError, split_prefix, unknown_name
from .grammar import Factor, parse
from .registry import Symbol, count_symbol, spellings, symbol

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as people write it: `text` ('' for a plain number); 1 of it is `scale` base units.

    Base units: byte, FLOP, token, sequence, parameter, layer, head, device, s, J, USD and declared counts.
    `factors` are the names in `text`, in order.
    """

    text: str
    dimension: Dimension
    scale: float
    factors: tuple[Factor, ...] = field(default=(), repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def to_base(self, value: float) -> float:
        """A value in this unit, in base units."""
        return value * self.scale

    def from_base(self, value: float) -> float:
        """A value in base units, in this unit."""
        return value / self.scale

    def holds(self, value: float) -> bool:
        """Whether a float can say in base units what `value` says in this unit: neither infinite nor lost in 0."""
        base = value * self.scale
        return isfinite(base) and (base != 0 or value == 0)


PLAIN = Unit("", DIMENSIONLESS, 1.0)
"""The unit of plain numbers."""


@dataclass(frozen=True, slots=True)
class UnitContext:
    """What unit text means in one workbook.

    `counts`: the counting units that its sheets declare. `one_device`: `device` is dropped from every unit,
    from its dimension and from its text. Errors: UnitError for a count that `check_count` refuses.
    """

    counts: frozenset[str] = frozenset()
    one_device: bool = False

    def __post_init__(self) -> None:
        for count in sorted(self.counts):
            check_count(count)

    def unit(self, text: str) -> Unit:
        """The unit that a text names; '' and '1' are the plain number's. Errors: UnitError."""
        return _unit(self, text)


def check_count(name: str) -> None:
    """Refuse, with a UnitError, a name that cannot be declared as a counting unit."""
    if not (_NAME.fullmatch(name) and name[0] != "_" and len(name) <= 40):
        raise UnitError(f"'{name[:40]}' is no name for a counting unit", 0, len(name))
    if name in spellings() or split_prefix(name):
        raise UnitError(f"'{name}' is a unit already", 0, len(name))
    if name in BASES:
        raise UnitError(f"'{name}' is a base dimension already", 0, len(name))


@lru_cache(maxsize=4096)
def _unit(context: UnitContext, text: str) -> Unit:
    def resolve(name: str, start: int) -> Symbol:
        return _symbol(name, start, context.counts)

    factors = parse(text, resolve)
    if context.one_device and any(factor.symbol.dimension.power("device") for factor in factors):
        return _respelled([factor for factor in factors if not factor.symbol.dimension.power("device")])
    return assemble(text.strip(" ") if factors else "", factors)


def _symbol(name: str, start: int, counts: frozenset[str]) -> Symbol:
    if name in spellings():
        return symbol(name)
    count = name if name in counts else name.removesuffix("s")
    if count not in counts:
        raise unknown_name(name, start, counts)
    return count_symbol(name, count)


def _respelled(factors: Sequence[Factor]) -> Unit:
    ordered = sorted(factors, key=lambda factor: factor.power < 0)
    return assemble(spell((factor.symbol.spelling, factor.power) for factor in ordered), ordered)


def assemble(text: str, factors: Sequence[Factor]) -> Unit:
    """The unit with this text and these factors. Errors: UnitError when its scale is out of range."""
    dimension = DIMENSIONLESS
    for factor in factors:
        dimension *= factor.symbol.dimension**factor.power
    return Unit(text, dimension, _scale(text, factors), tuple(factors))


def _scale(text: str, factors: Sequence[Factor]) -> float:
    """Exact until the end where powers are whole, so that GB/ms is 1e12 and not one digit off."""
    exact, rest = Fraction(1), 1.0
    for factor in factors:
        if factor.power.denominator == 1:
            exact *= factor.symbol.scale ** int(factor.power)
        else:
            rest *= float(factor.symbol.scale) ** float(factor.power)
    try:
        scale = float(exact) * rest
    except OverflowError:
        scale = float("inf")
    if not 1e-300 < scale < 1e300:
        raise UnitError("the unit's scale is out of range", 0, len(text))
    return scale


_DECIMAL_TO_BINARY = {"kB": "KiB", "KB": "KiB", "MB": "MiB", "GB": "GiB", "TB": "TiB"}
_BINARY_TO_DECIMAL = {binary: decimal for decimal, binary in _DECIMAL_TO_BINARY.items()}  # KiB: KB
_SIBLINGS = _DECIMAL_TO_BINARY | _BINARY_TO_DECIMAL


def siblings(unit: Unit) -> tuple[Unit, ...]:
    """The units that people confuse with this one, one place of a composite unit at a time.

    GB and GiB; and what a dollar buys in all with what it buys in a second of an hour that is paid for, FLOP/USD with
    FLOP*h/s/USD, the quotient of a rate and a price for an hour.
    """
    found: list[Unit] = []
    for place, match in enumerate(_NAME.finditer(unit.text)):
        if other := _SIBLINGS.get(match[0]):
            factors = list(unit.factors)
            factors[place] = Factor(symbol(other), factors[place].power)
            text = unit.text[: match.start()] + other + unit.text[match.end() :]
            with suppress(UnitError):  # its scale is out of range, where this unit's just is not
                found.append(assemble(text, factors))
    if unit.text.endswith("/USD"):
        factors = (*unit.factors, Factor(symbol("h"), Fraction(1)), Factor(symbol("s"), Fraction(-1)))
        with suppress(UnitError):
            found.append(assemble(f"{unit.text.removesuffix('/USD')}*h/s/USD", factors))
    return tuple(found)


_BASE_UNITS = {"currency": "USD", "energy": "J", "operation": "FLOP", "information": "byte", "time": "s"}


def unit_like(dimension: Dimension) -> str:
    """A unit of this dimension, in base units: `byte/s`, `FLOP/token/layer`, '' for a plain number.

    token**2/sequence is spelled `pair`.
    """
    powers = dict(dimension.powers)
    pairs = -powers.get("sequence", Fraction(0))
    if pairs and powers.get("token") == 2 * pairs:
        del powers["token"], powers["sequence"]
        powers["pair"] = pairs
    return spell((_BASE_UNITS.get(base, base), power) for base, power in powers.items())
