"""Everything that is printed passes here: painted for a terminal, plain otherwise; and how a command ends."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TextIO

from ..diagrams.text import WIDTH, Line, plain
from ..problems import Problem, render

FINE, FAILED, WRONG = 0, 1, 2
WIDEST = 120  # columns; longer lines are hard to read
_A_MOMENT = 0.5  # seconds
_BROKEN_PIPE = 141  # as a shell says for what a closed pipe ended
_COLOURS = {
    "title": "bold",
    "head": "bold",
    "name": "bold",
    "symbol": "italic",
    "value": "cyan",
    "faint": "dim",
    "kind": "magenta",
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
}


def page_width() -> int:
    """How wide to write: the terminal's width within reason, 80 where there is no terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(40, min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST))


def write_lines(lines: Sequence[Line]) -> None:
    """Write a report to standard output."""
    if sys.stdout.isatty():
        _paint(lines)
    else:
        write(plain(lines))


def _paint(lines: Sequence[Line]) -> None:
    from rich.console import Console  # 60 ms: not for what is piped
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    with nobody_reads_on():
        for line in lines:
            # Text, not markup: names hold brackets, as in compute_rate[bf16, fp32, dense]
            parts = ((_in_encoding(printable(text), console.encoding), _COLOURS.get(style, "")) for text, style in line)
            console.print(Text.assemble(*parts))


def write_json(data: object) -> None:
    """Write one JSON object to standard output."""
    write(json.dumps(data, indent=2, allow_nan=False) + "\n")


def write(text: str) -> None:
    """Write text to standard output."""
    with nobody_reads_on():
        _put(sys.stdout, text)


def write_bytes(data: bytes) -> None:
    """Write a file's content to standard output."""
    with nobody_reads_on():
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


@contextmanager
def nobody_reads_on() -> Generator[None]:
    """Ends the process where the output goes nowhere: a closed pipe, a full disk."""
    try:
        yield
    except BrokenPipeError:
        _leave(_BROKEN_PIPE)
    except OSError as error:
        write_error(f"the output cannot be written: {error.strerror}")
        _leave(WRONG)


def _leave(code: int) -> NoReturn:
    _discard(sys.stdout)
    raise SystemExit(code)


def _discard(stream: TextIO) -> None:
    # what is left in the buffer would be written, and fail, once more at exit
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_closed_streams() -> None:
    """Give a process that was started with its output closed (`>&-`) streams that go nowhere."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115


@contextmanager
def progress(what: str, total: int) -> Generator[Callable[[str], None]]:
    """Yields what is called as each thing is begun; drawn on standard error, on a terminal alone, if it takes long."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    drawn = _Progress(what, total)
    try:
        yield drawn.step
    finally:
        drawn.end()


class _Progress:
    """A bar that appears once the work has taken a moment, and is wiped away at the end."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total = what, total
        self.begun, self.started = 0, time.monotonic()
        self.bar: Callable[[str, int], None] | None = None
        self.end: Callable[[], None] = lambda: None

    def step(self, name: str) -> None:
        if self.bar is None and time.monotonic() - self.started > _A_MOMENT:
            self._draw()
        if self.bar is not None:
            self.bar(f"{self.what} {printable(name)}", self.begun)
        self.begun += 1

    def _draw(self) -> None:
        from rich.console import Console  # 60 ms: not for what is quick
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task("", total=self.total)
        bar.start()
        self.bar = lambda text, done: bar.update(task, description=text, completed=done)
        self.end = bar.stop


def write_problems(problems: Iterable[Problem]) -> None:
    """Draw the problems on standard error."""
    found = list(dict.fromkeys(problems))
    if found:
        write_error(render(found))


def write_error(text: str) -> None:
    """Write text to standard error; where that goes nowhere, the exit code alone tells."""
    try:
        _put(sys.stderr, text + "\n")
    except OSError:
        _discard(sys.stderr)


def _put(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(_in_encoding(printable(text), encoding))
    stream.flush()


def _in_encoding(text: str, encoding: str) -> str:
    """The text as far as the encoding has its characters; held and failed stay apart in any."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN_SIGNS).encode(encoding, "replace").decode(encoding)
    return text


_PLAIN_SIGNS = str.maketrans(
    {"✓": "+", "✗": "x", "≠": "!", "≈": "~", "→": ">", "…": "~", "–": "-", "─": "-", "│": "|", "├": "|", "└": "`"}
)


def printable(text: str) -> str:
    """The text without characters that steer a terminal; odd spaces are plain ones."""
    return "".join(char if char.isprintable() or char == "\n" else " " if char.isspace() else "?" for char in text)
