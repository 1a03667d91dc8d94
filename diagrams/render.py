"""DOT text -> svg, png, pdf or dot, by the Graphviz that pygraphviz's wheels carry: no `dot` is looked for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, cast, get_args

from ..problems import InvalidInput, Problem

Format = Literal["svg", "png", "pdf", "dot"]
FORMATS: tuple[Format, ...] = get_args(Format)

PIXELS_PER_INCH = 192  # sharp on a projector
WIDEST_INCHES = 40  # a larger picture is scaled down: 40 inches are 7,680 pixels, 240 MB while it is drawn


def render(source: str, form: Format) -> bytes:
    """The picture in one of FORMATS; `dot` is the source itself, without positions."""
    if form == "dot":
        return source.encode()
    import pygraphviz  # here: loading Graphviz takes longer than all that does not draw

    graph = pygraphviz.AGraph(string=source)
    if form == "png":
        graph.graph_attr.update(dpi=str(PIXELS_PER_INCH), size=f"{WIDEST_INCHES},{WIDEST_INCHES}")
    with _quiet():
        return cast(bytes, graph.draw(format=form, prog="dot"))


def write(source: str, path: Path) -> Path:
    """Draw to `path`, in the format of its extension: under another name first, so that it is there whole or not.

    Errors: `InvalidInput`, before anything is drawn, for an extension that is none of FORMATS; and for a path that
    cannot be written.
    """
    extension = path.suffix.lower().removeprefix(".")
    if extension not in FORMATS:
        hint = f"a picture is written as {', '.join('.' + each for each in FORMATS)}"
        raise InvalidInput([Problem("usage", f"{path}: no picture is written as '.{extension}'", hint=hint)])
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(render(source, extension))
        unfinished.replace(path)
    except OSError as error:
        raise InvalidInput([Problem("file", f"cannot write {path}: {error.strerror or error}")]) from error
    finally:
        with suppress(OSError):  # a path through a file, or too long a name, is nothing to remove either
            unfinished.unlink(missing_ok=True)
    return path


@contextmanager
def _quiet() -> Generator[None]:
    """Keep what the C libraries print about the machine's fonts off the terminal.

    They write to the process's standard error itself, past `sys.stderr`.
    """
    with tempfile.TemporaryFile() as sink:
        kept = os.dup(2)
        try:
            os.dup2(sink.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
