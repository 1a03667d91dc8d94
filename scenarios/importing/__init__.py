"""Configs in: what a Hugging Face config.json says of a model, as an entry that roofsheet loads."""

from .hub import PREFIX, config_url, fetch_config, split_name
from .importing import Imported, Wanted, entry_name, hub_name, import_config, is_name
from .json_reader import parse_json, read_json
from .writing import check_output

__all__ = [
    "PREFIX",
    "Imported",
    "Wanted",
    "check_output",
    "config_url",
    "entry_name",
    "fetch_config",
    "hub_name",
    "import_config",
    "is_name",
    "parse_json",
    "read_json",
    "split_name",
]
