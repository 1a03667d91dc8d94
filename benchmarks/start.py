"""How long it takes to get the guide: YAML to a checked workbook, and a whole `roofsheet show`, beside its imports."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from tempfile import TemporaryDirectory

from contest import GUIDE
from race import Timing, at_most, close, race, told

import roofsheet


def whole_processes(rounds: int) -> list[Timing]:
    """`roofsheet show` beside the imports that it cannot do without, both with their bytecode at hand."""
    script = "from roofsheet.cli import main; main()"
    commands = {"import pint, networkx, yaml": ["-c", "import pint, networkx, yaml"],
                "roofsheet show": ["-c", script, "show", GUIDE]}  # fmt: skip
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        run = partial(subprocess.run, check=True, capture_output=True, env=environment)
        processes = {who: partial(run, [sys.executable, *command]) for who, command in commands.items()}
        race(processes, 1, {}, warm=False)  # writes the bytecode
        return race(processes, rounds, {}, warm=False)


def main() -> None:
    told("load: YAML to checked workbook", race({"roofsheet": lambda: roofsheet.open(GUIDE)}, 20))
    imports, show = whole_processes(11)
    told("whole process", [imports, show])
    sys.exit(not close([at_most("`roofsheet show`, over its imports", 1.3, show.over(imports))]))


if __name__ == "__main__":
    main()
