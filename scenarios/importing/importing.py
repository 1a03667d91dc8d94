"""A config -> a model entry, checked; or the problems that say why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from ...graph.language.names import did_you_mean, nearest
from ...problems import Problem, errors, ordered
from ..library import Library
from ..nodes import shown
from .checking import COUNTS, checked, pruned
from .coverage import Coverage, account
from .dialects import Dialect, DialectExample
from .entries_made import CODE, CONFIG, MadeEntry, MadeScope, MadeSource
from .entry_text import entry_text
from .json_nodes import JsonObject, JsonValue
from .reading import Reading
from .shelf import FORMATS, Shelf

_NOT_IN_NAME = re.compile(r"[^a-z0-9._-]+")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
NO_COUNTS: Mapping[str, float | None] = MappingProxyType(dict.fromkeys(COUNTS))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says of the entry: its name (also that of its file), titles, where the config was read and when.

    `hub`: ORG/NAME; `file`: how problems call the file that is to be written; `weight_format`: a word for how the
    weights are stored, against the config's; `ignore`: keys that the user vouches for.
    """

    name: str
    read: str
    title: str = ""
    hub: str = ""
    url: str = ""
    file: str = ""
    weight_format: str = ""
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a config. `entry` and `text` are there if no problem is an error."""

    model_type: str
    entry: MadeEntry | None
    text: str
    coverage: Coverage
    problems: tuple[Problem, ...]
    counts: Mapping[str, float | None] = field(default_factory=lambda: NO_COUNTS)
    assumed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def import_config(root: JsonObject, wanted: Wanted, dialect: Path | None = None) -> Imported:
    """Read the config by the dialect of its model_type.

    `dialect` is a file to look in before the bundled ones; its examples must come out.
    """
    shelf = Shelf(Library([]), dialect)
    own = shelf.get(str(dialect)) if dialect else None
    wrong = (
        [] if shelf.problems else [problem for each in (own.examples if own else ()) for problem in _wrong(each, shelf)]
    )
    return Imported("", None, "", Coverage(), tuple(ordered(wrong))) if wrong else _imported(root, wanted, shelf)


def _wrong(example: DialectExample, shelf: Shelf) -> Iterator[Problem]:
    """What an example of a dialect does not come to."""
    found = _imported(example.config, Wanted("example", ""), shelf)
    if found.entry is None:
        yield Problem("example", "the config of this example is refused", example.mark)
        yield from errors(found.problems)
        return
    for name, text in example.gives.items():
        count = found.counts[name]
        if count != int(text.text):
            comes_to = "has none" if count is None else f"comes to {count:,.0f}"
            yield Problem(
                "example", f"the example gives {name} = {int(text.text):,}, and its entry {comes_to}", text.mark
            )


def _imported(root: JsonObject, wanted: Wanted, shelf: Shelf) -> Imported:
    library = shelf.library.shared()
    problems: list[Problem] = []
    model_type, found = _dialect(root, shelf, problems)
    formats = shelf.get(FORMATS)
    problems += _unknown_format(wanted.weight_format, library)
    problems += shelf.problems
    if found is None or formats is None or errors(problems):
        return Imported(model_type, None, "", Coverage(), tuple(ordered(problems)))
    reading = Reading(root, problems, Path(wanted.file).parent, wanted.weight_format)
    scope = reading.model(found, formats)
    reading.used.add("model_type")
    coverage = account(reading, wanted.ignore)
    done = Imported(model_type, None, "", coverage, tuple(ordered(problems)), assumed=MappingProxyType(reading.assumed))
    return done if errors(problems) else _made(done, wanted, scope, found, library)


def _made(done: Imported, wanted: Wanted, scope: MadeScope, dialect: Dialect, library: Library) -> Imported:
    file = f"{wanted.file or wanted.name} (not written)"
    library.place(file, Path(wanted.file or wanted.name))
    entry = pruned(_entry(wanted, scope, dialect, done.coverage), file, library)
    text = entry_text(entry)
    result = checked(entry, text, file, library)
    problems = tuple(ordered([*done.problems, *result.problems]))
    if errors(problems):
        return Imported(done.model_type, None, text, done.coverage, problems, assumed=done.assumed)
    return Imported(done.model_type, entry, text, done.coverage, problems, result.counts, done.assumed)


def _dialect(root: JsonObject, shelf: Shelf, problems: list[Problem]) -> tuple[str, Dialect | None]:
    """The config's model_type, and the dialect that reads it."""
    member = root.members.get("model_type")
    if member is None or not isinstance(member.node, JsonValue) or not isinstance(member.node.value, str):
        where = member.node.mark if member else root.mark
        hint = "a config.json of the Hugging Face hub has one"
        problems.append(Problem("model_type", "the config says no model_type", where, hint=hint))
        return "", None
    name = member.node.value
    if name not in shelf.types:
        problems.append(_unknown_type(name, member.node, shelf))
        return name, None
    return name, shelf.get(shelf.types[name])


def _unknown_type(name: str, node: JsonValue, shelf: Shelf) -> Problem:
    near = nearest(name, shelf.types)
    known = f"near it: {', '.join(near)}" if near else f"known are {', '.join(sorted(shelf.types))}"
    hint = f"{known}; docs/import.md says how to write a dialect for another, which --dialect FILE.yaml names"
    return Problem("model_type", f"no dialect reads the model_type {shown(name)}", node.mark, hint=hint)


def _unknown_format(word: str, library: Library) -> Iterator[Problem]:
    glossary = library.glossary()
    known = glossary.choices["format"] if glossary else ()
    if word and word not in known:
        hint = did_you_mean(word, known) or f"known are {', '.join(known)}"
        yield Problem("usage", f"--weight-format {shown(word)} is no format", hint=hint)


def _entry(wanted: Wanted, scope: MadeScope, dialect: Dialect, coverage: Coverage) -> MadeEntry:
    about = ""
    if coverage.ignored:
        keys = ", ".join(coverage.ignored)
        about = f"Imported without regard to {keys}, which whoever imported it holds to change nothing."
    title = "config.json" if wanted.url else "config.json on disk"
    sources = {CONFIG: MadeSource(title, wanted.url, wanted.read)}
    if any(fact.source == CODE for fact in scope.every_fact()):
        sources[CODE] = MadeSource(dialect.source or f"the dialect {dialect.name}", dialect.url, kind="derived")
    return MadeEntry(
        wanted.name, scope, wanted.title, wanted.hub, about, sources=MappingProxyType(sources)
    )  # fmt: skip


def hub_name(root: JsonObject) -> str:
    """The ORG/NAME that the config gives as its own, '' for none; it may be that of the model it was made from."""
    member = root.members.get("_name_or_path")
    value = member.node.value if member and isinstance(member.node, JsonValue) else None
    return value if isinstance(value, str) and _HUB_NAME.fullmatch(value) else ""


def is_name(text: str) -> bool:
    """Whether a model may be called so: a name, or ORG/NAME as on the hub."""
    return _HUB_NAME.fullmatch(text if "/" in text else f"org/{text}") is not None


def entry_name(text: str) -> str:
    """A name for an entry and its file: small letters, digits, dots and dashes."""
    return _NOT_IN_NAME.sub("-", text.casefold()).strip("-.") or "model"
