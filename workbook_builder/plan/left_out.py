"""Why each module that was not chosen was left out: one rule and one sentence for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from workbook_builder.book import LeftOut
from workbook_builder.library import Module

from .admission import HARD
from .case import Case
from .fitting import Draft, fit_spared, what_speaks_against
from .needs import all_needs
from .wishes import has_use
from .words import fill

# These say something only about what the path asks for; elsewhere they would promise too much.
_ONLY_ON_PATH = frozenset(["needs-review", "prerequisite-missing"])

ENOUGH = "enough"
"""The rule that a program has its number of modules."""


def explain_left_out(case: Case, draft: Draft, waiting: frozenset[str]) -> tuple[LeftOut, ...]:
    """Return every module of the library that the draft does not hold, sorted by id, with rule and sentence.

    ``waiting``: the modules that would be in the plan if the therapist ticked them.
    """
    finder = _Finder(case, draft, waiting)
    return tuple(finder.explain(module) for id_, module in sorted(case.modules.items()) if id_ not in draft.places)


class _Finder:
    """Looks for the reason that tells the therapist most."""

    def __init__(self, case: Case, draft: Draft, waiting: frozenset[str]) -> None:
        self.case, self.draft, self.waiting = case, draft, waiting
        self.refused = draft.board.refused
        roles = [role for role in {*draft.board.roles, *case.rules.fill} if not case.rules.roles[role].extra]
        roles = [role for role in roles if has_use(case, role, self.refused)]
        self.path = {id_ for role in roles for id_ in case.table(role)}
        mains = [role for role in roles if case.rules.roles[role].of == "main"]
        self.of_second = self.path - {id_ for role in mains for id_ in case.table(role)}
        self.path |= set(case.profile.modules.assign)
        self.notes, self.sentences, self.blocked = case.rules.notes, case.rules.rules, set(case.profile.modules.block)
        self.planned = {"general", case.main, case.second if case.plans_second else None}

    def explain(self, module: Module) -> LeftOut:
        rule, words = self._find(module)
        sentence = self.sentences[rule]
        if rule == "not-needed-yet":
            sentence = self._otherwise.get(module.id, sentence)
        text = fill(sentence, self.case.words, {"minutes": module.minutes}, words)
        added = self.notes.blocked_instead if module.id in self.blocked else None
        if added and (instead := self._instead(module.id)):
            text += " " + fill(added, self.case.words, {"modules": instead})
        return LeftOut(module.id, rule, text)

    def _find(self, module: Module) -> tuple[str, Mapping[str, object]]:
        """Return rule and words: facts first, then what the plan tried, then what it never asked for."""
        id_ = module.id
        refusal = self.refused.get(id_)
        if refusal and refusal.rule == "blocked" and (fallen := self._fallen(id_)):
            return "blocked-with", {"modules": fallen}
        if refusal and refusal.rule in HARD:
            return refusal.rule, refusal.words
        if failure := what_speaks_against(self.draft, id_):
            return failure.objection.rule, failure.objection.words
        if id_ in self.waiting:
            return "needs-review", {}
        if id_ not in self.path and self.planned.isdisjoint(module.topics):
            later = [topic for topic in self.case.profile.planned_topics if topic in module.topics]
            return ("topic-later", {"other": later}) if later else ("other-topic", {})
        is_told = id_ in self.path or (refusal and refusal.rule not in _ONLY_ON_PATH)
        if refusal and is_told and refusal.rule != "needs-review":
            return refusal.rule, refusal.words
        if id_ in self.path:
            # A practice whose rules are older lacks the sentence for a program that has its number.
            rule = ENOUGH if id_ in self.draft.given_up and ENOUGH in self.case.rules.rules else "no-gap"
            return rule, {"topic": self.case.second} if id_ in self.of_second else {}
        return "not-needed-yet", {}

    def _fallen(self, blocked: str) -> list[str]:
        """Return what the path would have held but for a block."""
        case = self.case
        waiting = [id_ for id_, r in self.refused.items() if r.rule == "prerequisite-missing" and id_ in self.path]
        return sorted(id_ for id_ in waiting if blocked in all_needs(id_, case.modules, case.done))

    def _instead(self, blocked: str) -> list[str]:
        """Return what has the place of a blocked module: of the same slot, and not in the plan that a block spares."""
        if blocked not in self.path or blocked not in (spared := fit_spared(self.draft, blocked).places):
            return []
        role = spared[blocked].wish.role or ""
        slots = [slot for frame in self.draft.board.frames for slot in frame.row if role in slot]
        same = {role, *(name for slot in slots for name in slot)}
        new = [(p.wish.role, id_) for id_, p in self.draft.places.items() if id_ not in spared and not p.optional]
        return sorted(id_ for name, id_ in new if name in same)

    @cached_property
    def _otherwise(self) -> Mapping[str, str]:
        """What is said of each module by the first role that names it and whose conditions do not hold."""
        case, found = self.case, dict[str, str]()
        for name, role in case.rules.roles.items():
            if role.otherwise and not (role.when and case.any_holds(role.when)):
                for id_ in case.named(name):
                    if id_ not in case.table(name):
                        found.setdefault(id_, role.otherwise)
        return found
