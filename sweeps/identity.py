"""What has to be the same for parts to belong to one sweep, and how that is said where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from .plan import Plan

_SAID = {
    "version": "it was made by another version of roofsheet",
    "files": "the scenario's files have changed",
    "scenario": "another scenario",
    "set": "other --set",
    "over": "other axes",
    "get": "other quantities",
    "zip": "a grid, and not values side by side, or the other way round",
    "where": "another condition",
}


def identity(plan: Plan) -> dict[str, Any]:
    """All that the rows follow from, as JSON data."""
    found = {"version": plan.sources.version, "files": plan.sources.digest, "part": plan.request.part}
    record = plan.request.record()
    over: Any = record["over"]
    return {**found, **record, "over": [[name, values] for name, values in over.items()]}  # their order matters


def other_sweep(known: Any, mine: Mapping[str, Any]) -> str:
    """In which way another sweep's identity is another; '' if it is none."""
    if not isinstance(known, dict):
        return "what it says of itself cannot be read (_sweep.json)"
    there = cast("Mapping[str, Any]", known)
    return ", ".join(_said(key, there.get(key), each) for key, each in mine.items() if there.get(key) != each)


def _said(key: str, there: Any, here: Any) -> str:
    said = _SAID.get(key, f"another {key}")
    if key in ("files", "zip"):
        return said
    return f"{said} ({_brief(there)}, and now {_brief(here)})"


def _brief(value: Any) -> str:
    """A value on a line, shortened."""
    if isinstance(value, list):
        pairs = cast("list[str | list[str]]", value)
        value = ", ".join(each if isinstance(each, str) else "=".join(each) for each in pairs)
    text = str(value or "none")
    return text if len(text) <= 60 else f"{text[:57]}..."
