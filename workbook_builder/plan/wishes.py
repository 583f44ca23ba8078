"""What the pacing wants in which gap, before minutes are counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from .case import Case
from .frames import Frame

# The role of what the therapist names.
ASSIGNED = "assigned"


class Wish(NamedTuple):
    """A module that is wanted from a gap on.

    ``role`` asks for it; None when another module builds on it, which ``brought_for`` then names. ``order`` is where it
    stands in its gap: the role's place among the roles, then its place in the role's table. ``only_here``: in no other
    gap than this one. ``tight``: up to the gap's minutes and not a percent above. ``in_session``: it costs no minutes.
    """

    id: str
    role: str | None
    gap: int
    order: tuple[int, int]
    brought_for: str | None = None
    only_here: bool = False
    tight: bool = False
    in_session: bool = False


class Opening(NamedTuple):
    """A slot that is filled when its turn comes, with whichever module of its role fits its gap."""

    role: str
    gap: int


def make_wishes(case: Case, frames: Iterable[Frame], refused: Collection[str]) -> tuple[dict[str, Wish], list[Opening]]:
    """Return a wish for each module that a slot takes, and the slots of floating roles.

    Each module is taken by the first slot that asks for it. Modules that are refused, or that the library does not
    have, are passed over, and the next of the role takes the slot.
    """
    wishes: dict[str, Wish] = {}
    openings: list[Opening] = []
    slots = [(slot, frame.gap) for frame in frames for slot in frame.row]
    for slot, gap in [*slots, *((slot, 0) for slot in case.rules.besides)]:
        for role in slot:
            if case.rules.roles[role].floating:
                openings.append(Opening(role, gap))
                break
            if has_use(case, role, refused) and (taken := _take(case, role, refused, wishes)):
                wishes |= {id_: wish_for(case, role, id_, gap) for id_ in taken}
                break
    return wishes, openings


def wish_for(case: Case, role: str, id_: str, gap: int, only_here: bool = False, tight: bool = False) -> Wish:
    """Return the wish for one module of a role's table."""
    table = case.table(role)
    place = table.index(id_) if id_ in table else len(table)
    in_session = case.rules.roles[role].in_session
    return Wish(id_, role, gap, (case.places[role], place), None, only_here, tight, in_session)


def has_use(case: Case, role: str, refused: Collection[str]) -> bool:
    """Say whether one of the modules may come for which the role is there; it may be there for its own sake."""
    only_for = case.rules.roles[role].only_for
    return not only_for or any(id_ in case.modules and id_ not in refused for id_ in only_for)


def _take(case: Case, role: str, refused: Collection[str], taken: Collection[str]) -> list[str]:
    free = [i for i in case.table(role) if i in case.modules and i not in refused and i not in taken]
    return free if case.rules.roles[role].take == "all" else free[:1]


def next_best(case: Case, wish: Wish, *taken: Collection[str]) -> Wish | None:
    """Return the wish for the next module of the same role, when its own finds no place; none that is ``taken``."""
    if wish.role is None or case.rules.roles[wish.role].take == "all":
        return None
    rest = case.table(wish.role)[wish.order[1] + 1 :]
    id_ = next((i for i in rest if i in case.modules and not any(i in ids for ids in taken)), None)
    return wish_for(case, wish.role, id_, wish.gap) if id_ else None


def importance(case: Case, role: str | None) -> int:
    """Return how late a role is dropped: 0 for the first of the drop order."""
    order = case.rules.drop_order
    return order.index(role) if role in order else len(order)


def by_importance(case: Case, wishes: Iterable[Wish | Opening]) -> list[Wish | Opening]:
    """Return the wishes in the order in which they are given their minutes: what is dropped last comes first.

    Before all that may be dropped comes what was given before and not done: it is tried again before something new.
    Ties go to the earlier gap and role, then to the primary topic, to a match with the obstacle, to the shorter module,
    and to the id.
    """
    obstacle = case.profile.homework.obstacle

    def key(wish: Wish | Opening) -> tuple[int | bool | str, ...]:
        role = wish.role or ""
        place = (wish.gap, case.places.get(role, 0))
        if isinstance(wish, Opening):
            return (-importance(case, role), *place)
        tried = wish.id in case.given_before
        first = (-len(case.rules.drop_order) if tried else -importance(case, role), *place)
        module = case.modules[wish.id]
        return (*first, case.main not in module.topics, obstacle not in module.obstacles, module.minutes, module.id)

    return sorted(wishes, key=key)
