"""The state of a client's climb up the ladder: what lies where, what has been tried, and which gaps keep their room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .board import Board
from .places import Places
from .placing import Kept
from .rungs import Rungs
from .standstill import Reach, Standstill, Turn
from .wishes import Opening, Wish

Wanted = Wish | Opening

# What was tried and found no place, and which gaps were kept from it then.
Attempt = tuple[Wish, Kept]


@dataclass(frozen=True)
class Weighty:
    """Modules and roles that others wait for."""

    modules: frozenset[str]
    roles: frozenset[str]

    def weighs(self, wish: Wish) -> bool:
        """Say whether another module may come since this one has come."""
        return wish.id in self.modules or wish.role in self.roles


@dataclass
class Climb:
    """The state of a climb. ``places`` only ever gains modules; all else is worked out anew on each rung."""

    board: Board
    places: Places
    firm: frozenset[str]
    weighty: Weighty
    taken: dict[Wanted, str] = field(default_factory=dict)
    """What lies for a wish whose own module found no place, and for each slot of a floating role."""
    attempts: dict[Wanted, dict[str, Attempt]] = field(default_factory=dict)
    kept: Kept = field(default_factory=dict)
    """Gaps that keep their room for what is dropped later than what is being tried."""
    wanted: dict[int, str] = field(default_factory=dict)
    """Gaps in which something that is wanted lacks nothing but room: nothing fills them up."""
    roomless: list[Opening] = field(default_factory=list)
    """Slots that have found no room on this rung."""
    again: bool = False
    """Whether something was laid, or moved, for which a more important module may have waited."""
    rungs: Rungs = field(default_factory=Rungs)
    turn: Turn = field(default_factory=Turn)
    """What the wish or slot whose turn it is has found."""
    still: dict[Wanted, Standstill] = field(default_factory=dict)
    """What need not be tried again."""

    def rise(self, board: Board) -> None:
        """Go on to the board of the next rung; when the dose changes, nothing stands still."""
        if [(f.most, f.longest) for f in board.frames] != [(f.most, f.longest) for f in self.board.frames]:
            self.still = {}
        self.board = board

    def start_over(self) -> None:
        """Let everything have its turn once more."""
        self.kept, self.wanted, self.attempts, self.roomless = {}, {}, {}, []
        self.rungs.forget()
        self.again = False

    def stands_still(self, wanted: Wanted) -> bool:
        """Say whether a turn would only find what it found last time; if so, take that over."""
        still = self.still.get(wanted)
        if still is None or not still.lasts(self.board, self.kept):
            return False
        for note, about in still.turn.notes:
            note(*about)
        for lack in still.turn.lacks:
            self.rungs.lacks(*lack)
        return True

    def begin_turn(self, wanted: Wanted | None = None) -> None:
        """Begin the turn of a wish or a slot, or of what fills up gaps."""
        self.turn = Turn(self.kept)
        if wanted:
            self.attempts.pop(wanted, None)

    def end_turn(self, wanted: Wanted, reach: Reach) -> None:
        """Remember a turn that has changed nothing."""
        if self.turn.is_certain:
            self.still[wanted] = Standstill(self.turn, reach)

    def lay(self, places: Places) -> None:
        """Take over new places."""
        before, self.places = self.places, places
        gaps: set[int] = set()
        new: list[Wish] = []
        for gap, (load, old_load) in enumerate(zip(places.loads, before.loads, strict=True)):
            if load is old_load:
                continue
            gaps.add(gap)
            for id_, found in load.places.items():
                old = before.laid.get(id_)
                if old is not found:
                    new.append(found.wish)
                    self.again |= old is not None or old_load.minutes == 0 or self.weighty.weighs(found.wish)
        ids = frozenset([wish.id for wish in new])
        kinds = frozenset([self.board.traits[id_].kind for id_ in ids])
        moved = Reach(ids, frozenset([wish.role for wish in new]), kinds)
        self.still = {one: still for one, still in self.still.items() if not still.is_touched(gaps, moved)}

    def is_home(self, wish: Wish) -> bool:
        """Say whether a module lies where the pacing wants it, or where it lies whatever the minutes."""
        found = self.places.laid.get(wish.id)
        return found is not None and (found.gap <= found.wish.gap or wish.id in self.firm)

    def has_room(self, wish: Wish, gap: int, minutes: int) -> bool:
        """Say whether a gap holds so many minutes more; when not, the rung where it would is remembered."""
        if wish.in_session:
            return True
        frame, total = self.board.frames[gap], self.places.loads[gap].minutes + minutes
        if total <= (frame.budget if wish.tight else frame.limit):
            return True
        self.turn.lacks.append((gap, total, wish.tight))
        self.rungs.lacks(gap, total, wish.tight)
        return False

    def misses(self, wanted: Wanted, tried: Sequence[Wish]) -> None:
        """Note that nothing lies for a wish or a slot yet, and what was tried for it in vain."""
        self._note(self._misses, wanted, tried)

    def _misses(self, wanted: Wanted, tried: Sequence[Wish]) -> None:
        attempts = self.attempts.setdefault(wanted, {})
        for wish in tried:
            attempts.setdefault(wish.id, (wish, self.kept))

    def waits_for_room(self, opening: Opening) -> None:
        """Note that a slot has found no room on this rung."""
        self._note(self._waits_for_room, opening)

    def _waits_for_room(self, opening: Opening) -> None:
        self.roomless.append(opening)

    def keep(self, wish: Wish, gaps: Sequence[int]) -> None:
        """Keep the room of gaps in which a module lacks nothing else."""
        if gaps:
            self._note(self._keep, wish, gaps)

    def _keep(self, wish: Wish, gaps: Sequence[int]) -> None:
        if wish.role in self.board.besides:
            gaps = self._emptiest(wish, gaps)
        for gap in gaps:
            self.wanted.setdefault(gap, wish.id)
        if wish.role in self.board.holding or wish.id in self.board.case.given_before:
            self.kept = dict.fromkeys(gaps, wish.id) | self.kept

    def _emptiest(self, wish: Wish, gaps: Sequence[int]) -> Sequence[int]:
        """Return the one gap kept for what has none of its own and lies nowhere: the emptiest with too few tasks."""
        loads = self.places.loads
        few = [gap for gap in gaps if len(loads[gap].tasks) < self.board.frames[gap].least]
        return sorted(few, key=lambda gap: (loads[gap].minutes, gap))[:1] if wish.id not in self.places.laid else ()

    def _note(self, note: Callable[..., None], *about: object) -> None:
        """Take over what a turn has found, and remember it in case the turn changes nothing."""
        self.turn.notes.append((note, about))
        note(*about)
