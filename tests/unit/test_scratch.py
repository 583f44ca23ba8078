"""Temporary folders: gone with their process, or with the next one, and never somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import environment

from workbook_builder.scratch import LOCK, YOUNG, Scratch

HOLD = """import time; from workbook_builder.scratch import Scratch
s = Scratch(); print(s.name, flush=True); time.sleep(60)"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary folders that nobody else uses."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def age(folder: Path) -> None:
    """Make a folder older than those that are left alone."""
    long_ago = time.time() - 2 * YOUNG
    os.utime(folder, (long_ago, long_ago))


def hold(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that has a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=environment(TMPDIR=temporary), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_it_goes_with_its_process(temporary: Path) -> None:
    """Private while it is there, and removed as often as one likes."""
    scratch = Scratch()
    folder = Path(scratch.name)
    assert folder.parent == temporary and folder.stat().st_mode & 0o777 == 0o700
    (folder / "font.ttf").write_bytes(b"x")
    scratch.remove()
    scratch.remove()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(temporary: Path) -> None:
    """Not while it runs, nor in its first minute: another one may be about to lock it."""
    process, folder = hold(temporary)
    (folder / "font.ttf").write_bytes(b"x")
    age(folder)
    Scratch().remove()
    assert folder.is_dir()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (folder / "font2.ttf").write_bytes(b"x")  # it looks young again
    Scratch().remove()
    assert folder.is_dir()
    age(folder)
    Scratch().remove()
    assert not folder.exists()


def test_what_is_not_ours_stays(temporary: Path) -> None:
    """A folder of the same name without our lock, a file, and a link to a folder with one."""
    own, elsewhere, file = temporary / "workbook-of-ada", temporary / "elsewhere", temporary / "workbook-file"
    for folder in (own, elsewhere):
        folder.mkdir()
    (elsewhere / LOCK).touch()
    file.touch()
    (temporary / "workbook-link").symlink_to(elsewhere)
    for path in (own, elsewhere, file):
        age(path)
    os.utime(temporary / "workbook-link", (0, 0), follow_symlinks=False)
    Scratch().remove()
    assert own.is_dir() and file.exists() and (elsewhere / LOCK).exists()
