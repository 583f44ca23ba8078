"""What a worker is asked to do in tests: one thing for each way in which a job can go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook_builder.errors import TryAgain


def make_faults(context: object) -> Callable[[Any], Any]:
    """Return the function that answers ``(what, detail)``; ``context`` goes into answers, to show that it arrived."""

    def answer(job: tuple[str, Any]) -> object:
        what, detail = job
        return FAULTS[what](detail) if what in FAULTS else (context, detail, os.getpid())

    return answer


def make_nothing(context: object) -> Callable[[Any], Any]:
    """Cannot be made at all."""
    raise RuntimeError("secret")


def _once(detail: Any, fault: Callable[[], object]) -> object:
    """Fail the first time only; ``detail`` is a path that remembers."""
    memory = Path(detail)
    if memory.exists():
        return os.getpid()
    memory.write_text(str(os.getpid()), encoding="ascii")
    return fault()


def _eat(detail: Any) -> object:
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024**2))


def _hang_and_start(detail: Any) -> None:
    """Start a process of its own, write down its id, and hang."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(detail).write_text(f"{os.getpid()} {child.pid}", encoding="ascii")
    time.sleep(600)


def _spin(detail: Any) -> None:
    """Keep the interpreter to itself, as a hopeless regular expression does."""
    import re

    re.match(r"(a+)+$", "a" * 40 + "b")


def _raise(error: BaseException) -> object:
    raise error


FAULTS: dict[str, Callable[[Any], Any]] = {
    "exit": lambda detail: os._exit(3),
    "exit-once": lambda detail: _once(detail, lambda: os._exit(3)),
    "hang": lambda detail: time.sleep(600),
    "hang-once": lambda detail: _once(detail, lambda: time.sleep(600)),
    "hang-and-start": _hang_and_start,
    "spin": _spin,
    "eat": _eat,
    "eat-once": lambda detail: _once(detail, lambda: _eat(None)),
    "raise": lambda detail: _raise(ValueError(detail)),
    "leave": lambda detail: _raise(SystemExit(4)),
    "again": lambda detail: _raise(TryAgain("the engine's process died (Killed)")),
    "killed": lambda detail: os.kill(os.getpid(), signal.SIGKILL),
    "stopped": lambda detail: os.kill(os.getpid(), signal.SIGSTOP),
    "unpicklable": lambda detail: lambda: None,
    "sleep": time.sleep,
}
