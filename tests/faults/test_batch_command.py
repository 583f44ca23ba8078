"""The command as a whole, killed, interrupted and without room: nothing torn, nobody left over."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from support import Ran, environment, own_layout
from tables import rows_of, write_xlsx

CLIENTS = 12
PATIENCE = 120.0
ENDLESS = """{% extends "base.html.j2" %}{% block body %}<section class="cover" id="page-cover"><h1>{{ title }}</h1>
<table>{% for row in range(60000) %}<tr><td>{{ row }}</td><td>A row, and no end.</td></tr>
{% endfor %}</table></section>{% endblock %}"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def home(tiny_home: Path) -> Path:
    """The small practice with a few clients."""
    (tiny_home / "clients").mkdir()
    text = (tiny_home / "profile.yaml").read_text(encoding="utf-8")
    for number in range(1, CLIENTS + 1):
        (tiny_home / "clients" / f"t-{number}.yaml").write_text(
            text.replace("tiny-2026", f"t-{number}"), encoding="utf-8"
        )
    return tiny_home


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a batch as a process of its own; what still runs at the end is ended."""
    begun: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, out: Path | None = None, source: Path | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "workbook_builder", "batch", source or home / "clients", "--practice", home]
        command += ["--out", out or tmp_path / "out", "--workers", "1", *arguments]
        begun.append(
            subprocess.Popen(
                [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                start_new_session=True, env=environment(TMPDIR=tmp_path),
            )
        )  # fmt: skip
        return begun[-1]

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
        if process.stdout and not process.stdout.closed:
            process.communicate()


def end(process: subprocess.Popen[str]) -> Ran:
    """Wait for the end and return what was said."""
    out, err = process.communicate(timeout=PATIENCE)
    return Ran(process.returncode, out, err)


def statuses(out: Path) -> dict[str, str]:
    """Each client's status in the manifest."""
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["status"] for row in csv.DictReader(file)}


def wait_for(what: Callable[[], object]) -> object:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.01)
    raise AssertionError("it never came")


def descendants(process: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == process:
            found += [int(stat.parent.name), *descendants(int(stat.parent.name))]
    return found


def is_gone(process: int) -> bool:
    """Whether a process has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@linux
def test_killed_and_started_again(start: Start, tmp_path: Path) -> None:
    """kill -9 in the middle: workers and engines end too; the next run makes only what is missing."""
    out = tmp_path / "out"
    first = start()
    wait_for(lambda: list(out.glob("t-*.pdf")))
    started = descendants(first.pid)
    assert len(started) == 2  # a worker and its engine
    first.kill()
    end(first)
    for process in started:
        wait_for(lambda process=process: is_gone(process))
    made = {path.stem: path.stat().st_mtime_ns for path in out.glob("t-*.pdf")}
    (out / ".half-left.pdf").write_bytes(b"torn")
    assert 0 < len(made) < CLIENTS
    ran = end(start())
    assert ran.code == 0, ran.err
    assert list(statuses(out).values()).count("unchanged") == len(made)
    assert {client for client, status in statuses(out).items() if status == "unchanged"} == set(made)
    assert {path.stem: path.stat().st_mtime_ns for path in out.glob("*.pdf") if path.stem in made} == made
    assert {path.name for path in out.glob("*.pdf")} == {f"t-{n}.pdf" for n in range(1, CLIENTS + 1)}
    assert not list(out.glob(".half-*"))
    for path in out.glob("*.pdf"):
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) > 10


@linux
def test_spreadsheet_killed_and_started_again(start: Start, home: Path, tmp_path: Path) -> None:
    """The same with one client a row: exactly those who had no workbook get one, and each PDF is written once."""
    out, ids = tmp_path / "out", [f"t-{number}" for number in range(1, CLIENTS + 1)]
    clients = ({"id": id_, "fictional": "yes", "sessions": 3, "assign": "psy-tiny"} for id_ in ids)
    source = write_xlsx(home / "intake.xlsx", rows_of(*clients))
    arguments = ("--date", "2026-11-23", "--no-verify")
    first = start(*arguments, source=source)
    wait_for(lambda: list(out.glob("t-*.pdf")))
    first.kill()
    end(first)
    made = {path.stem: path.stat().st_mtime_ns for path in out.glob("t-*.pdf")}
    assert 0 < len(made) < CLIENTS
    ran = end(start(*arguments, source=source))
    assert ran.code == 0, ran.err
    assert statuses(out) == {id_: "unchanged" if id_ in made else "made" for id_ in ids}
    assert {id_: (out / f"{id_}.pdf").stat().st_mtime_ns for id_ in made} == made


@linux
def test_worker_and_engine_are_killed(start: Start, tmp_path: Path) -> None:
    """A worker, then an engine are killed from outside: everybody gets a workbook all the same."""
    out = tmp_path / "out"
    process = start()
    wait_for(lambda: list(out.glob("*.pdf")))
    worker = descendants(process.pid)[0]
    os.kill(worker, signal.SIGKILL)
    both = wait_for(lambda: len(found := descendants(process.pid)) == 2 and worker not in found and found)
    assert isinstance(both, list)
    os.kill(both[1], signal.SIGKILL)
    ran = end(process)
    assert ran.code == 0, ran.err
    assert set(statuses(out).values()) == {"made"}


@linux
def test_interrupted(start: Start, home: Path, tmp_path: Path) -> None:
    """Ctrl-C: exit 130, nobody left over, a manifest that tells; a second batch in the folder meanwhile is told so."""
    out, more = tmp_path / "out", range(100, 200)  # so many that they are not all done before anybody can interrupt
    text = (home / "profile.yaml").read_text(encoding="utf-8")
    for number in more:
        (home / "clients" / f"t-{number}.yaml").write_text(text.replace("tiny-2026", f"t-{number}"), encoding="utf-8")
    process = start("--date", "2026-11-23")
    wait_for(lambda: list(out.glob("*.pdf")))
    process.send_signal(signal.SIGSTOP)  # so that it does not come to its end meanwhile
    second = end(start())
    assert second.code == 5 and f"process {process.pid}" in second.err
    started = descendants(process.pid)
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    ran = end(process)
    assert ran.code == 130 and "Traceback" not in ran.err
    for one in started:
        wait_for(lambda one=one: is_gone(one))
    told = statuses(out)
    assert len(told) == CLIENTS + len(more)
    assert set(told.values()) <= {"made", "waiting"} and "waiting" in told.values()
    assert not list(out.glob(".half-*")) and not list(tmp_path.glob("workbook-*"))


def test_disk_is_full(start: Start, tmp_path: Path) -> None:
    """A disk with room for two workbooks: exit 5, one line; what is there is whole and stays."""
    small = tmp_path / "small"
    small.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=380k", "tmpfs", str(small)], capture_output=True)
    if mount.returncode:
        pytest.skip("no right to mount a small disk")
    try:
        ran = end(start(out=small))
        assert ran.code == 5 and ran.out == ""
        assert "No space left on device" in ran.err or "full" in ran.err
        assert "Traceback" not in ran.err
        made = list(small.glob("*.pdf"))
        assert 0 < len(made) < CLIENTS and not list(small.glob(".half-*"))
        for path in made:
            pikepdf.open(path).close()
    finally:
        subprocess.run(["umount", str(small)], check=True, capture_output=True)


def test_folder_that_cannot_be_written(home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """--out that is a file, or lies in one: exit 5 before anything is typeset."""
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "out", tmp_path / "out" / "deeper"):
        ran = workbook("batch", home / "clients", "--practice", home, "--out", out)
        assert ran.code == 5 and ran.out == "" and "--out" in ran.err
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_time_limit(start: Start, home: Path, tmp_path: Path) -> None:
    """A page without end: its client is tried twice and told with the limit; exit 6, and nothing is quoted."""
    own_layout(home, cover__html__j2=ENDLESS)
    for path in (home / "clients").iterdir():
        if path.stem != "t-1":
            path.unlink()
    ran = end(start("--layout", "own", "--seconds", "2"))
    assert ran.code == 6, ran.err
    assert statuses(tmp_path / "out") == {"t-1": "failed"}
    assert "t-1: failed: took longer than 2 seconds" in ran.err
    assert "Wren" not in ran.err
