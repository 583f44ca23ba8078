"""Where a practice's things lie, and the number on its books."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import ROOT

from workbook_builder.errors import CannotWrite, ExitCode
from workbook_builder.folders import book_number, find_folders, find_layout, seal, shipped_folder


def test_what_a_practice_lacks_is_shipped(tmp_path: Path) -> None:
    """An empty folder works with the shipped library; each part that is there is used instead."""
    assert shipped_folder() == ROOT
    folders = find_folders(tmp_path)
    assert (folders.content, folders.layouts, folders.profiles) == (
        ROOT / "content",
        ROOT / "layouts",
        ROOT / "profiles",
    )
    assert folders.build == tmp_path / "build"
    (tmp_path / "content").mkdir()
    assert find_folders(tmp_path).content == tmp_path / "content"
    assert find_folders(tmp_path).layouts == ROOT / "layouts"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A file named content is not taken for the library."""
    (tmp_path / "content").write_text("", encoding="utf-8")
    assert find_folders(tmp_path).content == ROOT / "content"


def test_layouts_are_found_by_name(tmp_path: Path) -> None:
    """The practice's own first, then the shipped one; a name never leads out of the folder."""
    (tmp_path / "layouts" / "own").mkdir(parents=True)
    (tmp_path / "layouts" / "own" / "layout.yaml").write_text("", encoding="utf-8")
    (tmp_path / "layouts" / "empty").mkdir()
    folders = find_folders(tmp_path)
    assert find_layout(folders, "own") == tmp_path / "layouts" / "own"
    assert find_layout(folders, "restartt") == ROOT / "layouts" / "restartt"
    for name in ("empty", "none", "", ".", "..", "../layouts/own", str(tmp_path / "layouts" / "own")):
        assert find_layout(folders, name) is None, name


def test_book_number_is_opaque_and_lasting(tmp_path: Path) -> None:
    """One client has one number in one practice; another client, or another practice, has another."""
    here = find_folders(tmp_path / "here")
    there = find_folders(tmp_path / "there")
    here.home.mkdir()
    there.home.mkdir()
    number = book_number(here, "r7k1-2026")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", number)
    assert book_number(here, "r7k1-2026") == number
    assert len({number, book_number(here, "r7k1-2027"), book_number(there, "r7k1-2026")}) == 3
    assert "R7K1" not in number


def test_key_is_for_the_owner_alone(tmp_path: Path) -> None:
    """The key is random, lies in the practice's folder with mode 0600, and is made once."""
    folders = find_folders(tmp_path)
    book_number(folders, "a")
    key = tmp_path / ".workbook-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = key.read_text(encoding="ascii")
    assert re.fullmatch(r"[0-9a-f]{64}\n", first)
    book_number(folders, "b")
    assert key.read_text(encoding="ascii") == first
    assert [path.name for path in tmp_path.iterdir()] == [".workbook-key"]


def test_many_at_once_make_one_key(tmp_path: Path) -> None:
    """Builds that start together end with the same key."""
    folders = find_folders(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(lambda _: book_number(folders, "r7k1-2026"), range(16)))
    assert len(numbers) == 1
    assert [path.name for path in tmp_path.iterdir()] == [".workbook-key"]


@pytest.mark.parametrize("content", ["", "not a key", "ab" * 31, "ab" * 33, "ab" * 31 + "\u00e4\u00e4"])
def test_broken_key_is_never_replaced(content: str, tmp_path: Path) -> None:
    """A damaged key is told, since a new one would give every client another number."""
    (tmp_path / ".workbook-key").write_text(content, encoding="utf-8")
    with pytest.raises(CannotWrite, match="is not a key") as error:
        book_number(find_folders(tmp_path), "r7k1-2026")
    assert error.value.exit_code == ExitCode.CANNOT_WRITE
    assert (tmp_path / ".workbook-key").read_text(encoding="utf-8") == content


def test_no_folder_no_key(tmp_path: Path) -> None:
    """Where the key cannot be written, that is what is said."""
    with pytest.raises(CannotWrite, match="could not be written"):
        book_number(find_folders(tmp_path / "none"), "r7k1-2026")


def test_seal(tmp_path: Path) -> None:
    """The same data give the same seal under one key and for one purpose, and for no other."""
    folders = find_folders(tmp_path)
    seals = {seal(folders, "a", b"data"), seal(folders, "b", b"data"), seal(folders, "a", b"Data")}
    assert seal(folders, "a", b"data") in seals and len(seals) == 3
    (tmp_path / ".workbook-key").write_text("11" * 32 + "\n", encoding="ascii")
    assert seal(folders, "a", b"data") not in seals
    assert all(len(one) == 64 for one in seals)
