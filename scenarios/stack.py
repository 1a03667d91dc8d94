"""`stack: start + 3 * dense + 58 * moe + finish` -> how often each group stands in the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from ..graph.language.expressions import Binary, Expr, Name, Number
from ..graph.language.names import did_you_mean
from ..graph.language.parser import parse_formula
from ..problems import Problem, Text

MOST_LAYERS = 100_000
SUM = "a stack is a sum of groups with counts, such as 3 * dense + 58 * moe"
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


def stack_counts(
    stack: Text, groups: Iterable[str], towers: Collection[str], problems: list[Problem]
) -> Mapping[str, int]:
    """Counts of every group; groups that the stack does not name are a problem, as is all but sums and counts."""
    formula = parse_formula(stack, problems)
    if formula is None:
        return NO_COUNTS
    counts = dict.fromkeys(groups, 0)
    try:
        _add(formula.expr, 1, counts, towers)
    except _NotAStack as wrong:
        problems.append(Problem("stack", wrong.message, stack.at(*wrong.expr.span), hint=wrong.hint))
        return NO_COUNTS
    for name, count in counts.items():
        if not count:
            problems.append(Problem("stack", f"the stack leaves out the group {name}", stack.mark))
    return counts


class _NotAStack(Exception):
    def __init__(self, message: str, expr: Expr, hint: str = SUM) -> None:
        super().__init__(message)
        self.message, self.expr, self.hint = message, expr, hint


def _add(expr: Expr, times: int, counts: dict[str, int], towers: Collection[str]) -> None:
    match expr:
        case Name(name) if name in counts:
            counts[name] += times
        case Name(name) if name in towers:
            raise _NotAStack(f"the stack names {name}, which is a tower", expr, "a tower stands beside the stack")
        case Name(name):
            raise _NotAStack(f"the stack names {name}, which is no group", expr, did_you_mean(name, counts))
        case Binary("+", left, right):
            _add(left, times, counts, towers)
            _add(right, times, counts, towers)
        case Binary("*", Number(value), inner) | Binary("*", inner, Number(value)):
            if value != int(value) or not 1 <= value * times <= MOST_LAYERS:
                raise _NotAStack(f"a group stands 1 to {MOST_LAYERS:,} times in a stack", expr, "")
            _add(inner, times * int(value), counts, towers)
        case _:
            raise _NotAStack("this is not part of a stack", expr)
