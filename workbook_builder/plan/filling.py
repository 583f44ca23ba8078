"""What is done when all that was wanted is laid: too few tasks, a reminder alone, what found no room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .board import Board, Objection, Places
from .frames import Frame
from .placing import Failure, place
from .wishes import Wish, importance, wish_for

# Rules that only say that there was no room: what they kept out may stand as "if you have time".
NO_ROOM = frozenset(["minutes", "tasks"])


def fill_up(board: Board, places: Places) -> Places:
    """Lay further modules of the path into gaps with too few tasks.

    Up to the pacing's number of modules, and in the order of the path; for a gap with nothing to do neither counts.
    """
    most = _most_modules(board)
    for frame in board.frames:
        while (tasks := len(board.tasks(places, frame.index))) < frame.least and (len(places) < most or not tasks):
            filled = _fill_one(board, places, frame, in_turn=True)
            if filled is None and not tasks:
                filled = _fill_one(board, places, frame, in_turn=False)
            if filled is None:
                break
            places = filled
    return places


def _most_modules(board: Board) -> int:
    """Return up to how many modules gaps are filled: two more for each gap that the pacing itself does not have."""
    pacing, program = board.case.pacing, board.case.profile.program
    return pacing.modules + 2 * max(0, program.sessions - 1 - len(pacing.gaps)) - len(board.case.done)


def _fill_one(board: Board, places: Places, frame: Frame, in_turn: bool) -> Places | None:
    """Lay the next module of the path into a gap; ``in_turn``: not before what the path has earlier."""
    case = board.case
    for role in case.rules.fill:
        if in_turn and _comes_before_its_turn(board, places, role, frame):
            continue
        table = [id_ for id_ in case.table(role) if id_ in case.modules]
        for n, id_ in enumerate(table):
            comes_too_soon = any(places[other].gap > frame.index for other in table[:n] if other in places)
            if id_ in places or id_ in board.refused or comes_too_soon:
                continue
            laid = _lay_filling(board, places, role, id_, frame.index)
            if laid and in_turn and not _may_fill_alone(board, role, id_):
                laid = _lay_follower(board, laid, role, id_, frame.index)
            if laid:
                return laid
    return None


def _lay_filling(board: Board, places: Places, role: str, id_: str, gap: int) -> Places | None:
    laid = place(board, places, wish_for(board.case, role, id_, gap, only_here=True, tight=True))
    return None if isinstance(laid, Failure) else laid


def _may_fill_alone(board: Board, role: str, id_: str) -> bool:
    kind = board.case.rules.kinds.get(board.module(id_).kind)
    return kind is None or kind.fills_alone or not board.case.rules.roles[role].extra


def _lay_follower(board: Board, places: Places, role: str, page: str, gap: int) -> Places | None:
    """Return ``places`` with something of the same role that builds on a page, in its gap or the next, or None."""
    table = [id_ for id_ in board.case.table(role) if id_ in board.case.modules]
    followers = [id_ for id_ in table if page in board.needs(id_) and id_ not in places and id_ not in board.refused]
    for id_ in followers:
        for near in (gap, gap + 1)[: len(board.frames) - gap]:
            if _may_fill_alone(board, role, id_) and (laid := _lay_filling(board, places, role, id_, near)):
                return laid
    return None


def _comes_before_its_turn(board: Board, places: Places, role: str, frame: Frame) -> bool:
    """Say whether a later gap holds what the topic's path has before this role; what floats has no turn."""
    roles, order = board.case.rules.roles, board.case.places
    if roles[role].floating:
        return False
    later = (p.wish.role for p in places.values() if p.gap > frame.index and p.wish.role)
    return any(order[other] < order[role] and roles[other].lists for other in later)


def take_out_lonely(board: Board, places: Places, failures: dict[str, Failure]) -> Places:
    """Take out what may not be the only task of its gap, unless the therapist named it."""
    rules = board.case.rules.kinds
    for frame in board.frames:
        tasks = board.tasks(places, frame.index)
        if any(board.module(id_).kind not in rules or rules[board.module(id_).kind].alone for id_ in tasks):
            continue
        for id_ in set(tasks) - set(board.case.profile.modules.assign):
            failures[id_] = Failure(places[id_].wish, Objection("never-alone", {"gap": frame.name}))
            places = {other: p for other, p in places.items() if other != id_}
    return places


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
