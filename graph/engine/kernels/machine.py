"""Stages as machine code, by numba: one loop over a block's points, from the same lowered operations as the NumPy form.

Every operation is a scalar statement. What may not fail is checked as the sum of all results times zero, which is no
number as soon as one of them is not finite: a loop with one test a point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from .lowering import Axis, Constant, Lowered, Operation
from .stages import Stage

MachineCode = Callable[..., bool]
FIRST, EACH = 2.5e9, 3e7
"""How long compiling takes, in operations that NumPy does meanwhile: numba's start, and each operation of a stage."""

_INFIX = {"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"}
_SAFE = _INFIX - {"+", "-", "*", "/"} | {"not", "min", "max", "choose", "unless", "negative", "abs"}
"""Operations whose result is finite, or a truth, if what they read is."""


def is_there() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def pays(stages: Iterable[Stage], work: float) -> bool:
    """Whether as many operations were done without machine code as could have been in the time to get it."""
    return work > FIRST + EACH * sum(len(stage.values) for stage in stages)


def machine_code(stage: Stage, lowered: Lowered, dims: Sequence[int], rank: int) -> MachineCode:
    """A function of the stage's operands and results, all contiguous; it says whether a point failed, or an axis."""
    return _compiled(_source(stage, lowered, dims, rank))


def _source(stage: Stage, lowered: Lowered, dims: Sequence[int], rank: int) -> str:
    own = set(stage.values)
    names = {read: f"a{at}" for at, read in enumerate(stage.reads)}
    results = {value: f"r{at}" for at, value in enumerate(stage.writes)}

    def place(array: str, value: int) -> str:
        return f"{array}[{', '.join(f'i{dim}' if dims[value] >> dim & 1 else '0' for dim in range(rank))}]"

    def text(value: int) -> str:
        step = lowered.steps[value]
        if isinstance(step, Constant):
            return repr(step.number)
        return f"x{value}" if value in own else f"y{value}"

    lines = [f"def stage({', '.join([*names.values(), *results.values()])}):", " bad = False"]
    indent = " "
    for dim in range(rank):
        lines.append(f"{indent}for i{dim} in range(r0.shape[{dim}]):")
        indent += " "
        lines += [
            f"{indent}y{read} = {place(array, read)}" for read, array in names.items() if _depth(dims[read]) == dim
        ]
    lines += [f"{indent}y{read} = {place(array, read)}" for read, array in names.items() if not dims[read]]
    swept = [f"y{read} * 0.0" for read in names if isinstance(lowered.steps[read], Axis)]
    lines.append(f"{indent}z = {' + '.join(swept) or '0.0'}")
    for value in stage.values:
        step = lowered.steps[value]
        assert isinstance(step, Operation)
        lines += [indent + line for line in _statements(f"x{value}", step, [text(each) for each in step.operands],
                                                       None if step.guard is None else text(step.guard))]  # fmt: skip
        if step.function not in _SAFE:
            lines.append(f"{indent}z += x{value} * 0.0")
        if value in results:
            lines.append(f"{indent}{place(results[value], value)} = x{value}")
    lines += [f"{indent}bad |= z != 0.0", " return bad"]
    return "\n".join(lines) + "\n"


def _depth(mask: int) -> int:
    """The innermost dimension."""
    return mask.bit_length() - 1


def _statements(target: str, operation: Operation, texts: list[str], guard: str | None) -> list[str]:
    match operation.function:
        case "choose":
            return [f"{target} = {texts[1]} if {texts[0]} else {texts[2]}"]
        case "unless":
            return [f"{target} = {texts[0]}", f"if {texts[1]}: bad = True"]
        case "lookup":
            return _lookup(target, operation, texts, guard)
        case function if function in _INFIX:
            result = f"{texts[0]} {function} {texts[1]}"
        case "negative":
            result = f"-{texts[0]}"
        case "not":
            result = f"not {texts[0]}"
        case "square":
            result = f"{texts[0]} * {texts[0]}"
        case function:
            result = f"f_{_NAMES.get(function, function)}({', '.join(texts)})"
    return [f"{target} = {result}" if guard is None else f"{target} = {result} if {guard} else 1.0"]


_NAMES = {"**": "power", "//": "quotient", "%": "remainder"}


def _lookup(target: str, operation: Operation, texts: list[str], guard: str | None) -> list[str]:
    count = len(operation.keys[0]) if operation.keys else len(texts)
    keys, cells = texts[:count], texts[count:]
    lines: list[str] = []
    for words, cell in zip(operation.keys, cells, strict=True):
        same = " and ".join(f"{key} == {word!r}" for key, word in zip(keys, words, strict=True))
        lines.append(f"{'elif' if lines else 'if'} {same}: {target} = {cell}")
    lacking = [f" {target} = 1.0", f" bad = {guard} or bad" if guard else " bad = True"]
    return [*lines, "else:", *lacking] if lines else [line[1:] for line in lacking]


@lru_cache(maxsize=200)
def _compiled(source: str) -> MachineCode:
    numba: Any = import_module("numba")

    namespace: dict[str, Any] = {"range": range, "True": True, "False": False, **_functions()}
    namespace["__builtins__"] = {}
    exec(compile(source, "<kernel>", "exec"), namespace)  # noqa: S102 - generated from a checked tree, with no builtins
    return numba.njit(nogil=True, error_model="numpy")(namespace["stage"])


@cache
def _functions() -> dict[str, Any]:
    """The function table's scalar forms for numba: theirs raise, these give what is not finite."""
    numba: Any = import_module("numba")

    jit = numba.njit(error_model="numpy", inline="never")

    def floor(value: float) -> float:
        below = np.floor(value)
        short = below + 1.0 - value
        return below + 1.0 if short <= 1e-3 and short <= 1e-12 * max(1.0, abs(value)) else below

    whole = jit(floor)

    def ceil(value: float) -> float:
        return 0.0 - whole(-value)

    def half_up(value: float) -> float:
        return math.copysign(whole(abs(value) + 0.5), value)

    def quotient(left: float, right: float) -> float:
        return whole(left / right)

    def remainder(left: float, right: float) -> float:
        rest = left - right * whole(left / right)
        return 0.0 if abs(rest) <= 1e-12 * abs(left) or rest * right < 0 else rest

    def power(base: float, exponent: float) -> float:
        return base**exponent

    def smaller(left: float, right: float) -> float:
        return min(left, right)

    def larger(left: float, right: float) -> float:
        return max(left, right)

    plain = {
        "abs": math.fabs,
        "sqrt": math.sqrt,
        "exp": math.exp,
        "log": math.log,
        "log2": np.log2,
        "log10": math.log10,
    }
    own = {"ceil": ceil, "round": half_up, "quotient": quotient, "remainder": remainder, "power": power, "min": smaller,
           "max": larger}  # fmt: skip
    compiled = {f"f_{name}": jit(function) for name, function in own.items()}
    return {"f_floor": whole, **compiled, **{f"f_{name}": function for name, function in plain.items()}}
