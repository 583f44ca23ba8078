"""Where finished workbooks go: one folder, held by one batch at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from workbook_builder.deliver import COMMON_FOLDER, OWNER_FOLDER, deliver, make_folder, refuse_answers, write_whole
from workbook_builder.errors import CannotWrite
from workbook_builder.halves import PREFIX

LOCK = ".batch-lock"


class Shelf:
    """An output folder while a batch works in it. Use it in a ``with`` statement; leaving it lets go of the folder."""

    def __init__(self, folder: Path, private: bool = False) -> None:
        """Take hold of the folder, make it if it is missing, and remove what a killed batch left half-written.

        ``private``: a folder that has to be made is made for its owner alone.

        Raises:
            CannotWrite: the folder cannot be made or written, or another batch works in it.
        """
        self.folder = folder
        make_folder(folder, OWNER_FOLDER if private else COMMON_FOLDER)
        self._lock = self._take_hold()
        for half in folder.glob(f"{PREFIX}*"):
            with suppress(OSError):
                half.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    @property
    def name(self) -> str:
        """What it is called in the names of other files."""
        return self.folder.resolve().name

    def place(self, name: str) -> str:
        """Return where a file lies."""
        return str(self.folder / name)

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 (hexadecimal) of a file, or None when it is not there or cannot be read."""
        try:
            return hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        except OSError:
            return None

    def refuse_answers(self, name: str, password: str | None) -> None:
        """Raise CannotWrite when a client has typed into this file, or may have."""
        refuse_answers(self.folder / name, password)

    def publish(self, name: str, pdf: bytes) -> None:
        """Put a finished PDF in its place: whole or not at all, for the owner's eyes alone.

        Raises:
            CannotWrite: the disk is full, or the folder cannot be written.
        """
        deliver(pdf, self.folder / name, force=True)

    def write(self, name: str, text: str) -> Path:
        """Write a text beside the PDFs in the same way; return its path."""
        try:
            return write_whole(text.encode(), self.folder / name)
        except OSError as error:
            raise CannotWrite(f"{self.folder / name}: could not be written ({error.strerror}).") from None

    def _take_hold(self) -> int:
        """Lock the folder. The lock ends with the process that holds it, however that ends."""
        path = self.folder / LOCK
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CannotWrite(f"{path}: could not be written ({error.strerror}). Choose another --out.") from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            holder = os.pread(handle, 20, 0).decode(errors="replace").strip()
            os.close(handle)
            if not isinstance(error, BlockingIOError):
                raise CannotWrite(f"{path}: could not be written ({error.strerror}). Choose another --out.") from None
            raise CannotWrite(
                f"{self.folder}: another batch works in this folder (process {holder}). "
                "Wait until it has ended, or choose another --out."
            ) from None
        return handle
