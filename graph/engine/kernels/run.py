"""One run of a kernel over a grid: block by block, as if nothing failed, and the careful way where something did.

Algorithm. The grid is walked in blocks that fit the processor's cache. A stage of few points is computed once for the
whole grid; one of more, for each block, and anew only where the block has moved along its dimensions. Everything is
computed as if no point could fail; the processor's flags say when one does (overflow, division by zero, what is no
number). Then the grid is halved until what fails is in a small part, and that is done the careful way (careful.py).

Invariant: where no flag was raised, every value is finite, and is what the evaluator gives.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from sys import getrefcount

import numpy as np

from ..workbook import Workbook
from .arrays import Array, Trouble, fails
from .asked import Asked
from .axes import base_scale, checked_finite
from .careful import Careful, Reasons
from .lowering import Axis, Constant, Failed, Lowered
from .machine import MachineCode, is_there, machine_code, pays
from .regions import Parts, Region, moved, tiles
from .result import Result
from .stages import Program, Stage, plan

BLOCK = 65_536  # points at most
SHORTEST = BLOCK // 4  # and at least: below, starting an operation takes as long as doing it
BUFFERED = 2**18  # numbers in all of a block's buffers: what a core's own cache holds
HOISTED = 65_536  # points up to which a stage is computed for the whole grid
MANY_BLOCKS = 4  # from which on threads share them
KEPT = 2**23  # numbers in the outputs of a run, up to which the next run uses their memory
LINE = 8  # numbers; outputs start where a line of the cache does
CAREFUL = 4_096  # points that are not divided further

ALONE = 2  # references to what only the asking function holds: its own, and the question's


class _Past:
    """What a kernel did: how many operations in NumPy, and in which memory, to be used again once nobody reads it.

    New memory costs the system, which clears it, as much as a few operations on it.
    """

    def __init__(self) -> None:
        self.work = 0
        self._kept: list[Array] = []

    def memory(self, size: int) -> Array:
        """Room for so many numbers: the last run's, if its results are gone."""
        while self._kept:
            memory = self._kept.pop()
            if memory.size == size and getrefcount(memory) == ALONE:
                return memory
        return np.empty(size)

    def keep(self, memory: Array) -> None:
        if memory.size <= KEPT:
            self._kept.append(memory)


@dataclass(frozen=True)
class Compiled:
    """What a run rests on: the lowered formulas, and the stages made of them for each shape of axes.

    `outputs`: what is asked for; `axes`: absolute names by the given ones; `machine`: as `compile_kernel` says.
    """

    workbook: Workbook = field(repr=False)
    outputs: Mapping[str, Asked]
    axes: Mapping[str, str]
    lowered: Lowered = field(repr=False)
    machine: bool | None = None
    past: _Past = field(default_factory=_Past, repr=False)

    def programs(self, dims: Mapping[str, int]) -> Program:
        """The stages for axes along these dimensions, a bit for each."""
        key = tuple(sorted(dims.items()))
        if key not in self._programs:
            self._programs[key] = plan(self.lowered, dims)
        return self._programs[key]

    @cached_property
    def _programs(self) -> dict[tuple[tuple[str, int], ...], Program]:
        return {}


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _flagged() -> np.errstate:
    """Within it, what fails raises; each thread needs its own."""
    return np.errstate(over="raise", divide="raise", invalid="raise", under="ignore")


class _Stuck(Exception):
    """A stage failed: somewhere along these dimensions."""

    def __init__(self, dims: int) -> None:
        super().__init__()
        self.dims = dims


class Run:
    """One run. Inside, the dimensions are in order of size, so that the inner loops are long."""

    def __init__(self, kernel: Compiled, arrays: Mapping[str, Array], threads: int | None) -> None:
        self.kernel = kernel
        self.threads = threads or _cores()
        self.shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        self.rank = len(self.shape)
        self.order = sorted(range(self.rank), key=lambda dim: self.shape[dim])
        self.extents = tuple(self.shape[dim] for dim in self.order)
        inside = {kernel.axes[name]: self._inside(array) for name, array in arrays.items()}
        lowered = kernel.lowered
        dims = {name: _mask(array.shape) for name, array in inside.items()}
        self.program = kernel.programs({name: dims[name] for name in lowered.axes})
        self.given = inside
        self.axes = {at: inside[step.name] for at, step in enumerate(lowered.steps) if isinstance(step, Axis)}
        self.unchecked: set[str] = {
            name for name, array in inside.items() if array.size > HOISTED
        }  # till they are in the cache
        for name in inside.keys() - self.unchecked:
            checked_finite(kernel.workbook, name, inside[name])
        self.reasons = Reasons()
        self.careful = Careful(kernel.workbook, lowered.nodes, self.reasons)
        self.codes: dict[str, Array] = {}
        self.found = self._rooms()
        self.machine: dict[int, MachineCode] = {}

    def _inside(self, array: Array) -> Array:
        whole = array.reshape((1,) * (self.rank - array.ndim) + array.shape)
        return whole.transpose(self.order)

    def _rooms(self) -> dict[int, Array]:
        """Where the outputs go: one piece of memory, which the system gives out faster than several."""
        shapes = {value: self._shape(self.program.dims[value], self.extents) for value in self.program.wanted}
        sizes = {value: -(-prod(shape) // LINE) * LINE for value, shape in shapes.items()}
        memory, start = self.kernel.past.memory(sum(sizes.values())), 0
        found: dict[int, Array] = {}
        for value, shape in shapes.items():
            found[value] = memory[start : start + prod(shape)].reshape(shape)
            start += sizes[value]
            step = self.kernel.lowered.steps[value]
            if isinstance(step, Constant):
                found[value][...] = step.number
            elif isinstance(step, Axis):
                found[value][...] = self.axes[value]
        self.kernel.past.keep(memory)
        return found

    def _shape(self, dims: int, extents: Sequence[int]) -> tuple[int, ...]:
        return tuple(extent if dims >> at & 1 else 1 for at, extent in enumerate(extents))

    def result(self) -> Result:
        if prod(self.extents):
            self.fill(tuple(slice(0, extent) for extent in self.extents))
        back = np.argsort(self.order) if self.rank else ()
        values: dict[str, Array] = {}
        codes: dict[str, Array] = {}
        for (name, asked), value in zip(self.kernel.outputs.items(), self.kernel.lowered.outputs, strict=True):
            if isinstance(value, Failed):
                array = np.full((1,) * self.rank, np.nan)
                self.codes[name] = np.full(array.shape, self.reasons.code(value.problem), np.int32)
            else:
                array = self.found[value]
            array = array.transpose(back)
            if name in self.codes:
                codes[name] = self.codes[name].transpose(back)
            values[name] = self._words(array, codes.get(name)) if asked.words else array
        return Result(values, codes, self.reasons.problems)

    def _words(self, array: Array, codes: Array | None) -> Array:
        words = np.array([*self.kernel.workbook.words.words, ""])
        last = len(words) - 1
        numbers = array if codes is None else np.where(codes != 0, last, array)
        return words[numbers.astype(np.intp)]

    # -- fast --------------------------------------------------------------------------------------

    def fill(self, region: Region) -> None:
        """Compute the outputs in a part of the grid; what fails is looked for by halving."""
        try:
            self._fast(region)
        except _Stuck as stuck:
            for name in sorted(self.unchecked):
                checked_finite(self.kernel.workbook, name, self.given[name])
            self.unchecked = set[str]()
            lengths = [part.stop - part.start for part in region]
            along = [at for at in range(self.rank) if stuck.dims >> at & 1 and lengths[at] > 1]
            if not along or prod(lengths) <= CAREFUL:
                self._slowly(region)
                return
            widest = max(along, key=lambda at: lengths[at])
            middle = region[widest].start + lengths[widest] // 2
            for half in (slice(region[widest].start, middle), slice(middle, region[widest].stop)):
                self.fill((*region[:widest], half, *region[widest + 1 :]))

    def _fast(self, region: Region) -> None:
        lengths = [part.stop - part.start for part in region]
        held, moving = _Held({}), list[Stage]()
        with _flagged():
            for stage in self.program.stages:
                if prod(self._shape(stage.dims, lengths)) <= HOISTED:
                    self._compute(stage, region, region, held)
                else:
                    moving.append(stage)
        if not moving:
            return
        self._choose_machine(moving, prod(lengths))
        points = max(min(SHORTEST, BLOCK), min(BLOCK, BUFFERED // max(1, *[stage.floats for stage in moving])))
        blocks = [moved(tile, region) for tile in tiles(tuple(lengths), points)]
        if self.threads == 1 or len(blocks) < MANY_BLOCKS:
            self._walk(iter(blocks), region, moving, held)
            return
        shared = iter(blocks)  # each thread takes the next: one on a busy core takes fewer
        with ThreadPoolExecutor(self.threads) as pool:
            walks = [pool.submit(self._walk, shared, region, moving, held) for _ in range(self.threads)]
        for walk in walks:
            walk.result()

    def _choose_machine(self, stages: Sequence[Stage], points: int) -> None:
        """Machine code for the stages that have it, and once as much was computed without it as it takes to get it."""
        kernel = self.kernel
        work = points * sum(len(stage.values) for stage in stages)
        kernel.past.work += work
        wanted = kernel.machine if kernel.machine is not None else pays(stages, kernel.past.work) and is_there()
        if wanted:
            for stage in stages:
                code = machine_code(stage, kernel.lowered, self.program.dims, self.rank)
                self.machine[id(stage)] = code

    def _walk(self, blocks: Iterator[Region], region: Region, stages: Sequence[Stage], hoisted: _Held) -> None:
        """The stages in each of the blocks; what a stage wrote is kept while the block stays where the stage looks."""
        held = _Held(hoisted.values)
        places: list[tuple[int, ...] | None] = [None] * len(stages)
        with _flagged():
            for block in blocks:
                for at, stage in enumerate(stages):
                    place = tuple(part.start for dim, part in enumerate(block) if stage.dims >> dim & 1)
                    if places[at] != place:
                        places[at] = place
                        self._compute(stage, block, region, held)

    def _compute(self, stage: Stage, block: Region, region: Region, held: _Held) -> None:
        """One stage in one block; what it writes is held, or is the outputs' own memory."""
        shape = self._shape(stage.dims, [part.stop - part.start for part in block])
        part_of = Parts(block)
        operands: list[Array] = []
        for read in stage.reads:
            if read in self.axes:
                operands.append(self._axis(read, part_of, stage))
            elif read in held.values:
                operands.append(held.values[read])
            elif read in self.found:
                operands.append(part_of(self.found[read]))
            else:
                operands.append(Parts(block, region)(held.hoisted[read]))
        # Threads compute the same values of stages of fewer dimensions: none may read another's half-made ones.
        alone = block is region or stage.dims == _mask(self.extents)
        results = [
            part_of(self.found[value])
            if value in self.found and alone
            else held.room(value, shape, bool if value in stage.truths else float)
            for value in stage.writes
        ]
        try:
            code = self.machine.get(id(stage))
            if code is not None and all(result.flags.c_contiguous for result in results):
                fails(code(*map(np.ascontiguousarray, operands), *results))
            else:
                stage.code(operands, *held.scratch.views(stage, shape), results)
        except (FloatingPointError, Trouble):
            raise _Stuck(stage.dims) from None
        if not alone:
            for value in self.found.keys() & {*stage.writes}:
                part_of(self.found[value])[...] = held.values[value]

    def _axis(self, value: int, part_of: Parts, stage: Stage) -> Array:
        part = part_of(self.axes[value])
        step = self.kernel.lowered.steps[value]
        assert isinstance(step, Axis)
        if step.name in self.unchecked and id(stage) not in self.machine:  # machine code checks by itself
            checked_finite(self.kernel.workbook, step.name, part)
        return part

    # -- careful -----------------------------------------------------------------------------------

    def _slowly(self, region: Region) -> None:
        """Point by point over the formulas as they stand; outputs of the same dimensions together."""
        groups: dict[int, list[str]] = {}
        for name, value in zip(self.kernel.outputs, self.kernel.lowered.outputs, strict=True):
            if isinstance(value, int):
                groups.setdefault(self.program.dims[value], []).append(name)
        for dims, names in groups.items():
            inner = tuple(
                part if dims >> at & 1 else slice(part.start, part.start + 1) for at, part in enumerate(region)
            )
            for tile in tiles(tuple(part.stop - part.start for part in inner), BLOCK):
                self._slow_block(moved(tile, inner), dims, names)

    def _slow_block(self, block: Region, dims: int, names: Sequence[str]) -> None:
        shape, part_of = tuple(part.stop - part.start for part in block), Parts(block)
        points = {
            name: np.broadcast_to(part_of(array), shape).ravel() * base_scale(self.kernel.workbook, name)
            for name, array in self.given.items()
        }
        values = dict(zip(self.kernel.outputs, self.kernel.lowered.outputs, strict=True))
        asked = {name: self.kernel.outputs[name] for name in names}
        for name, found in self.careful.run(points, prod(shape), asked).items():
            value = values[name]
            assert isinstance(value, int)
            part_of(self.found[value])[...] = found.numbers.reshape(shape)
            if found.codes.any() and name not in self.codes:
                self.codes[name] = np.zeros(self.found[value].shape, np.int32)
            if name in self.codes:
                part_of(self.codes[name])[...] = found.codes.reshape(shape)


class _Held:
    """What stages wrote for others to read: for the whole region, and for the present block."""

    def __init__(self, hoisted: Mapping[int, Array]) -> None:
        self.hoisted = hoisted
        self.values: dict[int, Array] = {}
        self.scratch = _Scratch()

    def room(self, value: int, shape: tuple[int, ...], kind: type) -> Array:
        found = self.values.get(value)
        if found is None or found.shape != shape:
            found = self.values[value] = np.empty(shape, kind)
        return found


class _Scratch:
    """Buffers that all stages use in turn; views of them by shape are kept."""

    def __init__(self) -> None:
        self.floats: list[Array] = []
        self.bools: list[Array] = []
        self.kept: dict[tuple[int, tuple[int, ...]], tuple[list[Array], list[Array]]] = {}

    def views(self, stage: Stage, shape: tuple[int, ...]) -> tuple[list[Array], list[Array]]:
        key = id(stage), shape
        found = self.kept.get(key)
        if found is None:
            found = (
                self._views(self.floats, stage.floats, shape, float),
                self._views(self.bools, stage.bools, shape, bool),
            )
            self.kept[key] = found
        return found

    @staticmethod
    def _views(buffers: list[Array], count: int, shape: tuple[int, ...], kind: type) -> list[Array]:
        size = prod(shape)
        for at in range(count):
            if at == len(buffers):
                buffers.append(np.ones(size, kind))
            elif buffers[at].size < size:
                buffers[at] = np.ones(size, kind)
        return [buffer[:size].reshape(shape) for buffer in buffers[:count]]


def _mask(shape: Sequence[int]) -> int:
    return sum(1 << at for at, extent in enumerate(shape) if extent != 1)
