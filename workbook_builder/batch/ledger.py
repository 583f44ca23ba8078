"""What a batch has made, so that the next run makes only what is missing or changed.

It lies in the output folder and holds nothing that tells of a client: keys and seals are keyed hashes, and a PDF's hash
says nothing without the PDF.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from workbook_builder.errors import CannotWrite

FORMAT = "1"
FILE = ".batch-ledger.sqlite"
TABLES = """
create table if not exists facts (name text primary key, value text not null) strict;
create table if not exists made (
    client text primary key, seal text not null, day text not null, sha256 text not null,
    bytes integer not null, pages integer not null, seconds real not null
) strict;
"""


@dataclass(frozen=True)
class Entry:
    """A workbook that was made: seal of its input, its day, and the hash, bytes and pages of its PDF."""

    seal: str
    day: date
    sha256: str
    bytes: int
    pages: int
    seconds: float


class Ledger:
    """The ledger of one output folder. Each entry is whole or absent, whatever kills the process."""

    def __init__(self, path: Path) -> None:
        """Open the ledger, or begin one. One that cannot be read is begun anew: it costs time and no workbook.

        Raises:
            CannotWrite: it can be neither read nor written.
        """
        self._path = path
        with self._writing():
            try:
                self._db = _open(path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # full, locked, not allowed: not the file's fault
                    raise
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                self._db = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @property
    def day(self) -> date | None:
        """The day of the batch that was begun in this folder and is not complete; None when there is none."""
        day = self._fact("day")
        return date.fromisoformat(day) if day else None

    @property
    def passwords_file(self) -> Path | None:
        """Where the passphrases of this folder's PDFs were put the last time; None when there are none."""
        path = self._fact("passwords-file")
        return Path(path) if path else None

    def begin(self, day: date, passwords_file: Path | None = None) -> None:
        """Note that a batch with this day is under way, and where its passphrases go."""
        facts = {"day": day.isoformat()}
        if passwords_file:
            facts["passwords-file"] = str(passwords_file.resolve())
        with self._writing():
            self._db.executemany("insert or replace into facts values (?, ?)", facts.items())

    def complete(self) -> None:
        """Note that every client has a workbook: the next batch has a day of its own."""
        with self._writing():
            self._db.execute("delete from facts where name = 'day'")

    def find(self, client: str) -> Entry | None:
        """Return what was made for a client (a keyed hash of the id)."""
        row = self._db.execute(
            "select seal, day, sha256, bytes, pages, seconds from made where client = ?", (client,)
        ).fetchone()
        return Entry(row[0], date.fromisoformat(row[1]), *row[2:]) if row else None

    def record(self, client: str, entry: Entry) -> None:
        """Note what is about to be published. A file that does not match its entry counts as not made."""
        values = [value.isoformat() if isinstance(value, date) else value for value in astuple(entry)]
        with self._writing():
            self._db.execute("insert or replace into made values (?, ?, ?, ?, ?, ?, ?)", (client, *values))

    def _fact(self, name: str) -> str | None:
        row = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise CannotWrite(
                f"{self._path}: could not be written ({error}). Free space or choose another --out."
            ) from None


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))  # sqlite would go by the umask
    db = sqlite3.connect(path, isolation_level=None)
    try:
        # Entries survive the end of the process without a wait for the disk at each; a power cut may cost the last.
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = normal")
        db.executescript(TABLES)
        known = db.execute("select value from facts where name = 'format'").fetchone()
        if known and known[0] != FORMAT:
            raise sqlite3.DatabaseError("another format")
        db.execute("insert or ignore into facts values ('format', ?)", (FORMAT,))
    except BaseException:
        db.close()
        raise
    return db
