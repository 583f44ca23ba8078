"""Same input, same day, same versions: same bytes, whatever lies in the cache and whichever process does the work."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pdf_facts import page_texts
from support import ROOT, Book, Ran, environment

DAY = ("--date", "2026-11-23")


@pytest.fixture
def two_profiles(tiny_home: Path) -> tuple[Path, Path]:
    """The small practice's profile, and another client's with other goals."""
    one, two = tiny_home / "profile.yaml", tiny_home / "other.yaml"
    text = one.read_text(encoding="utf-8").replace("tiny-2026", "other-2026").replace("Wren", "Ida")
    two.write_text(text.replace("Mend the net", "Paint the boat"), encoding="utf-8")
    return one, two


def test_cold_and_warm_cache_and_another_process(
    two_profiles: tuple[Path, Path], tiny_home: Path, tmp_path: Path, quick_workbook: Callable[..., Ran],
    fragment_cache: Path,
) -> None:  # fmt: skip
    """A full cache, and an empty one in a process with other surroundings and another order of clients: same bytes."""
    one, two = two_profiles
    for out in ("first", "again"):
        assert quick_workbook("build", one, two, "--practice", tiny_home, "--out", tmp_path / out, *DAY).code == 0
    elsewhere, cold = tmp_path / "elsewhere", tmp_path / "cold"
    elsewhere.mkdir()
    subprocess.run(
        [sys.executable, "-m", "workbook_builder", "build", str(two), str(one), "--practice", str(tiny_home),
         "--out", str(tmp_path / "other"), *DAY],
        check=True, capture_output=True, cwd=elsewhere, env=environment(
            WORKBOOK_CACHE=cold, PYTHONHASHSEED="77", TZ="Pacific/Kiritimati", LC_ALL="C", COLUMNS="40", HOME=elsewhere,
        ),
    )  # fmt: skip
    for name in ("tiny-2026.pdf", "other-2026.pdf"):
        first = (tmp_path / "first" / name).read_bytes()
        assert (tmp_path / "again" / name).read_bytes() == first
        assert (tmp_path / "other" / name).read_bytes() == first
    fragments = {path.name: path.read_bytes() for path in cold.rglob("*.fragment")}
    assert len(fragments) >= 10
    assert fragments == {name: (fragment_cache / name[:2] / name).read_bytes() for name in fragments}
    assert list(elsewhere.rglob("*")) == []


def test_example_in_a_new_process(built_example: Callable[[str], Book], tmp_path: Path) -> None:
    """A shipped example built anew, in a process of its own, is the same file."""
    book = built_example("anxiety-three")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(book.path.parents[1] / ".workbook-key", home)
    profile = ROOT / "profiles" / "anxiety-three.yaml"
    subprocess.run(
        [sys.executable, "-m", "workbook_builder", "build", str(profile), "--practice", str(home), *DAY],
        check=True, capture_output=True, env=environment(PYTHONHASHSEED="5"),
    )  # fmt: skip
    assert (home / "build" / book.path.name).read_bytes() == book.pdf


def test_another_key_changes_the_book_number_alone(
    tiny_home: Path, tmp_path: Path, quick_workbook: Callable[..., Ran]
) -> None:
    """Another practice's book of the same profile differs by its number: in the metadata and on the last page."""
    build = ("build", tiny_home / "profile.yaml", "--practice", tiny_home, *DAY)
    texts, numbers = [], []
    for key in ("00", "ab"):
        (tiny_home / ".workbook-key").write_text(key * 32, encoding="ascii")
        assert quick_workbook(*build, "--out", tmp_path / key).code == 0
        data = (tmp_path / key / "tiny-2026.pdf").read_bytes()
        texts.append(page_texts(data))
        with pikepdf.open(BytesIO(data)) as pdf:
            xmp = pdf.Root.Metadata.read_bytes().decode()
        numbers.append(xmp.partition("<dc:identifier>")[2].partition("<")[0])
    assert numbers[0] != numbers[1]
    assert texts[0][:-1] == texts[1][:-1]
    assert texts[0][-1].replace(numbers[0], "") == texts[1][-1].replace(numbers[1], "") != texts[0][-1]
