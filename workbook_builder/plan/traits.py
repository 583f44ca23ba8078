"""What planning asks about a module again and again, looked up once for a client."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from workbook_builder.book import Kind
from workbook_builder.library.rules import KindRule

from .case import Case


class Traits(NamedTuple):
    """What is looked up about a module again and again.

    ``needs`` is what it builds on and is not done; ``begins_with`` are the roles before whose first gap it may not
    stand, and ``after`` the modules. ``earlier`` and ``later`` are the other readings of its book, before it and after
    it; none for what a therapist names. What its kind's rule says has the same names there; ``is_plain``: that asks
    nothing about a gap.
    """

    minutes: int
    kind: Kind
    is_easy: bool
    needs: tuple[str, ...]
    after: tuple[str, ...]
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    is_plain: bool
    per_gap: int | None
    alone: bool
    brings: bool
    same_gap: bool
    fills_alone: bool
    begins_with: tuple[str, ...]


def traits_of(case: Case) -> Mapping[str, Traits]:
    """Return the traits of all modules."""
    easy, done = case.rules.light.easy, case.done
    easy_ids, phases, kinds = {*easy.modules, *case.given_before}, easy.phases, easy.kinds
    of_kind = {kind: _of_rule(case, rule) for kind, rule in case.rules.kinds.items()}
    of_others = _of_rule(case, KindRule())
    found = {}
    for id_, module in case.modules.items():
        kind = module.kind
        is_easy = id_ in easy_ids or module.phase in phases or kind in kinds
        needs = tuple([need for need in module.requires if need not in done])
        after, (earlier, later) = _comes_after(case, id_), _in_its_book(case, id_)
        found[id_] = Traits(module.minutes, kind, is_easy, needs, after, earlier, later, *of_kind.get(kind, of_others))
    return found


def _comes_after(case: Case, id_: str) -> tuple[str, ...]:
    """Return the modules of which one has to come before this one; none when one is done, or it may come without."""
    rule = case.rules.comes_after.get(id_)
    if rule is None or id_ in case.profile.modules.assign or not case.done.isdisjoint(rule.any_of):
        return ()
    return () if rule.or_when and case.any_holds(rule.or_when) else rule.any_of


def _in_its_book(case: Case, id_: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the readings of the steps before this one in its book, and of those after it."""
    books = case.rules.chapters.values()
    found = ((book, place) for book in books for place, step in enumerate(book) if id_ in step)
    book, place = next(found, ((), 0))
    if not book or id_ in case.profile.modules.assign:
        return (), ()
    return tuple(chain.from_iterable(book[:place])), tuple(chain.from_iterable(book[place + 1 :]))


def _of_rule(case: Case, rule: KindRule) -> tuple[bool, int | None, bool, bool, bool, bool, tuple[str, ...]]:
    begins_with = () if _has_begun(case, rule) else rule.begins_with
    is_plain = rule.per_gap is None and rule.same_gap and rule.alone and not begins_with
    return is_plain, rule.per_gap, rule.alone, rule.brings, rule.same_gap, rule.fills_alone, begins_with


def _has_begun(case: Case, rule: KindRule) -> bool:
    """Say whether a kind may come from the start: by its conditions, or since what it begins with is done."""
    if rule.or_when and case.any_holds(rule.or_when):
        return True
    return any(id_ in case.done for role in rule.begins_with for id_ in case.named(role))
