"""What every test needs of pytest."""

from __future__ import annotations

from pathlib import Path

import pytest


class RootIsNoTestPackage:
    """Keeps pytest from importing the package a second time.

    It takes a folder with an `__init__.py` for a package of tests, and imports that under the folder's own
    name. The root is such a folder: its package would also be there under the name of the clone.
    """

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        return pytest.Dir.from_parent(parent, path=path) if path == parent.config.rootpath else None


def pytest_configure(config: pytest.Config) -> None:
    # Registered, not written as a hook of this file: those are not asked about folders above this one.
    config.pluginmanager.register(RootIsNoTestPackage())
