"""The cache of fragments on disk. A key is the hash of everything that a fragment is made of, so nothing grows stale.

Personal fragments never come here: the caller does not offer them. Several processes may write at once: a file appears
whole or not at all, and what is torn or altered is seen by its checksum and counts as absent.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import json
import os
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import platformdirs

from workbook_builder.book import Bookmark, Fragment, Glyphs
from workbook_builder.halves import half_written
from workbook_builder.typeset.job import Sheet

FORMAT = b"workbook-fragment 2\n"
MEMORY = 64 * 1024**2
"""Bytes of fragments that one process keeps in memory: several libraries' worth."""
ENGINE_PARTS = ("weasyprint", "pydyf", "tinycss2", "cssselect2", "tinyhtml5", "fonttools", "pyphen", "pikepdf")


def cache_folder() -> Path:
    """Where fragments are kept: ``$WORKBOOK_CACHE`` or the user's cache folder of this machine."""
    named = os.environ.get("WORKBOOK_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("workbook-builder") / "fragments"


def fragment_key(html: str, sheet: Sheet) -> str:
    """Return the hash of all that a fragment is made of: HTML, style sheet, faces, engine and its libraries."""
    digest = hashlib.sha256(sheet_digest(sheet))
    digest.update(html.encode())
    return digest.hexdigest()


@functools.lru_cache(maxsize=8)
def sheet_digest(sheet: Sheet) -> bytes:
    """Return the hash of all that a fragment is made of besides its HTML."""
    digest = hashlib.sha256(FORMAT)
    for part in (*_engine_versions(), sheet.css, *(f"{f.family} {f.weight} {f.name}" for f in sheet.faces)):
        digest.update(part.encode() + b"\0")
    for face in sheet.faces:
        digest.update(hashlib.sha256(Path(face.path).read_bytes()).digest())
    return digest.digest()


@functools.cache
def _engine_versions() -> tuple[str, ...]:
    own = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        own.update(source.read_bytes())
    return (*(f"{name} {version(name)}" for name in ENGINE_PARTS), f"pango {_pango_version()}", own.hexdigest())


def _pango_version() -> str:
    for name in ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"):
        try:
            return str(ctypes.CDLL(name).pango_version())
        except OSError:
            continue
    return "unknown"


class Cache:
    """Fragments by key, in memory for this process and on disk for the next one."""

    def __init__(self, folder: Path | None = None, memory: int = MEMORY) -> None:
        self.folder = folder or cache_folder()
        self.writable = True
        self._memory = memory
        self._held = 0
        self._known: dict[str, Fragment] = {}

    def get(self, key: str) -> Fragment | None:
        """Return the fragment with this key, or None."""
        if key not in self._known:
            try:
                fragment = _unpack(self._file(key).read_bytes())
            except (OSError, ValueError, KeyError, TypeError):
                return None
            if fragment.key != key:
                return None
            self._hold(fragment)
        self._known[key] = self._known.pop(key)  # to the end of the queue of those that are let go
        return self._known[key]

    def put(self, fragment: Fragment) -> None:
        """Keep a fragment. A disk that is full or read-only costs speed, never the workbook."""
        self._hold(fragment)
        if not self.writable:
            return
        target = self._file(fragment.key)
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with half_written(target, _pack(fragment), lasting=False) as half:
                half.replace(target)
        except OSError:
            self.writable = False

    def _hold(self, fragment: Fragment) -> None:
        """Keep a fragment in memory, and let go of those that have not been asked for the longest."""
        before = self._known.pop(fragment.key, None)
        self._held += len(fragment.pdf) - (len(before.pdf) if before else 0)
        while self._known and self._held > self._memory:
            self._held -= len(self._known.pop(next(iter(self._known))).pdf)
        self._known[fragment.key] = fragment

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.fragment"


def _pack(fragment: Fragment) -> bytes:
    facts = asdict(fragment)
    del facts["pdf"]
    body = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode() + b"\n" + fragment.pdf
    return FORMAT + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _unpack(data: bytes) -> Fragment:
    if not data.startswith(FORMAT):
        raise ValueError("not a fragment of this format")
    checksum, body = data[len(FORMAT) :].split(b"\n", 1)
    if hashlib.sha256(body).hexdigest().encode() != checksum:
        raise ValueError("torn or altered")
    facts_line, pdf = body.split(b"\n", 1)
    facts = json.loads(facts_line)
    return Fragment(
        key=facts["key"],
        pdf=pdf,
        pages=facts["pages"],
        bookmarks=tuple(Bookmark(**entry) for entry in facts["bookmarks"]),
        anchors={name: (place[0], place[1], place[2]) for name, place in facts["anchors"].items()},
        glyphs=tuple(
            Glyphs(g["face"], g["resource"], {int(k): v for k, v in g["text"].items()}, g["in_fields"])
            for g in facts["glyphs"]
        ),
        spacing=facts["spacing"],
        warnings=tuple(facts["warnings"]),
    )
