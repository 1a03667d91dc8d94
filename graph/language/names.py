"""What may be a name, and the nearest ones to a mistaken name."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable, Sized

from .functions import FUNCTIONS

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST_NAME = 100
MOST_HINTS = 25


def name_fault(name: str) -> str | None:
    """Why `name` (one part, without dots) cannot be a name; None if it can."""
    if len(name) > LONGEST_NAME:
        return f"a name of {len(name):,} characters is longer than {LONGEST_NAME}"
    if keyword.iskeyword(name):
        return f"'{name}' is a reserved word of the formula language"
    if name in FUNCTIONS:
        return f"'{name}' is a function of the formula language"
    if not NAME.fullmatch(name):
        return f"{name!a} is not a name: a letter, then letters, digits and _"
    return None


def dotted_fault(name: str) -> str | None:
    """Why the dotted `name` cannot be one; None if it can."""
    for part in name.split("."):
        fault = name_fault(part)
        if fault:
            return fault
    return None


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names nearest to a mistaken one, best first; empty when none is near."""
    return difflib.get_close_matches(name[:LONGEST_NAME], list(dict.fromkeys(known)), n=most, cutoff=0.6)


def did_you_mean(name: str, known: Iterable[str], problems: Sized = ()) -> str:
    """A hint that names the nearest known names, or ''.

    None is looked for when there are MOST_HINTS `problems` already: among a model's thousand names it takes 10 ms.
    """
    near = nearest(name, (each for each in known if each != name)) if len(problems) < MOST_HINTS else []
    return f"did you mean {' or '.join(near)}?" if near else ""


def brief(name: str) -> str:
    """The name as a message says it: all of it, unless it is longer than a name may be."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."


def in_scope(scope: str, name: str) -> str:
    """The absolute name of `name` in `scope` ('' is the top)."""
    return f"{scope}.{name}" if scope else name


def outward(scope: str) -> Iterable[str]:
    """The scope and those around it, innermost first, '' last."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""


def keyed(name: str, key: Iterable[str]) -> str:
    """The spelling of one value of a keyed input: `compute_rate[bf16, fp32, dense]`."""
    return f"{name}[{', '.join(key)}]"
