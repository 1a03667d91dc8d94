"""Events of the YAML parser -> marked nodes, with every refusal of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from ..problems import Mark, Problem, Text
from .accidents import SPLIT, Accident, advise
from .nodes import Map, Node, Scalar, Seq, Style, shown

MOST_DEPTH = 60
TOO_DEEP = f"the file is nested deeper than {MOST_DEPTH} levels"
MOST_NODES = 30_000  # ten times the largest file we know of; more would take too long to refuse
MOST_PROBLEMS = 100
MOST_LINES = 200  # a text of more lines is marked as a whole, not line by line

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STYLES: dict[str, Style] = {"'": "quoted", '"': "quoted", "|": "block", ">": "block"}

Piece = tuple[int, int, str]  # line and column, both from 0, and what stands there


class _UnreadableError(Exception):
    """Nothing more of the file is read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Frame:
    """A sequence or mapping that is not closed yet."""

    mark: Mark
    mapping: bool
    flow: bool
    anchor: str | None
    before: int  # how many nodes there were before it
    height: int = 1
    key: Node | None = None
    split: bool = False  # a comma has cut a text in it: said once
    nodes: list[Node] = field(default_factory=list[Node])
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict[str, tuple[Scalar, Node]])

    def closed(self) -> Node:
        if self.mapping:
            return Map(tuple(self.pairs.values()), self.mark)
        return Seq(tuple(self.nodes), self.mark)


class Builder:
    """Builds one file's nodes; the stack holds what is open, innermost last."""

    def __init__(self, lines: list[str], file: str, problems: list[Problem]) -> None:
        self.lines, self.file, self.problems = lines, file, problems
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}  # node, size, height
        self.count = self.reported = 0
        self.root: Node | None = None

    def build(self) -> Map | None:
        """The file's mapping; None, with a problem, if the file is anything else."""
        try:
            for event in cast("Iterator[Any]", yaml.parse("\n".join(self.lines), Loader=_LOADER)):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            self.problems.append(self.accident(error))
            return None
        except _UnreadableError as refused:
            self.problems.append(refused.problem)
            return None
        return self.top()

    def top(self) -> Map | None:
        if self.root is None or (isinstance(self.root, Scalar) and self.root.empty):
            self.problems.append(Problem("file", "the file is empty", Mark(self.file, 1, 1)))
        elif isinstance(self.root, Map):
            return self.root
        else:
            message = "the file is not a mapping: it must begin with a key such as 'scenario:'"
            self.problems.append(Problem("yaml", message, self.root.mark))
        return None

    def unreadable(self, message: str, event: Any, hint: str = "") -> _UnreadableError:
        return _UnreadableError(Problem("yaml", message, self.mark(event), hint=hint))

    def report(self, problem: Problem) -> None:
        """A problem after which reading goes on, unless there are very many."""
        self.problems.append(problem)
        self.reported += 1
        if self.reported == MOST_PROBLEMS:
            message = "too many problems: the file is read no further"
            raise _UnreadableError(Problem("yaml", message, problem.mark))

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self.grow(event)
                self.add(self.scalar(event), 1, event.anchor)
            case yaml.AliasEvent():
                self.alias(event)
            case yaml.CollectionStartEvent():
                self.open(event)
            case yaml.CollectionEndEvent():
                self.close()
            case yaml.DocumentStartEvent() if self.root is not None:
                raise self.unreadable("a second document starts here; a file holds one", event)
            case _:
                pass

    def grow(self, event: Any, nodes: int = 1, height: int = 1) -> None:
        """Count what the event adds, and refuse what breaks a bound, or carries a tag."""
        self.count += nodes
        if self.count > MOST_NODES:
            raise self.unreadable(f"the file has more than {MOST_NODES:,} values, aliases written out", event)
        if len(self.stack) + height > MOST_DEPTH:
            raise self.unreadable(TOO_DEEP, event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            message, hint = f"tags such as {shown(tag)} are not read", "quote a text that starts with '!'"
            self.report(Problem("yaml", message, self.mark(event), hint=hint))

    def open(self, event: Any) -> None:
        mapping = isinstance(event, yaml.MappingStartEvent)
        frame = _Frame(self.mark(event), mapping, bool(event.flow_style), event.anchor, self.count)
        self.grow(event)
        self.stack.append(frame)

    def close(self) -> None:
        frame = self.stack.pop()
        self.add(frame.closed(), frame.height, frame.anchor, self.count - frame.before)

    def alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            hint = "an alias repeats what an anchor marks above it; quote a text that starts with '*'"
            raise self.unreadable(f"no anchor {shown('&' + event.anchor)} stands above", event, hint)
        node, size, height = self.anchors[event.anchor]
        self.grow(event, size, height)
        self.add(node, height, None)

    def add(self, node: Node, height: int, anchor: str | None, size: int = 1) -> None:
        if anchor is not None:
            self.anchors[anchor] = (node, size, height)
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        frame.height = max(frame.height, height + 1)
        if not frame.mapping:
            frame.nodes.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            self.pair(frame, frame.key, node)
            frame.key = None

    def pair(self, frame: _Frame, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            message = f"a key is text, not a {'mapping' if isinstance(key, Map) else 'list'}"
            self.report(Problem("yaml", message, key.mark, hint="quote a key with brackets in it"))
            return
        name = key.text.text
        if fault := _key_fault(key):
            self.report(fault)
        elif frame.flow and _no_colon(key, value):
            self.cut(frame, key)
        elif name in frame.pairs:
            message = f"{shown(name)} is already given in line {frame.pairs[name][0].mark.line}"
            self.report(Problem("duplicate", message, key.mark))
        else:
            frame.pairs[name] = (key, value)

    def cut(self, frame: _Frame, rest: Scalar) -> None:
        """A text inside {...} fell apart at a comma: say so, and put it together again for what follows."""
        if not frame.split:
            message = f"{shown(rest.text)} stands inside {{...}} without a value"
            self.report(Problem("yaml", message, rest.mark, hint=SPLIT))
        frame.split = True
        if not frame.pairs:
            return
        key, value = next(reversed(frame.pairs.values()))
        start, end = value.mark.column - 1, rest.mark.column - 1 + rest.mark.length
        if isinstance(value, Scalar) and value.style == "plain" and value.mark.line == rest.mark.line:
            mark = Mark(self.file, rest.mark.line, start + 1, end - start, rest.mark.source)
            whole = Text(mark.source[start:end], mark, ((0, mark),))
            frame.pairs[key.text.text] = (key, Scalar(whole))

    def scalar(self, event: Any) -> Scalar:
        style = _STYLES.get(event.style or "", "plain")
        mark = self.mark(event)
        start = mark.column - 1
        if event.value == mark.source[start : start + mark.length]:  # nearly all are plain, on one line
            return Scalar(Text(event.value, mark, ((0, mark),)), style)
        segments = self.segments(event.value, self.pieces(event, style))
        if style == "block" and segments:
            mark = segments[0][1]
        return Scalar(Text(event.value, mark, segments), style)

    def pieces(self, event: Any, style: Style) -> Iterator[Piece]:
        """The lines of the scalar as they stand in the file, without quotes and space around them."""
        first, last = event.start_mark, event.end_mark
        if last.line - first.line > MOST_LINES:
            return
        quotes = 1 if style == "quoted" else 0
        for number in range(first.line + (style == "block"), min(last.line + 1, len(self.lines))):
            start = first.column + quotes if number == first.line else 0
            end = last.column - quotes if number == last.line else len(self.lines[number])
            piece = self.lines[number][start:end]
            yield number, start + len(piece) - len(piece.lstrip()), piece.strip()

    def segments(self, value: str, pieces: Iterable[Piece]) -> tuple[tuple[int, Mark], ...]:
        """Where each line of `value` stands; nothing if the file says it in other characters (escapes)."""
        found: list[tuple[int, Mark]] = []
        offset, end = 0, len(value.rstrip())
        for line, column, piece in pieces:
            if offset >= end:
                break
            while value[offset].isspace():
                offset += 1
            if not value.startswith(piece, offset):
                return ()
            if piece:
                found.append((offset, Mark(self.file, line + 1, column + 1, len(piece), self.lines[line])))
            offset += len(piece)
        return tuple(found) if offset >= end else ()

    def mark(self, event: Any) -> Mark:
        first, last = event.start_mark, event.end_mark
        line: int = first.line
        source = self.lines[line] if line < len(self.lines) else ""
        end = last.column if last.line == line else len(source.rstrip())
        length = 1 if isinstance(event, yaml.CollectionStartEvent) else max(1, end - first.column)
        return Mark(self.file, line + 1, first.column + 1, length, source)

    def accident(self, error: yaml.MarkedYAMLError) -> Problem:
        place = error.problem_mark or error.context_mark
        line, column = (place.line, place.column) if place else (0, 0)
        rest = self.lines[line][column:] if line < len(self.lines) else ""
        if "nesting depth" in (error.problem or ""):  # newer libyaml stops of itself, before its events reach us
            mark = Mark(self.file, line + 1, column + 1, 1, self.lines[min(line, len(self.lines) - 1)])
            return Problem("yaml", TOO_DEEP, mark)
        advice = advise(Accident(error.context or "", error.problem or "", rest))
        if advice.at_opening and error.context_mark:
            line, column = error.context_mark.line, error.context_mark.column
        line = min(line, len(self.lines) - 1)
        mark = Mark(self.file, line + 1, column + 1, 1, self.lines[line])
        return Problem("yaml", advice.message, mark, hint=advice.hint)


def _key_fault(key: Scalar) -> Problem | None:
    if key.empty:
        return Problem("yaml", "a value without a key", key.mark)
    if key.text.text == "<<" and key.style == "plain":
        hint = "write the keys out; 'extends:' and 'use:' share between files"
        return Problem("yaml", "merge keys are not read", key.mark, hint=hint)
    return None


def _no_colon(key: Scalar, value: Node) -> bool:
    """Inside {...}: the key has no value at all, not even an empty one after a colon."""
    end = (key.mark.line, key.mark.column + key.mark.length)
    return isinstance(value, Scalar) and value.empty and (value.mark.line, value.mark.column) == end
