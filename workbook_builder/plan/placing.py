"""Laying one module into a gap, together with what it builds on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .board import Board, Objection, Place, Places
from .wishes import Wish

# What does not count against a module that is never dropped, and what not against one that the therapist named.
FIRMLY = frozenset(["minutes", "tasks", "too-long", "pages-in-a-row"])
BY_NAME = frozenset(["too-early"])


@dataclass(frozen=True)
class Failure:
    """A module that found no place, and the objection of the gap it was meant for."""

    wish: Wish
    objection: Objection


def place(board: Board, places: Places, wish: Wish, ignored: frozenset[str] = frozenset()) -> Places | Failure:
    """Return ``places`` with the module, and what it builds on, in the first gap that nothing speaks against.

    What it builds on goes first: into its own gap when the pacing has one for it, otherwise along into the same gap.
    Objections by the rules in ``ignored`` do not count.
    """
    laid = _lay_base(board, places, wish, ignored)
    if isinstance(laid, Failure):
        return laid
    places, brought = laid
    first: Objection | None = None
    for gap in _gaps(board, places, wish):
        candidate = _with(places, [*brought, wish], gap)
        found = board.objections(candidate, gap, [w.id for w in [*brought, wish]])
        objection = next((o for o in found if o.rule not in ignored), None)
        if objection is None:
            return candidate
        first = first or objection
    return Failure(wish, first or Objection("not-before", {"needs": board.needs(wish.id)}))


def place_firmly(board: Board, places: Places, wish: Wish) -> Places:
    """Return ``places`` with a module that is never dropped, in its gap, or later only when it may not stand there."""
    laid = place(board, places, wish, FIRMLY)
    if not isinstance(laid, Failure):
        return laid
    return _push(board, places, wish, len(board.frames) - 1)


def place_assigned(board: Board, places: Places, wish: Wish) -> Places:
    """Return ``places`` with a module that the therapist named, where it exceeds the minutes least."""
    candidates = []
    for gap in range(wish.gap, len(board.frames)):
        laid = place(board, places, replace(wish, gap=gap, only_here=True), FIRMLY | BY_NAME)
        if not isinstance(laid, Failure):
            candidates.append((_excess(board, laid), gap, laid))
    if candidates:
        return min(candidates, key=lambda c: c[:2])[2]
    return _push(board, places, wish, len(board.frames) - 1)


def _excess(board: Board, places: Places) -> int:
    return sum(max(0, board.minutes(places, frame.index) - frame.limit) for frame in board.frames)


def _push(board: Board, places: Places, wish: Wish, gap: int) -> Places:
    """Lay a module, with all it builds on, into a gap, whatever speaks against it."""
    for need in board.needs(wish.id):
        if need not in places:
            own = board.wishes.get(need, Wish(need, None, gap, wish.order, brought_for=wish.id))
            places = _push(board, places, own, gap)
    return _with(places, [wish], gap)


def _lay_base(board: Board, places: Places, wish: Wish, ignored: frozenset[str]) -> tuple[Places, list[Wish]] | Failure:
    """Lay what a module builds on where the pacing wants it; return the rest, that has to be brought along."""
    kind = board.case.rules.kinds.get(board.module(wish.id).kind)
    brought: list[Wish] = []
    for need in _missing(board, places, wish.id):
        if need in places:
            continue
        # A name given by the therapist brings along what it needs, whatever its kind.
        own = board.wishes.get(need)
        if own is None and kind and not kind.brings and not ignored >= BY_NAME:
            return Failure(wish, Objection("not-before", {"needs": need}))
        if own is None:
            brought.append(Wish(need, None, wish.gap, wish.order, brought_for=wish.id))
            continue
        laid = place(board, places, own, ignored)
        if isinstance(laid, Failure):
            return Failure(wish, laid.objection)
        places = laid
    # What has its own gap may have brought along some of the same.
    return places, [w for w in brought if w.id not in places]


def _missing(board: Board, places: Places, id_: str) -> Iterator[str]:
    """Give what a module builds on, directly or not, and is neither done nor laid; the deepest first."""
    for need in board.needs(id_):
        if need not in places:
            yield from _missing(board, places, need)
            yield need


def _gaps(board: Board, places: Places, wish: Wish) -> range:
    """Return the gaps in which a module may be tried: not before what it builds on, and not later than it may wait."""
    base = _base(board, places, wish.id)
    if wish.only_here:
        return range(wish.gap, wish.gap + (base <= wish.gap))
    last = len(board.frames) - 1
    if wish.role and (wait := board.case.rules.roles[wish.role].may_wait) is not None:
        last = min(last, wish.gap + wait)
    return range(max(wish.gap, base), last + 1)


def _base(board: Board, places: Places, id_: str) -> int:
    """Return the last gap that holds something a module builds on, directly or not."""
    needs = board.needs(id_)
    return max((places[n].gap if n in places else _base(board, places, n) for n in needs), default=0)


def _with(places: Places, wishes: list[Wish], gap: int) -> Places:
    return {**places, **{wish.id: Place(gap, wish) for wish in wishes}}
