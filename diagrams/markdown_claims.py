"""Claims, contradictions and checks as items of a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..graph.audit.claims import Verdict
from ..graph.audit.contradictions import Contradiction
from ..graph.audit.findings import FailedCheck
from ..graph.audit.printed import Figure
from ..graph.audit.survey import Becoming, Disputed, SurveyedClaim, Working
from ..units import format_amount
from .citations import citations
from .markdown import code, link, prose, table
from .text import ratio_text
from .text_diagnosis import sentence
from .text_facts import plural
from .text_show import computed_text

_MOST_CHANGES = 8  # claims that a contradiction changes
_SLIGHT = 0.01  # of a number, that nobody minds
_MOST_RATES = 3  # of the catalogue that a value equals


def subject_text(verdict: Verdict) -> str:
    """What is claimed, and for which cell of a claim table."""
    return f"{code(verdict.subject)}{f' at {prose(verdict.at)}' if verdict.at else ''}"


def _where(verdict: Verdict) -> str:
    """What is claimed, and where in the source."""
    return f"{subject_text(verdict)}{f'; {prose(verdict.source)}' if verdict.source else ''}"


def departing_lines(claims: Sequence[SurveyedClaim]) -> Iterator[str]:
    """Claims that are not what follows: how each comes about, what explains it, and the scenario's note.

    The numbers of a claim table that depart alike are told together.
    """
    for _, alike in groupby(claims, _alike):
        yield from _departing(list(alike))


def _alike(claim: SurveyedClaim) -> tuple[object, ...]:
    """What numbers of one table have in common that are told together; a number of no table stands by itself."""
    verdict = claim.verdict
    kinds = tuple((each.kind, each.unit, each.ratio) for each in claim.explanations)
    table = verdict.claim.over or id(verdict)
    return (verdict.subject, verdict.source, table, verdict.finding, verdict.as_expected, kinds)


def _departing(claims: Sequence[SurveyedClaim]) -> Iterator[str]:
    claim, several = claims[0], len(claims) > 1
    verdict = claim.verdict
    said = _said(verdict) + ("" if verdict.as_expected else "; **not as expected**")
    about = f" {prose(claim.working.about.rstrip('.'))}" if claim.working.about else ""
    if several:
        where = "; ".join(part for part in (code(verdict.subject), prose(verdict.source)) if part)
        yield f"- **{len(claims)} numbers** of a table: {said}.{about} ({where})"
        yield "  - printed: " + "; ".join(f"**{prose(each.verdict.printed)}** at {each.verdict.at}" for each in claims)
        yield "  - follow: " + "; ".join(prose(computed_text(each.verdict)) for each in claims)
    else:
        follows = prose(verdict.problem.message) if verdict.problem else f"{prose(computed_text(verdict))} follows"
        yield f"- **{prose(verdict.printed)}** is printed, {follows}: {said}.{about} ({_where(verdict)})"
    first = "the first: " if several else ""
    yield f"  - {first}{_derivation(claim.working, verdict)}"
    yield from (f"  - {prose(sentence(each))}" for each in claim.explanations if each.kind != "label" or each.is_cut)
    if claim.doubt and claim.doubt.matters:
        yield f"  - By the catalogue it is {prose(computed_text(claim.doubt.by_catalogue))}."
    for note in dict.fromkeys(note for each in claims for note in _notes(each.verdict)):
        yield f"  - Note: {prose(note)}"


def _notes(verdict: Verdict) -> tuple[str, ...]:
    return tuple(note for note in (verdict.why, verdict.claim.spec.note) if note)


def note_line(claim: SurveyedClaim) -> str:
    """What the scenario notes of a claim that holds."""
    verdict = claim.verdict
    return f"- **{prose(verdict.printed)}** ({_where(verdict)}): {prose(verdict.claim.spec.note)}"


def _said(verdict: Verdict) -> str:
    if verdict.finding == "wrong label":
        return f"wrong label, as that is {prose(_under_best_unit(verdict))}"
    return verdict.finding


def _under_best_unit(verdict: Verdict) -> str:
    """The computed value in the unit under which the digits are right."""
    figure, value = verdict.claim.printed, verdict.computed
    if not isinstance(figure, Figure) or not isinstance(value, float):
        return verdict.best_unit or ""
    best = next(each.unit for each in figure.readings() if each.unit.text == verdict.best_unit)
    return format_amount(best.from_base(value * figure.unit.scale), best)


def _derivation(working: Working, verdict: Verdict) -> str:
    """The formula with names, then with numbers, and what it gives."""
    shown = [code(each) for each in dict.fromkeys((working.formula, working.numbers)) if each]
    result = computed_text(verdict) if verdict.problem is None else ""
    if result and shown and working.numbers != result:
        shown.append(prose(result))
    return _with_terms(" = ".join(shown) or _INPUT, working)


_INPUT = "an input"


def _with_terms(said: str, working: Working) -> str:
    """With the conditions that chose a branch, and the values that the claim gives."""
    told = (each for each in working.conditions if not each.text.endswith(" == 0"))  # guards against nothing at all
    chosen = ", ".join(code(each.text if each.holds else f"not ({each.text})") for each in told)
    given = ", ".join(code(f"{name} = {text}") for name, text in working.given)
    parts = (said, f"as {chosen}" if chosen else "", f"given {given}" if given else "")
    return ", ".join(part for part in parts if part)


def taken_lines(claims: Sequence[SurveyedClaim]) -> Iterator[str]:
    """Claims that hold, and yet not by themselves: what their source rounded or took from elsewhere.

    Those that come out nearly the same without it are only named.
    """
    slight = [each for each in claims if all(_is_slight(cause.ratio) for cause in each.explanations)]
    yield from (_taken(each) for each in claims if each not in slight)
    if slight:
        names = dict.fromkeys(code(each.verdict.subject) for each in slight)
        yield f"- {plural(len(slight), 'number')} by less than 1 %: {', '.join(names)}"


def _is_slight(ratio: float | None) -> bool:
    return ratio is not None and abs(ratio - 1) < _SLIGHT


def _taken(claim: SurveyedClaim) -> str:
    verdict = claim.verdict
    said = " ".join(prose(sentence(each)) for each in claim.explanations)
    about = f" {prose(claim.working.about.rstrip('.'))}" if claim.working.about else ""
    return f"- **{prose(verdict.printed)}**{about and f':{about}'} ({_where(verdict)}). {said}"


_COLUMNS = ("claim", "printed", "computed", "from", "place", "by the catalogue")


def holding_lines(claims: Sequence[SurveyedClaim]) -> list[str]:
    """The claims that hold, folded away; columns that say nothing are left out."""
    rows = [_row(each) for each in claims]
    told = [place for place in range(len(_COLUMNS)) if place < 4 or any(row[place] for row in rows)]
    summary = f"<details><summary>What holds: {plural(len(claims), 'claim')}</summary>"
    grid = [[row[place] for place in told] for row in rows]
    return [summary, "", *table([_COLUMNS[place] for place in told], grid, ["left"] * len(told)), "", "</details>"]


def _row(claim: SurveyedClaim) -> tuple[str, ...]:
    verdict, doubt = claim.verdict, claim.doubt
    return (
        subject_text(verdict),
        prose(verdict.printed),
        ("" if verdict.labelled == "held" else "≈ ") + prose(computed_text(verdict)),
        _with_terms(code(claim.working.numbers) or _INPUT, claim.working),
        prose(verdict.source),
        prose(computed_text(doubt.by_catalogue)) if doubt and doubt.matters else "",
    )


def contradictions_lines(disputed: Iterable[Disputed]) -> Iterator[str]:
    """Each value that is not the catalogue's, with what it changes; those that say little together, at the end."""
    idle: list[str] = []
    nominal: list[str] = []
    for each in disputed:
        changes = list(dict.fromkeys(_change(change) for change in each.becoming if _shows(change)))
        brief = f"{code(each.contradiction.name)} ({_apart(each.contradiction)})"
        if each.contradiction.nominal:
            nominal.append(brief)
        elif changes:
            yield from _contradiction(each.contradiction, changes)
        else:
            idle.append(brief)
    yield from (f"- without effect on a claim: {', '.join(idle)}" for _ in idle[:1])
    yield from (f"- rounded, or as the thing is labelled: {', '.join(nominal)}" for _ in nominal[:1])


def _shows(change: Becoming) -> bool:
    """Whether the change can be seen in the digits that people are shown."""
    return computed_text(change.before) != computed_text(change.after)


def _apart(each: Contradiction) -> str:
    return ", ".join(part for part in (f"{each.ours}, not {each.theirs}", ratio_text(each.ratio)) if part)


def _contradiction(each: Contradiction, changes: Sequence[str]) -> Iterator[str]:
    """What the source has, what the catalogue has, and what becomes of the claims."""
    off = f" ({ratio_text(each.ratio)})" if ratio_text(each.ratio) else ""
    origin = ", ".join(part for part in (prose(each.entry), _cited(each.theirs_source)) if part)
    yield f"- {code(each.name)} is {prose(each.ours)} here, {prose(each.theirs)} in the catalogue{off}: {origin}"
    if each.equals:
        meanings = dict.fromkeys(rate.meanings[0] for rate in each.equals if rate.meanings)
        rates = ", ".join(code(str(rate)) for rate in each.equals[:_MOST_RATES])
        yield f"  - it equals {rates}{f': {prose(next(iter(meanings)))}' if len(meanings) == 1 else ''}"
    if each.picked:
        yield f"  - its choices pick {code(str(each.picked))} = {prose(each.picked.text)}"
    more = f"; and {len(changes) - _MOST_CHANGES} more" if len(changes) > _MOST_CHANGES else ""
    yield f"  - with that value alone {'; '.join(changes[:_MOST_CHANGES])}{more}"
    if each.ours_note:
        yield f"  - Note: {prose(each.ours_note)}"


def _change(each: Becoming) -> str:
    before, after = computed_text(each.before), computed_text(each.after)
    return f"{subject_text(each.before)} is {prose(after)}, not {prose(before)}"


def _cited(source: str) -> str:
    found = (link(prose(each.title), each.url) if each.url else prose(each.title) for each in citations(source))
    return ", ".join(found)


def failing_check_lines(check: FailedCheck) -> Iterator[str]:
    """A check that does not hold or cannot be told, with the numbers that it reads."""
    came = "cannot be told" if check.holds is None else "does not hold"
    rule = f"{check.scope}: {check.rule}" if check.scope else check.rule
    why = f": {prose(check.why)}" if check.why else ""
    yield f"- {code(rule)} {came}{why}"
    values = ", ".join(code(f"{name} = {text}") for name, text in check.values)
    yield from [f"  - {values}"] if values else []
