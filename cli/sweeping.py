"""A sweep from its request to what is printed of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from ..diagrams.text import BLANK, Line, line
from ..diagrams.text_sweep import range_lines, sweep_lines
from ..problems import InvalidInput, Problem, RoofsheetError, ordered
from ..sweeps.compute import rows_at
from ..sweeps.outputs import check_output, is_folder, parts_folder, real_output, selected_rows, write_rows, write_sweep
from ..sweeps.plan import Plan, plan_of
from ..sweeps.request import Request
from ..sweeps.rows import Rows
from ..sweeps.running import Gathered, gather
from ..sweeps.tally import count_words
from ..sweeps.work import Work
from .point_progress import point_progress
from .screen import FINE, WRONG, page_width, write_error, write_json, write_lines, write_problems
from .sweep import KEEPS_NOTHING
from .sweep_records import sweep_record

SHOWN = 20
RECORDED = 100_000  # rows of a JSON object at most
TOO_MANY = Problem("usage", f"more than {RECORDED:,} rows are no JSON object", hint="-o FILE.parquet")


class Sweeping:
    """One run of the command."""

    def __init__(
        self, request: Request, output: Path | None, resume: bool, jobs: int, scheduler: str, as_json: bool
    ) -> None:
        self.request, self.resume = request, resume
        self.output = output and real_output(output)
        self.jobs, self.scheduler, self.as_json = jobs, scheduler, as_json
        self.problems: list[Problem] = []

    def run(self) -> int:
        """Compute and print; the exit code."""
        plan, problems = plan_of(self.request)
        self.problems += problems
        if plan is None:
            return self.refuse(())
        try:
            self.check(plan)
            found, rows = self.computed(plan)
        except KeyboardInterrupt:
            self.tell_interrupted(plan)
            raise click.Abort from None
        except RoofsheetError as error:
            return self.refuse(error.problems)
        if self.too_many(len(rows)):
            return self.refuse([TOO_MANY])
        self.write(plan, found, rows)
        return FINE if some_value(plan, found) else WRONG

    def check(self, plan: Plan) -> None:
        """Errors: `InvalidInput` for what can be told before anything is computed."""
        if self.resume and plan.request.selects:
            raise InvalidInput([Problem("usage", KEEPS_NOTHING, hint="--best '' keeps all points")])
        if self.output is not None:
            check_output(plan, self.output)
        elif not plan.request.selects and plan.request.where is None and self.too_many(plan.points.count):
            raise InvalidInput([TOO_MANY])

    def too_many(self, rows: int) -> bool:
        return self.as_json and self.output is None and rows > RECORDED

    def refuse(self, problems: Sequence[Problem]) -> int:
        """Print what is wrong, and nothing else."""
        found = ordered([*self.problems, *problems])
        if self.as_json:
            write_json(sweep_record(self.request, None, None, None, None, found))
        else:
            write_problems(found)
        return WRONG

    def computed(self, plan: Plan) -> tuple[Gathered, Rows]:
        """What was found, and the rows that are to be shown; a file is written."""
        numbers = range(plan.points.parts)
        with point_progress(plan.points.count) as progress:
            if plan.request.selects:
                found = gather(plan, Work("select"), numbers, self.jobs, self.scheduler, progress.step)
                rows = selected_rows(plan, found)
                found.tally.add_ranges(rows)
                count_words(found.tally.reasons, rows.why)
                if self.output is not None:
                    write_rows(plan, self.output, rows)
            elif self.output is not None:
                found = write_sweep(
                    plan, self.output, self.resume, self.jobs, self.scheduler, progress.begin, progress.step
                )
                rows = rows_at(plan, np.empty(0, np.int64))
            else:
                most = RECORDED + 1 if self.as_json else SHOWN
                found = gather(plan, Work("show", most=most), numbers, self.jobs, self.scheduler, progress.step)
                rows = found.rows(plan, most)
        return found, rows

    def tell_interrupted(self, plan: Plan) -> None:
        if self.output is None or plan.request.selects:
            return
        folder = parts_folder(self.output)
        if folder.is_dir() and any(folder.glob("part-*")):
            write_error(f"interrupted: '{folder}' has what is done; the same with --resume goes on")
        else:
            write_error("interrupted: nothing was done yet")

    def write(self, plan: Plan, found: Gathered, rows: Rows) -> None:
        """Print what was found."""
        if self.as_json:
            write_json(sweep_record(self.request, plan, found.tally, rows, self.output, self.problems))
            return
        width = page_width()
        shown = rows.taken(np.arange(min(SHOWN, len(rows))))
        lines = sweep_lines(plan, found.tally, shown, width)
        left = (len(rows) if plan.request.selects else found.tally.kept) - len(shown)
        if self.output is not None:
            lines += [BLANK, *self.file_lines(plan, found)]
        elif left:
            lines += [BLANK, line((f"and {left:,} points more: -o FILE.parquet writes all of them", "faint"))]
        if left and not plan.request.selects:
            lines += self.range_lines(plan, found, width)
        write_lines(lines)
        write_problems(self.problems)

    def range_lines(self, plan: Plan, found: Gathered, width: int) -> list[Line]:
        """Between which numbers the outputs of all points lie."""
        ends = {end.number for side in (found.tally.least, found.tally.largest) for end in side.values()}
        told = range_lines(plan, found.tally, rows_at(plan, np.array(sorted(ends), np.int64)), width)
        return [BLANK, *told] if told else []

    def file_lines(self, plan: Plan, found: Gathered) -> list[Line]:
        """What was written."""
        assert self.output is not None
        count = len(found.selected) if plan.request.selects else found.tally.kept
        of_parts = f" in {plan.points.parts:,} part{'' if plan.points.parts == 1 else 's'}"
        parts = of_parts if is_folder(self.output) else ""
        return [line((str(self.output), "name"), f": {count:,} rows of {len(plan.headings) + 1} columns{parts}")]


def some_value(plan: Plan, found: Gathered) -> bool:
    """Whether not every point that was asked for lacks some value."""
    tally = found.tally
    if tally.undecided and sum(tally.undecided.values()) >= tally.points:
        return False
    return plan.request.selects or not tally.kept or tally.failed < tally.kept
