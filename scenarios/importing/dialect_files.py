"""Dialects from marked nodes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ...graph.language.names import did_you_mean
from ...problems import Problem, Text
from ..decode import Fields, Page, fields_of, page_of, pairs_of
from ..nodes import Map, Node, Scalar, Seq, shown
from ..sheets import refuse_other_name
from ..values import formula_of
from .checking import COUNTS
from .dialects import (
    NO_TEXTS,
    SORTS,
    Body,
    Dialect,
    DialectExample,
    FactRule,
    FormatCase,
    GroupRule,
    Key,
    SheetRule,
    Sort,
)
from .json_nodes import JsonList, JsonNode, JsonObject, JsonValue, Member
from .json_reader import parse_scalar

BODY_KEYS = (
    "section", "section_types", "keys", "irrelevant", "use", "facts", "layers", "groups", "start", "finish", "extra",
    "towers",
)  # fmt: skip
DIALECT_KEYS = ("dialect", "extends", "about", "source", "url", "model_types", *BODY_KEYS, "cases", "examples")


def decode_dialect(node: Map, file: str, problems: list[Problem]) -> tuple[Dialect, tuple[Text, ...]] | None:
    """The dialect that the file holds, and the names of those that it extends; None, with a problem, for none."""
    page = page_of(file, problems)
    fields = fields_of(node, "the dialect", DIALECT_KEYS, page, required=("dialect", "about"))
    name = fields and fields.text("dialect")
    if fields is None or name is None:
        return None
    refuse_other_name(name, page)
    dialect = Dialect(
        name.text,
        file,
        name.mark,
        about=fields.prose("about"),
        source=fields.prose("source"),
        url=fields.prose("url"),
        model_types=tuple(text.text for text in fields.texts("model_types")),
        body=_body(fields),
        cases=tuple(_cases(fields)),
        examples=tuple(_examples(fields)),
    )
    return dialect, fields.texts("extends")


def _body(fields: Fields) -> Body:
    return Body(
        fields.mark,
        section=fields.prose("section"),
        section_types=tuple(text.text for text in fields.texts("section_types")),
        keys=MappingProxyType({key.name: key for key in _keys(fields)}),
        irrelevant=fields.read("irrelevant", _irrelevant) or NO_TEXTS,
        use=_sheets(fields, "use"),
        facts=tuple(_facts(fields)),
        layers=fields.read("layers", formula_of),
        groups=tuple(_groups(fields, "groups")),
        start=_sheets(fields, "start"),
        finish=_sheets(fields, "finish"),
        extra=tuple(_groups(fields, "extra")),
        towers=MappingProxyType(dict(_towers(fields))),
    )


def _towers(fields: Fields) -> Iterator[tuple[str, Body]]:
    for key, node in fields.pairs("towers"):
        found = fields_of(node, f"tower {shown(key.text)}", BODY_KEYS, fields.page, required=("section",))
        if found and fields.page.name(key.text):
            yield key.text.text, _body(found)


def _keys(fields: Fields) -> Iterator[Key]:
    for key, node in fields.pairs("keys"):
        found = _key(key.text, node, fields.page) if _named(key.text, fields.page) else None
        yield from [found] if found else []


def _named(name: Text, page: Page) -> bool:
    """Whether a formula can name the key; a key that starts with '_' is one that no formula reads."""
    return page.name(replace(name, text=name.text.lstrip("_")), dotted=True)


def _key(name: Text, node: Node, page: Page) -> Key | None:
    """A key: its sort alone, or a mapping."""
    what = f"key {shown(name)}"
    if isinstance(node, Scalar):
        node = Map(((Scalar(Text("is", node.mark)), node),), node.mark)
    fields = fields_of(node, what, ("is", "also", "default", "null", "of", "must", "why"), page, required=("is",))
    if fields is None:
        return None
    sort: Sort = fields.word("is", SORTS, "count")
    keeps_null = fields.word("null", ("", "none"), "") == "none"
    must = tuple(text.text for text in fields.texts("must"))
    of = fields.read("of", _spelling) or NO_TEXTS
    if sort in ("word", "words", "pattern", "texts") and not of:
        page.report("key", f"{what} has no 'of': the words that it may hold", node.mark)
    also, default = tuple(text.text for text in fields.texts("also")), fields.read("default", formula_of)
    return Key(name.text, name.mark, sort, also, default, keeps_null, of, must, fields.prose("why"))


def _spelling(node: Node, what: str, page: Page) -> Mapping[str, str]:
    """A list of words, or a mapping from how the config spells them."""
    if isinstance(node, Seq):
        texts = [item.text.text for item in node.items if isinstance(item, Scalar)]
        return MappingProxyType({text: text for text in texts})
    pairs = ((key.text.text, value) for key, value in pairs_of(node, what, page))
    return MappingProxyType({key: value.text.text for key, value in pairs if isinstance(value, Scalar)})


def _irrelevant(node: Node, what: str, page: Page) -> Mapping[str, str]:
    """Key -> why it changes nothing here, from lists of keys under each reason."""
    found: dict[str, str] = {}
    for reason, keys in pairs_of(node, what, page):
        for item in keys.items if isinstance(keys, Seq) else (keys,):
            if isinstance(item, Scalar):
                found[item.text.text] = reason.text.text
            else:
                page.report("key", f"{what}: a key is text", item.mark)
    return MappingProxyType(found)


def _sheets(fields: Fields, key: str) -> tuple[SheetRule, ...]:
    return tuple(rule for node in fields.items(key) for rule in _sheet(node, fields.page))


def _sheet(node: Node, page: Page) -> Iterator[SheetRule]:
    """A sheet's name, or `{sheet: condition}`."""
    if isinstance(node, Scalar):
        yield SheetRule(_from_here(node.text, page))
        return
    for name, condition in pairs_of(node, "a sheet's condition", page):
        when = formula_of(condition, f"when {shown(name.text)} is used", page)
        yield from [SheetRule(_from_here(name.text, page), when)] if when else []


def _from_here(name: Text, page: Page) -> Text:
    """A path, which the dialect says from its own folder, as one from where roofsheet was called."""
    path = name.text.endswith((".yaml", ".yml"))
    return replace(name, text=os.path.normpath(Path(page.file).parent / name.text)) if path else name


def _facts(fields: Fields, key: str = "facts") -> Iterator[FactRule]:
    for name, node in fields.pairs(key):
        found = _fact(name.text, node, fields.page) if fields.page.name(name.text) else None
        yield from [found] if found else []


def _fact(name: Text, node: Node, page: Page) -> FactRule | None:
    if isinstance(node, Scalar):
        formula = formula_of(node, shown(name), page)
        return formula and FactRule(name, formula)
    fields = fields_of(node, shown(name), ("formula", "note", "unit"), page, required=("formula",))
    formula = fields and fields.read("formula", formula_of)
    return FactRule(name, formula, fields.prose("note"), fields.prose("unit")) if fields and formula else None


def _groups(fields: Fields, key: str) -> Iterator[GroupRule]:
    for name, node in fields.pairs(key):
        found = fields_of(node, f"group {shown(name.text)}", ("use", "facts", "when", "count"), fields.page, ("use",))
        if found and fields.page.name(name.text):
            when, count = found.read("when", formula_of), found.read("count", formula_of)
            yield GroupRule(name.text, _sheets(found, "use"), tuple(_facts(found)), when, count)


def _cases(fields: Fields) -> Iterator[FormatCase]:
    for node in fields.items("cases"):
        found = fields_of(node, "a case", ("about", "when", "facts"), fields.page, required=("about", "when", "facts"))
        when = found and found.read("when", formula_of)
        if found and when:
            yield FormatCase(when, tuple(_facts(found)), found.prose("about"))


def _examples(fields: Fields) -> Iterator[DialectExample]:
    keys = ("about", "source", "config", "gives")
    for node in fields.items("examples"):
        found = fields_of(node, "an example", keys, fields.page, required=("about", "config", "gives"))
        config = found and found.values.get("config")
        if found and config:
            plain = as_json(config)
            if isinstance(plain, JsonObject):
                about, source = found.prose("about"), found.prose("source")
                yield DialectExample(about, plain, MappingProxyType(dict(_gives(found))), source, found.mark)
            else:
                fields.page.report("key", "the config of an example is a mapping", config.mark)


def _gives(example: Fields) -> Iterator[tuple[str, Text]]:
    """What an example gives, by the names of an entry's counts."""
    for key, value in example.pairs("gives"):
        if key.text.text not in COUNTS:
            hint = did_you_mean(key.text.text, COUNTS) or f"an example may give {', '.join(COUNTS)}"
            example.page.report("key", f"{shown(key.text)} is not counted", key.mark, hint)
        elif isinstance(value, Scalar) and isinstance(parse_scalar(value.text.text), int):
            yield key.text.text, value.text
        else:
            example.page.report("key", f"{shown(key.text)} is a whole number", value.mark)


def as_json(node: Node) -> JsonNode:
    """The YAML node as a config says it: plain numbers, true, false and null are what they look like."""
    match node:
        case Scalar(text, style):
            return JsonValue(parse_scalar(text.text) if style == "plain" else text.text, text.mark)
        case Seq(items, mark):
            return JsonList(tuple(as_json(item) for item in items), mark)
        case Map(items, mark):
            members = {key.text.text: Member(key.mark, as_json(value)) for key, value in items}
            return JsonObject(MappingProxyType(members), mark)
