"""Cases: scopes of a scenario in which a few inputs are set otherwise.

A case copies what depends on what it sets; everything else in it is the top level's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...problems import Problem
from ...units import UnitContext
from ..language.declarations import Case
from ..language.expressions import Cells, Expr, Lookup, Name, reads, transform
from ..language.names import did_you_mean
from .binding import Slot, bind_value
from .definitions import Definition, Rule, Value
from .qualifiers import Axes
from .scopes import Layer


def add_cases(
    cases: tuple[Case, ...],
    definitions: dict[str, Definition],
    rules: list[Rule],
    axes: Axes,
    context: UnitContext,
    problems: list[Problem],
) -> tuple[str, ...]:
    """Add each case's quantities and checks to `definitions` and `rules`; the names of the cases."""
    plain, plain_rules = dict(definitions), list(rules)
    for case in cases:
        name = case.name.text
        if any(other == name or other.startswith(f"{name}.") for other in plain):
            message = f"{name} is already a name here: a case needs one of its own"
            problems.append(Problem("duplicate", message, case.name.mark))
            continue
        values = _values(case, plain, axes, context, problems)
        copied = _cone(set(values), plain)
        names = {each: f"{name}.{each}" for each in plain if each in copied}
        for each, copy in names.items():
            definitions[copy] = _copy(plain[each], copy, name, values.get(each), names)
        rules += [_copied_rule(rule, name, names) for rule in plain_rules if copied & set(reads(rule.expr))]
    return tuple(case.name.text for case in cases)


def _values(
    case: Case, definitions: Mapping[str, Definition], axes: Axes, context: UnitContext, problems: list[Problem]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    layer = Layer(f"case {case.name.text}", case.name.mark.file, {})
    for name, (text, given) in case.set.items():
        definition = definitions.get(name)
        if definition is None:
            hint = did_you_mean(name, definitions, problems)
            problems.append(Problem("name", f"nothing here is called {name}", text.mark, hint=hint))
            continue
        slot = Slot(name, definition.unit, definition.choices, definition.of)
        value = bind_value(given, layer, slot, axes, context, problems)
        if value:
            found[name] = value
    return found


def _cone(roots: set[str], definitions: Mapping[str, Definition]) -> set[str]:
    """The roots and all that depends on them."""
    dependents: dict[str, list[str]] = {}
    for definition in definitions.values():
        for name in definition.reads:
            dependents.setdefault(name, []).append(definition.name)
    found, waiting = set(roots), list(roots)
    while waiting:
        for name in dependents.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _copy(definition: Definition, name: str, case: str, value: Value | None, names: Mapping[str, str]) -> Definition:
    scope = f"{case}.{definition.scope}" if definition.scope else case
    cell = replace(definition.cell, scope=scope) if definition.cell else None
    copy = replace(definition, name=name, scope=scope, cell=cell)
    if value is not None:
        hidden = (*definition.shadowed, *([definition.value] if definition.value else []))
        return replace(copy, expr=None, value=value, shadowed=hidden)
    return replace(copy, expr=renamed(definition.expr, names) if definition.expr else None)


def _copied_rule(rule: Rule, case: str, names: Mapping[str, str]) -> Rule:
    return replace(rule, expr=renamed(rule.expr, names), scope=f"{case}.{rule.scope}" if rule.scope else case)


def renamed(expr: Expr, names: Mapping[str, str]) -> Expr:
    """The formula with absolute names replaced."""

    def change(node: Expr) -> Expr:
        match node:
            case Name(name) if name in names:
                return replace(node, name=names[name])
            case Cells(_, _, cells) if cells:
                return replace(node, names=tuple(names.get(cell, cell) for cell in cells))
            case Lookup(_, _, cells) if cells:
                return replace(node, cells=tuple((key, names.get(cell, cell)) for key, cell in cells))
            case _:
                return node

    return transform(expr, change)
