"""An engine on many machines: the same jobs, the same supervision, the same outcomes, through a dask cluster.

Each thread of each dask worker holds one job at a time. A worker that is lost costs its job, which is tried once more
when everything else is done, alone; nothing is run again behind our back (see outpost).
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from workbook_builder.batch import Limits, Outcome, Task
from workbook_builder.batch.crew import START_SECONDS, TOO_SLOW, CannotWork, next_job
from workbook_builder.batch.outpost import Mission, Sealed, close_outpost, hold_outpost, open_outpost, work
from workbook_builder.batch.reaching import NoCluster, Unsafe, Way, is_safe, reach
from workbook_builder.batch.snapshot import Snapshot, program_facts

KEEP_SECONDS = 2.0
"""How often the coordinator looks who is there."""
PATIENCE = 60.0
"""Seconds that a batch waits for a worker when there is none."""
TRAVEL_SECONDS = 60.0
"""What a job's way there and back may take at most, besides its own time and the start of a process."""
CLOSE_SECONDS = 10.0
OPEN = "is not encrypted. Start it with tls:// as well, or say --force-insecure."
LOST = "the connection to its machine was lost"


@dataclass(frozen=True)
class Flight:
    """A job that is under way: where, and when it is given up (by the monotonic clock)."""

    job: Any
    address: str
    deadline: float


class Cluster:
    """Workers on other machines. Connects at once, so that whatever is wrong is told before anything is made."""

    def __init__(
        self, way: Way, task: Task, limits: Limits, snapshot: Snapshot | None = None, patience: float = PATIENCE
    ) -> None:
        """Connect, and get every worker ready.

        Raises:
            Unsafe: profiles would travel without encryption.
            NoCluster: nobody answers, there is no worker, or one that cannot be used.
        """
        self._way, self._limits, self._patience = way, limits, patience
        self._token = uuid4().hex
        self._mission = Sealed(Mission(task, limits, snapshot))
        self._ready: dict[str, int] = {}
        self._unfit: dict[str, str] = {}
        self._answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._flights: dict[str, Flight] = {}
        self._over, self._look, self._lock = threading.Event(), threading.Event(), threading.Lock()
        self._mustering = threading.Lock()
        self._client = reach(way)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._keep, daemon=True).start()

    @property
    def size(self) -> int:
        """How many jobs can be under way at once now."""
        with self._lock:
            return sum(self._ready.values())

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Yield the outcome of each job exactly once, in the order in which they end.

        Raises:
            CannotWork: a worker process cannot be started.
            NoCluster: all workers are gone, and none comes back.
        """
        again = []
        for outcome in self._work(iter(jobs), alone=False):
            if outcome.fate in ("slow", "died"):
                again.append(outcome.job)
            else:
                yield outcome
        for job in again:
            yield from self._work(iter([job]), alone=True)

    def close(self) -> None:
        """End the batch's processes on all workers, remove what was unpacked there, and let go of the cluster."""
        if self._over.is_set():
            return
        self._over.set()
        self._look.set()

        def end() -> None:
            with suppress(Exception), self._mustering:  # the cluster may be gone; who gets ready now is ended as well
                if addresses := list(self._client.nthreads()):
                    self._client.run(close_outpost, self._token, workers=addresses, on_error="ignore")
            with suppress(Exception):
                self._client.close(timeout=CLOSE_SECONDS / 2)

        thread = threading.Thread(target=end, daemon=True)
        thread.start()
        thread.join(CLOSE_SECONDS)

    def _work(self, jobs: Iterator[Any], alone: bool) -> Iterator[Outcome]:
        waiting: list[Any] = []
        while True:
            self._hand_out(jobs, waiting, alone)
            if not self._flights:
                if not next_job(waiting, jobs):
                    return
                self._wait_for_workers()
                continue
            ended = [*self._land(), *self._give_up()]
            self._hand_out(jobs, waiting, alone)
            yield from ended

    def _hand_out(self, jobs: Iterator[Any], waiting: list[Any], alone: bool) -> None:
        """Send jobs to whoever is free."""
        busy = Counter(flight.address for flight in self._flights.values())
        with self._lock:
            ready = dict(self._ready)
        free = {address: threads - busy[address] for address, threads in ready.items()}
        # Round by round, so that a few jobs are spread over machines.
        for _ in range(max(free.values(), default=0)):
            for address in [address for address, places in free.items() if places > 0]:
                if (alone and self._flights) or not next_job(waiting, jobs):
                    return
                free[address] -= 1
                self._send(waiting.pop(), address, alone)

    def _send(self, job: Any, address: str, fresh: bool) -> None:
        ticket, allowed = uuid4().hex, self._limits.seconds + START_SECONDS + TRAVEL_SECONDS
        self._flights[ticket] = Flight(job, address, time.monotonic() + allowed)
        sealed = Sealed(job)

        def call() -> None:
            answer = None
            with suppress(Exception):  # whatever it is: this machine has not answered
                answer = self._client.run(work, self._token, sealed, fresh, workers=[address])[address]
            self._answers.put((ticket, answer))

        threading.Thread(target=call, daemon=True).start()

    def _land(self) -> Iterator[Outcome]:
        """Wait a moment for an answer."""
        with suppress(queue.Empty):
            ticket, answer = self._answers.get(timeout=1.0)
            flight = self._flights.pop(ticket, None)
            if flight is None:  # given up long ago
                return
            if answer is None:
                self._drop(flight.address)
                yield Outcome(flight.job, "died", reason=LOST)
                return
            fate, value, reason = answer
            if fate == "unworkable":
                raise CannotWork(f"{flight.address}: {reason}")
            yield Outcome(flight.job, fate, value, reason)

    def _give_up(self) -> Iterator[Outcome]:
        """Give up what no machine will answer any more: the crew there would have ended it long ago."""
        for ticket, flight in list(self._flights.items()):
            if time.monotonic() > flight.deadline:
                del self._flights[ticket]
                with self._lock:
                    self._unfit[flight.address] = "does not answer"
                self._drop(flight.address)
                yield Outcome(flight.job, "slow", reason=TOO_SLOW.format(self._limits.seconds))

    def _drop(self, address: str) -> None:
        """Send nothing more to a worker until it is seen again."""
        with self._lock:
            self._ready.pop(address, None)
        self._look.set()

    def _begin(self) -> None:
        """Get those ready who are there; all of them have to be fit. Wait for the first if there is none."""
        self._muster()
        self._refuse_unfit()
        self._wait_for_workers(self._muster)
        self._refuse_unfit()

    def _wait_for_workers(self, look: Callable[[], None] = lambda: None) -> None:
        """Wait until there is a worker; ``look`` sees to it while nobody else does."""
        deadline = time.monotonic() + self._patience
        while not self.size:
            look()
            if time.monotonic() > deadline:
                self._refuse_unfit()
                raise NoCluster(f"--scheduler {self._way.address}: has no worker. Start some; see docs/cluster.md.")
            time.sleep(0 if self.size else 0.2)

    def _refuse_unfit(self) -> None:
        """Say which workers cannot be used, and why; not at all when there are none of that kind."""
        if not self._unfit:
            return
        lines = [f"{address}: {reason}" for address, reason in sorted(self._unfit.items())]
        if OPEN in self._unfit.values():
            raise Unsafe("\n".join(["Workers of the cluster would get profiles, which are health data:", *lines]))
        raise NoCluster("\n".join(["Workers of the cluster cannot be used:", *lines]))

    def _keep(self) -> None:
        """Look who is there, again and again. Workers that hear nothing end the batch by themselves."""
        while not self._over.is_set():
            self._look.wait(KEEP_SECONDS)
            self._look.clear()
            if self._over.is_set():
                return
            with suppress(Exception):  # no connection now: seen by those who wait for answers
                self._muster()

    def _muster(self) -> None:
        """Get every worker ready that is not, and note who is."""
        with self._mustering:
            if not self._over.is_set():
                self._call_out()

    def _call_out(self) -> None:
        threads: dict[str, int] = dict(self._client.nthreads())
        if not self._way.insecure:
            self._unfit |= {address: OPEN for address in threads if not is_safe(address)}
        known = [address for address in threads if address not in self._unfit]
        held = self._run(hold_outpost, known, "ignore")
        missing = [address for address in known if held.get(address) is not True]
        opened = self._run(open_outpost, missing, "return", program_facts(), self._mission)
        unfit = {address: _explain(reply) for address, reply in opened.items() if reply != ""}
        with self._lock:
            self._unfit |= unfit
            self._ready = {
                address: count for address, count in threads.items()
                if held.get(address) is True or opened.get(address) == ""
            }  # fmt: skip

    def _run(self, function: Callable[..., Any], workers: list[str], on_error: str, *arguments: Any) -> dict[str, Any]:
        if not workers:  # to dask, nobody means everybody
            return {}
        found: dict[str, Any] = self._client.run(function, self._token, *arguments, workers=workers, on_error=on_error)
        return found


def _explain(reply: object) -> str:
    """Say why a worker cannot be used."""
    if isinstance(reply, ImportError):
        return f"workbook-builder is not installed there, or is another version ({reply})"
    if isinstance(reply, Exception):
        return f"cannot get ready ({type(reply).__name__})"
    return f"differs from this machine: {reply}. Install the same there."
