"""Writing files of the practice: whole or not at all, and never over what stands there already."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from workbook_builder.errors import CannotWrite
from workbook_builder.folders import Folders
from workbook_builder.halves import half_written


def own_content(folders: Folders) -> Path:
    """Return the content folder of the practice itself.

    Raises:
        CannotWrite: it has none, and what it uses is shipped with the program.
    """
    if folders.content != folders.home / "content":
        raise CannotWrite(
            f"{folders.home}: has no library of its own; the one in use belongs to the program, and an update would "
            "replace it. Begin your own: workbook init DIR, then call this command with --practice DIR."
        )
    return folders.content


def write_new(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a file that does not exist yet, with its folder; ``mode`` is narrowed by the umask.

    Raises:
        CannotWrite: it exists, or cannot be written; nothing is left behind.
    """
    made = [folder for folder in path.parents if not folder.exists()]
    if path.exists() or path.is_symlink():
        raise CannotWrite(f"{path}: stands there already, and is not overwritten. Choose another id.")
    is_mine = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            is_mine = True
            file.write(text)
    except OSError as error:
        if is_mine:
            path.unlink(missing_ok=True)
        for folder in made:
            if folder.is_dir():
                folder.rmdir()
        raise CannotWrite(f"{path}: could not be written ({error.strerror}). Nothing was left behind.") from None


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Give each of these files new contents and keep its mode: all of them, or none when one cannot be written.

    Raises:
        CannotWrite: one could not be written; all are then as they were.
    """
    with ExitStack() as stack:
        try:
            halves = {}
            for path, data in contents.items():
                halves[path] = stack.enter_context(half_written(path, data))
                halves[path].chmod(path.stat().st_mode & 0o7777)
            for path, half in halves.items():
                half.replace(path)
        except OSError as error:
            raise CannotWrite(f"{path}: could not be written ({error.strerror}). Nothing was changed.") from None
