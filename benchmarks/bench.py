"""All benchmarks, one after the other, each in a process of its own; at the end every mark, and whether it was reached.

`bench.py [SECTION ...]`. A section can as well be run by itself: `python benchmarks/guide.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from race import MARKS, gathered, summary

HERE = Path(__file__).parent
SECTIONS: dict[str, list[list[str]]] = {
    "guide": [["guide.py"]],
    "start": [["start.py"]],
    "kernels": [["kernels.py", "grid"], ["kernels.py", "arrays"]],
    "real": [["real_model.py"]],
    "sweeps": [["sweeps.py"]],  # the command and Dask
    "models": [["models.py"]],
    "scale": [["scale.py"], ["scale.py", "--chain", "1e3", "1e5"]],
}


def main() -> None:
    unknown = [each for each in sys.argv[1:] if each not in SECTIONS]
    if unknown:
        raise SystemExit(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    start = perf_counter()
    broken: list[str] = []
    with TemporaryDirectory() as folder:
        marks = Path(folder) / "marks.jsonl"
        marks.touch()
        for section in sys.argv[1:] or SECTIONS:
            for script, *arguments in SECTIONS[section]:
                if not (HERE / script).exists():
                    print(f"\n{script}: not there")
                elif not run(script, arguments, marks):
                    broken.append(" ".join([script, *arguments]))
        reached = summary(gathered(marks))
    for each in broken:
        print(f"{each}: failed; its marks are not among these")
    print(f"{perf_counter() - start:.0f} s")
    sys.exit(bool(broken) or not reached)


def run(script: str, arguments: list[str], marks: Path) -> bool:
    """One script, its tables going straight to the screen. Returns whether it ran to its end."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, env={**os.environ, MARKS: str(marks)}, check=False).returncode == 0


if __name__ == "__main__":
    main()
