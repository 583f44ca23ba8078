"""Filling the slots of floating roles: whichever module of the role fits the gap when the slot has its turn."""

from __future__ import annotations

from dataclasses import dataclass

from workbook_builder.book import Kind

from .board import Board
from .climb import Climb
from .filling import NO_ROOM, PASSES
from .forward import move_forward
from .objections import speaks_against
from .places import placed
from .placing import Failure, base_of, last_gap, missing, place
from .wishes import Opening, Wish, wish_for

# A floating slot tries the gap after when this speaks against one.
_MAY_WAIT = PASSES | {"one-per-gap", "too-long", "never-alone"}

# What speaks against a gap whatever else lies there, as long as no more of a kind does.
_WHATEVER_LIES_THERE = frozenset(["not-before", "too-early", "too-hard", "too-long"])


@dataclass(frozen=True)
class Slot:
    """What a slot of a floating role may take; ``kind`` and ``most`` of it in a gap, when all are of one kind."""

    wishes: tuple[Wish, ...]
    kind: Kind | None
    most: int | None


def slot_of(board: Board, opening: Opening) -> Slot:
    """Return the slot of a floating role."""
    case = board.case
    table = (i for i in case.table(opening.role) if i in case.modules and i not in board.refused)
    wishes = tuple(wish_for(case, opening.role, i, opening.gap) for i in table)
    kinds = {board.traits[wish.id].kind for wish in wishes}
    if len(kinds) != 1:
        return Slot(wishes, None, None)
    return Slot(wishes, kinds.pop(), board.traits[wishes[0].id].per_gap)


def fill_slot(state: Climb, opening: Opening, slot: Slot) -> None:
    """Lay the first module of a role that fits its gap; when only room is missing, try the gaps after it."""
    if opening in state.taken:
        move_forward(state, state.taken[opening])
        return
    free = [wish for wish in slot.wishes if wish.id not in state.places.laid]
    for gap in range(opening.gap, last_gap(state.board, opening) + 1):
        if slot.kind and slot.most is not None and state.places.loads[gap].kinds.get(slot.kind, 0) >= slot.most:
            state.misses(opening, free)
            continue
        may_wait = False
        for n, wish in enumerate(free, 1):
            rule = _try_in(state, wish, gap)
            if rule is None:
                _hand_over(state, opening, wish.id)
                return
            may_wait = may_wait or rule in _MAY_WAIT
            if rule in NO_ROOM:
                state.misses(opening, free[:n])
                state.keep(wish, [gap])
                state.waits_for_room(opening)
                break
        else:
            state.misses(opening, free)
        if not may_wait:
            break


def _hand_over(state: Climb, opening: Opening, id_: str) -> None:
    """Give what was laid to the first slot of its role that waits for room: lists are followed in their order."""
    first = next((o for o in state.roomless if o.role == opening.role), opening)
    found = state.places[id_]
    state.taken[first] = id_
    state.roomless = [o for o in state.roomless if o != first]
    state.attempts.pop(opening, None)
    if first is not opening:
        state.lay(state.places.with_(found.gap, {id_: found._replace(wish=found.wish._replace(gap=first.gap))}))


def _try_in(state: Climb, wish: Wish, gap: int) -> str | None:
    """Lay a module into this gap and no other; return the rule that speaks against it, or None."""
    board, places, traits = state.board, state.places, state.board.traits[wish.id]
    base = [] if all(need in places.laid for need in traits.needs) else missing(board, places, wish.id)
    if (base and not traits.brings) or base_of(board, places, wish.id) > gap:
        return "not-before"
    if not base and (objection := speaks_against(board, places, gap, wish)):
        if objection.rule not in _WHATEVER_LIES_THERE or wish.role in board.single:
            state.turn.gaps.add(gap)
        return objection.rule
    state.turn.gaps.add(gap)
    minutes = traits.minutes + sum(board.traits[i].minutes for i in base)
    if gap in state.kept or not state.has_room(wish, gap, minutes):
        return "minutes"
    laid = place(board, places, wish._replace(gap=gap, only_here=True), kept=state.kept)
    if isinstance(laid, Failure):
        state.turn.is_certain &= not base and laid.objection.rule != "minutes"
        return laid.objection.rule
    state.lay(laid.with_(gap, placed([wish], gap)))
    return None
