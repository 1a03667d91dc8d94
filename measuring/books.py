"""Workbooks for mapped rows: one for each accelerator and model, from which those of other settings are copied."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, NoValue, errors
from ..scenarios import Library, Loaded, load
from .mapping import Mapped
from .names import Names
from .parallel import Spread

FLOOR = "measurements/floor"
_GIB = 2.0**30
_BITS = 8.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workbook with everything set but a row's own lengths and batch; `copies` of the model fill the devices."""

    workbook: Workbook
    spread: Spread
    copies: float


class Books:
    """Prepared workbooks by what they depend on, each made once."""

    def __init__(self, names: Names, scenario: str = FLOOR, library: Library | None = None) -> None:
        self.names, self.scenario, self.library = names, scenario, library or Library([])
        self.shown: tuple[str, ...] = ()
        self._loaded: dict[tuple[str, str], Workbook | str] = {}
        self._prepared: dict[tuple[object, ...], Prepared | str] = {}

    def prepared(self, row: Mapped) -> Prepared | str:
        """The row's workbook; a text where there is none, which says why."""
        devices = row.row.devices
        key = (row.hardware, row.model, row.settings, row.spread, devices, row.file_format, row.row.file_gib)
        if key not in self._prepared:
            self._prepared[key] = self._prepare(row)
        return self._prepared[key]

    def loaded(self, hardware: str, model: str) -> Workbook | str:
        """The scenario with these two entries bound, as it stands."""
        key = (hardware, model)
        if key not in self._loaded:
            found = load(self.scenario, (), self.library, {"hardware": hardware, "model": model})
            self.shown = self.shown or found.show
            self._loaded[key] = found.workbook or _said(found)
        return self._loaded[key]

    def _prepare(self, row: Mapped) -> Prepared | str:
        base = self.loaded(row.hardware, row.model)
        if isinstance(base, str):
            return base
        workbook = base.copy()
        try:
            for name, text in row.settings:
                if name in workbook:
                    workbook[name] = text
            compute_otherwise(workbook, self.names)
            if row.file_format and row.row.file_gib:
                bits = row.row.file_gib * _GIB * _BITS / workbook.number("n_parameters")
                workbook[f"format_bits[{row.file_format}]"] = f"{bits!r} bit/parameter"
            spread = row.spread or fewest(workbook, row.row.devices, self.names.filled_share)
            put(workbook, spread)
        except (InvalidInput, NoValue) as error:
            return error.problems[0].message if error.problems else "a value is missing"
        return Prepared(workbook, spread, row.row.devices / spread.devices)


def _said(loaded: Loaded) -> str:
    found = errors(loaded.problems)
    return found[0].message if found else "it cannot be loaded"


def put(workbook: Workbook, spread: Spread) -> None:
    """Set the degrees of parallelism."""
    degrees = replace(spread)
    for name in ("tp", "pp", "ep", "attention_dp"):
        workbook[name] = float(getattr(degrees, name))


def fewest(workbook: Workbook, devices: int, share: float) -> Spread:
    """The smallest power of two of devices of which a share of the memory holds the weights, at most all of them."""
    needed = workbook.number("device_weight_bytes") / (share * workbook.number("memory_capacity"))
    tp = 1
    while tp < needed and 2 * tp <= devices:
        tp *= 2
    return Spread(tp=tp)


def compute_otherwise(workbook: Workbook, names: Names) -> None:
    """Where the device has no rate for a number format, products are computed in the first that it has."""
    if workbook.word("accumulator") == "fp16" and not _has_rate(workbook, "fp16"):
        workbook["accumulator"] = "fp32"
    choices = [name for name in workbook if name.startswith("format_dtype[") or name == "compute_dtype"]
    for name in choices:
        dtype = workbook.word(name)
        if not _has_rate(workbook, dtype):
            other = next((each for each in names.instead.get(dtype, ()) if _has_rate(workbook, each)), dtype)
            if other != dtype:
                workbook[name] = other


def _has_rate(workbook: Workbook, dtype: str) -> bool:
    accumulator = "int32" if dtype == "int8" else workbook.word("accumulator")
    name = f"compute_rate[{dtype}, {accumulator}, dense]"
    return name in workbook and workbook.value(name) is not None
