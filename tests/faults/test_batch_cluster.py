"""The same jobs on a dask cluster of two workers, under the same accidents, with the same outcomes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import DAY, ROOT, Ran, copy_tiny

from workbook_builder.batch import Limits, Outcome, Task, outpost
from workbook_builder.batch.building import Site
from workbook_builder.batch.cluster import Cluster
from workbook_builder.batch.crew import CannotWork, Crew
from workbook_builder.batch.ledger import FILE, Ledger
from workbook_builder.batch.outpost import Mission, Sealed, close_outpost, hold_outpost, open_outpost
from workbook_builder.batch.reaching import NoCluster, Way, check_way, is_safe, reach
from workbook_builder.batch.running import Desk, run_batch
from workbook_builder.batch.shelf import Shelf
from workbook_builder.batch.snapshot import program_facts, take_snapshot, unpack
from workbook_builder.batch.source import read_clients
from workbook_builder.errors import InputProblems
from workbook_builder.folders import book_number, find_folders, lend, seal
from workbook_builder.pipeline import Order

distributed = pytest.importorskip("distributed")

HERE = Path(__file__).parent
MEMORY = 400 * 1024**2
FAULTS = Task("batch_jobs:make_faults", "context")
BUILDER = "workbook_builder.batch.building:make_builder"
CLIENTS = 12
PATIENCE = 60.0


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cluster's machines keep their files."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def cluster(scratch: Path, fragment_cache: Path) -> Iterator[Any]:
    """Two dask workers with the settings that dask comes with, spilling to disk among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]))
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
            local_directory=str(scratch), silence_logs=50,
        ) as cluster:  # fmt: skip
            yield cluster


@pytest.fixture
def run(cluster: Any) -> Callable[..., list[Outcome]]:
    """Return a function that gives jobs to the cluster and returns all outcomes."""

    def run(*jobs: object, seconds: float = 60.0) -> list[Outcome]:
        engine = Cluster(Way(cluster.scheduler_address), FAULTS, Limits(seconds, MEMORY))
        try:
            return list(engine.run(jobs))
        finally:
            engine.close()

    return run


def workers_of(cluster: Any) -> dict[str, int]:
    """The process of each dask worker, by address."""
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return dict(client.run(os.getpid))


def wait_for_two(cluster: Any) -> None:
    """Wait until a worker that was killed is replaced."""
    deadline = time.monotonic() + PATIENCE
    while len(workers_of(cluster)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_accidents_end_as_on_one_machine(run: Callable[..., list[Outcome]]) -> None:
    """A job that leaves, eats memory or raises costs itself alone: fates and reasons are those of a crew."""
    jobs = [("exit", 0), ("eat", 0), ("raise", "secret"), *(("ok", number) for number in range(4))]
    outcomes = run(*jobs)
    ended = {outcome.job: (outcome.fate, outcome.reason) for outcome in outcomes}
    assert len(outcomes) == len(ended) == len(jobs)
    assert ended[jobs[0]] == ("died", "its process ended (exit code 3)")
    assert ended[jobs[1]] == ("died", "needs more memory than is allowed")
    assert ended[jobs[2]][0] == "raised" and ended[jobs[2]][1].startswith("ValueError > ")
    assert "secret" not in ended[jobs[2]][1]
    assert all(ended[job] == ("done", "") for job in jobs[3:])
    assert {outcome.value[0] for outcome in outcomes if outcome.fate == "done"} == {"context"}


def test_job_takes_too_long(run: Callable[..., list[Outcome]]) -> None:
    """A job that hangs ends at its time limit, twice; the dask worker goes on."""
    outcomes = run(("hang", 0), ("ok", 1), ("ok", 2), seconds=1.5)
    assert [(outcome.fate, outcome.reason) for outcome in outcomes] == [
        ("done", ""), ("done", ""), ("slow", "took longer than 1.5 seconds"),
    ]  # fmt: skip


def test_second_try_is_alone(run: Callable[..., list[Outcome]], tmp_path: Path) -> None:
    """What failed by accident succeeds the second time, after everything else and in another process."""
    fault = ("exit-once", str(tmp_path / "memory"))
    outcomes = run(fault, *(("ok", number) for number in range(4)))
    assert [outcome.fate for outcome in outcomes] == ["done"] * 5
    assert outcomes[-1].job == fault
    assert str(outcomes[-1].value) != (tmp_path / "memory").read_text(encoding="ascii")


def test_worker_that_cannot_start(cluster: Any) -> None:
    """What no worker can do is an error of its own, without the message."""
    engine = Cluster(Way(cluster.scheduler_address), Task("batch_jobs:make_nothing"), Limits())
    try:
        with pytest.raises(CannotWork) as error:
            list(engine.run([("ok", 1)]))
    finally:
        engine.close()
    assert "RuntimeError" in str(error.value) and "secret" not in str(error.value)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The small practice with a dozen clients, one of whom assigns a module that there is not."""
    home = copy_tiny(tmp_path / "practice")
    (home / "clients").mkdir()
    text = (home / "profile.yaml").read_text(encoding="utf-8")
    for number in range(CLIENTS):
        own = text.replace("tiny-2026", f"t-{number:02}")
        if number == 3:
            own = own.replace("jrn-tiny", "jrn-tony")
        (home / "clients" / f"t-{number:02}.yaml").write_text(own, encoding="utf-8")
    return home


def work(home: Path, out: Path, engine: Any, day: Any = DAY, watch: Any = lambda row: None) -> list[Any]:
    """Run a batch with an engine; return its rows without how long each took."""
    folders = find_folders(home)
    with Shelf(out) as shelf, Ledger(out / FILE) as ledger:
        order = Order(day, day, out=out, verify=False)
        rows = run_batch(read_clients(home / "clients")[0], Desk(folders, order, shelf, ledger), engine, 2, watch)
    return [replace(row, seconds=0.0) for row in rows]


def far(cluster: Any, home: Path) -> Cluster:
    """An engine that makes workbooks on the cluster."""
    folders = find_folders(home)
    task = Task(BUILDER, Site(lend(folders, "workbook"), 2 * 1024**3))
    return Cluster(Way(cluster.scheduler_address), task, Limits(), take_snapshot(folders))


def test_worker_is_killed_in_the_middle(cluster: Any, scratch: Path, home: Path, tmp_path: Path) -> None:
    """One of two dask workers is killed with -9: rows, pages and bytes are those of a batch on one machine; nothing of
    the practice or its clients is left on the machines; the next run makes nothing, on either."""
    wait_for_two(cluster)
    victim = next(iter(workers_of(cluster).values()))
    seen: list[str] = []

    def watch(row: Any) -> None:
        seen.append(row.id)
        if row.status == "made" and len(seen) == 4:
            assert [stat.S_IMODE(path.stat().st_mode) for path in scratch.rglob("workbook-*") if path.is_dir()] == [
                0o700, 0o700,
            ]  # fmt: skip
            os.kill(victim, signal.SIGKILL)

    away = work(home, tmp_path / "away", far(cluster, home), watch=watch)
    assert Counter(row.status for row in away) == {"made": CLIENTS - 1, "invalid": 1}
    assert sorted(seen) == [f"t-{number:02}" for number in range(CLIENTS)]
    local = Crew(Task(BUILDER, Site(find_folders(home), 2 * 1024**3)), 2, Limits())
    assert away == work(home, tmp_path / "local", local)
    for number in set(range(CLIENTS)) - {3}:
        name = f"t-{number:02}.pdf"
        assert (tmp_path / "away" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
    wait_for_two(cluster)
    assert not [path for path in scratch.rglob("*") if b"Wren" in (path.read_bytes() if path.is_file() else b"")]
    for path in (home / "clients").glob("t-0[4-9].yaml"):  # a few are enough for the rest
        path.unlink()
    again = work(home, tmp_path / "local", far(cluster, home))
    assert Counter(row.status for row in again) == {"unchanged": CLIENTS - 7, "invalid": 1}


def test_nothing_is_left_on_the_machines(cluster: Any, scratch: Path, home: Path, tmp_path: Path) -> None:
    """After a batch there is no process, no file and no value of it in a worker, and no task in the scheduler."""
    wait_for_two(cluster)
    for path in list((home / "clients").iterdir())[2:]:
        path.unlink()
    (home / "clients" / "t-01.yaml").write_text((home / "profile.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    work(home, tmp_path / "out", far(cluster, home))
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        assert set(client.run(_children).values()) == {0}
        assert set(client.run(lambda dask_worker: len(dask_worker.data)).values()) == {0}
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
        logs = str(client.get_worker_logs()) + str(client.get_scheduler_logs())
    assert "Wren" not in logs and "tiny-2026" not in logs
    # What a killed worker has left goes when dask sees that it is gone, a moment later.
    until = time.monotonic() + 30
    while list(scratch.rglob("*.md")) and time.monotonic() < until:
        time.sleep(0.2)
    assert not list(scratch.rglob("*.md"))


def _children() -> int:
    """How many processes a worker has started."""
    own, found = os.getpid(), 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        found += int(fields[1]) == own and fields[0] != "Z"
    return found


def test_interrupted(cluster: Any, tmp_path: Path) -> None:
    """Given up in the middle: what the jobs have started ends too, at once."""
    engine = Cluster(Way(cluster.scheduler_address), FAULTS, Limits(60.0, MEMORY))
    ids = tmp_path / "ids"
    thread = threading.Thread(target=lambda: list(engine.run([("hang-and-start", str(ids))])), daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not (ids.exists() and len(ids.read_text(encoding="ascii").split()) == 2):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    engine.close()
    for process in ids.read_text(encoding="ascii").split():
        while Path(f"/proc/{process}").exists() and "Z" not in _state(process):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_command_is_interrupted(cluster: Any, scratch: Path, home: Path, tmp_path: Path) -> None:
    """Ctrl-C at the command: exit 130, a manifest that tells, no half file here, nobody left over on the machines."""
    wait_for_two(cluster)
    text = (home / "profile.yaml").read_text(encoding="utf-8")
    for number in range(100, 200):  # so many that they are not all done before anybody can interrupt
        (home / "clients" / f"t-{number}.yaml").write_text(text.replace("tiny-2026", f"t-{number}"), encoding="utf-8")
    out, deadline = tmp_path / "out", time.monotonic() + 2 * PATIENCE
    command = ["batch", home / "clients", "--practice", home, "--out", out, "--no-verify", "--date", DAY.isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-m", "workbook_builder", *map(str, command), "--scheduler", cluster.scheduler_address],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not list(out.glob("t-*.pdf")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "Traceback" not in told
    manifest = (out / "manifest.csv").read_text(encoding="utf-8")
    assert "made" in manifest and "waiting" in manifest and not list(out.glob(".half-*"))
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        while set(client.run(_children).values()) != {0} or list(scratch.rglob("*.md")):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def _state(process: str) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Authority, certificate and key, made by the commands of docs/cluster.md as they stand there."""
    folder = tmp_path_factory.mktemp("keys")
    block = re.search(r"```sh\n(umask.*?)```", (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    try:
        made = subprocess.run(["sh", "-e", "-c", block[1]], cwd=folder, capture_output=True, text=True)
    except OSError:
        pytest.skip("no shell")
    if made.returncode == 127:
        pytest.skip("no openssl")
    assert made.returncode == 0, made.stderr
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    return folder


@pytest.fixture(scope="module")
def encrypted(keys: Path, fragment_cache: Path) -> Iterator[Any]:
    """A cluster of one worker that speaks TLS alone."""
    files = {"ca_file": "ca.pem"} | {
        f"{who}_{what}": f"{what}.pem" for who in ("client", "scheduler", "worker") for what in ("cert", "key")
    }
    security = distributed.Security(
        require_encryption=True, **{f"tls_{name}": str(keys / file) for name, file in files.items()}
    )
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, protocol="tls", security=security,
        dashboard_address="127.0.0.1:0", silence_logs=50,
    ) as cluster:  # fmt: skip
        yield cluster


def test_command_over_tls(encrypted: Any, keys: Path, home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """The command makes workbooks over TLS; a problem in the library is named as the file is called here. Without
    certificates, with those of strangers, and with tcp:// nobody answers: exit 2 or 5, one line, nothing made."""
    for path in list((home / "clients").iterdir()):
        if path.stem != "t-01":
            path.unlink()
    module = home / "content" / "en" / "readings" / "read-tiny.md"
    text = module.read_text(encoding="utf-8")
    address = encrypted.scheduler_address
    assert address.startswith("tls://")
    command = ("batch", home / "clients", "--practice", home, "--out", tmp_path / "out", "--no-verify", "--scheduler")
    own = ("--tls-ca", keys / "ca.pem", "--tls-cert", keys / "cert.pem", "--tls-key", keys / "key.pem")
    ran = workbook(*command, address)
    assert ran.code == 2 and "--tls-ca" in ran.err
    assert not (tmp_path / "out").exists()
    ran = workbook(*command, address, *own)
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.pdf")) == ["t-01.pdf"]
    module.write_text(text.replace("title:", "titel:"), encoding="utf-8")
    away, local = workbook(*command, address, *own), workbook(*command[:-1], "--workers", "1")
    assert away.code == local.code == 6
    assert str(module) in away.err and away.err == local.err


def test_strangers_are_not_let_in(encrypted: Any, keys: Path, tmp_path: Path) -> None:
    """A certificate of another authority opens nothing, and neither does plain tcp."""
    block = re.search(r"```sh\n(umask.*?)```", (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block
    subprocess.run(["sh", "-e", "-c", block[1]], cwd=tmp_path, capture_output=True, check=True)
    strange = Way(encrypted.scheduler_address, tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    for way in (strange, Way(encrypted.scheduler_address.replace("tls://", "tcp://"))):
        with pytest.raises(NoCluster, match="no scheduler answers"):
            reach(way, 1.0)


@pytest.mark.parametrize(
    "address, is_allowed",
    [
        ("tcp://127.0.0.1:8786", True), ("tcp://localhost:8786", True), ("tcp://[::1]:8786", True),
        ("tls://10.0.0.1:8786", True), ("tcp://10.0.0.1:8786", False), ("tcp://localhost.example:8786", False),
        ("tcp://127.0.0.1.example:8786", False), ("tcp://0.0.0.0:8786", False), ("inproc://1", False),
        ("10.0.0.1:8786", False), ("ws://127.0.0.1:1", False), ("tcp://[::1", False),
    ],
)  # fmt: skip
def test_which_ways_are_allowed(
    address: str, is_allowed: bool, tmp_path: Path, home: Path, workbook: Callable[..., Ran]
) -> None:
    """Plain tcp leads to this machine alone, unless it is forced."""
    if is_allowed:
        check_way(Way(address))
        return
    ran = workbook("batch", home / "clients", "--out", tmp_path / "out", "--practice", home, "--scheduler", address)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert not (tmp_path / "out").exists()
    assert not is_safe(address) or not address.startswith("t")
    if address.startswith("tcp://10"):
        check_way(Way(address, insecure=True))


def test_options_that_do_not_fit(home: Path, tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """Half of TLS, TLS for tcp, and workers of this machine are wrong usage; nobody there is exit 5."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    command = ("batch", home / "clients", "--out", tmp_path / "out", "--practice", home)
    for more in (
        ("--tls-ca", tmp_path / "file"),
        ("--scheduler", "tls://127.0.0.1:1", "--tls-ca", tmp_path / "file"),
        ("--scheduler", "tcp://127.0.0.1:1", "--workers", "2"),
        ("--scheduler", "tcp://127.0.0.1:1", "--tls-ca", tmp_path / "file"),
    ):
        assert workbook(*command, *more).code == 2
    with pytest.raises(NoCluster, match="no scheduler answers"):
        reach(Way("tcp://127.0.0.1:9"), 0.5)
    assert not (tmp_path / "out").exists()


def test_without_the_package(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook: Callable[..., Ran]
) -> None:
    """One line that names what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    command = ("batch", home / "clients", "--out", tmp_path / "out", "--practice", home)
    ran = workbook(*command, "--scheduler", "tcp://127.0.0.1:8786")
    assert (ran.code, len(ran.err.splitlines())) == (5, 1)
    assert "workbook-builder[cluster]" in ran.err and not (tmp_path / "out").exists()


def test_worker_that_differs(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version there: told by name, before anything is sent."""
    facts = {**program_facts(), "workbook-builder": "9.9"}
    monkeypatch.setattr("workbook_builder.batch.cluster.program_facts", lambda: facts)
    with pytest.raises(NoCluster, match=r"workbook-builder 0\.1\.0, here 9\.9"):
        Cluster(Way(cluster.scheduler_address), FAULTS, Limits())


def test_coordinator_is_gone(tmp_path: Path) -> None:
    """An outpost that hears nothing for the length of its lease ends by itself."""

    async def forget() -> None:
        assert await open_outpost("token", program_facts(), Sealed(Mission(FAULTS, Limits(), None, 0.2))) == ""
        assert await hold_outpost("token")
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not is_there("token"):
                return
        raise AssertionError("it is still there")

    asyncio.run(forget())


def test_batch_ends_while_a_worker_gets_ready_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has unpacked by then is removed when it is ready, and not only when the lease is over."""
    snapshot = take_snapshot(find_folders(copy_tiny(tmp_path / "practice")))
    mission = Mission(Task(BUILDER, Site(find_folders(tmp_path / "practice"), MEMORY)), Limits(), snapshot)
    machine = SimpleNamespace(local_directory=str(tmp_path / "machine"))
    (tmp_path / "machine").mkdir()
    own, unpacked = outpost.unpack, threading.Event()

    def slowly(*arguments: Any) -> Any:
        site = own(*arguments)
        unpacked.set()
        time.sleep(0.5)
        return site

    monkeypatch.setattr(outpost, "unpack", slowly)

    async def both() -> None:
        opening = asyncio.create_task(open_outpost("late", program_facts(), Sealed(mission), machine))
        while not unpacked.is_set():
            await asyncio.sleep(0.01)
        assert list((tmp_path / "machine").rglob("*.md"))
        await close_outpost("late")
        await opening

    asyncio.run(both())
    assert not is_there("late") and list((tmp_path / "machine").iterdir()) == []


def is_there(token: str) -> bool:
    """Whether an outpost is still there; asking does not keep it."""
    return token in outpost._outposts


def test_snapshot(home: Path, tmp_path: Path) -> None:
    """It holds the library and layouts, and no profile, key or hidden file; its version follows what it holds; it
    unpacks to the same; what is lent tells neither the key nor a book number."""
    (home / "content" / ".hidden").write_text("x", encoding="utf-8")
    folders = find_folders(home)
    first = take_snapshot(folders)
    assert first.own == ("content",) and first == take_snapshot(folders)
    assert {name.split("/")[0] for name, _ in first.files} == {"content"}
    assert not any("hidden" in name or "profile" in name or "key" in name for name, _ in first.files)
    assert "Wren" not in repr(first) and str(first.files[0][1]) not in repr(first)
    away = tmp_path / "away"
    away.mkdir()
    site = unpack(first, Site(lend(folders, "workbook"), 1), away)
    assert replace(take_snapshot(site.folders), names=()) == replace(first, names=())
    assert seal(site.folders, "workbook", b"x") == seal(folders, "workbook", b"x") != seal(folders, "ledger", b"x")
    with pytest.raises(KeyError):
        seal(site.folders, "ledger", b"x")
    with pytest.raises(RuntimeError):
        book_number(site.folders, "t-01")
    assert not (away / ".workbook-key").exists() and "lent" not in repr(site)
    (home / "content" / "practice.yaml").write_text("name: Another\n", encoding="utf-8")
    assert take_snapshot(folders).version != first.version
    evil = replace(first, files=(("content/../../out", b"x"),))
    (tmp_path / "evil").mkdir()
    with pytest.raises(ValueError):
        unpack(evil, site, tmp_path / "evil")
    (home / "content" / "practice.yaml").chmod(0)
    if os.geteuid():
        with pytest.raises(InputProblems):
            take_snapshot(folders)


def test_sealed_says_nothing() -> None:
    """A job on its way does not show what it holds."""
    assert "secret" not in repr(Sealed("secret")) + str(Sealed(("secret",)))
    assert Sealed(("secret", 1)).open() == ("secret", 1)
