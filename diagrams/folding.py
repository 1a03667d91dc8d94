"""Many quantities to few boxes: one per table column, keyed input and group's inputs; cases and aliases folded in.

A workbook of 600 quantities is a page of boxes. Nothing is drawn twice, and what is left out is connected through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from ..graph.assembly.definitions import Cell, Definition
from ..graph.language.expressions import Call, Cells, Measure, Name, Number, Word, walk
from .boxes import MODEL, Box, Folded, Reduction, Sort, bare_name
from .view import View


def fold(view: View, kept: Collection[str] = (), noted: Collection[str] = ()) -> Folded:
    """The boxes of all quantities.

    Those in `kept` get a box of their own, as does each cell of a kept cell's row, and all of a kept one's case.
    Those in `noted`, of which there is something to say, are not left out.
    """
    return _Folder(view, frozenset(kept), frozenset(noted)).run()


class _Folder:
    def __init__(self, view: View, kept: frozenset[str], noted: frozenset[str]) -> None:
        self.view, self.kept = view, kept
        self.definitions = {name: view.definition(name) for name in view.names}
        self.reads = {name: tuple(view.reads(name)) for name in self.definitions}
        self.read = {name for reads in self.reads.values() for name in reads}
        self.noted = noted | {name for name in self.definitions if view.problems(name)}
        cells = (self.definitions[name].cell for name in kept)
        self.open_rows = {(cell.scope, cell.row) for cell in cells if cell}
        self.folded_cases = set(view.cases) - {name.partition(".")[0] for name in kept}
        self.base = {name: self._base(name) for name in self.definitions}
        self.bare_columns = self._bare_columns()
        self.column_sizes = self._column_sizes()
        self.of_model = self._inputs_of_model()
        self.by_group = Counter(
            (bare_name(each), each.sheet) for name, each in self.definitions.items() if self._is_scoped_formula(name)
        )
        self.lonely_scopes = self._lonely_scopes()
        self.lonely_names = Counter(
            bare_name(each)
            for name, each in self.definitions.items()
            if each.scope in self.lonely_scopes and self._is_scoped_input(name)
        )

    def run(self) -> Folded:
        shown = {self.base[name] for name in self.definitions if not self._can_be_left_out(name)}
        box_of = {name: self._box_name(base) for name, base in self.base.items() if base in shown}
        members: dict[str, list[str]] = {}
        variants: dict[str, list[str]] = {}
        for name, box in box_of.items():
            (members if self.base[name] == name else variants).setdefault(box, []).append(name)
        reductions, aliases = self._reductions(box_of), self._aliases(box_of)
        boxes = {
            box: Box(
                box, self._sort(names[0]), tuple(names), tuple(variants.get(box, ())),
                aliases.get(box, ()), reductions.get(box),
            )
            for box, names in members.items()
        }  # fmt: skip
        return Folded(boxes, self._edges(box_of))

    def _base(self, name: str) -> str:
        """The quantity that `name` is in one of the folded cases; itself if it is in none."""
        case, _, rest = name.partition(".")
        return rest if case in self.folded_cases and rest in self.definitions else name

    # -- what is left out --------------------------------------------------------------------------

    def _can_be_left_out(self, name: str) -> bool:
        if name in self.kept or name in self.noted:
            return False
        definition = self.definitions[name]
        if _is_default_value(definition):
            return definition.cell is not None or name not in self.read
        return name in self.read and self._is_alias(definition)

    def _is_alias(self, definition: Definition) -> bool:
        """Whether it only says another name; a cell does not where its row gives that name."""
        if not isinstance(definition.expr, Name):
            return False
        cell = definition.cell
        return cell is None or definition.is_default or self._column(cell) in self.bare_columns

    def _bare_columns(self) -> frozenset[str]:
        """The columns whose formula, the same in every row, is a bare name."""
        formulas: dict[str, set[str]] = {}
        for definition in self.definitions.values():
            if definition.cell and not _is_default_value(definition):
                bare = definition.formula is not None and isinstance(definition.expr, Name)
                text = definition.formula.text.text.strip() if definition.formula and bare else ""
                formulas.setdefault(self._column(definition.cell), set()).add(text)
        return frozenset(column for column, texts in formulas.items() if len(texts) == 1 and "" not in texts)

    def _through(self, name: str, box_of: Mapping[str, str], seen: tuple[str, ...] = ()) -> Iterator[str]:
        """The boxes that stand for a name: its own, or those that an alias left out leads to."""
        if name in box_of:
            yield box_of[name]
        elif name not in seen:
            for read in self.reads[name]:
                yield from self._through(read, box_of, (*seen, name))

    def _aliases(self, box_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Box of a quantity -> the other names that it goes by, a column's cells and cases aside."""
        found: dict[str, list[str]] = {}
        for name, definition in self.definitions.items():
            if name not in box_of and definition.cell is None and self.base[name] == name:
                for box in self._through(name, box_of):
                    found.setdefault(box, []).append(name)
        return {box: tuple(names) for box, names in found.items()}

    # -- what goes together ------------------------------------------------------------------------

    def _box_name(self, name: str) -> str:
        definition = self.definitions[name]
        match self._sort(name):
            case "column":
                return self._column(definition.cell) if definition.cell else name
            case "keyed":
                return name.partition("[")[0]
            case "inputs":
                return MODEL if self._is_of_model(name) else f"{definition.scope} inputs"
            case "spread":
                return f"{bare_name(definition)} by group"
            case "quantity":
                return name

    def _sort(self, name: str) -> Sort:
        cell = self.definitions[name].cell
        if name in self.kept or (cell and (cell.scope, cell.row) in self.open_rows):
            return "quantity"
        if cell:
            return "column" if self.column_sizes[self._column(cell)] > 1 else "quantity"
        if "[" in name:
            return "keyed"
        if self._is_of_model(name):
            return "inputs"
        definition = self.definitions[name]
        if self._is_scoped_formula(name):
            return "spread" if self.by_group[bare_name(definition), definition.sheet] > 1 else "quantity"
        if not self._is_scoped_input(name):
            return "quantity"
        if definition.scope not in self.lonely_scopes:
            return "inputs"
        return "spread" if self.lonely_names[bare_name(definition)] > 1 else "quantity"

    def _column_sizes(self) -> Mapping[str, int]:
        """How many cells of a column there are, the cases aside."""
        cells = (each.cell for name, each in self.definitions.items() if self.base[name] == name)
        return Counter(self._column(cell) for cell in cells if cell)

    def _inputs_of_model(self) -> frozenset[str]:
        """The model's facts that only cells and what groups compute read, where there are several."""
        readers: dict[str, list[Definition]] = {}
        for name, reads in self.reads.items():
            for read in reads:
                readers.setdefault(read, []).append(self.definitions[name])
        found = [
            name
            for name, fact in self.definitions.items()
            if fact.value and fact.value.layer == "model" and not fact.scope and name not in self.kept | self.noted
            if name in readers and all(each.cell or each.scope or self._is_alias(each) for each in readers[name])
        ]
        return frozenset(found if len(found) > 1 else ())

    def _is_of_model(self, name: str) -> bool:
        """Whether it stands in the model's box: a fact of the model, or the one input that a group has."""
        value = self.definitions[name].value
        lonely = self._is_scoped_input(name) and self.definitions[name].scope in self.lonely_scopes
        return name in self.of_model or (bool(self.of_model) and lonely and value is not None and value.layer != "set")

    def _is_scoped_formula(self, name: str) -> bool:
        """Whether it is computed in a group of the model, outside of tables."""
        definition = self.definitions[name]
        scoped = bool(definition.scope) and definition.scope.partition(".")[0] not in self.view.cases
        return (
            scoped
            and definition.cell is None
            and definition.formula is not None
            and definition.value is None
            and (name not in self.kept | self.noted)
        )

    def _is_scoped_input(self, name: str) -> bool:
        definition = self.definitions[name]
        plain = definition.role == "input" and definition.cell is None and "[" not in name
        return plain and bool(definition.scope) and name not in self.kept | self.noted

    def _lonely_scopes(self) -> frozenset[str]:
        """The scopes with one input of their own: a box of inputs would hold nothing else."""
        scopes = Counter(each.scope for name, each in self.definitions.items() if self._is_scoped_input(name))
        return frozenset(scope for scope, count in scopes.items() if count == 1)

    def _column(self, cell: Cell) -> str:
        """A column's name, over all scopes that add rows; a case that is not folded has columns of its own."""
        case = cell.scope.partition(".")[0]
        own = case in self.view.cases and case not in self.folded_cases
        return f"{case}.{cell.table}.{cell.column}" if own else f"{cell.table}.{cell.column}"

    # -- who reads whom ----------------------------------------------------------------------------

    def _edges(self, box_of: Mapping[str, str]) -> dict[tuple[str, str], bool]:
        found: dict[tuple[str, str], bool] = {}
        for name, target in box_of.items():
            used = frozenset(self.view.used(name))
            for read in self.reads[name]:
                for source in self._through(read, box_of):
                    if source != target:
                        edge = (source, target)
                        found[edge] = found.get(edge, False) or read in used
        return found

    def _reductions(self, box_of: Mapping[str, str]) -> dict[str, Reduction]:
        """Column -> the reduction that takes the most of its cells."""
        found: dict[str, Reduction] = {}
        for definition in self.definitions.values():
            for node in walk(definition.expr) if definition.expr else ():
                match node:
                    case Call(function, (Cells(_, _, (_, *_) as cells),)):
                        column = next((box_of[cell] for cell in cells if cell in box_of), "")
                        known = found.get(column)
                        if column and (known is None or len(cells) > len(known.cells)):
                            found[column] = Reduction(function, cells)
                    case _:
                        pass
        return found


def _is_default_value(definition: Definition) -> bool:
    """Whether it holds a sheet's default, a value that nothing set."""
    if not definition.is_default:
        return False
    if definition.expr is not None:
        return isinstance(definition.expr, Number | Measure | Word)
    return definition.value is not None and definition.value.layer == "default"
