"""Keyed inputs: the words of one key, held against the vocabularies that the glossary looks them up by."""

from __future__ import annotations

from ...problems import Problem, Text
from ..language.declarations import Quantity
from ..language.names import did_you_mean
from .scopes import Lexicon


def key_words(
    quantity: Quantity, key: str, text: Text, lexicon: Lexicon, problems: list[Problem]
) -> tuple[str, ...] | None:
    """The words of a key of the keyed input; None, with a problem at `text`, if it has no such key."""
    words = tuple(word.strip() for word in key.split(","))
    axes = [axis.text for axis in quantity.by]
    if len(words) != len(axes):
        message = f"{quantity.name.text} is keyed by [{', '.join(axes)}], not by [{', '.join(words)}]"
        problems.append(Problem("choice", message, text.mark))
        return None
    for axis, word in zip(axes, words, strict=True):
        known = lexicon.choices.get(axis, {})
        if word not in known:
            hint = did_you_mean(word, known) or f"one of {', '.join(known)}"
            problems.append(Problem("choice", f"{axis} cannot be '{word}'", text.mark, hint=hint))
            return None
    return words
