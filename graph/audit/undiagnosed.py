"""Why printed numbers may have come out as they did: nothing is said of any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..assembly.definitions import CatalogueFact
from ..engine.workbook import Workbook
from .claims import Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """What would make a claim's number come out as printed."""


def diagnose(  # the arguments are of what explains
    verdicts: Sequence[Verdict],
    workbook: Workbook,  # noqa: ARG001
    facts: Sequence[CatalogueFact],  # noqa: ARG001
) -> tuple[tuple[Explanation, ...], ...]:
    """The explanations of each verdict, in order."""
    return tuple(() for _ in verdicts)


def sentence(explanation: Explanation) -> str:  # noqa: ARG001 - there is none
    """The explanation in words."""
    return ""
