"""The grammar of unit text: names, `*`, `/`, powers, parentheses, and 1 as a numerator.

    unit   = "1" | product
    product = first (("*" | "/") power)*        first = "1" | power
    power  = atom ["**" exponent]               atom = NAME | "(" product ")"
    exponent = [sign] INT | "(" [sign] INT ["/" INT] ")"

pint's own parser is never given text: it evaluates arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .errors import UnitError
from .registry import Symbol

MAX_LENGTH = 200
MAX_DEPTH = 8
MAX_POWER = 12

_TOKEN = re.compile(r" *(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+)|(\*\*|[*/()+-]))")
_SPACES = re.compile(r" *")
_FOREIGN = {
    "^": "powers are written **",
    "%": "write percent",
    "$": "write USD",
    "µ": "write u for micro",
    "μ": "write u for micro",
    "·": "write *",
    "×": "write *",
}


@dataclass(frozen=True, slots=True)
class Factor:
    """One name of a unit's text and its power, parentheses worked in."""

    symbol: Symbol
    power: Fraction


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


Resolve = Callable[[str, int], Symbol]
"""Gives a name's symbol; raises UnitError for one at this offset that is unknown."""


def parse(text: str, resolve: Resolve) -> list[Factor]:
    """The factors of a unit's text, in the order written; none for '' and '1'."""
    if len(text) > MAX_LENGTH:
        raise UnitError(f"a unit of more than {MAX_LENGTH} characters", 0, len(text))
    parser = _Parser(_tokens(text), len(text), resolve)
    return parser.whole()


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    offset = 0
    end = len(text.rstrip(" "))
    while offset < end:
        match = _TOKEN.match(text, offset)
        if match is None:
            raise _foreign(text, offset)
        start = match.start(match.lastindex or 0)
        found.append(_Token(text[start : match.end()], start))
        offset = match.end()
    return found


def _foreign(text: str, offset: int) -> UnitError:
    spaces = _SPACES.match(text, offset)
    place = spaces.end() if spaces else offset
    return UnitError(f"unexpected {text[place]!r} in a unit", place, place + 1, _FOREIGN.get(text[place], ""))


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, tokens: list[_Token], end: int, resolve: Resolve) -> None:
        self._tokens = tokens
        self._end = _Token("", end)
        self._resolve = resolve
        self._next = 0

    def whole(self) -> list[Factor]:
        if not self._tokens:
            return []
        factors = self._product(0)
        if self._peek().text:
            raise self._unexpected("expected * or / or the end, not")
        return factors

    def _peek(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else self._end

    def _take(self, *texts: str) -> str:
        """The next token's text if it is one of these, else ''."""
        token = self._peek()
        if token.text not in texts:
            return ""
        self._next += 1
        return token.text

    def _unexpected(self, what: str, hint: str = "") -> UnitError:
        token = self._peek()
        found = f"'{token.text[:40]}'" if token.text else "the end"
        return UnitError(f"{what} {found}", token.start, token.end, hint)

    def _product(self, depth: int) -> list[Factor]:
        factors = [] if self._take("1") else self._power(depth)
        while operator := self._take("*", "/"):
            sign = 1 if operator == "*" else -1
            factors += [Factor(factor.symbol, sign * factor.power) for factor in self._power(depth)]
        return factors

    def _power(self, depth: int) -> list[Factor]:
        start = self._peek().start
        factors = self._atom(depth)
        if not self._take("**"):
            return factors
        exponent = self._exponent()
        raised = [Factor(factor.symbol, factor.power * exponent) for factor in factors]
        if not all(_bounded(factor.power) for factor in raised):
            raise UnitError(f"powers go from 1 to {MAX_POWER}", start, self._tokens[self._next - 1].end)
        return raised

    def _atom(self, depth: int) -> list[Factor]:
        token = self._peek()
        if token.text[:1].isalpha() or token.text[:1] == "_":
            self._next += 1
            return [Factor(self._resolve(token.text, token.start), Fraction(1))]
        if depth < MAX_DEPTH and self._take("("):
            factors = self._product(depth + 1)
            self._expect(")")
            return factors
        hint = "numbers stand before a unit or as powers" if token.text.isdigit() else ""
        raise self._unexpected("expected a unit's name, not", hint)

    def _exponent(self) -> Fraction:
        if not self._take("("):
            return self._signed()
        exponent = self._signed()
        if self._take("/"):
            exponent /= self._integer()
        self._expect(")")
        return exponent

    def _signed(self) -> Fraction:
        sign = -1 if self._take("+", "-") == "-" else 1
        return Fraction(sign * self._integer())

    def _integer(self) -> int:
        digits = self._peek().text
        if not digits.isdigit():
            raise self._unexpected("expected a whole number as a power, not")
        if len(digits) > 2 or not 0 < int(digits) <= MAX_POWER:
            raise self._unexpected(f"powers go from 1 to {MAX_POWER}, not")
        self._next += 1
        return int(digits)

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"expected '{text}', not")


def _bounded(power: Fraction) -> bool:
    return abs(power) <= MAX_POWER and power.denominator <= MAX_POWER
