"""Claims: the numbers that somebody printed, in all the forms in which files state them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from ..graph.language.declarations import ClaimSpec, Formula, Given
from ..problems import Text
from .decode import Fields, Page, fields_of, pairs_of, shape, text_of
from .nodes import Map, Node, Scalar, Seq, shown
from .values import ASSUMED, Settings, formula_of, setting_name, settings_of, words_of

Expect = Literal["holds", "fails"]
Mode = Literal["round", "floor", "about"]
_EXPECT: tuple[Expect, ...] = ("holds", "fails")
_MODES: tuple[Mode, ...] = ("round", "floor", "about")
_KEYS = ("to", "mode", "unit", "of", "given", "expect", "follows", "why", "source")
_BASES: tuple[Literal["stated", "inferred"], ...] = ("stated", "inferred")
CLAIM_KEYS = ("printed", *_KEYS, "basis", "note", "over")
PUBLISHED_KEYS = ("value", *_KEYS, "note")


def claims_of(node: Node, what: str, page: Page) -> tuple[ClaimSpec, ...]:
    """Claims by their subjects, or a list: of claims that each say their `subject`, and of groups from one place."""
    if isinstance(node, Seq):
        return tuple(claim for item in node.items for claim in _item(item, page))
    return tuple(claim for key, value in pairs_of(node, what, page) for claim in _on_key(key, value, page))


def published_of(node: Node, what: str, page: Page) -> tuple[ClaimSpec, ...]:
    """The figures that an entry's makers print, by the names of quantities."""
    found: list[ClaimSpec] = []
    for key, value in pairs_of(node, what, page):
        subject = formula_of(key, what, page)
        if subject:
            found += _published(subject, value, page)
    return tuple(found)


def _item(node: Node, page: Page) -> Iterator[ClaimSpec]:
    """An item of a list of claims."""
    if not (isinstance(node, Map) and node.get("claims")):
        yield from _listed(node, page)
        return
    fields = fields_of(node, "a group of claims", ("source", "claims"), page)
    source = fields.text("source") if fields else None
    cited = page.cite(source) if source else None
    place = cited.text if cited else fields.prose("source") if fields else ""
    for claim in (fields and fields.read("claims", claims_of)) or ():
        yield claim if claim.source else replace(claim, source=place)


def _listed(node: Node, page: Page) -> Iterator[ClaimSpec]:
    fields = fields_of(node, "a claim", ("subject", *CLAIM_KEYS), page, required=("subject",))
    subject = fields and fields.read("subject", formula_of)
    if fields and subject:
        yield from _of_fields(subject, fields, node)


def _on_key(key: Scalar, node: Node, page: Page) -> Iterator[ClaimSpec]:
    subject = formula_of(key, f"the subject {shown(key.text)}", page)
    if subject is None:
        return
    for item in node.items if isinstance(node, Seq) else (node,):
        yield from _on(subject, item, page)


def _on(subject: Formula, node: Node, page: Page) -> Iterator[ClaimSpec]:
    what = f"the claim on {shown(subject.text)}"
    if isinstance(node, Map):
        fields = fields_of(node, what, CLAIM_KEYS, page)
        if fields:
            yield from _of_fields(subject, fields, node)
    elif printed := text_of(node, what, page):
        yield ClaimSpec(subject, printed)


def _published(subject: Formula, node: Node, page: Page) -> Iterator[ClaimSpec]:
    what = f"the published {shown(subject.text)}"
    if not isinstance(node, Map):
        printed = text_of(node, what, page)
        if printed:
            yield ClaimSpec(subject, printed)
        return
    fields = fields_of(node, what, PUBLISHED_KEYS, page, required=("value",))
    value = fields and fields.text("value")
    if fields and value:
        claim = _terms(subject, value, fields)
        yield claim if claim.why else replace(claim, why=fields.prose("note"))


def _of_fields(subject: Formula, fields: Fields, node: Node) -> Iterator[ClaimSpec]:
    if not fields.require("printed", written=node):
        return
    printed = fields.values["printed"]
    if "over" in fields:
        yield from _table(subject, fields)
    elif isinstance(printed, Seq):
        hint = "say over which input they were printed: 'over: {batch_size: [1, 8]}'"
        fields.page.report("key", f"several numbers are 'printed' in {fields.what}", printed.mark, hint)
    elif text := fields.text("printed"):
        yield _terms(subject, text, fields)


def _terms(subject: Formula, printed: Text, fields: Fields) -> ClaimSpec:
    """A claim with everything but its `over`."""
    source = fields.text("source")
    cited = source and fields.page.cite(source)
    expect: Expect = fields.word("expect", _EXPECT, "holds")
    if expect == "fails":
        fields.require("why")
    elif "follows" in fields:
        message = f"'follows' in {fields.what}, which is expected to hold: it says what follows instead"
        fields.page.report("key", message, fields.values["follows"].mark, "say 'expect: fails', and 'why'")
    return ClaimSpec(
        subject,
        printed,
        unit=fields.text("unit"),
        quantum=fields.text("to"),
        mode=fields.word("mode", _MODES, "round"),
        given=settings_of(fields.pairs("given"), ASSUMED, fields.page),
        expect=expect,
        why=fields.prose("why"),
        source=cited.text if cited else fields.prose("source"),
        of=fields.read("of", words_of) or (),
        note=fields.prose("note") if "printed" in fields else "",
        inferred="basis" in fields and fields.word("basis", _BASES, "stated") == "inferred",
        follows=fields.text("follows") if "over" not in fields else None,
    )


def _table(subject: Formula, fields: Fields) -> Iterator[ClaimSpec]:
    """One claim for each printed number, at its point of the inputs in `over`."""
    printed = fields.texts("printed")
    columns = [column for column in _columns(fields) if _counts_agree(fields, *column, printed)]
    if not printed or len(columns) < len(fields.pairs("over")):
        return
    terms = _terms(subject, printed[0], fields)
    follows = _follows(fields, printed)
    for index, number in enumerate(printed):
        point = {name.text: (name, Given(values[index])) for name, values in columns}
        given = _joined(terms.given, point, fields)
        yield replace(
            terms, printed=number, given=given, over=tuple(point), follows=follows[index] if follows else None
        )


def _follows(fields: Fields, printed: tuple[Text, ...]) -> tuple[Text, ...]:
    """What follows in the place of each printed number of a table; () where it is not said."""
    found = fields.texts("follows") if "follows" in fields else ()
    if found and len(found) != len(printed):
        message = f"'follows' has {len(found)} values, but {len(printed)} numbers are printed"
        fields.page.report("key", message, fields.values["follows"].mark)
        return ()
    return found


def _columns(fields: Fields) -> Iterator[tuple[Text, tuple[Text, ...]]]:
    for key, node in fields.pairs("over"):
        name = setting_name(key.text, fields.page)
        if not isinstance(node, Seq):
            message = f"{shown(key.text)} of 'over' is {shape(node)}, not a list with a value for each number"
            fields.page.report("key", message, node.mark)
        elif name:
            found = (text_of(item, f"a value of {shown(name)}", fields.page) for item in node.items)
            yield name, tuple(text for text in found if text)


def _counts_agree(fields: Fields, name: Text, values: tuple[Text, ...], printed: tuple[Text, ...]) -> bool:
    if len(values) == len(printed):
        return True
    message = f"{shown(name)} has {len(values)} values, but {len(printed)} numbers are printed"
    fields.page.report("key", message, name.mark, "in a list, a number with a comma in it needs quotes")
    return False


def _joined(given: Settings, point: Mapping[str, tuple[Text, Given]], fields: Fields) -> Settings:
    for name, (text, _) in point.items():
        if name in given:
            fields.page.report("duplicate", f"{shown(name)} stands in 'given' and in 'over'", text.mark)
    return MappingProxyType({**given, **point})
