"""Which modules may be used for this client at all, and why the others may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbook_builder.library import Module, fresh_link
from workbook_builder.library.rules import Rules
from workbook_builder.vocabulary import Flag

from .case import Case

# Facts that come before the question whether a module fits the client's topics.
HARD = frozenset(["done", "blocked", "flag", "language"])

NEEDS_REVIEW = "needs-review"
_PREREQUISITE_MISSING = "prerequisite-missing"


@dataclass(frozen=True)
class Refusal:
    """The rule that keeps a module out, and what its sentence names."""

    rule: str
    words: Mapping[str, object] = field(default_factory=dict)


class Refusals(dict[str, Refusal]):
    """The modules that may not be used, by id. They remember which of them planning has asked for, in vain.

    Had all others been free to come, the plan would be the same: so no other plan need be made to know it.
    """

    def __init__(self, refusals: Mapping[str, Refusal]) -> None:
        super().__init__(refusals)
        self.asked_for: set[str] = set()

    def __contains__(self, id_: object) -> bool:
        if not super().__contains__(id_):
            return False
        self.asked_for.add(str(id_))
        return True

    def matter(self, fewer: Refusals) -> bool:
        """Say whether the plan might be another one with ``fewer`` refusals."""
        return not self.asked_for.isdisjoint(self.keys() - fewer.keys())


def find_refusals(case: Case) -> Refusals:
    """Return the modules that may not be used, each with the first rule that decides it.

    What the therapist assigns is kept out by nothing but flags, its language, a block, and what it builds on.
    """
    judge = _Judge(case)
    own = {id_: refusal for id_, module in case.modules.items() if (refusal := judge.refuse(module))}
    return Refusals(own | _without_base(case, own))


def refusals_when_ticked(case: Case, refused: Refusals) -> Refusals:
    """Return which modules may not be used even if the therapist ticked every caution."""
    own = {id_: r for id_, r in refused.items() if r.rule not in (NEEDS_REVIEW, _PREREQUISITE_MISSING)}
    return Refusals(own | _without_base(case, own))


class _Judge:
    """Says what keeps a module out, what it builds on aside."""

    def __init__(self, case: Case) -> None:
        profile = case.profile
        self.case, self.orders, self.done, self.frequency = case, profile.modules, case.done, case.frequency
        self.assigned, self.blocked = frozenset(self.orders.assign), frozenset(self.orders.block)
        self.flags, self.language = profile.clearance.flags, profile.client.language

    def refuse(self, module: Module) -> Refusal | None:
        id_ = module.id
        is_assigned = id_ in self.assigned
        if id_ in self.blocked:
            return Refusal("blocked")
        if flags := [flag for flag in self.flags if is_ruled_out(flag, module, self.case.rules)]:
            return Refusal("flag", {"flag": flags})
        if module.language != self.language:
            return Refusal("language")
        if is_assigned:
            return None
        return Refusal("done") if id_ in self.done else self._condition(module)

    def _condition(self, module: Module) -> Refusal | None:
        if self.frequency not in module.frequency:
            return Refusal("frequency")
        if module.assign_only:
            return Refusal("assign-only")
        if refusal := _preference(self.case, module):
            return refusal
        if module.review and not self.orders.is_reviewed(module.id):
            return Refusal(NEEDS_REVIEW)
        return None


def is_ruled_out(flag: Flag, module: Module, rules: Rules) -> bool:
    """Say whether a flag rules out a module: by the module's own ``not_if``, or by what the rules say of the flag."""
    row = rules.flags.get(flag)
    return flag in module.not_if or (row is not None and module.id in row.removes)


def _preference(case: Case, module: Module) -> Refusal | None:
    kind, preferences = module.kind, case.profile.preferences
    if kind == "journal" and not case.has_private_space:
        return Refusal("no-private-space")
    if kind == "video":
        if not preferences.video:
            return Refusal("video-off")
        return None if _has_fresh_link(case, module) else Refusal("no-fresh-link")
    return _reading(case, module) if kind == "reading" else None


def _reading(case: Case, module: Module) -> Refusal | None:
    if case.profile.preferences.reading == "avoids":
        return Refusal("reading-avoided")
    if module.book not in case.profile.books:
        return Refusal("book-not-owned", {"book": module.book or ""})
    editions = case.library.books.get(module.book or "", ())
    # A practice that lists no edition at all marks the pages by hand.
    if editions and not any(edition.language == case.profile.client.language for edition in editions):
        return Refusal("no-edition", {"book": module.book or ""})
    return None


def _has_fresh_link(case: Case, module: Module) -> bool:
    links = case.library.videos.get(module.id, ())
    language, longest = case.profile.client.language, module.max_minutes or module.minutes
    return fresh_link(links, language, case.today, longest, case.rules.video_fresh_days) is not None


def _without_base(case: Case, refusals: Mapping[str, Refusal]) -> dict[str, Refusal]:
    """Refuse what builds on a module that cannot come, and so on upwards; modules that wait for each other as well."""
    can_come = set(case.done)
    waiting = {id_: module.requires for id_, module in case.modules.items() if id_ not in refusals}
    while ready := [id_ for id_, requires in waiting.items() if can_come.issuperset(requires)]:
        can_come.update(ready)
        for id_ in ready:
            del waiting[id_]
    return {
        id_: Refusal(_PREREQUISITE_MISSING, {"needs": [need for need in requires if need not in can_come]})
        for id_, requires in waiting.items()
    }
