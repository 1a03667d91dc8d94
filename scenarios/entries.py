"""Catalogue entries, hardware and models, from marked nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from ..graph.language.declarations import Contradiction, Entry, Group
from ..problems import Problem, Text
from .claims import published_of
from .decode import NO_SOURCES, Fields, Page, fields_of, page_of
from .nodes import Map, Node, Scalar, shown
from .sheets import refuse_other_name
from .values import NO_SETTINGS, Origin, Settings, facts_of, key_name, sources_of, texts_of

_SHARED = ("title", "about", "aliases", "per", "sources", "facts", "contradictions")
_STACKED = ("use", "groups", "stack")
HARDWARE_KEYS = ("hardware", *_SHARED)
MODEL_KEYS = ("model", *_SHARED, "hf", *_STACKED, "towers", "published")
_DATASHEET = Origin("datasheet")


def decode_entry(node: Map, file: str, problems: list[Problem]) -> Entry | None:
    """The entry that the file holds; None, with a problem, if it does not say its name."""
    page = page_of(file, problems)
    sort = "model" if node.get("model") else "hardware"
    keys = MODEL_KEYS if sort == "model" else HARDWARE_KEYS
    fields = fields_of(node, f"the {sort} entry", keys, page, required=(sort,))
    name = fields and fields.text(sort)
    if fields is None or name is None:
        return None
    refuse_other_name(name, page)
    sources = fields.read("sources", sources_of) or NO_SOURCES
    return _entry(sort, name, replace(fields, page=replace(page, sources=sources, listed=True)))


def _entry(sort: Literal["hardware", "model"], name: Text, fields: Fields) -> Entry:
    hub = fields.text("hf") if fields.values.get("hf") else None
    return Entry(
        sort,
        name.text,
        fields.page.file,
        name.mark,
        title=fields.prose("title"),
        about=fields.prose("about"),
        aliases=tuple(dict.fromkeys(text.text for text in (*fields.texts("aliases"), *([hub] if hub else ())))),
        per_device=fields.word("per", ("", "device"), "") == "device",
        facts=fields.read("facts", _facts) or NO_SETTINGS,
        sources=texts_of(fields.page.sources),
        contradictions=tuple(_contradictions(fields)),
        use=fields.texts("use"),
        groups=tuple(_scopes(fields)),
        stack=fields.text("stack"),
        published=fields.read("published", published_of) or (),
    )


def _facts(node: Node, what: str, page: Page) -> Settings:
    return facts_of(node, what, _DATASHEET, page)


def _scopes(fields: Fields) -> Iterator[Group]:
    """The groups and towers of a model; the two share one space of names."""
    seen: dict[str, Text] = {}
    for part in ("groups", "towers"):
        for key, node in fields.pairs(part):
            if key.text.text in seen:
                line = seen[key.text.text].mark.line
                message = f"{shown(key.text)} is already a scope in line {line}"
                fields.page.report("duplicate", message, key.mark)
            elif fields.page.name(key.text):
                seen[key.text.text] = key.text
                yield from _scope(key, node, part == "towers", fields.page)


def _scope(key: Scalar, node: Node, tower: bool, page: Page) -> Iterator[Group]:
    what = f"{'tower' if tower else 'group'} {shown(key.text)}"
    fields = fields_of(node, what, ("facts", *(_STACKED if tower else ("use",))), page)
    if fields:
        facts = fields.read("facts", _facts) or NO_SETTINGS
        stack, groups = fields.text("stack"), tuple(_scopes(fields))
        yield Group(key.text, fields.texts("use"), facts, groups, stack, tower)


def _contradictions(fields: Fields) -> Iterator[Contradiction]:
    required = ("quantity", "value", "source")
    for item in fields.items("contradictions"):
        found = fields_of(item, "a contradiction", (*required, "key", "note"), fields.page, required)
        name, value = (_contradicted(found), found.text("value")) if found else (None, None)
        if found and name and value:
            yield Contradiction(name, value, _DATASHEET.of(found).source, found.prose("note"))


def _contradicted(fields: Fields) -> Text | None:
    name, key = fields.text("quantity"), fields.text("key")
    if name is None or not fields.page.name(name, dotted=True):
        return None
    return key_name(name, key, fields.page) if key else name
