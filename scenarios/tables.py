"""Tables and rows: columns, expanded over their `each:` lists, and the cells of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from types import MappingProxyType

from ..graph.language.declarations import Column, Default, Row, Table
from ..graph.language.names import did_you_mean
from ..problems import Text
from .decode import Page, fields_of, pairs_of, shape
from .nodes import Map, Node, Scalar, Seq, shown
from .quantities import COLUMN_KEYS, quantity_of
from .values import NO_EACH, Each, default_of, spell, variables_in

MOST_EXPANDED = 24  # columns that one `each:` may become


def tables_of(node: Node, what: str, page: Page) -> Mapping[str, Table]:
    """The tables that a file declares."""
    found: dict[str, Table] = {}
    for key, value in pairs_of(node, what, page):
        table = f"table {shown(key.text)}"
        fields = fields_of(value, table, ("about", "columns", "tells"), page, required=("columns",))
        if fields and page.name(key.text):
            columns = _columns(fields.pairs("columns"), page)
            tells = tuple(_tells(fields.values["tells"], table, columns, page)) if "tells" in fields else ()
            found[key.text.text] = Table(key.text, fields.prose("about"), columns, tells)
    return MappingProxyType(found)


def rows_of(node: Node, what: str, page: Page) -> tuple[Row, ...]:
    """The rows that a file adds to tables."""
    return tuple(
        _row(table.text, key.text, cells, page)
        for table, rows in pairs_of(node, what, page)
        for key, cells in pairs_of(rows, f"the rows of {shown(table.text)}", page)
        if page.name(table.text) and page.name(key.text)
    )


def _row(table: Text, name: Text, node: Node, page: Page) -> Row:
    cells: dict[str, tuple[Text, Default]] = {}
    what = f"row {shown(name)}"
    for key, value in pairs_of(node, what, page):
        if key.text.text == "about" or not page.name(key.text, dotted=True):
            continue
        cell = default_of(value, f"{shown(key.text)} of {what}", page)
        if cell:
            cells[key.text.text] = (key.text, cell)
    about = node.get("about") if isinstance(node, Map) else None
    return Row(table, name, MappingProxyType(cells), about.text.text if isinstance(about, Scalar) else "")


def _columns(pairs: tuple[tuple[Scalar, Node], ...], page: Page) -> Mapping[str, Column]:
    found: dict[str, Column] = {}
    for key, node in pairs:
        for each in _points(key.text, node, page):
            name = replace(key.text, text=spell(key.text.text, each), segments=()) if each else key.text
            if "$" in name.text:
                page.report("name", f"'each' does not say what '$' is in the column {shown(name)}", name.mark)
            elif name.text in found:
                message = f"column {shown(name)} is already declared in line {_line(found[name.text])}"
                page.report("duplicate", message, name.mark)
            elif page.name(name, dotted=True):
                quantity = quantity_of(name, node, COLUMN_KEYS, page, each)
                found[name.text] = Column(quantity)
    return MappingProxyType(found)


def _points(name: Text, node: Node, page: Page) -> Iterator[Each]:
    """What the variables of a column's `each:` stand for, one column for each."""
    each = node.get("each") if isinstance(node, Map) else None
    if each is None:
        yield NO_EACH
        return
    lists = dict(_lists(name, each, page))
    if isinstance(each, Map) and len(lists) < len(each.items):
        return
    if prod(map(len, lists.values())) > MOST_EXPANDED:
        page.report("key", f"column {shown(name)} becomes more than {MOST_EXPANDED} columns", each.mark)
        return
    for words in product(*lists.values()):
        yield dict(zip(lists, words, strict=True))


def _lists(name: Text, each: Node, page: Page) -> Iterator[tuple[str, list[str]]]:
    for variable, words in pairs_of(each, f"'each' of column {shown(name)}", page):
        items = words.items if isinstance(words, Seq) else ()
        texts = [item.text for item in items if isinstance(item, Scalar)]
        if not texts or len(texts) < len(items):
            page.report("key", f"{shown(variable.text)} of 'each' is not a list of words", words.mark)
        elif variable.text.text not in variables_in(name.text):
            message = f"'${variable.text}' does not stand in the column's name {shown(name)}"
            page.report("key", message, variable.mark)
        else:
            yield variable.text.text, [text.text for text in texts if page.name(text)]


# -- which columns stand together ------------------------------------------------------------------


def _tells(node: Node, table: str, columns: Mapping[str, Column], page: Page) -> Iterator[tuple[str, ...]]:
    """The lists of columns, each for every word that its `$variable` stands for in the columns' names."""
    lists = node.items if isinstance(node, Seq) else ()
    if not lists:
        page.report("key", f"'tells' of {table} is {shape(node)}, not a list of lists of columns", node.mark)
    for each in lists:
        names = [name.text for name in each.items if isinstance(name, Scalar)] if isinstance(each, Seq) else []
        if names and isinstance(each, Seq) and len(names) == len(each.items):
            yield from _told_columns(names, table, columns, page)
        else:
            found = "a list of something else" if isinstance(each, Seq) else shape(each)
            page.report("key", f"'tells' of {table} has {found} in it, not a list of columns", each.mark)


def _told_columns(
    names: list[Text], table: str, columns: Mapping[str, Column], page: Page
) -> Iterator[tuple[str, ...]]:
    words = [_words_of(name.text, columns) for name in names]
    for name, found in zip(names, words, strict=True):
        if not found:
            hint = did_you_mean(name.text, columns)
            page.report("name", f"{table} has no column {shown(name)}", name.mark, hint)
    if not all(words):
        return
    for each in next((found for found in words if found != [NO_EACH]), [NO_EACH]):
        told = tuple(spell(name.text, each) for name in names)
        if set(told) <= set(columns):
            yield told
        else:
            message = f"{table} has not all of {', '.join(told)}: one list has one variable"
            page.report("name", message, names[0].mark)


def _words_of(name: str, columns: Mapping[str, Column]) -> list[Each]:
    """What the variable in a column's name stands for, in the order of the columns; [] where there is no such."""
    if "$" not in name:
        return [NO_EACH] if name in columns else []
    before, variable, after = re.split(r"\$(\w+)", name, maxsplit=1)
    inside = ((column, column[len(before) : len(column) - len(after)]) for column in columns)
    return [{variable: word} for column, word in inside if word.isidentifier() and column == before + word + after]


def _line(column: Column) -> int:
    return column.quantity.name.mark.line
