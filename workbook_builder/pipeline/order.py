"""What a command asks for, and what it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from workbook_builder.book import Plan
from workbook_builder.library import Library
from workbook_builder.profile import Profile

Progress = Callable[[int, int], None]
"""Is told how many sections are ready, and of how many."""
Planned = tuple[Plan, Profile, Library]
"""A client's plan, and what it was made of."""


@dataclass(frozen=True)
class Order:
    """What a command asks for besides the profile. ``today`` is the day that is printed; None stands for a default,
    for ``edition`` and ``paper`` for what the profile prefers.

    ``verify``: look into the finished PDF before it is delivered; it costs 0.7 s of processor time for 44 pages.
    ``since`` is the plan or profile that the client's last book was made by. ``number`` is the book's, when whoever
    makes it may not have the practice's key.
    """

    today: date
    real_today: date
    layout: str = "restartt"
    out: Path | None = None
    password: str | None = None
    force: bool = False
    verify: bool = True
    edition: str | None = None
    paper: str | None = None
    since: Path | None = None
    number: str = field(default="", repr=False)


@dataclass(frozen=True)
class Built:
    """A finished PDF: where it lies, its pages, what the therapist needs to know, and what a workbook was made of."""

    path: Path
    pages: int
    notes: tuple[str, ...]
    planned: Planned | None = None
