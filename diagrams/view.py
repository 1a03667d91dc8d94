"""What a picture may know of a DAG: one read-only face of the unchecked `Dag` and of the `Workbook`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from ..graph.assembly.definitions import Definition
from ..graph.engine.dag import Dag
from ..graph.engine.workbook import Workbook
from ..graph.explain.numbers import with_numbers
from ..graph.language.expressions import Expr, Name, reads, walk
from ..graph.language.names import brief, did_you_mean, in_scope, outward
from ..problems import Problem, UnknownQuantity


class View(Protocol):
    """Quantities by absolute name, what they read and hold, and what is wrong with them."""

    @property
    def names(self) -> Sequence[str]:
        """Every quantity, in the order of its definition."""
        ...

    @property
    def cases(self) -> Sequence[str]:
        """The scopes of the scenario's cases."""
        ...

    @property
    def evaluated(self) -> bool:
        """Whether formulas have values, where nothing went wrong."""
        ...

    def reference(self, name: str) -> str | None:
        """The absolute name that a user's `name` means."""
        ...

    def definition(self, name: str) -> Definition:
        """What the quantity is; `name` is absolute."""
        ...

    def reads(self, name: str) -> Sequence[str]:
        """What the quantity's formula may read, as far as it is known."""
        ...

    def used(self, name: str) -> Sequence[str]:
        """What it in fact read: one branch of each conditional. All of `reads` where there are no values."""
        ...

    def number(self, name: str) -> float | None:
        """The value in the declared unit; None for a word, and where there is none."""
        ...

    def text(self, name: str) -> str:
        """The value with its unit, for people; '' where there is none."""
        ...

    def numbers(self, name: str) -> str:
        """The formula with the value of each name in its place; '' where there are no values, or no formula."""
        ...

    def problems(self, name: str) -> Sequence[Problem]:
        """The errors that began at this quantity. That an input has no value is no error here: it is `missing`."""
        ...


class DagView:
    """An unchecked DAG, which may be full of errors: no values but those that are given, as they were written."""

    def __init__(self, dag: Dag) -> None:
        self.dag = dag

    @property
    def names(self) -> Sequence[str]:
        return tuple(self.dag.definitions)

    @property
    def cases(self) -> Sequence[str]:
        return self.dag.cases

    @property
    def evaluated(self) -> bool:
        return False

    def reference(self, name: str) -> str | None:
        return self.dag.reference(name)

    def definition(self, name: str) -> Definition:
        return self.dag.definitions[name]

    def reads(self, name: str) -> Sequence[str]:
        """A formula that could not be resolved still reads those of its names that there are."""
        definition = self.definition(name)
        if definition.expr is not None:
            return tuple(read for read in reads(definition.expr) if read in self.dag.definitions)
        if definition.formula is None or definition.value is not None:
            return ()
        return tuple(dict.fromkeys(self._known(definition.formula.expr, definition)))

    def _known(self, expr: Expr, definition: Definition) -> Iterator[str]:
        cell = definition.cell
        row = [in_scope(cell.scope, cell.row)] if cell else []
        for node in walk(expr):
            if isinstance(node, Name):
                places = [*row, *outward(definition.scope)]
                found = (in_scope(place, node.name) for place in places)
                yield from [name for name in found if name in self.dag.definitions][:1]

    def used(self, name: str) -> Sequence[str]:
        return self.reads(name)

    def number(self, name: str) -> float | None:
        return None

    def text(self, name: str) -> str:
        value = self.definition(name).value
        return value.text if value else ""

    def numbers(self, name: str) -> str:
        return ""

    def problems(self, name: str) -> Sequence[Problem]:
        return self.dag.problems_on(name)


class WorkbookView:
    """A workbook: the checked DAG with its values. Errors are those of single values, such as a division by zero."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    @property
    def names(self) -> Sequence[str]:
        return tuple(self.workbook)

    @property
    def cases(self) -> Sequence[str]:
        return self.workbook.checked.cases

    @property
    def evaluated(self) -> bool:
        return True

    def reference(self, name: str) -> str | None:
        return self.workbook.checked.reference(name)

    def definition(self, name: str) -> Definition:
        return self.workbook.definition(name)

    def reads(self, name: str) -> Sequence[str]:
        expr = self.definition(name).expr
        return reads(expr) if expr is not None else ()

    def used(self, name: str) -> Sequence[str]:
        return self.workbook.used(name)

    def number(self, name: str) -> float | None:
        value = self.workbook.value(name)
        return value if isinstance(value, float) else None

    def text(self, name: str) -> str:
        return self.workbook.text(name) if self.workbook.value(name) is not None else ""

    def numbers(self, name: str) -> str:
        expr = self.definition(name).expr
        return with_numbers(expr, self.workbook, branches=True) if expr is not None else ""

    def problems(self, name: str) -> Sequence[Problem]:
        found = self.workbook.error(name)
        if found is None or found.quantity != name or self.definition(name).kind == "missing":
            return ()
        return (found,)


def view_of(source: Dag | Workbook) -> View:
    """The read-only face of either."""
    return WorkbookView(source) if isinstance(source, Workbook) else DagView(source)


def absolute_names(view: View, names: Sequence[str], others: Collection[str]) -> tuple[str, ...]:
    """The absolute names that a user's `names` mean, once each.

    Errors: `UnknownQuantity` with a problem for each that means nothing; `others` are names to hint at, too.
    """
    unknown = [name for name in names if view.reference(name) is None]
    if unknown:
        known = dict.fromkeys((*others, *view.names))
        raise UnknownQuantity(
            Problem("name", f"nothing here is called {brief(name)}", hint=did_you_mean(name, known)) for name in unknown
        )
    return tuple(dict.fromkeys(filter(None, map(view.reference, names))))
