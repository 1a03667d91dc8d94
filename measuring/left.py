"""What rows can be left out together, in words; no NumPy here, so that commands can offer them."""

from __future__ import annotations

from typing import Literal

Leave = Literal["group", "model", "gpu", "engine", "source"]
LEAVES: tuple[Leave, ...] = ("group", "model", "gpu", "engine", "source")
