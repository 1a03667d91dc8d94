"""Formulas and checks held against what is declared: each disagreement becomes a located problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...problems import Cause, Problem, Text
from ...units import Dimension, UnitContext, rate_hint, unit_like
from ..assembly.definitions import Definition, Rule
from ..assembly.qualifiers import clashing
from ..assembly.qualifiers import said as of_said
from ..language.expressions import Binary, Cells, Choose, Expr, Lookup, Name, children, reads
from .dimensions import DIMENSIONLESS, Measured, Mismatch, Truth, Type, Words, fits, infer, said


def check_formula(
    definition: Definition, known: Mapping[str, Definition], context: UnitContext, problems: list[Problem]
) -> None:
    """Append a problem if the formula's type is not what its quantity declares."""
    assert definition.expr is not None
    assert definition.formula is not None
    try:
        found = infer(definition.expr, known, context)
        _agree(definition, found)
    except Mismatch as mismatch:
        text = definition.formula.text
        problems.append(_problem(mismatch, text, known, definition.name))
    except _Declared as wrong:
        problems.append(_declared_problem(definition, wrong.found, known))


def check_rule(rule: Rule, known: Mapping[str, Definition], context: UnitContext, problems: list[Problem]) -> None:
    """Append a problem if a check is not a comparison whose sides agree."""
    try:
        if not isinstance(infer(rule.expr, known, context), Truth):
            raise Mismatch("a check is a comparison, such as n_kv_heads <= n_heads", rule.expr)
    except Mismatch as mismatch:
        problems.append(_problem(mismatch, rule.formula.text, known, ""))


def agreement_of(definition: Definition, known: Mapping[str, Definition]) -> object:
    """What the check of a formula rests on: its shape, and the types of what it reads and of what is declared.

    Formulas that have it in common agree, or not, alike: a real model's thousand are a hundred.
    """
    shape, leaves = definition.shaped
    types = [_type_key(known[leaf]) if isinstance(leaf, str) else _leaf_key(leaf, known) for leaf in leaves]
    return shape, _type_key(definition), tuple(types)


def _leaf_key(leaf: Expr, known: Mapping[str, Definition]) -> object:
    match leaf:
        case Cells(_, _, names, unit):
            return _type_key(known[names[0]]) if names else unit
        case Lookup(_, _, cells, unit, words):
            kind = _type_key(known[cells[0][1]]) if cells else (unit, words)
            return tuple(key for key, _ in cells or ()), kind
        case _:
            raise TypeError(f"no names in {type(leaf).__name__}")


def _type_key(definition: Definition) -> object:
    """What its type is made of."""
    held = definition.choices or definition.unit.dimension
    return (held, definition.of) if definition.of else held


class _Declared(Exception):
    def __init__(self, found: Type) -> None:
        super().__init__()
        self.found = found


def _agree(definition: Definition, found: Type) -> None:
    if definition.choices:
        if isinstance(found, Words) and found.words <= set(definition.choices):
            return
        raise _Declared(found)
    if not isinstance(found, Measured) or not fits(found, definition.unit.dimension):
        raise _Declared(found)
    if definition.of and clashing(definition.of, found.of):
        raise _Declared(found)


def _problem(mismatch: Mismatch, text: Text, known: Mapping[str, Definition], quantity: str) -> Problem:
    causes = _causes(mismatch.expr, known) if mismatch.kind == "dimension" else ()
    causes = _carrying(mismatch.expr, known) if mismatch.kind == "qualifier" else causes
    said = f"{quantity}: {mismatch.message}" if quantity else mismatch.message
    mark = text.at(*mismatch.expr.span)
    return Problem(mismatch.kind, said, mark, because=causes, hint=mismatch.hint, quantity=quantity)


def _declared_problem(definition: Definition, found: Type, known: Mapping[str, Definition]) -> Problem:
    assert definition.expr is not None
    assert definition.formula is not None
    mark = definition.formula.text.mark
    if definition.choices or not isinstance(found, Measured):
        return _choice_problem(definition, found)
    if fits(found, definition.unit.dimension):
        return _qualifier_problem(definition, found, known)
    declared = definition.unit
    hint = _ratio_hint(definition, found.dimension, known)
    if found.plain:
        hint = f"a plain number has no unit: write it as in 2[{declared.text}]"
    return Problem(
        "dimension",
        f"{definition.name} is declared in {declared.text or 'plain numbers'}, "
        f"but its formula gives {said(found.dimension)}",
        mark,
        expected=str(declared.dimension),
        found=str(found.dimension),
        because=_causes(definition.expr, known),
        hint=hint,
        quantity=definition.name,
    )


def _qualifier_problem(definition: Definition, found: Measured, known: Mapping[str, Definition]) -> Problem:
    assert definition.expr is not None
    assert definition.formula is not None
    clash = clashing(definition.of, found.of)
    assert clash is not None
    declared, given = map(of_said, clash)
    return Problem(
        "qualifier",
        f"{definition.name} is of {declared}, but its formula gives {given}",
        definition.formula.text.mark,
        expected=declared,
        found=given,
        because=_carrying(definition.expr, known),
        quantity=definition.name,
    )


def _choice_problem(definition: Definition, found: Type) -> Problem:
    assert definition.formula is not None
    declared = (
        f"one of {', '.join(definition.choices)}"
        if definition.choices
        else f"in {definition.unit.text or 'plain numbers'}"
    )
    what = "a comparison" if isinstance(found, Truth) else "a number"
    if isinstance(found, Words):
        extra = sorted(found.words - set(definition.choices)) or sorted(found.words)
        what = f"the word {' or '.join(extra)}"
    message = f"{definition.name} is {declared}, but its formula gives {what}"
    kind = "choice" if definition.choices or isinstance(found, Words) else "dimension"
    return Problem(kind, message, definition.formula.text.mark, quantity=definition.name)


def _ratio_hint(definition: Definition, found: Dimension, known: Mapping[str, Definition]) -> str:
    """Name the quantities of the formula that make up the difference: the one safe hint there is."""
    excess = found / definition.unit.dimension
    for name in definition.reads:
        if known[name].choices or excess.is_dimensionless:
            continue
        own = known[name].unit.dimension
        if own == excess:
            return f"divide by something in {unit_like(excess)}; {name} is"
        if own == DIMENSIONLESS / excess:
            return f"multiply by something in {unit_like(own)}; {name} is"
    return rate_hint(definition.unit.dimension, found, definition.formula.text.text if definition.formula else "")


def _held(definition: Definition) -> str:
    return "|".join(definition.choices) or definition.unit.text or "1"


def _carrying(expr: Expr, known: Mapping[str, Definition]) -> tuple[Cause, ...]:
    """The quantities whose qualifiers the formula has, each with its own."""
    names = (name for name in dict.fromkeys(_carriers(expr)) if known[name].of)
    return tuple(Cause(name, of_said(known[name].of), known[name].mark) for name in list(names)[:8])


def _causes(expr: Expr, known: Mapping[str, Definition]) -> tuple[Cause, ...]:
    names = reads(expr)
    shown = names if len(names) <= 8 else names[:7]
    causes = [Cause(name, _held(known[name]), known[name].mark) for name in shown]
    if len(names) > len(shown):
        causes.append(Cause(f"and {len(names) - len(shown)} more", "", None))
    return tuple(causes)


def _carriers(expr: Expr) -> Iterator[str]:
    """The names whose qualifiers the value of a resolved formula may have: none in a product, a power or a key."""
    match expr:
        case Name(name):
            yield name
        case Cells(_, _, names):
            yield from (names or ())[:1]
        case Lookup(_, _, cells):
            yield from (name for _, name in (cells or ())[:1])
        case Binary("*" | "/" | "//" | "**"):
            return
        case Choose(_, then, other):
            yield from (*_carriers(then), *_carriers(other))
        case _:
            for child in children(expr):
                yield from _carriers(child)
