"""What a sweep asks for, as it was written: all that another process or machine needs to make the same plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..graph.language.declarations import SweepSpec
from ..problems import Text
from ..scenarios import Library
from .conditions import with_units

Sort = str
ENTRIES: tuple[Sort, ...] = ("hardware", "model")
"""The axes that are catalogue entries."""
TOP = 10


@dataclass(frozen=True, slots=True)
class Request:
    """A sweep of a scenario, `sets` on top of it.

    `over`: the axes, each with the text of its values; `get`: the quantities wanted, or those that the scenario shows.
    `zip`: the axes' values side by side instead of a grid. `where`: a condition on the points that are kept.
    `best`: only the points at which this is largest, `top` of them (0: TOP). `pareto`: only those that no other point
    beats, where all of these are to be small.
    """

    scenario: str
    sets: tuple[str, ...] = ()
    over: tuple[tuple[Text, Text], ...] = ()
    get: tuple[Text, ...] = ()
    zip: bool = False
    where: Text | None = None
    best: Text | None = None
    top: int = 0
    pareto: tuple[Text, ...] = ()

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
        own = {name.text: (name, values) for name, values in self.over}
        axes = {**block.over, **own}
        return replace(
            self,
            over=tuple(axes.values()),
            get=self.get or block.get,
            zip=self.zip or block.zip,
            where=self.where or block.where,
            best=self.best if self.selects else block.best,
            top=self.top or block.top,
            pareto=self.pareto if self.selects else block.pareto,
        )

    def typed(self) -> Request:
        """The same, its formulas with brackets around units that were typed without."""
        return replace(
            self,
            where=self.where and with_units(self.where),
            best=self.best and with_units(self.best),
            pareto=tuple(with_units(key) for key in self.pareto),
        )

    def record(self) -> dict[str, object]:
        """What it asks for, without where that was written."""
        return {
            "scenario": self.scenario,
            "set": list(self.sets),
            "over": {name.text: values.text for name, values in self.over},
            "get": [name.text for name in self.get],
            "zip": self.zip,
            "where": self.where and self.where.text,
            "best": self.best and self.best.text,
            "top": self.count if self.best else None,
            "pareto": [key.text for key in self.pareto],
        }


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a scenario was read from: a digest of all, and the content of those that are not bundled."""

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
        name = path.relative_to(library.root).as_posix() if bundled else str(path)
        found.update(json.dumps([name, hashlib.sha256(data).hexdigest()]).encode())
        if not bundled:
            texts[str(path)] = data.decode("utf-8", "replace")
    return Sources(found.hexdigest(), texts)


def settled(request: Request, get: tuple[Text, ...]) -> Request:
    """The request with what it leaves to the scenario said."""
    return replace(request, get=request.get or get)
