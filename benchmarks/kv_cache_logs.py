"""Cache bytes and tokens against what engines logged at their start: published figures, in kv_cache_logs.yaml.

For each log the bytes that a token takes on a device, as implied by memory over tokens, against
`device_kv_bytes_per_token`; and the tokens that fit into the logged memory. Within 0.3 and 1 percent, or the cause is
printed. Exit 1 if a row is off without one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

import roofsheet
from roofsheet.scenarios import bundled

LOGS = Path(__file__).with_suffix(".yaml")
MOST_OFF_BYTES, MOST_OFF_TOKENS = 0.003, 0.01
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Row:
    """A log beside what the sheets say: bytes a token and device, tokens that fit into the logged memory."""

    name: str
    what: str
    logged_bytes: float
    bytes: float
    logged_tokens: int
    tokens: float
    cause: str

    @property
    def off(self) -> tuple[float, float]:
        return self.bytes / self.logged_bytes - 1, self.tokens / self.logged_tokens - 1

    @property
    def holds(self) -> bool:
        off_bytes, off_tokens = self.off
        return abs(off_bytes) <= MOST_OFF_BYTES and abs(off_tokens) <= MOST_OFF_TOKENS


def row(name: str, log: Mapping[str, Any], folder: Path) -> Row:
    """One log, with the cache of its model."""
    path = folder / f"{name}.yaml"
    settings = {"prompt_length": 512, "output_length": 512, **log.get("set", {})}
    scenario = {"scenario": name, "use": ["model"], "with": {"hardware": "h100-sxm", "model": log["model"]}}
    path.write_text(yaml.safe_dump({**scenario, "set": settings, "show": ["device_kv_bytes_per_token"]}))
    size = roofsheet.open(str(path)).number("device_kv_bytes_per_token")
    memory = float(log["memory"].split()[0]) * GIB
    return Row(name, log["what"], memory / log["tokens"], size, log["tokens"], memory / size, log.get("cause", ""))


def rows() -> Iterator[Row]:
    logs = yaml.safe_load(LOGS.read_text(encoding="utf-8"))["rows"]
    known = set(bundled("model"))
    with TemporaryDirectory() as folder:
        for name, log in logs.items():
            if log["model"] in known:
                yield row(name, log, Path(folder))
            else:
                print(f"{name}: no entry {log['model']}")


def main() -> None:
    found = list(rows())
    print(f"{'log':6}{'bytes a token':>15}{'computed':>10}{'off':>8}{'tokens':>12}{'fit':>12}{'off':>8}")
    for each in found:
        off_bytes, off_tokens = each.off
        figures = f"{each.logged_bytes:>15,.0f}{each.bytes:>10,.0f}{off_bytes:>8.2%}"
        print(f"{each.name:6}{figures}{each.logged_tokens:>12,}{each.tokens:>12,.0f}{off_tokens:>8.2%}")
        print(f"      {each.what}")
        if not each.holds:
            print(f"      {each.cause or 'NO CAUSE IS KNOWN'}")
    sys.exit(any(not each.holds and not each.cause for each in found))


if __name__ == "__main__":
    main()
