"""roofsheet list: what is bundled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import click

from ..diagrams.text import BLANK, Line, line, rule, shortened, width_of, wrapped
from ..graph.language.declarations import Quantity, Sheet
from ..problems import Text
from ..scenarios import Library, bundled
from .entry_tables import cards, models
from .options import examples, json_option
from .records import plain_record
from .screen import FINE, WRONG, page_width, write_json, write_lines, write_problems

Sort = Literal["scenario", "sheet", "hardware", "model"]
SORTS: dict[str, Sort] = {"scenarios": "scenario", "sheets": "sheet", "hardware": "hardware", "models": "model"}

NAMES, SHEETS = "names", "sheets"
TABLES = {"hardware": cards, "models": models}  # entries with the figures that people choose them by


@click.command("list", epilog=examples("roofsheet list", "roofsheet list hardware", "roofsheet list names --json"))
@click.argument("sort", type=click.Choice([*SORTS, NAMES]), required=False)
@json_option
@click.pass_context
def command(context: click.Context, sort: str | None, as_json: bool) -> None:
    """List the bundled scenarios, sheets, hardware and models.

    With one of these words, only those; `names` are those of the glossary, which sheets take from and give to one
    another, each with the sheets that compute it. All that a sheet says of itself, and what it takes and gives,
    `roofsheet audit sheets/NAME` prints.
    """
    library = Library([])
    found = {each: _abouts(library, SORTS[each]) for each in ([sort] if sort else SORTS) if each != NAMES}
    if sort == NAMES:
        found[NAMES] = _names(library)
    if as_json:
        write_json({**found, "problems": plain_record(library.problems)})
    else:
        write_lines(_lines(library, found, page_width()))
        write_problems(library.problems)
    context.exit(WRONG if library.problems else FINE)


def _abouts(library: Library, sort: Sort) -> dict[str, str]:
    """Name -> what it is, of the bundled files of a sort."""
    return {name: about for name in bundled(sort) if (about := _about(library, sort, name)) is not None}


def _about(library: Library, sort: Sort, name: str) -> str | None:
    """What the file is about; None for one that says it elsewhere (the glossary) or that has no content."""
    text = Text.line(name, "roofsheet list")
    match sort:
        case "scenario":
            found = library.scenario(text)
            return found.title if found else None
        case "sheet":
            found = library.used(text)
            return found.about if isinstance(found, Sheet) else None
        case _:
            found = library.entry(text, sort)
            return found.title if found else None


def _names(library: Library) -> dict[str, str]:
    """Name -> unit and meaning, of the glossary, and the sheets that compute it."""
    glossary = library.glossary()
    quantities = glossary.quantities.items() if glossary else ()
    givers = _givers(library)
    return {name: f"{_unit(quantity)}{quantity.about}{_by(givers.get(name, ()))}" for name, quantity in quantities}


def _givers(library: Library) -> dict[str, list[str]]:
    """Name -> the sheets that have a formula for it."""
    found: dict[str, list[str]] = {}
    sheets = (library.used(Text.line(name, "roofsheet list")) for name in bundled("sheet"))
    for sheet in (each for each in sheets if isinstance(each, Sheet)):
        for name, quantity in sheet.quantities.items():
            if quantity.formula:
                found.setdefault(name, []).append(sheet.name)
    return found


def _by(sheets: Iterable[str]) -> str:
    return f" By {', '.join(sheets)}." if sheets else ""


def _unit(quantity: Quantity) -> str:
    words = [text.text for text in quantity.choices] or ([quantity.vocabulary.text] if quantity.vocabulary else [])
    said = f"one of {', '.join(words)}" if words else quantity.unit.text if quantity.unit else ""
    parts = [said, *(f"{axis} {word}" for axis, word in quantity.of)]
    return f"{', '.join(part for part in parts if part)}: " if any(parts) else ""


def _lines(library: Library, found: dict[str, dict[str, str]], width: int) -> list[Line]:
    lines: list[Line] = []
    for sort, abouts in found.items():
        table = TABLES.get(sort)
        told = table(library, abouts, width) if table else _abouts_in_lines(abouts, width, sort != SHEETS)
        lines += [*([BLANK] if lines else []), rule(f"{sort} ({len(abouts)})", width), *told]
    return lines


def _abouts_in_lines(abouts: dict[str, str], width: int, in_full: bool) -> Iterator[Line]:
    """What each is: with all its text, or a line each, cut where it is too long."""
    room = max(map(width_of, abouts), default=0) + 2
    for name, about in abouts.items():
        text = about if in_full else shortened(about, width - room)
        yield from wrapped(line((text, "faint")), width, line((name.ljust(room), "name")), line(" " * room))
