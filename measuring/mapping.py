"""Measured rows -> what of ours they measure: entries, settings and one quantity, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast

from ..scenarios import Library
from .engines import era_of
from .entries import Entries, Found
from .loads import counted, named_devices, offered_rate
from .names import Cells, Names, Rule
from .parallel import Spread, read_spread
from .rows import Measurement, corrected

Class = Literal["batch1_decode", "serving_tpot", "serving_ttft", "prefill", "throughput", "e2e", "other"]
CLASSES: tuple[Class, ...] = ("batch1_decode", "serving_tpot", "serving_ttft", "prefill", "throughput", "e2e", "other")
Batch = Literal["one", "told", "fits"]
_WITHOUT_OUTPUT = ("ttft", "prefill_speed")  # the quantities that no output is needed for
TPOT_BOUND = "tpot_bound"
_OF_ALL_COPIES = ("output_throughput", "total_throughput", "decode_throughput")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row that measures a quantity of ours.

    `settings`: values of quantities as a scenario sets them, later ones win. `spread`: None where the row does not say
    it. `batch`: sequences, None where it is what fits. `whole`: the batch is prefilled at once. Lengths in tokens.
    `row`: with what corrections read otherwise; `corrections`: their names. `rate`: requests that come in a second, to
    all devices, None where they do not come at a rate.
    """

    row: Measurement
    hardware: str
    model: str
    engine: str
    era: str
    quantity: str
    sort: Class
    settings: tuple[tuple[str, str], ...]
    spread: Spread | None
    batch: float | None
    whole: bool
    prompt: float
    cached: float
    output: float
    context: float
    file_format: str = ""
    corrections: tuple[str, ...] = ()
    rate: float | None = None

    @property
    def demand(self) -> str:
        """What limits the load: `rate` where requests come at one, `bound` where a token may take so long; else ''."""
        if self.rate is not None:
            return "rate"
        return "bound" if any(name == TPOT_BOUND for name, _ in self.settings) else ""

    @property
    def of_all_copies(self) -> bool:
        """Whether the figure adds up all copies of the model that the devices hold."""
        return self.quantity in _OF_ALL_COPIES


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A row that nothing of ours can be compared with, and why."""

    row: Measurement
    reason: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """A row that is left out by a rule which does not look at any prediction, and why."""

    row: Measurement
    rule: str
    reason: str


Outcome = Mapped | Unmapped | Excluded


def map_rows(rows: Iterable[Measurement], names: Names, library: Library | None = None) -> tuple[Outcome, ...]:
    """What became of each row, in their order; nothing is dropped."""
    entries = Entries(names, library or Library([]))
    return tuple(_mapped(row, names, entries.find) for row in rows)


Find = Callable[..., Found]


def _mapped(row: Measurement, names: Names, find: Find) -> Outcome:
    row = _as_spelled(row, names)
    excluded = next((rule for rule in names.all("exclusions", row.texts) if not rule.word("test")), None)
    if excluded:
        return Excluded(row, excluded.word("rule"), excluded.word("why"))
    hardware = find("hardware", counted(row.text("gpu"))[1], row.text("gpu_norm"))
    model = find("model", row.text("model"), row.text("model_family"))
    entries = {"hardware_entry": hardware.name, "model_entry": model.name}
    corrections = _corrections(names, {**row.texts, **entries})
    for rule in corrections:
        row = corrected(row, rule.read)
    cells = {**row.texts, **entries}
    metric, engine = names.first("metrics", cells), names.first("engines", cells)
    spread = read_spread(cells.get("parallelism", ""), row.devices)
    reason = _obstacle(row, metric, engine, hardware, model) or _unknown_format(cells, names)
    if reason or isinstance(spread, str) or metric is None or engine is None:
        return Unmapped(row, reason or str(spread))
    prompt = row.prompt or 0.0
    output = max(1.0, row.output or 0.0)
    cached = row.cached + row.depth
    return Mapped(
        row, hardware.name, model.name, engine.word("engine"), era_of(engine.word("engine"), cells, names),
        metric.word("quantity"), cast(Class, metric.word("class")), _settings(names, cells, engine), spread,
        _batch(metric, row), metric.word("prefill") == "batch", max(1.0, prompt), cached, output,
        prompt + cached + (row.output or 0.0) / 2, _file_format(names, cells),
        tuple(dict.fromkeys(name for rule in corrections if (name := rule.word("rule")))), offered_rate(cells),
    )  # fmt: skip


def _as_spelled(row: Measurement, names: Names) -> Measurement:
    """The row with other spellings of known words read as these, and its batch as a number by itself."""
    batch = {"batch_or_concurrency": f"{row.batch:.0f}"} if row.batch else {}
    read = {**named_devices(row.texts), **names.spelled(row.texts), **batch}
    return corrected(row, {column: text for column, text in read.items() if text != row.text(column)})


def _corrections(names: Names, cells: Cells) -> tuple[Rule, ...]:
    """The first correction that fits, and what a benchmark leaves out because it fixes it."""
    wrong, left_out = names.first("corrections", cells), names.first("workloads", cells)
    return tuple(rule for rule in (wrong, left_out) if rule is not None)


def _obstacle(row: Measurement, metric: Rule | None, engine: Rule | None, hardware: Found, model: Found) -> str:
    """Why the row measures nothing of ours, '' if it does."""
    if row.unread:
        return row.unread
    if metric is None:
        return f"the metric '{row.text('metric')}' is not known"
    if metric.word("unmapped"):
        return f"{row.text('metric')}: {metric.word('unmapped')}"
    if engine is None:
        return f"the engine '{row.text('engine')}' is not known"
    for sort, found in (("hardware", hardware), ("model", model)):
        if not found.name:
            return _no_entry(row, sort, found)
    if row.prompt is None:
        return "the length of the prompt is not told"
    if not row.output and metric.word("quantity") not in _WITHOUT_OUTPUT:
        return "the length of the output is not told"
    if metric.word("batch") == "told" and not row.batch:
        return "the batch is not told"
    return ""


def _no_entry(row: Measurement, sort: str, found: Found) -> str:
    columns = ("gpu_norm", "gpu") if sort == "hardware" else ("model_family", "model")
    text = row.text(columns[0]) or row.text(columns[1])
    return f"'{text}' may be {' or '.join(found.several)}" if found.several else f"no {sort} entry for '{text}'"


def _unknown_format(cells: Cells, names: Names) -> str:
    """Why nothing is known of the weights or of the cache, '' if it is."""
    weights, cache = names.first("formats", cells), names.first("caches", cells)
    if weights is None:
        return f"the format of weights '{cells.get('weight_precision', '')[:60]}' is not known"
    told = ((weights, "weight_precision"), (cache, "kv_precision"))
    wrong = next(((rule, column) for rule, column in told if rule and rule.word("unmapped")), None)
    return f"'{cells.get(wrong[1], '')[:60]}': {wrong[0].word('unmapped')}" if wrong else ""


def _batch(metric: Rule, row: Measurement) -> float | None:
    how = cast(Batch, metric.word("batch"))
    return 1.0 if how == "one" else row.batch if how == "told" else None


def _settings(names: Names, cells: Cells, engine: Rule) -> tuple[tuple[str, str], ...]:
    """What engine, formats, cache, bounds and kernels set, in this order; later ones win."""
    found_first = (names.first(sort, cells) for sort in ("formats", "caches", "bounds"))
    rules = [engine, *found_first, *names.all("kernels", cells)]
    found: dict[str, str] = {}
    for rule in rules:
        found |= rule.set if rule else {}
    return tuple(found.items())


def _file_format(names: Names, cells: Cells) -> str:
    rule = names.first("formats", cells)
    return rule.word("file") if rule and cells.get("weights_gib") else ""
