"""A folder that one process at a time writes to."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from ..problems import InvalidInput, Problem


class Lock:
    """Held until it is released, or the process ends, however it ends.

    Errors of its making: `InvalidInput` if another process holds it. File systems that know no locks have none.
    """

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            message = f"another sweep is just being written to '{folder}'"
            raise InvalidInput([Problem("usage", message, hint="wait for it, or write to another place")]) from None
        except OSError:
            pass

    def release(self) -> None:
        """Let others have it."""
        with suppress(OSError):
            os.close(self._file)
