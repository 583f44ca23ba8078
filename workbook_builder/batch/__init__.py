"""Many clients at once: where they come from, who works on them, what was made, and what is told about it.

source → clients → crew of workers (each with a time and a memory limit) → publish → ledger, manifest, report.

This page holds the values that pass between these parts. They are plain and can be pickled, since they travel through
pipes to processes of this machine or of another one. It imports nothing that takes time: each worker imports it first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from workbook_builder.profile import LoadedProfile

__all__ = ["Client", "Engine", "Fate", "Limits", "Outcome", "Task"]


@dataclass(frozen=True)
class Client:
    """One client of a source.

    ``place`` is where the client stands for the one who wrote the source: a file, or file and row. ``loaded`` is the
    profile as it was read, which may be wrong. ``id`` is the client's id as far as it can be known when the profile is
    wrong; empty when it cannot, or when it is not a valid id.
    """

    place: str
    loaded: LoadedProfile
    id: str = ""


@dataclass(frozen=True)
class Task:
    """What workers do. ``maker`` is ``package.module:function``; called once in each worker with ``context``, it
    returns the function that answers one job. Context, jobs and answers are values that can be pickled."""

    maker: str
    context: Any = None


@dataclass(frozen=True)
class Limits:
    """What one job may take: seconds by the clock, and bytes of address space for its worker."""

    seconds: float = 120.0
    memory: int = 2 * 1024**3


Fate = Literal["done", "raised", "slow", "died"]
"""How a job ended: answered; its function raised; it took longer than its limit; its worker was killed or left."""


@dataclass(frozen=True)
class Outcome:
    """The end of one job, told exactly once. ``value`` is the answer when ``fate`` is *done*.

    ``reason`` tells the rest in words that hold nothing of the job, since an exception's message may quote a profile.
    """

    job: Any
    fate: Fate
    value: Any = None
    reason: str = ""


class Engine(Protocol):
    """Who works on jobs: a crew on this machine, or many machines."""

    def run(self, jobs: Iterable[Any]) -> Iterator[Outcome]:
        """Yield the outcome of each job, once, in the order in which they end. Takes from ``jobs`` as it goes."""
        ...

    def close(self) -> None:
        """End all workers; a job that runs is given up."""
        ...
