"""roofsheet diff: two scenarios side by side."""

from __future__ import annotations

import click

from ..diagrams.text_diff import diff_lines
from ..graph.explain.difference import difference
from ..problems import ordered
from .opening import Opened, open_scenario
from .options import examples, json_option, set_option
from .records import plain_record
from .screen import FINE, WRONG, page_width, write_json, write_lines, write_problems


@click.command(
    "diff",
    epilog=examples(
        "roofsheet diff guides/qwen3-vl-32b-on-rtx-pro-6000 qwen3-vl-32b-on-rtx-pro-6000",
        "roofsheet diff guides/qwen3-vl-32b-on-rtx-pro-6000 qwen3-vl-32b-on-rtx-pro-6000 \\",
        "    --set memory_capacity='96 GB'",
    ),
)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@set_option
@json_option
@click.pass_context
def command(context: click.Context, before: str, after: str, sets: tuple[str, ...], as_json: bool) -> None:
    """Compare the inputs and results of two scenarios.

    Of A and B, the inputs that differ, and the results that came out otherwise, each with the inputs that made
    it so. --set sets a quantity in both.
    """
    old, new = open_scenario(before, sets, judged="none"), open_scenario(after, sets, judged="none")
    problems = ordered([*old.problems, *new.problems])
    code = WRONG if WRONG in (old.code, new.code) else FINE
    both = (old.workbook, new.workbook)
    found = difference(both[0], both[1], _shown(old, new)) if both[0] and both[1] else None
    if as_json:
        record = {"before": before, "after": after, "difference": plain_record(found)}
        write_json({**record, "problems": plain_record(problems)})
    else:
        if found:
            write_lines(diff_lines(old.loaded.title, new.loaded.title, found, page_width()))
        write_problems(problems)
    context.exit(code)


def _shown(old: Opened, new: Opened) -> tuple[str, ...]:
    """The results of either scenario that both have."""
    books = [opened.workbook for opened in (old, new)]
    names = dict.fromkeys((*old.names, *new.names))
    return tuple(name for name in names if all(book is not None and name in book for book in books))
