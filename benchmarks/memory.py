"""The C library's memory, which NumPy's temporaries live on: given back to the system after use, or kept.

As it comes, glibc gives large freed pieces back, and the system clears each page it hands out again. How much of that
happens depends on what the process freed before, and it takes most of a naive NumPy formula's time. In a process that
keeps its memory naive NumPy is as quick as it can be.
"""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of glibc's malloc.h


def keep() -> bool:
    """From now on nothing is given back. Returns whether the C library can be told so: glibc can."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(MMAP_MAX, 0)) and bool(mallopt(TRIM_THRESHOLD, 2**31 - 1))
