"""The `sweep:` of a scenario: which of its quantities run over which values, and what is wanted of the points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ..graph.language.declarations import SweepSpec
from ..problems import Mark, Text
from .decode import Fields, Page, fields_of, pairs_of, text_of
from .nodes import Map, Node, Scalar, shown
from .values import setting_name

SWEEP_KEYS = ("over", "get", "zip", "where", "best", "top", "pareto")
_LIST = "write a list, [1, 2, 4], or text: 1..256, 'geom(1024, 131072, 8)'"


def sweep_of(node: Node, _: str, page: Page) -> SweepSpec | None:
    """The sweep that the block asks for; None, with problems, if it runs over nothing."""
    fields = fields_of(node, "the sweep", SWEEP_KEYS, page, required=("over",))
    over = fields and fields.read("over", _axes)
    if fields is None or over is None:
        return None
    fields.clash("best", "pareto", "a point is kept as one of the best, or because no other beats it")
    return SweepSpec(
        fields.mark,
        over,
        get=tuple(name for text in _once(fields, "get") if (name := setting_name(text, page))),
        zip=fields.word("zip", ("true", "false"), "false") == "true",
        where=fields.text("where"),
        best=fields.text("best"),
        top=fields.read("top", _count) or 0,
        pareto=tuple(_once(fields, "pareto")),
    )


def _count(node: Node, what: str, page: Page) -> int | None:
    text = text_of(node, what, page)
    if text is not None and not re.fullmatch("[1-9][0-9]{0,5}", text.text):
        page.report("value", f"{what} is not a whole number of 1 to 999,999", text.mark)
        return None
    return int(text.text) if text is not None else None


def _axes(node: Node, what: str, page: Page) -> Mapping[str, tuple[Text, Text]] | None:
    """The text of each axis's values, by its name in normal spelling."""
    pairs = pairs_of(node, what, page)
    if not isinstance(node, Map):
        return None
    if not node.items:
        page.report("key", f"{what} is empty", node.mark, "{batch_size: 1..256}, say")
    axes: dict[str, tuple[Text, Text]] = {}
    for key, value in pairs:
        name = setting_name(key.text, page)
        values = name and _values(value, f"{shown(name)} of {what}", page)
        if name and name.text in axes:
            page.report("duplicate", f"{shown(name)} stands twice in {what}", key.mark)
        elif name and values:
            axes[name.text] = name, values
    return MappingProxyType(axes)


def _values(node: Node, what: str, page: Page) -> Text | None:
    if isinstance(node, Scalar):
        return text_of(node, what, page)
    if isinstance(node, Map) or not node.items:
        page.report("key", f"{what} {'is a mapping' if isinstance(node, Map) else 'has no values'}", node.mark, _LIST)
        return None
    texts = [text_of(item, f"a value of {what}", page) for item in node.items]
    found = [text for text in texts if text]
    return _joined(found, node.mark) if len(found) == len(texts) else None


def _joined(texts: Sequence[Text], mark: Mark) -> Text:
    """The texts with commas between them, each of which is still found where it stands."""
    offset, segments = 0, list[tuple[int, Mark]]()
    for text in texts:
        segments += [(offset + start, place) for start, place in text.segments]
        offset += len(text.text) + len(", ")
    told = all(text.segments for text in texts)
    return Text(", ".join(text.text for text in texts), mark, tuple(segments) if told else ())


def _once(fields: Fields, key: str) -> Iterator[Text]:
    """A list of texts, none of them twice."""
    seen: set[str] = set()
    for text in fields.texts(key):
        if text.text in seen:
            fields.page.report("duplicate", f"{shown(text)} stands twice in '{key}' of {fields.what}", text.mark)
        else:
            yield text
        seen.add(text.text)
