"""The one pint registry, built from definitions.txt alone, and the unit names that roofsheet reads.

A name's factor and dimension always come from pint; which names there are is decided here, because pint
would also read kilominutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import cast

from .dimension import Dimension
from .pint_alone import UnitRegistry

DEFINITIONS = Path(__file__).with_name("definitions.txt")

_DECIMAL = ("k", "M", "G", "T", "P", "E")
_BINARY = ("Ki", "Mi", "Gi", "Ti")
_SMALL = ("m", "u", "n")

PREFIXES_OF = {
    "B": ("K", *_DECIMAL, *_BINARY),
    "bit": (*_DECIMAL, *_BINARY),
    "FLOP": _DECIMAL,
    "FLOPS": _DECIMAL,
    "OPS": _DECIMAL,
    "parameter": _DECIMAL,
    "param": _DECIMAL,
    "token": _DECIMAL,
    "tok": _DECIMAL,
    "s": _SMALL,
    "Hz": _DECIMAL,
    "W": (*_SMALL, *_DECIMAL),
    "Wh": (*_SMALL, *_DECIMAL),
    "J": (*_SMALL, *_DECIMAL),
}
"""The prefixes that a spelling takes; a spelling that is not here takes none."""

_WORK_AND_DATA = ("byte", "bit", "FLOP", "parameter", "param")
_TEXT = ("token", "tok", "sequence", "seq", "request", "req", "pair")
_MACHINE = ("layer", "head", "device", "GPU", "chip")
_TIME_AND_ENERGY = ("second", "sec", "minute", "hour", "day", "joule", "watt")

PLURALS = frozenset({*_WORK_AND_DATA, *_TEXT, *_MACHINE, *_TIME_AND_ENERGY})
"""The spellings that may end in s, a prefix before them or not. `FLOPs` are operations, `FLOPS` is a rate."""

LONG_PREFIXES = {
    "kilo": "k",
    "mega": "M",
    "giga": "G",
    "tera": "T",
    "peta": "P",
    "exa": "E",
    "milli": "m",
    "micro": "u",
    "nano": "n",
    "kibi": "Ki",
    "mebi": "Mi",
    "gibi": "Gi",
    "tebi": "Ti",
}
"""Prefixes in full, which are understood for hints and never read as units."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name in a unit's text: `spelling` as written, `scale` base units, known to pint as `pint_name`."""

    spelling: str
    pint_name: str
    dimension: Dimension
    scale: Fraction


def registry() -> UnitRegistry[float]:
    """The registry of every pint quantity that roofsheet gives out; built at the first call."""
    return _load()[0]


def spellings() -> frozenset[str]:
    """Every unit name that may be written, with its prefix and plural; declared counts are not among them."""
    return _load()[1]


@cache
def _load() -> tuple[UnitRegistry[float], frozenset[str]]:
    loaded = cast(UnitRegistry[float], UnitRegistry(str(DEFINITIONS), on_redefinition="raise"))
    loaded.formatter.default_format = "~"
    # Listed at once: pint adds each prefixed name to its list when the name is first used.
    return loaded, frozenset(name for plain in loaded for name in _variants(str(plain)))


def _variants(plain: str) -> list[str]:
    names = [prefix + plain for prefix in ("", *PREFIXES_OF.get(plain, ()))]
    return names + [name + "s" for name in names if plain in PLURALS]


@cache
def symbol(spelling: str) -> Symbol:
    """What pint says about one of `spellings()`."""
    name = registry().get_name(spelling)
    factor, _ = registry().get_root_units(name)
    powers = {base[1:-1]: Fraction(str(power)) for base, power in registry().get_dimensionality(name).items()}
    # The shortest decimal that gives the float is the one in definitions.txt: 1e-3 stays a thousandth.
    return Symbol(spelling, name, Dimension.of(**powers), Fraction(str(factor)))


@cache
def count_symbol(spelling: str, count: str) -> Symbol:
    """A declared counting unit, made known to pint; `spelling` is the count or its plural."""
    _define_count(count)
    return Symbol(spelling, count, Dimension.of(**{count: 1}), Fraction(1))


@cache
def _define_count(count: str) -> None:
    registry().define(f"{count} = [{count}]")
