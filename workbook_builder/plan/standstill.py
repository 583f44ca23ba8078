"""What would only fail again: a wish or a slot that changed nothing, until something that it depends on changes.

On most rungs hardly anything can change, and then nearly everything would be tried in vain once more. So a turn that
changed nothing is written down with all that it looked at; as long as that is the same, it is noted and not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from workbook_builder.book import Kind

from .board import Board
from .placing import Kept


class Reach(NamedTuple):
    """What a turn depends on wherever it lies: modules, and all modules of some roles and kinds."""

    ids: frozenset[str]
    roles: frozenset[str | None]
    kinds: frozenset[Kind]


@dataclass(slots=True)
class Turn:
    """What the turn of a wish or a slot has found, in the order in which it was found."""

    kept: Kept = field(default_factory=dict)
    """Gaps that were kept when it began."""
    gaps: set[int] = field(default_factory=set)
    """Gaps that it looked into."""
    notes: list[tuple[Callable[..., None], tuple[object, ...]]] = field(default_factory=list)
    lacks: list[tuple[int, int, bool]] = field(default_factory=list)
    """What lacked room: a gap, the minutes that it would have to hold, and whether up to its own minutes alone."""
    is_certain: bool = True
    """Whether nothing but room that is lacking, and what it depends on, can make it end in another way."""


@dataclass(frozen=True)
class Standstill:
    """A turn that changed nothing."""

    turn: Turn
    reach: Reach

    def is_touched(self, gaps: Set[int], moved: Reach) -> bool:
        """Say whether it looked into one of these gaps, or depends on what was laid or moved."""
        own = self.reach
        return not (
            self.turn.gaps.isdisjoint(gaps)
            and own.ids.isdisjoint(moved.ids)
            and own.roles.isdisjoint(moved.roles)
            and own.kinds.isdisjoint(moved.kinds)
        )

    def lasts(self, board: Board, kept: Kept) -> bool:
        """Say whether it would change nothing still, as long as it is not touched."""
        for gap, total, tight in self.turn.lacks:
            frame = board.frames[gap]
            if total <= (frame.budget if tight else frame.limit):
                return False
        before, gaps = self.turn.kept, self.turn.gaps
        return kept is before or gaps & kept.keys() == gaps & before.keys()
