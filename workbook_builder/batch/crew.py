"""A crew of worker processes that loses no job: the supervisor.

Each worker has one pipe of its own and shares no lock and no queue with anybody, so a worker that is killed, at any
moment, can cost only the job that it holds. The standard pools do not survive that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, Literal, Self

from workbook_builder.batch import Limits, Outcome, Task
from workbook_builder.errors import WorkbookError
from workbook_builder.scratch import Scratch

START_SECONDS = 60.0
RECEIVE_SECONDS = 10.0
"""An answer that has begun is read within this, or its worker is stuck in the middle of it."""
LOOK_AHEAD = 100
"""Jobs among which a worker's next one is chosen."""
LIFETIME = 500
"""Jobs until a worker is replaced, so that what a library never frees cannot pile up."""
MAX_FAILED_STARTS = 20
"""Workers that die one after the other before they are ready: something is wrong with the machine, not with a job."""
NO_ANSWER = "its process ended ({})"
TOO_SLOW = "took longer than {:g} seconds"
Kin = Callable[[Any], Hashable]
State = Literal["starting", "idle", "busy"]


class CannotWork(WorkbookError):
    """No worker can be started."""


class Crew:
    """Workers on this machine. Use it in a ``with`` statement; leaving it ends them all.

    A job that was slow, or whose worker died, is kept back and tried once more when everything else is done: alone, in
    a worker that has met with no accident, with no other job beside it that could take its memory or its processor.
    """

    def __init__(
        self, task: Task, workers: int, limits: Limits, lifetime: int = LIFETIME, kin: Kin = lambda job: None
    ) -> None:
        """``kin``: what jobs have in common. One worker gets those that are alike while there are others for the rest:
        it has ready what they share."""
        self._task, self._size, self._limits, self._lifetime, self._kin = task, workers, limits, lifetime, kin
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The workers' processes, for those who watch or disturb them."""
        return tuple(worker.process.pid for worker in self._workers)

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Yield the outcome of each job exactly once, in the order in which they end.

        Raises:
            CannotWork: workers cannot be started.
        """
        again = []
        for outcome in self._work(iter(jobs), self._size):
            if outcome.fate in ("slow", "died"):
                again.append(outcome.job)
            else:
                yield outcome
        if again:
            self.close()  # none of those that have worked beside others
        for job in again:
            yield from self._work(iter([job]), 1)

    def attempt(self, job: Any, fresh: bool = False) -> Outcome:
        """Try one job once, for those who look after second tries themselves.

        ``fresh``: in a worker that has met with no other job.

        Raises:
            CannotWork: workers cannot be started.
        """
        if fresh:
            self.close()
        (outcome,) = self._work(iter([job]), 1)
        return outcome

    def close(self) -> None:
        """End all workers; a job that runs is given up."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _work(self, jobs: Iterator[Any], size: int) -> Iterator[Outcome]:
        """Hand out jobs and yield how each ended, the first time."""
        waiting: list[Any] = []  # the next jobs, if there are any: nobody starts a worker for nothing
        while True:
            self._hand_out(jobs, waiting, size)
            if not any(worker.state == "busy" for worker in self._workers) and not next_job(waiting, jobs):
                return
            ended = self._wait()
            # The next job goes out before the last one is told of: workers work while the caller looks after it.
            self._hand_out(jobs, waiting, size)
            yield from ended

    def _hand_out(self, jobs: Iterator[Any], waiting: list[Any], size: int) -> None:
        for worker in self._workers:
            if worker.state == "idle" and next_job(waiting, jobs, LOOK_AHEAD):
                worker.give(self._choose(worker, waiting), self._limits.seconds)
        while len(self._workers) < size and next_job(waiting, jobs):
            self._workers.append(_Worker(self._task, self._limits))

    def _choose(self, worker: _Worker, waiting: list[Any]) -> Any:
        """Take the next job for a worker: one like its last, else one that is like nobody else's, else the first."""
        kin, others = [self._kin(job) for job in waiting], {w.kin for w in self._workers if w.state == "busy"}
        alike = (place for place, one in enumerate(kin) if one == worker.kin)
        nobodys = (place for place, one in enumerate(kin) if one not in others)
        place = next(alike, next(nobodys, 0))
        worker.kin = kin[place]
        return waiting.pop(place)

    def _wait(self) -> list[Outcome]:
        """Wait for an answer, a death or a deadline; return the outcomes that came of it."""
        nearest = min((w.deadline for w in self._workers if w.state != "idle"), default=time.monotonic())
        ready = set(wait([w.pipe for w in self._workers], timeout=max(0.0, nearest - time.monotonic())))
        outcomes = []
        for worker in list(self._workers):
            if worker.pipe in ready:
                outcomes += self._hear(worker)
            elif worker.state != "idle" and time.monotonic() >= worker.deadline:
                outcomes += self._lose(worker, "slow", TOO_SLOW.format(self._limits.seconds))
        return outcomes

    def _hear(self, worker: _Worker) -> list[Outcome]:
        kind, value = worker.receive()
        if kind == "ready":
            worker.state, self._failed_starts = "idle", 0
            return []
        if kind == "unready":
            raise CannotWork(f"a worker cannot start: {value}")
        if kind in ("dead", "again"):
            return self._lose(worker, "died", value)
        outcome = Outcome(worker.job, "done", value) if kind == "done" else Outcome(worker.job, "raised", reason=value)
        worker.finish()
        if worker.answered >= self._lifetime:
            self._dismiss(worker)
        return [outcome]

    def _lose(self, worker: _Worker, fate: Literal["slow", "died"], reason: str | None) -> list[Outcome]:
        """End a worker; return the outcome of the job that it held, if it held one."""
        code = self._dismiss(worker)
        if worker.state == "busy":
            return [Outcome(worker.job, fate, reason=reason or NO_ANSWER.format(code))]
        if worker.state == "starting":
            self._failed_starts += 1
            if self._failed_starts > MAX_FAILED_STARTS:
                raise CannotWork(f"workers end before they are ready ({code})")
        return []

    def _dismiss(self, worker: _Worker) -> str:
        self._workers.remove(worker)
        return worker.kill()


def next_job(waiting: list[Any], jobs: Iterator[Any], ahead: int = 1) -> bool:
    """See whether there is a job to hand out, taking more from the source when fewer than ``ahead`` wait."""
    waiting += islice(jobs, max(0, ahead - len(waiting)))
    return bool(waiting)


class _Worker:
    """One process, the pipe to it, and the job that it holds."""

    def __init__(self, task: Task, limits: Limits) -> None:
        # What the worker and its engine leave in temporary folders goes with it: a killed process cleans up nothing.
        self._folder = Scratch()
        self.pipe, theirs = Pipe()
        command = [
            sys.executable, "-P", "-m", "workbook_builder.batch.serve", str(theirs.fileno()), str(os.getpid())
        ]  # fmt: skip
        # A group of its own: Ctrl-C reaches the parent alone, and killing the group reaches what a job has started.
        self.process = subprocess.Popen(
            command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "TMPDIR": self._folder.name},
        )  # fmt: skip
        theirs.close()
        self.state: State = "starting"
        self.job: Any = None
        self.kin: Hashable = None
        self.answered = 0
        self.deadline = time.monotonic() + START_SECONDS
        with suppress(OSError):  # it died already: its pipe says so
            self.pipe.send(limits)
            self.pipe.send(task)

    def give(self, job: Any, seconds: float) -> None:
        """Hand over a job, and begin to count its time."""
        self.state, self.job, self.deadline = "busy", job, time.monotonic() + seconds
        with suppress(OSError):  # it died while it was idle: its pipe says so
            self.pipe.send(job)

    def finish(self) -> None:
        """Note that the job is answered."""
        self.state, self.job, self.answered = "idle", None, self.answered + 1

    def receive(self) -> tuple[str, Any]:
        """Return what the worker says: the kind of message and its value; *dead* when it ended instead."""
        rescue = threading.Timer(RECEIVE_SECONDS, self.process.kill)
        rescue.daemon = True
        rescue.start()
        try:
            kind, value = self.pipe.recv()
            return kind, value
        except Exception:  # ended, torn in the middle, or not to be read
            return "dead", None
        finally:
            rescue.cancel()

    def kill(self) -> str:
        """End the process and its group, and return how it ended, such as *Killed* or *exit code 3*."""
        with suppress(OSError):  # gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        code = self.process.wait()
        self.pipe.close()
        self._folder.remove()
        return signal.strsignal(-code) or f"signal {-code}" if code < 0 else f"exit code {code}"
