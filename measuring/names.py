"""The words of benchmark tables, from YAML: which entries, quantities and settings they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ..problems import Mark, Problem
from ..scenarios import BUNDLED
from ..scenarios.decode import Fields, Page, fields_of, page_of, pairs_of, text_of
from ..scenarios.nodes import Map, Node, Scalar, Seq
from ..scenarios.reader import read_file

BUNDLED_NAMES = Path(BUNDLED) / "measurements" / "names.yaml"
_WORDS = (
    "rule",
    "engine",
    "quantity",
    "class",
    "batch",
    "prefill",
    "unmapped",
    "file",
    "test",
    "sheets",
    "why",
    "about",
    "note",
)
_RULE_KEYS = ("when", "set", "read", *_WORDS)
_LISTS = (
    "engines", "corrections", "formats", "kernels", "caches", "workloads", "bounds", "metrics", "exclusions",
    "unfitted", "predictions",
)  # fmt: skip
_KEYS = (
    "measurements", "about", "beside", "hardware", "models", "strip", "spellings", "eras", "instead",
    "tolerance", "filled_share", *_LISTS,
)  # fmt: skip
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for rows whose columns fit `when`; `words` are its other keys, `set` quantities, `read` columns."""

    mark: Mark
    when: tuple[tuple[str, tuple[str, ...]], ...]
    words: Mapping[str, str]
    set: Mapping[str, str]
    read: Mapping[str, str]

    def fits(self, cells: Cells) -> bool:
        """Whether every column named has one of the texts; an absent column has the text ''."""
        return all(matches(cells.get(column, ""), globs) for column, globs in self.when)

    def word(self, key: str) -> str:
        """The text under a key, '' where it is not given."""
        return self.words.get(key, "")


@dataclass(frozen=True, slots=True)
class Names:
    """All of it, as the file has it.

    `strip`: words of names that say nothing, by `hardware` and `model`. `spellings`: by column, a word and the texts
    that are read as it. `eras`: the first version of each year, by engine.
    `beside`: quantities told where a model has them.
    """

    hardware: Mapping[str, str]
    models: Mapping[str, str]
    eras: Mapping[str, Mapping[str, str]]
    instead: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[Rule, ...]]
    tolerance: float
    filled_share: float
    beside: tuple[str, ...] = ()
    strip: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    spellings: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    about: str = field(default="", compare=False)

    def spelled(self, cells: Cells) -> dict[str, str]:
        """The columns whose texts are another spelling of a word, with that word."""
        return {
            column: word
            for column, words in self.spellings.items()
            if (text := cells.get(column, "").strip())
            and text not in words
            and (word := next((word for word, globs in words.items() if matches(text, globs)), ""))
        }

    def first(self, sort: str, cells: Cells) -> Rule | None:
        """The first rule of a list that fits."""
        return next((rule for rule in self.rules.get(sort, ()) if rule.fits(cells)), None)

    def all(self, sort: str, cells: Cells) -> tuple[Rule, ...]:
        """Every rule of a list that fits."""
        return tuple(rule for rule in self.rules.get(sort, ()) if rule.fits(cells))


def matches(text: str, globs: Iterable[str]) -> bool:
    """Whether the text is one of these, in any case; `*` stands for anything."""
    folded = text.casefold()
    return any(fnmatchcase(folded, glob.casefold()) for glob in globs)


def read_names(problems: list[Problem], path: Path = BUNDLED_NAMES) -> Names | None:
    """The file's names; None, with problems, if it has none."""
    file = f"scenarios/measurements/{path.name}" if path == BUNDLED_NAMES else str(path)
    count = len(problems)
    node = read_file(path, problems, file)
    found = node and decode_names(node, file, problems)
    return found if len(problems) == count else None


def decode_names(node: Map, file: str, problems: list[Problem]) -> Names | None:
    page = page_of(file, problems)
    fields = fields_of(node, "the file of names", _KEYS, page, required=("measurements",))
    if fields is None:
        return None
    return Names(
        fields.read("hardware", _texts) or {},
        fields.read("models", _texts) or {},
        {name.text.text: _texts(value, "an era", page) for name, value in fields.pairs("eras")},
        {name.text.text: _list(value, "a fallback", page) for name, value in fields.pairs("instead")},
        {sort: tuple(_rules(fields, sort)) for sort in _LISTS},
        _number(fields, "tolerance", 0.0),
        _number(fields, "filled_share", 1.0),
        tuple(text.text for text in fields.names("beside")),
        {name.text.text: _list(value, "words to strip", page) for name, value in fields.pairs("strip")},
        {name.text.text: _lists(value, "spellings", page) for name, value in fields.pairs("spellings")},
        fields.prose("about"),
    )


def _rules(fields: Fields, sort: str) -> Iterable[Rule]:
    for item in fields.items(sort):
        what = f"a rule of '{sort}'"
        rule = fields_of(item, what, _RULE_KEYS, fields.page, required=("when",))
        if rule is None:
            continue
        when = tuple((key.text.text, _list(value, what, fields.page)) for key, value in rule.pairs("when"))
        words = {key: rule.prose(key) for key in _WORDS if key in rule}
        yield Rule(rule.mark, when, words, rule.read("set", _texts) or {}, rule.read("read", _texts) or {})


def _texts(node: Node, what: str, page: Page) -> dict[str, str]:
    """A mapping of texts."""
    if isinstance(node, Map) and not node.items:
        return {}
    pairs = pairs_of(node, what, page)
    told = ((key.text.text, text_of(value, what, page)) for key, value in pairs)
    return {key: text.text for key, text in told if text is not None}


def _lists(node: Node, what: str, page: Page) -> dict[str, tuple[str, ...]]:
    """A mapping of lists of texts."""
    return {key.text.text: _list(value, what, page) for key, value in pairs_of(node, what, page)}


def _list(node: Node, what: str, page: Page) -> tuple[str, ...]:
    """A list of texts, or one; quotes with nothing in them are a text too."""
    items = node.items if isinstance(node, Seq) else (node,)
    found: list[str] = []
    for item in items:
        if isinstance(item, Scalar) and (item.text.text or item.style == "quoted"):
            found.append(item.text.text)
        else:
            page.report("key", f"{what} has something that is no text", item.mark)
    return tuple(found)


def _number(fields: Fields, key: str, default: float) -> float:
    text = fields.text(key)
    if text is None:
        return default
    try:
        return float(text.text)
    except ValueError:
        fields.page.report("value", f"'{key}' is a number, not {text.text}", text.mark)
        return default
