"""What hypothesis draws: formulas of every shape, formulas whose dimensions agree, and workbooks made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import strategies as st

from roofsheet.graph.language.expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Measure,
    Name,
    Number,
    Unary,
)
from roofsheet.graph.language.functions import FUNCTIONS
from roofsheet.graph.language.printer import print_formula

from .building import Declared, DeclaredTable

Formulas = st.SearchStrategy[Expr]

# -- formulas of every shape, whether their dimensions agree or not ------------------------------------------

_COMPARISONS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_NAMES = st.sampled_from(["a", "b", "n_heads", "x1", "moe.qkv.d_in", "a100.tpot"])
_UNITS = st.sampled_from(["byte", "GB/s", "FLOP/pair/layer", "1/token/layer", "s**2", "token**(1/2)"])
_COLUMNS = st.builds(Cells, st.sampled_from(["operators", "moe.operators"]), st.sampled_from(["d_in", "decode.time"]))
_FLOATS = st.floats(min_value=0, allow_nan=False, allow_infinity=False)


def _larger(inner: Formulas) -> Formulas:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "+", "not"]), inner),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner, inner),
        st.builds(lambda base, power: Binary("**", base, power), inner, inner.filter(_is_exponent)),
        some.flatmap(_comparison),
        st.builds(Logic, st.sampled_from(["and", "or"]), some),
        st.builds(Choose, inner, inner, inner),
        st.builds(Lookup, _NAMES, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.sampled_from([name for name in FUNCTIONS if FUNCTIONS[name].reduces]).flatmap(
            lambda name: st.builds(Call, st.just(name), some | _COLUMNS.map(lambda cells: (cells,)))
        ),
        st.builds(lambda name, argument: Call(name, (argument,)), st.sampled_from(sorted(FUNCTIONS)), inner),
    )


def _is_exponent(expr: Expr) -> bool:
    number = expr.operand if isinstance(expr, Unary) else expr
    return not isinstance(number, Number) or number.value <= 64


def _comparison(operands: tuple[Expr, ...]) -> Formulas:
    operators = st.tuples(*[_COMPARISONS] * (len(operands) - 1))
    return operators.map(lambda chosen: Compare(chosen, operands))


_LEAVES = _FLOATS.map(Number) | st.builds(Measure, _FLOATS, _UNITS) | _NAMES.map(Name)
formulas: Formulas = st.recursive(_LEAVES, _larger, max_leaves=25)

# -- rational functions of three names -----------------------------------------------------------------------

_SMALL = st.sampled_from([0.5, 1.0, 2.0, 3.0]).map(Number)
_RATIONAL_LEAVES = st.sampled_from(["a", "b", "c"]).map(Name) | _SMALL


def _rational(inner: Formulas) -> Formulas:
    return st.builds(Binary, st.sampled_from("+-*/"), inner, inner) | st.builds(
        lambda base, power: Binary("**", base, Number(power)), inner, st.sampled_from([2.0, 3.0])
    )


rationals: Formulas = st.recursive(_RATIONAL_LEAVES, _rational, max_leaves=6)

# -- formulas whose dimensions agree, and workbooks of them --------------------------------------------------

WORDS = ("down", "up")
UNITS: Mapping[str, tuple[str, ...]] = {
    "": ("", "percent"),
    "byte": ("byte", "GB", "GiB"),
    "s": ("s", "ms", "h"),
    "byte/s": ("byte/s", "TB/s", "MB/ms"),
}
"""The units of the quantities in drawn workbooks, and others of the same dimension."""

_ANY = ("name", "name", "number", "+", "-", "scaled", "of two", "choose", "abs")
_FORMS: Mapping[str, tuple[str, ...]] = {
    "": (*_ANY, "function", "//", "%", "square", "per"),
    "byte": (*_ANY, "moved", "column"),
    "s": (*_ANY, "per"),
    "byte/s": (*_ANY, "per"),
}
_RATIOS: Mapping[str, tuple[str, str]] = {"": ("byte", "byte"), "s": ("byte", "byte/s"), "byte/s": ("byte", "s")}
Picked = TypeVar("Picked")


class Writer:
    """Draws formulas that read `known` names (by their unit, or `word`).

    Dimensions agree; a formula may divide by zero or take a root of a negative number.
    """

    def __init__(self, draw: st.DrawFn, known: Mapping[str, Sequence[str]]) -> None:
        self.draw, self.known = draw, known

    def pick(self, choices: Sequence[Picked]) -> Picked:
        return self.draw(st.sampled_from(choices))

    def number(self, unit: str, depth: int) -> Expr:
        """A formula in `unit`, at most `depth` operations deep."""
        form = self.pick(_FORMS[unit] if depth else ("name", "number"))
        match form:
            case "name" if self.known[unit]:
                return Name(self.pick(self.known[unit]))
            case "name" | "number":
                value = self.pick([0.0, 1.0, 2.0, 0.75])
                return Measure(value, unit) if unit else Number(value)
            case "column":
                return Call("sum", (Cells("parts", "size"),))
            case "choose":
                return Choose(self.truth(depth - 1), self.number(unit, depth - 1), self.number(unit, depth - 1))
            case "per" | "moved":
                return self.ratio(unit, depth - 1)
            case "+" | "-" | "of two" | "abs" | "scaled":
                return self.same(form, unit, depth - 1)
            case _:
                return self.plain(form, depth - 1)

    def same(self, form: str, unit: str, depth: int) -> Expr:
        one = self.number(unit, depth)
        match form:
            case "abs":
                return Call("abs", (one,))
            case "scaled":
                return Binary(self.pick("*/"), one, self.number("", depth))
            case "of two":
                return Call(self.pick(["min", "max", "sum"]), (one, self.number(unit, depth)))
            case _:
                return Binary(form, one, self.number(unit, depth))

    def ratio(self, unit: str, depth: int) -> Expr:
        if unit == "byte":
            return Binary("*", self.number("byte/s", depth), self.number("s", depth))
        above, below = _RATIOS[unit]
        return Binary("/", self.number(above, depth), self.number(below, depth))

    def plain(self, form: str, depth: int) -> Expr:
        one = self.number("", depth)
        match form:
            case "square":
                return Binary("**", one, Number(2.0))
            case "function":
                return Call(self.pick(["sqrt", "log", "floor", "ceil", "round", "exp"]), (one,))
            case _:
                return Binary(form, one, self.number("", depth))

    def truth(self, depth: int) -> Expr:
        """A comparison, or several joined."""
        match self.pick(["compare", "compare", "and", "or", "not", "word"] if depth else ["compare", "word"]):
            case "and" | "or" as operator:
                return Logic(operator, (self.truth(depth - 1), self.truth(depth - 1)))
            case "not":
                return Unary("not", self.truth(depth - 1))
            case "word" if self.known["word"]:
                return Compare(("==",), (Name(self.pick(self.known["word"])), Name(self.pick(WORDS))))
            case _:
                unit = self.pick(["", "byte", "s"])
                sides = self.number(unit, depth), self.number(unit, depth)
                return Compare((self.pick(["<", "<=", ">", ">=", "==", "!="]),), sides)


@dataclass(frozen=True, slots=True)
class Book:
    """What a drawn workbook declares; `inputs` and `formulas` by name, words and numbers."""

    quantities: Mapping[str, Declared]
    tables: Mapping[str, DeclaredTable]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that are numbers."""
        return tuple(name for name, each in self.quantities.items() if not each.formula and not each.choices)

    @property
    def formulas(self) -> tuple[str, ...]:
        return tuple(name for name, each in self.quantities.items() if each.formula)


VALUES = st.integers(0, 8).map(lambda half: f"{half / 2}")
_INPUTS = {"n": "", "k": "", "data": "byte", "cache": "byte", "delay": "s", "rate": "byte/s"}


@st.composite
def books(draw: st.DrawFn, most: int = 8) -> Book:
    """Six inputs, one of them perhaps without a value, a choice, a table, and formulas that read what is above them."""
    missing = draw(st.sampled_from(["", "", "cache"]))
    quantities = {
        name: Declared(unit, value="" if name == missing else f"{draw(VALUES)} {unit}")
        for name, unit in _INPUTS.items()
    }
    quantities["mode"] = Declared(choices=WORDS, value=draw(st.sampled_from(WORDS)))
    known: dict[str, list[str]] = {unit: [name for name, own in _INPUTS.items() if own == unit] for unit in UNITS}
    known["word"] = ["mode"]
    for number in range(draw(st.integers(1, most))):
        unit = draw(st.sampled_from([*UNITS, "word"]))
        writer = Writer(draw, known)
        if unit == "word":
            expr: Expr = Choose(writer.truth(1), Name(writer.pick(WORDS)), Name(writer.pick(WORDS)))
            declared = Declared(choices=WORDS, formula=print_formula(expr))
        else:
            declared = Declared(unit, formula=print_formula(writer.number(unit, 2)))
        quantities[f"f{number}"] = declared
        known[unit].append(f"f{number}")
    return Book(quantities, {"parts": _parts(draw)})


def _parts(draw: st.DrawFn) -> DeclaredTable:
    columns = {"count": Declared("", value="1"), "size": Declared("byte", formula="count * data")}
    rows = {f"row{number}": {"count": draw(VALUES)} for number in range(draw(st.integers(0, 3)))}
    return DeclaredTable(columns, rows)
