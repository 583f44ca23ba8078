"""Who gets the minutes: the order in which modules are laid, and what becomes of those that found no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .admission import find_refusals
from .board import Board, Objection, Places
from .case import Case
from .frames import Frame, lay_out_frames
from .placing import BY_NAME, Failure, place, place_assigned, place_firmly
from .wishes import ASSIGNED, Opening, Wish, by_importance, importance, make_wishes, next_best, wish_for

# Rules that only say that there was no room: what they kept out may stand as "if you have time".
NO_ROOM = frozenset(["minutes", "tasks"])
# A floating slot waits for room; for anything else another slot asks later.
_MAY_WAIT = NO_ROOM | {"one-per-gap", "too-long"}


@dataclass(frozen=True)
class Draft:
    """A plan without words: where each module lies, and why others found no place."""

    board: Board
    places: Places
    failures: Mapping[str, Failure]


def fit(case: Case) -> Draft:
    """Lay all modules of a case into its gaps.

    First what is never dropped, then what the drop order drops last, and so on; then what was assigned, what fills
    gaps with too few tasks, and what may stand as optional. An assigned module that finds no room so is laid before
    all that may be dropped.
    """
    frames, refusals = lay_out_frames(case), find_refusals(case)
    wishes, openings = make_wishes(case, frames, refusals)
    board = Board(case, frames, wishes, refusals)
    named = [id_ for id_ in dict.fromkeys(case.profile.modules.assign) if id_ in case.modules and id_ not in refusals]
    first = [id_ for id_ in named if id_ in wishes]
    while True:
        places, failures, homeless = _lay_all(board, openings, named, first)
        if not homeless:
            break
        first += homeless
    places = _fill_up(board, places)
    places = _never_alone(board, places, failures)
    places = _add_optional(board, places, failures)
    return Draft(board, places, {id_: f for id_, f in failures.items() if id_ not in places})


def _lay_all(
    board: Board, openings: Sequence[Opening], named: Sequence[str], first: Sequence[str]
) -> tuple[Places, dict[str, Failure], list[str]]:
    """Lay wishes and assigned modules, those in ``first`` early; return also the assigned ones that found no room."""
    places: Places = {}
    failures: dict[str, Failure] = {}
    case = board.case
    for wish in by_importance(case, board.wishes.values()):
        if isinstance(wish, Wish) and wish.role in case.rules.never_drop and wish.id not in places:
            places = place_firmly(board, places, wish)
    for id_ in first:
        if id_ not in places:
            own = board.wishes.get(id_) or wish_for(case, ASSIGNED, id_, 0)
            laid = place(board, places, own, BY_NAME)
            places = place_assigned(board, places, own) if isinstance(laid, Failure) else laid
    for wish in by_importance(case, [*board.wishes.values(), *openings]):
        lay = _lay_floating if isinstance(wish, Opening) else _lay_or_next
        places = lay(board, places, failures, wish)  # type: ignore[operator]
    homeless = []
    for id_ in named:
        if id_ not in places:
            laid = place(board, places, wish_for(case, ASSIGNED, id_, 0), BY_NAME)
            if isinstance(laid, Failure):
                homeless.append(id_)
            else:
                places = laid
    return places, failures, homeless


def _lay_or_next(board: Board, places: Places, failures: dict[str, Failure], wish: Wish) -> Places:
    """Lay a wish, or the next module of its role that finds a place."""
    if wish.id in places:
        return places
    candidate: Wish | None = wish
    while candidate:
        laid = place(board, places, candidate)
        if not isinstance(laid, Failure):
            return laid
        if candidate is wish:
            failures[wish.id] = laid
        candidate = next_best(board.case, candidate, {*places, *board.wishes, *board.refused})
    return places


def _lay_floating(board: Board, places: Places, failures: dict[str, Failure], opening: Opening) -> Places:
    """Lay the first module of a role that fits its gap; when only room is missing, try the gaps after it."""
    case = board.case
    wait = case.rules.roles[opening.role].may_wait
    last = len(board.frames) - 1 if wait is None else min(len(board.frames) - 1, opening.gap + wait)
    free = [i for i in case.table(opening.role) if i in case.modules and i not in places and i not in board.refused]
    found: dict[str, Failure] = {}
    for gap in range(opening.gap, last + 1):
        for id_ in free:
            laid = place(board, places, wish_for(case, opening.role, id_, gap, only_here=True))
            if not isinstance(laid, Failure):
                return laid
            if id_ not in found or found[id_].objection.rule not in _MAY_WAIT:
                found[id_] = laid
        if not any(failure.objection.rule in _MAY_WAIT for failure in found.values()):
            break
    # One module was wanted: only the first of those that lacked room may still stand as optional.
    roomless = [id_ for id_, failure in found.items() if failure.objection.rule in NO_ROOM]
    for id_, failure in found.items():
        if id_ not in roomless[1:]:
            failures.setdefault(id_, failure)
    return places


def _fill_up(board: Board, places: Places) -> Places:
    """Lay further modules of the path into gaps with too few tasks, up to the pacing's number of modules."""
    most = _most_modules(board)
    for frame in board.frames:
        while len(board.tasks(places, frame.index)) < frame.least and len(places) < most:
            filled = _fill_one(board, places, frame)
            if filled is None:
                break
            places = filled
    return places


def _most_modules(board: Board) -> int:
    """Return up to how many modules gaps are filled: two more for each gap that the pacing itself does not have."""
    pacing, program = board.case.pacing, board.case.profile.program
    return pacing.modules + 2 * max(0, program.sessions - 1 - len(pacing.gaps)) - len(board.case.done)


def _fill_one(board: Board, places: Places, frame: Frame) -> Places | None:
    case = board.case
    for role in case.rules.fill:
        table = [id_ for id_ in case.table(role) if id_ in case.modules]
        for n, id_ in enumerate(table):
            comes_too_soon = any(places[other].gap > frame.index for other in table[:n] if other in places)
            if id_ in places or id_ in board.refused or comes_too_soon:
                continue
            laid = place(board, places, wish_for(case, role, id_, frame.index, only_here=True, tight=True))
            if not isinstance(laid, Failure):
                return laid
    return None


def _never_alone(board: Board, places: Places, failures: dict[str, Failure]) -> Places:
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


def _add_optional(board: Board, places: Places, failures: Mapping[str, Failure]) -> Places:
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
