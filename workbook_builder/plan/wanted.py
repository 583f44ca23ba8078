"""Laying what the pacing wants: a module, or the next of its role when something else than room speaks against it."""

from __future__ import annotations

from .climb import Climb
from .filling import PASSES
from .forward import move_forward
from .objections import Objection, speaks_against
from .placing import Failure, gaps_for, lay, missing, place
from .wishes import Wish, next_best


def settle_wish(state: Climb, wish: Wish) -> None:
    """Lay a wish, or the next module of its role when something else than room speaks against it."""
    own = wish.id if wish.id in state.places else state.taken.get(wish)
    if own is not None:
        if own != wish.id:
            state.misses(wish, [wish])
        move_forward(state, own)
        return
    for need in state.board.needs(wish.id):
        if need in state.places:
            move_forward(state, need, wish)
    candidate: Wish | None = wish
    while candidate:
        roomless, waits = _try_together(state, candidate)
        if candidate.id in state.places:
            state.taken[wish] = candidate.id
            state.keep(candidate, roomless)
            return
        if candidate is wish:
            state.misses(wish, [wish])
        if waits:
            state.keep(candidate, roomless)
            return
        board = state.board
        candidate = next_best(board.case, candidate, state.places, board.wishes, board.refused)


def _try_together(state: Climb, wish: Wish) -> tuple[list[int], bool]:
    """Lay a module, and with it the one without which it may not come; where that finds no room, neither comes."""
    board, before, again = state.board, state.places, state.again
    roomless, waits = _try(state, wish)
    partner_role = board.case.rules.roles[wish.role].only_with if wish.role else None
    partners = [w for w in board.wishes.values() if w.role == partner_role] if partner_role else []
    if wish.id not in state.places or not partners or any(w.id in state.places for w in partners):
        return roomless, waits
    state.turn.is_certain = False
    for partner in partners:
        _try(state, partner)
        if partner.id in state.places:
            return roomless, waits
    state.lay(before)
    state.again = again
    return [], True


def _try(state: Climb, wish: Wish) -> tuple[list[int], bool]:
    """Lay a module if a gap takes it. Return the gaps where it lacks room alone, and whether nothing else lacks."""
    board = state.board
    along = sum(board.traits[need].minutes for need in missing(board, state.places, wish.id))
    minutes = board.traits[wish.id].minutes
    gaps = gaps_for(board, state.places, wish)
    state.turn.gaps.update(gaps)
    roomless: list[int] = []
    if along:
        roomy = [g for g in gaps if state.has_room(wish, g, minutes) and state.has_room(wish, g, minutes + along)]
        alone = [g for g in gaps if state.has_room(wish, g, minutes)]
        laid = place(board, state.places, wish, kept=state.kept) if roomy or alone else None
        roomless = [g for g in gaps if g not in roomy and not speaks_against(board, state.places, g, wish)]
        if laid is None:
            return roomless, True
        if isinstance(laid, Failure):
            state.turn.is_certain = False
            return (roomless, True) if laid.objection.rule in PASSES else ([], False)
        state.lay(laid)
        return [], True
    for gap in gaps:
        free = gap not in state.kept or wish.in_session
        if free and state.has_room(wish, gap, minutes):
            laid_here = lay(board, state.places, [wish], gap)
            if not isinstance(laid_here, Objection):
                state.lay(laid_here)
                return roomless, True
            state.turn.is_certain &= laid_here.rule != "minutes"
        elif not speaks_against(board, state.places, gap, wish):
            roomless.append(gap)
    return roomless, bool(roomless)
