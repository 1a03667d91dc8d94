"""A formula with numbers in the place of names, along the branches that its values take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...problems import NoValue
from ...units import format_number
from ..engine.workbook import Workbook
from ..language.expressions import Binary, Cells, Choose, Expr, Lookup, Measure, Name, Number, children, transform
from ..language.printer import print_formula


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with numbers in it, and whether it holds."""

    text: str
    holds: bool


def with_numbers(expr: Expr, workbook: Workbook, branches: bool = False) -> str:
    """A resolved formula as it is computed: `64 GB / 1,790 GB/s`.

    Of a conditional the branch taken alone, or, with `branches`, all of it.
    """

    def leaf(node: Expr) -> str | None:
        match node:
            case Name(name):
                return _grouped(_short(workbook.text(name)), "-")
            case Measure(value, unit):
                return _short(f"{format_number(value)} {unit}")
            case Binary("**", Name(name), exponent):
                power = print_formula(exponent, leaf)
                raised = power if isinstance(exponent, Number) else _grouped(power, "-+*/ ")
                return f"{_grouped(_short(workbook.text(name)), '-/ ')}**{raised}"
            case Lookup(_, keys, cells):
                picked = dict(cells or ()).get(workbook.key_of(keys))
                return workbook.text(picked) if picked else "no value"
            case Cells(names=names) if names is not None:
                return f"{len(names)} row{'s' if len(names) != 1 else ''}"
            case _:
                return None

    return print_formula(expr if branches else taken(expr, workbook), leaf)


def _short(amount: str) -> str:
    return amount.replace(" 1/", "/")  # 128/head, where the unit is 1/head


def _grouped(text: str, signs: str) -> str:
    return f"({text})" if any(sign in text for sign in signs) else text


def taken(expr: Expr, workbook: Workbook) -> Expr:
    """The formula with only the branches that its conditionals take."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Choose):
            return node
        holds = _truth(node.test, workbook)
        return node if holds is None else node.then if holds else node.other

    return transform(expr, change)


def conditions(expr: Expr, workbook: Workbook) -> Iterator[Condition]:
    """What chose the branches taken, the outermost first."""
    if not isinstance(expr, Choose):
        for child in children(expr):
            yield from conditions(child, workbook)
        return
    holds = _truth(expr.test, workbook)
    if holds is not None:
        yield Condition(with_numbers(expr.test, workbook), holds)
        yield from conditions(expr.then if holds else expr.other, workbook)


def _truth(test: Expr, workbook: Workbook) -> bool | None:
    try:
        return bool(workbook.evaluate(test))
    except NoValue:
        return None
