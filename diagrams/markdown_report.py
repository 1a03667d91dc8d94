"""A survey as a page of Markdown: what sources print, what follows from it, and why.

The same survey gives the same bytes: nothing on the page is of the day on which it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ..graph.audit.claims import Verdict
from ..graph.audit.printed import Figure
from ..graph.audit.survey import Survey, SurveyedClaim, SurveyedScenario, SurveyedSource, Tally
from ..problems import Problem
from .citations import Citation, citations
from .markdown import Anchors, code, link, prose, table
from .markdown_claims import (
    contradictions_lines,
    departing_lines,
    failing_check_lines,
    holding_lines,
    note_line,
    subject_text,
    taken_lines,
)
from .text import place_of, ratio_text
from .text_diagnosis import sentence
from .text_facts import plural
from .text_show import computed_text

TITLE = "What is printed, and what follows"
BY_SOURCE, DEPARTURES = "By source", "The largest departures"
_MOST_DEPARTURES = 10
_COUNTS = {
    "held": "held",
    "truncated": "truncated",
    "wrong_label": "wrong label",
    "wrong_arithmetic": "wrong arithmetic",
    "not_reproduced": "not reproduced",
    "wrong_assumption": "wrong assumption",
    "no_value": "no value",
}


@dataclass(frozen=True, slots=True)
class _Section:
    """A source on the page: its heading, what that is linked to by, and what all its scenarios cite.

    `inner`: what each scenario is linked to by, the source itself where it is the only one.
    """

    source: SurveyedSource
    heading: str
    anchor: str
    inner: tuple[str, ...]
    cited: tuple[Citation, ...]


def report(found: Survey, links: Mapping[str, str]) -> str:
    """The page; `links`: from each scenario's name to its file, as seen from the page."""
    anchors = Anchors()
    for fixed in (TITLE, BY_SOURCE, DEPARTURES):
        anchors.of(fixed)
    sections = [_section(source, anchors) for source in found.sources]
    lines = [f"# {TITLE}", "", *_opening(found), "", f"## {BY_SOURCE}", "", *_by_source(found, sections)]
    departures = list(_largest(sections))
    if departures:
        lines += ["", f"## {DEPARTURES}", "", *departures]
    for section in sections:
        lines += ["", f"## {prose(section.heading)}", "", *_source_lines(section, links)]
    return "\n".join(lines) + "\n"


def _section(source: SurveyedSource, anchors: Anchors) -> _Section:
    cited = [citations(scenario.source) for scenario in source.scenarios]
    heading = _common([each[0].title for each in cited if each]) or source.name
    anchor, several = anchors.of(heading), len(source.scenarios) > 1
    inner = tuple(anchors.of(scenario.title) if several else anchor for scenario in source.scenarios)
    return _Section(source, heading, anchor, inner, cited[0] if all(each == cited[0] for each in cited) else ())


def _common(titles: Sequence[str]) -> str:
    """What the titles begin with alike, in whole parts: `Nobody 2023, On sheep` of two chapters; '' if too little."""
    columns = zip(*(title.split(", ") for title in titles), strict=False)
    parts = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    return ", ".join(parts) if len(parts) > 1 or len(set(titles)) == 1 else ""


# -- the opening -----------------------------------------------------------------------------------


def _opening(found: Survey) -> list[str]:
    tally = found.tally
    count = f"{plural(tally.claims, 'claim')} of {plural(len(found.sources), 'source')}"
    lines = [_WHAT.format(count=count), "", f"{_outcome(found)} {_causes(found)}".strip(), ""]
    return [*lines, _MADE.format(folder=found.name), "", *(f"- {each}" for each in _WORDS)]


_WHAT = (
    "{count}, each computed again from what its source states, by formulas whose units are checked, and held against "
    "the digits printed. Where a source states no formula, the scenario names the rule that is taken for it."
)
_MADE = (
    "`roofsheet audit {folder} --report FILE.md` makes this page from the scenarios that it links to. Written by hand "
    "are their notes, descriptions and the reasons of their checks; all that is said of numbers is computed."
)


def _outcome(found: Survey) -> str:
    """How the numbers came out, in a sentence or two."""
    tally = found.tally
    claims = [each for scenario in found.scenarios for each in scenario.found.claims]
    taken = sum(each.verdict.finding == "held" and bool(each.explanations) for each in claims)
    only = f" ({taken} of them only with a number that the source rounded or took on the way)" if taken else ""
    parts = (
        (tally.held, f"hold{only}"),
        (tally.truncated, "are cut off where they should be rounded"),
        (tally.wrong_label, "are right under another unit than the one printed with them"),
        (tally.wrong_arithmetic, "do not follow"),
        (tally.not_reproduced, "do not come out by a rule that the source does not state"),
        (tally.no_value, "have no value"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in parts if count)
    misled = f" {tally.wrong_assumption:,} would come out otherwise with the facts of the catalogue."
    return f"{said}.{misled if tally.wrong_assumption else ''}" if said else ""


def _causes(found: Survey) -> str:
    """What was found of the numbers that do not follow, counted by the first explanation of each."""
    wrong = [
        claim.explanations[0].kind if claim.explanations else ""
        for scenario in found.scenarios
        for claim in scenario.found.claims
        if claim.verdict.finding == "wrong arithmetic"
    ]
    said = [f"{count} {what}" for kind, what in _CAUSES.items() if (count := wrong.count(kind))]
    said += [f"for {rest} nothing is found"] if said and (rest := wrong.count("")) else []
    return f"Of those that do not follow, {', '.join(said)}." if said else ""


_CAUSES = {
    "printed": "come of another number as the same source prints it",
    "swap": "of another of its numbers in the place of the right one",
    "catalogue": "of another figure of the catalogue",
    "factor": "are off by a plain factor",
    "rounding": "lie within what the last digits of their inputs leave",
    "intermediate": "need what their source put in for an intermediate",
    "needs": "would take another input, which is named",
}
_HELD = (
    "**Held**: what follows rounds to what is printed, to the digit that is stated (≈: less than one of it away, where "
    "the source says about). "
    "**Truncated**: cut off, not rounded. **Wrong label**: the digits are right under another unit, as GiB are "
    "printed as GB. **Wrong arithmetic**: under none. **Not reproduced**: under none by a rule that is a guess, as the "
    "source states no formula. **No value**: nothing follows from the inputs."
)
_ASSUMED = (
    "**Wrong assumption**: the number would come out otherwise with the facts of the catalogue, from which its inputs "
    "differ by more than their last digit; what a card is labelled with, 96 GB for the 102.6 that its driver reports, "
    "counts as no difference. It is counted by its digits, too."
)
_DATED = "Each source is a snapshot of the day named with it, and may have changed since."
_FAIR = (
    "Each departure shows what was printed, what follows and, where it can be told, why. It says nothing of the rest "
    "of a source: only one that shows its inputs can be followed at all."
)
_WORDS = (_HELD, _ASSUMED, _DATED, _FAIR)


def _by_source(found: Survey, sections: Sequence[_Section]) -> list[str]:
    told = _told(found.tally)
    rows = [
        [link(prose(each.heading), f"#{each.anchor}"), *_cells(told, each.source.tally, len(each.source.scenarios))]
        for each in sections
    ]
    total = [f"**{cell}**" for cell in ("total", *_cells(told, found.tally, len(found.scenarios)))]
    head = ["source", "scenarios", "claims", *told.values()]
    return table(head, [*rows, total], ["left", *["right"] * (len(head) - 1)])


def _by_scenario(section: _Section) -> list[str]:
    told = _told(section.source.tally)
    rows = [
        [link(prose(each.title), f"#{anchor}"), *_cells(told, each.tally)]
        for each, anchor in zip(section.source.scenarios, section.inner, strict=True)
    ]
    head = ["scenario", "claims", *told.values()]
    return table(head, rows, ["left", *["right"] * (len(head) - 1)])


def _told(tally: Tally) -> dict[str, str]:
    """The columns that have something in them."""
    return {name: said for name, said in _COUNTS.items() if getattr(tally, name)}


def _cells(told: Mapping[str, str], tally: Tally, *before: int) -> list[str]:
    counts = [*before, tally.claims, *(getattr(tally, name) for name in told)]
    return [f"{count:,}" if count else "–" for count in counts]


def _largest(sections: Iterable[_Section]) -> Iterator[str]:
    """The claims that are furthest off, one line each."""
    found = [
        (ratio, section, anchor, claim)
        for section in sections
        for scenario, anchor in zip(section.source.scenarios, section.inner, strict=True)
        for claim in scenario.found.claims
        if claim.verdict.finding == "wrong arithmetic" and (ratio := printed_to_computed(claim.verdict)) is not None
    ]
    found.sort(key=lambda each: -max(each[0], 1 / each[0]))
    furthest: dict[tuple[str, str], tuple[float, _Section, str, SurveyedClaim]] = {}  # of a table's numbers one
    for each in found:
        furthest.setdefault((each[2], each[3].verdict.subject), each)
    told = list(furthest.values())[:_MOST_DEPARTURES]
    for place, (ratio, section, anchor, claim) in enumerate(told, 1):
        verdict, causes = claim.verdict, claim.explanations
        printed, follows = prose(verdict.printed), prose(computed_text(verdict))
        off = f" ({ratio_text(ratio)})" if ratio_text(ratio) else ""
        where = link(prose(section.heading.partition(",")[0].partition(":")[0]), f"#{anchor}")
        what = f"{where}, {subject_text(verdict)}: **{printed}** is printed, {follows} follows{off}."
        yield " ".join([f"{place}. {what}", *(prose(sentence(each)) for each in causes[:1])])


def printed_to_computed(verdict: Verdict) -> float | None:
    """How many times what follows is printed; None where there is no such number."""
    figure, value = verdict.claim.printed, verdict.computed
    if not isinstance(figure, Figure) or not isinstance(value, float) or not value or not figure.number:
        return None
    return figure.number / value if figure.number / value > 0 else None


# -- a source --------------------------------------------------------------------------------------


def _source_lines(section: _Section, links: Mapping[str, str]) -> list[str]:
    scenarios = section.source.scenarios
    if len(scenarios) == 1:
        return _scenario_lines(scenarios[0], links)
    lines = [f"{_all_cited(section.cited)}.", ""] if section.cited else []
    lines += _by_scenario(section)
    for scenario in scenarios:
        lines += ["", f"### {prose(scenario.title)}", "", *_scenario_lines(scenario, links, not section.cited)]
    return lines


def _scenario_lines(scenario: SurveyedScenario, links: Mapping[str, str], cites: bool = True) -> list[str]:
    """`cites`: whether it names its source itself."""
    source = _all_cited(citations(scenario.source)) if cites else ""
    file = f"Scenario {link(code(scenario.name), links[scenario.name])}"
    tally = _tally_text(scenario.tally) if scenario.found.claims else ""
    lines = [" ".join(f"{each}." for each in (source, file, tally) if each)]
    lines += ["", prose(scenario.about)] if scenario.about else []
    for each in _blocks(scenario):
        lines += ["", *each]
    return lines


def _all_cited(cited: Sequence[Citation]) -> str:
    return "; ".join(map(_cited, cited))


def _cited(each: Citation) -> str:
    title = link(prose(each.title), each.url) if each.url else prose(each.title)
    return f"{title}, read {each.read}" if each.read else title


def _blocks(scenario: SurveyedScenario) -> Iterator[list[str]]:
    found = scenario.found
    if scenario.problems:
        yield ["**What cannot be audited**", "", *map(_problem, scenario.problems)]
    departing = [each for each in found.claims if each.verdict.finding != "held"]
    holding = [each for each in found.claims if each.verdict.finding == "held"]
    if departing:
        yield ["**What does not hold**", "", *departing_lines(departing)]
    if found.disputed:
        yield ["**Inputs that are not the catalogue's**", "", *contradictions_lines(found.disputed)]
    if found.checks:
        yield ["**Worth knowing: checks that do not hold**", ""] + [
            line for each in found.checks for line in failing_check_lines(each)
        ]
    taken = [each for each in holding if each.explanations]
    if taken:
        yield ["**What holds only with numbers that the source rounded or took**", "", *taken_lines(taken)]
    noted = [each for each in holding if each.verdict.claim.spec.note]
    if noted:
        yield ["**Notes on what holds**", "", *map(note_line, noted)]
    if holding:
        yield holding_lines(holding)


def _problem(each: Problem) -> str:
    place = f" ({prose(place_of(each.mark))})" if each.mark else ""
    return f"- {prose(each.message)}{place}"


def _tally_text(tally: Tally) -> str:
    counts = {name: getattr(tally, name) for name in _COUNTS if name != "wrong_assumption"}
    said = ", ".join(f"{count:,} {_COUNTS[name]}" for name, count in counts.items() if count)
    resting = f"; {tally.wrong_assumption:,} on a wrong assumption" if tally.wrong_assumption else ""
    return f"{plural(tally.claims, 'claim')}{': ' if said else ''}{said}{resting}"
