"""The guide's DAG as a contest: what every contender is given, what it must say, and the formulas, once for all peers.

A contender that differs from roofsheet by more than 1e-12 is not timed: nothing is, until they agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import roofsheet

GUIDE = "guides/qwen3-vl-32b-on-rtx-pro-6000"
INPUTS = (
    "peak_compute", "memory_bandwidth", "memory_capacity", "n_parameters", "bytes_per_parameter", "n_layers",
    "n_heads", "head_dim", "cache_element_bytes", "sequence_length", "prompt_length",
)  # fmt: skip
FORMULAS = {
    "n_kv_heads": "n_heads",
    "hidden_size": "n_heads * head_dim",
    "ops_to_byte": "peak_compute / memory_bandwidth",
    "attention_ops": "4.0 * sequence_length**2 * head_dim",
    "attention_traffic": "8.0 * sequence_length**2",
    "arithmetic_intensity": "attention_ops / attention_traffic",
    "weight_bytes": "n_parameters * bytes_per_parameter",
    "spare_memory": "memory_capacity - weight_bytes",
    "kv_bytes_per_token": "2.0 * n_layers * n_kv_heads * head_dim * cache_element_bytes",
    "max_batch": "floor(spare_memory / (kv_bytes_per_token * sequence_length))",
    "tpot": "weight_bytes / memory_bandwidth",
    "decode_throughput": "1.0 / tpot",
    "ttft": "prompt_length * 2.0 * n_parameters / peak_compute",
    "bottleneck": "'memory' if arithmetic_intensity < ops_to_byte else 'compute'",
}
"""In base units, in an order in which they can be computed; `floor` is each contender's own."""
RESULTS = tuple(FORMULAS)
OUTPUTS = ("max_batch", "tpot", "decode_throughput", "ttft")  # what sweeps ask for
TOLERANCE = 1e-12
Values = Sequence[float | str]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to compute the guide.

    `evaluate`: all formulas anew; `values`: what it gave, as RESULTS in base units; `change`: the bandwidth set, in
    GB/s, and the TPOT read, in ms. What a contender cannot do is None.
    """

    evaluate: Callable[[], Any] | None = None
    change: Callable[[float], float] | None = None
    values: Callable[[Any], Values] = list


class Guide:
    """The guide's scenario, opened: its inputs in base units, and roofsheet as a contender."""

    def __init__(self) -> None:
        self.workbook = roofsheet.open(GUIDE)
        names = (*INPUTS, *RESULTS)
        self.units = {name: self.workbook.definition(name).unit for name in names}
        self.given = {name: self.workbook.number(name) * self.units[name].scale for name in INPUTS}

    def roofsheet(self) -> Contender:
        workbook = self.workbook

        def change(bandwidth: float) -> float:
            workbook["memory_bandwidth"] = bandwidth
            return workbook.number("tpot")

        return Contender(workbook.recompute, change, lambda _: self.results())

    def results(self) -> Values:
        return [
            self.workbook.word(name) if name == "bottleneck" else self.workbook.number(name) * self.units[name].scale
            for name in RESULTS
        ]

    def disagreements(self, who: str, contender: Contender) -> list[str]:
        """Where a contender differs from roofsheet; leaves its bandwidth as it was."""
        wrong: list[str] = []
        if contender.evaluate is not None:
            found = contender.values(contender.evaluate())
            wrong += [
                f"{name} by {who}" for name, one, other in zip(RESULTS, self.results(), found, strict=True)
                if not agree(one, other)
            ]  # fmt: skip
        if contender.change is not None:
            ours, before = self.roofsheet().change, self.workbook.number("memory_bandwidth")
            assert ours is not None
            for bandwidth in (1800.0, before):
                if not agree(contender.change(bandwidth), ours(bandwidth)):
                    wrong.append(f"tpot at {bandwidth:g} GB/s by {who}")
        return wrong


def agree(one: float | str, other: float | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=TOLERANCE)


def refuse(wrong: Iterable[str]) -> None:
    """Errors: SystemExit where contenders disagree, with what they disagree on."""
    wrong = list(wrong)
    if wrong:
        raise SystemExit(f"not timed, for the contenders do not agree: {', '.join(wrong)}")


def functions(whole: Callable[[Any], Any] = math.floor) -> Mapping[str, Callable[..., Any]]:
    """Each formula as a Python function of what it reads, by name; `whole` rounds down."""
    scope: dict[str, Any] = {"floor": whole, "Any": Any}
    for name, text in FORMULAS.items():
        arguments = ", ".join(f"{read}: Any" for read in reads(text))
        exec(f"def {name}({arguments}) -> Any:\n return {text}", scope)  # noqa: S102 - our own text
    return {name: scope[name] for name in FORMULAS}


def reads(text: str) -> tuple[str, ...]:
    """The quantities that a formula's text names, each once."""
    names = compile(text, "formula", "eval").co_names
    return tuple(name for name in names if name in FORMULAS or name in INPUTS)
