"""What is done when all that was wanted is laid: gaps with too few tasks, and what found no room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from .board import Board, Places
from .placing import Failure, place
from .wishes import Wish, importance, wish_for

# Rules that only say that there was no room: what they kept out may stand as "if you have time".
NO_ROOM = frozenset(["minutes", "tasks", "room-kept"])


def candidates(board: Board, places: Places, gap: int) -> Iterator[Wish]:
    """Give what may fill a gap, in the order of the rules: what the path has not laid yet, and nothing that the same
    list has later than what a later gap holds."""
    case = board.case
    for role in case.rules.fill:
        for id_ in case.table(role):
            if id_ not in case.modules:
                continue
            if id_ in places:
                if places[id_].gap > gap:
                    break
            elif id_ not in board.refused:
                yield wish_for(case, role, id_, gap, only_here=True, tight=True)


def fill_one(board: Board, places: Places, wish: Wish, alone: bool) -> Places | None:
    """Return ``places`` with a module that fills its gap, or None; ``alone``: even a page with nothing to do."""
    assert wish.role
    laid = _lay_filling(board, places, wish.role, wish.id, wish.gap)
    if laid and not alone and not _may_fill_alone(board, wish.role, wish.id):
        return _lay_follower(board, laid, wish.role, wish.id, wish.gap)
    return laid


def _lay_filling(board: Board, places: Places, role: str, id_: str, gap: int) -> Places | None:
    laid = place(board, places, wish_for(board.case, role, id_, gap, only_here=True, tight=True))
    return None if isinstance(laid, Failure) else laid


def _may_fill_alone(board: Board, role: str, id_: str) -> bool:
    return board.traits[id_].rule.fills_alone or not board.case.rules.roles[role].extra


def _lay_follower(board: Board, places: Places, role: str, page: str, gap: int) -> Places | None:
    """Return ``places`` with something of the same role that builds on a page, in its gap or the next, or None."""
    table = [id_ for id_ in board.case.table(role) if id_ in board.case.modules]
    followers = [id_ for id_ in table if page in board.needs(id_) and id_ not in places and id_ not in board.refused]
    for id_ in followers:
        for near in (gap, gap + 1)[: len(board.frames) - gap]:
            if _may_fill_alone(board, role, id_) and (laid := _lay_filling(board, places, role, id_, near)):
                return laid
    return None


def has_turn(board: Board, places: Places, wish: Wish) -> bool:
    """Say whether no later gap holds what the topic's path has before this module's role; what floats has no turn."""
    roles, order, role = board.case.rules.roles, board.case.places, wish.role or ""
    if roles[role].floating:
        return True
    later = (p.wish.role for p in places.values() if p.gap > wish.gap and p.wish.role)
    return not any(order[other] < order[role] and roles[other].lists for other in later)


def add_optional(board: Board, places: Places, failures: Mapping[str, Failure]) -> Places:
    """Lay what found no room as "if you have time": what would have been dropped last first, so many in a gap."""
    without_room = [f.wish for id_, f in failures.items() if f.objection.rule in NO_ROOM and id_ not in places]
    for wish in sorted(without_room, key=lambda w: (-importance(board.case, w.role), w.gap, w.order, w.id)):
        for gap in range(wish.gap, len(board.frames)):
            found = _optional_in(board, places, wish, gap)
            if found is not None:
                places = found
                break
    return places


def _optional_in(board: Board, places: Places, wish: Wish, gap: int) -> Places | None:
    """Return ``places`` with the wish, and what it builds on, as optional in this gap, or None."""
    laid = place(board, places, replace(wish, gap=gap, only_here=True), NO_ROOM)
    if isinstance(laid, Failure) or wish.id in places:
        return None
    new = [id_ for id_ in laid if id_ not in places]
    optional = sum(p.optional for p in places.values() if p.gap == gap)
    if optional + len(new) > board.case.rules.optional_per_gap or any(laid[id_].gap != gap for id_ in new):
        return None
    return {id_: replace(p, optional=True) if id_ in new else p for id_, p in laid.items()}
