"""Catalogue entries as tables: the figures that people choose an accelerator or a model by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..diagrams.text import Align, Line, Span, fitted, shortened, width_of
from ..graph.language.declarations import Entry, Group
from ..graph.language.names import keyed
from ..problems import Text
from ..scenarios import Library
from ..units import UnitContext, UnitError, parse_amount

ATTENTION = {  # sheet -> what people call it; the first that a group uses counts
    "mla": "MLA", "mla_direct_q": "MLA", "delta_net": "delta net", "mamba2": "Mamba-2", "mamba": "Mamba",
    "short_conv": "convolutions", "sliding_attention": "window", "chunked_attention": "chunks", "gqa": "full",
}  # fmt: skip


def cards(library: Library, titles: dict[str, str], width: int) -> list[Line]:
    """The accelerators with the figures that people choose them by."""
    heads: list[Span] = [(text, "head") for text in ("", "", "memory", "bandwidth", "dense TFLOPS")]
    rows = [
        heads,
        *(_card(library, name, shortened(title, width - width_of(name) - 2)) for name, title in titles.items()),
    ]
    align: list[Align] = ["left", "left", "right", "right", "right"]
    return [each for row in fitted(rows, align, width, leads=2) for each in row] if titles else []


def _card(library: Library, name: str, title: str) -> list[Span]:
    entry = library.entry(Text.line(name, "roofsheet list"), "hardware")
    facts = {key: given.value.text for key, (_, given) in entry.facts.items()} if entry else {}
    figures = (facts.get("memory_label", ""), facts.get("memory_bandwidth", ""), _dense_rate(facts))
    return [(name, "name"), (title, "faint"), *((figure, "value") for figure in figures)]


def _dense_rate(facts: dict[str, str]) -> str:
    """The first there is of the formats that models are computed in, and which it is."""
    for dtype in ("bf16", "fp16", "fp32"):
        rate = facts.get(keyed("compute_rate", (dtype, "fp32", "dense")))
        if rate:
            return f"{rate.removesuffix(' TFLOPS')} {dtype}"
    return ""


def models(library: Library, titles: dict[str, str], width: int) -> list[Line]:
    """The models with their published size, layers, the sorts of their attention, and their experts."""
    heads: list[Span] = [(text, "head") for text in ("", "parameters", "layers", "attention", "experts")]
    rows = [heads, *(_model(library, name) for name in titles)]
    align: list[Align] = ["left", "right", "right", "left", "left"]
    return [each for row in fitted(rows, align, width) for each in row] if titles else []


def _model(library: Library, name: str) -> list[Span]:
    entry = library.entry(Text.line(name, "roofsheet list"), "model")
    if entry is None:
        return [(name, "name"), *(("", "value") for _ in range(4))]
    facts = dict(_facts(entry))
    figures = (_billions(entry), facts.get("n_layers", "").split(" ")[0], _attention(entry.groups), _experts(facts))
    return [(name, "name"), *((figure, "value") for figure in figures)]


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """The facts of the groups and of the entry itself, which speaks last."""
    for facts in (*(group.facts for group in entry.groups if not group.tower), entry.facts):
        yield from ((name, given.value.text) for name, (_, given) in facts.items())


def _billions(entry: Entry) -> str:
    """The published total: 671.0 B."""
    printed = [each.printed.text for each in entry.published if each.subject.text.text == "n_parameters"]
    try:
        return f"{parse_amount(printed[0], UnitContext()).magnitude / 1e9:,.1f} B" if printed else ""
    except UnitError:
        return ""


def _attention(groups: Sequence[Group]) -> str:
    used = [{text.text for text in group.use} for group in groups if not group.tower]
    found = (next((word for sheet, word in ATTENTION.items() if sheet in sheets), "") for sheets in used)
    return " + ".join(dict.fromkeys(word for word in found if word))


def _experts(facts: dict[str, str]) -> str:
    """How many a token passes, of how many."""
    every, active = facts.get("n_experts"), facts.get("n_active_experts")
    return f"{active} of {every}" if every and active else ""
