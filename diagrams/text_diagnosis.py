"""How a printed number may have come about, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..graph.audit.diagnosis import Explained, Explanation, Instead
from ..units import format_number
from .text import Line, Span, line, ratio_text
from .text_facts import item, where
from .text_show import claimed_text, computed_text


def explained_lines(found: Iterable[Explained], width: int) -> Iterator[Line]:
    """Each number that does not follow as it stands: printed, computed, and how it may have come about."""
    for each in found:
        yield from item(width, _head(each), *_details(each))


def _head(each: Explained) -> Line:
    verdict = each.verdict
    sign: Span = ("≠ ", "warn") if verdict.as_expected else ("✗ ", "bad")
    at = f", {verdict.source}" if verdict.source else ""
    printed = f": printed {verdict.printed}{at}; computed "
    return line(sign, (claimed_text(verdict), "name"), printed, (computed_text(verdict), "value"), where(verdict.mark))


def _details(each: Explained) -> Iterator[Line]:
    for explanation in each.explanations:
        yield line(sentence(explanation))
    if each.verdict.why:
        yield line((each.verdict.why, "faint"))


def sentence(explanation: Explanation) -> str:
    """One explanation as a sentence, plain text."""
    return _sentence(explanation).replace(" 1/", "/")  # 256/head, where the unit is 1/head


def _sentence(explanation: Explanation) -> str:
    values = explanation.values
    match explanation.kind:
        case "label":
            return f"The digits are right in {explanation.unit}{', cut off' if explanation.is_cut else ''}."
        case "cut":
            return f"Cut off, not rounded: rounded it is {explanation.computed}."
        case "intermediate":
            change = ratio_text(explanation.ratio)
            own = "it" if len(values) == 1 else "them"
            said = f"{explanation.computed}, {change}" if change else explanation.computed
            taken = _joined(values, "the source's")
            return f"Follows only from {taken}; without {own} {said}."
        case "printed":
            return f"Follows from {_joined(values, 'the printed')}."
        case "catalogue":
            said = _any(f"{each.name} of {each.text} ({each.origin}; {each.own} here)" for each in values)
            return f"Follows from the catalogue's {said}."
        case "swap":
            (each,) = values
            return f"Follows with {each.origin} of {each.text} in the place of {each.name}, which is {each.own}."
        case "rounding":
            return f"Within what the last digits of its inputs leave: {explanation.computed}."
        case "factor":
            unit = f", in {explanation.unit}" if explanation.unit else ""
            return f"{_times(explanation.ratio or 1.0)} what follows{unit}{_as_if(values)}."
        case "needs":
            return f"It would take {_any(f'{each.name} of {each.text}, not {each.own}' for each in values)}."


def _joined(values: Sequence[Instead], whose: str) -> str:
    return " and ".join(f"{whose} {each.name} of {each.text} ({each.own} here)" for each in values)


def _any(said: Iterable[str]) -> str:
    """One, another or a third."""
    *others, last = said
    return f"{', '.join(others)} or {last}" if others else last


def _times(ratio: float) -> str:
    """Twice, half, 1,024 times, a 3,600th of."""
    words = {2.0: "Twice", 0.5: "Half of"}
    if ratio in words:
        return words[ratio]
    return f"{format_number(ratio)} times" if ratio > 1 else f"1/{format_number(1 / ratio)} of"


def _as_if(values: Sequence[Instead]) -> str:
    return f", as if it were {_any(f'{each.name} of {each.text}' for each in values)}" if values else ""
