"""Where the clients of a batch come from: a folder of profiles, or a spreadsheet with one client a row."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.batch import Client
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.profile import LoadedProfile, read_profile

NOT_READABLE = "WB103"
ENDINGS = (".yaml", ".yml")


def read_clients(
    source: Path, columns: Path | None = None, sheet: str | None = None
) -> tuple[list[Client], tuple[str, ...]]:
    """Return the clients of a source in its own order, and notes on how it was read.

    A profile that is wrong is a client like any other. ``columns`` and ``sheet`` are about spreadsheets (see
    tables.read_table).

    Raises:
        InputProblems: the source itself cannot be read at all, or holds nobody.
    """
    if not source.exists():
        raise InputProblems([Problem(str(source), 0, 0, NOT_READABLE, "there is no such file or folder")])
    if not source.is_dir():
        from workbook_builder.tables import read_table  # takes half a second, and a folder needs none of it

        table = read_table(source, columns, sheet)
        if table.problems:
            raise InputProblems(table.problems)
        return [Client(_row(loaded), loaded, loaded.id) for loaded in table.clients], table.notes
    if columns or sheet:
        option, value = ("--columns", columns) if columns else ("--sheet", sheet)
        message = f"{option} is about spreadsheets, and {source} is a folder of profiles"
        raise InputProblems([Problem(str(value), 0, 0, NOT_READABLE, message, option)])
    clients = [Client(loaded.path, loaded, loaded.id) for loaded in read_folder(source)]
    if not clients:
        hint = f"profiles are files that end in {' or '.join(ENDINGS)}"
        raise InputProblems([Problem(str(source), 0, 0, NOT_READABLE, "there is no client in it", hint=hint)])
    return clients, ()


def read_folder(folder: Path) -> list[LoadedProfile]:
    """Return the profiles of a folder by the names of their files; what lies in folders inside it is not looked at.

    Raises:
        InputProblems: the folder cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in ENDINGS and not path.name.startswith("."))
    except OSError as error:
        message = f"this folder cannot be read ({error.strerror})"
        raise InputProblems([Problem(str(folder), 0, 0, NOT_READABLE, message)]) from None
    return [read_profile(path) for path in files]


def _row(loaded: LoadedProfile) -> str:
    """Where a client of a spreadsheet stands: file and row."""
    return f"{loaded.path}:{loaded.marks.at()[0]}"
