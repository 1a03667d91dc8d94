"""`stack: start + 3 * dense + 58 * moe + finish` -> how often each group stands in the model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..graph.expressions import Binary, Expr, Name, Number
from ..graph.names import did_you_mean
from ..graph.parser import parse_formula
from ..problems import Problem, Text

MOST_LAYERS = 100_000
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


def stack_counts(stack: Text, groups: Mapping[str, object], problems: list[Problem]) -> Mapping[str, int]:
    """Counts of every group; groups that the stack does not name are a problem, as is all but sums and counts."""
    formula = parse_formula(stack, problems)
    if formula is None:
        return NO_COUNTS
    counts: dict[str, int] = {}
    try:
        _add(formula.expr, 1, counts)
    except _NotAStack as wrong:
        hint = "a stack is a sum of groups with counts, such as 3 * dense + 58 * moe"
        problems.append(Problem("stack", wrong.message, stack.at(*wrong.expr.span), hint=hint))
        return NO_COUNTS
    for name in (name for name in counts if name not in groups):
        message = f"the stack names {name}, which is no group"
        problems.append(Problem("stack", message, stack.mark, hint=did_you_mean(name, groups)))
    missing = [name for name in groups if name not in counts]
    problems += [Problem("stack", f"the stack leaves out the group {name}", stack.mark) for name in missing]
    return counts


class _NotAStack(Exception):
    def __init__(self, message: str, expr: Expr) -> None:
        super().__init__(message)
        self.message, self.expr = message, expr


def _add(expr: Expr, times: int, counts: dict[str, int]) -> None:
    match expr:
        case Name(name):
            counts[name] = counts.get(name, 0) + times
        case Binary("+", left, right):
            _add(left, times, counts)
            _add(right, times, counts)
        case Binary("*", Number(value), inner) | Binary("*", inner, Number(value)):
            if value != int(value) or not 1 <= value * times <= MOST_LAYERS:
                raise _NotAStack(f"a group stands 1 to {MOST_LAYERS:,} times in a stack", expr)
            _add(inner, times * int(value), counts)
        case _:
            raise _NotAStack("this is not part of a stack", expr)
