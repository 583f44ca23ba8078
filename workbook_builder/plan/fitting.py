"""Who gets the minutes: the order in which modules are laid, and what becomes of those that found no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .admission import find_refusals
from .board import Board, Places
from .case import Case
from .filling import NO_ROOM, add_optional, fill_up, take_out_lonely
from .frames import lay_out_frames
from .placing import BY_NAME, Failure, place, place_assigned, place_firmly
from .wishes import ASSIGNED, Opening, Wish, by_importance, make_wishes, next_best, wish_for

# A floating slot waits for room; for anything else another slot asks later.
_MAY_WAIT = NO_ROOM | {"one-per-gap", "too-long"}
# What speaks against a gap says nothing about the gaps after it.
_TOO_SOON = frozenset(["not-before", "too-early"])


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
    places = fill_up(board, places)
    places = take_out_lonely(board, places, failures)
    places = add_optional(board, places, failures)
    return Draft(board, places, {id_: f for id_, f in failures.items() if id_ not in places})


def what_speaks_against(draft: Draft, id_: str) -> Failure | None:
    """Return why a module found no place, as it stands when all is laid: what came too soon at first is tried later.

    None when it was never tried, when a later gap would hold it, or lacks nothing but room: it was not asked for there.
    """
    board, places, failure = draft.board, draft.places, draft.failures.get(id_)
    if failure is None or failure.objection.rule not in _TOO_SOON:
        return failure
    wish = failure.wish
    for gap in range(wish.gap, len(board.frames)):
        laid = place(board, places, replace(wish, gap=gap, only_here=True))
        if not isinstance(laid, Failure) or laid.objection.rule in NO_ROOM:
            return None
        if laid.objection.rule not in _TOO_SOON:
            return laid
    return failure


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
        if isinstance(wish, Opening):
            places = _lay_floating(board, places, failures, wish)
        else:
            places = _lay_or_next(board, places, failures, wish)
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
