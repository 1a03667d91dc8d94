"""What the tests of the graph need of hypothesis."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes is no property of what is tested: a busy machine takes the first one's imports for slow.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
