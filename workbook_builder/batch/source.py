"""Where the clients of a batch come from: a folder of profiles, or a spreadsheet with one client a row."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.batch import Client
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.profile import LoadedProfile, read_profile

NOT_READABLE = "WB103"
ENDINGS = (".yaml", ".yml")


def read_clients(source: Path) -> list[Client]:
    """Return the clients of a source in its own order; a profile that is wrong is a client like any other.

    Raises:
        InputProblems: the source itself cannot be read at all, or holds nobody.
    """
    if not source.is_dir():
        message = "this is no folder of profiles" if source.exists() else "there is no such file or folder"
        raise InputProblems([Problem(str(source), 0, 0, NOT_READABLE, message)])
    clients = [_client(loaded) for loaded in read_folder(source)]
    if not clients:
        hint = f"profiles are files that end in {' or '.join(ENDINGS)}"
        raise InputProblems([Problem(str(source), 0, 0, NOT_READABLE, "there is no client in it", hint=hint)])
    return clients


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


def _client(loaded: LoadedProfile) -> Client:
    return Client(loaded.path, loaded, loaded.profile.client.id if loaded.profile else loaded.id)
