"""One test for each way to fail: a clear message, the right exit code, and nothing left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from support import Ran, environment, own_layout

from workbook_builder import typeset
from workbook_builder.errors import CannotWrite
from workbook_builder.folders import find_folders
from workbook_builder.pipeline import Order, build_workbook
from workbook_builder.typeset import Cache, CannotTypeset, Limits, Typesetter

DAY = ("--date", "2026-11-23")
PATIENCE = 60.0
"""Seconds until a test gives up waiting for something that ought to happen at once."""
ENDLESS = """{% extends "base.html.j2" %}{% block body %}<section class="safety" id="page-safety"><h1>{{ title }}</h1>
<table>{% for row in range(60000) %}<tr><td>{{ row }}</td><td>A row, and no end.</td></tr>{% endfor %}</table>
</section>{% endblock %}"""

HUGE = """{% extends "base.html.j2" %}{% block body %}<section class="safety" id="page-safety"><h1>{{ title }}</h1>
<p>{{ "a" * 8000000 }}</p></section>{% endblock %}"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Running:
    """A build in a process of its own, with folders that show what it leaves behind."""

    def __init__(self, home: Path, *arguments: object, cache: Path | None = None) -> None:
        self.spare, self.out = home.parent / "spare", home.parent / "out"
        self.spare.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "workbook_builder", "build", home / "profile.yaml", "--practice", home]
        self.process = subprocess.Popen(
            [*map(str, command), "--out", str(self.out), *DAY, *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env=environment(TMPDIR=self.spare, WORKBOOK_CACHE=cache or home.parent / "cache"),
        )  # fmt: skip

    def child(self, busy: float = 0.0) -> int:
        """Wait until the typesetting process has worked for so many seconds, and return its id."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            for folder in Path("/proc").glob("[0-9]*"):
                found = _process(folder)
                if found and found[0] == self.process.pid and found[1] >= busy:
                    return int(folder.name)
            time.sleep(0.02)
        raise AssertionError(f"no child after {PATIENCE:g} s: {self.process.communicate(timeout=5)}")

    def end(self) -> Ran:
        """Wait for the end and return what was said."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return Ran(self.process.returncode, out, err)

    def left_behind(self) -> list[str]:
        """Return what lies about that nobody asked for."""
        folders = [folder for folder in (self.spare, self.out) if folder.exists()]
        return sorted(path.name for folder in folders for path in folder.rglob("*"))


@pytest.fixture
def endless_home(tiny_home: Path) -> Path:
    """A practice whose layout has a page that takes minutes to typeset."""
    own_layout(tiny_home, safety__html__j2=ENDLESS)
    return tiny_home


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Return a function that starts a build; what still runs at the end of a test is ended."""
    begun: list[Running] = []

    def begin(*arguments: object, **more: Path) -> Running:
        begun.append(Running(*arguments, **more))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for running in begun:
        if running.process.poll() is None:
            running.process.kill()
            running.process.communicate()


@linux
def test_interrupted(endless_home: Path, start: Callable[..., Running]) -> None:
    """Ctrl-C while a page is typeset: exit 130, one line, no child, no file, no temporary folder."""
    running = start(endless_home, "--layout", "own")
    child = running.child(busy=2.0)
    running.process.send_signal(signal.SIGINT)
    ran = running.end()
    assert ran.code == 130
    assert ran.out == ""
    assert ran.err.strip().splitlines()[-1].startswith("Interrupted")
    assert "Traceback" not in ran.err
    assert not Path(f"/proc/{child}").exists()
    assert running.left_behind() == []
    assert not running.out.exists()


@linux
def test_child_is_killed(endless_home: Path, start: Callable[..., Running]) -> None:
    """The typesetting process is killed from outside, as a machine short of memory does: exit 1 and one clear line."""
    running = start(endless_home, "--layout", "own")
    os.kill(running.child(busy=2.0), signal.SIGKILL)
    ran = running.end()
    assert ran.code == 1
    assert ran.out == ""
    assert [line for line in ran.err.splitlines() if "Typesetting" not in line] == [
        "page-safety: the engine's process died (Killed)"
    ]
    assert running.left_behind() == []


@linux
def test_parent_is_killed(endless_home: Path, start: Callable[..., Running]) -> None:
    """When the program itself is killed, its child goes too, and no half PDF lies about."""
    running = start(endless_home, "--layout", "own")
    child = running.child(busy=2.0)
    running.process.kill()
    assert running.end().code == -signal.SIGKILL
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()
    assert not running.out.exists()


def test_page_over_the_time_limit(endless_home: Path, tmp_path: Path, fragment_cache: Path) -> None:
    """A page that takes too long is given up and named, and no file is written."""
    folders, profile = find_folders(endless_home), endless_home / "profile.yaml"
    with Typesetter(Cache(fragment_cache)) as typesetter:
        assert build_workbook(profile, folders, _order(tmp_path), typesetter).path.exists()
        typesetter.seconds = 2
        with pytest.raises(CannotTypeset, match=r"^page-safety: took longer than 2 seconds$") as error:
            build_workbook(profile, folders, _order(tmp_path / "more", "own"), typesetter)
        assert error.value.exit_code == 1
        assert not (tmp_path / "more").exists()


@linux
def test_page_over_the_memory_limit(
    tiny_home: Path, tmp_path: Path, fragment_cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A page that needs too much memory ends with one sentence about that page, and not a word of the page."""
    own_layout(tiny_home, safety__html__j2=HUGE)
    profile, folders = tiny_home / "profile.yaml", find_folders(tiny_home)
    limits = Limits(memory=340 * 1024**2)
    with (
        Typesetter(Cache(fragment_cache), limits=limits) as typesetter,
        pytest.raises(CannotTypeset, match=r"^page-safety: (needs more memory|the engine's process died)"),
    ):
        build_workbook(profile, folders, _order(tmp_path, "own"), typesetter)
    assert not (tmp_path / "out").exists()
    assert capfd.readouterr() == ("", "")


def test_engine_that_cannot_be_started(
    tiny_home: Path, workbook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child ends at once: exit 1 and a line, no endless wait."""
    monkeypatch.setattr(typeset.sys, "executable", shutil.which("false"))
    ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home)
    assert ran.code == 1
    assert ran.err == "page-cover: the engine's process died (exit code 1)\n"


def test_engine_without_its_system_library(
    tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Pango is missing, that is what is said."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "weasyprint.py").write_text(
        'raise OSError("cannot load library libpango")', encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home)
    assert ran.code == 1
    assert "cannot start" in ran.err and "libpango" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_disk_is_full(tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """A disk without room: exit 5, what to do, no half file; the file that stood there is as it was."""
    small = tmp_path / "small"
    small.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(small)], capture_output=True)
    if mount.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, "--out", small / "out", *DAY)
        assert ran.code == 5
        assert ran.out == ""
        assert "could not be written (No space left on device)" in ran.err
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True, capture_output=True)


def test_out_is_a_file(tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """--out that names a file: exit 5, and the file is untouched."""
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "out", tmp_path / "out" / "deeper"):
        ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, "--out", out)
        assert ran.code == 5
        assert "could not be made" in ran.err and "--out" in ran.err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_folder_without_the_right_to_write(tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """A folder that cannot be written: exit 5 and no half file."""
    out = tmp_path / "locked"
    out.mkdir()
    with _locked(out):
        ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, "--out", out)
    assert ran.code == 5
    assert "could not be written" in ran.err
    assert list(out.iterdir()) == []


def test_practice_folder_without_the_right_to_write(tiny_home: Path, workbook: Callable[..., Ran]) -> None:
    """Where the practice's key cannot be made: exit 5, and what to do."""
    (tiny_home / ".workbook-key").unlink()
    with _locked(tiny_home):
        ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, "--out", tiny_home.parent / "out")
    assert ran.code == 5
    assert "key could not be written" in ran.err and "--practice" in ran.err


def test_old_file_survives_a_failed_write(tiny_home: Path, tmp_path: Path) -> None:
    """The last step fails: what stood there before is as it was, and nothing lies beside it."""
    from workbook_builder import deliver, halves

    target = tmp_path / "book.pdf"
    target.write_bytes(b"before")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(halves.os, "fsync", _no_space)
        with pytest.raises(CannotWrite, match="No space left"):
            deliver.deliver(b"%PDF after", target, force=True)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["book.pdf"]


def test_cache_cannot_be_written(
    tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache folder that cannot be made costs time and never the workbook."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path / "file" / "cache"))
    ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home)
    assert ran.code == 0
    assert (tiny_home / "build" / "tiny-2026.pdf").exists()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_cache_is_torn(
    tiny_home: Path, tmp_path: Path, workbook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, fragment_cache: Path
) -> None:
    """Files that are cut off, altered, empty or of another kind count as absent, and are written anew."""
    build = ("build", tiny_home / "profile.yaml", "--practice", tiny_home, *DAY)
    assert workbook(*build).code == 0
    target = tiny_home / "build" / "tiny-2026.pdf"
    first = target.read_bytes()
    cache = shutil.copytree(fragment_cache, tmp_path / "cache")
    whole = {path: path.read_bytes() for path in sorted(cache.rglob("*.fragment"))}
    for number, (path, data) in enumerate(whole.items()):
        middle = len(data) // 2
        harm = (data[:middle], data[:middle] + b"\x00" + data[middle + 1 :], b"", b"something else", data + b"more")
        path.write_bytes(harm[number % len(harm)])
    monkeypatch.setenv("WORKBOOK_CACHE", str(cache))
    assert workbook(*build).code == 0
    assert target.read_bytes() == first
    mended = [path for path, data in whole.items() if path.read_bytes() == data]
    assert len(mended) >= 10


@linux
def test_two_builds_at_once(tiny_home: Path, start: Callable[..., Running]) -> None:
    """Two builds of one client, with one empty cache and no key yet: both end well, with the same whole file."""
    (tiny_home / ".workbook-key").unlink()
    both = [start(tiny_home), start(tiny_home)]
    ends = [running.end() for running in both]
    assert [ran.code for ran in ends] == [0, 0], [ran.err for ran in ends]
    assert ends[0].out == ends[1].out
    assert both[0].left_behind() == ["tiny-2026.pdf"]
    assert len((tiny_home / ".workbook-key").read_text(encoding="ascii").strip()) == 64
    assert [path.name for path in tiny_home.glob(".workbook-key*")] == [".workbook-key"]
    assert not list((tiny_home.parent / "cache").rglob(".half-*"))
    with pikepdf.open(both[0].out / "tiny-2026.pdf") as pdf:
        assert len(pdf.pages) > 10


@pytest.mark.parametrize("more", [("--json",), ()], ids=["json", "table"])
def test_reader_goes_away(more: tuple[str, ...], tiny_home: Path) -> None:
    """A pipe that is closed early, as by head, is no error and leaves no traceback."""
    command = [sys.executable, "-m", "workbook_builder", "plan", str(tiny_home / "profile.yaml"), *more]
    process = subprocess.Popen(
        [*command, "--practice", str(tiny_home)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(PATIENCE) == 0
    assert said == ""


def _order(folder: Path, layout: str = "restartt") -> Order:
    from datetime import date

    day = date(2026, 11, 23)
    return Order(day, day, layout, folder / "out")


def _process(folder: Path) -> tuple[int, float] | None:
    """A process's parent and the processor seconds it has used; None when it is gone, or no child of ours."""
    try:
        if "workbook_builder.typeset.child" not in (folder / "cmdline").read_text(encoding="utf-8"):
            return None
        fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), int(fields[11]) / os.sysconf("SC_CLK_TCK")


def _no_space(handle: int) -> None:
    raise OSError(28, "No space left on device")


class _locked:  # noqa: N801 - reads as a word of the test
    """Takes the right to write to a folder away for a while; root needs the immutable flag for that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        self.folder.chmod(0o555)
        if os.access(self.folder, os.W_OK):
            locked = subprocess.run(["chattr", "+i", str(self.folder)], capture_output=True)
            if locked.returncode:
                self.folder.chmod(0o755)
                pytest.skip("this user may write everywhere, and the disk knows no immutable flag")

    def __exit__(self, *error: object) -> None:
        subprocess.run(["chattr", "-i", str(self.folder)], capture_output=True)
        self.folder.chmod(0o755)
