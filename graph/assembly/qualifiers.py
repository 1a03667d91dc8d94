"""Qualifiers: words on a quantity that its unit does not say, such as `share total` against `share active`.

An axis and its words are declared in a glossary. What says nothing on an axis agrees with every word on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...problems import Problem, Text
from ..language.declarations import Words
from ..language.names import did_you_mean

Of = tuple[tuple[str, str], ...]  # (axis, word) of each axis, by axis
Axes = Mapping[str, Mapping[str, str]]  # axis -> word -> meaning


def read_words(words: Words, axes: Axes, problems: list[Problem]) -> Of:
    """The axes and words that an `of:` says, without those that no glossary declares: each is a problem."""
    if not words:
        return ()
    return tuple(sorted((axis.text, word.text) for axis, word in words if _known(axis, word, axes, problems)))


def _known(axis: Text, word: Text, axes: Axes, problems: list[Problem]) -> bool:
    known = axes.get(axis.text)
    if known is None:
        hint = did_you_mean(axis.text, axes) or f"the glossary's are {', '.join(axes) or 'none'}"
        problems.append(Problem("qualifier", f"no glossary has the qualifier {axis.text}", axis.mark, hint=hint))
    elif word.text not in known:
        hint = did_you_mean(word.text, known) or f"one of {', '.join(known)}"
        problems.append(Problem("qualifier", f"{axis.text} cannot be '{word.text}'", word.mark, hint=hint))
    return known is not None and word.text in known


def clashing(one: Of, other: Of) -> tuple[Of, Of] | None:
    """The first axis on which the two say different words: what each says there; None where they agree."""
    words = dict(other)
    for axis, word in one:
        if words.get(axis, word) != word:
            return ((axis, word),), ((axis, words[axis]),)
    return None


def common(every: Iterable[Of]) -> Of:
    """What all of them say."""
    first, *rest = every
    return tuple(pair for pair in first if all(pair in other for other in rest))


def said(of: Of) -> str:
    """The words as messages and reports say them: `share total`."""
    return ", ".join(f"{axis} {word}" for axis, word in of)
