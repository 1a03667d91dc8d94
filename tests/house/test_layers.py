"""The import contracts of pyproject.toml hold, and refuse what they are there to refuse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


@pytest.fixture(scope="module")
def project(root, tmp_path_factory):
    """A copy of the package alone, under its own name, with the contracts beside it."""
    project = tmp_path_factory.mktemp("project")
    others = shutil.ignore_patterns(".*", "benchmarks", "build", "dist", "docs", "tests", "*.egg-info")
    shutil.copytree(root, project / "roofsheet", ignore=others)
    shutil.copy(root / "pyproject.toml", project)
    return project


def broken_contracts(project: Path) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    run = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = [line for line in run.stdout.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert len(verdicts) == 5, run.stdout + run.stderr
    return [line.removesuffix(" BROKEN") for line in verdicts if line.endswith(" BROKEN")]


def test_no_module_imports_against_the_layers(project):
    assert broken_contracts(project) == []


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("graph", "from ..scenarios import accidents", "Imports run one way"),
        ("problems_two", "from .problems import Mark", "Imports run one way"),
        ("graph/language", "from ..engine import dag", "The rooms of the graph are built one on the other"),
        ("graph", "import yaml", "The graph knows no files, pictures or screens"),
        ("units", "import networkx", "The units know no graph"),
        ("diagrams", "from .. import __version__", "The front door is for those outside"),
    ],
)
def test_an_import_against_the_layers_is_refused(project, module, line, contract):
    folder = project / "roofsheet" / module
    planted = folder / "planted.py" if folder.is_dir() else folder.with_suffix(".py")
    planted.write_text(line)
    try:
        assert contract in broken_contracts(project)
    finally:
        planted.unlink()
