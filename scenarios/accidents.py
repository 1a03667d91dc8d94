"""What YAML's own error messages mean to somebody who writes formulas, and what to do about it.

Both parsers of PyYAML (libyaml's and the one in Python) come through here; they word the same accident
differently, so a rule looks for a piece that both share, or at the character where reading stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

QUOTE = "quote it, or use a block"
SPLIT = f"inside {{...}} a comma starts the next key, and a colon needs a space after it: {QUOTE}"
_OPENING = "[]{}"
_FLOW = {
    "while parsing a flow mapping": "{...}",
    "while parsing a flow sequence": "[...]",
}


@dataclass(frozen=True, slots=True)
class Accident:
    """What the parser ran into: its context and problem in its own words, and the text it stopped at."""

    context: str
    problem: str
    rest: str  # the line from where it stopped

    @property
    def char(self) -> str:
        return self.rest[:1]

    def says(self, *pieces: str) -> bool:
        return any(piece in self.problem or piece in self.context for piece in pieces)


@dataclass(frozen=True, slots=True)
class Advice:
    message: str
    hint: str = ""
    at_opening: bool = False  # the place to show is where the construct began, not where reading stopped


def advise(accident: Accident) -> Advice:
    """What to tell the file's author about a YAML error."""
    return _of_character(accident) or _of_flow(accident) or _of_words(accident) or _as_said(accident)


def _of_character(accident: Accident) -> Advice | None:
    if not accident.says("cannot start any token", "violates indentation"):
        return None
    if accident.char == "\t":
        return Advice("a tab where YAML wants spaces", "indent with spaces")
    return Advice(f"a text without quotes cannot start with '{accident.char}'", QUOTE)


def _of_flow(accident: Accident) -> Advice | None:
    around = _FLOW.get(accident.context)
    if around is None:
        return None
    if accident.char and accident.char in _OPENING:
        message = f"'{accident.char}' inside {around} is a bracket of YAML, not of a formula"
        return Advice(message, f"a text with brackets inside {around}: {QUOTE}")
    return Advice(f"the {around} that starts here is not closed, or lacks a comma", at_opening=True)


_RULES: tuple[tuple[str, Advice], ...] = (
    ("mapping values are not allowed", Advice(
        "a ':' where no key can stand",
        "quote a text that has ': ' in it; indent a key like its neighbours")),
    ("sequence entries are not allowed", Advice("a text without quotes cannot start with '- '", QUOTE)),
    ("scanning an alias", Advice("a text without quotes cannot start with '*' (an alias)", QUOTE)),
    ("scanning an anchor", Advice("a text without quotes cannot start with '&' (an anchor)", QUOTE)),
    ("scanning a block scalar", Advice("'>' and '|' at the start of a text begin a block of lines", QUOTE)),
    ("end of stream", Advice("this quote is not closed", at_opening=True)),
    ("scanning a simple key", Advice("a line that is neither a key nor a value", "write 'key: value'", True)),
    ("unknown escape", Advice("in double quotes a backslash starts an escape", "use single quotes", True)),
)  # fmt: skip


def _of_words(accident: Accident) -> Advice | None:
    if accident.says("node content"):
        return Advice(f"a text without quotes cannot start with '{accident.char}'", QUOTE)
    if accident.says("parsing a block mapping", "parsing a block collection"):
        message = "this belongs neither to the value before it nor to its neighbours"
        return Advice(message, "quote the whole text, or indent the line like its neighbours")
    return next((advice for piece, advice in _RULES if accident.says(piece)), None)


def _as_said(accident: Accident) -> Advice:
    return Advice(", ".join(part for part in (accident.context, accident.problem) if part))
