import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.units import (
    PLAIN,
    Amount,
    UnitContext,
    UnitError,
    format_amount,
    format_number,
    parse_amount,
)

CONTEXT = UnitContext()


def amount_or_error(text: str) -> Amount | UnitError:
    try:
        return parse_amount(text, CONTEXT)
    except UnitError as error:
        return error


def refusal(text: str) -> UnitError:
    with pytest.raises(UnitError) as caught:
        parse_amount(text, CONTEXT)
    return caught.value


@pytest.mark.parametrize(
    ("text", "magnitude", "digits", "quantum", "unit"),
    [
        ("126.0 TFLOPS", 126, "126.0", 0.1, "TFLOPS"),
        ("126TFLOPS", 126, "126", 1, "TFLOPS"),
        ("70.39 FLOP/byte", 70.39, "70.39", 0.01, "FLOP/byte"),
        ("1,638,400 byte/token", 1638400, "1,638,400", 1, "byte/token"),
        ("1_638_400.50 byte", 1638400.5, "1_638_400.50", 0.01, "byte"),
        ("1e9 parameter", 1e9, "1e9", 1e9, "parameter"),
        ("1.5e3 s", 1500, "1.5e3", 100, "s"),
        ("2E-3 s", 2e-3, "2E-3", 1e-3, "s"),
        ("5EB", 5, "5", 1, "EB"),
        ("-5 ms", -5, "-5", 1, "ms"),
        ("+.5 ms", 0.5, "+.5", 0.1, "ms"),
        ("2 1/token/layer", 2, "2", 1, "1/token/layer"),
        ("  64   GB  ", 64, "64", 1, "GB"),
    ],
)
def test_an_amount_is_a_number_its_digits_and_a_unit(
    text: str, magnitude: float, digits: str, quantum: float, unit: str
):
    amount = parse_amount(text, CONTEXT)
    assert amount.magnitude == magnitude
    assert amount.digits == digits
    assert amount.quantum == pytest.approx(quantum)
    assert amount.unit == CONTEXT.unit(unit)
    assert text[amount.unit_start :].strip() == unit


def test_a_bare_number_has_no_unit():
    amount = parse_amount("64 ", CONTEXT)
    assert amount.unit is None
    assert amount.unit_start == 3


def test_a_bare_number_times_one_is_a_plain_number():
    assert parse_amount("64 1", CONTEXT).unit == PLAIN


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "GB", "two", "1.2.3", "NO", "٣"])
def test_what_is_not_a_number_is_refused(text: str):
    error = refusal(f"{text} GB")
    assert error.message == f"'{text}' is not a number"
    assert (error.start, error.end) == (0, len(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0x10", "unknown unit 'x10'"),
        ("1:30", "unexpected ':' in a unit"),
        ("1/2", "expected a unit's name, not '/'"),
    ],
)
def test_other_notations_are_refused_after_their_first_number(text: str, message: str):
    error = refusal(text)
    assert error.message == message
    assert error.start == 1


@pytest.mark.parametrize("text", ["1,63 GB", "12,3456", "1,000_000", "1638,400 byte", "1,,000"])
def test_thousands_come_in_groups_of_three(text: str):
    error = refusal(text)
    assert error.message == f"'{text.split()[0]}' is not a number"
    assert error.hint == "thousands are groups of three digits: 1,638,400"


@pytest.mark.parametrize("text", ["1e999", "-1e999 GB", "1e-999", "0e999", "0." + "1" * 280 + "e-100"])
def test_what_a_float_cannot_hold_is_refused(text: str):
    assert refusal(text).message.endswith("is out of range")


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_not_an_amount(text: str):
    assert refusal(text).message == "expected a number"


def test_an_amount_without_end_is_refused():
    assert refusal("1" * 10**6).message == f"'{'1' * 40}...' is not a number"


def test_an_unknown_unit_is_located_in_the_whole_text():
    error = refusal("32 k")
    assert (error.message, error.start, error.end) == ("unknown unit 'k'", 3, 4)
    error = refusal(" 1,792 GB/sek")
    assert (error.message, error.start, error.end) == ("unknown unit 'sek'", 10, 13)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (35.7541, "ms", "35.75 ms"),
        (260.0634, "ms", "260.06 ms"),
        (1638400, "byte/token", "1,638,400 byte/token"),
        (671026419200, "parameter", "671,026,419,200 parameter"),
        (64.0, "GB", "64 GB"),
        (64 * (1 + 1e-12), "GB", "64 GB"),
        (0.00052, "GB/token", "0.00052 GB/token"),
        (0.000524288, "GB/token", "0.0005243 GB/token"),
        (27.9688, "token/s", "27.97 token/s"),
        (4, "", "4"),
        (95.5, "percent", "95.5 percent"),
        (2, "1/token/layer", "2 1/token/layer"),
    ],
)
def test_an_amount_is_shown_with_a_sensible_number_of_digits(value: float, unit: str, text: str):
    assert format_amount(value, CONTEXT.unit(unit)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-35.7541, "-35.75"),
        (0.1 + 0.2, "0.3"),
        (1.23456, "1.235"),
        (1234.5678, "1,234.57"),
        (12345.678, "12,345.7"),
        (1234567.8, "1,234,568"),
        (126.0004, "126.00"),
        (9999.996, "10,000.00"),
        (999999999999999, "999,999,999,999,999"),
        (1e15, "1e15"),
        (32e9, "32e9"),
        (14.8e12, "14.8e12"),
        (-1e9, "-1e9"),
        (608e9, "608e9"),
        (671026419200, "671,026,419,200"),
        (1_010_000_000, "1.01e9"),
        (1_001_000_000, "1,001,000,000"),
        (999_000_000, "999,000,000"),
        (6.02214076e23, "6.0221e23"),
        (1e-5, "1e-5"),
        (5.24288e-5, "5.2429e-5"),
        (5e-324, "4.9407e-324"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_a_number_for_people(value: float, text: str):
    assert format_number(value) == text


numbers = st.floats(min_value=-1e300, max_value=1e300, allow_subnormal=False)


@given(numbers, st.sampled_from(["", "GB", "ms", "1/token/layer", "FLOP/(token*layer)"]))
def test_what_is_shown_reads_back_as_the_value_to_the_digits_shown(value: float, unit: str):
    amount = parse_amount(format_amount(value, CONTEXT.unit(unit)), CONTEXT)
    assert abs(amount.magnitude - value) <= 0.5 * amount.quantum * (1 + 1e-6) + 1e-9 * abs(value)
    assert (amount.unit or PLAIN) == CONTEXT.unit(unit)


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_whole_numbers_are_shown_in_full(value: int):
    text = format_number(float(value))
    assert parse_amount(text, CONTEXT).magnitude == value
    assert text == f"{value:,}" or (abs(value) >= 1e9 and value % 10**7 == 0)


@given(numbers)
def test_at_least_four_digits_agree(value: float):
    assert parse_amount(format_number(value), CONTEXT).magnitude == pytest.approx(value, rel=5.1e-4)


@given(st.text(alphabet="0123456789.,_eE+- GBms", max_size=30))
def test_any_text_is_an_amount_or_a_unit_error_inside_the_text(text: str):
    found = amount_or_error(text)
    if isinstance(found, Amount):
        assert math.isfinite(found.magnitude)
        assert 0 < found.quantum < math.inf
    else:
        assert 0 <= found.start <= found.end <= len(text)
