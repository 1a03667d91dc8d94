"""config.json from the Hugging Face hub, where there is a network and huggingface_hub is installed."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from ...problems import Problem
from ..nodes import shown

PREFIX = "hf:"
_NAME = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(@(?P<revision>[\w./-]+))?")


def split_name(text: str, problems: list[Problem]) -> tuple[str, str] | None:
    """The ORG/NAME and the revision that `hf:ORG/NAME@REVISION` names; None, with a problem, if it names none."""
    found = _NAME.fullmatch(text.removeprefix(PREFIX))
    if found is None:
        message = f"{shown(text)} names no model of the hub"
        problems.append(Problem("usage", message, hint="hf:ORG/NAME, or hf:ORG/NAME@REVISION"))
        return None
    return found["name"], found["revision"] or "main"


def config_url(name: str, revision: str = "main") -> str:
    """Where people read the config."""
    return f"https://huggingface.co/{name}/blob/{revision}/config.json"


def fetch_config(name: str, revision: str, problems: list[Problem]) -> Path | None:
    """The config as it was downloaded or kept from before; None, with a problem, if it cannot be had."""
    try:
        hub: Any = import_module("huggingface_hub")
    except ImportError:
        hint = "pip install 'roofsheet[hub]', or download config.json and name the file"
        problems.append(
            Problem("usage", "configs are read from the hub by huggingface_hub, which is missing", hint=hint)
        )
        return None
    try:
        return Path(hub.hf_hub_download(name, "config.json", revision=revision))
    except (OSError, ValueError) as error:  # what it raises for a lacking model, a lacking network, a wrong name
        said = " ".join(str(error).split())[:200]
        hint = "check the name and the network; a gated model needs `hf auth login`"
        problems.append(Problem("file", f"the config of {name} cannot be had from the hub: {said}", hint=hint))
        return None
