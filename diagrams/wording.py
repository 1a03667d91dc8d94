"""Formulas and sentences as the short lines of a box."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from ..graph.assembly.definitions import Definition
from ..graph.audit.claims import Verdict
from ..graph.language.printer import print_formula
from .picture import Line, Style

WIDTH = 44
"""Characters in a line of a box, at most."""

NO_BREAK = "\N{NO-BREAK SPACE}"
_OPERATOR = re.compile(r"(?<= )(\*\*|//|[<>=!]=|[-+*/%<>]|if|else|and|or) ")
_UNIT = re.compile(r"(?<=\d) (?=[A-Za-z])(?!(?:if|else|and|or)\b)")


def line(style: Style, text: str, most: int = 4) -> Line:
    """Prose, wrapped to `most` lines; what is longer ends in an ellipsis."""
    wrapped = textwrap.wrap(text, WIDTH, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return Line(style, tuple(wrapped))


def formula_line(style: Style, text: str, most: int = 8) -> Line:
    """A formula, wrapped before its operators; a number and its unit stay together."""
    wrapped = textwrap.wrap(unbroken(text), WIDTH, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return Line(style, tuple(wrapped))


def unbroken(formula: str) -> str:
    """The formula with spaces to break at only before its operators and inside its calls."""
    return _UNIT.sub(NO_BREAK, _OPERATOR.sub(rf"\1{NO_BREAK}", formula))


def wrapped_name(name: str) -> list[str]:
    """A name, in lines that end in a dot or a _ where it is long."""
    parts = re.sub(r"(?<=[._])", "\v", name)
    lines = textwrap.wrap(parts, WIDTH - 8, replace_whitespace=False, expand_tabs=False, break_on_hyphens=False)
    return [each.replace("\v", "") for each in lines]


def capped(texts: Iterable[str], most: int, what: str) -> list[str]:
    """The first of the texts, and how many more there are."""
    found = list(texts)
    left = len(found) - most
    return found if left <= 0 else [*found[:most], f"and {left} more {what}".rstrip()]


def written(definition: Definition) -> str:
    """The formula as its file has it, on one line; '' if there is none. A cell's column has its words put in."""
    if definition.formula is None:
        return ""
    text = definition.formula.text.text
    return print_formula(definition.formula.expr) if "$" in text else " ".join(text.split())


def claim_line(verdict: Verdict, subject: str = "") -> Line:
    """What became of a printed number: held, failed, or failed as it is known to."""
    printed = f"{subject} printed {verdict.printed}".strip()
    if verdict.at:
        printed += f" at {verdict.at}"
    if any(name not in verdict.claim.over for name in verdict.claim.given):
        printed += " from rounded inputs"
    if verdict.as_expected and verdict.expect == "fails":
        return line("known", f"≠ {printed}: a known error")
    if verdict.as_expected:
        return line("held", f"✓ {printed}")
    return line("failed", f"✗ {printed}" + (": holds, though expected to fail" if verdict.holds else ""))
