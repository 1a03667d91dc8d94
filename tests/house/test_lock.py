"""requirements.lock: names, versions and hashes of everything that is installed, and no addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)")


class Pin(NamedTuple):
    version: str
    hashes: frozenset[str]


def read_lock(path: Path) -> dict[str, Pin]:
    """The pins by name; raises if a line is anything else than a pin or a comment."""
    return dict(_pins(path.read_text(encoding="utf-8")))


def _pins(text: str) -> Iterator[tuple[str, Pin]]:
    for line in re.sub(r" \\\n\s+", " ", text).splitlines():
        if line and not line.startswith("#"):
            found = PIN.fullmatch(line)
            assert found, f"not a name, a version and hashes: {line[:80]}"
            yield found["name"], Pin(found["version"], frozenset(found["hashes"].split()))


@pytest.fixture(scope="module")
def pins(root):
    return read_lock(root / "requirements.lock")


@pytest.fixture(scope="module")
def direct(pyproject):
    """What pyproject.toml asks for: to run, to develop and to build."""
    project = pyproject["project"]
    texts = [*project["dependencies"], *pyproject["build-system"]["requires"]]
    # not what `hub` asks for: neither tests nor the build need it, and few users do
    return [Requirement(text) for text in (*texts, *project["optional-dependencies"]["dev"])]


def test_the_lock_names_no_addresses(root):
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|/|@|--(?!hash)|\.(org|com|net|io)\b", text)


@pytest.mark.parametrize(
    "line", ["--index-url https://example.org", "click", "click==8.1", "click @ file:///click.whl", "-e ."]
)
def test_a_line_without_version_or_hashes_is_no_pin(line, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(line)
    with pytest.raises(AssertionError, match="not a name, a version and hashes"):
        read_lock(lock)


def test_the_lock_satisfies_what_the_project_asks_for(pins, direct):
    refused = [
        str(need)
        for need in direct
        if (pin := pins.get(canonicalize_name(need.name))) is None or pin.version not in need.specifier
    ]
    assert refused == []


def test_compiled_packages_are_locked_for_more_machines_than_this_one(pins):
    # A lock made from what one machine has installed or cached would hold a hash or two of each.
    compiled = ("numpy", "pygraphviz", "pyyaml")
    assert [name for name in compiled if len(pins[name].hashes) < 5] == []
