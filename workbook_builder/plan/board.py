"""What lies in which gap while a plan is made, and what speaks against laying one more there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from workbook_builder.book import Kind
from workbook_builder.library.rules import KindRule

from .admission import Refusal
from .case import Case
from .frames import Frame, frames_at
from .wishes import ASSIGNED, Wish


@dataclass(frozen=True)
class Place:
    """Where a module lies."""

    gap: int
    wish: Wish
    optional: bool = False


Places = Mapping[str, Place]
_NO_RULE = KindRule()


@dataclass(frozen=True)
class Objection:
    """What speaks against a module in a gap: the rule, and what its sentence names."""

    rule: str
    words: Mapping[str, object]


@dataclass(frozen=True)
class Traits:
    """What is looked up about a module again and again.

    ``rule`` is its kind's, and ``is_plain`` says that it asks nothing about a gap; ``needs`` is what it builds on and
    is not done; ``begins_with`` are the roles before whose first gap it may not stand.
    """

    minutes: int
    kind: Kind
    rule: KindRule
    is_plain: bool
    is_easy: bool
    needs: tuple[str, ...]
    begins_with: tuple[str, ...]


def traits_of(case: Case) -> Mapping[str, Traits]:
    """Return the traits of all modules."""
    easy, kinds = case.rules.light.easy, case.rules.kinds
    begins = {kind: () if _has_begun(case, rule) else rule.begins_with for kind, rule in kinds.items()}
    return {
        id_: Traits(
            minutes=module.minutes,
            kind=module.kind,
            rule=(rule := kinds.get(module.kind, _NO_RULE)),
            is_plain=rule.per_gap is None and rule.same_gap and rule.alone and not begins.get(module.kind),
            is_easy=id_ in easy.modules
            or id_ in case.given_before
            or module.phase in easy.phases
            or module.kind in easy.kinds,
            needs=tuple(need for need in module.requires if need not in case.done),
            begins_with=begins.get(module.kind, ()),
        )
        for id_, module in case.modules.items()
    }


def _has_begun(case: Case, rule: KindRule) -> bool:
    """Say whether a kind may come from the start: by its conditions, or since what it begins with is done."""
    if rule.or_when and case.any_holds(rule.or_when):
        return True
    return any(id_ in case.done for role in rule.begins_with for id_ in case.named(role))


@dataclass(frozen=True)
class Board:
    """The gaps, and what each module may and may not."""

    case: Case
    frames: tuple[Frame, ...]
    wishes: Mapping[str, Wish]
    refused: Mapping[str, Refusal]
    traits: Mapping[str, Traits]

    def at(self, minutes: int) -> Board:
        """Return the same board for a client who gives so many minutes."""
        return replace(self, frames=frames_at(self.case, self.frames, minutes))

    @property
    def roles(self) -> set[str]:
        """The roles that the rows of the gaps name, and those that are wanted besides."""
        rows = [*(frame.row for frame in self.frames), self.case.rules.besides]
        return {role for row in rows for slot in row for role in slot}

    def rule_of(self, wish: Wish) -> str:
        """Return the name of the rule by which a module was chosen."""
        return self.case.rules.roles[wish.role].rule if wish.role else "prerequisite"

    def counts(self, place: Place) -> bool:
        """Say whether a module takes minutes of its gap."""
        return not (place.optional or place.wish.in_session)

    def minutes(self, places: Places, gap: int) -> int:
        """Return the minutes that a gap's modules take."""
        return sum(self.traits[id_].minutes for id_, p in places.items() if p.gap == gap and self.counts(p))

    def tasks(self, places: Places, gap: int) -> list[str]:
        """Return the modules of a gap that count, in reading order."""
        return [id_ for id_ in self.sequence(places, gap) if self.counts(places[id_])]

    def needs(self, id_: str) -> tuple[str, ...]:
        """Return what a module builds on and is not done."""
        return self.traits[id_].needs

    def sequence(self, places: Places, gap: int, before: Sequence[str] = ()) -> list[str]:
        """Return the modules of a gap in reading order; ``before`` is what ends the gap before it.

        By their roles' order, but what a module builds on comes before it, and where too many of a kind would stand in
        a row, the next one that may comes between.
        """
        here = {id_: place for id_, place in places.items() if place.gap == gap}
        waiting = sorted(here, key=lambda i: (here[i].optional, here[i].wish.order, here[i].wish.gap, i))
        row: list[str] = []
        while waiting:
            ready = [id_ for id_ in waiting if not any(need in waiting for need in self.needs(id_))] or waiting
            first, *others = ready
            if self._crowds(gap, [*before, *row, first]):
                others = [i for i in others if not self._is_at_end(here[i])]
                between = (i for i in others if not self._crowds(gap, [*before, *row, i]))
                first = next(between, first)
            row.append(first)
            waiting.remove(first)
        return row

    def _is_at_end(self, place: Place) -> bool:
        role = self.case.rules.roles.get(place.wish.role or "")
        return place.optional or (role is not None and role.at_end)

    def _crowds(self, gap: int, row: Sequence[str]) -> bool:
        """Say whether the last modules of a row are too many of their kind."""
        kind, rule = self.traits[row[-1]].kind, self.traits[row[-1]].rule
        if rule.in_a_row is None:
            return False
        run = list(takewhile(lambda id_: self.traits[id_].kind == kind, reversed(row)))
        if len(run) <= rule.in_a_row:
            return False
        minutes = sum(self.traits[id_].minutes for id_ in run)
        return gap > 0 or len(run) > 2 or minutes > rule.opening_pair

    def objections(self, places: Places, gap: int, new: Sequence[str]) -> Iterator[Objection]:
        """Give all that speaks against the ``new`` modules in a gap in which ``places`` has laid them already."""
        frame = self.frames[gap]
        for id_ in new:
            yield from self._own_objections(places, gap, places[id_].wish)
        yield from self._row_objections(places, frame, new)
        yield from self._room_objections(places, frame, new)

    def _own_objections(self, places: Places, gap: int, wish: Wish) -> Iterator[Objection]:
        """What speaks against one module in a gap: its nature, its kind, its rule; whether it lies there or not."""
        traits, frame, rule = self.traits[wish.id], self.frames[gap], self.traits[wish.id].rule
        if frame.light and not traits.is_easy and gap < len(self.frames) - 1:
            yield self._about("too-hard", gap, wish)
        if traits.minutes > frame.longest and not wish.in_session:
            yield self._about("too-long", gap, wish)
        is_single = wish.role is not None and self.case.rules.roles[wish.role].one_per_gap
        if traits.is_plain and not is_single:
            return
        here = [id_ for id_, p in places.items() if p.gap == gap and id_ != wish.id]
        if rule.per_gap is not None:
            same = [i for i in here if self.traits[i].kind == traits.kind]
            if len(same) >= rule.per_gap:
                yield self._about("one-per-gap", gap, wish, other=same[0] if same else wish.id)
        if is_single and (same := [i for i in here if self.rule_of(places[i].wish) == self.rule_of(wish)]):
            yield self._about("one-per-gap", gap, wish, other=same[0])
        if traits.begins_with and gap < self._beginning(places, traits.begins_with):
            yield self._about("too-early", gap, wish)
        if not rule.same_gap and (needs := [need for need in traits.needs if need in here]):
            yield self._about("not-before", gap, wish, needs=needs)
        if not rule.alone and not any(self.counts(places[i]) and self.traits[i].rule.alone for i in here):
            yield self._about("never-alone", gap, wish)

    def _about(self, rule: str, gap: int, wish: Wish, **more: object) -> Objection:
        frame = self.frames[gap]
        words = {"gap": frame.name, "minutes": self.traits[wish.id].minutes, "most": frame.longest}
        return Objection(rule, {**words, **more})

    def speaks_against(self, places: Places, gap: int, wish: Wish) -> Objection | None:
        """Return what speaks against a module in a gap by its nature, its kind or its rule; room and order aside."""
        return next(self._own_objections(places, gap, wish), None)

    def has_company(self, places: Places, gap: int) -> bool:
        """Say whether a gap holds a task that may be its only one, or nothing that may not."""
        tasks = [self.traits[id_].rule for id_, p in places.items() if p.gap == gap and self.counts(p)]
        return not tasks or any(rule.alone for rule in tasks)

    def _beginning(self, places: Places, roles: Collection[str]) -> int:
        """Return the first gap that holds a module of these roles."""
        return min((p.gap for p in places.values() if p.wish.role in roles), default=len(self.frames))

    def _row_objections(self, places: Places, frame: Frame, new: Sequence[str]) -> Iterator[Objection]:
        """What speaks against the order: too many of a kind in a row, one of the ``new`` among them."""
        if any({one, other} & set(new) for one, other in self.crowded(places, frame.index)):
            yield Objection("pages-in-a-row", {"gap": frame.name})

    def crowded(self, places: Places, gap: int) -> list[tuple[str, str]]:
        """Return the neighbors of a gap that are too many of their kind in a row."""
        rules = self.case.rules.kinds
        kinds = [self.traits[id_].kind for id_, p in places.items() if p.gap == gap]
        if not any(r.in_a_row is not None and kinds.count(k) > r.in_a_row for k, r in rules.items()):
            return []
        row = self.sequence(places, gap)
        return [(row[n - 1], row[n]) for n in range(1, len(row)) if self._crowds(gap, row[: n + 1])]

    def _room_objections(self, places: Places, frame: Frame, new: Sequence[str]) -> Iterator[Objection]:
        """What speaks against it in number: minutes and tasks."""
        never_drop = self.case.rules.never_drop
        wishes = [places[id_].wish for id_ in new if self.counts(places[id_])]
        limit = frame.budget if any(w.tight for w in wishes) else frame.limit
        own = never_drop if frame.strict else self.case.rules.roles
        comes_in = any(
            w.gap != frame.index or w.role == ASSIGNED or w.role not in own for w in wishes if not w.brought_for
        )
        tasks = [id_ for id_, p in places.items() if p.gap == frame.index and self.counts(p)]
        is_over = sum(self.traits[id_].minutes for id_ in tasks) > limit
        has_enough = comes_in and len(tasks) > frame.most
        if wishes and (is_over or has_enough):
            kept = [id_ for id_ in self.tasks(places, frame.index) if id_ not in new]
            about = {"gap": frame.name, "kept": kept or "nothing yet", "limit": limit, "budget": frame.budget}
            yield Objection("minutes" if is_over else "tasks", {**about, "most": frame.most})
