"""Adding to a profile's file: the change alone, whole or not at all, and never over what somebody else has written.

A profile is the therapist's own document. Whatever a command adds to it (a tick, an entry of the log) is spliced in,
read again with the product's own reader, and put in place of the old file only when it says what the old one said and
the addition.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.errors import CannotWrite, InputProblems
from workbook_builder.halves import half_written
from workbook_builder.source.nodes import compose

from .reading import read_profile
from .splicing import Entry, Unspliceable, splice

_BY_HAND = "Write it into the file by hand."


@dataclass(frozen=True)
class Change:
    """What an addition changes in a file: from ``line`` on (from 1), ``new`` lines stand in place of the ``old`` ones.

    Without ``old`` lines the new ones are put in, and what stood on ``line`` moves down.
    """

    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def add_entries(data: bytes, where: Sequence[str], entries: Sequence[Entry], shown: str) -> bytes:
    """Return a profile's bytes with entries added at the end of a list.

    Args:
        data: the file as it is, in UTF-8.
        where: the list's path, such as ``("modules", "reviewed")``; what is missing of it is made.
        entries: ids, or groups such as entries of the log.
        shown: how messages call the file.

    Raises:
        CannotWrite: the file is written in a way that nothing can be put into it with certainty.
    """
    bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        old = data.removeprefix(bom).decode("utf-8")
        new = splice(old, where, entries)
        is_right = compose(_plain(new), shown)[0] == _with(compose(_plain(old), shown)[0], where, entries)
    except (Unspliceable, UnicodeDecodeError, InputProblems):
        is_right = False
    if not is_right:
        raise CannotWrite(
            f"{shown}: nothing could be added to {'.'.join(where)} without doubt, so nothing was. {_BY_HAND}"
        )
    return bom + new.encode("utf-8")


def find_change(old: bytes, new: bytes) -> Change:
    """Return the lines in which a file and its successor differ, as one stretch."""
    before, after = (_plain(data.removeprefix(codecs.BOM_UTF8).decode("utf-8")).splitlines() for data in (old, new))
    most = min(len(before), len(after))
    start = next((n for n in range(most) if before[n] != after[n]), most)
    end = next((n for n in range(most - start) if before[-1 - n] != after[-1 - n]), most - start)
    return Change(start + 1, tuple(before[start : len(before) - end]), tuple(after[start : len(after) - end]))


def add_to_profile(path: Path, where: Sequence[str], entries: Sequence[Entry], read: bytes) -> None:
    """Add entries to a list of a profile's file. Its mode stays, and a link still leads to it.

    Args:
        path: the file; where it is a link, what it leads to is changed.
        where, entries: as in :func:`add_entries`.
        read: what the file held when the entries were decided on.

    Raises:
        InputProblems: with the addition the profile would be wrong; nothing was written.
        CannotWrite: somebody has changed the file since, nothing can be added with certainty, or the file cannot be
            written. It is then as it was, and nothing is left behind.
    """
    new = add_entries(read, where, entries, str(path))
    try:
        target = path.resolve(strict=True)
        if not os.access(target, os.W_OK):
            raise CannotWrite(f"{path}: is write-protected. Nothing was changed.")
        with half_written(target, new) as half:
            _refuse_wrong(half, path)
            now = target.stat()
            with suppress(OSError):  # who may write a file need not own it
                os.chown(half, now.st_uid, now.st_gid)
            half.chmod(now.st_mode & 0o7777)
            if target.read_bytes() != read:
                raise CannotWrite(f"{path}: somebody has changed it in the meantime. Nothing was written; start again.")
            half.replace(target)
    except OSError as error:
        raise CannotWrite(f"{path}: could not be written ({error.strerror}). Nothing was changed.") from None


def _refuse_wrong(half: Path, path: Path) -> None:
    """Refuse the new file when the product's own reader finds it wrong."""
    if problems := read_profile(half).problems:
        raise InputProblems(replace(problem, path=str(path)) for problem in problems)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with(data: object, where: Sequence[str], entries: Sequence[Entry]) -> object:
    """Return the values of a file with the entries added, as its reader gives them: every scalar is text."""
    root = group = deepcopy(data)
    for name in where[:-1]:
        if isinstance(group, dict):
            if group.get(name) is None:
                group[name] = {}
            group = group[name]
    if isinstance(group, dict) and isinstance(old := group.get(where[-1]) or [], list):
        texts = [one if isinstance(one, str) else {k: str(v) for k, v in one.items()} for one in entries]
        group[where[-1]] = [*old, *texts]
    return root
