"""The root folder is the package: what is packaged is what is there, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

NOT_PACKAGED = {"benchmarks", "build", "dist", "docs", "tests"}
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def packaged_folders(root: Path) -> list[Path]:
    """The root, and each folder below it whose files belong to the package."""
    rooms = [path for path in root.iterdir() if path.is_dir() and is_packaged(path)]
    return [root, *rooms, *(path for room in rooms for path in room.rglob("*") if path.is_dir())]


def is_packaged(folder: Path) -> bool:
    return folder.name not in NOT_PACKAGED and not folder.name.startswith(".") and folder.suffix != ".egg-info"


def test_every_folder_with_python_in_it_is_packaged(root, pyproject):
    folders = [path.relative_to(root) for path in packaged_folders(root) if any(path.glob("*.py"))]
    names = [".".join(("roofsheet", *folder.parts)) for folder in folders]
    assert sorted(names) == sorted(pyproject["tool"]["setuptools"]["packages"])


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """A wheel built from a copy of the checkout, so that nothing is left in the checkout itself."""
    copy, built = tmp_path_factory.mktemp("copy") / "a clone", tmp_path_factory.mktemp("wheel")
    litter = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(root, copy, ignore=litter)
    subprocess.run([sys.executable, "-c", BUILD, str(built)], cwd=copy, check=True, capture_output=True)
    return ZipFile(next(built.glob("*.whl")))


def test_a_wheel_holds_the_package_with_its_content_and_unit_definitions(wheel, root):
    files = (file for folder in packaged_folders(root) for file in folder.glob("*"))
    content = {file for file in files if file.suffix in {".csv", ".py", ".yaml", ".txt", ".typed"}}
    expected = {f"roofsheet/{file.relative_to(root).as_posix()}" for file in content}
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected


def test_a_wheel_installs_the_command(wheel):
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "roofsheet = roofsheet.cli:main" in wheel.read(entry_points).decode()
