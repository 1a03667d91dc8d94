"""pint: a unit carried by every number through every operation, with roofsheet's own registry and its counted units."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from contest import GUIDE, INPUTS, OUTPUTS, Contender

import roofsheet
from roofsheet.units import Quantity, from_pint, registry, to_pint


class Constants:
    """The numbers with a unit that stand in formulas, made once: text costs pint more than the operation."""

    def __init__(self) -> None:
        unit = registry()
        self.ops_per_pair = 4.0 * unit("FLOP/pair").units
        self.bytes_per_pair = 8.0 * unit("byte/pair/head").units
        self.key_and_value = 2.0 * unit("1/token/layer").units
        self.one_token = 1.0 * unit.token
        self.one_sequence = 1.0 * unit.sequence
        self.ops_per_parameter = 2.0 * unit("FLOP/parameter/token").units
        self.milliseconds = unit.Unit("ms")


def _whole(count: Any, floor: Callable[[Any], Any]) -> Any:
    """Rounded down, in the unit that it is counted in."""
    counted = count.to_root_units()
    return registry().Quantity(floor(counted.magnitude), counted.units)


def estimate(
    constants: Constants, compute: Any, bandwidth: Any, capacity: Any, parameters: Any, parameter_bytes: Any,
    layers: Any, heads: Any, head_dim: Any, element_bytes: Any, length: Any, prompt: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """`RESULTS` from `INPUTS`, in their order."""
    kv_heads = heads
    hidden = heads * head_dim
    ops_to_byte = compute / bandwidth
    ops = constants.ops_per_pair * length**2 * head_dim
    traffic = constants.bytes_per_pair * length**2
    intensity = ops / traffic
    weights = parameters * parameter_bytes
    spare = capacity - weights
    cache = constants.key_and_value * layers * kv_heads * head_dim * element_bytes
    batch = _whole(spare / (cache * length), math.floor)
    tpot = weights / bandwidth
    throughput = constants.one_token / tpot
    ttft = constants.one_sequence * prompt * constants.ops_per_parameter * parameters / compute
    bottleneck = "memory" if intensity < ops_to_byte else "compute"
    return (kv_heads, hidden, ops_to_byte, ops, traffic, intensity, weights, spare, cache, batch,
            tpot, throughput, ttft, bottleneck)  # fmt: skip


def _quantities(given: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers or arrays in declared units as quantities."""
    workbook = roofsheet.open(GUIDE)
    return {name: to_pint(value, workbook.definition(name).unit) for name, value in given.items()}


def point(given: Mapping[str, float]) -> Contender:
    """One number, one quantity, in the units that people state, held: a unit's name costs three times its use."""
    workbook, constants = roofsheet.open(GUIDE), Constants()
    quantities = _quantities({name: given[name] / workbook.definition(name).unit.scale for name in INPUTS})
    inputs = [quantities[name] for name in INPUTS]
    weights: Any = quantities["n_parameters"] * quantities["bytes_per_parameter"]
    quantity: Any = registry().Quantity
    stated, shown = quantities["memory_bandwidth"].units, constants.milliseconds
    return Contender(
        lambda: estimate(constants, *inputs),
        lambda bandwidth: (weights / quantity(bandwidth, stated)).to(shown).magnitude,
        lambda found: [each if isinstance(each, str) else _base(each) for each in found],
    )


def _base(number: Any) -> float:
    return from_pint(number)[0] if isinstance(number, Quantity) else float(number)


def points() -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Over arrays, in declared units: the batch, the TPOT, the throughput and the first token's time, nothing else."""
    constants = Constants()
    quantity: Any = registry().Quantity
    workbook = roofsheet.open(GUIDE)
    units = {name: to_pint(1.0, workbook.definition(name).unit).units for name in (*INPUTS, *OUTPUTS)}

    def run(given: Mapping[str, Any]) -> tuple[Any, ...]:
        q = {name: quantity(value, units[name]) for name, value in given.items()}
        weights = q["n_parameters"] * q["bytes_per_parameter"]
        spare = q["memory_capacity"] - weights
        cache = constants.key_and_value * q["n_layers"] * q["n_heads"] * q["head_dim"] * q["cache_element_bytes"]
        batch = _whole(spare / (cache * q["sequence_length"]), np.floor)
        tpot = weights / q["memory_bandwidth"]
        throughput = constants.one_token / tpot
        prompt = constants.one_sequence * q["prompt_length"]
        ttft = prompt * constants.ops_per_parameter * q["n_parameters"] / q["peak_compute"]
        results = zip((batch, tpot, throughput, ttft), OUTPUTS, strict=True)
        return tuple(each.to(units[name]).magnitude for each, name in results)

    return run
