"""The derivation of quantities as a picture: which boxes and edges there are, and where they come from."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath

from ..graph.assembly.definitions import Definition
from ..graph.audit.claims import Verdict
from ..graph.engine.dag import Dag
from ..graph.engine.workbook import Workbook
from ..problems import InvalidInput, Problem, errors
from .boxes import Box, Folded
from .diagram import Diagram
from .dot import to_dot
from .faces import Faces
from .folding import fold
from .part import Cut, what_it_rests_on, what_rests_on_it
from .picture import Cluster, Edge, Line, Node, Picture
from .selection import Selection, select
from .view import View, absolute_names, view_of
from .wording import NO_BREAK, capped, line

MOST_BOXES = 1000
"""More boxes are refused: nobody can read them, and laying them out takes `dot` seconds, then minutes."""

_MOST_REMARKS = 3
_FOOT_WIDTH = 160  # characters
_BUNDLED = "scenarios/"


def derivation(
    source: Dag | Workbook | View,
    names: Sequence[str] = (),
    depth: int | None = None,
    dependents: bool = False,
    verdicts: Iterable[Verdict] = (),
    problems: Iterable[Problem] = (),
) -> Diagram:
    """The picture of what `names` rest on, or of everything; with `dependents`, of what rests on them.

    `depth`: steps from `names` that are drawn. `problems`: those found outside of the DAG; one that is about a
    quantity makes it red. Errors: `UnknownQuantity`; `InvalidInput` for more than MOST_BOXES boxes.
    """
    return Diagram(to_dot(picture(source, names, depth, dependents, verdicts, problems)))


def picture(
    source: Dag | Workbook | View,
    names: Sequence[str] = (),
    depth: int | None = None,
    dependents: bool = False,
    verdicts: Iterable[Verdict] = (),
    problems: Iterable[Problem] = (),
) -> Picture:
    """`derivation` as data."""
    view = view_of(source) if isinstance(source, Dag | Workbook) else source
    about, judged = _by_quantity(view, errors(problems)), _verdicts(verdicts)
    cut, folded, roots = _fold(view, names, {*about, *judged}, dependents)
    selection = select(folded, roots, depth, dependents)
    if len(selection.boxes) > MOST_BOXES:
        message = f"the picture would have {len(selection.boxes):,} boxes, more than {MOST_BOXES:,}"
        raise InvalidInput([Problem("usage", message, hint="name fewer quantities, or give a depth")])
    faces = Faces(view, about, judged)
    nodes = tuple(_nodes(folded, selection, faces, dependents))
    drawn = set(selection.boxes)
    edges = tuple(Edge(*ends, used) for ends, used in folded.edges.items() if drawn.issuperset(ends))
    return Picture(nodes, edges, _clusters(view, folded, selection), _remarks(about, folded, drawn), _defaults(cut))


def _fold(view: View, names: Sequence[str], noted: Collection[str], dependents: bool) -> tuple[Cut, Folded, list[str]]:
    """What is drawn, its boxes, and those that `names` mean: a quantity, or a box such as a table's column."""
    if not names:
        return Cut(view), fold(view, (), noted), []
    unknown = [name for name in names if view.reference(name) is None]
    whole = fold(view, (), noted) if unknown else None
    boxes = {name: whole.boxes[name].members for name in unknown if whole and name in whole.boxes}
    known = whole.boxes if whole else ()
    kept = absolute_names(view, [name for name in names if name not in boxes], known)
    roots = (*kept, *(member for members in boxes.values() for member in members))
    cut = what_rests_on_it(view, roots) if dependents else what_it_rests_on(view, roots, noted)
    folded = fold(cut.part, kept, noted)
    asked = [each for name, members in boxes.items() for each in ([name] if name in folded.boxes else members)]
    return cut, folded, [name for name in (*kept, *asked) if name in folded.boxes]


def _defaults(cut: Cut) -> tuple[str, ...]:
    """What is left out as nothing set it, in lines of text below the picture."""
    told = ", ".join(f"{name} = {cut.part.text(name)}".replace(" ", NO_BREAK) for name in cut.defaults)
    return tuple(textwrap.wrap(f"at their defaults: {told}", _FOOT_WIDTH)) if told else ()


def _by_quantity(view: View, problems: Iterable[Problem]) -> Mapping[str, Sequence[Problem]]:
    """The problems by the absolute name of their quantity, '' for those about none that there is."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        name = view.reference(problem.quantity) if problem.quantity else None
        found.setdefault(name or "", []).append(problem)
    return found


def _verdicts(verdicts: Iterable[Verdict]) -> Mapping[str, Sequence[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.quantity is not None:
            found.setdefault(verdict.quantity, []).append(verdict)
    return found


def _remarks(about: Mapping[str, Sequence[Problem]], folded: Folded, drawn: Collection[str]) -> tuple[Line, ...]:
    """The problems that no drawn box tells."""
    told = {name for box in drawn for name in (*folded.boxes[box].members, *folded.boxes[box].variants)}
    messages = [each.message for name, problems in about.items() if name not in told for each in problems]
    said = capped(dict.fromkeys(messages), _MOST_REMARKS, "problems")
    return tuple(line("problem", f"⚠ {each}") for each in said)


def _nodes(folded: Folded, selection: Selection, faces: Faces, dependents: bool) -> Iterable[Node]:
    drawn = [folded.boxes[box] for box in selection.boxes]
    read = _read(faces.view, {name for box in folded.boxes.values() for name in box.members}, drawn)
    for box in drawn:
        count = selection.more.get(box.name, 0)
        relation = f"rest{'s' if count == 1 else ''} on it" if dependents else "that it rests on"
        yield faces.node(box, read, box.name in selection.roots, f"+{count} more {relation}" if count else "")


def _read(view: View, boxed: Collection[str], drawn: Iterable[Box]) -> frozenset[str]:
    """What the drawn boxes in fact read, also by a second name that has no box."""
    found: dict[str, None] = {}
    waiting = [name for box in drawn for name in box.members]
    while waiting:
        fresh = [name for name in view.used(waiting.pop()) if name not in found]
        found |= dict.fromkeys(fresh)
        waiting += [name for name in fresh if name not in boxed]
    return frozenset(found)


def _clusters(view: View, folded: Folded, selection: Selection) -> tuple[Cluster, ...]:
    """The boxes by where they come from, in the order of their first one."""
    found: dict[str, list[str]] = {}
    for name in selection.boxes:
        found.setdefault(_origin(view, folded.boxes[name]), []).append(name)
    inputs = [title for title, names in found.items() if all(_is_input(view, folded.boxes[name]) for name in names)]
    return tuple(Cluster(title, tuple(names), inputs == [title]) for title, names in found.items() if title)


def _is_input(view: View, box: Box) -> bool:
    return box.sort != "column" and all(view.definition(name).value is not None for name in box.members)


def _origin(view: View, box: Box) -> str:
    """What the box comes from: its table; or the case, entry, sheet or file that most of it comes from."""
    definitions = [view.definition(name) for name in box.members]
    case = definitions[0].scope.partition(".")[0]
    if case in view.cases:
        return f"case {case}"
    if box.sort == "column" and definitions[0].cell:
        return f"table {definitions[0].cell.table}"
    return Counter(map(_origin_of_one, definitions)).most_common(1)[0][0]


def _origin_of_one(definition: Definition) -> str:
    value = definition.value
    if value is not None and value.layer in ("hardware", "model"):
        return value.origin
    if value is not None and value.layer != "default":
        return _without(value.given.value.mark.file)
    if PurePath(definition.file).stem == definition.sheet:
        return f"sheet {definition.sheet}" if definition.sheet else ""
    return f"formulas of {_without(definition.file)}"


def _without(file: str) -> str:
    """A bundled scenario's name; any other file's path as it is."""
    return file.removeprefix(_BUNDLED).removesuffix(".yaml") if file.startswith(_BUNDLED) else file
