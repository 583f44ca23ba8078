"""Giving out the minutes: from the fewest that a client may have up to their own, and nothing laid is taken back.

A client with more minutes climbs further up the same ladder, and all that lies for a client with fewer lies for them
too. So adding minutes never removes a module, whatever the rules say. For the plan to be a good one besides, two things
hold on each rung:

- What is dropped last is tried first, and where it lacks nothing but room, nothing that is dropped earlier takes the
  room away (``holds_room`` in the rules; what only fills a gap gives way to everything). A reminder that fits now never
  keeps out the sheet that fits with five minutes more.
- What lies later than the pacing wants it moves forward as soon as there is room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbook_builder.book import Kind

from .board import Board, Objection, Place, Places
from .filling import NO_ROOM, candidates, fill_one, has_turn
from .placing import Failure, Kept, base_of, gaps_for, lay, missing, place
from .rungs import Rungs
from .shaping import most_modules
from .wishes import Opening, Wish, by_importance, next_best, wish_for

# A floating slot tries the gap after when this speaks against one.
_MAY_WAIT = NO_ROOM | {"one-per-gap", "too-long", "never-alone"}


@dataclass(frozen=True)
class Slot:
    """What a slot of a floating role may take; ``kind`` and ``most`` of it in a gap, when all are of one kind."""

    wishes: tuple[Wish, ...]
    kind: Kind | None
    most: int | None


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
    slots: Mapping[Opening, Slot]
    weighty: Weighty
    taken: dict[Wish | Opening, str] = field(default_factory=dict)
    """What lies for a wish whose own module found no place, and for each slot of a floating role."""
    attempts: dict[Wish | Opening, list[Attempt]] = field(default_factory=dict)
    full: list[int] = field(default_factory=list)
    kinds: Counter[tuple[int, Kind]] = field(default_factory=Counter)
    kept: Kept = field(default_factory=dict)
    """Gaps that keep their room for what is dropped later than what is being tried."""
    wanted: dict[int, str] = field(default_factory=dict)
    """Gaps in which something that is wanted lacks nothing but room: nothing fills them up."""
    roomless: list[Opening] = field(default_factory=list)
    """Slots that have found no room on this rung."""
    again: bool = False
    """Whether something was laid, or moved, for which a more important module may have waited."""
    rungs: Rungs = field(default_factory=Rungs)

    def lay(self, places: Places) -> None:
        """Take over new places, and count the minutes anew."""
        for id_, found in places.items():
            old = self.places.get(id_)
            if old is not found:
                is_first = not self.full or self.full[found.gap] == 0
                self.again |= old is not None or is_first or self.weighty.weighs(found.wish)
        self.places = places
        self.full = [0] * len(self.board.frames)
        self.kinds = Counter()
        for id_, found in places.items():
            traits = self.board.traits[id_]
            self.kinds[found.gap, traits.kind] += 1
            if self.board.counts(found):
                self.full[found.gap] += traits.minutes

    def is_home(self, wish: Wish) -> bool:
        """Say whether a module lies where the pacing wants it, or where it lies whatever the minutes."""
        found = self.places.get(wish.id)
        return found is not None and (found.gap <= found.wish.gap or wish.id in self.firm)

    def has_room(self, wish: Wish, gap: int, minutes: int) -> bool:
        """Say whether a gap holds so many minutes more; when not, the rung where it would is remembered."""
        if wish.in_session:
            return True
        frame, total = self.board.frames[gap], self.full[gap] + minutes
        if total <= (frame.budget if wish.tight else frame.limit):
            return True
        self.rungs.lacks(gap, total, wish.tight)
        return False

    def keep(self, wish: Wish, gaps: Sequence[int]) -> None:
        """Keep the room of gaps in which a module lacks nothing else."""
        rules = self.board.case.rules
        for gap in gaps:
            self.wanted.setdefault(gap, wish.id)
            if wish.role in rules.holds_room or wish.id in self.board.case.given_before:
                self.kept = {gap: wish.id, **self.kept}


def climb(board: Board, openings: Sequence[Opening], places: Places) -> tuple[Places, dict[str, Failure]]:
    """Return ``places`` with all that found room, and for what found none, the objection of the gap it was meant for.

    ``board`` is the board of the client's own minutes; ``places`` hold what lies there whatever the minutes.
    """
    order = by_importance(board.case, [*board.wishes.values(), *openings])
    slots = {opening: _slot(board, opening) for opening in openings}
    wanted = [*board.wishes.values(), *(wish for slot in slots.values() for wish in slot.wishes)]
    state = Climb(board, places, frozenset(places), slots, _weighty(board, wanted))
    for minutes in state.rungs.climb(board):
        state.board = board.at(minutes)
        state.again = True
        while state.again:
            _settle(state, order)
    state.board = board
    return state.places, _explain(state)


def _slot(board: Board, opening: Opening) -> Slot:
    case = board.case
    table = (i for i in case.table(opening.role) if i in case.modules and i not in board.refused)
    wishes = tuple(wish_for(case, opening.role, i, opening.gap) for i in table)
    kinds = {board.traits[wish.id].kind for wish in wishes}
    if len(kinds) != 1:
        return Slot(wishes, None, None)
    return Slot(wishes, kinds.pop(), board.traits[wishes[0].id].rule.per_gap)


def _weighty(board: Board, wanted: Sequence[Wish]) -> Weighty:
    traits = [board.traits[wish.id] for wish in wanted]
    return Weighty(
        frozenset(need for t in traits for need in t.needs), frozenset(role for t in traits for role in t.begins_with)
    )


def _settle(state: Climb, order: Sequence[Wish | Opening]) -> None:
    """Try everything once on this rung, in the order of importance, and fill up what stays empty."""
    state.kept, state.wanted, state.attempts, state.roomless = {}, {}, {}, []
    state.rungs.forget()
    state.lay(state.places)
    state.again = False
    for wanted in order:
        if isinstance(wanted, Wish) and state.is_home(wanted):
            continue
        if isinstance(wanted, Opening):
            _settle_opening(state, wanted)
        else:
            _settle_wish(state, wanted)
    _fill_up(state)


def _settle_wish(state: Climb, wish: Wish) -> None:
    """Lay a wish, or the next module of its role when something else than room speaks against it."""
    own = wish.id if wish.id in state.places else state.taken.get(wish)
    if own is not None:
        if own != wish.id:
            state.attempts[wish] = [(wish, state.kept)]
        _move_forward(state, own)
        return
    for need in state.board.needs(wish.id):
        if need in state.places:
            _move_forward(state, need, wish)
    candidate: Wish | None = wish
    while candidate:
        roomless, waits = _try_together(state, candidate)
        if candidate.id in state.places:
            state.taken[wish] = candidate.id
            state.keep(candidate, roomless)
            return
        if candidate is wish:
            state.attempts[wish] = [(wish, state.kept)]
        if waits:
            state.keep(candidate, roomless)
            return
        board = state.board
        candidate = next_best(board.case, candidate, {*state.places, *board.wishes, *board.refused})


def _try_together(state: Climb, wish: Wish) -> tuple[list[int], bool]:
    """Lay a module, and with it the one without which it may not come; where that finds no room, neither comes."""
    board, before, again = state.board, state.places, state.again
    roomless, waits = _try(state, wish)
    partner_role = board.case.rules.roles[wish.role].only_with if wish.role else None
    partners = [w for w in board.wishes.values() if w.role == partner_role] if partner_role else []
    if wish.id not in state.places or not partners or any(w.id in state.places for w in partners):
        return roomless, waits
    for partner in partners:
        _try(state, partner)
        if partner.id in state.places:
            return roomless, waits
    state.lay(before)
    state.again = again
    return [], True


def _try(state: Climb, wish: Wish) -> tuple[list[int], bool]:
    """Lay a module if a gap takes it. Return the gaps where it lacks room alone, and whether nothing else lacks."""
    board = state.board
    along = sum(board.traits[need].minutes for need in missing(board, state.places, wish.id))
    minutes = board.traits[wish.id].minutes
    gaps = gaps_for(board, state.places, wish)
    roomless: list[int] = []
    if along:
        roomy = [g for g in gaps if state.has_room(wish, g, minutes) and state.has_room(wish, g, minutes + along)]
        alone = [g for g in gaps if state.has_room(wish, g, minutes)]
        laid = place(board, state.places, wish, kept=state.kept) if roomy or alone else None
        roomless = [g for g in gaps if g not in roomy and not board.speaks_against(state.places, g, wish)]
        if laid is None:
            return roomless, True
        if isinstance(laid, Failure):
            return (roomless, True) if laid.objection.rule in NO_ROOM else ([], False)
        state.lay(laid)
        return [], True
    for gap in gaps:
        free = gap not in state.kept or wish.in_session
        if free and state.has_room(wish, gap, minutes):
            laid_here = lay(board, state.places, [wish], gap)
            if not isinstance(laid_here, Objection):
                state.lay(laid_here)
                return roomless, True
        elif not board.speaks_against(state.places, gap, wish):
            roomless.append(gap)
    return roomless, bool(roomless)


def _move_forward(state: Climb, id_: str, waiting: Wish | None = None) -> None:
    """Move a module, with what it brought along, towards the gap in which the pacing wants it.

    ``waiting``: what builds on it, and has found no place so far; the room is kept in its name.
    """
    board, places, found = state.board, state.places, state.places[id_]
    if id_ in state.firm or found.gap <= found.wish.gap:
        return
    group = [i for i, p in places.items() if i == id_ or (p.wish.brought_for == id_ and p.gap == found.gap)]
    rest = {i: p for i, p in places.items() if i not in group}
    first = max(found.wish.gap, max((base_of(board, rest, i) for i in group), default=0))
    minutes = sum(board.traits[i].minutes for i in group)
    roomless = []
    for gap in range(first, found.gap):
        if gap not in state.kept and state.has_room(found.wish, gap, minutes):
            moved = lay(board, rest, [places[i].wish for i in group], gap)
            if not isinstance(moved, Objection) and _leaves_well(board, places, moved, found.gap):
                state.lay(moved)
                break
        elif not board.speaks_against(rest, gap, found.wish):
            roomless.append(gap)
    state.keep(waiting or found.wish, roomless)


def _leaves_well(board: Board, before: Places, after: Places, gap: int) -> bool:
    """Say whether what stays in a gap may stand there without what has left it."""
    return board.has_company(after, gap) and len(board.crowded(after, gap)) <= len(board.crowded(before, gap))


def _settle_opening(state: Climb, opening: Opening) -> None:
    """Lay the first module of a role that fits its gap; when only room is missing, try the gaps after it."""
    if opening in state.taken:
        _move_forward(state, state.taken[opening])
        return
    board, case = state.board, state.board.case
    wait = case.rules.roles[opening.role].may_wait
    last = len(board.frames) - 1 if wait is None else min(len(board.frames) - 1, opening.gap + wait)
    slot = state.slots[opening]
    free = [wish for wish in slot.wishes if wish.id not in state.places]
    tried: dict[str, Attempt] = {}
    for gap in range(opening.gap, last + 1):
        if slot.kind and slot.most is not None and state.kinds[gap, slot.kind] >= slot.most:
            tried = {wish.id: (wish, state.kept) for wish in free} | tried
            continue
        may_wait = False
        for wish in free:
            rule = _try_in(state, wish, gap)
            if rule is None:
                _hand_over(state, opening, wish.id)
                return
            tried.setdefault(wish.id, (wish, state.kept))
            may_wait = may_wait or rule in _MAY_WAIT
            if rule in NO_ROOM:
                state.keep(wish, [gap])
                state.roomless.append(opening)
                break
        if not may_wait:
            break
    state.attempts[opening] = list(tried.values())


def _hand_over(state: Climb, opening: Opening, id_: str) -> None:
    """Give what was laid to the first slot of its role that waits for room: lists are followed in their order."""
    first = next((o for o in state.roomless if o.role == opening.role), opening)
    found = state.places[id_]
    state.taken[first] = id_
    state.roomless = [o for o in state.roomless if o != first]
    if first is not opening:
        state.lay({**state.places, id_: replace(found, wish=replace(found.wish, gap=first.gap))})


def _try_in(state: Climb, wish: Wish, gap: int) -> str | None:
    """Lay a module into this gap and no other; return the rule that speaks against it, or None."""
    board = state.board
    traits, places = board.traits[wish.id], state.places
    base = [] if all(need in places for need in traits.needs) else missing(board, places, wish.id)
    if (base and not traits.rule.brings) or base_of(board, places, wish.id) > gap:
        return "not-before"
    if not base and (objection := board.speaks_against(state.places, gap, wish)):
        return objection.rule
    minutes = sum(board.traits[i].minutes for i in [*base, wish.id])
    if gap in state.kept or not state.has_room(wish, gap, minutes):
        return "minutes"
    laid = place(board, state.places, replace(wish, gap=gap, only_here=True), kept=state.kept)
    if isinstance(laid, Failure):
        return laid.objection.rule
    state.lay({**laid, wish.id: Place(gap, wish)})
    return None


def _fill_up(state: Climb) -> None:
    """Lay further modules of the path into gaps with too few tasks, where nothing that is wanted waits for the room.

    Up to the pacing's number of modules, those that wait for room included, and in the order of the path; for a gap
    with nothing to do neither counts.
    """
    board = state.board
    for frame in board.frames:
        while frame.index not in state.wanted:
            tasks = sum(p.gap == frame.index and board.counts(p) for p in state.places.values())
            if tasks >= frame.least:
                break
            waiting = len(state.attempts.keys() - state.taken.keys())
            if tasks and len(state.places) + waiting >= most_modules(board.case):
                break
            filled = _fill_one(state, frame.index, bool(tasks))
            if filled is None:
                break
            state.lay(filled)


def _fill_one(state: Climb, gap: int, has_tasks: bool) -> Places | None:
    """Lay one more module into a gap; for an empty one, be it out of its turn, and at worst a page by itself."""
    board = state.board
    for in_turn, alone in ((True, False),) if has_tasks else ((True, False), (False, False), (False, True)):
        for wish in candidates(board, state.places, gap):
            if not state.has_room(wish, gap, board.traits[wish.id].minutes):
                continue
            if in_turn and not has_turn(board, state.places, wish):
                continue
            filled = fill_one(board, state.places, wish, alone)
            if filled is not None:
                return filled
    return None


def _explain(state: Climb) -> dict[str, Failure]:
    """Return why each module that was tried found no place, as it stands at the end."""
    return {wish.id: failure for wish, failure in _failures(state) if wish.id not in state.places}


def _failures(state: Climb) -> Iterator[tuple[Wish, Failure]]:
    for attempts in reversed(state.attempts.values()):
        for wish, kept in attempts:
            found = place(state.board, state.places, wish, kept=kept)
            if isinstance(found, Failure):
                yield wish, found
