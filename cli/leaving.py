"""roofsheet validate --leave-out: errors of rows that no constant was fitted to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..measuring.kinds import KIND
from ..measuring.left import Leave
from ..problems import Mark, Problem
from ..scenarios import write_whole
from .extras import lacking
from .records import Record, plain_record
from .screen import FINE, WRONG, page_width, progress, write_json, write_lines, write_problems

if TYPE_CHECKING:
    from ..measuring.accuracy import Accuracy, Exact
    from ..measuring.validation import Validation


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """What was asked for."""

    file: str
    leave: Leave
    groups: tuple[str, ...]
    rows: Path | None
    plot: Path | None
    report: Path | None
    as_json: bool


def leave_out(request: LeaveRequest, found: Validation) -> int:
    """Refit and predict, write what was asked for, and give the exit code."""
    problems: list[Problem] = []
    exact = _accuracy(request, found, problems)
    if exact is not None:
        _write_files(request, exact, problems)
    if request.as_json:
        write_json(_record(request, exact, problems))
    elif exact is not None:
        from ..diagrams.text_accuracy import accuracy_lines

        write_lines(accuracy_lines(exact, request.groups, page_width()))
    if not request.as_json:
        write_problems(problems)
    return WRONG if problems else FINE


def _accuracy(request: LeaveRequest, found: Validation, problems: list[Problem]) -> Accuracy | None:
    missing = lacking("--leave-out fits, which needs", {"numpy": "fit", "scipy": "fit"})
    if missing:
        problems.append(missing)
        return None
    from ..measuring.accuracy import accuracy_of
    from ..measuring.engine_model import engine_model

    with ExitStack() as stack:

        def told(what: str, total: int) -> Callable[[str], None]:
            return stack.enter_context(progress(what, total))

        exact = accuracy_of(engine_model(), found, request.leave, told)
    if exact is None:
        message = (
            f"the rows that constants can be fitted to are too few, or of too few groups to leave out a {request.leave}"
        )
        problems.append(Problem("fit", message, Mark(request.file, 1, 1)))
    return exact


def _write_files(request: LeaveRequest, exact: Accuracy, problems: list[Problem]) -> None:
    if request.rows is not None:
        from .validate_records import rows_csv

        write_whole(request.rows, rows_csv(exact.left_out), problems)
    if request.plot is not None:
        from ..diagrams.scatter import scatter_svg

        write_whole(request.plot, scatter_svg(exact.left_out), problems)
    if request.report is not None:
        from ..diagrams.markdown_accuracy import accuracy_markdown, page_with

        page = request.report.read_text(encoding="utf-8") if request.report.is_file() else ""
        write_whole(request.report, page_with(page, accuracy_markdown(exact)), problems)


def _record(request: LeaveRequest, exact: Accuracy | None, problems: list[Problem]) -> Record:
    groups = (KIND, *request.groups)
    return {
        "file": request.file,
        "leave_out": request.leave,
        "constants": dict(exact.calibration.fit.values) if exact else {},
        "by": {group: {name: _exact(each) for name, each in exact.by(group).items()} for group in groups}
        if exact
        else {},
        "unseen": {kind: asdict(errors) for kind, errors in exact.unseen().items()} if exact else {},
        "problems": plain_record(list(problems)),
    }


def _exact(exact: Exact) -> Record:
    return {
        "rows": exact.rows,
        "groups": exact.groups,
        "range": exact.width,
        "floor": asdict(exact.floor),
        "in_sample": asdict(exact.in_sample),
        "left_out": asdict(exact.left_out),
    }
