"""What a sweep asks for, as it was written: all that another process or machine needs to make the same plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version

from ..graph.engine.kernels.machine import is_there
from ..graph.language.declarations import SweepSpec
from ..problems import Text
from ..scenarios import Library
from .conditions import with_units

Sort = str
ENTRIES: tuple[Sort, ...] = ("hardware", "model")
"""The axes that are catalogue entries."""
TOP = 10
PART = 2**19  # points in a part at most: some tens of megabytes with all that is made of them


@dataclass(frozen=True, slots=True)
class Request:
    """A sweep of a scenario, `sets` on top of it.

    `over`: the axes, each with the text of its values; `get`: the quantities wanted, or those that the scenario shows.
    `zip`: the axes' values side by side instead of a grid. `where`: a condition on the points that are kept.
    `best`: only the points at which this is largest, `top` of them (0: TOP). `pareto`: only those that no other point
    beats, where all of these are to be small. What is None, 0 or () is left to the scenario's own block; an empty text
    is not, and asks for nothing. `part`: how many points are computed at once at most (0: PART).
    """

    scenario: str
    sets: tuple[str, ...] = ()
    over: tuple[tuple[Text, Text], ...] = ()
    get: tuple[Text, ...] = ()
    zip: bool | None = None
    where: Text | None = None
    best: Text | None = None
    top: int = 0
    pareto: tuple[Text, ...] = ()
    part: int = 0

    @property
    def selects(self) -> bool:
        """Whether it keeps some points by comparing them with all."""
        return bool(self.keys)

    @property
    def count(self) -> int:
        """How many points `best` keeps."""
        return self.top or TOP

    @property
    def keys(self) -> tuple[Text, ...]:
        """What points are compared by."""
        return (self.best,) if self.best is not None else self.pareto

    def over_block(self, block: SweepSpec | None) -> Request:
        """What a scenario's own block asks for, with this request's parts in the place of the block's."""
        if block is None:
            return self
        own = {name.text: (name, values) for name, values in reversed(self.over)}
        instead = [own.pop(name, axis) for name, axis in block.over.items()]
        more = [axis for axis in self.over if axis not in instead]  # those given twice, too: they are refused later
        best = self.best if self.selects else block.best
        return replace(
            self,
            over=(*instead, *more),
            get=self.get or block.get,
            zip=block.zip if self.zip is None else self.zip,
            where=block.where if self.where is None else self.where,
            best=best,
            top=self.top or (block.top if _written(best) else 0),
            pareto=self.pareto if self.selects else block.pareto,
        )

    def typed(self) -> Request:
        """The same with all said: brackets around units that were typed without, empty formulas none."""
        return replace(
            self,
            where=_written(self.where),
            best=_written(self.best),
            pareto=tuple(with_units(key) for key in self.pareto),
            part=self.part or PART,
        )

    def record(self) -> dict[str, object]:
        """What it asks for, without where that was written."""
        return {
            "scenario": self.scenario,
            "set": list(self.sets),
            "over": {name.text: values.text for name, values in self.over},
            "get": [name.text for name in self.get],
            "zip": bool(self.zip),
            "where": self.where and self.where.text,
            "best": self.best and self.best.text,
            "top": self.count if self.best else None,
            "pareto": [key.text for key in self.pareto],
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """What a plan was made of: the version of roofsheet, and whether numba is there, whose last digits differ; a digest
    of all files that were read, and the content of those that are not bundled."""

    version: str = ""
    digest: str = ""
    texts: Mapping[str, str] = field(default_factory=dict[str, str])


def sources_of(library: Library) -> Sources:
    """What the library read up to now."""
    found, texts = hashlib.sha256(), dict[str, str]()
    for path in library.files():
        try:
            data = library.texts[str(path)].encode() if str(path) in library.texts else path.read_bytes()
        except OSError:
            continue  # named, and told as a problem, but not there
        bundled = path.is_relative_to(library.root)
        found.update(hashlib.sha256(data).digest())
        if not bundled:
            texts[str(path)] = data.decode("utf-8", "replace")
    return Sources(f"{version('roofsheet')}{' and numba' if is_there() else ''}", found.hexdigest(), texts)


def _written(formula: Text | None) -> Text | None:
    return with_units(formula) if formula is not None and formula.text.strip() else None


def settled(request: Request, get: tuple[Text, ...]) -> Request:
    """The request with what it leaves to the scenario said."""
    return replace(request, get=request.get or get)
