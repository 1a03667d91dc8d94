"""How far a quantity reaches: what its value may rest on, what it does rest on, and which case it is in."""

from __future__ import annotations

from collections.abc import Iterable

from ..assembly.definitions import Definition
from ..engine.workbook import Workbook


def may_rest_on(workbook: Workbook, names: Iterable[str]) -> frozenset[str]:
    """The quantities themselves and all that their formulas read, in whichever branch."""
    found = {workbook.definition(name).name for name in names}
    for name in tuple(found):
        found.update(workbook.precedents(name, deep=True))
    return frozenset(found)


def rests_on(workbook: Workbook, names: Iterable[str]) -> tuple[str, ...]:
    """The quantities themselves and all that their present values came from, each once."""
    waiting = [workbook.definition(name).name for name in names]
    found = dict.fromkeys(waiting)
    while waiting:
        for read in workbook.used(waiting.pop()):
            if read not in found:
                found[read] = None
                waiting.append(read)
    return tuple(found)


def lacking_an_input(workbook: Workbook, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that have no value because an input that they rest on has none."""
    found = ((name, workbook.error(name)) for name in names)
    return tuple(name for name, problem in found if problem and _is_missing(workbook, problem.quantity))


def _is_missing(workbook: Workbook, name: str) -> bool:
    return name in workbook and workbook.definition(name).kind == "missing"


def case_of(workbook: Workbook, definition: Definition) -> str:
    """The case that the quantity belongs to, '' if to none."""
    outermost = definition.name.partition(".")[0]
    return outermost if outermost in workbook.checked.cases else ""
