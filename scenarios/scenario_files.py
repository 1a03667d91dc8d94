"""Scenarios from marked nodes, and which sort of file a mapping is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from ..graph.language.declarations import Case, Override, Scenario
from ..problems import Problem, Text
from .claims import claims_of
from .decode import Fields, Page, fields_of, page_of
from .nodes import Map, Node, Scalar, shown
from .sheets import BODY_KEYS, body_of
from .sweep_block import sweep_of
from .values import ASSUMED, NO_SETTINGS, Settings, facts_of, formula_of, setting_name, source_and_ids

Sort = Literal["glossary", "sheet", "hardware", "model", "scenario"]
SORTS: tuple[Sort, ...] = ("glossary", "sheet", "hardware", "model", "scenario")
SCENARIO_KEYS = (
    "scenario", "about", "source", "extends", "use", "with", "compare", "set", "override",
    *BODY_KEYS, "cases", "claims", "show", "sweep",
)  # fmt: skip


def sort_of(node: Map) -> Sort | None:
    """Which sort of file the mapping is, told by the first of its keys that names one."""
    sorts: dict[str, Sort] = {sort: sort for sort in SORTS}
    return next((sorts[key.text.text] for key, _ in node.items if key.text.text in sorts), None)


def decode_scenario(node: Map, file: str, problems: list[Problem]) -> Scenario | None:
    """The scenario that the file holds; None, with a problem, if it has no title."""
    page = page_of(file, problems)
    fields = fields_of(node, "the scenario", SCENARIO_KEYS, page, required=("scenario",))
    title = fields and fields.text("scenario")
    if fields is None or title is None:
        return None
    source, ids = source_and_ids(fields.values.get("source"), "'source' of the scenario", page)
    page = replace(page, sources=ids)
    fields = replace(fields, page=page)
    return Scenario(
        title.text,
        file,
        title.mark,
        about=fields.prose("about"),
        source=source,
        extends=fields.text("extends"),
        use=fields.texts("use"),
        bind=_entries(fields, "with"),
        compare=_entries(fields, "compare"),
        set=_set(fields),
        override=tuple(_overrides(fields)),
        body=replace(body_of(fields, title.text), open=True) if any(key in fields for key in BODY_KEYS) else None,
        cases=tuple(_cases(fields)),
        claims=fields.read("claims", claims_of) or (),
        show=tuple(name for text in fields.texts("show") if (name := setting_name(text, page))),
        sweep=fields.read("sweep", sweep_of),
    )


def _set(fields: Fields) -> Settings:
    return fields.read("set", lambda node, what, page: facts_of(node, what, ASSUMED, page)) or NO_SETTINGS


def _entries(fields: Fields, key: str) -> Mapping[str, Text]:
    """The entry of each sort: hardware and model."""
    sorts = ("hardware", "model")
    found = fields.read(key, lambda node, what, page: fields_of(node, what, sorts, page))
    entries = {sort: text for sort in sorts if found and (text := found.text(sort))}
    return MappingProxyType(entries)


def _overrides(fields: Fields) -> Iterator[Override]:
    for key, node in fields.pairs("override"):
        if fields.page.name(key.text, dotted=True):
            found = _override(key.text, node, fields.page)
            yield from [found] if found else []


def _override(name: Text, node: Node, page: Page) -> Override | None:
    what = f"the override of {shown(name)}"
    if isinstance(node, Scalar):
        formula = formula_of(node, what, page)
        return formula and Override(name, formula)
    fields = fields_of(node, what, ("formula", "about", "source"), page, required=("formula",))
    formula = fields and fields.read("formula", formula_of)
    if fields is None or formula is None:
        return None
    return Override(name, formula, fields.prose("about"), fields.prose("source"))


def _cases(fields: Fields) -> Iterator[Case]:
    for key, node in fields.pairs("cases"):
        case = fields_of(node, f"case {shown(key.text)}", ("set", "compare"), fields.page)
        if case and fields.page.name(key.text):
            yield Case(key.text, _set(case), _entries(case, "compare"))
