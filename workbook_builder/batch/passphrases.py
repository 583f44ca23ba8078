"""A passphrase for each client, in a file that only its owner can open, outside the folder with the PDFs.

Six words of the EFF's long list of 7,776 (diceware, https://www.eff.org/dice): 77 bits, chosen by the system's source
of secrets. The words are read and typed without a mistake more easily than letters and signs.
"""

from __future__ import annotations

import csv
import os
import secrets
from functools import cache
from pathlib import Path

from xkcdpass import xkcd_password

from workbook_builder.deliver import write_whole
from workbook_builder.errors import CannotWrite, InputProblems, Problem

WORDS = 6
HEADER = ("id", "passphrase")


class Passphrases:
    """The passphrases of a batch by client id. What the file holds already is kept."""

    def __init__(self, path: Path) -> None:
        """Read the file, or begin it.

        Raises:
            InputProblems: the file is there and is not one of passphrases.
            CannotWrite: it cannot be written.
        """
        self.path = path
        self._known = _read(path)
        self._kept = set(self._known)
        try:
            # Written anew: a line that a killed batch left torn is gone, and the mode is right.
            write_whole("".join(_line(*row) for row in (HEADER, *self._known.items())).encode(), path)
        except OSError as error:
            raise self._cannot_write(error) from None

    def of(self, client: str) -> str:
        """Return a client's passphrase: the one in the file, or a new one, which is not in the file yet."""
        if client not in self._known:
            self._known[client] = make_passphrase()
        return self._known[client]

    def keep(self, client: str) -> None:
        """Put a client's passphrase into the file, for good: to be done before a PDF with it exists.

        Raises:
            CannotWrite: the disk is full, or the file cannot be written.
        """
        if client in self._kept:
            return
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
            try:
                line = _line(client, self._known[client]).encode()
                before = os.fstat(handle).st_size
                if os.write(handle, line) != len(line):
                    os.ftruncate(handle, before)
                    raise OSError(28, "No space left on device")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise self._cannot_write(error) from None
        self._kept.add(client)

    def _cannot_write(self, error: OSError) -> CannotWrite:
        return CannotWrite(f"{self.path}: could not be written ({error.strerror}). Choose another --passwords-file.")


def make_passphrase() -> str:
    """Return a new passphrase, such as *crispy-otter-lantern-…*."""
    return "-".join(secrets.choice(word_list()) for _ in range(WORDS))


@cache
def word_list() -> tuple[str, ...]:
    """Return the words to choose from: the four that hold a hyphen themselves are left out."""
    text = Path(xkcd_password.locate_wordfile("eff-long")).read_text(encoding="utf-8")
    return tuple(word for word in text.split() if word.isalpha())


def _line(client: str, passphrase: str) -> str:
    return f"{client},{passphrase}\n"


def _read(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        text = ""
    whole = text[: text.rfind("\n") + 1]
    rows = list(csv.reader(whole.splitlines()))
    if not rows or tuple(rows[0]) != HEADER or any(len(row) != 2 for row in rows):
        message = "is not a file of passphrases, and it is not overwritten"
        raise InputProblems([Problem(str(path), 0, 0, "WB102", message, "--passwords-file", "name another file")])
    return {row[0]: row[1] for row in rows[1:]}
