"""The crew of workers under every accident that we know: each job is answered exactly once, and nobody is left over."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from support import environment

from workbook_builder.batch import Limits, Outcome, Task
from workbook_builder.batch.crew import CannotWork, Crew

HERE = Path(__file__).parent
MEMORY = 400 * 1024**2
TASK = Task("batch_jobs:make_faults", "context")
PATIENCE = 30.0
JOBS, KILLS = 2000, 100

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
Run = Callable[..., list[Outcome]]


@pytest.fixture(autouse=True)
def jobs_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers import what they are asked to do by name."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def run() -> Iterator[Run]:
    """Return a function that gives jobs to a crew of two and returns all outcomes."""

    def run(*jobs: object, seconds: float = 60.0, workers: int = 2) -> list[Outcome]:
        with Crew(TASK, workers, Limits(seconds, MEMORY)) as crew:
            return list(crew.run(jobs))

    yield run


def test_answers(run: Run) -> None:
    """Each answer holds the context, and several workers are at work."""
    outcomes = run(*[("sleep", 0.05)] * 20, ("ok", 1), ("ok", 2))
    assert Counter(outcome.fate for outcome in outcomes) == {"done": 22}
    assert [outcome.value[:2] for outcome in outcomes if outcome.job[0] == "ok"] == [("context", 1), ("context", 2)]
    assert run() == []


def test_jobs_of_one_kin_go_to_one_worker() -> None:
    """Each worker stays with its kin while there are jobs of it; a free one takes what nobody else is at, if it can."""
    with Crew(TASK, 2, Limits(60.0, MEMORY), kin=lambda job: job[0]) as crew:
        waiting = ["a1", "a2", "b1", "a3", "b2", "b3"]
        one, two = (SimpleNamespace(kin=None, state="idle", kill=lambda: None) for _ in range(2))
        crew._workers[:] = one, two  # type: ignore[list-item]
        given = []
        for worker in (one, two, one, two, two, one):
            given.append(crew._choose(worker, waiting))  # type: ignore[arg-type]
            worker.state = "busy"
        assert given == ["a1", "b1", "a2", "b2", "b3", "a3"] and waiting == []


@pytest.mark.parametrize("fault", ["exit", "killed", "again", "eat"])
def test_worker_dies(run: Run, fault: str) -> None:
    """A job that ends its worker costs itself alone, and only after a second try."""
    outcomes = run((fault, 0), ("ok", 1), ("ok", 2), ("ok", 3))
    assert {outcome.job: outcome.fate for outcome in outcomes} == {
        ("ok", 1): "done", ("ok", 2): "done", ("ok", 3): "done", (fault, 0): "died",
    }  # fmt: skip
    assert outcomes[-1].job == (fault, 0)
    reasons = {"exit": "exit code 3", "killed": "Killed", "again": "engine's process died", "eat": "more memory"}
    assert reasons[fault] in outcomes[-1].reason


@pytest.mark.parametrize("fault", ["hang", "spin", "stopped"])
def test_job_takes_too_long(run: Run, fault: str) -> None:
    """A job that hangs, holds the interpreter or is stopped ends at its time limit; the others do not wait for it."""
    outcomes = run((fault, 0), ("ok", 1), ("ok", 2), seconds=1.0)
    assert [outcome.fate for outcome in outcomes] == ["done", "done", "slow"]
    assert outcomes[-1].reason == "took longer than 1 seconds"


def test_second_try_is_alone(run: Run, tmp_path: Path) -> None:
    """What failed by accident succeeds the second time: in another process, after everything else."""
    faults = [(f"{what}-once", str(tmp_path / what)) for what in ("exit", "hang", "eat")]
    outcomes = run(*faults, ("ok", 1), ("ok", 2), seconds=2.0)
    assert [outcome.fate for outcome in outcomes] == ["done"] * 5
    assert {outcome.job for outcome in outcomes[2:]} == set(faults)
    for outcome in outcomes[2:]:
        assert str(outcome.value) != Path(outcome.job[1]).read_text(encoding="ascii")


@pytest.mark.parametrize("fault", ["raise", "leave", "unpicklable"])
def test_job_raises(run: Run, fault: str) -> None:
    """An exception is told by its kind and place, never by its message; the worker goes on."""
    outcomes = run((fault, "secret"), ("ok", 1), workers=1)
    assert [outcome.fate for outcome in outcomes] == ["raised", "done"]
    assert "secret" not in outcomes[0].reason
    assert ".py:" in outcomes[0].reason


def test_worker_that_cannot_start(run: Run) -> None:
    """A function that cannot be made is an error of its own, at once and without the message."""
    with Crew(Task("batch_jobs:make_nothing"), 1, Limits()) as crew, pytest.raises(CannotWork) as error:
        list(crew.run([("ok", 1)]))
    assert "RuntimeError" in str(error.value) and "secret" not in str(error.value)


def test_workers_are_replaced() -> None:
    """A worker serves so many jobs and no more."""
    with Crew(TASK, 1, Limits(60.0, MEMORY), lifetime=2) as crew:
        outcomes = list(crew.run(("ok", number) for number in range(6)))
    assert [outcome.job[1] for outcome in outcomes] == list(range(6))
    assert Counter(Counter(outcome.value[2] for outcome in outcomes).values()) == {2: 3}


def test_thousands_of_jobs_under_kills() -> None:
    """2,000 jobs while 100 workers are killed at random moments: each is answered exactly once."""
    dice = random.Random(2026)
    moments = set(dice.sample(range(JOBS), KILLS))
    answered: Counter[int] = Counter()
    with Crew(TASK, 2, Limits(60.0, MEMORY)) as crew:
        for count, outcome in enumerate(crew.run(("ok", number) for number in range(JOBS))):
            answered[outcome.job[1]] += 1
            if count in moments:
                os.kill(dice.choice(crew.process_ids), signal.SIGKILL)
    assert answered == Counter(range(JOBS))


@linux
def test_nobody_outlives_the_parent(tmp_path: Path) -> None:
    """The parent is killed with -9 in the middle of a job: its worker goes with it."""
    script = (
        "from workbook_builder.batch import *; from workbook_builder.batch.crew import Crew;"
        f"list(Crew(Task('batch_jobs:make_faults'), 1, Limits()).run([('hang-and-start', {str(tmp_path / 'ids')!r})]))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], env=environment())
    worker, _ = _wait_for_ids(tmp_path / "ids")
    parent.kill()
    parent.wait()
    _wait_until_gone(worker)


@linux
def test_what_a_job_has_started_ends_with_it(run: Run, tmp_path: Path) -> None:
    """A job at its time limit is killed with the processes that it has started."""
    outcomes = run(("hang-and-start", str(tmp_path / "ids")), seconds=1.0)
    assert [outcome.fate for outcome in outcomes] == ["slow"]
    for process in _wait_for_ids(tmp_path / "ids"):
        _wait_until_gone(process)


def _wait_for_ids(path: Path) -> list[int]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if path.exists() and len(found := path.read_text(encoding="ascii").split()) == 2:
            return [int(one) for one in found]
        time.sleep(0.02)
    raise AssertionError("the job never started")


def _wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {process} is still there")
