"""What a scenario's `source` says, apart: titles, addresses and days."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SOURCE = re.compile(
    r"(?P<title>.*?)(?: \((?:(?P<url>https?://\S+?)(?:, read (?P<day>[\d-]+))?|read (?P<alone>[\d-]+))\))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A source: its title, and its address and the day it was read where they are known."""

    title: str
    url: str = ""
    read: str = ""


def citations(source: str) -> tuple[Citation, ...]:
    """The sources that the text names.

    >>> citations("Nobody 2023, On sheep (https://example.org/x_(y), read 2026-07-27); Talk (read 2026-07)")
    ... # doctest: +NORMALIZE_WHITESPACE
    (Citation(title='Nobody 2023, On sheep', url='https://example.org/x_(y)', read='2026-07-27'),
     Citation(title='Talk', url='', read='2026-07'))
    """
    return tuple(_citation(each) for each in re.split(r"(?<=\)); ", source) if each)


def _citation(text: str) -> Citation:
    found = _SOURCE.fullmatch(text)
    if found is None:
        return Citation(text)
    return Citation(found["title"], found["url"] or "", found["day"] or found["alone"] or "")
