"""A decoder of real shapes with random weights, in PyTorch: as much work as the real model, and no download.

Norms, rotary positions, grouped-query attention by PyTorch's own kernels, a gated feed-forward or routed experts, the
LM head on the last token. Experts are products of the tokens that each was sent, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

torch: Any = import_module("torch")  # no dependency of the project
functional: Any = torch.nn.functional
Tensor = Any


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a decoder; `experts` 0 for one that has none."""

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int
    middle: int
    vocabulary: int
    experts: int = 0
    used: int = 0

    @property
    def layer_parameters(self) -> int:
        """Those of one layer's matrices."""
        attention = self.hidden * self.head * (2 * self.heads + 2 * self.kv_heads)
        one = 3 * self.hidden * self.middle
        return attention + (self.experts * (one + self.hidden) if self.experts else one)

    @property
    def parameters(self) -> int:
        """Of all matrices, the embedding and the head each with its own."""
        return self.layers * self.layer_parameters + 2 * self.vocabulary * self.hidden


class Decoder:
    """The model on a device; `step` appends tokens to its cache."""

    def __init__(self, shape: Shape, device: str, dtype: Any, batch: int, room: int) -> None:
        self.shape, self.device, self.dtype = shape, device, dtype
        self.embedding = self._random(shape.vocabulary, shape.hidden)
        self.head = self._random(shape.hidden, shape.vocabulary)
        self.layers = [self._layer() for _ in range(shape.layers)]
        self.reserve(batch, room)

    def _random(self, *size: int) -> Tensor:
        return torch.randn(size, device=self.device, dtype=self.dtype) * 0.02

    def _layer(self) -> dict[str, Tensor]:
        shape = self.shape
        wide = (shape.heads + 2 * shape.kv_heads) * shape.head
        found = {
            "norm1": torch.ones(shape.hidden, device=self.device, dtype=self.dtype),
            "qkv": self._random(shape.hidden, wide),
            "out": self._random(shape.heads * shape.head, shape.hidden),
            "norm2": torch.ones(shape.hidden, device=self.device, dtype=self.dtype),
        }
        many = (shape.experts,) if shape.experts else ()
        if shape.experts:
            found["router"] = self._random(shape.hidden, shape.experts)
        found["up"] = self._random(*many, shape.hidden, 2 * shape.middle)
        found["down"] = self._random(*many, shape.middle, shape.hidden)
        return found

    def reserve(self, batch: int, room: int) -> None:
        """An empty cache for so many sequences of so many tokens."""
        size = (self.shape.layers, 2, batch, self.shape.kv_heads, room, self.shape.head)
        self.cache: Tensor = torch.zeros(size, device=self.device, dtype=self.dtype)

    @torch.inference_mode()
    def step(self, tokens: Tensor, start: int) -> Tensor:
        """The logits of the last of the new tokens; `tokens` of shape (batch, new), from position `start` on."""
        x = self.embedding[tokens]
        turn = self._turn(start, tokens.shape[1])
        for number, layer in enumerate(self.layers):
            x = x + self._attend(functional.rms_norm(x, (x.shape[-1],), layer["norm1"]), layer, number, start, turn)
            y = functional.rms_norm(x, (x.shape[-1],), layer["norm2"])
            x = x + (self._experts(y, layer) if self.shape.experts else _gated(y, layer["up"], layer["down"]))
        return x[:, -1] @ self.head

    def _attend(self, x: Tensor, layer: dict[str, Tensor], number: int, start: int, turn: Tensor) -> Tensor:
        shape, (batch, new, _) = self.shape, x.shape
        qkv = (x @ layer["qkv"]).view(batch, new, shape.heads + 2 * shape.kv_heads, shape.head).transpose(1, 2)
        q, k, v = qkv.split([shape.heads, shape.kv_heads, shape.kv_heads], dim=1)
        end = start + new
        self.cache[number, 0, :, :, start:end] = _turned(k, turn)
        self.cache[number, 1, :, :, start:end] = v
        keys, values = self.cache[number, 0, :, :, :end], self.cache[number, 1, :, :, :end]
        causal = new > 1 and start == 0
        found = functional.scaled_dot_product_attention(
            _turned(q, turn), keys, values, is_causal=causal, enable_gqa=True
        )
        return found.transpose(1, 2).reshape(batch, new, -1) @ layer["out"]

    def _experts(self, x: Tensor, layer: dict[str, Tensor]) -> Tensor:
        flat = x.view(-1, x.shape[-1])
        weights, chosen = torch.topk((flat @ layer["router"]).softmax(-1), self.shape.used)
        order = chosen.flatten().argsort()
        tokens = order // self.shape.used
        counts = torch.bincount(chosen.flatten(), minlength=self.shape.experts).tolist()
        parts = flat[tokens].split(counts)
        outs = [
            _gated(part, layer["up"][expert], layer["down"][expert]) for expert, part in enumerate(parts) if len(part)
        ]
        scaled = torch.cat(outs) * weights.flatten()[order, None]
        return torch.zeros_like(flat).index_add_(0, tokens, scaled.to(flat.dtype)).view_as(x)

    def _turn(self, start: int, new: int) -> Tensor:
        half = self.shape.head // 2
        rate = 1e6 ** (-torch.arange(half, device=self.device, dtype=torch.float32) / half)
        angle = torch.arange(start, start + new, device=self.device, dtype=torch.float32)[:, None] * rate
        return torch.stack([angle.cos(), angle.sin()]).to(self.dtype)


def _gated(x: Tensor, up: Tensor, down: Tensor) -> Tensor:
    gate, value = (x @ up).chunk(2, dim=-1)
    return (functional.silu(gate) * value) @ down


def _turned(x: Tensor, turn: Tensor) -> Tensor:
    """Rotary positions."""
    one, two = x.chunk(2, dim=-1)
    return torch.cat([one * turn[0] - two * turn[1], two * turn[0] + one * turn[1]], dim=-1)
