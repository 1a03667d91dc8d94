"""A finished picture: its DOT text, written to a file or shown by a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .render import Format, render, write


@dataclass(frozen=True, slots=True, repr=False)
class Diagram:
    """A picture as `source`, text in graphviz's DOT language; drawn by the Graphviz that pygraphviz carries."""

    source: str

    def __repr__(self) -> str:
        return f"<Diagram: {len(self.source):,} characters of DOT>"

    def render(self, form: Format) -> bytes:
        """The picture as svg, png, pdf, or its DOT text."""
        return render(self.source, form)

    def save(self, path: str | Path) -> Path:
        """Write the picture in the format that the file's extension names; the path.

        A file there is replaced as a whole, or left as it is.
        Errors: `InvalidInput` for an extension that is none of FORMATS and for a path that cannot be written.
        """
        return write(self.source, Path(path))

    def _repr_svg_(self) -> str:
        return self.render("svg").decode()
