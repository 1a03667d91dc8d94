"""Dimensions: what a number measures, as powers of base dimensions.

The checker multiplies dimensions at every node, so the hash is kept and products are remembered. Equal
dimensions are one object wherever that can be had: a remembered product is then found without comparing
fractions, six times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

BASES = (
    "currency",
    "energy",
    "operation",
    "information",
    "time",
    "parameter",
    "token",
    "sequence",
    "layer",
    "head",
    "device",
)
"""The base dimensions, in the order in which people see them; declared counts follow `head`."""

COUNTED = frozenset({"token", "sequence", "layer", "head", "device"})
MEASURED = frozenset(BASES) - COUNTED

_ORDER = {base: place for place, base in enumerate(BASES)}
_DECLARED = _ORDER["head"] + 0.5


@dataclass(frozen=True, slots=True)
class Dimension:
    """A product of powers of base dimensions; make one with `Dimension.of`.

    Invariant: `powers` is in the order of `BASES`, each base once, no power zero, so that equal dimensions
    have equal `powers`. A base that is not in `BASES` is a count that a sheet declares.
    """

    powers: tuple[tuple[str, Fraction], ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.powers))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Callable[..., Dimension], tuple[object, ...]]:
        """Pickled without the hash, which differs from process to process."""
        return _only, (self.powers,)

    @staticmethod
    def of(**powers: int | Fraction) -> Dimension:
        """The dimension with these powers: `Dimension.of(operation=1, time=-1)`."""
        kept = [(base, Fraction(power)) for base, power in powers.items() if power]
        return _only(tuple(sorted(kept, key=lambda item: (_ORDER.get(item[0], _DECLARED), item[0]))))

    @property
    def is_dimensionless(self) -> bool:
        return not self.powers

    @property
    def counted(self) -> bool:
        """Plain numbers fit it: every base is token, sequence, layer, head, device or a declared count."""
        return all(base not in MEASURED for base, _ in self.powers)

    def power(self, base: str) -> Fraction:
        """The power of one base, 0 where it is absent."""
        return dict(self.powers).get(base, Fraction(0))

    def without(self, base: str) -> Dimension:
        """The same dimension with one base left out."""
        return _only(tuple(item for item in self.powers if item[0] != base))

    def __mul__(self, other: Dimension) -> Dimension:
        return _product(self, other)

    def __truediv__(self, other: Dimension) -> Dimension:
        return _quotient(self, other)

    def __pow__(self, exponent: int | Fraction) -> Dimension:
        return _power(self, exponent)

    def __str__(self) -> str:
        return spell((f"[{base}]", power) for base, power in self.powers) or "dimensionless"


@lru_cache(maxsize=65536)
def _only(powers: tuple[tuple[str, Fraction], ...]) -> Dimension:
    """The one dimension with these powers."""
    return Dimension(powers)


DIMENSIONLESS = _only(())


@lru_cache(maxsize=65536)
def _product(left: Dimension, right: Dimension) -> Dimension:
    powers = dict(left.powers)
    for base, power in right.powers:
        powers[base] = powers.get(base, 0) + power
    return Dimension.of(**powers)


@lru_cache(maxsize=65536)
def _quotient(left: Dimension, right: Dimension) -> Dimension:
    return _product(left, right**-1)


@lru_cache(maxsize=65536)
def _power(base: Dimension, exponent: int | Fraction) -> Dimension:
    return Dimension.of(**{name: power * exponent for name, power in base.powers})


def spell(parts: Iterable[tuple[str, Fraction]]) -> str:
    """Names with powers as one product: `a*b**2/c/d**(1/2)`, `1/c`, or nothing for no names.

    Unit text and dimensions are both written so; the grammar of units reads it back.
    """
    above: list[str] = []
    below: list[str] = []
    for name, power in parts:
        (above if power > 0 else below).append(_spell_power(name, abs(power)))
    if not below:
        return "*".join(above)
    return "/".join(["*".join(above) or "1", *below])


def _spell_power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}**{power}" if power.denominator == 1 else f"{name}**({power})"
