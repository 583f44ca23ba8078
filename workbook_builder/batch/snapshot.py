"""A practice as one value that travels to other machines: what its workbooks are made of, and nothing about clients.

Whatever belongs to the program (its code, the shipped library and layouts) does not travel: it has to be the same on
every machine, and :func:`program_facts` says whether it is.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbook_builder.batch.building import Site
from workbook_builder.batch.sealing import BINDING_PARTS, program_digest
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, find_folders, shipped_folder

PARTS = ("content", "layouts")
MOST_BYTES = 256 * 1024**2
"""A library with its figures has one megabyte; more than this is a folder with something else in it."""
PACKAGES = ("workbook-builder", "weasyprint", "pydantic", *BINDING_PARTS)


@dataclass(frozen=True)
class Snapshot:
    """The practice's own library and layouts; ``version`` is the hash of both.

    ``own`` names the folders that the practice has, ``files`` holds their files by path, and ``names`` says how the
    coordinator's machine calls each folder, the shipped ones as well.
    """

    version: str
    own: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    names: tuple[tuple[str, str], ...] = ()


def take_snapshot(folders: Folders) -> Snapshot:
    """Read what is the practice's own; the key, profiles and PDFs never go along, nor do hidden files.

    Raises:
        InputProblems: a file cannot be read, or there is too much.
    """
    shipped = shipped_folder().resolve()
    places = {"content": folders.content, "layouts": folders.layouts}
    own = {name: place for name, place in places.items() if place.resolve() != shipped / name}
    files, size, digest = [], 0, hashlib.sha256(repr(sorted(own)).encode())
    for name, place in own.items():
        for path in _files(place):
            try:
                data = path.read_bytes()
            except OSError as error:
                raise _problem(path, f"cannot be read ({error.strerror})") from None
            size += len(data)
            if size > MOST_BYTES:
                raise _problem(place, f"holds more than {MOST_BYTES // 1024**2} MB, too much to send to other machines")
            inner = f"{name}/{path.relative_to(place).as_posix()}"
            files.append((inner, data))
            digest.update(f"{len(inner)} {inner} {len(data)} ".encode() + data)
    names = [(name, str(place)) for name, place in own.items()]
    return Snapshot(digest.hexdigest(), tuple(own), tuple(files), (*names, ("", str(shipped))))


def unpack(snapshot: Snapshot, site: Site, home: Path) -> Site:
    """Write a snapshot into an empty private folder, and return the site whose practice lies there.

    Raises:
        ValueError: a file would lie outside the folder.
    """
    for name in snapshot.own:
        (home / name).mkdir()
    for inner, data in snapshot.files:
        path = home / inner
        if ".." in path.parts or not path.is_relative_to(home):
            raise ValueError("a file of the snapshot lies outside it")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    here = [(str(home / name) if name else str(shipped_folder().resolve()), there) for name, there in snapshot.names]
    return replace(site, folders=replace(find_folders(home), lent=site.folders.lent), names=tuple(here))


@cache
def program_facts() -> dict[str, str]:
    """Return what has to be the same on all machines, so that it does not matter which of them makes a book."""
    shipped, digest = shipped_folder(), hashlib.sha256()
    for part in PARTS:
        for path in _files(shipped / part):
            digest.update(path.relative_to(shipped).as_posix().encode() + b"\0" + path.read_bytes())
    facts = {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    facts |= {name: _version(name) for name in PACKAGES}
    return facts | {"its code": program_digest().hex()[:12], "the shipped library": digest.hexdigest()[:12]}


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inner):
            yield path


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _problem(path: Path, message: str) -> InputProblems:
    return InputProblems([Problem(str(path), 0, 0, "WB103", message)])
