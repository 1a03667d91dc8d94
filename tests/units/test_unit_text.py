from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roofsheet.units import (
    DIMENSIONLESS,
    PLAIN,
    Dimension,
    Unit,
    UnitContext,
    UnitError,
    check_count,
    rate_hint,
    siblings,
    unit_like,
)

CONTEXT = UnitContext()
ONE_DEVICE = UnitContext(one_device=True)
CYCLES = UnitContext(counts=frozenset({"cycle"}))

FLOP = Dimension.of(operation=1)
RATE = Dimension.of(operation=1, time=-1)


def refusal(text: str, context: UnitContext = CONTEXT) -> UnitError:
    with pytest.raises(UnitError) as caught:
        context.unit(text)
    return caught.value


def unit_or_error(text: str) -> Unit | UnitError:
    try:
        return CONTEXT.unit(text)
    except UnitError as error:
        return error


@pytest.mark.parametrize(
    ("text", "scale", "dimension"),
    [
        ("byte", 1, "[information]"),
        ("bit", 0.125, "[information]"),
        ("GB", 1e9, "[information]"),
        ("GiB", 2**30, "[information]"),
        ("KB", 1e3, "[information]"),
        ("kB", 1e3, "[information]"),
        ("Gbit/s", 1.25e8, "[information]/[time]"),
        ("ms", 1e-3, "[time]"),
        ("GB/ms", 1e12, "[information]/[time]"),
        ("TFLOPS/device", 1e12, "[operation]/[time]/[device]"),
        ("TOPS", 1e12, "[operation]/[time]"),
        ("TFLOPs", 1e12, "[operation]"),
        ("pair", 1, "[token]**2/[sequence]"),
        ("1/token/layer", 1, "1/[token]/[layer]"),
        ("FLOP/(token*layer)", 1, "[operation]/[token]/[layer]"),
        ("1/(s/token)", 1, "[token]/[time]"),
        ("tok/s/req", 1, "[token]/[time]/[sequence]"),
        ("USD/Mtok", 1e-6, "[currency]/[token]"),
        ("USD/GPU/h", 1 / 3600, "[currency]/[time]/[device]"),
        ("kWh", 3.6e6, "[energy]"),
        ("W", 1, "[energy]/[time]"),
        ("kHz", 1e3, "1/[time]"),
        ("percent", 0.01, "dimensionless"),
        ("ms**2", 1e-6, "[time]**2"),
        ("s**-1", 1, "1/[time]"),
        ("kB**(2/3)", 100, "[information]**(2/3)"),
        ("(GB/s)**(-1/2)", 1e9**-0.5, "[time]**(1/2)/[information]**(1/2)"),
    ],
)
def test_a_unit_has_a_scale_and_a_dimension(text: str, scale: float, dimension: str):
    unit = CONTEXT.unit(text)
    assert unit.scale == pytest.approx(scale, rel=1e-15)
    assert str(unit.dimension) == dimension


def test_decimal_scales_are_exact():
    assert CONTEXT.unit("GB/ms").scale == 1e12
    assert CONTEXT.unit("ms*us").scale == 1e-9


@pytest.mark.parametrize("text", ["GB/s", "1/token/layer", "tokens / s", "FLOP/(token*layer)", "percent"])
def test_a_unit_is_shown_as_it_was_written(text: str):
    assert CONTEXT.unit(f" {text} ").text == text


@pytest.mark.parametrize("text", ["", " ", "1", " 1 "])
def test_no_unit_and_one_are_the_plain_numbers_unit(text: str):
    assert CONTEXT.unit(text) == PLAIN


def test_a_value_goes_to_base_units_and_back():
    assert CONTEXT.unit("ms").to_base(35.75) == pytest.approx(0.03575)
    assert CONTEXT.unit("GB").from_base(64e9) == 64


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("TB/s/device", "TB/s"),
        ("TB/s", "TB/s"),
        ("1/device", ""),
        ("device", ""),
        ("GPUs", ""),
        ("1/chip/token", "1/token"),
        ("GB/(s*device)", "GB/s"),
        ("1/(device*s)*GB**(1/2)", "GB**(1/2)/s"),
    ],
)
def test_with_one_device_no_unit_has_a_device(written: str, shown: str):
    unit = ONE_DEVICE.unit(written)
    assert unit == ONE_DEVICE.unit(shown)
    assert unit.text == shown


def test_a_declared_count_is_a_dimension_of_its_own():
    unit = CYCLES.unit("cycles/token")
    assert unit.dimension == Dimension.of(cycle=1, token=-1)
    assert unit.dimension.counted
    assert unit.scale == 1


def test_a_count_is_known_only_where_it_is_declared():
    assert CYCLES.unit("cycle").text == "cycle"
    assert refusal("cycle").message == "unknown unit 'cycle'"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("token", "'token' is a unit already"),
        ("GB", "'GB' is a unit already"),
        ("gigabyte", "'gigabyte' is a unit already"),
        ("time", "'time' is a base dimension already"),
        ("", "'' is no name for a counting unit"),
        ("2nd", "'2nd' is no name for a counting unit"),
        ("a = [time]", "'a = [time]' is no name for a counting unit"),
        ("x" * 41, f"'{'x' * 40}' is no name for a counting unit"),
    ],
)
def test_a_count_must_be_a_new_name(name: str, message: str):
    with pytest.raises(UnitError, match="^" + message.replace("[", r"\[") + "$"):
        check_count(name)
    with pytest.raises(UnitError):
        UnitContext(counts=frozenset({name}))


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("GBs", "GBs", "did you mean GB?"),
        ("gb", "gb", "did you mean GB?"),
        ("GB/S", "S", "did you mean s?"),
        ("tflops", "tflops", "did you mean TFLOPS or TFLOPs?"),
        ("FLOP/tokn", "tokn", "did you mean token or tok?"),
        ("kilominutes", "kilominutes", "minutes takes no prefix kilo"),
        ("kmin", "kmin", "min takes no prefix k"),
        ("Kbit", "Kbit", "bit takes no prefix K"),
        ("KFLOP", "KFLOP", "FLOP takes no prefix K"),
        ("GiFLOP", "GiFLOP", "FLOP takes no prefix Gi"),
        ("gigabytes/s", "gigabytes", "write GB"),
        ("milliseconds", "milliseconds", "write ms"),
        ("k", "k", "k is a prefix; a unit follows it at once, as in kB"),
        ("zebra", "zebra", ""),
    ],
)
def test_an_unknown_unit_gets_the_nearest_name_where_there_is_one(text: str, name: str, hint: str):
    error = refusal(text)
    assert str(error) == error.message == f"unknown unit '{name}'"
    assert text[error.start : error.end] == name
    assert error.hint == hint


def test_an_unknown_unit_may_be_near_a_declared_count():
    assert refusal("cylce", CYCLES).hint == "did you mean cycle?"


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("GB/", (3, 3), "expected a unit's name, not the end"),
        ("/s", (0, 1), "expected a unit's name, not '/'"),
        ("GB//s", (3, 4), "expected a unit's name, not '/'"),
        ("GB s", (3, 4), "expected * or / or the end, not 's'"),
        ("s)", (1, 2), "expected * or / or the end, not ')'"),
        ("(s", (2, 2), "expected ')', not the end"),
        ("s**2**2", (4, 6), "expected * or / or the end, not '**'"),
        ("s**(1/2", (7, 7), "expected ')', not the end"),
        ("s**x", (3, 4), "expected a whole number as a power, not 'x'"),
        ("s**99", (3, 5), "powers go from 1 to 12, not '99'"),
        ("s**(1/0)", (6, 7), "powers go from 1 to 12, not '0'"),
        ("GB*(s**12)**2", (3, 13), "powers go from 1 to 12"),
        ("8 bit", (0, 1), "expected a unit's name, not '8'"),
        ("EB**9*EB**9*EB**9", (0, 17), "the unit's scale is out of range"),
        ("EB**12*EB**12/bit**12", (0, 21), "the unit's scale is out of range"),
        ("s^2", (1, 2), "unexpected '^' in a unit"),
        ("GB /  µs", (6, 7), "unexpected 'µ' in a unit"),
        ("GB\n/s", (2, 3), "unexpected '\\n' in a unit"),
        ("GB(s)", (2, 3), "expected * or / or the end, not '('"),
    ],
)
def test_what_is_no_unit_is_refused_where_it_goes_wrong(text: str, at: tuple[int, int], message: str):
    error = refusal(text)
    assert error.message == message
    assert (error.start, error.end) == at


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("s^2", "powers are written **"),
        ("%", "write percent"),
        ("µs", "write u for micro"),
        ("8 bit", "numbers stand before a unit or as powers"),
    ],
)
def test_habits_from_elsewhere_get_a_hint(text: str, hint: str):
    assert refusal(text).hint == hint


@pytest.mark.parametrize("text", ["(" * 200, "((((((((((s))))))))))", "q" * 10**6, "9" * 200, "s*" * 10**5])
def test_hostile_text_is_refused_like_any_other(text: str):
    assert len(refusal(text).message) < 100


@given(st.text(alphabet="GBskTFLOPStokenµ1239*/()+-. _%^", max_size=40))
def test_any_text_is_a_unit_or_a_unit_error_inside_the_text(text: str):
    found = unit_or_error(text)
    if isinstance(found, Unit):
        assert found == CONTEXT.unit(found.text)
    else:
        assert 0 <= found.start <= found.end <= len(text)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("GB", ["GiB"]),
        ("MiB", ["MB"]),
        ("kB", ["KiB"]),
        ("KB", ["KiB"]),
        ("KiB", ["KB"]),
        ("TB/s/device", ["TiB/s/device"]),
        ("FLOP/(GB*layer)", ["FLOP/(GiB*layer)"]),
        ("GB/GiB", ["GiB/GiB", "GB/GB"]),
        ("GFLOP/byte", []),
        ("", []),
    ],
)
def test_a_siblings_prefix_is_binary_for_decimal_and_back(text: str, others: list[str]):
    assert siblings(CONTEXT.unit(text)) == tuple(CONTEXT.unit(other) for other in others)


def test_siblings_keep_declared_counts_and_drop_devices():
    assert [unit.text for unit in siblings(CYCLES.unit("cycle/MB"))] == ["cycle/MiB"]
    assert [unit.text for unit in siblings(ONE_DEVICE.unit("1/GB/device*token"))] == ["token/GiB"]


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("GB/ms", "byte/s"),
        ("TFLOP/Mtoken/layer", "FLOP/token/layer"),
        ("FLOP*sequence/token**2/layer", "FLOP/layer/pair"),
        ("token**2/sequence", "pair"),
        ("token**2", "token**2"),
        ("1/head", "1/head"),
        ("kWh", "J"),
        ("percent", ""),
    ],
)
def test_a_dimension_is_spelled_in_base_units(unit: str, text: str):
    assert unit_like(CONTEXT.unit(unit).dimension) == text


bases = st.sampled_from(
    ["byte", "FLOP", "token", "sequence", "parameter", "layer", "head", "device", "s", "J", "USD", "cycle"]
)
powers = st.fractions(min_value=-3, max_value=3, max_denominator=3)


@given(st.dictionaries(bases, powers, max_size=5))
def test_a_base_unit_spelled_for_a_dimension_has_that_dimension(parts: dict[str, Fraction]):
    dimension = DIMENSIONLESS
    for name, power in parts.items():
        dimension *= CYCLES.unit(name).dimension ** power
    unit = CYCLES.unit(unit_like(dimension))
    assert unit.dimension == dimension
    assert unit.scale == 1


@pytest.mark.parametrize("text", ["126 TFLOPs", "126TFLOPs", "TFLOP"])
def test_operations_given_for_a_rate_get_a_hint(text: str):
    written = text.lstrip("126 ")
    assert rate_hint(RATE, FLOP, text) == f"{written} counts operations; the rate is TFLOPS"


def test_the_hint_for_a_rate_holds_per_device_too():
    per_device = Dimension.of(device=-1)
    assert rate_hint(RATE * per_device, FLOP, "TFLOPs")
    assert rate_hint(RATE * per_device, FLOP * per_device, "TFLOPs/device")


def test_there_is_no_hint_for_other_confusions():
    assert rate_hint(FLOP, RATE, "TFLOPS") == ""
    assert rate_hint(RATE, Dimension.of(information=1), "GB") == ""
    assert rate_hint(RATE, FLOP, "TFLOPS*s") == ""
