"""The same jobs on a dask cluster of two workers, under the same accidents, with the same outcomes."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import DAY, copy_tiny

from workbook_builder.batch import Limits, Outcome, Task
from workbook_builder.batch.building import Site
from workbook_builder.batch.cluster import Cluster
from workbook_builder.batch.crew import CannotWork, Crew
from workbook_builder.batch.ledger import FILE, Ledger
from workbook_builder.batch.reaching import Way
from workbook_builder.batch.running import Desk, run_batch
from workbook_builder.batch.shelf import Shelf
from workbook_builder.batch.snapshot import take_snapshot
from workbook_builder.batch.source import read_clients
from workbook_builder.folders import find_folders, lend
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
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(scratch),
            silence_logs=50,
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
    """A job that hangs, leaves, eats memory or raises costs itself alone: fates and reasons are those of a crew."""
    jobs = [("ok", 1), ("exit", 0), ("hang", 0), ("eat", 0), ("raise", "secret"), ("ok", 2), ("ok", 3), ("ok", 4)]
    away = {outcome.job: (outcome.fate, outcome.reason) for outcome in run(*jobs, seconds=2.0)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]))
        with Crew(FAULTS, 2, Limits(2.0, MEMORY)) as crew:
            home = {outcome.job: (outcome.fate, outcome.reason) for outcome in crew.run(jobs)}
    assert away == home
    assert Counter(fate for fate, _ in away.values()) == {"done": 4, "died": 2, "slow": 1, "raised": 1}


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
    assert not list(scratch.rglob("*.md")) or victim  # a killed worker's folder goes when its nanny clears up
    for out in ("away", "local"):
        again = work(home, tmp_path / out, far(cluster, home))
        assert Counter(row.status for row in again) == {"unchanged": CLIENTS - 1, "invalid": 1}


def test_nothing_is_left_on_the_machines(cluster: Any, scratch: Path, home: Path, tmp_path: Path) -> None:
    """After a batch there is no process, no file and no value of it in a worker, and no task in the scheduler."""
    wait_for_two(cluster)
    work(home, tmp_path / "out", far(cluster, home))
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        assert set(client.run(_children).values()) == {0}
        assert set(client.run(lambda dask_worker: len(dask_worker.data)).values()) == {0}
        assert client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0
        logs = str(client.get_worker_logs()) + str(client.get_scheduler_logs())
    assert "Wren" not in logs and "t-01" not in logs
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


def _state(process: str) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
