"""Which of an entry's keyed facts a set value is, and which its choices would pick.

126 TFLOPS set where `compute_rate[compute_dtype, accumulator, dense]` would stand: it equals
[fp32, fp32, dense], while the workbook's bf16 picks [bf16, fp32, dense].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...problems import NoValue
from ...units import UnitError, format_amount, parse_amount
from ..assembly.definitions import CatalogueFact, Definition, Value
from ..engine.workbook import Workbook
from ..explain.reach import case_of
from ..language.expressions import Expr, Lookup, Measure, Name, children, transform
from ..language.names import in_scope, keyed
from .hidden import hidden_value
from .printed import Figure, Mode


@dataclass(frozen=True, slots=True)
class Rate:
    """One value of a keyed fact, as a set quantity's formula would give it.

    `key`: its words, `meanings`: what the glossary says of each. `text`: the fact in its own unit. `value`: what
    the quantity would be by it. `equal`: the quantity's value is that, to the digits it is written with.
    """

    name: str
    key: tuple[str, ...]
    meanings: tuple[str, ...]
    text: str
    equal: bool
    value: Value
    fact: CatalogueFact

    def __str__(self) -> str:
        return keyed(self.name, self.key)


def rates_of(workbook: Workbook, definition: Definition, facts: Iterable[CatalogueFact]) -> tuple[Rate, ...]:
    """What a set quantity's own formula would give by each fact that it looks up; () if it looks up none."""
    lookup, case = _lookup(definition), case_of(workbook, definition)
    if lookup is None:
        return ()
    keyed_facts = (fact for fact in facts if fact.key and fact.name == lookup.name and fact.case == case)
    found = (_rate(workbook, definition, fact) for fact in keyed_facts)
    return tuple(rate for rate in found if rate is not None)


def chosen_rate(workbook: Workbook, definition: Definition, rates: Sequence[Rate]) -> Rate | None:
    """The rate that the formula's keys pick by the workbook's present choices.

    None where a choice is not known, or no fact has that key.
    """
    lookup = _lookup(definition)
    if lookup is None or not rates:
        return None
    axes = _axes(workbook, lookup.name)
    key = [_word(workbook, definition, axis, part) for axis, part in zip(axes, lookup.keys, strict=False)]
    return next((rate for rate in rates if list(rate.key) == key), None)


def _lookup(definition: Definition) -> Lookup | None:
    """The keyed input that the quantity's formula reads, as written; None also where it reads several.

    What a key itself is looked up in does not count.
    """
    found = set(_outermost(definition.formula.expr)) if definition.formula else set[Lookup]()
    return found.pop() if len(found) == 1 else None


def _outermost(expr: Expr) -> Iterator[Lookup]:
    if isinstance(expr, Lookup):
        yield expr
        return
    for child in children(expr):
        yield from _outermost(child)


def _rate(workbook: Workbook, definition: Definition, fact: CatalogueFact) -> Rate | None:
    number = hidden_value(workbook, definition, _with_fact(definition, fact))
    if not isinstance(number, float) or definition.value is None or fact.value.number is None:
        return None
    vocabularies = workbook.checked.resolver.sites.lexicon.choices
    axes = zip(_axes(workbook, fact.name), fact.key, strict=False)
    return Rate(
        name=fact.name,
        key=fact.key,
        meanings=tuple(vocabularies.get(axis, {}).get(word, word) for axis, word in axes),
        text=format_amount(fact.unit.from_base(fact.value.number), fact.unit),
        equal=stands_for(workbook, definition, number),
        value=replace(fact.value, number=number),
        fact=fact,
    )


def _with_fact(definition: Definition, fact: CatalogueFact) -> Expr | None:
    """The quantity's formula with the fact's value where it would be looked up."""
    assert fact.value.number is not None
    measure = Measure(fact.unit.from_base(fact.value.number), fact.unit.text)
    if definition.formula is None:
        return None
    return transform(definition.formula.expr, lambda node: measure if isinstance(node, Lookup) else node)


def stands_for(workbook: Workbook, definition: Definition, number: float, mode: Mode = "round") -> bool:
    """Whether the value in force, as written, is `number` to its last digit."""
    if definition.value is None:
        return False
    try:
        amount = parse_amount(definition.value.text, workbook.checked.context)
    except UnitError:
        return False
    unit = amount.unit or definition.unit
    return Figure(amount.magnitude, amount.quantum, unit).stands_for(number, mode)


def _axes(workbook: Workbook, name: str) -> tuple[str, ...]:
    quantity = workbook.checked.resolver.sites.lexicon.quantities.get(name)
    return tuple(axis.text for axis in quantity.by) if quantity else ()


def _word(workbook: Workbook, definition: Definition, axis: str, key: Expr) -> str | None:
    """The word that a key is: written in the formula, or held by a choice of the workbook or a keyed input of them."""
    sites = workbook.checked.resolver.sites
    match key:
        case Name(name) if name in sites.lexicon.choices.get(axis, {}):
            return name
        case Name(name):
            return _held(workbook, definition, name)
        case Lookup(name, keys):
            axes = zip(_axes(workbook, name), keys, strict=False)
            words = [_word(workbook, definition, inner, part) for inner, part in axes]
            return _held(workbook, definition, keyed(name, (word or "?" for word in words)))
        case _:
            return None


def _held(workbook: Workbook, definition: Definition, name: str) -> str | None:
    case = case_of(workbook, definition)
    scope = definition.scope.removeprefix(case).removeprefix(".")
    found = workbook.checked.resolver.sites.names.resolve(scope, name)
    absolute = workbook.checked.reference(in_scope(case, found)) if found else None
    if absolute is None or not workbook.definition(absolute).choices:
        return None
    try:
        return workbook.word(absolute)
    except NoValue:
        return None
