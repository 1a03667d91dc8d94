"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from ..problems import Problem


def write_whole(path: Path, text: str, problems: list[Problem]) -> bool:
    """Write the file under another name, then rename it: nobody sees half of it. False, with a problem, if it fails.

    A link stays one, and what it leads to is written; a file that may not be written is not replaced.
    """
    try:
        _write(Path(os.path.realpath(path)), text)
    except UnicodeError:
        problems.append(Problem("file", f"'{path}' cannot be written: there is a name in it that is no text"))
        return False
    except OSError as error:
        problems.append(Problem("file", f"'{path}' cannot be written: {(error.strerror or str(error)).lower()}"))
        return False
    return True


def _write(path: Path, text: str) -> None:
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(text)
            file.flush()
            written.chmod(0o666 & ~_umask())
            written.replace(path)
        except (OSError, UnicodeError):
            written.unlink(missing_ok=True)
            raise


def _umask() -> int:
    """What the process takes from the rights of new files, which a temporary file does not have."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
