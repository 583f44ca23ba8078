"""Moving forward what lies later than the pacing wants it, as soon as there is room."""

from __future__ import annotations

from .board import Board
from .climb import Climb
from .filling import may_fill_alone
from .objections import Objection, speaks_against
from .places import Places
from .placing import base_of, lay
from .wishes import Wish


def move_forward(state: Climb, id_: str, waiting: Wish | None = None) -> None:
    """Move a module, with what it brought along, towards the gap in which the pacing wants it.

    ``waiting``: what builds on it, and has found no place so far; the room is kept in its name.
    """
    board, places, found = state.board, state.places, state.places[id_]
    if id_ in state.firm or found.gap <= found.wish.gap:
        return
    group = along(places, id_)
    rest = places.without(found.gap, [wish.id for wish in group]) if len(group) > 1 else places
    first = max([found.wish.gap, *(base_of(board, rest, wish.id) for wish in group)])
    minutes = sum([board.traits[wish.id].minutes for wish in group])
    roomless = []
    state.turn.gaps.update(range(first, found.gap + 1))
    for gap in range(first, found.gap):
        # Out of one gap that is kept for something and into another leaves as much room for it as before.
        is_free = gap not in state.kept or state.kept[gap] == state.kept.get(found.gap)
        state.turn.is_certain &= gap not in state.kept or found.gap not in state.kept
        if is_free and state.has_room(found.wish, gap, minutes):
            moved = lay(board, places.without(found.gap, [wish.id for wish in group]), group, gap)
            if isinstance(moved, Objection):
                state.turn.is_certain &= moved.rule != "minutes"
            elif leaves_well(board, places, moved, found.gap):
                state.lay(moved)
                break
        elif not speaks_against(board, places, gap, found.wish):
            roomless.append(gap)
    state.keep(waiting or found.wish, roomless)


def along(places: Places, id_: str) -> list[Wish]:
    """Return a module, and what it brought along into its gap."""
    here = places.loads[places[id_].gap].places
    return [place.wish for i, place in here.items() if i == id_ or place.wish.brought_for == id_]


def draw_forward(state: Climb, gap: int) -> Places | None:
    """Move the next filling into an empty gap, a page by itself only at worst.

    Only while a later gap can spare one: what the filling leaves empty draws the next in its turn.
    """
    board, places = state.board, state.places
    fillings = {id_: place for id_, place in places.items() if place.wish.only_here and place.gap > gap}
    last = max((p.gap for p in fillings.values() if len(places.loads[p.gap].tasks) > 1), default=gap)
    nearest = sorted(fillings, key=lambda i: (not may_fill_alone(board, fillings[i].wish.role, i), fillings[i].gap, i))
    for id_ in nearest:
        found, rest = fillings[id_], places.without(fillings[id_].gap, [id_])
        is_free = found.gap <= last and base_of(board, rest, id_) <= gap
        if is_free and state.has_room(found.wish, gap, board.traits[id_].minutes):
            moved = lay(board, rest, [found.wish._replace(gap=gap)], gap)
            if not isinstance(moved, Objection) and leaves_well(board, places, moved, found.gap):
                return moved
    return None


def leaves_well(board: Board, before: Places, after: Places, gap: int) -> bool:
    """Say whether what stays in a gap may stand there without what has left it."""
    left, was = after.loads[gap], before.loads[gap]
    return left.has_company and len(board.order.crowded(left, gap == 0)) <= len(board.order.crowded(was, gap == 0))
