"""A made entry -> YAML as a person writes it: one line where that is short, blocks where it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import wrap

from .entries_made import CONFIG, MadeEntry, MadeFact, MadeGroup, MadeScope, MadeSource

WIDTH = 120

_PLAIN = re.compile(r"[A-Za-z0-9_./(][^\n\t\"\[\]{},]*")
_UNSAFE = re.compile(r":(\s|$)|\s#")

Tree = str | Sequence["Tree"] | Mapping[str, "Tree"]


def entry_text(entry: MadeEntry) -> str:
    """The YAML of the entry."""
    return "".join(f"{line}\n" for key, tree in _entry(entry).items() for line in _lines(key, tree, 0))


def _entry(entry: MadeEntry) -> dict[str, Tree]:
    found: dict[str, Tree] = {
        "model": entry.name,
        "title": entry.title,
        "hf": entry.hf,
        "about": entry.about,
        "aliases": entry.aliases,
        "sources": {name: _source(source) for name, source in entry.sources.items()},
        **_scope(entry.scope),
        "published": entry.published,
        "contradictions": entry.contradictions,
    }
    return {key: tree for key, tree in found.items() if tree}


def _scope(scope: MadeScope) -> dict[str, Tree]:
    facts = {"source": CONFIG, **_facts(scope.facts)} if scope.facts else {}
    groups: dict[str, Tree] = {group.name: _group(group) for group in scope.groups}
    towers: dict[str, Tree] = {name: _tower(tower) for name, tower in scope.towers.items()}
    return {"use": scope.use, "facts": facts, "groups": groups, "stack": scope.stack, "towers": towers}


def _tower(scope: MadeScope) -> Tree:
    return {key: tree for key, tree in _scope(scope).items() if tree}


def _group(group: MadeGroup) -> Tree:
    if not group.facts:
        return {"use": group.use}
    return {"use": group.use, "facts": {"source": CONFIG, **_facts(group.facts)}}


def _facts(facts: Sequence[MadeFact]) -> dict[str, Tree]:
    return {fact.name: _fact(fact) for fact in facts}


def _fact(fact: MadeFact) -> Tree:
    found = {"value": fact.value, "kind": fact.kind or "", "source": fact.source, "note": fact.note}
    found = {key: text for key, text in found.items() if text}
    return fact.value if len(found) == 1 else found


def _source(source: MadeSource) -> Tree:
    found = {"title": source.title, "url": source.url, "read": source.read, "kind": source.kind}
    return {key: text for key, text in found.items() if text}


def _lines(key: str, tree: Tree, indent: int) -> list[str]:
    """The key and its value: on one line if it is short and nothing in it calls for a block."""
    head = f"{' ' * indent}{_scalar(key, flow=False)}:"
    flow = f"{head} {_flow(tree, outermost=True)}"
    if len(flow) <= WIDTH and not _tall(tree):
        return [flow]
    if isinstance(tree, str):
        return [
            f"{head} >-",
            *wrap(
                _clean(tree),
                WIDTH,
                initial_indent=f"{' ' * indent}  ",
                subsequent_indent=f"{' ' * indent}  ",
                break_long_words=False,
                break_on_hyphens=False,
            ),
        ]
    if isinstance(tree, Mapping):
        return [head, *(line for name, each in tree.items() for line in _lines(name, each, indent + 2))]
    return [head, *(line for each in tree for line in _item(each, indent + 2))]


def _item(tree: Tree, indent: int) -> list[str]:
    """An item of a list, a mapping that is too long for a line as a block."""
    flow = f"{' ' * indent}- {_flow(tree, outermost=True)}"
    if len(flow) <= WIDTH or not isinstance(tree, Mapping):
        return [flow]
    lines = [line for name, each in tree.items() for line in _lines(name, each, indent + 2)]
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def _tall(tree: Tree) -> bool:
    """Whether it reads better as a block: a mapping of mappings, or of more than a few things."""
    if not isinstance(tree, Mapping):
        return any(isinstance(each, Mapping) for each in tree) if not isinstance(tree, str) else False
    deep = any(isinstance(each, Mapping) for each in tree.values())
    return deep or len(tree) > 4


def _flow(tree: Tree, outermost: bool = False) -> str:
    if isinstance(tree, str):
        return _scalar(tree, flow=not outermost)
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{_scalar(key, flow=True)}: {_flow(each)}" for key, each in tree.items()) + "}"
    return "[" + ", ".join(_flow(each) for each in tree) + "]"


def _clean(text: str) -> str:
    """The text on one line, without what no YAML file can hold."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _scalar(text: str, flow: bool) -> str:
    """The text, quoted where YAML would read it as something else."""
    text = _clean(text)
    plain = _PLAIN.fullmatch(text) if flow else text and text[0] not in "!&*?|>@`%\"'#,[]{}:- "
    if plain and not _UNSAFE.search(text):
        return text
    return "'" + text.replace("'", "''") + "'"
