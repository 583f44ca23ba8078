"""Where minutes have put a module behind one that follows it on the path: the two change places when both fit."""

from __future__ import annotations

from collections.abc import Iterator

from .board import Board
from .climb import Climb
from .forward import along, leaves_well
from .objections import Objection, speaks_against
from .places import Places
from .placing import base_of, lay


def put_in_order(state: Climb, id_: str) -> None:
    """Let a module that lies later than it is wanted change places with one that follows it on the path.

    What lay firm moves forward again like all else: when there is room for both.
    """
    found = state.places.laid.get(id_)
    if found is None or state.is_home(found.wish):
        return
    state.turn.gaps.update((found.gap - 1, found.gap))
    for other in _overtakers(state.board, state.places, id_):
        changed = _change_places(state, id_, other)
        if changed is not None:
            state.firm -= {other}
            state.lay(changed)
            return


def _overtakers(board: Board, places: Places, id_: str) -> Iterator[str]:
    """Give what stands in the gap before a module and follows it on the path, if the module is wanted there.

    Nothing is put behind the last session by it, and what was given before keeps its place.
    """
    found = places[id_]
    followers = board.case.followers.get(found.wish.role or "")
    if followers and found.wish.gap < found.gap < len(board.frames) - 1:
        for other, place in places.loads[found.gap - 1].places.items():
            if place.wish.role in followers and other not in board.case.given_before:
                yield other


def _change_places(state: Climb, id_: str, other: str) -> Places | None:
    """Return the places with a module, and what it brought along, in the gap of another, and that one in its own.

    None when something speaks against it, or when something else would be worse off where it lies.
    """
    board, places, ahead = state.board, state.places, state.places[other]
    gap, later = ahead.gap, places[id_].gap
    group = along(places, id_)
    more = sum(board.traits[wish.id].minutes for wish in group) - board.traits[other].minutes
    if not state.has_room(places[id_].wish, gap, more) or not state.has_room(ahead.wish, later, -more):
        return None
    state.turn.is_certain = False
    if any(other in board.needs(i) and place.gap < later for i, place in places.items()):
        return None
    rest = places.without(later, [wish.id for wish in group]).without(gap, [other])
    if any(base_of(board, rest, wish.id) > gap for wish in group) or base_of(board, rest, other) > later:
        return None
    after = lay(board, rest, group, gap)
    after = after if isinstance(after, Objection) else lay(board, after, [ahead.wish], later)
    if isinstance(after, Objection) or not all(leaves_well(board, places, after, g) for g in (gap, later)):
        return None
    others = (i for i in places if i != other and after[i].gap == places[i].gap and not board.traits[i].is_plain)
    return after if all(_objects(board, after, i) <= _objects(board, places, i) for i in others) else None


def _objects(board: Board, places: Places, id_: str) -> bool:
    """Say whether something speaks against a module where it lies."""
    return speaks_against(board, places, places[id_].gap, places[id_].wish) is not None
