"""A config and its dialect -> the facts, groups and stack of a model, and an account of every key."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from ...graph.language.declarations import Formula
from ...problems import Mark, Problem, Text
from ..model import COUNT
from ..nodes import shown
from .dialects import Body, Dialect, FactRule, FormatCase, GroupRule, SheetRule
from .entries_made import MadeFact, MadeGroup, MadeScope
from .formulas import Evaluation, Trace
from .json_nodes import JsonObject, JsonValue, is_empty
from .origins import from_folder, spelt, with_origin
from .sections import Refused, Section
from .stacks import stack_text

MOST_KNOWN = 3  # ways to store weights that a hint names
MOST_LAYERS = 10_000
_WEIGHTS = "weight_format"
START, FINISH = "start", "finish"


@dataclass(slots=True)
class Reading:
    """One config being read.

    `folder`: where the entry is to stand. `weight_format`: the user's word for it. `used`: dotted paths of the keys
    that were read; `bodies`: each section that was read, with its body.
    """

    root: JsonObject
    problems: list[Problem]
    folder: Path = Path()
    weight_format: str = ""
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
        """What the config says of the formats of its weights, where it says that they are quantized.

        The format that the user says is that of all weights without a format of their own.
        """
        member = model.member(dialect.body.section)
        if self.weight_format:
            note = "--weight-format, said by whoever imported the config"
            return {_WEIGHTS: MadeFact(_WEIGHTS, self.weight_format, kind="assumed", note=note)}
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
        with suppress(Refused):
            reading.check_musts()
            case = reading.case(dialect.cases, member.mark)
            return {fact.name: replace(fact, source="") for fact in reading.facts(case.facts, None)}
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
            if spelt(value) not in key.must or not isinstance(member.node, JsonValue):
                wanted = " or ".join(key.must)
                said = f"{shown(key.name)} is {spelt(value)}, and only {wanted} is understood here"
                self.section.report(said, member.node.mark, key.why)

    def check_stated(self) -> None:
        """Refuse every stated value that its key cannot hold, whether or not this model rests on it."""
        for key in self.body.keys.values():
            with suppress(Refused):
                if self.section.stated(key):
                    self.section.read(key)

    def case(self, cases: Iterable[FormatCase], mark: Mark) -> FormatCase:
        """The first case that holds; a problem at the key that decides against those that nearly do."""
        near: list[tuple[FormatCase, Trace]] = []
        for case in cases:
            evaluation = self.evaluation(None)
            holds = evaluation.of(case.when)
            self.note_assumed(evaluation)
            if holds is True:
                return case
            near.append((case, evaluation.trace))
        *_, key = max((trace.read for _, trace in near), key=len)
        stated = next((trace.stated[key] for _, trace in near if key in trace.stated), None)
        message = f"no format is known of weights {'with this' if stated else 'without'} {shown(key)}"
        known = [case.about for case, trace in near if len(trace.read) > 1][:MOST_KNOWN]
        hint = "--weight-format WORD takes your word for one, and weight_format in the entry can be edited"
        hint = f"known are, among others: {'; '.join(known)}; {hint}" if known else hint
        raise self.section.report(message, stated or mark, hint, "format")

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
            message = f"there are {spelt(count)} layers, and only 1 to {MOST_LAYERS:,} can be read"
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
        self.note_assumed(evaluation)
        if isinstance(value, bool):
            return value
        raise self.section.report(f"{shown(when.text)} is neither true nor false", evaluation.blame())

    def note_assumed(self, evaluation: Evaluation) -> None:
        for key in evaluation.trace.left_out.values():
            if key.default is not None:
                self.reading.assumed[key.name] = key.default.text.text

    def sheets(self, rules: Iterable[SheetRule], layer: int | None) -> tuple[str, ...]:
        found: list[str] = []
        for rule in rules:
            try:
                if self.holds(rule.when, layer):
                    found.append(from_folder(rule.name.text, self.reading.folder))
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
            message = f"{name} comes out as {spelt(value)}, which is no whole number: {rule.formula.text.text}"
            raise self.section.report(message, evaluation.blame())
        return with_origin(name, str(value), rule, evaluation)

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
