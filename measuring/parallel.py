"""How a run is spread over devices, from the texts of benchmark tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = (
    ("tep", r"TEP"),
    ("dep", r"DEP"),
    ("moetp", r"moe[-_ ]?TP"),
    ("moeep", r"moe[-_ ]?EP"),
    ("attndp", r"(?:attn|attention)[-_ ]?DP|DP[-_ ]?(?:attn|attention)"),
    ("tp", r"TP|tensor[-_ ]parallel(?:ism|[-_ ]size)?"),
    ("pp", r"PP|pipeline[-_ ]parallel(?:ism|[-_ ]size)?"),
    ("ep", r"EP|expert[-_ ]parallel(?:ism|[-_ ]size)?"),
    ("dp", r"DP|data[-_ ]parallel(?:ism|[-_ ]size)?"),
)
_DEGREE = re.compile(
    rf"(?<![A-Za-z])-{{0,2}}(?:{'|'.join(f'(?P<{name}>{word})' for name, word in _WORDS)})"
    r"\s*[=: ]?\s*(?P<degree>[0-9]{1,4})",
    re.IGNORECASE,
)
_BETWEEN = " ,;+/&|_x-"  # what may stand between two degrees
_RUN_ON = re.compile(r"(?<=[0-9])x?(?=[A-Za-z])")
_LAYERS = re.compile(r"(?:layer[-_ ]split|split[-_ ]mode[-_ ]layer|device_map n)\s*[=: ]\s*([0-9]{1,4})", re.IGNORECASE)
_COUNT = re.compile(r"[x×]?\s*([0-9]{1,5})\s*[x×]?\s*(?:GPUs?|devices?|cards?)?", re.IGNORECASE)
_ONE = ("single", "single gpu", "single device", "none", "no", "n/a", "na", "-", "1 gpu")


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
    are eight copies of attention, and the experts dealt out to the eight; `TEP8` is attention in eight parts. `DP=8`
    by itself are eight copies of all; beside degrees of experts, of attention.
    """
    told = text.strip()
    number = _COUNT.fullmatch(told)
    if not told or (number and int(number[1]) == devices):
        return Spread() if devices == 1 else None
    if told.casefold() in _ONE:
        return Spread() if told.casefold().startswith("single") or devices == 1 else None
    layers = _LAYERS.fullmatch(told)
    if layers:
        return Spread(pp=int(layers[1]), staggered=False)
    degrees = _degrees(told)
    if degrees is None:
        return f"the parallelism '{told[:60]}' is not understood"
    if degrees.get("ep", 1) > 1 and not {"tp", "dp", "attndp"} & {*degrees}:
        return f"'{told[:60]}' does not say how attention is spread"
    spread = _of_degrees(degrees)
    whole = spread.devices * _copies(degrees)
    if not whole or devices % whole:
        return f"'{told[:60]}' does not fit {devices} devices"
    return spread


def degrees_in(text: str) -> int | None:
    """How many devices the degrees in a text take; None where it tells none."""
    layers = _LAYERS.fullmatch(text.strip())
    if layers:
        return int(layers[1])
    degrees = _degrees(text)
    return None if not degrees else _of_degrees(degrees).devices * _copies(degrees) or None


def _degrees(text: str) -> dict[str, int] | None:
    """The degrees by name; None for a text that holds anything else, or one of them twice."""
    told = _RUN_ON.sub(" ", text)  # TP4PP2
    found = [(_name(match), int(match["degree"])) for match in _DEGREE.finditer(told)]
    if not found or _DEGREE.sub("", told).strip(_BETWEEN) or len({name for name, _ in found}) < len(found):
        return None
    return dict(found)


def _name(match: re.Match[str]) -> str:
    return next(name for name, _ in _WORDS if match[name])


def _copies(degrees: dict[str, int]) -> int:
    return 1 if _of_experts(degrees) else degrees.get("dp", 1)


def _of_experts(degrees: dict[str, int]) -> bool:
    return bool({"ep", "moeep", "dep"} & {*degrees})


def _of_degrees(degrees: dict[str, int]) -> Spread:
    together, parts = degrees.get("dep", 1), degrees.get("tep", 1)
    copies = degrees.get("attndp", degrees.get("dp", 1) if _of_experts(degrees) else 1) * together
    experts = degrees.get("moeep", degrees.get("ep", 1)) * together * parts
    return Spread(degrees.get("tp", 1) * parts, degrees.get("pp", 1), experts, copies)
