"""The public face: a scenario opened as a workbook that explains, judges, audits and draws itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from .diagrams.derivation import derivation
from .diagrams.diagram import Diagram
from .diagrams.html import show_html
from .diagrams.text import Line, plain
from .diagrams.text_audit import audit_lines
from .diagrams.text_explain import explain_lines
from .diagrams.text_overview import overview_lines
from .diagrams.text_show import quantity_lines, show_lines
from .graph.audit.claims import Verdict, judge_all
from .graph.audit.findings import Audit, audit
from .graph.engine.dag import CheckedDag
from .graph.engine.evaluator import Evaluator
from .graph.engine.workbook import Workbook as Values
from .graph.explain.derivation import Explanation, explain
from .graph.explain.reach import lacking_an_input
from .problems import InvalidInput, Problem
from .scenarios import Library, Loaded, load
from .units import Quantity

if TYPE_CHECKING:
    from .graph.engine.kernels.sweep import Sweep

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True, repr=False)
class Report(Generic[Data]):
    """An answer: its `data`, and as text (`str`, and what a prompt or a notebook shows) what a person reads."""

    data: Data
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return plain(self.lines)

    def __repr__(self) -> str:
        return plain(self.lines).rstrip("\n")


class Workbook(Values):
    """A scenario with its values, claims and catalogue; in a notebook, the table of what it shows."""

    def __init__(self, loaded: Loaded, checked: CheckedDag, evaluator: Evaluator | None = None) -> None:
        super().__init__(checked, evaluator)
        self._loaded = loaded

    @property
    def title(self) -> str:
        """What the scenario calls itself."""
        return self._loaded.title

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of its results."""
        return self._loaded.show

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings of the files that it was made from; it has no errors."""
        return self._loaded.problems

    def _twin(self, evaluator: Evaluator) -> Self:
        return type(self)(self._loaded, self.checked, evaluator)

    def claims(self) -> tuple[Verdict, ...]:
        """What becomes of the scenario's claims on the present values."""
        return judge_all(self._loaded.claims, self)

    def explain(
        self, name: str, depth: int | None = None, row: str | None = None, whole: bool = False
    ) -> Report[Explanation]:
        """How a quantity came about, `depth` levels down; `row` is followed instead of a table's largest.

        `whole`: tell also what rests on nothing but defaults. Errors: `UnknownQuantity`.
        """
        found = explain(self, name, depth, row, whole)
        return Report(found, tuple(explain_lines(found)))

    def audit(self, *names: str, day: date | None = None) -> Report[Audit]:
        """What the results, or `names`, rest on, and what does not hold. Errors: `UnknownQuantity`.

        `day`: from which the ages of facts are reckoned, instead of today.
        """
        found = audit(self, names or self.shown, self.claims(), self._loaded.facts, self._loaded.entries, day)
        return Report(found, tuple(audit_lines(self.title, found)))

    def diagram(self, *names: str, depth: int | None = None, dependents: bool = False) -> Diagram:
        """The picture of what `names`, or all quantities, rest on; with `dependents`, of what rests on them.

        Errors: `UnknownQuantity`; `InvalidInput` for a picture of too many boxes.
        """
        return derivation(self, names, depth, dependents, self.claims(), self.problems)

    def sweep(
        self,
        axes: Mapping[str, Any],
        outputs: Sequence[str] | str,
        zip: bool = False,  # noqa: A002 - the word for it
    ) -> Sweep:
        """What `outputs` become over the grid of the axes' values; with `zip`, over the lists side by side.

        `wb.sweep({"memory_bandwidth": [1790, 3350], "prompt_length": [512, 4096]}, ["tpot", "ttft"])["tpot"]` is an
        array of shape (2, 2) in the declared unit. Values of an axis are numbers in its declared unit, texts with
        units, quantities or words; of `hardware` and `model`, names of catalogue entries, bound in place of those of
        the scenario. Errors: `UnknownQuantity`; `InvalidInput` for a value that an axis cannot have.
        """
        try:
            from .graph.engine.kernels.joining import sweep_entries
            from .graph.engine.kernels.sweep import sweep
        except ModuleNotFoundError:
            hint = "pip install 'roofsheet[sweep]'"
            raise InvalidInput([Problem("usage", "sweeps need NumPy, which is missing", hint=hint)]) from None
        wanted = [outputs] if isinstance(outputs, str) else outputs
        sorts = [name for name in ("hardware", "model") if name in axes and name not in self]
        if not sorts:
            return sweep(self, axes, wanted, zip)
        return sweep_entries(partial(self._rebound, library=Library([])), axes, sorts, wanted, zip)

    def _rebound(self, entries: Mapping[str, str], library: Library | None = None) -> Values:
        """The same scenario with other catalogue entries, and with what was set in Python."""
        loaded = load(self._loaded.name, self._loaded.sets, library, {**self._loaded.bind, **entries})
        if loaded.workbook is None:
            raise InvalidInput(loaded.problems)
        for name, value in self.changes().items():
            if name in loaded.workbook.checked.definitions:
                loaded.workbook.bind(name, value)
        return loaded.workbook

    def __repr__(self) -> str:
        if self._loaded.lists_results:
            quantities = quantity_lines(self, self.shown)
        else:
            lacking = lacking_an_input(self, self.shown)
            quantities = overview_lines(self, [name for name in self.shown if name not in lacking], lacking)
        return plain(show_lines(self.title, self, quantities, checks=False)).rstrip("\n")

    def _repr_html_(self) -> str:
        return show_html(self.title, self, self.shown)


def open(  # noqa: A001 - `roofsheet.open`, as `gzip.open`
    scenario: str | PathLike[str], /, **values: str | float | Quantity[float]
) -> Workbook:
    """Open a scenario, by its bundled name or the path of a YAML file, with `values` set over those of its files.

    A value is text (`memory_capacity="96 GB"`), a pint quantity, or a number in the quantity's declared unit.
    Errors: `InvalidInput` with every problem of the files; `UnknownQuantity`.
    """
    texts = [f"{name}={value}" for name, value in values.items() if isinstance(value, str)]
    loaded = load(fspath(scenario), texts)
    if loaded.workbook is None:
        raise InvalidInput(loaded.problems)
    workbook = Workbook(loaded, loaded.workbook.checked)
    for name, value in values.items():
        if not isinstance(value, str):
            workbook[name] = value
    return workbook
