"""Laying one module into a gap, together with what it builds on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .board import Board
from .frames import size_of
from .objections import NOTHING, Objection, first_objection
from .places import Places, placed
from .wishes import ASSIGNED, Opening, Wish

# A gap that keeps its room for something more important, and for what.
Kept = dict[int, str]
NOTHING_KEPT: Kept = {}

# What does not count against a module that is never dropped, and what not against one that the therapist named.
FIRMLY = frozenset(["minutes", "tasks", "too-long", "pages-in-a-row", "never-alone"])
BY_NAME = frozenset(["too-early"])


@dataclass(frozen=True)
class Failure:
    """A module that found no place, and the objection of the gap it was meant for."""

    wish: Wish
    objection: Objection


def place(
    board: Board, places: Places, wish: Wish, ignored: frozenset[str] = NOTHING, kept: Kept = NOTHING_KEPT
) -> Places | Failure:
    """Return ``places`` with the module, and what it builds on, in the first gap that nothing speaks against.

    What it builds on goes first: into its own gap when the pacing has one for it, otherwise along into the same gap.
    Objections by the rules in ``ignored`` do not count. A gap that is ``kept`` takes in nothing that takes minutes.
    """
    laid = _lay_base(board, places, wish, ignored, kept)
    if isinstance(laid, Failure):
        return laid
    places, brought = laid
    first: Objection | None = None
    for gap in gaps_for(board, places, wish):
        candidate = lay(board, places, [*brought, wish], gap, ignored, kept)
        if not isinstance(candidate, Objection):
            return candidate
        first = first or candidate
    return Failure(wish, first or _not_before(board.needs(wish.id)))


def lay(
    board: Board,
    places: Places,
    wishes: list[Wish],
    gap: int,
    ignored: frozenset[str] = NOTHING,
    kept: Kept = NOTHING_KEPT,
) -> Places | Objection:
    """Return ``places`` with these modules in this gap, or the first objection that counts."""
    load = places.loads[gap].with_(placed(wishes, gap))
    if objection := first_objection(board, places, gap, load, wishes, ignored):
        return objection
    if gap in kept and not all(wish.in_session for wish in wishes):
        return room_kept(board, gap, kept[gap])
    return places.with_load(gap, load)


def room_kept(board: Board, gap: int, other: str) -> Objection:
    """Return the objection that a gap keeps its room for another module."""
    frame, minutes = board.frames[gap], board.traits[other].minutes
    return Objection(
        "room-kept", gap, lambda: {"gap": frame.name, "other": other, "limit": frame.limit, "most": minutes}
    )


def place_firmly(board: Board, places: Places, wish: Wish, ignored: frozenset[str] = FIRMLY) -> Places:
    """Return ``places`` with a module that is never dropped, in its gap, or later only when it may not stand there."""
    laid = place(board, places, wish, ignored)
    if not isinstance(laid, Failure):
        return laid
    return _push(board, places, wish, len(board.frames) - 1)


def place_assigned(board: Board, places: Places, wish: Wish) -> Places:
    """Return ``places`` with a module that the therapist named.

    In its own gap when the pacing has one for it; otherwise in the first gap that has room for it beside all that the
    pacing wants there, and where none has, in the one that is asked for least. Neither depends on the client's minutes:
    more of them change nothing here.
    """
    if wish.role != ASSIGNED:
        return place_firmly(board, places, wish, FIRMLY | BY_NAME)
    candidates = []
    for gap in range(len(board.frames)):
        laid = place(board, places, wish._replace(gap=gap, only_here=True), FIRMLY | BY_NAME)
        if not isinstance(laid, Failure):
            fullness = _fullness(board, places, wish, gap)
            candidates.append((max(fullness, 1), gap, laid))
    if candidates:
        return min(candidates, key=lambda c: c[:2])[2]
    return _push(board, places, wish, len(board.frames) - 1)


def _fullness(board: Board, places: Places, wish: Wish, gap: int) -> Fraction:
    """Return which part of a gap's usual minutes is asked for, by the pacing and by names, with one more module."""
    case, frame = board.case, board.frames[gap]
    wanted = {id_ for id_, w in board.wishes.items() if w.gap == gap and not w.in_session}
    named = {id_ for id_, p in places.loads[gap].places.items() if p.wish.role == ASSIGNED}
    minutes = sum(board.traits[id_].minutes for id_ in {*wanted, *named, wish.id})
    _, usual = size_of(case, frame.number, gap == 0, case.rules.minutes[case.frequency])
    return Fraction(minutes, usual)


def _push(board: Board, places: Places, wish: Wish, gap: int) -> Places:
    """Lay a module, with all it builds on, into a gap, whatever speaks against it."""
    for need in board.needs(wish.id):
        if need not in places:
            own = board.wishes.get(need, Wish(need, None, gap, wish.order, brought_for=wish.id))
            places = _push(board, places, own, gap)
    return places.with_(gap, placed([wish], gap))


def _lay_base(
    board: Board, places: Places, wish: Wish, ignored: frozenset[str], kept: Kept
) -> tuple[Places, list[Wish]] | Failure:
    """Lay what a module builds on where the pacing wants it; return the rest, that has to be brought along."""
    brings = board.traits[wish.id].brings
    brought: list[Wish] = []
    for need in _missing(board, places, wish.id):
        if need in places:
            continue
        # A name given by the therapist brings along what it needs, whatever its kind.
        own = board.wishes.get(need)
        if own is None and not brings and not ignored >= BY_NAME:
            return Failure(wish, _not_before(need))
        if own is None:
            brought.append(Wish(need, None, wish.gap, wish.order, brought_for=wish.id))
            continue
        laid = place(board, places, own, ignored, kept)
        if isinstance(laid, Failure):
            return Failure(wish, laid.objection)
        places = laid
    # What has its own gap may have brought along some of the same.
    return places, [w for w in brought if w.id not in places]


def _not_before(needs: object) -> Objection:
    return Objection("not-before", None, lambda: {"needs": needs})


def missing(board: Board, places: Places, id_: str) -> list[str]:
    """Return what a module builds on, directly or not, and is neither done nor laid; the deepest first."""
    found = list(_missing(board, places, id_))
    return list(dict.fromkeys(found)) if found else found


def _missing(board: Board, places: Places, id_: str) -> Iterator[str]:
    """Give what a module builds on, directly or not, and is neither done nor laid; the deepest first."""
    for need in board.traits[id_].needs:
        if need not in places.laid:
            yield from _missing(board, places, need)
            yield need


def gaps_for(board: Board, places: Places, wish: Wish) -> range:
    """Return the gaps in which a module may be tried: not before what it builds on, and not later than it may wait."""
    base = base_of(board, places, wish.id)
    if wish.only_here:
        return range(wish.gap, wish.gap + (base <= wish.gap))
    return range(max(wish.gap, base), last_gap(board, wish) + 1)


def last_gap(board: Board, wanted: Wish | Opening) -> int:
    """Return the last gap for which a wish or a slot may wait."""
    last = len(board.frames) - 1
    wait = board.waits.get(wanted.role or "")
    return last if wait is None else min(last, wanted.gap + wait)


def base_of(board: Board, places: Places, id_: str) -> int:
    """Return the last gap that holds something a module builds on, directly or not."""
    last = 0
    for need in board.traits[id_].needs:
        found = places.laid.get(need)
        last = max(last, found.gap if found else base_of(board, places, need))
    return last
