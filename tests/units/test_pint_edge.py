"""pint is the oracle: our scales and dimensions against its own arithmetic."""

import subprocess
import sys
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.units import Dimension, UnitContext, from_pint, registry, to_pint
from roofsheet.units.dimension import spell
from roofsheet.units.registry import PLURALS, PREFIXES_OF, spellings

PINT = registry()
CONTEXT = UnitContext()
NAMES = sorted(spellings())


@pytest.mark.parametrize("name", NAMES)
def test_every_unit_name_agrees_with_pint(name: str):
    unit = CONTEXT.unit(name)
    value, dimension = from_pint(PINT.Quantity(1.0, name))
    assert unit.scale == pytest.approx(value, rel=1e-15)
    assert unit.dimension == dimension


def test_prefixes_and_plurals_are_those_of_defined_units():
    assert {*PREFIXES_OF, *PLURALS} <= spellings()


def test_a_declared_count_agrees_with_pint():
    unit = UnitContext(counts=frozenset({"tile"})).unit("tiles")
    assert from_pint(PINT.Quantity(3.0, "tile")) == (3.0, unit.dimension)


composites = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([-3, -2, -1, 1, 2, 3])), min_size=1, max_size=4)


@given(composites, st.floats(min_value=1e-6, max_value=1e6))
def test_a_product_of_units_converts_as_in_pint(parts: list[tuple[str, int]], value: float):
    unit = CONTEXT.unit(spell((name, Fraction(power)) for name, power in parts))
    theirs = PINT.Quantity(value)
    for name, power in parts:
        theirs *= PINT.Unit(name) ** power
    in_base, dimension = from_pint(theirs)
    assert unit.to_base(value) == pytest.approx(in_base, rel=1e-12)
    assert unit.dimension == dimension


@given(composites, st.floats(min_value=1e-6, max_value=1e6))
def test_a_quantity_goes_to_pint_and_back(parts: list[tuple[str, int]], value: float):
    unit = CONTEXT.unit(spell((name, Fraction(power)) for name, power in parts))
    in_base, dimension = from_pint(to_pint(value, unit))
    assert unit.from_base(in_base) == pytest.approx(value, rel=1e-12)
    assert dimension == unit.dimension


def test_a_quantity_is_in_the_declared_unit():
    quantity = to_pint(35.75, CONTEXT.unit("ms"))
    assert quantity.magnitude == 35.75
    assert str(quantity) == "35.75 ms"
    assert quantity.to("s").magnitude == pytest.approx(0.03575)


def test_rational_powers_survive_pint():
    unit = CONTEXT.unit("byte**(2/3)/s**(1/2)")
    assert from_pint(to_pint(8.0, unit)) == (8.0, unit.dimension)
    assert unit.dimension == Dimension.of(information=Fraction(2, 3), time=Fraction(-1, 2))


def test_a_unit_that_cancels_is_a_plain_number_for_pint():
    assert to_pint(2.0, CONTEXT.unit("token/token")).unitless


def test_pint_over_arrays_converts_as_units_do():
    column = PINT.Quantity(np.array([1.0, 2.5]), "GB/s")
    assert column.to("byte/ms").magnitude == pytest.approx([1e6, 2.5e6])


def test_a_byte_is_no_plain_number():
    with pytest.raises(pint.DimensionalityError):
        _ = PINT.Quantity(1.0, "byte") + 1


def test_a_quantity_of_another_registry_is_refused():
    another = pint.UnitRegistry(cast(Any, ["second = [time]"]))
    with pytest.raises(TypeError, match="of another pint registry"):
        from_pint(another.Quantity(1.0, "second"))


@pytest.mark.parametrize("value", [1.0, "1 GB", None])
def test_what_is_no_quantity_is_refused(value: object):
    with pytest.raises(TypeError, match="expected a pint quantity, not "):
        from_pint(value)


def test_an_array_is_no_single_quantity():
    with pytest.raises(TypeError):
        from_pint(PINT.Quantity(np.array([1.0, 2.0]), "GB"))


def test_importing_units_builds_no_registry():
    program = (
        "from pint.registry import UnitRegistry\n"
        "UnitRegistry.__init__ = None\n"
        "from roofsheet.units import UnitContext, registry\n"
        "UnitContext(one_device=True)\n"
        "try: registry()\n"
        "except TypeError: print('only now')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "only now\n"
