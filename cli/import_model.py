"""roofsheet import: a model entry from a config.json."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from ..problems import Problem, errors
from ..scenarios import write_whole
from ..scenarios.importing import (
    PREFIX,
    Imported,
    Wanted,
    check_output,
    config_url,
    entry_name,
    fetch_config,
    hub_name,
    import_config,
    is_name,
    read_json,
    split_name,
)
from .options import examples, json_option
from .records import plain_record
from .screen import FINE, WRONG, write, write_json, write_problems


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the config is: its file, and its ORG/NAME and address where they are known."""

    path: Path
    hub: str = ""
    url: str = ""


@click.command(
    "import",
    epilog=examples(
        "roofsheet import config.json",
        "roofsheet import config.json -o my-model.yaml --name ORG/NAME",
    ),
)
@click.argument("config")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.yaml",
              help="Write this file; without it, the entry is printed.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--name", metavar="NAME", help="What the model is called, or its ORG/NAME on the hub.")
@click.option("--url", metavar="URL", help="Where the config was read, if it is a file; that of hf:ORG/NAME is known.")
@click.option("--read", metavar="DATE", help="The day that the config was read, as 2026-07-27; today without it.")
@click.option("--ignore", multiple=True, metavar="KEY",
              help="Take no notice of this unknown key; the entry says so. May be given many times.")  # fmt: skip
@click.option("--weight-format", "weight_format", metavar="WORD",
              help="How the weights are stored, on your word: an assumed fact, whatever the config says.")  # fmt: skip
@click.option("--dialect", type=click.Path(path_type=Path), metavar="FILE.yaml",
              help="Look here first for how the model_type is read.")  # fmt: skip
@json_option
@click.pass_context
def command(
    context: click.Context,
    config: str,
    output: Path | None,
    force: bool,
    name: str | None,
    url: str | None,
    read: str | None,
    ignore: tuple[str, ...],
    weight_format: str | None,
    dialect: Path | None,
    as_json: bool,
) -> None:
    """Make a model entry from a Hugging Face config.

    CONFIG is a config.json, or hf:ORG/NAME, whose config.json is downloaded. The entry is loaded before it is
    written: its facts are taken by its sheets, and its parameters counted. A model_type or a key that is not known is
    refused, never guessed. The JSON object has the counts, the cache's bytes at 2 bytes an element, and what became
    of every key.
    """
    if name and not is_name(name):
        raise click.BadParameter("a name, or ORG/NAME: letters, digits, '.', '-' and '_'", param_hint="--name")
    problems: list[Problem] = []
    if output:
        check_output(output, force, problems)
    place = None if problems else _place(config, name or "", url or "", problems)
    root = read_json(place.path, problems) if place else None
    found = None
    if place and root is not None:
        hub = place.hub or hub_name(root)
        wanted = replace(_wanted(output, name or "", hub, place, read, ignore), weight_format=weight_format or "")
        found = import_config(root, wanted, dialect)
        problems += found.problems
    written = bool(found and found.entry and output and write_whole(output, found.text, problems))
    if as_json:
        write_json(_record(config, found, output if written else None, problems))
    elif found and found.entry:
        write(_summary(found, output) if written else "" if output else found.text)
    if not as_json:
        write_problems(problems)
    context.exit(WRONG if errors(problems) else FINE)


def _place(config: str, name: str, url: str, problems: list[Problem]) -> _Place | None:
    hub = name if "/" in name else ""
    if not config.startswith(PREFIX):
        return _Place(Path(config), hub, url)
    split = split_name(config, problems)
    path = fetch_config(*split, problems) if split else None
    return _Place(path, split[0], url or config_url(*split)) if path and split else None


def _wanted(
    output: Path | None, name: str, hub: str, place: _Place, read: str | None, ignore: tuple[str, ...]
) -> Wanted:
    """The entry's names: that of its file, else the one given, else the hub's, else that of the config's folder."""
    title = name.rpartition("/")[2] or hub.rpartition("/")[2] or _stem(place.path)
    return Wanted(
        output.stem if output else entry_name(title),
        read or datetime.now(UTC).date().isoformat(),
        title=title,
        hub=hub,
        url=place.url,
        file=str(output) if output else "",
        ignore=ignore,
    )


def _stem(path: Path) -> str:
    return path.stem if path.stem != "config" else path.absolute().parent.name or path.stem


def _record(config: str, found: Imported | None, written: Path | None, problems: list[Problem]) -> dict[str, object]:
    counts = {name: _whole(value) for name, value in found.counts.items()} if found else dict[str, int | float | None]()
    return {
        "config": config,
        "model_type": (found.model_type or None) if found else None,
        "name": found.entry.name if found and found.entry else None,
        "output": str(written) if written else None,
        **{name: counts.get(name) for name in ("n_parameters", "n_active_parameters", "n_extra_parameters")},
        "kv_bytes_per_token": counts.get("kv_bytes_per_token"),
        "coverage": plain_record(found.coverage) if found else None,
        "assumed": plain_record(found.assumed) if found else None,
        "entry": found.text if found and found.entry else None,
        "problems": plain_record(problems),
    }


def _whole(value: float | None) -> int | float | None:
    return int(value) if value is not None and value.is_integer() else value


def _summary(found: Imported, output: Path | None) -> str:
    """What was written, in a line."""
    counts = {name: f"{value:,.0f}" for name, value in found.counts.items() if value}
    if counts.get("n_active_parameters") == counts.get("n_parameters"):
        counts.pop("n_active_parameters", None)
    parts = [f"{counts[name]} {what}" for name, what in _SAID.items() if name in counts]
    return f"{output}: {', '.join(parts)}\n"


_SAID = {
    "n_parameters": "parameters",
    "n_active_parameters": "of them active",
    "n_extra_parameters": "parameters beside them",
    "kv_bytes_per_token": "bytes of cache a token at 2 bytes an element",
}
