"""Apache Hamilton: functions whose parameters name what they read, run by a driver."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from contest import RESULTS, Contender, functions

from . import imported


def _driver(whole: Callable[[Any], Any]) -> Any:
    """A driver made by the Builder returns dicts, which its documentation prefers to pandas' frames for scalars."""
    module = imported("hamilton.ad_hoc_utils").create_temporary_module(*functions(whole).values())
    return imported("hamilton.driver").Builder().with_modules(module).build()


def point(given: Mapping[str, float]) -> Contender:
    """What a change does not reach is given back as an override: a third faster than its inputs, but up to the user."""
    driver, results, asked = _driver(math.floor), [*RESULTS], ["tpot"]
    given = dict(given)
    known = driver.execute(["weight_bytes"], inputs=given)

    def change(bandwidth: float) -> float:
        changed = {"memory_bandwidth": bandwidth * 1e9}
        return driver.execute(asked, inputs=changed, overrides=known)["tpot"] * 1e3

    return Contender(lambda: driver.execute(results, inputs=given), change, lambda found: [*found.values()])


def points() -> Callable[[Mapping[str, Any], list[str]], Mapping[str, Any]]:
    driver = _driver(np.floor)
    return lambda given, asked: driver.execute(asked, inputs=given)
