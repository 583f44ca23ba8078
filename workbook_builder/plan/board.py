"""What a plan is made on: the gaps of a client's program, what is wanted in them, and what each module is like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .admission import Refusals
from .case import Case
from .frames import Frame, frames_at
from .places import Places
from .reading_order import ReadingOrder
from .traits import Traits
from .wishes import Wish


@dataclass(frozen=True)
class Board:
    """The gaps, and what each module may and may not."""

    case: Case
    frames: tuple[Frame, ...]
    wishes: Mapping[str, Wish]
    refused: Refusals
    traits: Mapping[str, Traits]
    order: ReadingOrder
    single: frozenset[str]
    """The roles of which a gap holds one module at most."""
    waits: Mapping[str, int]
    """How many gaps later than planned a role's modules may come, where that is limited."""
    holding: frozenset[str]
    """The roles for which a gap keeps its room."""
    besides: frozenset[str]
    """The roles without a gap of their own: what they want comes wherever there is time."""

    @classmethod
    def of(
        cls,
        case: Case,
        frames: tuple[Frame, ...],
        wishes: Mapping[str, Wish],
        refused: Refusals,
        traits: Mapping[str, Traits],
    ) -> Board:
        """Return the board of a case."""
        single = frozenset(name for name, role in case.rules.roles.items() if role.one_per_gap)
        holding = frozenset([*case.rules.holds_room, *case.rules.never_drop])
        waits = {name: role.may_wait for name, role in case.rules.roles.items() if role.may_wait is not None}
        besides = frozenset(role for slot in case.rules.besides for role in slot)
        order = ReadingOrder.of(case.rules, traits)
        return cls(case, frames, wishes, refused, traits, order, single, waits, holding, besides)

    def at(self, minutes: int) -> Board:
        """Return the same board for a client who gives so many minutes."""
        return replace(self, frames=frames_at(self.case, self.frames, minutes))

    @property
    def roles(self) -> set[str]:
        """The roles that the rows of the gaps name, and those that are wanted besides."""
        rows = [*(frame.row for frame in self.frames), self.case.rules.besides]
        return {role for row in rows for slot in row for role in slot}

    def needs(self, id_: str) -> tuple[str, ...]:
        """Return what a module builds on and is not done."""
        return self.traits[id_].needs

    def minutes(self, places: Places, gap: int) -> int:
        """Return the minutes that a gap's modules take."""
        return places.loads[gap].minutes

    def tasks(self, places: Places, gap: int) -> list[str]:
        """Return the modules of a gap that count, in reading order."""
        return [id_ for id_ in self.sequence(places, gap) if places[id_].counts]

    def sequence(self, places: Places, gap: int, before: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the modules of a gap in reading order; ``before`` is what ends the gap before it."""
        return self.order.sequence(places.loads[gap], gap == 0, before)
