"""Who gets the minutes: the order in which modules are laid, and what becomes of those that found no place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .admission import Refusals, find_refusals, refusals_when_ticked
from .board import Board
from .case import Case
from .filling import NO_ROOM, add_optional
from .frames import Frame, lay_out_frames
from .ladder import climb
from .places import Places
from .placing import Failure, place, place_assigned, place_firmly
from .shaping import shape
from .traits import Traits, traits_of
from .wishes import ASSIGNED, Wish, by_importance, make_wishes, wish_for

# What speaks against a gap says nothing about the gaps after it.
_TOO_SOON = frozenset(["not-before", "too-early"])


@dataclass(frozen=True)
class Draft:
    """A plan without words: where each module lies, and why others found no place."""

    board: Board
    places: Places
    failures: Mapping[str, Failure]
    given_up: frozenset[str]
    """What the number of modules leaves out."""


def fit(case: Case) -> Draft:
    """Lay all modules of a case into its gaps.

    First what comes whatever the minutes: what is never dropped, and what the therapist names. Then all else by the
    ladder, and last what may stand as optional.
    """
    return _fit(case, lay_out_frames(case, case.minutes), find_refusals(case), traits_of(case))


def fit_ticked(draft: Draft) -> Draft:
    """Lay the modules of the same case as if the therapist had ticked every caution."""
    board = draft.board
    refusals = refusals_when_ticked(board.case, board.refused)
    return _fit(board.case, board.frames, refusals, board.traits) if board.refused.matter(refusals) else draft


def fit_spared(draft: Draft, id_: str) -> Draft:
    """Lay the modules of the same case as if the therapist had not blocked a module."""
    board, case = draft.board, draft.board.case.without_block(id_)
    refusals = find_refusals(case)
    return _fit(case, board.frames, refusals, board.traits) if board.refused.matter(refusals) else draft


def _fit(case: Case, frames: tuple[Frame, ...], refusals: Refusals, traits: Mapping[str, Traits]) -> Draft:
    wanted = shape(case, frames, make_wishes(case, frames, refusals), refusals, traits)
    board = Board.of(case, frames, wanted.wishes, refusals, traits)
    places, failures = climb(board, wanted.openings, _lay_firmly(board))
    places = add_optional(board, places, failures)
    return Draft(board, places, failures, wanted.given_up)


def _lay_firmly(board: Board) -> Places:
    """Lay what is never dropped, and what is assigned: always in the same gaps, whatever the minutes."""
    case = board.case
    places = Places.none(len(board.frames), board.traits)
    for wish in by_importance(case, board.wishes.values()):
        if isinstance(wish, Wish) and wish.role in case.rules.never_drop and wish.id not in places:
            places = place_firmly(board, places, wish)
    for id_ in dict.fromkeys(case.profile.modules.assign):
        if id_ in case.modules and id_ not in board.refused and id_ not in places:
            places = place_assigned(board, places, board.wishes.get(id_) or wish_for(case, ASSIGNED, id_, 0))
    return places


def what_speaks_against(draft: Draft, id_: str) -> Failure | None:
    """Return why a module found no place, as it stands when all is laid: what came too soon at first is tried later.

    None when it was never tried, when a later gap would hold it, or lacks nothing but room: it was not asked for there.
    """
    board, places, failure = draft.board, draft.places, draft.failures.get(id_)
    if failure is None or failure.objection.rule not in _TOO_SOON:
        return failure
    wish = failure.wish
    for gap in range(wish.gap, len(board.frames)):
        laid = place(board, places, wish._replace(gap=gap, only_here=True))
        if not isinstance(laid, Failure) or laid.objection.rule in NO_ROOM:
            return None
        if laid.objection.rule not in _TOO_SOON:
            return laid
    return failure
