import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.units import BASES, DIMENSIONLESS, Dimension

BYTE = Dimension.of(information=1)
SECOND = Dimension.of(time=1)

powers = st.fractions(min_value=-3, max_value=3, max_denominator=4)
dimensions = st.dictionaries(st.sampled_from([*BASES, "cycle", "node"]), powers, max_size=5).map(
    lambda chosen: Dimension.of(**chosen)
)


@pytest.mark.parametrize(
    ("dimension", "text"),
    [
        (DIMENSIONLESS, "dimensionless"),
        (BYTE / SECOND, "[information]/[time]"),
        (Dimension.of(head=-1), "1/[head]"),
        (Dimension.of(token=2, sequence=-1), "[token]**2/[sequence]"),
        (Dimension.of(operation=1, token=-1, layer=-1), "[operation]/[token]/[layer]"),
        (Dimension.of(layer=1, information=1), "[information]*[layer]"),
        (Dimension.of(time=Fraction(-1, 2)), "1/[time]**(1/2)"),
    ],
)
def test_a_dimension_reads_as_a_product_of_base_dimensions(dimension: Dimension, text: str):
    assert str(dimension) == text


def test_the_order_in_which_a_dimension_is_made_does_not_matter():
    one_way = Dimension.of(operation=1, time=-1)
    other_way = Dimension.of(time=-1, operation=1)
    assert one_way == other_way
    assert hash(one_way) == hash(other_way)


@pytest.mark.parametrize("base", ["token", "sequence", "layer", "head", "device", "cycle"])
def test_counts_are_counted_in_any_power(base: str):
    assert Dimension.of(**{base: 1}).counted
    assert Dimension.of(**{base: -2}).counted


@pytest.mark.parametrize("base", ["information", "operation", "parameter", "time", "energy", "currency"])
def test_what_is_measured_is_not_counted_even_beside_a_count(base: str):
    assert not Dimension.of(**{base: 1}).counted
    assert not Dimension.of(**{base: -1, "token": 1}).counted


def test_plain_numbers_are_counted_and_dimensionless():
    assert DIMENSIONLESS.counted
    assert DIMENSIONLESS.is_dimensionless
    assert not BYTE.is_dimensionless


def test_leaving_a_base_out_leaves_the_others():
    assert Dimension.of(information=1, time=-1, device=-1).without("device") == BYTE / SECOND
    assert BYTE.without("device") == BYTE


def test_a_count_may_have_any_name():
    assert str(Dimension.of(cls=1)) == "[cls]"


@given(dimensions, dimensions, dimensions)
def test_multiplying_is_commutative_and_associative(a: Dimension, b: Dimension, c: Dimension):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)


@given(dimensions, dimensions)
def test_dividing_undoes_multiplying(a: Dimension, b: Dimension):
    assert a * b / b == a
    assert a / a == DIMENSIONLESS


@given(dimensions, powers, powers)
def test_powers_multiply(a: Dimension, p: Fraction, q: Fraction):
    assert (a**p) ** q == a ** (p * q)
    assert a**p * a**q == a ** (p + q)


@given(dimensions, dimensions)
def test_powers_of_a_base_add_up(a: Dimension, b: Dimension):
    assert all((a * b).power(base) == a.power(base) + b.power(base) for base in [*BASES, "cycle", "node"])


@given(dimensions, dimensions)
def test_equal_dimensions_are_one_object(a: Dimension, b: Dimension):
    assert a * b / b is a


@given(dimensions)
def test_a_dimension_survives_pickling(a: Dimension):
    copy = pickle.loads(pickle.dumps(a))
    assert copy == a
    assert hash(copy) == hash(a)
