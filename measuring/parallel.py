"""How a run is spread over devices, from the texts of benchmark tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DEGREE = re.compile(r"(attnDP|moeTP|moeEP|DEP|TP|PP|EP|DP)\s*=?\s*(\d{1,4})", re.IGNORECASE)
_LAYERS = re.compile(r"(?:layer-split|device_map n)=(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Spread:
    """Degrees of parallelism of one copy of the model."""

    tp: int = 1
    pp: int = 1
    ep: int = 1
    attention_dp: int = 1
    staggered: bool = True  # whether the stages of a pipeline work on parts of a batch at the same time

    @property
    def devices(self) -> int:
        """Devices of one copy."""
        return self.tp * self.pp * self.attention_dp


def read_spread(text: str, devices: int) -> Spread | str | None:
    """What a text says of so many devices; None where it says nothing, a text where it is not understood.

    Layers that are split among devices are worked on one device after the other: stages that do not overlap. `DEP8`
    are eight copies of attention, and the experts dealt out to the eight.
    """
    told = text.strip()
    if not told:
        return Spread() if devices == 1 else None
    if told.casefold() == "single":
        return Spread()
    layers = _LAYERS.fullmatch(told)
    if layers:
        return Spread(pp=int(layers[1]), staggered=False)
    if _DEGREE.sub("", told).strip(" ,;+"):
        return f"the parallelism '{told[:60]}' is not understood"
    spread = _of_degrees({name.casefold(): int(degree) for name, degree in _DEGREE.findall(told)})
    if not spread.devices or devices % spread.devices:
        return f"'{told[:60]}' does not fit {devices} devices"
    return spread


def _of_degrees(degrees: dict[str, int]) -> Spread:
    together = degrees.get("dep", 1)
    copies = degrees.get("attndp", degrees.get("dp", 1)) * together
    experts = degrees.get("moeep", degrees.get("ep", 1)) * together
    return Spread(degrees.get("tp", 1), degrees.get("pp", 1), experts, copies)
