"""What is done when all that was wanted is laid: gaps with too few tasks, and what found no room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .board import Board
from .places import Places
from .placing import Failure, place
from .wishes import Wish, importance, wish_for

# Rules that only say that there was no room: what they kept out may stand as "if you have time".
NO_ROOM = frozenset(["minutes", "tasks", "room-kept"])

# What speaks against a gap, and need not speak against a later one: there is no room, or it is kept light.
PASSES = NO_ROOM | {"too-hard"}


def candidates(board: Board, places: Places, gap: int) -> Iterator[Wish]:
    """Give what may fill a gap, in the order of the rules: what the path has not laid yet, and nothing that the same
    list has later than what a later gap holds."""
    case = board.case
    for role in case.rules.fill:
        for id_ in case.table(role):
            if id_ not in board.traits:
                continue
            if found := places.laid.get(id_):
                if found.gap > gap:
                    break
            elif id_ not in board.refused:
                yield wish_for(case, role, id_, gap, only_here=True, tight=True)


def fill_one(board: Board, places: Places, wish: Wish, alone: bool) -> Places | None:
    """Return ``places`` with a module that fills its gap, or None; ``alone``: even a page with nothing to do."""
    assert wish.role
    if alone or may_fill_alone(board, wish.role, wish.id):
        return _lay_filling(board, places, wish)
    followers = _followers(board, places, wish.role, wish.id)
    laid = _lay_filling(board, places, wish) if followers else None
    return _lay_follower(board, laid, wish, followers) if laid else None


def _lay_filling(board: Board, places: Places, wish: Wish) -> Places | None:
    laid = place(board, places, wish)
    return None if isinstance(laid, Failure) else laid


def may_fill_alone(board: Board, role: str | None, id_: str) -> bool:
    """Say whether a filling may come without something that builds on it: a page beside the path may not."""
    return board.traits[id_].fills_alone or not (role and board.case.rules.roles[role].extra)


def _followers(board: Board, places: Places, role: str, page: str) -> list[str]:
    """Return what a role has that builds on a page and may fill a gap with it."""
    table = [id_ for id_ in board.case.table(role) if id_ in board.traits and page in board.traits[id_].needs]
    free = [id_ for id_ in table if id_ not in places and id_ not in board.refused]
    return [id_ for id_ in free if may_fill_alone(board, role, id_)]


def _lay_follower(board: Board, places: Places, page: Wish, followers: list[str]) -> Places | None:
    """Return ``places`` with one of a page's followers, in its gap or the next, or None."""
    assert page.role
    for id_ in followers:
        for near in (page.gap, page.gap + 1)[: len(board.frames) - page.gap]:
            follower = wish_for(board.case, page.role, id_, near, only_here=True, tight=True)
            if laid := _lay_filling(board, places, follower):
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
    laid = place(board, places, wish._replace(gap=gap, only_here=True), NO_ROOM)
    if isinstance(laid, Failure) or wish.id in places:
        return None
    new = [id_ for id_ in laid if id_ not in places]
    optional = sum(p.optional for p in places.loads[gap].places.values())
    if optional + len(new) > board.case.rules.optional_per_gap or any(laid[id_].gap != gap for id_ in new):
        return None
    return places.with_(gap, {id_: laid[id_]._replace(optional=True) for id_ in new})
