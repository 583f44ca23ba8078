"""The cache of fragments: whole or absent, never stale, never in the way."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from workbook_builder.book import Bookmark, Fragment, Glyphs
from workbook_builder.layout import PROGRAM_FONTS
from workbook_builder.typeset import cache as module
from workbook_builder.typeset.cache import Cache, cache_folder, fragment_key
from workbook_builder.typeset.job import Face, Sheet

KEY = "ab" * 32
FRAGMENT = Fragment(
    KEY, b"%PDF\n\x00\xff\nend", 2, (Bookmark(1, "Zwei Boote – „ruhig“", 0, 1.5, 700.25),), {"psy-x": (1, 0.0, 12.125)},
    (Glyphs("body.ttf", "ABCDEF", {3: " ", 70: "fi"}), Glyphs("field.ttf", "GHIJKL", {}, in_fields=True)), True, ("w",),
)  # fmt: skip


@pytest.fixture
def fonts(tmp_path: Path) -> Path:
    """A font file that a test may change."""
    path = tmp_path / "font.ttf"
    path.write_bytes((PROGRAM_FONTS / "AtkinsonHyperlegible-Regular.ttf").read_bytes())
    return path


def test_fragment_comes_back_as_it_was(tmp_path: Path) -> None:
    """All parts, in another process's cache on the same folder."""
    Cache(tmp_path).put(FRAGMENT)
    assert Cache(tmp_path).get(KEY) == FRAGMENT
    assert Cache(tmp_path).get("cd" * 32) is None


def test_folders_are_for_the_owner_alone(tmp_path: Path) -> None:
    """The files lie two letters deep, with mode 0600 in folders of mode 0700, and no half file beside them."""
    Cache(tmp_path / "cache").put(FRAGMENT)
    (path,) = (path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert path == tmp_path / "cache" / "ab" / f"{KEY}.fragment"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def harms() -> dict[str, bytes]:
    """A cached file in many ways torn or altered."""
    data = module._pack(FRAGMENT)
    half = len(data) // 2
    return {
        "empty": b"",
        "cut off": data[:half],
        "longer": data + b"x",
        "a bit flipped": data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :],
        "of another format": data.replace(module.FORMAT, b"workbook-fragment 0\n", 1),
        "something else": b"hello",
        "head alone": module.FORMAT,
        "of another key": module._pack(replace(FRAGMENT, key="cd" * 32)),
        "without its facts": _signed(b"{}\n%PDF"),
        "with facts of another kind": _signed(b"[1]\n%PDF"),
        "with facts that are no JSON": _signed(b"{\n%PDF"),
        "without a PDF": _signed(b"{}"),
    }


def _signed(body: bytes) -> bytes:
    return module.FORMAT + module.hashlib.sha256(body).hexdigest().encode() + b"\n" + body


@pytest.mark.parametrize("harm", harms().values(), ids=harms())
def test_harmed_files_count_as_absent(harm: bytes, tmp_path: Path) -> None:
    """What is not exactly what was written is not used, and is written anew."""
    cache = Cache(tmp_path)
    cache.put(FRAGMENT)
    path = tmp_path / "ab" / f"{KEY}.fragment"
    path.write_bytes(harm)
    assert Cache(tmp_path).get(KEY) is None
    Cache(tmp_path).put(FRAGMENT)
    assert Cache(tmp_path).get(KEY) == FRAGMENT


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """Where a file cannot be read or written, the fragment is remembered in this process alone."""
    (tmp_path / "ab" / f"{KEY}.fragment").mkdir(parents=True)
    cache = Cache(tmp_path)
    assert cache.get(KEY) is None
    cache.put(FRAGMENT)
    assert not cache.writable
    assert cache.get(KEY) is FRAGMENT
    assert [path.name for path in (tmp_path / "ab").iterdir()] == [f"{KEY}.fragment"]


def test_full_disk_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a write that failed the disk is left alone, and no half file stays."""
    asked = []

    def fail(*_: object, **__: object) -> None:
        asked.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fdopen", fail)
    cache = Cache(tmp_path)
    cache.put(FRAGMENT)
    cache.put(replace(FRAGMENT, key="cd" * 32))
    assert len(asked) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert cache.get(KEY) is FRAGMENT


def test_many_writers_and_readers(tmp_path: Path) -> None:
    """Whoever reads while others write finds the whole fragment or none."""

    def work(number: int) -> Fragment | None:
        cache = Cache(tmp_path)
        if number % 2:
            cache.put(FRAGMENT)
        return Cache(tmp_path).get(KEY)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(64)))
    assert all(one == FRAGMENT for one in found[1::2])
    assert all(one in (None, FRAGMENT) for one in found)
    assert not list(tmp_path.rglob(".half-*"))


def test_key_knows_all_that_a_fragment_is_made_of(fonts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML, style sheet, each face's file, name, family and weight, and the engine's versions: each changes the key."""
    face = Face("Body", 400, "body.ttf", str(fonts))
    sheet = Sheet("p{}", (face,))
    keys = [fragment_key("<p>", sheet), fragment_key("<p> ", sheet), fragment_key("<p>", Sheet("p{ }", (face,)))]
    keys += [fragment_key("<p>", Sheet("p{}", (replace(face, **change),))) for change in (
        {"family": "Head"}, {"weight": 700}, {"name": "other.ttf"},
    )]  # fmt: skip
    keys.append(fragment_key("<p>", Sheet("p{}", (face, face))))
    module.sheet_digest.cache_clear()
    assert fragment_key("<p>", sheet) == keys[0]
    fonts.write_bytes(fonts.read_bytes() + b"\0")
    module.sheet_digest.cache_clear()
    keys.append(fragment_key("<p>", sheet))
    monkeypatch.setattr(module, "_engine_versions", lambda: ("weasyprint 99",))
    module.sheet_digest.cache_clear()
    keys.append(fragment_key("<p>", sheet))
    module.sheet_digest.cache_clear()
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)


def test_key_does_not_know_where_fonts_lie(fonts: Path, tmp_path: Path) -> None:
    """The same font in another folder gives the same key, so that a moved practice keeps its cache."""
    other = tmp_path / "elsewhere.ttf"
    other.write_bytes(fonts.read_bytes())
    keys = {fragment_key("<p>", Sheet("", (Face("Body", 400, "body.ttf", str(path)),))) for path in (fonts, other)}
    assert len(keys) == 1


def test_engine_versions_name_every_part() -> None:
    """Each library that shapes a fragment, Pango, and the program's own code for it."""
    versions = module._engine_versions()
    for part in ("weasyprint", "pydyf", "tinycss2", "fonttools", "pikepdf", "pango"):
        assert any(version.startswith(f"{part} ") for version in versions), part
    assert "pango unknown" not in versions
    assert len(versions[-1]) == 64


def test_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment says, or the user's cache folder."""
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path))
    assert cache_folder() == Cache().folder == tmp_path
    for value in (None, ""):
        monkeypatch.delenv("WORKBOOK_CACHE", raising=False)
        if value is not None:
            monkeypatch.setenv("WORKBOOK_CACHE", value)
        assert cache_folder() == platformdirs.user_cache_path("workbook-builder") / "fragments"


def test_memory_of_a_cache_is_bounded(tmp_path: Path) -> None:
    """What was not asked for the longest is let go from memory, and found again on the disk."""
    cache = Cache(tmp_path, memory=2500)
    for key in ("aa" * 32, "bb" * 32, "cc" * 32):
        cache.put(Fragment(key, b"x" * 1000, 1))
        cache.get("aa" * 32)
    assert list(cache._known) == ["cc" * 32, "aa" * 32]
    found = cache.get("bb" * 32)
    assert found is not None and found.pdf == b"x" * 1000
    assert list(cache._known) == ["aa" * 32, "bb" * 32]
    assert cache._held == 2000
