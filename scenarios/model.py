"""A model entry -> the scopes of its groups and towers, and whether its facts are all taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..graph.assembly.scopes import Facts, Layer, ScopeSpec
from ..graph.language.declarations import Entry, Given, Group, Sheet
from ..graph.language.names import in_scope
from ..problems import Problem, Text
from .sheet_use import SheetUse
from .stack import NO_COUNTS, stack_counts

COUNT = "n_layers"


def model_scopes(
    entry: Entry, root: tuple[Sheet, ...], use: SheetUse, problems: list[Problem]
) -> tuple[ScopeSpec, ...]:
    """One scope a group and tower of the model; `root`: the sheets used around it.

    Facts that no sheet of the entry takes are problems: the config is covered.
    """
    scopes = _scopes(entry.groups, entry.stack, "", entry, root, use, problems)
    for _, text in untaken_facts(entry, scopes, use, root):
        message = f"no sheet of {entry.name} takes {text.text.partition('[')[0]}: the fact would change nothing"
        hint = "leave it out, or add the sheet that takes it to use: of this entry"
        problems.append(Problem("coverage", message, text.mark, hint=hint))
    return scopes


def _scopes(
    groups: Iterable[Group],
    stack: Text | None,
    around: str,
    entry: Entry,
    outer: tuple[Sheet, ...],
    use: SheetUse,
    problems: list[Problem],
) -> tuple[ScopeSpec, ...]:
    groups = tuple(groups)
    layered = [group.name.text for group in groups if not group.tower]
    towers = [group.name.text for group in groups if group.tower]
    counts = stack_counts(stack, layered, towers, problems) if stack else NO_COUNTS
    if layered and not stack:
        problems.append(Problem("stack", f"{entry.name} has groups but no stack", entry.mark))
    found: list[ScopeSpec] = []
    for group in groups:
        name = in_scope(around, group.name.text)
        sheets = use.closure(group.use, entry.file, outer)
        inner = _scopes(group.groups, group.stack, name, entry, (*outer, *sheets), use, problems)
        found.append(ScopeSpec(name, sheets, _layers(group, counts, entry, stack), inner, group.tower))
    return tuple(found)


def _layers(group: Group, counts: Mapping[str, int], entry: Entry, stack: Text | None) -> tuple[Layer, ...]:
    layers = [Layer("model", entry.title or entry.name, group.facts, optional=True)]
    count = counts.get(group.name.text)
    if count is not None and stack is not None and COUNT not in group.facts:
        text = Text(str(count), stack.mark)
        given = Given(text, "derived", f"the stack of {entry.name}")
        layers.append(Layer("stack", entry.title or entry.name, {COUNT: (stack, given)}, optional=True))
    return tuple(layers)


def untaken_facts(
    entry: Entry, scopes: Iterable[ScopeSpec], use: SheetUse, root: tuple[Sheet, ...]
) -> Iterator[tuple[str, Text]]:
    """The facts that no sheet of the entry takes where they are given, or in a scope inside that can take them.

    Each with the scope it is given in, '' for the entry's own; `scopes`: those of the entry's groups and towers;
    `root`: the sheets used around it.
    """
    scopes = tuple(scopes)
    sheets = use.closure(entry.use, entry.file, ())
    yield from (("", text) for text in _untaken(entry.facts, sheets, scopes))
    for group, scope in zip(entry.groups, scopes, strict=True):
        yield from _untaken_in(group, scope, (*root, *sheets))


def _untaken_in(group: Group, scope: ScopeSpec, outer: tuple[Sheet, ...]) -> Iterator[tuple[str, Text]]:
    """Those of a group or tower; `outer`: the sheets around it, whose tables it may add rows to."""
    yield from ((scope.name, text) for text in _untaken(group.facts, scope.sheets, scope.inner, outer))
    for inner, inside in zip(group.groups, scope.inner, strict=True):
        yield from _untaken_in(inner, inside, (*outer, *scope.sheets))


def _untaken(
    facts: Facts, sheets: Iterable[Sheet], inner: Iterable[ScopeSpec], outer: tuple[Sheet, ...] = ()
) -> Iterator[Text]:
    every = [*sheets, *(sheet for scope in inner for sheet in _reached(scope))]
    added = {row.table.text for sheet in every for row in sheet.rows}
    every += [sheet for sheet in outer if added & set(sheet.tables)]
    taken = {text.text for sheet in every for text in sheet.takes}
    taken.update(name for sheet in every for name in sheet.quantities)
    yield from (text for name, (text, _) in facts.items() if name.partition("[")[0] not in taken)


def _reached(scope: ScopeSpec) -> Iterator[Sheet]:
    """The sheets in a scope and inside it that a fact of the scope around can reach: none in a tower."""
    if not scope.tower:
        yield from scope.sheets
        for inner in scope.inner:
            yield from _reached(inner)
