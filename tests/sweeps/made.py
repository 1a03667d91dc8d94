"""A small scenario with two cards, and sweeps of it: by the library, and point by point."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow.ipc
import pyarrow.parquet

from roofsheet.graph.engine.workbook import Workbook
from roofsheet.problems import Text, errors
from roofsheet.scenarios import Loaded, load
from roofsheet.sweeps.outputs import write_sweep
from roofsheet.sweeps.plan import Plan, plan_of
from roofsheet.sweeps.request import Request
from roofsheet.sweeps.running import Gathered

# `share` fails where batch is 2, `root` below 0 on the side taken, `kind` where `time` has no value.
SCENARIO = """\
scenario: A small sweep
with: {hardware: ./one.yaml}
quantities:
  batch: {unit: sequence, default: 1, about: Sequences at once.}
  load: {unit: GB, default: 4 GB}
  format: {choices: [bf16, fp8, int4], default: bf16}
  size: {unit: GB, formula: 'load / 2 if format == fp8 else load'}
  time: {unit: ms, formula: 'size / memory_bandwidth / 1[device]', about: How long it takes.}
  share: {unit: '', formula: 'batch / (batch - 2)'}
  root: {unit: '', formula: 'sqrt(batch / 1[sequence] - 3) if batch > 2 else log2(batch / 1[sequence] + 1)'}
  kind: {choices: [short, long], formula: 'short if time * share < 1[s] else long'}
show: [time, share, root, kind]
"""
CARDS = {"one": "memory_bandwidth: 3 GB/s", "two": "memory_bandwidth: 7 GB/s", "none": "memory_capacity: 1 GB"}


def write_scenario(folder: Path, more: str = "") -> str:
    """The scenario and its cards in a folder; of `none`, nothing can be computed."""
    for name, fact in CARDS.items():
        text = f"hardware: {name}\nper: device\nsources: {{d: {{title: T}}}}\nfacts: {{source: d, {fact}}}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(SCENARIO + more, encoding="utf-8")
    return str(path)


def asked(scenario: str, over: Mapping[str, str], get: Sequence[str] = (), **more: Any) -> Request:
    """A request as the command line makes it; texts for formulas."""
    texts = {name: Text.line(more.pop(name), f"--{name}") for name in ("where", "best") if more.get(name)}
    more["pareto"] = tuple(Text.line(each, "--pareto") for each in more.get("pareto", ()))
    axes = tuple((Text.line(name, "--over"), Text.line(values, "--over")) for name, values in over.items())
    return Request(scenario, over=axes, get=tuple(Text.line(name, "--get") for name in get), **texts, **more)


def planned(request: Request) -> Plan:
    plan, problems = plan_of(request)
    assert plan is not None, errors(problems)
    return plan


def written(request: Request, output: Path, resume: bool = False, jobs: int = 1) -> Gathered:
    """A sweep written by the library."""
    nothing: Any = lambda _: None  # noqa: E731
    return write_sweep(planned(request), output, resume, jobs, "", nothing, nothing)


Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """The rows of a file, or of a folder of parts; of CSV, names without units, and numbers as numbers."""
    if path.is_dir():
        return [row for part in sorted(path.glob("part-*.parquet")) for row in read(part)]
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path).to_pylist()
    if path.suffix == ".arrow":
        return pyarrow.ipc.open_file(path).read_all().to_pylist()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = [name.partition(" [")[0] for name in rows[0]]
    return [dict(zip(names, map(_cell, row), strict=True)) for row in rows[1:]]


def _cell(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def one_by_one(scenario: str, axes: Mapping[str, Sequence[Any]], get: Sequence[str], side_by_side: bool) -> list[Row]:
    """The rows that should be there: a workbook set to each point, and read."""
    names = sorted(axes, key=lambda name: name != "hardware")  # entries are slowest
    points = (
        zip(*(axes[name] for name in names), strict=True) if side_by_side else product(*(axes[name] for name in names))
    )
    return [_row(scenario, dict(zip(names, point, strict=True)), [*axes], get) for point in points]


@cache
def _loaded(scenario: str, card: str | None) -> Loaded:
    return load(scenario, bind={"hardware": card} if card else {})


def _value(book: Workbook, name: str) -> float | str | None:
    if book.error(name):
        return None
    return book.word(name) if book.definition(name).choices else book.number(name)


def _row(scenario: str, point: Row, order: Sequence[str], get: Sequence[str]) -> Row:
    card = point.get("hardware")
    loaded = _loaded(scenario, card)
    row = {name: point[name] for name in order}
    if loaded.workbook is None:
        return row | dict.fromkeys(get) | {"problem": f"{card}: {errors(loaded.problems)[0].message}"}
    book = loaded.workbook.copy()
    for name in order:
        if name != "hardware":
            book[name] = point[name]
    row |= {name: _value(book, name) for name in get}
    failed = [problem.message for name in get if (problem := book.error(name))]
    return row | {"problem": failed[0] if failed else None}
