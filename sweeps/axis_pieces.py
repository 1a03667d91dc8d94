"""The text of an axis, cut at its commas: `16, geom(1, 8, 4), 3.35 TB/s` is three pieces, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..problems import Problem, Text

ONCE = "each value of an axis stands once"
_SPARE = "a comma stands between two values, and only there"


def pieces(text: Text, what: str, problems: list[Problem], hint: str = "1..256, say, or 1, 2, 4") -> list[Text] | None:
    """What stands between the commas that are in no parentheses, without spaces around it.

    None, with located problems, where nothing stands there or parentheses do not pair; `what` names the axis,
    and `hint` says what it could be.
    """
    before = len(problems)
    if not text.text.strip():
        problems.append(Problem("value", f"{what} has no values", text.mark, hint=hint))
        return None
    cuts = _cuts(text, what, problems)
    if cuts is None:
        return None
    found = [part(text, start, end) for start, end in cuts]
    for each, (start, end) in zip(found, cuts, strict=True):
        if not each.text:
            mark = text.at(min(max(start - 1, 0), end), end + 1)  # from comma to comma
            problems.append(Problem("value", f"{what}: nothing stands between two values", mark, hint=_SPARE))
    return found if len(problems) == before else None


def arguments(text: Text, start: int, end: int) -> list[Text]:
    """The comma-separated arguments in text[start:end], which has no parentheses; none for nothing."""
    inner = text.text[start:end]
    if not inner.strip():
        return []
    found: list[Text] = []
    for each in inner.split(","):
        found.append(part(text, start, start + len(each)))
        start += len(each) + 1
    return found


def part(text: Text, start: int, end: int) -> Text:
    """text[start:end] without the spaces around it, and where it stands."""
    whole = text.text[start:end]
    inner = whole.strip()
    start += len(whole) - len(whole.lstrip()) if inner else 0
    mark = text.at(start, start + max(1, len(inner)))
    return Text(inner, mark, ((0, mark),) if text.segments else ())


def repeated(words: Sequence[Text], what: str, problems: list[Problem]) -> bool:
    """Whether a word stands twice; a problem at each that does."""
    seen: set[str] = set()
    before = len(problems)
    for word in words:
        if word.text in seen:
            message = f"{what}: {word.text} is given twice"
            problems.append(Problem("duplicate", message, word.mark, hint=ONCE))
        seen.add(word.text)
    return len(problems) > before


def _cuts(text: Text, what: str, problems: list[Problem]) -> list[tuple[int, int]] | None:
    """From where to where the pieces go; None, with a problem, where parentheses do not pair."""
    found: list[tuple[int, int]] = []
    start, opened = 0, list[int]()
    for at, char in _signs(text.text):
        if char == "(":
            opened.append(at)
        elif char == "," and not opened:
            found.append((start, at))
            start = at + 1
        elif char == ")" and not opened:
            opened = [at]
            break
        elif char == ")":
            opened.pop()
    if opened:
        sign = text.text[opened[-1]]
        other = "(" if sign == ")" else ")"
        message = f"{what}: '{sign}' without its '{other}'"
        problems.append(Problem("value", message, text.at(opened[-1], opened[-1] + 1)))
        return None
    return [*found, (start, len(text.text))]


def _signs(text: str) -> Iterator[tuple[int, str]]:
    return ((at, char) for at, char in enumerate(text) if char in "(),")
