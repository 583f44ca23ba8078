"""A worker's process: makes its function once, then answers one job after another from a pipe. Run as ``python -m``.

Standard streams lead nowhere, since libraries may quote what a client wrote. An exception is told by its kind and by
places in the code. Imports stay few: this starts anew after each accident.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from workbook_builder.batch import Limits, Task
from workbook_builder.errors import TryAgain, places
from workbook_builder.restraint import die_with_parent, limit_process

ORPHAN_SECONDS = 1.0
"""How often a system without such a signal is asked whether the parent is still there."""
NOT_ENOUGH_MEMORY = "needs more memory than is allowed"


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    pipe, parent = Connection(int(sys.argv[1])), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    _die_with(parent)
    try:
        limits: Limits = pipe.recv()
        limit_process(limits.memory)
        task: Task = pipe.recv()
        _serve(pipe, task)
    except (EOFError, OSError):
        return


def _serve(pipe: Connection, task: Task) -> None:
    module, _, name = task.maker.partition(":")
    try:
        answer = getattr(importlib.import_module(module), name)(task.context)
    except Exception as error:
        pipe.send(("unready", places(error)))
        return
    pipe.send(("ready", None))  # what starting takes is not counted as the first job's time
    while True:
        kind, value = _answer(pipe, answer)
        try:
            pipe.send((kind, value))
        except MemoryError:
            pipe.send(("again", NOT_ENOUGH_MEMORY))
            return
        except (EOFError, OSError):
            return
        except Exception as error:  # an answer that cannot be pickled
            pipe.send(("raised", places(error)))
        if kind == "again":
            return


def _answer(pipe: Connection, answer: Callable[[Any], Any]) -> tuple[str, Any]:
    job = pipe.recv()
    try:
        return "done", answer(job)
    except TryAgain as error:
        return "again", str(error)
    except MemoryError:
        return "again", NOT_ENOUGH_MEMORY
    except BaseException as error:  # SystemExit of a library is no reason to leave
        return "raised", places(error)


def _die_with(parent: int) -> None:
    """See to it that no worker outlives its parent, however that ends.

    On Linux the signal comes when the thread ends that started this process, so crews belong to threads that last.
    """
    if not die_with_parent():
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it ended before it could be watched
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
