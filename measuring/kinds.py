"""What sort of figure a row is to a fit, how exact such figures are, and what is left out together."""

from __future__ import annotations

from collections.abc import Sequence

from .features import Features
from .left import Leave
from .mapping import Mapped

SCALES = {
    "batch1_decode": 0.15,
    "serving_tpot": 0.15,
    "prefill": 0.2,
    "throughput": 0.2,
    "serving_ttft": 0.3,
    "transformers": 0.3,
}
"""By kind, how far predictions lie from measured rows, as a logarithm: what counts as near in the loss. Kinds that do
not stand here are compared, and no constant is fitted to them."""
TITLES = {
    "batch1_decode": "decode, one sequence",
    "transformers": "decode, Transformers",
    "serving_tpot": "TPOT under load",
    "serving_ttft": "TTFT under load",
    "prefill": "prefill",
    "throughput": "throughput",
    "e2e": "whole static batches",
    "other": "open loop, memory",
}
KINDS = tuple(TITLES)
KIND = "kind"  # what rows are grouped by, by these
SPREADS = {
    "batch1_decode": "decode_spread",
    "transformers": "decode_spread",
    "prefill": "prefill_spread",
    "throughput": "throughput_spread",
    "serving_tpot": "served_tpot_spread",
    "serving_ttft": "served_ttft_spread",
}
"""By kind of figure, the quantity that its range is made of."""
_LONG = 64  # tokens: a request of one sequence with more output is decode, nearly all of it


def kind_of(row: Mapped) -> str:
    """The kind of figure: the row's class, with requests of one sequence as decode, and Transformers by itself.

    A request's speed with one sequence is a decode speed in all but a few percent, and fitted with those; Transformers
    launches its kernels from Python, and scatters as no engine does.
    """
    if row.sort not in ("batch1_decode", "e2e"):
        return row.sort
    if row.sort == "e2e" and (row.batch != 1 or row.output < _LONG):
        return row.sort
    return "transformers" if row.engine == "transformers" else "batch1_decode"


def kinds_of(features: Features) -> list[str]:
    """The kind of each row."""
    return [kind_of(row) for row in features.rows]


def scales_of(features: Features) -> list[float]:
    """The scale of each row; 0 where no constant is fitted to it."""
    return [SCALES.get(kind, 0.0) for kind in kinds_of(features)]


def groups_of(features: Features, leave: Leave) -> Sequence[str]:
    """What each row is left out with: all rows of its accelerator and model; of one of the two; its engine; its source.

    Editions of an accelerator and names of one model are one where the file has columns for that: gpu_norm and
    model_family.
    """
    rows = features.rows
    if leave == "engine":
        return features.words["era"]
    if leave == "source":
        return features.words["source"]
    gpus = [row.row.text("gpu_norm") or row.hardware for row in rows]
    models = [row.row.text("model_family") or row.model for row in rows]
    if leave == "gpu":
        return gpus
    if leave == "model":
        return models
    return [f"{gpu}, {model}" for gpu, model in zip(gpus, models, strict=True)]
