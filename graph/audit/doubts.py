"""Claims whose digits may be right and yet rest on wrong facts: inputs that contradict the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..engine.workbook import Workbook
from ..explain.reach import may_rest_on
from ..explain.whatif import WhatIf
from .claims import Verdict, judge_with
from .contradictions import Comparison


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim that rests on contradicted inputs, whatever its digits say.

    `by_catalogue`: the same claim with all the catalogue's values in force, and its own `given`. `nominal`: each of
    the inputs is less than one of its last digit from the catalogue's.
    """

    claim: Verdict
    contradicted: tuple[str, ...]
    by_catalogue: Verdict
    nominal: bool

    @property
    def matters(self) -> bool:
        """Whether the digits come out otherwise by the catalogue."""
        return self.by_catalogue.labelled != self.claim.labelled or self.by_catalogue.best != self.claim.best


def doubts(workbook: Workbook, verdicts: Sequence[Verdict], comparison: Comparison) -> tuple[Doubt, ...]:
    """The claims that rest on what the catalogue contradicts; the workbook is read, never changed."""
    return tuple(_doubts(workbook, verdicts, comparison)) if comparison.contradictions else ()


def _doubts(workbook: Workbook, verdicts: Sequence[Verdict], comparison: Comparison) -> Iterator[Doubt]:
    whatif = WhatIf(workbook)
    for verdict in verdicts:
        rested = may_rest_on(workbook, verdict.claim.reads)
        found = [each for each in comparison.contradictions if each.name in rested]
        if found:
            at = whatif.with_values({**comparison.values, **verdict.claim.given})
            names, nominal = tuple(each.name for each in found), all(each.nominal for each in found)
            yield Doubt(verdict, names, judge_with(verdict.claim, at), nominal)
