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


@dataclass(frozen=True)
class Refusal:
    """The rule that keeps a module out, and what its sentence names."""

    rule: str
    words: Mapping[str, object] = field(default_factory=dict)


def find_refusals(case: Case) -> dict[str, Refusal]:
    """Return the modules that may not be used, each with the first rule that decides it.

    What the therapist assigns is kept out by nothing but flags, its language, a block, and what it builds on.
    """
    refusals = {}
    for id_, module in case.modules.items():
        if refusal := _fact(case, module) or (None if _is_assigned(case, id_) else _condition(case, module)):
            refusals[id_] = refusal
    return refusals | _without_base(case, refusals)


def _is_assigned(case: Case, id_: str) -> bool:
    return id_ in case.profile.modules.assign


def _fact(case: Case, module: Module) -> Refusal | None:
    profile = case.profile
    if module.id in profile.modules.block:
        return Refusal("blocked")
    if flags := [flag for flag in profile.clearance.flags if is_ruled_out(flag, module, case.rules)]:
        return Refusal("flag", {"flag": flags})
    if module.language != profile.client.language:
        return Refusal("language")
    if module.id in case.done and not _is_assigned(case, module.id):
        return Refusal("done")
    return None


def is_ruled_out(flag: Flag, module: Module, rules: Rules) -> bool:
    """Say whether a flag rules out a module: by the module's own ``not_if``, or by what the rules say of the flag."""
    row = rules.flags.get(flag)
    return flag in module.not_if or (row is not None and module.id in row.removes)


def _condition(case: Case, module: Module) -> Refusal | None:
    if case.frequency not in module.frequency:
        return Refusal("frequency")
    if module.assign_only:
        return Refusal("assign-only")
    if refusal := _preference(case, module):
        return refusal
    if module.review and not (case.all_ticked or case.profile.modules.is_reviewed(module.id)):
        return Refusal("needs-review")
    return None


def _preference(case: Case, module: Module) -> Refusal | None:
    preferences = case.profile.preferences
    if module.kind == "journal" and not preferences.private_space:
        return Refusal("no-private-space")
    if module.kind == "video":
        if not preferences.video:
            return Refusal("video-off")
        return None if _has_fresh_link(case, module) else Refusal("no-fresh-link")
    if module.kind == "reading":
        return _reading(case, module)
    return None


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
    waiting = [id_ for id_ in case.modules if id_ not in refusals]
    while ready := [id_ for id_ in waiting if can_come.issuperset(case.modules[id_].requires)]:
        can_come.update(ready)
        waiting = [id_ for id_ in waiting if id_ not in ready]
    return {
        id_: Refusal("prerequisite-missing", {"needs": [n for n in case.modules[id_].requires if n not in can_come]})
        for id_ in waiting
    }
