"""Lowered operations -> stages: straight-line NumPy code, one function per set of dimensions that values depend on.

A stage's values all have one shape, that of the dimensions they depend on; what it reads of other stages has fewer,
and broadcasts. Within a stage every operation writes to a scratch buffer, which is used again once nobody needs what
it holds. The order is depth first, so that few buffers are in use at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from ...language.functions import FUNCTIONS
from .arrays import OPERATORS, OWN, TRUTHS, fails, lookup
from .lowering import Axis, Constant, Lowered, Operation

StageCode = Callable[[Sequence[Any], Sequence[Any], Sequence[Any], Sequence[Any]], None]


@dataclass(frozen=True)
class Stage:
    """All the values that depend on the same dimensions, computed together.

    `dims`: a bit per dimension. `reads`: values of other stages and axes; `writes`: values that others or the caller
    read; `truths`: which of the written are truths. `floats`, `bools`: scratch buffers that it needs; `values`: what it
    computes, in order.
    """

    dims: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    truths: frozenset[int]
    floats: int
    bools: int
    values: tuple[int, ...]
    source: str = field(repr=False)
    code: StageCode = field(repr=False)


@dataclass(frozen=True)
class Program:
    """`stages` in an order in which each comes after what it reads; `dims`: what each value depends on."""

    lowered: Lowered
    dims: tuple[int, ...]
    stages: tuple[Stage, ...]
    wanted: tuple[int, ...]


def plan(lowered: Lowered, axis_dims: Mapping[str, int]) -> Program:
    """The stages for axes that lie along these dimensions, a bit for each."""
    along = [axis_dims[name] for name in lowered.axes]
    dims = [_union(along, reach) for reach in lowered.reach]
    wanted = tuple(dict.fromkeys(value for value in lowered.outputs if isinstance(value, int)))
    needed = _needed(lowered, wanted)
    steps = lowered.steps
    exported = set(wanted)
    for number in needed:
        step = steps[number]
        if isinstance(step, Operation):
            exported.update(read for read in step.inputs if dims[read] != dims[number])
    groups: dict[int, list[int]] = {}
    for number in needed:
        if isinstance(steps[number], Operation):
            groups.setdefault(dims[number], []).append(number)
    order = sorted(groups, key=lambda mask: (mask.bit_count(), mask))
    stages = tuple(_Builder(lowered, dims, groups[mask], exported).stage(mask) for mask in order)
    return Program(lowered, tuple(dims), stages, wanted)


def _union(along: Sequence[int], reach: int) -> int:
    found = 0
    for place, mask in enumerate(along):
        if reach >> place & 1:
            found |= mask
    return found


def _needed(lowered: Lowered, wanted: Iterable[int]) -> list[int]:
    """All that the wanted values rest on, and they, in order."""
    found, waiting = set(wanted), [*wanted]
    while waiting:
        step = lowered.steps[waiting.pop()]
        fresh = set(step.inputs) - found if isinstance(step, Operation) else ()
        found.update(fresh)
        waiting += fresh
    return sorted(found)


class _Builder:
    """Writes one stage's code."""

    def __init__(self, lowered: Lowered, dims: Sequence[int], values: list[int], exported: set[int]) -> None:
        self.steps, self.dims = lowered.steps, dims
        self.writes = [value for value in values if value in exported]
        self.values = set(values)
        self.order = self._depth_first()
        self.uses = dict.fromkeys(values, 0)
        for value in self.order:
            for read in self._operation(value).inputs:
                if read in self.uses:
                    self.uses[read] += 1
        self.reads: dict[int, str] = {}
        self.places: dict[int, str] = {value: f"r{at}" for at, value in enumerate(self.writes)}
        self.free: dict[str, list[str]] = {"s": [], "t": []}
        self.made = {"s": 0, "t": 0}
        self.lines: list[str] = []

    def _is_truth(self, value: int) -> bool:
        step = self.steps[value]
        while isinstance(step, Operation) and step.function == "unless":
            step = self.steps[step.operands[0]]
        return isinstance(step, Operation) and step.function in TRUTHS

    def _operation(self, value: int) -> Operation:
        step = self.steps[value]
        assert isinstance(step, Operation)
        return step

    def _depth_first(self) -> list[int]:
        order: list[int] = []
        done: set[int] = set()
        waiting: list[tuple[int, bool]] = [(value, False) for value in reversed(self.writes)]
        while waiting:
            value, ready = waiting.pop()
            if ready:
                order.append(value)
            elif value in self.values and value not in done:
                done.add(value)
                waiting.append((value, True))
                waiting += [(read, False) for read in reversed(self._operation(value).inputs)]
        return order

    def stage(self, mask: int) -> Stage:
        for value in self.order:
            self._emit(value, self._operation(value))
        names = {
            "a": [*self.reads.values()],
            "s": [f"s{at}" for at in range(self.made["s"])],
            "t": [f"t{at}" for at in range(self.made["t"])],
            "r": [f"r{at}" for at in range(len(self.writes))],
        }
        unpacked = [f"{''.join(f'{name}, ' for name in each)}= {group}" for group, each in names.items() if each]
        source = "def stage(a, s, t, r):\n " + "\n ".join([*unpacked, *self.lines]) + "\n"
        truths = frozenset(value for value in self.writes if self._is_truth(value))
        return Stage(mask, tuple(self.reads), tuple(self.writes), truths, self.made["s"], self.made["t"],
                     tuple(self.order), source, compiled(source))  # fmt: skip

    def _emit(self, value: int, operation: Operation) -> None:
        texts = [self._text(operand) for operand in operation.operands]
        guard = None if operation.guard is None else self._guard(operation.guard)
        kind = "t" if self._is_truth(value) else "s"
        form = OPERATORS.get(operation.function) or _form(operation.function)
        whole = form is not None and form not in OWN and guard is None  # may write over what it reads
        inputs = [read for read in dict.fromkeys(operation.inputs) if read in self.uses]
        for read in operation.inputs:
            if read in self.uses:
                self.uses[read] -= 1
        if whole:
            self._release(inputs)
        target = self.places.get(value) or self._buffer(kind)
        if form is not None:
            self._call(form, texts, target, guard)
        else:
            self._special(operation, texts, target, guard)
        if not whole:
            self._release(inputs)
        self.places[value] = target

    def _call(self, form: str, texts: list[str], target: str, guard: str | None) -> None:
        operands = ", ".join(texts)
        if form in OWN:
            temp = self._buffer("s")
            self.lines.append(f"{form}({operands}, {target}, {temp}, {guard})")
            self.free["s"].append(temp)
        elif guard is None:
            self.lines.append(f"{form}({operands}, out={target})")
        else:
            self.lines += [f"{target}.fill(1.0)", f"{form}({operands}, out={target}, where={guard})"]

    def _special(self, operation: Operation, texts: list[str], target: str, guard: str | None) -> None:
        match operation.function:
            case "choose":
                test, then, other = texts
                self.lines += [f"copyto({target}, {other})", f"copyto({target}, {then}, where={test})"]
            case "unless":
                self.lines += [f"fails({texts[1]})", f"copyto({target}, {texts[0]})"]
            case "lookup":
                keys = len(operation.keys[0]) if operation.keys else len(texts)
                asked, cells = ("".join(f"{text}, " for text in part) for part in (texts[:keys], texts[keys:]))
                self.lines.append(f"lookup(({asked}), {operation.keys!r}, ({cells}), {target}, {guard})")
            case other:
                raise TypeError(f"no array form of {other}")

    def _guard(self, value: int) -> str:
        step = self.steps[value]
        return str(bool(step.number)) if isinstance(step, Constant) else self._text(value)

    def _text(self, value: int) -> str:
        step = self.steps[value]
        if isinstance(step, Constant):
            return repr(step.number)
        if value in self.values:
            return self.places[value]
        return self.reads.setdefault(value, f"a{len(self.reads)}")

    def _buffer(self, kind: str) -> str:
        if self.free[kind]:
            return self.free[kind].pop()
        self.made[kind] += 1
        return f"{kind}{self.made[kind] - 1}"

    def _release(self, values: Iterable[int]) -> None:
        for value in values:
            place = self.places[value]
            if not self.uses[value] and place[0] != "r":
                self.free[place[0]].append(place)


def _form(function: str) -> str | None:
    return FUNCTIONS[function].array if function in FUNCTIONS else None


@lru_cache(maxsize=1000)
def compiled(source: str) -> StageCode:
    """The function that the source defines: it holds numbers and names of ours alone."""
    ufuncs = {name: getattr(np, name) for name in {*OPERATORS.values(), *_forms()} - set(OWN)}
    namespace: dict[str, Any] = {
        "__builtins__": {}, **ufuncs, **OWN, "copyto": np.copyto, "fails": fails, "lookup": lookup,
    }  # fmt: skip
    exec(compile(source, "<kernel>", "exec"), namespace)  # noqa: S102 - generated from a checked tree, with no builtins
    return namespace["stage"]


def _forms() -> set[str]:
    return {function.array for function in FUNCTIONS.values()}


def axes_of(lowered: Lowered) -> dict[str, int]:
    """The number of each axis's value, of those that are needed."""
    return {step.name: number for number, step in enumerate(lowered.steps) if isinstance(step, Axis)}
