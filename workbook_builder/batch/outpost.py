"""What runs inside a dask worker for one batch: the practice, unpacked, and crews of one that work on its jobs.

The coordinator calls these functions directly (``Client.run``), not as dask's tasks. Tasks would be stored: in the
memory of scheduler and workers, in what a worker spills to its disk, and in logs when they fail; and dask would run
them again by itself when a worker is lost. A call is none of this. Nothing here is about clients but the job that a
crew holds while it makes it.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import shutil
import signal
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbook_builder.batch import Limits, Outcome, Task
from workbook_builder.batch.crew import CannotWork, Crew
from workbook_builder.batch.snapshot import Snapshot, program_facts, unpack

LEASE = 120.0
"""Seconds without a word from the coordinator until an outpost ends by itself: that machine is gone."""
CLOSED = Outcome(None, "died", reason="its batch was closed on that machine")
Answer = tuple[str, Any, str]
"""Fate, value and reason of an outcome; *unworkable* when no worker process can be started."""


@dataclass(frozen=True)
class Mission:
    """What a worker needs for all jobs of a batch. With a snapshot, the task's context is a site, and gets the folder
    in which the practice is unpacked. ``lease`` in seconds."""

    task: Task
    limits: Limits
    snapshot: Snapshot | None = None
    lease: float = LEASE


class Sealed:
    """A value that nothing can print or log by accident."""

    def __init__(self, value: object) -> None:
        self._data = pickle.dumps(value)

    def open(self) -> Any:
        """Return the value."""
        return pickle.loads(self._data)


class Outpost:
    """One batch in one dask worker."""

    def __init__(self, mission: Mission, scratch: str | None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="workbook-", dir=scratch))  # made with mode 0700
        task = mission.task
        if mission.snapshot:
            task = replace(task, context=unpack(mission.snapshot, task.context, self.folder))
        self._task, self._mission = task, mission
        self._lock, self._free, self._busy = threading.Lock(), list[Crew](), set[Crew]()
        self._closed, self.heard = False, time.monotonic()

    def attempt(self, packed: Sealed, fresh: bool) -> Answer:
        """Try a job once, under the same supervision as on one machine."""
        with self._lock:
            if self._closed:
                return CLOSED.fate, None, CLOSED.reason
            crew = self._free.pop() if self._free else Crew(self._task, 1, self._mission.limits)
            self._busy.add(crew)
        try:
            outcome = crew.attempt(packed.open(), fresh)
            return outcome.fate, outcome.value, outcome.reason
        except CannotWork as error:
            return "unworkable", None, str(error)
        except Exception as error:  # a crew that was closed in the middle
            return CLOSED.fate, None, f"{CLOSED.reason} ({type(error).__name__})"
        finally:
            with self._lock:
                self._busy.discard(crew)
                if self._closed:
                    crew.close()
                else:
                    self._free.append(crew)

    def close(self) -> None:
        """End all processes, and remove what was unpacked."""
        with self._lock:
            self._closed = True
            crews = [*self._free, *self._busy]
            self._free.clear()
            busy = set(self._busy)
        for crew in crews:
            if crew not in busy:
                crew.close()
                continue
            for process in crew.process_ids:
                _kill(process)  # its own thread sees it and clears up
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_forgotten(self) -> bool:
        """Whether the coordinator has been silent for too long."""
        return time.monotonic() - self.heard > self._mission.lease


_outposts: dict[str, Outpost] = {}
_ended: set[str] = set()
"""Batches that have ended. One may end while this worker still gets ready for it."""


async def open_outpost(token: str, facts: dict[str, str], packed: Sealed, dask_worker: Any = None) -> str:
    """Get ready for a batch; return what is not the same on this machine, or nothing."""
    own = await asyncio.to_thread(program_facts)
    if wrong := [f"{name} {own.get(name)}, here {fact}" for name, fact in facts.items() if own.get(name) != fact]:
        return "; ".join(wrong)
    mission: Mission = packed.open()
    if token not in _outposts:
        _outposts[token] = await asyncio.to_thread(Outpost, mission, getattr(dask_worker, "local_directory", None))
        _watch(asyncio.get_running_loop(), token, mission.lease)
    if token in _ended:
        await close_outpost(token)
    return ""


async def hold_outpost(token: str) -> bool:
    """Say whether this worker is ready for the batch, and that its coordinator is alive."""
    if outpost := _outposts.get(token):
        outpost.heard = time.monotonic()
    return outpost is not None


async def work(token: str, job: Sealed, fresh: bool, dask_worker: Any) -> Answer:
    """Try a job once, in one of the worker's threads."""
    outpost = _outposts.get(token)
    if outpost is None:
        return CLOSED.fate, None, CLOSED.reason
    outpost.heard = time.monotonic()
    # dask's own threads: they last as long as the worker, and end with it (see serve._die_with).
    return await asyncio.get_running_loop().run_in_executor(dask_worker.executor, outpost.attempt, job, fresh)


async def close_outpost(token: str) -> None:
    """End a batch on this worker."""
    _ended.add(token)
    if outpost := _outposts.pop(token, None):
        await asyncio.to_thread(outpost.close)


def _watch(loop: asyncio.AbstractEventLoop, token: str, lease: float) -> None:
    """Close an outpost whose coordinator has gone without a word."""
    outpost = _outposts.get(token)
    if outpost is None:
        return
    if outpost.is_forgotten:
        del _outposts[token]
        threading.Thread(target=outpost.close, daemon=True).start()
    else:
        loop.call_later(lease / 4, _watch, loop, token, lease)


def _kill(process: int) -> None:
    """End a worker's process with what it has started."""
    with suppress(OSError):
        os.killpg(process, signal.SIGKILL)
