"""Formulas and sentences as the short lines of a box."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from ..graph.assembly.definitions import Definition
from ..graph.audit.claims import Verdict
from ..graph.language.expressions import Binary, Cells, Expr, Lookup, Measure, Name, Word, transform
from ..graph.language.printer import print_formula
from ..units import format_number
from .picture import Line, Style
from .view import View

WIDTH = 44
"""Characters in a line of a box, at most."""

NO_BREAK = "\N{NO-BREAK SPACE}"
_OPERATOR = re.compile(r"(?<= )(\*\*|//|[<>=!]=|[-+*/%<>]|if|else|and|or) ")
_MOST_CELLS = 3


def line(style: Style, text: str, most: int = 4) -> Line:
    """Prose, wrapped to `most` lines; what is longer ends in an ellipsis."""
    wrapped = textwrap.wrap(text, WIDTH, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return Line(style, tuple(wrapped))


def formula_line(style: Style, text: str, most: int = 8) -> Line:
    """A formula, wrapped before its operators; a number and its unit stay together."""
    kept = _OPERATOR.sub(rf"\1{NO_BREAK}", text)
    wrapped = textwrap.wrap(kept, WIDTH, max_lines=most, placeholder=" …", break_on_hyphens=False)
    return Line(style, tuple(wrapped))


def wrapped_name(name: str) -> list[str]:
    """A name, in lines that end in a dot or a _ where it is long."""
    parts = re.sub(r"(?<=[._])", "\v", name)
    lines = textwrap.wrap(parts, WIDTH - 8, replace_whitespace=False, expand_tabs=False, break_on_hyphens=False)
    return [each.replace("\v", "") for each in lines]


def with_numbers(expr: Expr, name: str, view: View) -> str:
    """The formula of the quantity `name` with the value and unit of each name in its place."""
    return print_formula(transform(expr, _Substitution(view, frozenset(view.used(name)))))


@dataclass(frozen=True, slots=True)
class _Substitution:
    """Puts values in the place of names. A value is one word to the printer, so that its parentheses stay right."""

    view: View
    used: frozenset[str]

    def __call__(self, node: Expr) -> Expr:
        match node:
            case Name(name):
                return self.value(name, node)
            case Measure(number, unit):
                return Word(_glued(f"{format_number(number)} {unit}"))
            case Lookup(_, _, cells):
                picked = [cell for _, cell in cells or () if cell in self.used]
                return self.value(picked[0], node) if len(picked) == 1 else node
            case Cells(_, _, names) if names:
                return Word(self.cells(names))
            case Binary("**", Word(word), right) if NO_BREAK in word:
                return Binary("**", Word(f"({word})"), right)
            case _:
                return node

    def value(self, name: str, node: Expr) -> Expr:
        text = _glued(self.view.text(name))
        return Word(f"({text})" if text.startswith("-") else text) if text else node

    def cells(self, names: tuple[str, ...]) -> str:
        texts = [_glued(self.view.text(name)) or "no value" for name in names]
        if len(texts) > _MOST_CELLS:
            texts = [*texts[: _MOST_CELLS - 1], "…", texts[-1]]
        return ", ".join(texts)


def _glued(text: str) -> str:
    return text.replace(" ", NO_BREAK)


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
    if verdict.claim.given:
        printed += " from rounded inputs"
    if verdict.as_expected and verdict.expect == "fails":
        return line("known", f"≠ {printed}: a known error")
    if verdict.as_expected:
        return line("held", f"✓ {printed}")
    return line("failed", f"✗ {printed}" + (": holds, though expected to fail" if verdict.holds else ""))
