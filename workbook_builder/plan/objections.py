"""What speaks against laying a module into a gap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .board import Board
from .places import Load, Places
from .wishes import ASSIGNED, Wish

# No rule whose objections do not count.
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Objection:
    """What speaks against a module in a gap, or in any: the rule, and what its sentence names.

    Most objections are never told, so their words are looked for only when they are.
    """

    rule: str
    gap: int | None
    find_words: Callable[[], Mapping[str, object]]

    @property
    def words(self) -> Mapping[str, object]:
        """What the rule's sentence names."""
        return self.find_words()


def first_objection(
    board: Board, places: Places, gap: int, load: Load, new: Sequence[Wish], ignored: frozenset[str] = NOTHING
) -> Objection | None:
    """Return what speaks first against ``new`` modules in a gap, whose ``load`` holds them beside what lies there.

    Objections by the rules in ``ignored`` do not count.
    """
    for wish in new:
        if objection := _of_its_own(board, places, gap, load, new, wish, ignored):
            return objection
    if "pages-in-a-row" not in ignored and (crowded := board.order.crowded(load, gap == 0)):
        ids = {wish.id for wish in new}
        if any(one in ids or other in ids for one, other in crowded):
            return Objection("pages-in-a-row", gap, lambda: {"gap": board.frames[gap].name})
    return _in_number(board, gap, load, new, ignored)


def speaks_against(board: Board, places: Places, gap: int, wish: Wish) -> Objection | None:
    """Return what speaks against a module in a gap by its nature, its kind or its rule; room and order aside.

    It may lie there or not.
    """
    return _of_its_own(board, places, gap, places.loads[gap], (), wish, NOTHING)


def _of_its_own(
    board: Board, places: Places, gap: int, load: Load, new: Sequence[Wish], wish: Wish, ignored: frozenset[str]
) -> Objection | None:
    """What speaks against one module in a gap: its nature, its kind, its rule; whether it lies there or not."""
    traits, frame = board.traits[wish.id], board.frames[gap]
    if frame.light and not traits.is_easy and gap < len(board.frames) - 1 and "too-hard" not in ignored:
        return _about(board, "too-hard", gap, wish)
    if traits.minutes > frame.longest and not wish.in_session and "too-long" not in ignored:
        return _about(board, "too-long", gap, wish)
    has_come = not traits.after or any(one.id in traits.after for one in new) or places.has_come(traits.after, gap)
    if not has_come and "not-before" not in ignored:
        return _about(board, "not-before", gap, wish, needs=traits.after)
    in_book = traits.later or traits.earlier
    if in_book and "book-order" not in ignored and (passed := _out_of_order(board, places, gap, wish)):
        return _about(board, "book-order", gap, wish, other=passed)
    is_single = wish.role in board.single
    if traits.is_plain and not is_single:
        return None
    other = _one_too_many(board, load, wish, is_single)
    if other and "one-per-gap" not in ignored:
        return _about(board, "one-per-gap", gap, wish, other=other)
    begins = traits.begins_with
    has_begun = not begins or any(one.role in begins for one in new) or places.has_begun(begins, gap)
    if not has_begun and "too-early" not in ignored:
        return _about(board, "too-early", gap, wish)
    needs = [] if traits.same_gap else [need for need in traits.needs if need in load.places]
    if needs and "not-before" not in ignored:
        return _about(board, "not-before", gap, wish, needs=needs)
    has_company = traits.alone or any(i != wish.id and board.traits[i].alone for i in load.tasks)
    return None if has_company or "never-alone" in ignored else _about(board, "never-alone", gap, wish)


def _out_of_order(board: Board, places: Places, gap: int, wish: Wish) -> str | None:
    """Return a chapter that would stand on the wrong side of this one in its book; None when there is none."""
    traits, laid, done = board.traits[wish.id], places.laid, board.case.done
    passed = (i for i in traits.later if i in done or (i in laid and laid[i].gap < gap))
    ahead = (i for i in traits.earlier if i in laid and laid[i].gap > gap)
    return next(passed, None) or next(ahead, None)


def _one_too_many(board: Board, load: Load, wish: Wish, is_single: bool) -> str | None:
    """Return what a gap holds already when it may hold no more of a kind, or one module of a rule; None when it may."""
    traits, here = board.traits[wish.id], load.places
    if traits.per_gap is not None and load.kinds.get(traits.kind, 0) - (wish.id in here) >= traits.per_gap:
        return next((i for i in here if i != wish.id and board.traits[i].kind == traits.kind), wish.id)
    if not is_single:
        return None
    return next((i for i in here if i != wish.id and _rule_of(board, here[i].wish) == _rule_of(board, wish)), None)


def _rule_of(board: Board, wish: Wish) -> str:
    """Return the name of the rule by which a module was chosen."""
    return board.case.rules.roles[wish.role].rule if wish.role else "prerequisite"


def _about(board: Board, rule: str, gap: int, wish: Wish, **more: object) -> Objection:
    def words() -> Mapping[str, object]:
        frame = board.frames[gap]
        return {"gap": frame.name, "minutes": board.traits[wish.id].minutes, "most": frame.longest, **more}

    return Objection(rule, gap, words)


def _in_number(board: Board, gap: int, load: Load, new: Sequence[Wish], ignored: frozenset[str]) -> Objection | None:
    """What speaks against it in number: minutes and tasks."""
    frame = board.frames[gap]
    wishes = [wish for wish in new if not wish.in_session]
    if not wishes:
        return None
    limit = frame.budget if any(wish.tight for wish in wishes) else frame.limit
    if load.minutes > limit:
        rule = "minutes"
    elif len(load.tasks) > frame.most and any(_comes_in(board, gap, wish) for wish in wishes):
        rule = "tasks"
    else:
        return None

    def words() -> Mapping[str, object]:
        new_ids = {wish.id for wish in new}
        sequence = board.order.sequence(load, gap == 0)
        kept = [id_ for id_ in sequence if load.places[id_].counts and id_ not in new_ids]
        about = {"gap": frame.name, "kept": kept or "nothing yet", "limit": limit, "budget": frame.budget}
        return {**about, "most": frame.most}

    return None if rule in ignored else Objection(rule, gap, words)


def _comes_in(board: Board, gap: int, wish: Wish) -> bool:
    """Say whether a module comes in from elsewhere: the number of tasks counts for it."""
    if wish.brought_for:
        return False
    own = board.case.rules.never_drop if board.frames[gap].strict else board.case.rules.roles
    return wish.gap != gap or wish.role == ASSIGNED or wish.role not in own
