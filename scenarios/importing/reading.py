"""A config and its dialect -> the facts, groups and stack of a model, and an account of every key."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from ...graph.language.declarations import Formula
from ...problems import Problem, Text
from ..model import COUNT
from ..nodes import shown
from .dialects import Body, Dialect, FactRule, GroupRule, Key, SheetRule
from .entries_made import CODE, MadeFact, MadeGroup, MadeScope
from .formulas import Evaluation
from .json_nodes import JsonObject, JsonValue, Plain, is_empty
from .sections import Refused, Section
from .stacks import stack_text

MOST_LAYERS = 10_000
START, FINISH = "start", "finish"


@dataclass(slots=True)
class Reading:
    """One config being read.

    `folder`: where the entry is to stand. `used`: dotted paths of the keys that were read; `bodies`: each section
    that was read, with its body.
    """

    root: JsonObject
    problems: list[Problem]
    folder: Path = Path()
    used: set[str] = field(default_factory=set[str])
    bodies: list[tuple[Section, Body]] = field(default_factory=list[tuple[Section, Body]])
    assumed: dict[str, str] = field(default_factory=dict[str, str])

    def model(self, dialect: Dialect, formats: Dialect) -> MadeScope:
        """The model that the config means; problems say what it cannot mean."""
        section, scope = self.scope(dialect.body, None)
        facts = {fact.name: fact for fact in scope.facts} | self.formats(section, formats)
        towers = {name: self.tower(body) for name, body in dialect.body.towers.items()}
        found = {name: tower for name, tower in towers.items() if tower}
        ordered = sorted(facts.values(), key=lambda fact: fact.name.endswith("_format"))  # after the sizes
        return MadeScope(scope.use, tuple(ordered), scope.groups, scope.stack, MappingProxyType(found))

    def tower(self, body: Body) -> MadeScope | None:
        member = self.root.members.get(body.section)
        if member is None or not isinstance(member.node, JsonObject):
            message = f"{shown(body.section)} is missing: the dialect reads a tower from it"
            self.problems.append(Problem("missing", message, member.mark if member else self.root.mark))
            return None
        return self.scope(body, member.node)[1]

    def scope(self, body: Body, node: JsonObject | None) -> tuple[Section, MadeScope]:
        section = self.section(body, node)
        return section, _ScopeReading(self, section, body).made()

    def section(self, body: Body, node: JsonObject | None) -> Section:
        """The section that the body reads: a tower's own, or the model's with the config around it."""
        around = Section(self.root, "", self.root, self.problems, self.used)
        if node is not None:
            section = Section(node, body.section, self.root, self.problems, self.used)
        else:
            inner = self.root.members.get(body.section) if body.section else None
            section = around
            if inner and isinstance(inner.node, JsonObject):
                section = Section(inner.node, body.section, self.root, self.problems, self.used, around)
                self.bodies.append((around, body))
        self.bodies.append((section, body))
        self.check_type(section, body)
        return section

    def check_type(self, section: Section, body: Body) -> None:
        """A section that calls itself something else than the dialect expects is not read."""
        stated = section.node.members.get("model_type") if section.path else None
        if stated and isinstance(stated.node, JsonValue) and body.section_types:
            self.used.add(f"{section.path}.model_type")
            if stated.node.value not in body.section_types:
                message = (
                    f"{shown(section.path)} is a {shown(str(stated.node.value))}, which this dialect does not read"
                )
                section.report(message, stated.node.mark, f"it reads {', '.join(body.section_types)}", "model_type")

    def formats(self, model: Section, dialect: Dialect) -> dict[str, MadeFact]:
        """What the config says of the formats of its weights, where it says that they are quantized."""
        member = model.member(dialect.body.section)
        if member is None or is_empty(member.node):
            return {}
        if not isinstance(member.node, JsonObject):
            model.report(f"{shown(dialect.body.section)} is no object", member.node.mark)
            return {}
        path = f"{model.path}.{dialect.body.section}" if model.node.find(dialect.body.section) and model.path else ""
        path = path or dialect.body.section
        section = Section(member.node, path, self.root, self.problems, self.used, model, model.n_layers)
        self.bodies.append((section, dialect.body))
        reading = _ScopeReading(self, section, dialect.body)
        try:
            reading.check_musts()
            for case in dialect.cases:
                if reading.holds(case.when, None):
                    facts = (replace(fact, source="") for fact in reading.facts(case.facts, None))
                    return {fact.name: fact for fact in facts}
        except Refused:
            return {}
        known = "; ".join(case.about for case in dialect.cases)
        section.report(
            "how the weights are stored cannot be told from this", member.mark, f"known are: {known}", "format"
        )
        return {}


@dataclass(slots=True)
class _ScopeReading:
    """One body being read in its section."""

    reading: Reading
    section: Section
    body: Body

    def made(self) -> MadeScope:
        self.check_musts()
        count = self.layer_count()
        self.check_stated()
        layers_fact = [FactRule(Text(COUNT, formula.text.mark), formula)] if (formula := self.body.layers) else []
        facts = tuple(self.facts((*layers_fact, *self.body.facts), None))
        if count is None:
            return MadeScope((), facts, (), "")
        start, finish = self.end(START, self.body.start), self.end(FINISH, self.body.finish)
        layers = self.layers(count)
        groups = {each.name: each for each in (start, *layers, finish) if each}
        extra = [found for rule in self.body.extra for found in self.extra(rule)]
        groups |= {group.name: group for group, _ in extra}
        after = [(finish.name, 1)] if finish else []
        after += [(group.name, times) for group, times in extra]
        stack = stack_text([start.name] if start else [], [each.name for each in layers], after)
        return MadeScope(self.sheets(self.body.use, None), facts, tuple(groups.values()), stack)

    def check_musts(self) -> None:
        """Refuse what the dialect does not cover: a stated key that has another value than it must have."""
        for key in self.body.keys.values():
            member = self.section.stated(key) if key.must else None
            if member is None:
                continue
            value = member.node.value if isinstance(member.node, JsonValue) else None
            if _spelt(value) not in key.must or not isinstance(member.node, JsonValue):
                wanted = " or ".join(key.must)
                said = f"{shown(key.name)} is {_spelt(value)}, and only {wanted} is understood here"
                self.section.report(said, member.node.mark, key.why)

    def check_stated(self) -> None:
        """Refuse every stated value that its key cannot hold, whether or not this model rests on it."""
        for key in self.body.keys.values():
            with suppress(Refused):
                if self.section.stated(key):
                    self.section.read(key)

    def layer_count(self) -> int | None:
        """How many layers there are; None, with a problem, if that cannot be told."""
        if self.body.layers is None:
            return 0
        evaluation = self.evaluation(None)
        try:
            count = evaluation.of(self.body.layers)
        except Refused:
            return None
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_LAYERS:
            message = f"there are {_spelt(count)} layers, and only 1 to {MOST_LAYERS:,} can be read"
            self.section.report(message, evaluation.blame())
            return None
        self.section.n_layers = count
        return count

    def evaluation(self, layer: int | None) -> Evaluation:
        return Evaluation(self.section, self.body.keys, layer)

    def holds(self, when: Formula | None, layer: int | None) -> bool:
        """Whether the condition holds; what it assumed is kept."""
        if when is None:
            return True
        evaluation = self.evaluation(layer)
        value = evaluation.of(when)
        for key in evaluation.trace.left_out.values():
            if key.default is not None:
                self.reading.assumed[key.name] = key.default.text.text
        if isinstance(value, bool):
            return value
        raise self.section.report(f"{shown(when.text)} is neither true nor false", evaluation.blame())

    def sheets(self, rules: Iterable[SheetRule], layer: int | None) -> tuple[str, ...]:
        found: list[str] = []
        for rule in rules:
            try:
                if self.holds(rule.when, layer):
                    found.append(_from_folder(rule.name.text, self.reading.folder))
            except Refused:
                continue
        return tuple(found)

    def facts(self, rules: Iterable[FactRule], layer: int | None) -> Iterable[MadeFact]:
        for rule in rules:
            try:
                found = self.fact(rule, layer)
            except Refused:
                continue
            if found:
                yield found

    def fact(self, rule: FactRule, layer: int | None) -> MadeFact | None:
        """The fact, with what it rests on; none where the formula gives null."""
        evaluation = self.evaluation(layer)
        value = evaluation.of(rule.formula)
        if value is None:
            return None
        name = rule.name.text
        if isinstance(value, bool) or (isinstance(value, float | int) and (value != int(value) or value < 0)):
            message = f"{name} comes out as {_spelt(value)}, which is no whole number: {rule.formula.text.text}"
            raise self.section.report(message, evaluation.blame())
        return _with_origin(name, str(value), rule, evaluation)

    def layers(self, count: int) -> tuple[MadeGroup, ...]:
        """The group of each layer; groups whose layers are not all the same are a problem."""
        found: list[MadeGroup] = []
        made: dict[str, MadeGroup] = {}
        for layer in range(count):
            try:
                rule = self.rule_of(layer)
            except Refused:
                return tuple(found)
            group = self.group(rule, layer)
            if made.setdefault(group.name, group) != group:
                message = f"layer {layer} is of the group {group.name}, and yet unlike its first layer"
                self.section.report(message, self.section.node.mark)
                return tuple(found)
            found.append(group)
        return tuple(found)

    def rule_of(self, layer: int) -> GroupRule:
        for rule in self.body.groups:
            if self.holds(rule.when, layer):
                return rule
        message = f"layer {layer} is of no group that the dialect knows"
        raise self.section.report(message, self.section.node.mark)

    def group(self, rule: GroupRule, layer: int | None) -> MadeGroup:
        return MadeGroup(rule.name.text, self.sheets(rule.use, layer), tuple(self.facts(rule.facts, layer)))

    def end(self, name: str, rules: tuple[SheetRule, ...]) -> MadeGroup | None:
        return MadeGroup(name, self.sheets(rules, None)) if rules else None

    def extra(self, rule: GroupRule) -> Iterable[tuple[MadeGroup, int]]:
        """A group beside the layers, as often as its count says."""
        try:
            count = self.evaluation(None).of(rule.count) if rule.count else 1
        except Refused:
            return
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            yield self.group(rule, None), count


def _from_folder(sheet: str, folder: Path) -> str:
    """A sheet's name as a file in the folder says it: a path leads there from the folder."""
    if not sheet.endswith((".yaml", ".yml")):
        return sheet
    path = Path(os.path.relpath(sheet, folder)).as_posix()
    return path if path.startswith("../") else f"./{path}"


def _with_origin(name: str, value: str, rule: FactRule, evaluation: Evaluation) -> MadeFact:
    """The fact, with its kind and a note unless the config says it just so."""
    trace, formula = evaluation.trace, rule.formula.text.text
    note = rule.note
    mark = next(iter(trace.stated.values()), None)
    value = f"{value} {rule.unit}".rstrip()
    if not trace.stated and not trace.left_out:
        return MadeFact(name, value, source=CODE, note=note)
    plain = formula in evaluation.keys or not value.isdigit()
    said = [] if plain else [" ".join(formula.split())]
    said += [_left_out(key, key.name == formula) for key in trace.left_out.values() if key.default]
    note = "; ".join([*([note] if note else []), *said])
    if not trace.left_out:
        return MadeFact(name, value, kind=None if plain else "derived", note=note, mark=mark)
    if trace.stated:
        return MadeFact(name, value, kind="derived", note=note, mark=mark)
    return MadeFact(name, value, kind="assumed", source=CODE, note=note)


def _left_out(key: Key, alone: bool) -> str:
    assert key.default is not None
    default = " ".join(key.default.text.text.split())
    return f"{default}; the config does not state it" if alone else f"the config does not state {key.name}: {default}"


def _spelt(value: Plain) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
