"""Prefill and decode of models of real shapes on the GPU at hand, as rows that `roofsheet validate` reads.

    python benchmarks/measure_torch.py -o mine.csv     # needs PyTorch and a GPU, no weights and no network
    roofsheet validate mine.csv

Weights are random: time does not depend on them, but for the choice of experts. Decoding runs as one CUDA graph, so
that no kernel waits for its launch; with experts, whose number of tokens the host has to know, it does not. Each figure
is the median of several runs. A model that does not fit the memory is left out, and said so.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from roofsheet.scenarios import load, write_whole

if TYPE_CHECKING:
    from torch_model import Decoder, Shape

MODELS = ("qwen3-8b", "qwen3-32b", "qwen3-30b-a3b")
BATCHES = (1, 8, 32)
CONTEXTS = (512, 4096, 16384)
RUNS = 7
STEPS = 16  # decode steps of a run
SHARE = 0.9  # of the memory that is free
COLUMNS: tuple[str, ...] = (
    "row_id", "group", "source_id", "source", "gpu", "gpu_norm", "gpu_count", "parallelism", "model", "model_family",
    "weight_precision", "kv_precision", "engine", "engine_version", "date", "load_mode", "batch_or_concurrency",
    "input_len", "output_len", "context_depth", "metric", "value", "unit", "notes",
)  # fmt: skip


def shape_of(model: str, layers: int | None = None) -> Shape:
    """The sizes of a model of the catalogue."""
    from torch_model import Shape

    loaded = load("qwen3-32b-on-h100", bind={"model": model})
    if loaded.workbook is None:
        raise SystemExit(f"there is no model {model}: {loaded.problems[0].message}")
    workbook = loaded.workbook

    def number(name: str) -> int:
        return int(workbook.number(name)) if name in workbook else 0

    return Shape(
        model, layers or number("n_layers"), number("hidden_size"), number("n_heads"), number("n_kv_heads"),
        number("head_dim"), number("moe_intermediate_size") or number("intermediate_size"), number("vocab_size"),
        number("n_experts"), number("n_active_experts"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it is measured."""

    torch: Any
    device: str

    @property
    def name(self) -> str:
        return self.torch.cuda.get_device_name() if self.device == "cuda" else "CPU"

    def wait(self) -> None:
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def free(self) -> float:
        """Bytes that a model and its cache may take."""
        return SHARE * self.torch.cuda.mem_get_info()[0] if self.device == "cuda" else 4e9

    def seconds(self, run: Callable[[], object]) -> float:
        """The median of RUNS, after one to warm up."""
        run()
        times: list[float] = []
        for _ in range(RUNS):
            self.wait()
            start = perf_counter()
            run()
            self.wait()
            times.append(perf_counter() - start)
        return median(times)


def needed(shape: Shape, batch: int, context: int) -> float:
    """Bytes of weights and cache in 16 bit."""
    return 2.0 * shape.parameters + 4.0 * shape.layers * shape.kv_heads * shape.head * batch * context


def measured(machine: Machine, shape: Shape, batches: list[int], contexts: list[int]) -> Iterator[dict[str, object]]:
    """Rows of one model: the time of a prefill, and that of a decode step behind it."""
    from torch_model import Decoder

    torch = machine.torch
    model: Decoder | None = None
    for batch in batches:
        for context in contexts:
            if needed(shape, batch, context + STEPS) > machine.free() + (2.0 * shape.parameters if model else 0.0):
                print(f"{shape.name}, batch {batch}, context {context}: too large for this device", file=sys.stderr)
                continue
            if model is None:
                model = Decoder(shape, machine.device, torch.bfloat16, batch, context + STEPS)
            model.reserve(batch, context + STEPS)
            prompt = torch.randint(shape.vocabulary, (batch, context), device=machine.device)
            run = model.step
            yield row(machine, shape, batch, context, "ttft", machine.seconds(lambda p=prompt, r=run: r(p, 0)))
            step = decoding(machine, model, batch, context)
            yield row(machine, shape, batch, context, "tpot", machine.seconds(step) / STEPS)


def decoding(machine: Machine, model: Decoder, batch: int, context: int) -> Callable[[], object]:
    """STEPS decode steps; one graph of them where nothing depends on what was computed."""
    torch = machine.torch
    token = torch.randint(model.shape.vocabulary, (batch, 1), device=machine.device)

    def steps() -> None:
        for number in range(STEPS):
            model.step(token, context + number)

    if machine.device != "cuda" or model.shape.experts:
        return steps
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        steps()
    machine.wait()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        steps()
    return graph.replay


def row(machine: Machine, shape: Shape, batch: int, context: int, metric: str, seconds: float) -> dict[str, object]:
    """One figure in the form of the measurements."""
    graph = machine.device == "cuda" and not shape.experts and metric == "tpot"
    return {
        "row_id": f"T-{shape.name}-{batch}-{context}-{metric}", "group": f"{machine.name}|{shape.name}",
        "source_id": "own", "source": "benchmarks/measure_torch.py", "gpu": machine.name, "gpu_norm": machine.name,
        "gpu_count": 1, "parallelism": "single", "model": shape.name, "model_family": shape.name,
        "weight_precision": "bf16", "kv_precision": "bf16", "engine": "PyTorch",
        "engine_version": machine.torch.__version__, "date": date.today().isoformat(), "load_mode": "static batch",
        "batch_or_concurrency": batch, "input_len": context, "output_len": STEPS if metric == "tpot" else 1,
        "context_depth": 0, "metric": metric, "value": f"{1e3 * seconds:.4f}", "unit": "ms",
        "notes": "random weights; " + ("one CUDA graph" if graph else "eager"),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--batches", nargs="+", type=int, default=BATCHES)
    parser.add_argument("--contexts", nargs="+", type=int, default=CONTEXTS)
    parser.add_argument("--layers", type=int, help="so many layers only, to try it out: no row of a real model then")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    asked = parser.parse_args()
    try:
        torch: Any = import_module("torch")
    except ModuleNotFoundError:
        raise SystemExit("this needs PyTorch: pip install torch") from None
    if asked.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("there is no CUDA device here; --device cpu tries the script out")
    machine, rows = Machine(torch, asked.device), list[dict[str, object]]()
    for model in asked.models:
        for each in measured(machine, shape_of(model, asked.layers), list(asked.batches), list(asked.contexts)):
            rows.append(each)
            print(f"{each['row_id']:44}{each['value']:>12} ms", flush=True)
    problems: list[Any] = []
    if not write_whole(asked.output, text_of(rows), problems):
        raise SystemExit(problems[0].message)


def text_of(rows: list[dict[str, object]]) -> str:
    """The rows as CSV."""
    text = StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main()
