"""Formula text -> tree: Python's `ast` in eval mode, against a white list; nothing of the text is ever run.

Invariants: every tree has at most MOST_NODES nodes and MOST_DEPTH levels; a text that is refused yields one
problem with its place in the text; the same text is parsed once.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ...problems import Problem, Text
from .declarations import Formula
from .expressions import (
    Binary,
    Call,
    Cells,
    Choose,
    Compare,
    Expr,
    Logic,
    Lookup,
    Measure,
    Name,
    Number,
    Span,
    Unary,
    walk,
)
from .functions import FUNCTIONS
from .names import NAME, did_you_mean

LONGEST_FORMULA = 4_000
MOST_NODES = 600
MOST_DEPTH = 60
LARGEST_EXPONENT = 64

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "-", ast.UAdd: "+", ast.Not: "not"}
_REFUSED: dict[type[ast.expr], str] = {
    ast.Lambda: "lambda is not part of the formula language",
    ast.ListComp: "comprehensions are not part of the formula language",
    ast.SetComp: "comprehensions are not part of the formula language",
    ast.DictComp: "comprehensions are not part of the formula language",
    ast.GeneratorExp: "comprehensions are not part of the formula language",
    ast.NamedExpr: "assignment is not part of the formula language",
    ast.Tuple: "a list of values is not a formula",
    ast.List: "a list of values is not a formula",
    ast.Dict: "a mapping is not a formula",
    ast.Set: "a set is not a formula",
    ast.JoinedStr: "text is not part of the formula language",
    ast.Starred: "'*' before a value is not part of the formula language",
    ast.Await: "await is not part of the formula language",
}


class _Refused(Exception):
    def __init__(self, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


def parse_formula(text: Text, problems: list[Problem]) -> Formula | None:
    """The formula that `text` says; None, with a problem of kind `syntax` at its place, if it says none."""
    result = _parse(text.text)
    if isinstance(result, _Refused):
        mark = text.at(*result.span)
        problems.append(Problem("syntax", result.message, mark, hint=result.hint))
        return None
    return Formula(text, result)


def parse(text: str) -> Expr:
    """The tree of a formula that is known to be right, such as one printed from a tree.

    Errors: ValueError with what is wrong.
    """
    result = _parse(text)
    if isinstance(result, _Refused):
        raise ValueError(result.message)
    return result


@lru_cache(maxsize=20_000)
def _parse(text: str) -> Expr | _Refused:
    try:
        return _Reader(text).read()
    except _Refused as refused:
        return refused


@lru_cache(maxsize=20_000)
def _span(start: int, end: int) -> Span:
    """The one pair of these: most formulas are short, and spans would be a third of their trees."""
    return start, end


class _Reader:
    """One formula being read: offsets of the tree are bytes of a changed copy, and lead back to the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        code = text.replace("\n", " ").replace("$", "_")  # one character for one: offsets stay
        self.shift = len(code) - len(code.lstrip())
        self.code = code.strip()
        self.bytes = None if self.code.isascii() else self.code.encode()

    def read(self) -> Expr:
        everything = (0, len(self.text))
        if not self.code:
            raise _Refused("the formula is empty", everything)
        if "#" in self.text:  # Python would skip the rest, of a block of lines too: they are one line here
            place = self.text.index("#")
            raise _Refused("a formula holds no comment", (place, place + 1), "write the comment above the formula")
        if len(self.text) > LONGEST_FORMULA:
            message = f"the formula has {len(self.text):,} characters; at most {LONGEST_FORMULA:,} are read"
            raise _Refused(message, (0, 40))
        tree = self.expr(self.tree(), 0)
        if sum(1 for _ in walk(tree)) > MOST_NODES:
            raise _Refused(f"the formula has more than {MOST_NODES} parts: split it into quantities", everything)
        return tree

    def tree(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's own advice about odd literals
                return ast.parse(self.code, mode="eval").body
        except SyntaxError as error:
            raise self.syntax_error(error) from None
        except (MemoryError, RecursionError, ValueError):
            raise _Refused("the formula cannot be read: it is nested too deeply or holds a null character",
                           (0, len(self.text))) from None  # fmt: skip

    def syntax_error(self, error: SyntaxError) -> _Refused:
        start = min(error.offset or len(self.code), len(self.code)) - 1  # no offset: something lacks at the end
        after = (error.end_offset or 0) - 1
        end = after if start < after <= len(self.code) else start + 1
        said = (error.msg or "invalid syntax").replace("Perhaps you forgot a comma?", "").strip(" .")
        if said == "invalid syntax":
            cut = start + 1 >= len(self.code) and not self.code[-1].isalnum()
            said = "something is missing after this" if cut else "this cannot stand here"
        hint = ""
        if re.search(r"\d\s*[A-Za-z]", self.code) and not re.search(r"\d\s*\[", self.code[start:]):
            hint = "a number with a unit is written 2[GB]"
        if re.search(r"(?<![=!<>])=(?!=)", self.code):
            hint = "equality is written =="
        return _Refused(f"the formula cannot be read: {said}", (start + self.shift, end + self.shift), hint)

    def span(self, node: ast.expr) -> Span:
        return _span(self.offset(node.col_offset), self.offset(node.end_col_offset or node.col_offset + 1))

    def offset(self, column: int) -> int:
        if self.bytes is not None:
            column = len(self.bytes[:column].decode(errors="ignore"))
        return column + self.shift

    def expr(self, node: ast.expr, depth: int) -> Expr:
        if depth > MOST_DEPTH:
            raise _Refused(f"the formula is nested deeper than {MOST_DEPTH} levels", self.span(node))
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise _Refused(_REFUSED.get(type(node), "this is not part of the formula language"), self.span(node))
        return handler(self, node, depth + 1)

    def constant(self, node: ast.Constant, depth: int) -> Expr:
        return Number(self.number(node), span=self.span(node))

    def number(self, node: ast.Constant) -> float:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            what = "text is" if isinstance(node.value, str) else f"{node.value!r} is"
            raise _Refused(f"{what} not part of the formula language", self.span(node))
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise _Refused("the number is too large", self.span(node))
        written = self.text[slice(*self.span(node))]
        if value == 0 and re.search("[1-9]", re.split("[eE]", written)[0]):
            raise _Refused("the number is too small", self.span(node))
        return value

    def name(self, node: ast.Name, depth: int) -> Expr:
        return Name(self.plain_name(node), span=self.span(node))

    def plain_name(self, node: ast.Name) -> str:
        start, end = self.span(node)
        written = self.text[start:end]
        bare = written.removeprefix("$")
        if not NAME.fullmatch(bare):
            raise _Refused(f"'{written}' is not a name: a letter, then letters, digits and _", (start, end))
        if bare in FUNCTIONS and not written.startswith("$"):
            raise _Refused(f"'{bare}' is a function: {bare}(...)", (start, end))
        return written

    def attribute(self, node: ast.Attribute, depth: int) -> Expr:
        parts, base = self.dotted(node)
        if isinstance(base, ast.Name):
            return Name(".".join([self.plain_name(base), *parts]), span=self.span(node))
        if isinstance(base, ast.Subscript) and isinstance(base.slice, ast.Slice):
            return self.cells(node, base, parts)
        raise _Refused("only names have dots: scope.name or row.column", self.span(node))

    def dotted(self, node: ast.expr) -> tuple[list[str], ast.expr]:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            end = self.span(node)[1]
            written = self.text[end - len(node.attr) : end]
            if not NAME.fullmatch(written.removeprefix("$")):
                raise _Refused(f"'{written}' is not a name: a letter, then letters, digits and _", self.span(node))
            parts.insert(0, written)
            node = node.value
        return parts, node

    def cells(self, node: ast.expr, base: ast.Subscript, parts: list[str]) -> Expr:
        slice_ = base.slice
        assert isinstance(slice_, ast.Slice)
        if slice_.lower or slice_.upper or slice_.step:
            raise _Refused("a table's column is written table[:].column", self.span(node))
        return Cells(self.name_of(base.value), ".".join(parts), span=self.span(node))

    def name_of(self, node: ast.expr) -> str:
        parts, base = self.dotted(node)
        if not isinstance(base, ast.Name):
            raise _Refused("brackets follow a number (a unit), a table or a keyed input", self.span(node))
        return ".".join([self.plain_name(base), *parts])

    def subscript(self, node: ast.Subscript, depth: int) -> Expr:
        if isinstance(node.value, ast.Constant):
            unit = self.text[self.span(node.value)[1] : self.span(node)[1]].strip()
            if not unit.startswith("["):  # the number stands in parentheses
                raise _Refused("brackets follow a number (a unit), a table or a keyed input", self.span(node))
            unit = unit[1:-1]
            return Measure(self.number(node.value), unit.strip(), span=self.span(node))
        if isinstance(node.slice, ast.Slice):
            raise _Refused("a table's column is written table[:].column", self.span(node))
        keys = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        parts = tuple(self.expr(key, depth) for key in keys)
        return Lookup(self.name_of(node.value), parts, span=self.span(node))

    def unary(self, node: ast.UnaryOp, depth: int) -> Expr:
        operator = _UNARY.get(type(node.op))
        if operator is None:
            raise _Refused("'~' is not part of the formula language", self.span(node))
        return Unary(operator, self.expr(node.operand, depth), span=self.span(node))

    def binary(self, node: ast.BinOp, depth: int) -> Expr:
        operator = _BINARY.get(type(node.op))
        if operator is None:
            hint = "a power is written **" if isinstance(node.op, ast.BitXor) else ""
            raise _Refused("this operator is not part of the formula language", self.span(node), hint)
        left, right = self.expr(node.left, depth), self.expr(node.right, depth)
        exponent = right.operand if isinstance(right, Unary) else right
        if operator == "**" and isinstance(exponent, Number) and exponent.value > LARGEST_EXPONENT:
            raise _Refused(f"an exponent is at most {LARGEST_EXPONENT}", right.span)
        return Binary(operator, left, right, span=self.span(node))

    def compare(self, node: ast.Compare, depth: int) -> Expr:
        operators = tuple(_COMPARE.get(type(operator), "") for operator in node.ops)
        if not all(operators):
            raise _Refused("'in' and 'is' are not part of the formula language", self.span(node))
        operands = tuple(self.expr(item, depth) for item in (node.left, *node.comparators))
        return Compare(operators, operands, span=self.span(node))

    def logic(self, node: ast.BoolOp, depth: int) -> Expr:
        operator = "and" if isinstance(node.op, ast.And) else "or"
        return Logic(operator, tuple(self.expr(item, depth) for item in node.values), span=self.span(node))

    def choose(self, node: ast.IfExp, depth: int) -> Expr:
        then, test, other = (self.expr(item, depth) for item in (node.body, node.test, node.orelse))
        return Choose(test, then, other, span=self.span(node))

    def call(self, node: ast.Call, depth: int) -> Expr:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            called = self.text[slice(*self.span(node.func))]
            known = ", ".join(FUNCTIONS)
            hint = did_you_mean(called, FUNCTIONS) or f"the functions are {known}"
            raise _Refused(f"'{called}' is not a function of the formula language", self.span(node.func), hint)
        function = FUNCTIONS[node.func.id]
        if node.keywords:
            raise _Refused(f"{function.name} takes no named arguments", self.span(node))
        arguments = tuple(self.argument(item, function.reduces, depth) for item in node.args)
        columns = any(isinstance(item, Cells) for item in arguments)
        most = 1 if columns else function.most
        if len(arguments) < function.least or (most is not None and len(arguments) > most):
            raise _Refused(f"{function.name} does not take {len(arguments)} arguments", self.span(node))
        return Call(function.name, arguments, span=self.span(node))

    def argument(self, node: ast.expr, reduces: bool, depth: int) -> Expr:
        if isinstance(node, ast.Attribute):
            found = self.attribute(node, depth)
            if isinstance(found, Cells) and not reduces:
                raise _Refused("a whole column goes into sum, min or max", self.span(node))
            return found
        return self.expr(node, depth)

    def bare_attribute(self, node: ast.Attribute, depth: int) -> Expr:
        found = self.attribute(node, depth)
        if isinstance(found, Cells):
            raise _Refused("a whole column goes into sum, min or max", self.span(node))
        return found


# each class of node goes to the method that takes it, which types cannot say
_HANDLERS: dict[type[ast.expr], Callable[[_Reader, Any, int], Expr]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.bare_attribute,
    ast.Subscript: _Reader.subscript,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Compare: _Reader.compare,
    ast.BoolOp: _Reader.logic,
    ast.IfExp: _Reader.choose,
    ast.Call: _Reader.call,
}
