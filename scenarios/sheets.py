"""The glossary and the sheets, from marked nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType

from ..graph.language.declarations import Axis, Check, Devices, Example, Glossary, Quantity, Sheet, TablePointer
from ..problems import Problem, Severity, Text
from .claims import claims_of
from .decode import Fields, Page, fields_of, page_of, pairs_of, text_of
from .nodes import Map, Node, shown
from .quantities import GLOSSARY_KEYS, QUANTITY_KEYS, quantities_of
from .tables import rows_of, tables_of
from .values import ASSUMED, formula_of, settings_of, source_and_ids, texts_of

BODY_KEYS = ("counts", "quantities", "tables", "rows", "checks")
_DEVICES: tuple[Devices, ...] = ("", "one", "any")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning")
SHEET_KEYS = (
    "sheet", "about", "source", "devices", "use", "takes", "shadows", "replaces", *BODY_KEYS, "examples",
)  # fmt: skip


def decode_glossary(node: Map, file: str, problems: list[Problem]) -> Glossary | None:
    """The glossary that the file holds; None, with a problem, if it does not say its name."""
    page = page_of(file, problems)
    keys = ("glossary", "about", "choices", "qualifiers", "quantities", "tables")
    fields = fields_of(node, "the glossary", keys, page, required=("glossary",))
    name = fields and fields.text("glossary")
    if fields is None or name is None:
        return None
    fields.prose("about")  # for people who read the file: only its shape is checked
    quantities = _quantities(fields, GLOSSARY_KEYS)
    choices, words = _vocabularies(fields)
    return Glossary(name.text, file, quantities, choices, _pointers(fields), words, tuple(_axes(fields)))


def decode_sheet(node: Map, file: str, problems: list[Problem]) -> Sheet | None:
    """The sheet that the file holds; None, with a problem, if it does not say its name."""
    page = page_of(file, problems)
    fields = fields_of(node, "the sheet", SHEET_KEYS, page, required=("sheet",))
    name = fields and fields.text("sheet")
    if fields is None or name is None:
        return None
    refuse_other_name(name, page)
    source, sources = source_and_ids(fields.values.get("source"), "'source' of the sheet", page)
    fields = replace(fields, page=replace(page, sources=sources))
    body = body_of(fields, name.text)
    return replace(
        body,
        about=fields.prose("about"),
        source=source,
        sources=texts_of(sources),
        devices=fields.word("devices", _DEVICES, ""),
        use=fields.texts("use"),
        takes=fields.names("takes"),
        shadows=fields.names("shadows"),
        replaces=fields.names("replaces"),
        examples=tuple(_examples(fields)),
    )


def body_of(fields: Fields, name: str) -> Sheet:
    """The quantities, tables, rows and checks of a sheet or a scenario."""
    return Sheet(
        name,
        fields.page.file,
        fields.mark,
        counts=fields.names("counts"),
        quantities=_quantities(fields, QUANTITY_KEYS),
        tables=fields.read("tables", tables_of) or MappingProxyType({}),
        rows=fields.read("rows", rows_of) or (),
        checks=tuple(_checks(fields)),
    )


def refuse_other_name(name: Text, page: Page) -> None:
    """A sheet or entry is found by its file's name, so it may not call itself otherwise."""
    path = PurePath(page.file)
    if path.suffix in {".yaml", ".yml"} and path.stem != name.text:
        message = f"{shown(name)} stands in a file called {shown(path.name)}: the two names must be equal"
        page.report("name", message, name.mark)


def _quantities(fields: Fields, keys: tuple[str, ...]) -> Mapping[str, Quantity]:
    read = fields.read("quantities", lambda node, what, page: quantities_of(node, what, page, keys))
    return read or MappingProxyType({})


def _checks(fields: Fields) -> Iterator[Check]:
    for item in fields.items("checks"):
        check = fields_of(item, "a check", ("rule", "severity", "why"), fields.page, required=("rule", "why"))
        rule = check and check.read("rule", formula_of)
        if check and rule:
            yield Check(rule, check.prose("why"), check.word("severity", _SEVERITIES, "error"))


def _examples(fields: Fields) -> Iterator[Example]:
    keys = ("about", "given", "rows", "gives", "why_equal")
    for item in fields.items("examples"):
        example = fields_of(item, "an example", keys, fields.page, required=("about", "gives"))
        if example:
            given = settings_of(example.pairs("given"), ASSUMED, fields.page)
            gives = example.read("gives", claims_of) or ()
            rows = example.read("rows", rows_of) or ()
            yield Example(example.prose("about"), given, gives, example.mark, example.prose("why_equal"), rows)


def _vocabularies(fields: Fields) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Text]]:
    """The words of each vocabulary with their meanings, and where each word stands first."""
    choices: dict[str, Mapping[str, str]] = {}
    words: dict[str, Text] = {}
    for key, node in fields.pairs("choices"):
        meanings = _meanings(node, f"vocabulary {shown(key.text)}", fields.page)
        if fields.page.name(key.text):
            choices[key.text.text] = MappingProxyType({word.text: meaning for word, meaning in meanings})
        words = {word.text: word for word, _ in meanings} | words
    return MappingProxyType(choices), MappingProxyType(words)


def _axes(fields: Fields) -> Iterator[Axis]:
    """The qualifiers that a glossary declares, each with its words."""
    for key, node in fields.pairs("qualifiers"):
        meanings = _meanings(node, f"qualifier {shown(key.text)}", fields.page)
        if fields.page.name(key.text):
            yield Axis(key.text, MappingProxyType({word.text: meaning for word, meaning in meanings}))


def _meanings(node: Node, what: str, page: Page) -> list[tuple[Text, str]]:
    """Words, each with what it means."""
    pairs = [(word.text, meaning) for word, meaning in pairs_of(node, what, page)]
    return [
        (word, str(text_of(meaning, f"{shown(word)} of {what}", page) or ""))
        for word, meaning in pairs
        if page.name(word)
    ]


def _pointers(fields: Fields) -> Mapping[str, TablePointer]:
    found: dict[str, TablePointer] = {}
    for key, node in fields.pairs("tables"):
        what = f"table {shown(key.text)}"
        pointer = fields_of(node, what, ("sheet", "about"), fields.page, required=("sheet",))
        sheet = pointer and pointer.text("sheet")
        if pointer and sheet and fields.page.name(key.text):
            found[key.text.text] = TablePointer(key.text, sheet, pointer.prose("about"))
    return MappingProxyType(found)
