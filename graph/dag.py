"""The DAG of quantities: networkx for people, checked before anything is evaluated.

`Dag` is unchecked: it may carry problems, and can be drawn but not evaluated. `CheckedDag` is proof that names
resolve, no cycle exists and every formula has its declared dimension: evaluation takes nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

import networkx as nx

from ..problems import InvalidInput, Mark, Problem, errors, ordered
from ..units import UnitContext
from .assemble import Assembly, Definitions, assemble
from .declarations import Formula
from .definitions import Definition, Rule
from .dimensions import check_formula, check_rule
from .expressions import Expr, reads
from .resolver import Resolver


@dataclass(frozen=True)
class Dag:
    """Quantities by absolute name, what each reads, and what is wrong with them."""

    definitions: Mapping[str, Definition]
    rules: tuple[Rule, ...]
    context: UnitContext
    resolver: Resolver = field(repr=False)
    cases: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def graph(self) -> nx.DiGraph[str]:
        """Nodes are quantities, an edge leads from what is read to what reads it; frozen.

        Each node has the attribute `definition`. Edges stand for both branches of a conditional.
        """
        graph: nx.DiGraph[str] = nx.DiGraph()
        for name, definition in self.definitions.items():
            graph.add_node(name, definition=definition)
        for name, definition in self.definitions.items():
            for read in reads(definition.expr) if definition.expr else ():
                graph.add_edge(read, name)
        nx.freeze(graph)
        return graph

    def reference(self, name: str) -> str | None:
        """The absolute name that a user's `name` means: a case's unchanged quantities are the top level's."""
        if name in self.definitions:
            return name
        case, _, rest = name.partition(".")
        return rest if case in self.cases and rest in self.definitions else None

    def resolve(self, formula: Formula, problems: list[Problem]) -> Expr | None:
        """A claim's subject or another expression of a user's, with absolute names."""
        return self.resolver.resolve_top(formula, self.reference, problems)

    def problems_on(self, name: str) -> tuple[Problem, ...]:
        """The errors about one quantity."""
        return tuple(problem for problem in errors(self.problems) if problem.quantity == name)


class CheckedDag(Dag):
    """A DAG without errors; made by `check` alone."""

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every quantity after all that it reads; stable from run to run."""
        return tuple(nx.topological_sort(self.graph))


def build(assembly: Assembly) -> Dag:
    """Assemble and check; the result carries every problem found, phase by phase."""
    problems: list[Problem] = []
    made = assemble(assembly, problems)
    problems += cycles(made.by_name)
    problems += dimension_problems(made)
    return Dag(
        MappingProxyType(dict(made.by_name)), made.rules, made.context, made.resolver, made.cases,
        tuple(ordered(problems)),
    )  # fmt: skip


def check(dag: Dag) -> CheckedDag:
    """The same DAG, fit to be evaluated.

    Errors: `InvalidInput` with all its problems if it has an error.
    """
    if errors(dag.problems):
        raise InvalidInput(dag.problems)
    return CheckedDag(dag.definitions, dag.rules, dag.context, dag.resolver, dag.cases, dag.problems)


def dimension_problems(made: Definitions) -> list[Problem]:
    """Every formula and check whose dimensions do not agree."""
    problems: list[Problem] = []
    for definition in made.by_name.values():
        if definition.expr is not None:
            check_formula(definition, made.by_name, made.context, problems)
    for rule in made.rules:
        check_rule(rule, made.by_name, made.context, problems)
    return problems


def cycles(definitions: Mapping[str, Definition]) -> list[Problem]:
    """One problem per knot of quantities that read each other, with the path and each edge's line."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(definitions)
    for name, definition in definitions.items():
        graph.add_edges_from((read, name) for read in (reads(definition.expr) if definition.expr else ()))
    if nx.is_directed_acyclic_graph(graph):
        return []
    knots = (knot for knot in nx.strongly_connected_components(graph) if _is_knot(graph, knot))
    first = {name: number for number, name in enumerate(definitions)}
    return [_cycle(graph, sorted(knot, key=first.__getitem__), definitions) for knot in knots]


def _is_knot(graph: nx.DiGraph[str], knot: set[str]) -> bool:
    return len(knot) > 1 or any(graph.has_edge(name, name) for name in knot)


def _cycle(graph: nx.DiGraph[str], knot: list[str], definitions: Mapping[str, Definition]) -> Problem:
    start = knot[0]
    inside = graph.subgraph(knot)
    path = [start, start]
    for target in sorted(inside.successors(start), key=knot.index):
        if target != start:
            path = [start, *nx.shortest_path(inside, target, start)]
            break
    path.reverse()  # each reads the next
    steps = "; ".join(f"{name} reads {read} ({_line(definitions[name])})" for name, read in pairwise(path))
    mark = definitions[path[0]].where
    message = f"{' -> '.join(path)}: a quantity cannot rest on itself"
    return Problem("cycle", message, mark, found=steps, quantity=path[0])


def _line(definition: Definition) -> str:
    mark: Mark | None = definition.where
    return f"{mark.file}:{mark.line}" if mark else "?"
