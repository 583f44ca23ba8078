"""What holds a process of ours back: limits of memory and processor time, and no life beyond its parent's."""

from __future__ import annotations

import ctypes
import signal
import sys

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def limit_process(memory: int, processor_seconds: int | None = None) -> None:
    """Limit the address space of this process, in bytes, and the processor time of its whole life.

    Where the system has no such limits, or refuses one, the deadline that a parent keeps still holds.
    """
    try:
        import resource
    except ImportError:  # not a POSIX system
        return
    limits = {resource.RLIMIT_AS: memory}
    if processor_seconds is not None:
        limits[resource.RLIMIT_CPU] = processor_seconds
    for kind, value in limits.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses RLIMIT_AS; a lower limit is in force already
            continue


def die_with_parent() -> bool:
    """Have the system kill this process when the thread ends that started it; return whether it can (Linux)."""
    if sys.platform != "linux":
        return False
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    return True
