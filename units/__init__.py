"""Units: dimension algebra, unit text, amounts as text, and the edge to pint."""

from .dimension import BASES, DIMENSIONLESS, Dimension
from .errors import UnitError, rate_hint
from .quantity import Quantity, from_pint, to_pint
from .registry import registry
from .text import Amount, format_amount, format_number, parse_amount
from .unit import PLAIN, Unit, UnitContext, check_count, siblings, unit_like

__all__ = [
    "BASES",
    "DIMENSIONLESS",
    "PLAIN",
    "Amount",
    "Dimension",
    "Quantity",
    "Unit",
    "UnitContext",
    "UnitError",
    "check_count",
    "format_amount",
    "format_number",
    "from_pint",
    "parse_amount",
    "rate_hint",
    "registry",
    "siblings",
    "to_pint",
    "unit_like",
]
