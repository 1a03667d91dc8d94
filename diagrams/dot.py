"""Picture -> DOT text. The same picture gives the same text, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import graphviz

from .picture import Cluster, Edge, Entry, Line, Look, Node, Picture, Style
from .wording import NO_BREAK, wrapped_name

FONT = "Helvetica,Arial,Liberation Sans,DejaVu Sans,sans-serif"

INK, GREY, FAINT = "#0f172a", "#64748b", "#94a3b8"
GREEN, AMBER, RED = "#15803d", "#a16207", "#b91c1c"

_GAP = "&#160;&#160;"
_CLOSE_FROM = 24  # boxes: so many stand closer, to fit a page
_SOFT = "#cbd5e1"


@dataclass(frozen=True, slots=True)
class _Paint:
    """How a box of some look is painted, and what the legend calls it."""

    fill: str
    line: str
    legend: str
    style: str = "rounded,filled"


_PAINTS: dict[Look, _Paint] = {
    "formula": _Paint("#ffffff", "#475569", "formula"),
    "column": _Paint("#eef2f7", "#475569", "column of a table"),
    "datasheet": _Paint("#dbeafe", "#2563eb", "datasheet"),
    "measured": _Paint("#d1fae5", "#059669", "measured"),
    "derived": _Paint("#e2e8f0", "#475569", "derived"),
    "assumed": _Paint("#fef3c7", "#d97706", "assumed"),
    "claimed": _Paint("#ffe4d6", "#c2410c", "claimed"),
    "fitted": _Paint("#fae8ff", "#a21caf", "fitted"),
    "missing": _Paint("#ffffff", RED, "missing", "rounded,filled,dashed"),
    "mixed": _Paint("#f8fafc", "#475569", "inputs of several kinds"),
    "problem": _Paint("#fee2e2", RED, "problem"),
}


@dataclass(frozen=True, slots=True)
class _Type:
    """How a line is set: size in points, colour, bold."""

    size: int
    color: str
    bold: bool = False


_NAME = _Type(12, INK, bold=True)
_CHARACTER = 0.55  # the width of one, of its height
_TYPES: dict[Style, _Type] = {
    "formula": _Type(10, GREY),
    "numbers": _Type(10, INK),
    "value": _Type(15, INK, bold=True),
    "note": _Type(9, GREY),
    "held": _Type(10, GREEN),
    "failed": _Type(10, RED, bold=True),
    "known": _Type(10, AMBER),
    "problem": _Type(10, RED),
    "more": _Type(9, GREY, bold=True),
}


def to_dot(picture: Picture) -> str:
    """The picture in graphviz's language, from left to right: what is read before what reads it."""
    dot = graphviz.Digraph("derivation")
    close = len(picture.nodes) > _CLOSE_FROM
    _attributes(dot, close)
    nodes = {node.name: node for node in picture.nodes}
    clustered = {name for cluster in picture.clusters for name in cluster.nodes}
    for number, cluster in enumerate(picture.clusters):
        _cluster(dot, number, cluster, nodes)
    for node in picture.nodes:
        if node.name not in clustered:
            _node(dot, node)
    for edge in picture.edges:
        _edge(dot, edge, close and nodes[edge.source].look not in ("formula", "column", "problem"))
    foot = _foot(picture)
    if foot:
        dot.attr("graph", label=foot, labelloc="b", labeljust="c")
    return dot.source


def _attributes(dot: graphviz.Digraph, close: bool) -> None:
    # newrank: ranks over all clusters at once; else an edge between two of them may run from right to left.
    dot.attr(
        "graph",
        rankdir="LR",
        newrank="true",
        bgcolor="white",
        fontname=FONT,
        nodesep="0.18",
        ranksep="0.5" if close else "0.9",
        pad="0.3",
    )
    dot.attr("node", shape="box", fontname=FONT, margin="0.1,0.06", penwidth="1.2")
    dot.attr("edge", color=FAINT, penwidth="1.2", arrowsize="0.7", headport="w", tailport="e")


def _cluster(dot: graphviz.Digraph, number: int, cluster: Cluster, nodes: dict[str, Node]) -> None:
    inner = graphviz.Digraph(f"cluster_{number}")
    title = _font(_words(cluster.title), _Type(10, GREY))
    inner.attr(
        "graph", label=f"<{title}>", labeljust="l", style="rounded,filled", color="#e2e8f0", fillcolor="#f8fafc",
        margin="9",
    )  # fmt: skip
    for name in cluster.nodes:
        _node(inner, nodes[name])
    if cluster.column:
        column = graphviz.Digraph(graph_attr={"rank": "same"})
        for name in cluster.nodes:
            column.node(name)
        inner.subgraph(column)
    dot.subgraph(inner)


def _node(dot: graphviz.Digraph, node: Node) -> None:
    paint = _PAINTS[node.look]
    dot.node(
        node.name,
        label=f"<{_table(node)}>",
        style=paint.style,
        fillcolor=paint.fill,
        color=paint.line,
        penwidth="2.6" if node.result or node.look == "problem" else "1.2",
        peripheries="2" if node.pinned else "1",
        tooltip=_plain(node.about or node.name),
    )


def _edge(dot: graphviz.Digraph, edge: Edge, soft: bool) -> None:
    """`soft`: one of the many from the inputs of a large picture, which would hide the way to the result."""
    looks = {"color": _SOFT} if soft else {}
    if not edge.used:
        looks |= {"style": "dashed", "tooltip": "not taken"}
    dot.edge(edge.source, edge.target, **looks)


def _table(node: Node) -> str:
    rows = [_head(node), *map(_line_row, node.lines)]
    if node.entries:
        rows.append(_row(_grid(node.entries)))
    rows += map(_line_row, node.notes)
    return _rows(rows)


def _slack(node: Node) -> int:
    """Room at the right of a box, in points: browsers set text wider than Graphviz measures it, by up to 5 %."""
    lines = [said for each in (*node.lines, *node.notes) for said in (each, each.aside) if said]
    widths = [len(text) * _TYPES[said.style].size for said in lines for text in said.text]
    widths += [len(name) * _NAME.size for name in wrapped_name(node.name)]
    return round(0.05 * _CHARACTER * max(widths))


def _head(node: Node) -> str:
    name = _font("<BR/>".join(map(_words, wrapped_name(node.name))), _NAME)
    slack = f'<TD FIXEDSIZE="TRUE" WIDTH="{_slack(node)}" HEIGHT="1"></TD>'
    return _two(name, _symbol(node.symbol), slack) if node.symbol else _row(name, slack)


def _symbol(symbol: str) -> str:
    """A symbol in italics, what follows the first _ as its index: I_hw."""
    letter, _, index = symbol.partition("_")
    text = f"<I>{_words(letter)}</I>"
    text += f'<SUB><FONT POINT-SIZE="8">{_words(index)}</FONT></SUB>' if index else ""
    return _font(text, _Type(12, GREY))


def _line_row(line: Line) -> str:
    return _two(_lines(line), _lines(line.aside)) if line.aside else _row(_lines(line))


def _grid(entries: Iterable[Entry]) -> str:
    return _rows(map(_entry, entries))


def _rows(rows: Iterable[str]) -> str:
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>'


def _entry(entry: Entry) -> str:
    small = _Type(10, FAINT if entry.faint else INK)
    cells = [_cell(_font(_words(entry.name), small), "LEFT")]
    if entry.value or entry.claim:
        cells.append(_cell(_font(_GAP + _words(entry.value), small), "RIGHT"))
    if entry.claim:
        cells.append(_cell(_font(_GAP, small) + _lines(entry.claim), "LEFT"))
    return f"<TR>{''.join(cells)}</TR>"


def _cell(text: str, side: str) -> str:
    return f'<TD ALIGN="{side}" BALIGN="{side}">{text}</TD>'


def _two(left: str, right: str, more: str = "") -> str:
    """A row with something at its right, never touching; `more` is another cell."""
    return f"<TR>{_cell(left, 'LEFT')}{_cell(_GAP + right, 'RIGHT')}{more}</TR>"


def _row(text: str, more: str = "") -> str:
    return f'<TR><TD ALIGN="LEFT" BALIGN="LEFT" COLSPAN="2">{text}</TD>{more}</TR>'


def _lines(line: Line) -> str:
    return _font("<BR/>".join(map(_words, line.text)), _TYPES[line.style])


def _font(text: str, type_: _Type) -> str:
    inner = f"<B>{text}</B>" if type_.bold else text
    return f'<FONT POINT-SIZE="{type_.size}" COLOR="{type_.color}">{inner}</FONT>'


def _foot(picture: Picture) -> str:
    """The legend of the looks in use, and the remarks; '' if there is nothing to say."""
    used = {node.look for node in picture.nodes}
    looks: list[Look] = [look for look in _PAINTS if look in used and look != "formula"]
    rows = [_legend(looks)] if looks else []
    rows += [_line_row(Line("note", picture.defaults))] if picture.defaults else []
    rows += map(_line_row, picture.remarks)
    return f"<{_rows(rows)}>" if rows else ""


def _legend(looks: Iterable[Look]) -> str:
    swatches = "".join(map(_swatch, looks))
    return _row(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="3"><TR>{swatches}</TR></TABLE>')


def _swatch(look: Look) -> str:
    paint = _PAINTS[look]
    box = f'<TD BORDER="1" COLOR="{paint.line}" BGCOLOR="{paint.fill}" WIDTH="16" HEIGHT="10" FIXEDSIZE="TRUE"></TD>'
    return f'{box}<TD ALIGN="LEFT">{_font(_words(paint.legend), _Type(10, GREY))}</TD>'


def _words(text: str) -> str:
    """Text inside a label: nothing in it is markup, an escape of graphviz's or unprintable."""
    return escape(_printable(text)) or " "


def _plain(text: str) -> str:
    """Text of a plain attribute, in which graphviz reads entities and escapes, and what is in <> as a label."""
    return graphviz.nohtml(_printable(text).replace("&", "&amp;").replace("\\", "\\\\"))


def _printable(text: str) -> str:
    # Graphviz puts the node's name for \N and the graph's for \G, however often the backslash is escaped.
    text = "".join(char if char.isprintable() or char == NO_BREAK else " " for char in text)
    return text.replace("\\", "\\\N{ZERO WIDTH SPACE}")
