"""Values, formulas and where values come from: the smallest things that files declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from ..graph.language.declarations import Default, Formula, Given, Kind, Words
from ..graph.language.expressions import Cells, Expr, Lookup, Name, transform, walk
from ..graph.language.names import dotted_fault, keyed, name_fault
from ..graph.language.parser import parse_formula
from ..problems import Problem, Text
from .decode import Fields, Page, Source, fields_of, pairs_of, shape, text_of
from .nodes import Map, Node, Scalar, shown

Settings = Mapping[str, tuple[Text, Given]]
Each = Mapping[str, str]  # variable -> the word that it stands for
NO_EACH: Each = MappingProxyType({})
NO_SETTINGS: Settings = MappingProxyType({})

_NUMBER = re.compile(r"\s*[+-]?\s*(\d[\d,_]*\.?[\d_]*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
_GOES_ON = re.compile(r"[-+*/<>=!\[(]|%\s*\S|(if|else|and|or|not|in|is)\b")  # after a formula's first number
_KEYED = re.compile(r"([^\[\]]+)\[([^\[\]]*)\]")
_VARIABLE = re.compile(r"\$(\w+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PROVENANCE = ("value", "kind", "source", "note", "of")


def looks_like_value(text: str) -> bool:
    """Whether the text is a plain number or a number with a unit, rather than a formula."""
    number = _NUMBER.match(text)
    return number is not None and not _GOES_ON.match(text, number.end())


def formula_of(node: Node, what: str, page: Page, each: Each = NO_EACH) -> Formula | None:
    """The node's formula, each `$variable` in it replaced; None, with problems, if it has none."""
    if not isinstance(node, Scalar):
        hint = "quote a formula that starts with a bracket"
        page.report("key", f"{what} is {shape(node)}, not a formula", node.mark, hint)
        return None
    found: list[Problem] = []
    formula = parse_formula(node.text, found)
    for problem in found:
        comment = "' #' starts a comment: the formula ends before it" if node.cut else ""
        page.add(replace(problem, hint=problem.hint or comment))
    return formula and _expanded(formula, page, each)


def _expanded(formula: Formula, page: Page, each: Each) -> Formula | None:
    if "$" not in formula.text.text:
        return formula
    undeclared = False
    for part in walk(formula.expr):
        for variable in variables_in(" ".join(_spellings(part))):
            if variable not in each:
                message = f"'${variable}' is not declared: a column's 'each:' declares variables"
                page.report("name", message, formula.text.at(*part.span))
                undeclared = True
    return None if undeclared else Formula(formula.text, transform(formula.expr, lambda part: _with_words(part, each)))


def _spellings(part: Expr) -> tuple[str, ...]:
    if isinstance(part, Cells):
        return (part.table, part.column)
    return (part.name,) if isinstance(part, Name | Lookup) else ()


def _with_words(part: Expr, each: Each) -> Expr:
    if isinstance(part, Cells):
        return replace(part, table=spell(part.table, each), column=spell(part.column, each))
    if isinstance(part, Name | Lookup):
        return replace(part, name=spell(part.name, each))
    return part


def variables_in(text: str) -> list[str]:
    """The variables `$phase` that stand in the text, without their sign."""
    return _VARIABLE.findall(text)


def spell(text: str, each: Each) -> str:
    """The text with each `$variable` replaced by its word."""
    return _VARIABLE.sub(lambda found: each.get(found[1], found[0]), text)


def default_of(node: Node, what: str, page: Page, each: Each = NO_EACH) -> Default | None:
    """A cell or a default: a value, a value with its source, or a formula."""
    if isinstance(node, Map):
        given = given_of(node, what, ASSUMED, page)
        return given and Default(value=given)
    if isinstance(node, Scalar) and looks_like_value(node.text.text):
        return Default(value=Given(node.text))
    formula = formula_of(node, what, page, each)
    return formula and Default(formula=formula)


@dataclass(frozen=True, slots=True)
class Origin:
    """What values rest on that do not say so themselves."""

    kind: Kind
    source: str = ""
    read: str = ""

    def of(self, fields: Fields) -> Origin:
        """The same, unless the fields name their own `source` or `kind`."""
        text = fields.text("source")
        if text is None:
            return replace(self, kind=fields.kind(self.kind))
        source = fields.page.cite(text) or Source(text.text.strip(), self.kind)
        return Origin(fields.kind(source.kind), source.text, source.read)


ASSUMED = Origin("assumed")


def given_of(node: Node, what: str, origin: Origin, page: Page) -> Given | None:
    """A value: its text alone, or a mapping that says what it rests on."""
    if isinstance(node, Map):
        fields = fields_of(node, what, _PROVENANCE, page, required=("value",))
        value = fields and fields.text("value")
        if fields is None or value is None:
            return None
        origin = origin.of(fields)
        of = fields.read("of", words_of) or ()
        return Given(value, origin.kind, origin.source, fields.prose("note"), of, origin.read)
    value = text_of(node, what, page)
    return value and Given(value, origin.kind, origin.source, read=origin.read)


def words_of(node: Node, what: str, page: Page) -> Words:
    """What an `of:` says: each axis with its word."""
    pairs = (
        (key.text, text_of(value, f"{shown(key.text)} of {what}", page)) for key, value in pairs_of(node, what, page)
    )
    return tuple((axis, word) for axis, word in pairs if word)


def settings_of(pairs: Iterable[tuple[Scalar, Node]], origin: Origin, page: Page) -> Settings:
    """Values by the names of quantities, a keyed one's each under `compute_rate[bf16, fp32, dense]`."""
    return _by_name((item for key, node in pairs for item in _settings(key.text, node, origin, page)), page)


def facts_of(node: Node, what: str, origin: Origin, page: Page) -> Settings:
    """Values by name; `source` and `kind` among them hold for all that name no other."""
    pairs = pairs_of(node, what, page)
    own = tuple((key, value) for key, value in pairs if key.text.text in ("source", "kind"))
    head = fields_of(Map(own, node.mark), what, ("source", "kind"), page)
    rest = (item for item in pairs if item not in own)
    return settings_of(rest, origin.of(head) if head else origin, page)


def _by_name(settings: Iterable[tuple[Text, Given]], page: Page) -> Settings:
    found: dict[str, tuple[Text, Given]] = {}
    for name, given in settings:
        if name.text in found:
            line = found[name.text][0].mark.line
            page.report("duplicate", f"{shown(name)} is already given in line {line}", name.mark)
        else:
            found[name.text] = (name, given)
    return MappingProxyType(found)


def _settings(key: Text, node: Node, origin: Origin, page: Page) -> Iterable[tuple[Text, Given]]:
    name = setting_name(key, page)
    if name is None:
        return
    if isinstance(node, Map) and node.get("values"):
        fields = fields_of(node, shown(name), ("values", "kind", "source", "note"), page)
        yield from _keyed_settings(name, fields, origin) if fields else ()
    elif given := given_of(node, shown(name), origin, page):
        yield name, given


def keyed_settings(name: Text, fields: Fields, origin: Origin) -> Settings:
    """The `values` of a keyed quantity, each under its name with its key: `format_bits[fp8]`."""
    return _by_name(_keyed_settings(name, fields, origin), fields.page) if "values" in fields else NO_SETTINGS


def _keyed_settings(name: Text, fields: Fields, origin: Origin) -> Iterable[tuple[Text, Given]]:
    origin, note = origin.of(fields), fields.prose("note")
    for key, value in fields.pairs("values"):
        full = key_name(name, key.text, fields.page)
        given = given_of(value, f"{shown(name)} at {shown(key.text)}", origin, fields.page)
        if full and given:
            yield full, given if given.note else replace(given, note=note)


def setting_name(text: Text, page: Page) -> Text | None:
    """A quantity that can be set: a name, perhaps in a scope, perhaps with a key, in its normal spelling."""
    with_key = _KEYED.fullmatch(text.text)
    if with_key is None:
        return text if page.name(text, dotted=True) else None
    fault = dotted_fault(with_key[1])
    if fault:
        page.report("name", fault, text.mark)
        return None
    return key_name(replace(text, text=with_key[1]), replace(text, text=with_key[2]), page)


def key_name(name: Text, key: Text, page: Page) -> Text | None:
    """One value of a keyed quantity, `compute_rate[bf16, fp32, dense]`; None, with a problem, for no key."""
    words = [word.strip() for word in key.text.split(",")]
    fault = next((fault for word in words if (fault := name_fault(word))), None)
    if fault:
        page.report("name", fault, key.mark, "a key is words of choices: bf16, fp32, dense")
        return None
    return Text(keyed(name.text, words), key.mark)


def source_of(node: Node, what: str, page: Page) -> Source | None:
    """A source as people read it: text, or its title, address and the day it was read."""
    if isinstance(node, Scalar):
        text = text_of(node, what, page)
        return text and Source(text.text.strip())
    fields = fields_of(node, what, ("title", "url", "read", "kind"), page, required=("title",))
    if fields is None:
        return None
    read = _day(fields)
    details = [detail for detail in (fields.prose("url"), f"read {read}" if read else "") if detail]
    tail = f" ({', '.join(details)})" if details else ""
    return Source(fields.prose("title") + tail, fields.kind("datasheet"), read)


def _day(fields: Fields) -> str:
    """The day that a source was read, or its month; '' where it is not said."""
    text = fields.text("read")
    if text is None:
        return ""
    day = text.text.strip()
    try:
        date.fromisoformat(day if _DAY.fullmatch(day) else f"{day}-01")
    except ValueError:
        fields.page.report("value", f"{shown(text)} is no day", text.mark, "write it as 2026-07-27, or as 2026-07")
    return day


def sources_of(node: Node, what: str, page: Page) -> Mapping[str, Source]:
    """Sources by their ids."""
    found: dict[str, Source] = {}
    for key, value in pairs_of(node, what, page):
        source = source_of(value, f"source {shown(key.text)}", page)
        if source:
            found[key.text.text] = source
    return MappingProxyType(found)


def texts_of(sources: Mapping[str, Source]) -> Mapping[str, str]:
    """What people read of each source."""
    return MappingProxyType({name: source.text for name, source in sources.items()})


def source_and_ids(node: Node | None, what: str, page: Page) -> tuple[str, Mapping[str, Source]]:
    """A file's `source`: one source, or several by their ids; and the text of them all."""
    if not isinstance(node, Map) or any(node.get(key) for key in ("title", "url", "read")):
        source = None if node is None else source_of(node, what, page)
        return (source.text if source else ""), MappingProxyType({})
    sources = sources_of(node, what, page)
    return "; ".join(source.text for source in sources.values()), sources
