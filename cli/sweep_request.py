"""What the options of `roofsheet sweep` ask for, each part with its place in what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from ..problems import Problem, Text
from ..sweeps.axis_pieces import part, pieces


def axis_texts(over: Sequence[str], problems: list[Problem]) -> tuple[tuple[Text, Text], ...]:
    """Each axis's name and the text of its values."""
    found: list[tuple[Text, Text]] = []
    for argument in over:
        name, equals, values = argument.partition("=")
        whole = Text.line(argument, "--over")
        if not equals or not name.strip() or not values.strip():
            message, hint = f"--over takes name=values, not '{argument}'", "--over 'batch_size=1..256'"
            problems.append(Problem("usage", message, whole.mark, hint=hint))
        else:
            found.append((part(whole, 0, len(name)), part(whole, len(name) + 1, len(argument))))
    return tuple(found)


def listed_texts(option: str, given: Sequence[str], problems: list[Problem]) -> tuple[Text, ...]:
    """What stands between the commas of an option's texts."""
    hint = "names between commas: tpot, ttft"
    found = [pieces(Text.line(text, option), option, problems, hint) for text in given]
    return tuple(each for texts in found for each in texts or ())


def text_of(option: str, given: str | None) -> Text | None:
    """An option's text, with its place."""
    return None if given is None else Text.line(given, option)
