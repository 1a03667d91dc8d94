"""modelx: cached cells in a space, a spreadsheet of Python functions."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from contest import FORMULAS, INPUTS, RESULTS, Contender

from . import imported

_names = count()


def _space(given: Mapping[str, Any], whole: Callable[[Any], Any]) -> Any:
    """Inputs are cells with a value set: as references of the space, the other way, a change takes six times longer."""
    modelx = imported("modelx")
    space = modelx.new_model(f"Guide{next(_names)}").new_space("Sheet")
    space.floor = whole
    for name in INPUTS:
        space.new_cells(name, formula="lambda: None")
    for name, text in FORMULAS.items():
        space.new_cells(name, formula=f"lambda: {_calls(text)}")
    for name, value in given.items():
        setattr(space, name, value)
    return space


def _calls(text: str) -> str:
    """The formula with a call of each cell it reads."""
    return re.sub(r"\b[a-z_]+\b", lambda word: word[0] + "()" * (word[0] in FORMULAS or word[0] in INPUTS), text)


def point(given: Mapping[str, float]) -> Contender:
    space = _space(given, math.floor)
    cells, tpot = [space.cells[name] for name in RESULTS], space.tpot

    def evaluate() -> list[Any]:
        space.clear_cells()  # keeps inputs
        return [cell() for cell in cells]

    def change(bandwidth: float) -> float:
        space.memory_bandwidth = bandwidth * 1e9
        return tpot() * 1e3

    return Contender(evaluate, change)


def exported(given: Mapping[str, float]) -> Contender:
    """The model exported as Python classes, modelx's fast form: it caches, but knows no dependents to clear."""
    space = _space({}, math.floor)
    for name, value in given.items():  # as references: an exported input cell would forget its value
        del space.cells[name]
        setattr(space, name, value)
    for name, text in FORMULAS.items():
        space.cells[name].formula = "lambda: " + re.sub(
            r"\b[a-z_]+\b", lambda word: word[0] + "()" * (word[0] in FORMULAS), text
        )
    with TemporaryDirectory() as folder:
        space.model.export(f"{folder}/exported_guide")
        sys.path.insert(0, folder)
        try:
            sheet = import_module("exported_guide").mx_model.Sheet
        finally:
            sys.path.remove(folder)
    flags, cells = [f"_has_{name}" for name in RESULTS], [getattr(sheet, name) for name in RESULTS]

    def evaluate() -> list[Any]:
        for flag in flags:
            setattr(sheet, flag, False)
        return [cell() for cell in cells]

    return Contender(evaluate)


def points() -> Callable[[Mapping[str, Any], list[str]], Mapping[str, Any]]:
    """Cells hold arrays as well."""
    space = _space({}, np.floor)

    def run(given: Mapping[str, Any], asked: list[str]) -> Mapping[str, Any]:
        for name, value in given.items():
            setattr(space, name, value)
        return {name: space.cells[name]() for name in asked}

    return run
