"""Chooses the rows of scenarios/measurements/calibration.csv out of a larger table of measured rows.

python benchmarks/curate.py rows.csv > scenarios/measurements/calibration.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from roofsheet.measuring.curating import curated
from roofsheet.measuring.engine_model import engine_model
from roofsheet.measuring.validation import validate
from roofsheet.problems import Problem, render

LEFT_OUT = ("group",)  # of the accelerator and the model, which have columns of their own


def main(path: Path) -> int:
    problems: list[Problem] = []
    found = validate(str(path), problems)
    if found is None or problems:
        print(render(problems), file=sys.stderr)
        return 2
    wanted = set(curated(engine_model(), found.features))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name not in LEFT_OUT]
    out = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\n")
    out.writeheader()
    out.writerows(row for row in rows if row["row_id"] in wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
