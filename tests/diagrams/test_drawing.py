"""Pictures as text and files: the DOT text, its escaping, and what Graphviz makes of it."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roofsheet.diagrams.derivation import derivation
from roofsheet.diagrams.diagram import Diagram
from roofsheet.diagrams.dot import to_dot
from roofsheet.diagrams.picture import Cluster, Edge, Entry, Line, Node, Picture
from roofsheet.problems import InvalidInput
from roofsheet.scenarios import load

from .conftest import MADE_UP

GOLDEN = Path(__file__).parent / "golden" / "ttft.dot"
ZERO_WIDTH_SPACE = "\u200b"
PNG = b"\x89PNG\r\n\x1a\n"


def texts(svg):
    """Every text in an SVG file."""
    return [text.strip() for text in ElementTree.fromstring(svg).itertext() if text.strip()]


def test_the_derivation_of_ttft_reads_as_agreed(guide, guide_verdicts):
    """UPDATE_GOLDEN=1 writes it anew."""
    source = derivation(guide, ["ttft"], verdicts=guide_verdicts).source
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(source, encoding="utf-8")
    assert source == GOLDEN.read_text(encoding="utf-8")


def test_the_same_scenario_gives_the_same_text(made_up):
    again = load(str(MADE_UP)).workbook
    assert again is not None
    assert derivation(again).source == derivation(made_up).source


def test_an_svg_file_holds_the_names_and_values(guide, tmp_path):
    path = derivation(guide, ["tpot"]).save(tmp_path / "tpot.svg")
    assert {"tpot", "35.75 ms", "memory_bandwidth", "1,790 GB/s", "sheet decode"} <= set(texts(path.read_bytes()))


@pytest.mark.parametrize(("extension", "start"), [("png", PNG), ("pdf", b"%PDF-"), ("PNG", PNG)])
def test_a_picture_has_the_format_of_its_extension(guide, tmp_path, extension, start):
    path = derivation(guide, ["ttft"]).save(tmp_path / f"ttft.{extension}")
    assert path.read_bytes().startswith(start)


def test_a_dot_file_is_the_source(guide, tmp_path):
    diagram = derivation(guide, ["ttft"])
    assert diagram.save(tmp_path / "ttft.dot").read_text(encoding="utf-8") == diagram.source


def test_an_unknown_extension_is_refused_and_nothing_is_written(guide, tmp_path):
    with pytest.raises(InvalidInput, match=r"written as '\.gif'"):
        derivation(guide, ["ttft"]).save(tmp_path / "ttft.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_a_problem(guide, tmp_path):
    with pytest.raises(InvalidInput, match="cannot write"):
        derivation(guide, ["ttft"]).save(tmp_path / "no such folder" / "ttft.dot")


def test_a_file_that_cannot_be_replaced_leaves_nothing_half_written(guide, tmp_path):
    (tmp_path / "taken.dot").mkdir()
    with pytest.raises(InvalidInput, match="cannot write"):
        derivation(guide, ["ttft"]).save(tmp_path / "taken.dot")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.dot"]


def test_drawing_prints_nothing(guide, capfd):
    derivation(guide, ["ttft"]).render("png")
    assert capfd.readouterr() == ("", "")


def test_a_notebook_shows_the_picture_and_not_its_source(guide):
    diagram = derivation(guide, ["ttft"])
    assert "260.06 ms" in texts(diagram._repr_svg_())
    assert "digraph" not in repr(diagram)


def test_the_legend_holds_what_is_in_use_and_nothing_else(catalogue):
    shown = texts(derivation(catalogue, ["tpot"]).render("svg"))
    assert {"datasheet", "assumed"} <= set(shown)
    assert not {"measured", "fitted", "missing", "problem"} & set(shown)


def test_a_symbol_has_its_index(guide):
    source = derivation(guide, ["ops_to_byte"]).source
    assert '<I>I</I><SUB><FONT POINT-SIZE="8">hw</FONT></SUB>' in source


def test_a_box_is_wider_than_its_longest_line(guide):
    """Browsers set text up to 5 % wider than Graphviz measures it."""

    def width(length):
        node = Node("n", "formula", (Line("formula", ("m" * length,)),))
        svg = ElementTree.fromstring(Diagram(to_dot(Picture((node,), ()))).render("svg"))
        return float(svg.attrib["width"].removesuffix("pt"))

    slacks = [
        int(found) for found in re.findall(r'FIXEDSIZE="TRUE" WIDTH="(\d+)" HEIGHT="1"', derivation(guide).source)
    ]
    assert width(44) > 10 * 44 * 0.55 * 1.05
    assert max(slacks) >= 10
    assert min(slacks) <= 5


def picture_of(text):
    """A picture that says `text` wherever it can say anything."""
    line = Line("note", (text,))
    said = Node("x", "formula", (Line("value", (text,), line),), (Entry(text, text, line),), (line,), text, text)
    other = Node("node", "missing")
    return Picture((said, other), (Edge("x", "node", used=False),), (Cluster(text, ("x",)),), (line,))


@pytest.mark.parametrize(
    "text", ["a < b & c > d", "&lt;b&gt; &amp; &#65;", '<b>"bold"</b>', "]]> --> <!-- <", "{a|b} %s", "é × ∑"]
)
def test_markup_in_a_text_is_shown_and_not_obeyed(text):
    svg = Diagram(to_dot(picture_of(text))).render("svg")
    assert texts(svg).count(text) >= 6
    tooltips = [value for each in ElementTree.fromstring(svg).iter() for name, value in each.items() if "title" in name]
    assert text in tooltips


def test_a_backslash_is_no_escape_of_graphviz():
    svg = Diagram(to_dot(picture_of(r"C:\Notes\Graphs"))).render("svg")
    assert rf"C:\{ZERO_WIDTH_SPACE}Notes\{ZERO_WIDTH_SPACE}Graphs" in texts(svg)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z", "C"]), min_size=1, max_size=30))
def test_any_text_can_be_drawn(text):
    assert "node" in texts(Diagram(to_dot(picture_of(text))).render("svg"))
