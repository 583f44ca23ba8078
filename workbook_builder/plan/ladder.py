"""Giving out the minutes: from the fewest that a client may have up to their own, and nothing laid is taken back.

A client with more minutes climbs further up the same ladder, and all that lies for a client with fewer lies for them
too. So adding minutes never removes a module, whatever the rules say. For the plan to be a good one besides, two things
hold on each rung:

- What is dropped last is tried first, and where it lacks nothing but room, nothing that is dropped earlier takes the
  room away (``holds_room`` in the rules; what only fills a gap gives way to everything). A reminder that fits now never
  keeps out the sheet that fits with five minutes more.
- What lies later than the pacing wants it moves forward as soon as there is room, or changes places with what follows
  it on the path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .board import Board
from .climb import Climb, Wanted, Weighty
from .filling import candidates, fill_one, has_turn
from .forward import draw_forward
from .path_order import put_in_order
from .places import Places
from .placing import Failure, place
from .shaping import most_modules
from .slots import Slot, fill_slot, slot_of
from .standstill import Reach
from .wanted import settle_wish
from .wishes import Opening, Wish, by_importance


def climb(board: Board, openings: Sequence[Opening], places: Places) -> tuple[Places, dict[str, Failure]]:
    """Return ``places`` with all that found room, and for what found none, the objection of the gap it was meant for.

    ``board`` is the board of the client's own minutes; ``places`` hold what lies there whatever the minutes.
    """
    order = by_importance(board.case, [*board.wishes.values(), *openings])
    slots = {opening: slot_of(board, opening) for opening in openings}
    reaches = {role: _reach(board, role) for role in {one.role for one in order if one.role}}
    wanted = [*board.wishes.values(), *(wish for slot in slots.values() for wish in slot.wishes)]
    state = Climb(board, places, frozenset(places), _weighty(board, wanted))
    for minutes in state.rungs.climb(board):
        state.rise(board.at(minutes))
        state.again = True
        while state.again:
            _settle(state, order, slots, reaches)
    state.board = board
    return state.places, _explain(state)


def _weighty(board: Board, wanted: Sequence[Wish]) -> Weighty:
    traits = [board.traits[wish.id] for wish in wanted]
    return Weighty(
        frozenset(need for t in traits for need in (*t.needs, *t.after)),
        frozenset(role for t in traits for role in t.begins_with),
    )


def _settle(state: Climb, order: Sequence[Wanted], slots: Mapping[Opening, Slot], reaches: Mapping[str, Reach]) -> None:
    """Try everything once on this rung, in the order of importance, and fill up what stays empty."""
    state.start_over()
    for wanted in order:
        if isinstance(wanted, Wish) and state.is_home(wanted):
            continue
        if state.stands_still(wanted):
            continue
        before = state.places
        state.begin_turn(wanted)
        if isinstance(wanted, Opening):
            fill_slot(state, wanted, slots[wanted])
        else:
            settle_wish(state, wanted)
            put_in_order(state, state.taken.get(wanted, wanted.id))
        if state.places is before:
            state.end_turn(wanted, reaches[wanted.role or ""])
    state.begin_turn()
    _fill_up(state)


def _reach(board: Board, role: str) -> Reach:
    """Return what the turns of a role's wishes and slots depend on: what may come for them, and what that builds on."""
    ids = {id_ for id_ in board.case.table(role) if id_ in board.traits}
    is_floating = board.case.rules.roles[role].floating
    kinds = frozenset([board.traits[id_].kind for id_ in ids if is_floating])
    waiting = list(ids)
    while waiting:
        traits = board.traits[waiting.pop()]
        new = [need for need in (*traits.needs, *traits.after) if need in board.traits and need not in ids]
        ids.update(new)
        waiting += new
    return Reach(frozenset(ids), frozenset([role for i in ids for role in board.traits[i].begins_with]), kinds)


def _fill_up(state: Climb) -> None:
    """Lay further modules of the path into gaps with too few tasks, where nothing that is wanted waits for the room.

    Up to the pacing's number of modules, those that wait for room included, and in the order of the path; for a gap
    with nothing to do neither counts.
    """
    board = state.board
    for frame in board.frames:
        while frame.gap not in state.wanted:
            tasks = len(state.places.loads[frame.gap].tasks)
            if tasks >= frame.least:
                break
            waiting = len(state.attempts.keys() - state.taken.keys())
            if tasks and len(state.places) + waiting >= most_modules(board.case):
                break
            filled = _fill_one(state, frame.gap, bool(tasks))
            if filled is None and not tasks:
                filled = draw_forward(state, frame.gap)
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
    failures: dict[str, Failure] = {}
    for attempts in state.attempts.values():
        for wish, kept in attempts.values():
            if wish.id not in state.places and wish.id not in failures:
                found = place(state.board, state.places, wish, kept=kept)
                if isinstance(found, Failure):
                    failures[wish.id] = found
    return failures
