"""Markdown as GitHub renders it: text that stays text, code, links and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"[\\`*\[\]<>&$~|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_TICKS = re.compile("`+")


def prose(text: str) -> str:
    r"""Text none of whose signs means anything to Markdown, on one line.

    >>> print(prose("2 * 3 | <b> a_b ~4 $5"))
    2 \* 3 \| \<b\> a_b \~4 \$5
    """
    return _SIGNS.sub(lambda sign: "\\" + sign[0], " ".join(text.split()))


def code(text: str) -> str:
    """Text as code, in a paragraph.

    >>> print(code("a | b"))
    `a | b`
    """
    text = " ".join(text.split())
    fence = "`" * (max(map(len, _TICKS.findall(text)), default=0) + 1)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}" if text else ""


def link(text: str, address: str) -> str:
    """Text, as it is to stand, that leads somewhere.

    >>> print(link("here", "a file (1).yaml"))
    [here](<a file (1).yaml>)
    """
    plain = not re.search(r"[\s()<>]", address)
    return f"[{text}]({address})" if plain else f"[{text}](<{re.sub('[<>]', '', address)}>)"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: Sequence[str]) -> list[str]:
    """Rows of cells that are Markdown themselves; `align`: `left` or `right` of each column."""
    marks = ["---:" if side == "right" else "---" for side in align]
    return [_row(head), _row(marks), *(_row([_cell(each) for each in row]) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """A table takes a bar for its own, in code too, unless a backslash stands before it."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)


class Anchors:
    """The names by which a page's headings are linked to, in the order of the headings.

    >>> anchors = Anchors()
    >>> anchors.of("Nobody 2023, On *sheep*"), anchors.of("nobody 2023 on sheep")
    ('nobody-2023-on-sheep', 'nobody-2023-on-sheep-1')
    """

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def of(self, heading: str) -> str:
        """The name of the heading that comes next; of equal ones all but the first are numbered."""
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = self._used.get(slug, 0)
        self._used[slug] = count + 1
        return f"{slug}-{count}" if count else slug
