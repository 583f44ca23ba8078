"""Files that are written whole or not at all: first beside their place, under a name that nobody takes for theirs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".half-"
"""What their names begin with, until they are whole. They end in nothing: ``*.pdf`` and ``*.yaml`` pass them over."""


@contextmanager
def half_written(target: Path, data: bytes, lasting: bool = True) -> Iterator[Path]:
    """Write ``data`` to a file beside ``target``, with mode 0600, and give its path to be put in the target's place.

    When the block ends the file is there no longer under that name, be it by Ctrl-C in the very moment in which it is
    made: its name is known before.

    Args:
        target: the file that is to be written.
        data: all that it is to hold.
        lasting: wait until the disk has it, so that a machine that stops leaves the old file or the new one.

    Raises:
        OSError: it cannot be written.
    """
    half = target.parent / f"{PREFIX}{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(half, flags, 0o600), "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        yield half
    finally:
        half.unlink(missing_ok=True)
