"""A scenario's name or path -> its workbook: read, layered, bound, checked; every problem of all files at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..graph.assembly.assemble import Assembly
from ..graph.assembly.binding import SETTINGS
from ..graph.assembly.definitions import CatalogueFact
from ..graph.assembly.scopes import Facts, Layer, Lexicon, ScopeSpec
from ..graph.assembly.takes import formulas_of, names_in
from ..graph.audit.claims import Claim, resolve_claims
from ..graph.engine.dag import Dag, build, check
from ..graph.engine.workbook import Workbook
from ..graph.language.declarations import Case, ClaimSpec, Entry, Given, Override, Scenario, Sheet
from ..graph.language.garbage import uncollected
from ..graph.language.names import did_you_mean, keyed
from ..problems import Mark, Problem, Text, errors, ordered
from .entry_facts import entry_facts, figures_of, published_figures
from .library import Library
from .model import COUNT, model_scopes
from .sheet_use import MODEL, SheetUse

COMMAND_LINE = "--set"
Compared = tuple[CatalogueFact, ...]


@dataclass(frozen=True)
class Loaded:
    """A scenario as it came out: `workbook` is None if a problem is an error, `dag` if it could not be put together.

    `facts`: those of the entries it compares with; `show`: the names it shows, or all computed top-level ones;
    `entries`: the facts of each entry that it binds or compares with; `sets`, `bind`: what was given on top of it.
    """

    name: str
    scenario: Scenario | None
    dag: Dag | None
    workbook: Workbook | None
    claims: tuple[Claim, ...]
    facts: tuple[CatalogueFact, ...]
    show: tuple[str, ...]
    problems: tuple[Problem, ...]
    entries: tuple[Compared, ...] = ()
    sets: tuple[str, ...] = ()
    bind: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def title(self) -> str:
        """What the scenario calls itself; the name given, if it could not be read."""
        return self.scenario.title if self.scenario else self.name

    @property
    def lists_results(self) -> bool:
        """Whether the scenario says what it shows."""
        return self.scenario is not None and bool(self.scenario.show)


def load(
    name: str, sets: Iterable[str] = (), library: Library | None = None, bind: Mapping[str, str | Text] | None = None
) -> Loaded:
    """Load a scenario by bundled name or path, with `name=value` texts set on top; never raises for bad input.

    `bind`: catalogue entries by sort (`hardware`, `model`), in place of those of the scenario's `with:`; a path is from
    the scenario's folder, or from that of the file in which it stands.
    `library`: files already read, which are not read again; what is wrong with other scenarios' files is not told.
    """
    with uncollected():
        return _load(name, tuple(sets), library.shared() if library else Library([]), bind or {})


def _load(name: str, sets: tuple[str, ...], library: Library, bind: Mapping[str, str | Text]) -> Loaded:
    problems = library.problems
    scenario = library.scenario(Text.line(name, "the scenario's name"))
    if scenario is None:
        return Loaded(name, None, None, None, (), (), (), tuple(ordered(problems)))
    binder = _Binder(library, _chain(scenario, library), sets, bind)
    dag, claims, facts, entries, show = binder.run()
    found = tuple(ordered(problems))
    workbook = Workbook(check(dag)) if not errors(found) else None
    bound = {sort: str(entry) for sort, entry in bind.items()}
    return Loaded(name, scenario, dag, workbook, claims, facts, show, found, entries, sets, bound)


def _chain(scenario: Scenario, library: Library) -> tuple[Scenario, ...]:
    """The scenario and those that it extends, the base first."""
    chain, files = [scenario], [scenario.file]
    while chain[0].extends is not None:
        base = library.scenario(chain[0].extends, chain[0].file)
        if base is None:
            break
        if base.file in files:
            message = f"{' -> '.join([*reversed(files), base.file])}: a scenario cannot extend itself"
            library.problems.append(Problem("cycle", message, chain[0].extends.mark))
            break
        chain.insert(0, base)
        files.insert(0, base.file)
    return tuple(chain)


class _Binder:
    """One scenario being bound: its chain of extended scenarios, base first, and the command line's values."""

    def __init__(
        self, library: Library, chain: tuple[Scenario, ...], sets: tuple[str, ...], bind: Mapping[str, str | Text]
    ) -> None:
        self.library, self.chain, self.sets, self.bind = library, chain, sets, bind
        self.problems = library.problems
        self.use = SheetUse(library)
        self.top = chain[-1]
        self.case_values: dict[str, tuple[Text, Given]] = {}  # what the command line sets in cases

    def run(self) -> tuple[Dag, tuple[Claim, ...], Compared, tuple[Compared, ...], tuple[str, ...]]:
        named = {sort: (text, each.file) for each in self.chain for sort, text in each.bind.items()}
        given = {sort: self.given(sort, entry) for sort, entry in self.bind.items()}
        bound = self.entries({**named, **given})
        compared = self.compared()
        root = self.root(bound)
        lexicon = self.use.lexicon(self.problems)
        published = self.published(bound)
        unread = any(each.kind in ("file", "yaml", "key") for each in errors(self.problems))
        dag = build(self.assembly(root, lexicon, bound))
        self.problems += [each for each in dag.problems if not (unread and self.follows(each))]
        entries = {entry.file: entry for entry in (*bound.values(), *(entry for _, entry in compared))}
        facts = {file: entry_facts(entry, lexicon, dag.context, self.problems) for file, entry in entries.items()}
        told = {
            entry.file: (*facts[entry.file], *published_figures(entry, lexicon, dag.context, self.problems))
            for entry in {entry.file: entry for _, entry in compared}.values()
        }
        held = [replace(fact, case=case) for case, entry in compared for fact in told[entry.file]]
        claims = resolve_claims((*self.top.claims, *published), dag, self.problems)
        return dag, claims, tuple(held), tuple(facts.values()), self.shown(dag)

    def given(self, sort: str, entry: str | Text) -> tuple[Text, str]:
        """An entry bound from outside, and the file beside which its path begins."""
        if isinstance(entry, Text):
            return entry, entry.mark.file
        return Text.line(entry, f"the {sort}'s name"), self.top.file

    def follows(self, problem: Problem) -> bool:
        """Whether a name missing in some sheet may only follow from a file that could not be read."""
        own = {scenario.file for scenario in self.chain}
        return problem.kind in ("takes", "name") and problem.mark is not None and problem.mark.file not in own

    def compared(self) -> list[tuple[str, Entry]]:
        """The entries that `compare:` names, each with the case in which it does, '' for the top level."""
        chain = {sort: (text, each.file) for each in self.chain for sort, text in each.compare.items()}
        found = [("", entry) for entry in self.entries(chain).values()]
        for case in self.cases():
            named = {sort: (text, text.mark.file) for sort, text in case.compare.items()}
            found += [(case.name.text, entry) for entry in self.entries(named).values()]
        return found

    def entries(self, named: Mapping[str, tuple[Text, str]]) -> dict[str, Entry]:
        """The catalogue entries that `with:` or `compare:` names, by sort."""
        found: dict[str, Entry] = {}
        for sort, (text, file) in named.items():
            entry = self.library.entry(text, "hardware" if sort == "hardware" else "model", file)
            if entry:
                found[sort] = entry
        return found

    def root(self, bound: Mapping[str, Entry]) -> ScopeSpec:
        """The top scope: sheets of the chain, values of entries and scenarios, the model's scopes inside."""
        sheets: list[Sheet] = []
        model = bound.get("model")
        for scenario in self.chain:
            sheets += self.use.closure(scenario.use, scenario.file, sheets)
            if any(text.text == MODEL for text in scenario.use):
                sheets += self.model_sheets(scenario, model, sheets)
            if scenario.body:
                sheets.append(scenario.body)
        if not sheets and bound and not self.uses_model():
            message, hint = "the scenario uses no sheets: nothing is computed", "use: [model] takes those of the model"
            self.problems.append(Problem("key", message, self.top.mark, hint=hint))
        inner = model_scopes(model, tuple(sheets), self.use, self.problems) if model and self.uses_model() else ()
        return ScopeSpec("", tuple(sheets), self.layers(bound), inner)

    def model_sheets(self, scenario: Scenario, model: Entry | None, outer: list[Sheet]) -> tuple[Sheet, ...]:
        if model is None:
            mark = next(text.mark for text in scenario.use if text.text == MODEL)
            message = "use: [model] needs a model, bound by with:"
            self.problems.append(Problem("key", message, mark, hint="with: {model: qwen3-vl-32b-instruct}"))
            return ()
        return self.use.closure(model.use, model.file, outer)

    def layers(self, bound: Mapping[str, Entry]) -> tuple[Layer, ...]:
        found = [
            Layer(sort, entry.title or entry.name, self.values_of(entry), optional=True, per_device=entry.per_device)
            for sort in ("hardware", "model")
            if (entry := bound.get(sort))
        ]
        found += [Layer("set", each.file, each.set) for each in self.chain]
        given = self.command_line()
        named = {each.name.text for scenario in self.chain for each in scenario.cases}
        self.case_values = {name: value for name, value in given.items() if name.partition(".")[0] in named}
        top = {name: value for name, value in given.items() if name not in self.case_values}
        found.append(Layer(COMMAND_LINE, COMMAND_LINE, top))
        self.refuse_counts(found, bound.get("model"))
        return tuple(found)

    def values_of(self, entry: Entry) -> Facts:
        """What a bound entry gives: its facts, and what it publishes where its own sheets are not used."""
        return entry.facts if self.uses_model() else {**figures_of(entry), **entry.facts}

    def refuse_counts(self, layers: Iterable[Layer], model: Entry | None) -> None:
        """A model's layers are counted by its stack: to set their number as a whole would change nothing."""
        if model is None or model.stack is None or not self.uses_model():
            return
        groups = ", ".join(f"{group.name.text}.{COUNT}" for group in model.groups if not group.tower)
        for layer in layers:
            if layer.name in SETTINGS and COUNT in layer.values:
                message = f"the layers of {model.title or model.name} are counted by its stack, not by {COUNT}"
                mark = layer.values[COUNT][0].mark
                self.problems.append(Problem("stack", message, mark, hint=f"set those of a group: {groups}"))

    def uses_model(self) -> bool:
        """Whether `use: [model]` takes the bound model's sheets and stack."""
        return any(text.text == MODEL for each in self.chain for text in each.use)

    def command_line(self) -> dict[str, tuple[Text, Given]]:
        found: dict[str, tuple[Text, Given]] = {}
        for argument in self.sets:
            name, equals, value = argument.partition("=")
            mark = Mark(COMMAND_LINE, 1, 1, max(1, len(argument)), argument)
            if not equals or not name.strip() or not value.strip():
                message, hint = f"--set takes name=value, not '{argument}'", "--set 'memory_bandwidth=3.35 TB/s'"
                self.problems.append(Problem("usage", message, mark, hint=hint))
                continue
            text = Text(_spaced(name.strip()), Mark(COMMAND_LINE, 1, 1, len(name), argument))
            start = len(argument) - len(value.lstrip())
            at = Mark(COMMAND_LINE, 1, start + 1, len(value.strip()), argument)
            found[text.text] = (text, Given(Text(value.strip(), at, ((0, at),))))
        return found

    def published(self, bound: Mapping[str, Entry]) -> tuple[ClaimSpec, ...]:
        model = bound.get("model")
        return model.published if model and self.uses_model() else ()

    def assembly(self, root: ScopeSpec, lexicon: Lexicon, bound: Mapping[str, Entry]) -> Assembly:
        model = bound.get("model")
        towers = model is not None and any(scope.tower for scope in root.walk())
        return Assembly(
            root,
            lexicon,
            self.overrides(),
            self.cases(),
            wanted=frozenset(self.mentioned()),
            own=frozenset(model.facts) if model and towers else frozenset(),
            uses=self.use.uses,
        )

    def overrides(self) -> tuple[Override, ...]:
        """Those of the whole chain; the scenario's own replaces one that it extends."""
        return tuple({each.name.text: each for scenario in self.chain for each in scenario.override}.values())

    def cases(self) -> tuple[Case, ...]:
        cases = {each.name.text: each for scenario in self.chain for each in scenario.cases}
        for name, value in self.case_values.items():
            case, _, inner = name.partition(".")
            cases[case] = replace(cases[case], set={**cases[case].set, inner: value})
        return tuple(cases.values())

    def mentioned(self) -> set[str]:
        """Names that the scenario shows, sweeps, claims or reads in its own formulas: reason enough to bind a fact."""
        found = {text.text for text in self.top.show}
        found |= {*self.top.sweep.over, *(text.text for text in self.top.sweep.get)} if self.top.sweep else set()
        formulas = [claim.subject for claim in self.top.claims]
        formulas += [each.formula for each in self.overrides()]
        for scenario in self.chain:
            formulas += formulas_of(scenario.body) if scenario.body else ()
        return found.union(name for formula in formulas for name in names_in(formula.expr))

    def shown(self, dag: Dag) -> tuple[str, ...]:
        """The names under `show:`, or everything computed at the top level where there is none."""
        if not self.top.show:
            return tuple(name for name, each in dag.definitions.items() if each.role != "input" and not each.scope)
        for text in self.top.show:
            if dag.reference(text.text) is None:
                hint = did_you_mean(text.text, dag.definitions, self.problems)
                message = f"nothing here is called {text.text}"
                self.problems.append(Problem("name", message, text.mark, hint=hint))
        return tuple(text.text for text in self.top.show if dag.reference(text.text))


def _spaced(name: str) -> str:
    """The name with its key in the one spelling that it has in files: `compute_rate[bf16, fp32, dense]`."""
    base, bracket, key = name.partition("[")
    return keyed(base.strip(), (word.strip() for word in key.removesuffix("]").split(","))) if bracket else name
