"""A scenario opened for a command: its workbook, verdicts and problems, and the exit code that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..graph.audit.claims import Claim, Verdict, judge_all
from ..graph.engine.workbook import Workbook
from ..graph.explain.reach import lacking_an_input
from ..graph.language.names import brief, did_you_mean
from ..problems import Problem, errors, ordered
from ..scenarios import Library, Loaded, load
from .screen import FAILED, FINE, WRONG

Judged = Literal["none", "named", "all"]


@dataclass(frozen=True)
class Opened:
    """A loaded scenario; `names` are the quantities to show, those asked for or else its own.

    `unknown`: names asked for that it does not have. `problems`: all of them, those of the files first. `lacking`:
    names left out for want of an input, where nobody names what is to be shown.
    """

    loaded: Loaded
    names: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    unknown: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    lacking: tuple[str, ...] = ()

    @property
    def workbook(self) -> Workbook | None:
        """The workbook; None if the input is wrong, names asked for included."""
        return None if self.unknown else self.loaded.workbook

    @property
    def code(self) -> int:
        """How a command ends that did what it was asked for."""
        return exit_code(self.problems, self.verdicts)


def exit_code(problems: Iterable[Problem], verdicts: Iterable[Verdict]) -> int:
    """2 for wrong input or a shown or claimed quantity without a value, 1 for a failed claim or check, else 0."""
    found = errors(problems)
    if any(problem.kind != "check" for problem in found):
        return WRONG
    return FAILED if found or not all(verdict.as_expected for verdict in verdicts) else FINE


def open_scenario(
    scenario: str,
    sets: Sequence[str],
    names: Sequence[str] = (),
    judged: Judged = "named",
    boxes: bool = False,
    library: Library | None = None,
) -> Opened:
    """Load a scenario and look at the quantities `names`, or at those that it shows.

    `judged`: whether to look at its claims and checks too: at all of them, or of the claims, where there are
    `names`, at those on them. `boxes`: names that are no quantities are left to the picture, whose boxes they may be.
    `library`: files already read.
    """
    loaded = load(scenario, sets, library)
    unknown = () if boxes else tuple(_unknown(loaded, names))
    workbook = loaded.workbook
    if workbook is None or unknown:
        return Opened(loaded, (), (), unknown, (*loaded.problems, *unknown))
    shown = tuple(name for name in names if loaded.dag and loaded.dag.reference(name)) if names else loaded.show
    lacking = () if names or loaded.lists_results else lacking_an_input(workbook, shown)
    shown = tuple(name for name in shown if name not in lacking)
    verdicts = judge_all(_claims(loaded, judged, names), workbook)
    found = [*loaded.problems, *missing_values(workbook, shown, verdicts)]
    found += [] if judged == "none" else failed_checks(workbook)
    return Opened(loaded, shown, verdicts, (), tuple(ordered(found)), lacking)


def _unknown(loaded: Loaded, names: Iterable[str]) -> Iterator[Problem]:
    """A problem for each name asked for that the scenario does not have."""
    for name in names if loaded.dag else ():
        if loaded.dag and loaded.dag.reference(name) is None:
            hint = did_you_mean(name, loaded.dag.definitions)
            yield Problem("name", f"nothing here is called {brief(name)}", hint=hint)


def _claims(loaded: Loaded, judged: Judged, names: Sequence[str]) -> Iterator[Claim]:
    """The scenario's claims that are to be judged."""
    wanted = {loaded.dag.reference(name) for name in names} if loaded.dag else set[str | None]()
    every = judged == "all" or (judged == "named" and not names)
    return (claim for claim in loaded.claims if every or (judged == "named" and claim.quantity in wanted))


def failed_claims(verdicts: Iterable[Verdict]) -> Iterator[Problem]:
    """The claims that came out other than expected, as problems."""
    for verdict in verdicts:
        if not verdict.as_expected and not verdict.problem:
            came = "does not hold" if verdict.expect == "holds" else "holds, where a failure was expected"
            if not verdict.holds and not verdict.follows_so and verdict.claim.spec.follows:
                came = f"does not hold, as expected, but {verdict.claim.spec.follows.text.strip()} does not follow"
            yield Problem("claim", f"{verdict.subject} = {verdict.printed} {came}", verdict.mark)


def missing_values(workbook: Workbook, names: Sequence[str], verdicts: Sequence[Verdict]) -> Iterator[Problem]:
    """Why shown and claimed quantities have no value."""
    yield from (problem for name in names if (problem := workbook.error(name)))
    yield from (verdict.problem for verdict in verdicts if verdict.problem)


def failed_checks(workbook: Workbook) -> Iterator[Problem]:
    """The checks that do not hold, as problems; one that rests on a missing value is a warning."""
    for rule, holds in workbook.rules():
        if not holds:
            text = rule.formula.text
            scope = f" in {rule.scope}" if rule.scope else ""
            came = "does not hold" if holds is False else "cannot be told"
            message = f"{' '.join(text.text.split())} {came}{scope}: {rule.why or 'a check of ' + rule.sheet}"
            yield Problem("check", message, text.mark, severity=rule.severity if holds is False else "warning")
