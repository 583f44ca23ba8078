"""A folder for what a process of ours needs for a while: the engine's copies of the fonts, and nothing personal."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "workbook-"
LOCK = ".in-use"
YOUNG = 60.0
"""Seconds for which a folder is left alone, since it is made a moment before it is locked."""


class Scratch:
    """A temporary folder that goes with its process. One whose process was killed is removed by the next one.

    The system lets go of the lock inside when its process ends, however that ends.
    """

    def __init__(self) -> None:
        """Make a folder of mode 0700, and remove those that nobody uses any more. Raises OSError."""
        _sweep(Path(tempfile.gettempdir()))
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.name = self._folder.name
        self._lock: int | None = os.open(Path(self.name) / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with suppress(OSError):  # a disk that knows no locks: then nobody takes the folder for left over either
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._folder.cleanup()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None


def _sweep(home: Path) -> None:
    with suppress(OSError):
        for folder in home.glob(f"{PREFIX}*"):
            if _is_left_over(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_left_over(folder: Path) -> bool:
    """Say whether a folder is ours, not just made, and locked by nobody."""
    try:
        about = folder.lstat()
        if about.st_uid != os.getuid() or time.time() - about.st_mtime < YOUNG:
            return False
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:  # no folder of this kind, or gone in the meantime
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True
