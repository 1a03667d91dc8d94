"""The DAG of quantities: networkx for people, checked before anything is evaluated.

`Dag` is unchecked: it may carry problems, and can be drawn but not evaluated. `CheckedDag` is proof that names
resolve, no cycle exists and every formula has its declared dimension: evaluation takes nothing else.

networkx takes longer to import than a scenario to load, so it is imported where a graph is walked: to follow, audit
and draw, and to tell a cycle's path. The order to evaluate in needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...problems import Cause, InvalidInput, Mark, Problem, errors, ordered
from ...units import UnitContext
from ..assembly.assemble import Assembly, Definitions, assemble
from ..assembly.definitions import Definition, Rule
from ..assembly.resolver import Resolver
from ..language.declarations import Formula, Table
from ..language.expressions import Expr, reads
from ..language.garbage import uncollected
from .checking import agreement_of, check_formula, check_rule

if TYPE_CHECKING:
    import networkx as nx

LONGEST_CYCLE = 12  # quantities of one that are named


@dataclass(frozen=True)
class Dag:
    """Quantities by absolute name, what each reads, and what is wrong with them.

    `order`: every quantity after all that it reads, stable from run to run; without those in a cycle.
    """

    definitions: Mapping[str, Definition]
    rules: tuple[Rule, ...]
    context: UnitContext
    resolver: Resolver = field(repr=False)
    cases: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    order: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """Nodes are quantities, an edge leads from what is read to what reads it; frozen.

        Each node has the attribute `definition`. Edges stand for both branches of a conditional.
        """
        import networkx as nx

        graph = _graph(self.definitions)
        nx.freeze(graph)
        return graph

    def reference(self, name: str) -> str | None:
        """The absolute name that a user's `name` means: what a case or a scope has not itself is found outward."""
        if name in self.definitions:
            return name
        scope, _, rest = name.partition(".")
        if scope in self.cases:
            return self.reference(rest)
        sites = self.resolver.sites
        while rest and scope in sites.scopes:
            found = sites.names.resolve(scope, rest)
            if found in self.definitions:
                return found
            part, _, rest = rest.partition(".")
            scope = f"{scope}.{part}"
        return None

    def resolve(self, formula: Formula, problems: list[Problem]) -> Expr | None:
        """A claim's subject or another expression of a user's, with absolute names."""
        return self.resolver.resolve_top(formula, self.reference, problems)

    def table_of(self, row: str) -> Table | None:
        """The declaration of the table that a row, by its absolute name, stands in."""
        case, _, rest = row.partition(".")
        sites = self.resolver.sites
        table = sites.row_tables.get(rest if case in self.cases else row)
        return sites.tables[table][0] if table is not None else None

    def problems_on(self, name: str) -> tuple[Problem, ...]:
        """The errors about one quantity."""
        return tuple(problem for problem in errors(self.problems) if problem.quantity == name)


class CheckedDag(Dag):
    """A DAG without errors; made by `check` alone. Its `order` has every quantity."""


@uncollected()
def build(assembly: Assembly) -> Dag:
    """Assemble and check; the result carries every problem found, phase by phase."""
    problems: list[Problem] = []
    made = assemble(assembly, problems)
    order = tuple(_ordered(made.by_name))
    if len(order) < len(made.by_name):
        problems += _knots(made.by_name)
    problems += dimension_problems(made)
    return Dag(
        MappingProxyType(made.by_name), made.rules, made.context, made.resolver, made.cases,
        tuple(ordered(problems)), order,
    )  # fmt: skip


def check(dag: Dag) -> CheckedDag:
    """The same DAG, fit to be evaluated.

    Errors: `InvalidInput` with all its problems if it has an error.
    """
    if errors(dag.problems):
        raise InvalidInput(dag.problems)
    return CheckedDag(dag.definitions, dag.rules, dag.context, dag.resolver, dag.cases, dag.problems, dag.order)


def redefined(dag: CheckedDag, changed: Mapping[str, Definition]) -> CheckedDag:
    """The same DAG with other definitions of some names, which agree and make no cycle.

    Its order stays, if it can.
    """
    definitions = {**dag.definitions, **changed}
    if all(each.expr is None for each in changed.values()):
        return replace(dag, definitions=definitions)
    concerned = {*changed, *(read for each in changed.values() for read in each.reads)}
    places = {name: place for place, name in enumerate(dag.order) if name in concerned}
    stays = all(places[read] < places[name] for name, each in changed.items() for read in each.reads)
    return replace(dag, definitions=definitions, order=dag.order if stays else tuple(_ordered(definitions)))


def dimension_problems(made: Definitions) -> list[Problem]:
    """Every formula and check whose dimensions do not agree.

    A formula that stands for many quantities (a column's in every row, a sheet's in every scope and case) is
    reported once if it is wrong in the same way in each.
    """
    found: list[Problem] = []
    agreed: set[object] = set()
    for definition in made.by_name.values():
        if definition.expr is None or not made.unreadable.isdisjoint((definition.name, *definition.reads)):
            continue
        shape = agreement_of(definition, made.by_name)
        if shape not in agreed:
            before = len(found)
            check_formula(definition, made.by_name, made.context, found)
            if len(found) == before:
                agreed.add(shape)
    for rule in made.rules:
        if made.unreadable.isdisjoint(reads(rule.expr)):
            check_rule(rule, made.by_name, made.context, found)
    first: dict[tuple[object, ...], Problem] = {}
    for each in found:
        said = each.message.replace(each.quantity, "", 1)
        first.setdefault((each.kind, each.mark, said, each.expected, each.found), each)
    return list(first.values())


def _ordered(definitions: Mapping[str, Definition]) -> list[str]:
    """Every quantity after all that it reads, inputs as they are read first; without those in a cycle.

    graphlib's sorter says the same, but looks for the cycle first, which takes longer than the sorting (Kahn 1962).
    """
    lacking = {name: len(each.reads) for name, each in definitions.items()}
    readers: dict[str, list[str]] = {name: [] for name in definitions}
    for name, each in definitions.items():
        for read in each.reads:
            readers[read].append(name)
    first = dict.fromkeys(met for name, each in definitions.items() for met in (name, *each.reads))
    order = [name for name in first if not lacking[name]]
    for name in order:  # grows while it is walked
        for reader in readers[name]:
            lacking[reader] -= 1
            if not lacking[reader]:
                order.append(reader)
    return order


def _graph(definitions: Mapping[str, Definition]) -> nx.DiGraph[str]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, definition in definitions.items():
        graph.add_node(name, definition=definition)
    graph.add_edges_from((read, name) for name, each in definitions.items() for read in each.reads)
    return graph


def _knots(definitions: Mapping[str, Definition]) -> list[Problem]:
    """One problem per knot of quantities that read each other, with the path and each edge's line."""
    import networkx as nx

    graph = _graph(definitions)
    knots = (knot for knot in nx.strongly_connected_components(graph) if _is_knot(graph, knot))
    first = {name: number for number, name in enumerate(definitions)}
    found: dict[Mark | None, Problem] = {}
    for knot in sorted((sorted(knot, key=first.__getitem__) for knot in knots), key=lambda knot: first[knot[0]]):
        problem = _cycle(graph, knot, definitions)
        found.setdefault(problem.mark, problem)  # a column's circle closes in every row
    return list(found.values())


def _is_knot(graph: nx.DiGraph[str], knot: set[str]) -> bool:
    return len(knot) > 1 or any(graph.has_edge(name, name) for name in knot)


def _cycle(graph: nx.DiGraph[str], knot: list[str], definitions: Mapping[str, Definition]) -> Problem:
    import networkx as nx

    start = knot[0]
    inside = graph.subgraph(knot)
    path = [start, start]
    for target in sorted(inside.successors(start), key=knot.index):
        if target != start:
            path = [start, *nx.shortest_path(inside, target, start)]
            break
    path.reverse()  # each reads the next
    steps = [Cause(name, f"reads {read}", definitions[name].where) for name, read in pairwise(path)]
    shown = path if len(path) <= LONGEST_CYCLE else [*path[: LONGEST_CYCLE - 2], "...", path[-1]]
    message = f"{' -> '.join(shown)}: a quantity cannot rest on itself"
    return Problem("cycle", message, definitions[path[0]].where, because=tuple(steps[:LONGEST_CYCLE]), quantity=path[0])
