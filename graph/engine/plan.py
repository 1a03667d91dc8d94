"""A checked DAG compiled for evaluation: flat lists by position.

Words. A *node* is a quantity's position in the plan: inputs first, then every formula after all that it reads. A
*wide* set of nodes holds a large part of the formulas of a large plan: where so many are to be computed, it costs less
to compute all of them straight through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..assembly.definitions import Definition, Value
from ..language.garbage import uncollected
from .codegen import Compiled, Templates, Words, compile_straight
from .dag import CheckedDag
from .straight import Chunk, Straight

LARGE = 250  # formulas; in smaller plans only what has to be is computed, always
WIDE = 3  # a set is wide that holds more than one formula in so many
MOST_MASKS = 32 * 2**20  # bytes of the wide sets that a plan remembers


@dataclass(frozen=True)
class Plan:
    """Numbering, formulas as functions, who depends on whom.

    `functions`: None where a value stands: at the first `inputs` positions, and where a value is pinned.
    """

    dag: CheckedDag
    names: tuple[str, ...]
    positions: Mapping[str, int]
    inputs: int
    functions: Sequence[Compiled | None]
    precedents: Sequence[Sequence[int]]
    successors: Sequence[Sequence[int]]
    words: Words
    straight: Straight = field(repr=False)
    wide_dependents: dict[int, int] = field(default_factory=dict[int, int], init=False, repr=False, compare=False)
    wide_needs: dict[int, int] = field(default_factory=dict[int, int], init=False, repr=False, compare=False)

    @classmethod
    @uncollected()
    def of(cls, dag: CheckedDag) -> Plan:
        """Compile the DAG; the numbering is stable from run to run."""
        definitions = dag.definitions
        inputs = [name for name in dag.order if definitions[name].expr is None]
        names = (*inputs, *(name for name in dag.order if definitions[name].expr is not None))
        positions = {name: number for number, name in enumerate(names)}
        words = Words.of([*dag.resolver.words, *_keys(dag)])  # every word that a formula may say
        templates = Templates(dag.context, words, positions)
        functions = [_compiled(definitions[name], templates) for name in names]
        precedents = [tuple([positions[read] for read in definitions[name].reads]) for name in names]
        successors: list[list[int]] = [[] for _ in names]
        for number, read in enumerate(precedents):
            for position in read:
                successors[position].append(number)
        straight = Straight(functions, len(inputs), _Chunks(dag, names, words, positions))
        return cls(
            dag, names, positions, len(inputs), functions, precedents, [*map(tuple, successors)], words, straight
        )

    def changed(self, dag: CheckedDag, names: Sequence[str]) -> Plan:
        """The plan of a DAG in which the quantities `names` are defined otherwise: only they are compiled."""
        nodes = [self.positions[name] for name in names]
        reads = [tuple(self.positions[read] for read in dag.definitions[name].reads) for name in names]
        pairs = list(zip(nodes, reads, strict=True))
        if any(position >= node or node < self.inputs for node, read in pairs for position in read):
            return Plan.of(dag)  # another order
        functions, precedents, successors = [*self.functions], [*self.precedents], [*self.successors]
        templates = Templates(dag.context, self.words, self.positions)
        for node, read in pairs:
            functions[node] = _compiled(dag.definitions[self.names[node]], templates)
            for position in precedents[node]:
                successors[position] = tuple(each for each in successors[position] if each != node)
            precedents[node] = read
            for position in read:
                successors[position] = tuple(sorted([*successors[position], node]))
        chunks = _Chunks(dag, self.names, self.words, self.positions)
        straight = self.straight.changed(functions, nodes, chunks)
        return Plan(
            dag, self.names, self.positions, self.inputs, functions, precedents, successors, self.words, straight
        )

    @property
    def widest(self) -> int:
        """The most formulas that are worth to be computed one by one."""
        formulas = len(self.names) - self.inputs
        return formulas // WIDE if formulas >= LARGE else formulas

    def dependents(self, node: int) -> int:
        """All nodes that rest on one, as a number whose byte is 1 for each; kept: see `wide_dependents`."""
        return self._remember(self.wide_dependents, node, self.successors)

    def needs(self, node: int) -> int:
        """The node and all that it rests on, likewise."""
        return self._remember(self.wide_needs, node, self.precedents)

    def _remember(self, known: dict[int, int], start: int, near: Sequence[Sequence[int]]) -> int:
        marks = bytearray(len(self.names))
        found = [start]
        marks[start] = 1
        for node in found:  # grows while it is walked
            for other in near[node]:
                if not marks[other]:
                    marks[other] = 1
                    found.append(other)
        if (len(known) + 1) * len(marks) > MOST_MASKS:
            known.clear()
        known[start] = mask = int.from_bytes(marks, "little")
        return mask

    def number_of(self, value: Value) -> float:
        """A value as it is evaluated: a number in base units, a word's number."""
        return self.words.numbers[value.word] if value.word is not None else float(value.number or 0.0)


def _compiled(definition: Definition, templates: Templates) -> Compiled | None:
    return templates.compiled(definition.expr, *definition.shaped) if definition.expr is not None else None


def _keys(dag: CheckedDag) -> list[str]:
    return [
        word for name in dag.definitions if name.endswith("]") for word in name[name.index("[") + 1 : -1].split(", ")
    ]


@dataclass(frozen=True, slots=True)
class _Chunks:
    """Compiles the formulas of successive positions to one function."""

    dag: CheckedDag
    names: Sequence[str]
    words: Words
    positions: Mapping[str, int]

    def __call__(self, start: int, end: int) -> Chunk:
        formulas = [(name, self.dag.definitions[name].expr) for name in self.names[start:end]]
        return compile_straight(formulas, self.dag.context, self.words, self.positions)
