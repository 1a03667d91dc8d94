"""Measured rows -> what of ours they measure: entries, settings and one quantity, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from ..problems import Text
from ..scenarios import Library
from .engines import era_of
from .loads import offered_rate
from .names import Cells, Names, Rule, matches
from .parallel import Spread, read_spread
from .rows import Measurement, corrected

Class = Literal["batch1_decode", "serving_tpot", "serving_ttft", "prefill", "throughput", "e2e", "other"]
CLASSES: tuple[Class, ...] = ("batch1_decode", "serving_tpot", "serving_ttft", "prefill", "throughput", "e2e", "other")
Batch = Literal["one", "told", "fits"]
Sort = Literal["hardware", "model"]
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
    entries = _Entries(names, library or Library([]))
    return tuple(_mapped(row, names, entries.find) for row in rows)


@dataclass
class _Entries:
    """Catalogue entries by the spellings of a row: those listed, then the catalogue's own names and aliases."""

    names: Names
    library: Library
    known: dict[tuple[Sort, str], str] = field(default_factory=dict[tuple[Sort, str], str])

    def find(self, sort: Sort, *spellings: str) -> str:
        """The entry's name, '' if there is none."""
        return next((name for text in spellings if text and (name := self._entry(sort, text))), "")

    def _entry(self, sort: Sort, spelling: str) -> str:
        key = (sort, spelling.casefold())
        if key not in self.known:
            listed: Mapping[str, str] = self.names.hardware if sort == "hardware" else self.names.models
            named = next((entry for glob, entry in listed.items() if matches(spelling, [glob])), spelling)
            found = self.library.shared().entry(Text.line(named, "a measured row"), sort)
            self.known[key] = found.name if found else ""
        return self.known[key]


Find = Callable[..., str]


def _mapped(row: Measurement, names: Names, find: Find) -> Outcome:
    excluded = next((rule for rule in names.all("exclusions", row.texts) if not rule.word("test")), None)
    if excluded:
        return Excluded(row, excluded.word("rule"), excluded.word("why"))
    corrections = _corrections(names, row.texts)
    for rule in corrections:
        row = corrected(row, rule.read)
    cells = row.texts
    metric = names.first("metrics", cells)
    engine = names.first("engines", cells)
    spread = read_spread(cells.get("parallelism", ""), row.devices)
    hardware = find("hardware", cells.get("gpu", ""), cells.get("gpu_norm", ""))
    model = find("model", cells.get("model", ""), cells.get("model_family", ""))
    reason = _obstacle(row, cells, metric, engine, hardware, model)
    if reason or isinstance(spread, str) or metric is None or engine is None:
        return Unmapped(row, reason or str(spread))
    prompt = row.prompt or 0.0
    output = max(1.0, row.output or 0.0)
    cached = row.cached + row.depth
    found = {**cells, "hardware_entry": hardware, "model_entry": model}
    return Mapped(
        row, hardware, model, engine.word("engine"), era_of(engine.word("engine"), cells, names),
        metric.word("quantity"), cast(Class, metric.word("class")), _settings(names, found, engine), spread,
        _batch(metric, row), metric.word("prefill") == "batch", max(1.0, prompt), cached, output,
        prompt + cached + (row.output or 0.0) / 2, _file_format(names, found),
        tuple(dict.fromkeys(name for rule in corrections if (name := rule.word("rule")))), offered_rate(cells),
    )  # fmt: skip


def _corrections(names: Names, cells: Cells) -> tuple[Rule, ...]:
    """The first correction that fits, and what a benchmark leaves out because it fixes it."""
    wrong, left_out = names.first("corrections", cells), names.first("workloads", cells)
    return tuple(rule for rule in (wrong, left_out) if rule is not None)


def _obstacle(
    row: Measurement, cells: Cells, metric: Rule | None, engine: Rule | None, hardware: str, model: str
) -> str:
    """Why the row measures nothing of ours, '' if it does."""
    if metric is None:
        return f"the metric '{cells['metric']}' is not known"
    if metric.word("unmapped"):
        return f"{cells['metric']}: {metric.word('unmapped')}"
    if engine is None:
        return f"the engine '{cells['engine']}' is not known"
    if not hardware:
        return f"no hardware entry for '{cells.get('gpu_norm') or cells.get('gpu')}'"
    if not model:
        return f"no model entry for '{cells.get('model_family') or cells.get('model')}'"
    if row.prompt is None:
        return "the length of the prompt is not told"
    if not row.output and metric.word("quantity") not in _WITHOUT_OUTPUT:
        return "the length of the output is not told"
    if metric.word("batch") == "told" and not row.batch:
        return "the batch is not told"
    return ""


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
