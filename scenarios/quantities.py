"""One quantity as a sheet, a glossary, a scenario or a table's column declares it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..graph.language.declarations import Quantity
from ..problems import Text
from .decode import Fields, Page, fields_of, pairs_of
from .nodes import Node, Scalar, Seq, shown
from .values import ASSUMED, NO_EACH, Each, default_of, formula_of, keyed_settings, spell, words_of

_SHARED = ("symbol", "unit", "about", "source", "choices", "of")
QUANTITY_KEYS = ("formula", "default", *_SHARED, "by", "values", "kind")
COLUMN_KEYS = ("formula", "default", *_SHARED, "each")
GLOSSARY_KEYS = (*_SHARED, "by", "own")


def quantities_of(node: Node, what: str, page: Page, keys: tuple[str, ...]) -> Mapping[str, Quantity]:
    """The quantities under one key of a file, by name."""
    found: dict[str, Quantity] = {}
    for key, value in pairs_of(node, what, page):
        if page.name(key.text):
            found[key.text.text] = quantity_of(key.text, value, keys, page)
    return MappingProxyType(found)


def quantity_of(name: Text, node: Node, keys: tuple[str, ...], page: Page, each: Each = NO_EACH) -> Quantity:
    """A quantity, as well as it can be told; text alone is its formula."""
    what = f"{'column' if 'each' in keys else 'quantity'} {shown(name)}"
    if isinstance(node, Scalar) and "formula" in keys:
        return Quantity(name, formula=formula_of(node, what, page, each))
    fields = fields_of(node, what, keys, page)
    if fields is None:
        return Quantity(name)
    _refuse_clashes(fields)
    return _of_fields(name, fields, each)


def _of_fields(name: Text, fields: Fields, each: Each) -> Quantity:
    source = fields.text("source")
    cited = source and fields.page.cite(source)
    words, vocabulary = _choices(fields)
    return Quantity(
        name,
        unit=fields.text("unit"),
        symbol=spell(fields.prose("symbol"), each),
        about=spell(fields.prose("about"), each),
        source=cited.text if cited else fields.prose("source"),
        formula=fields.read("formula", lambda node, what, page: formula_of(node, what, page, each)),
        default=fields.read("default", lambda node, what, page: default_of(node, what, page, each)),
        choices=words,
        vocabulary=vocabulary,
        by=fields.names("by"),
        values=keyed_settings(name, fields, ASSUMED),
        of=fields.read("of", words_of) or (),
        own=fields.word("own", ("true", "false"), "false") == "true",
    )


def _choices(fields: Fields) -> tuple[tuple[Text, ...], Text | None]:
    """The words of a choice, or the name of their vocabulary."""
    if isinstance(fields.values.get("choices"), Seq):
        return fields.names("choices"), None
    return (), next(iter(fields.names("choices")), None)


def _refuse_clashes(fields: Fields) -> None:
    fields.clash("formula", "default", "a default is for a quantity without a formula")
    fields.clash("choices", "unit", "a choice is a word, without a unit")
    fields.clash("choices", "of", "a choice is a word, which says itself what it is of")
    fields.clash("by", "formula", "a keyed quantity is an input")
    for other in ("formula", "default"):
        fields.clash("values", other, "a keyed quantity has a value for each of its keys")
    if "kind" in fields and "values" not in fields:
        message = f"'kind' of {fields.what} is that of its 'values', and it has none"
        fields.page.report("key", message, fields.values["kind"].mark)
