"""The rungs of the ladder: the numbers of minutes at which a plan may change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from .board import Board
from .frames import size_of


@dataclass
class Rungs:
    """What lacked room on a rung, for each gap the least: the gap, and whether it is filled to its minutes or above."""

    lacking: dict[tuple[int, bool], int] = field(default_factory=dict)
    known: dict[tuple[int, bool, int], int] = field(default_factory=dict)
    """The rung for each number of minutes that a gap has lacked."""

    def forget(self) -> None:
        """Begin a rung."""
        self.lacking = {}

    def lacks(self, gap: int, total: int, tight: bool) -> None:
        """Remember that a gap would have to hold so many minutes."""
        least = self.lacking.get((gap, tight))
        if least is None or total < least:
            self.lacking[gap, tight] = total

    def climb(self, board: Board) -> Iterator[int]:
        """Give the rungs up to the client's minutes, each when the one before it has been settled.

        A rung is where a gap becomes large enough for what lacked the least, or where the dose changes.
        """
        case = board.case
        doses = [dose.up_to + 1 for dose in case.rules.doses[case.frequency] if dose.up_to is not None]
        minutes: int | None = 1
        while minutes is not None and minutes <= case.minutes:
            yield minutes
            below = minutes
            found = [self._rung(board, below, *needs) for needs in self.lacking.items()]
            minutes = min([rung for rung in [*found, *doses] if rung > below], default=None)

    def _rung(self, board: Board, below: int, where: tuple[int, bool], total: int) -> int:
        (gap, tight), case = where, board.case
        frame = board.frames[gap]
        if (found := self.known.get((gap, tight, total))) is not None:
            return found

        def size(minutes: int) -> int:
            budget, limit = size_of(case, frame.number, gap == 0, minutes)
            return budget if tight else limit

        rung = below + 1 + bisect_left(range(below + 1, case.minutes + 1), total, key=size)
        self.known[gap, tight, total] = rung
        return rung
