"""The workbooks of a sweep, one for each combination of catalogue entries, with what is asked of each compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..graph.engine.kernels.asked import Asked, asked_condition, asked_expression, asked_quantity
from ..graph.engine.kernels.kernel import Kernel, compile_kernel
from ..graph.engine.kernels.machine import is_there, pays
from ..graph.engine.workbook import Workbook
from ..graph.language.declarations import Formula
from ..graph.language.expressions import Unary
from ..graph.language.parser import parse_formula
from ..problems import InvalidInput, Problem, Text, UnknownQuantity, errors
from ..scenarios import Library, Loaded, load
from .request import Request

MARGIN = 4  # times what machine code costs, it has to save: each process compiles it anew
HELD = 4  # workbooks held at once: pieces of one come one after the other
CONDITION = "?"  # in a kernel's results; no quantity can be called so
KEY = "key {}"


@dataclass(frozen=True)
class Book:
    """A workbook with two kernels: `picking` gives the condition and the keys that points are compared by, and
    `telling` all that is told of a point."""

    workbook: Workbook
    picking: Kernel
    telling: Kernel


@dataclass(frozen=True)
class Wanted:
    """What a request asks of a workbook: the condition, the keys that points are compared by, and by name the columns:
    the quantities wanted, and of the keys what is neither one of them nor an axis."""

    columns: Mapping[str, Asked]
    condition: Asked | None
    keys: tuple[Asked, ...]


class Books:
    """Opens workbooks as they are needed.

    `axes`: the names of the quantities that are swept; `entries`: those of catalogue entries by sort, each where it was
    written; `points`: how many there are of one workbook at most.
    """

    def __init__(
        self, request: Request, axes: tuple[str, ...], library: Library, entries: Mapping[str, Mapping[str, Text]],
        points: int = 0,
    ) -> None:  # fmt: skip
        self.request, self.axes, self.library, self.entries, self.points = request, axes, library, entries, points
        self.units: dict[str, str] = {}
        self._held: dict[tuple[tuple[str, str], ...], Book | Problem] = {}

    def book(self, entries: Mapping[str, str]) -> Book | Problem:
        """The workbook with these entries bound; or why there is none."""
        key = tuple(entries.items())
        found = self._held.pop(key, None) or self._opened(entries)
        self._held[key] = found  # the last one used is the last to go
        while len(self._held) > HELD:
            del self._held[next(iter(self._held))]
        return found

    def _opened(self, entries: Mapping[str, str]) -> Book | Problem:
        loaded = self.loaded(entries)
        problems = errors(loaded.problems)
        if loaded.workbook is not None:
            book = self.made(loaded.workbook, problems)
            if book is not None:
                return book
        named = ", ".join(entries.values())
        return Problem(problems[0].kind, f"{named}: {problems[0].message}" if named else problems[0].message)

    def loaded(self, entries: Mapping[str, str]) -> Loaded:
        """The scenario with these entries bound, with all that is wrong with it."""
        bind = {sort: self.entries[sort][name] for sort, name in entries.items()}
        return load(self.request.scenario, self.request.sets, self.library, bind)

    def made(self, workbook: Workbook, problems: list[Problem]) -> Book | None:
        """The kernels for what is asked; None, with problems, where this workbook cannot give it.

        The first workbook says in which units; no other may have others.
        """
        wanted = wanted_of(workbook, self.request, problems)
        problems += unfit_axes(workbook, self.axes)
        if wanted is None or problems:
            return None
        units = {name: asked.unit for name, asked in wanted.columns.items()}
        units |= {name: workbook.definition(name).unit.text for name in self.axes}
        self.units = self.units or units
        for name, unit in units.items():
            if unit != self.units[name]:
                message = f"{name} is in {unit or 'plain numbers'} here, and elsewhere in {self.units[name]}"
                problems.append(Problem("dimension", message, quantity=name))
                return None
        told = dict(wanted.columns)
        picked = {KEY.format(place): key for place, key in enumerate(wanted.keys)}
        if wanted.condition is not None:
            told[CONDITION] = picked[CONDITION] = wanted.condition
        return Book(workbook, self.kernel(workbook, picked), self.kernel(workbook, told))

    def kernel(self, workbook: Workbook, asked: Mapping[str, Asked]) -> Kernel:
        """A kernel that is machine code or not for all of the sweep, whoever computes which part: the two differ in
        last bits."""
        kernel = compile_kernel(workbook, asked, self.axes, machine=False)
        if not is_there():
            return kernel
        dims = {name: 1 if self.request.zip else 1 << at for at, name in enumerate(kernel.lowered.axes)}
        whole = 1 if self.request.zip else (1 << len(dims)) - 1
        stages = [stage for stage in kernel.programs(dims).stages if stage.dims == whole]
        work = self.points * sum(len(stage.values) for stage in stages)
        return replace(kernel, machine=pays(stages, work / MARGIN))


def unfit_axes(workbook: Workbook, axes: tuple[str, ...]) -> list[Problem]:
    """Why quantities cannot be swept in this workbook."""
    found: list[Problem] = []
    for name in axes:
        try:
            workbook.settable(name)
        except (InvalidInput, UnknownQuantity) as error:
            found += error.problems
    return found


def wanted_of(workbook: Workbook, request: Request, problems: list[Problem]) -> Wanted | None:
    """What the request asks of the workbook; None, with all problems, where it does not have it."""
    before = len(problems)
    columns: dict[str, Asked] = {}
    for name in request.get:
        try:
            columns[name.text] = asked_quantity(workbook, name.text)
        except UnknownQuantity as error:
            problems += [Problem(each.kind, each.message, name.mark, hint=each.hint) for each in error.problems]
    condition = formula = None
    if request.where is not None:
        formula = parse_formula(request.where, problems)
        condition = formula and asked_condition(workbook.checked, formula, problems)
    keys = [_key(workbook, text, problems) for text in request.keys]
    if len(problems) > before:
        return None
    swept = {name.text for name, _ in request.over}
    told = [unsigned(text) for text in request.keys]
    extra = {name.text: _key(workbook, name, problems) for name in told if name.text not in swept | columns.keys()}
    columns |= {name: asked for name, asked in extra.items() if asked is not None}
    return Wanted(columns, condition, tuple(key for key in keys if key is not None))


def _key(workbook: Workbook, text: Text, problems: list[Problem]) -> Asked | None:
    formula: Formula | None = parse_formula(text, problems)
    return formula and asked_expression(workbook.checked, formula, problems)


def unsigned(key: Text) -> Text:
    """What a key is about: of `-tpot`, which stands for small ones, `tpot`."""
    formula = parse_formula(key, [])
    text = " ".join(key.text.split())
    if formula is not None and isinstance(formula.expr, Unary) and formula.expr.operator == "-":
        return Text(text.removeprefix("-").strip(), key.mark)
    return Text(text, key.mark)
