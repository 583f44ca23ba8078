"""What lies in which gap while a plan is made, and what speaks against laying one more there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from workbook_builder.book import Kind
from workbook_builder.library import Module

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


@dataclass(frozen=True)
class Objection:
    """What speaks against a module in a gap: the rule, and what its sentence names."""

    rule: str
    words: Mapping[str, object]


@dataclass(frozen=True)
class Board:
    """The gaps, and what each module may and may not."""

    case: Case
    frames: tuple[Frame, ...]
    wishes: Mapping[str, Wish]
    refused: Mapping[str, Refusal]

    def at(self, minutes: int) -> Board:
        """Return the same board for a client who gives so many minutes."""
        board = replace(self, frames=frames_at(self.case, self.frames, minutes))
        vars(board)["_needs"] = self._needs
        return board

    def module(self, id_: str) -> Module:
        """Return a module of the library by its id."""
        return self.case.modules[id_]

    @property
    def roles(self) -> set[str]:
        """The roles that the rows of the gaps name, and those that are wanted besides."""
        rows = [*(frame.row for frame in self.frames), self.case.rules.besides]
        return {role for row in rows for slot in row for role in slot}

    @cached_property
    def most_modules(self) -> int:
        """Up to how many modules gaps are filled: two more for each gap that the pacing itself does not have."""
        pacing, program = self.case.pacing, self.case.profile.program
        return pacing.modules + 2 * max(0, program.sessions - 1 - len(pacing.gaps)) - len(self.case.done)

    def rule_of(self, wish: Wish) -> str:
        """Return the name of the rule by which a module was chosen."""
        return self.case.rules.roles[wish.role].rule if wish.role else "prerequisite"

    def counts(self, place: Place) -> bool:
        """Say whether a module takes minutes of its gap."""
        return not (place.optional or self.in_session(place.wish))

    def in_session(self, wish: Wish) -> bool:
        """Say whether a module is done in the session itself."""
        return wish.role is not None and self.case.rules.roles[wish.role].in_session

    def minutes(self, places: Places, gap: int) -> int:
        """Return the minutes that a gap's modules take."""
        return sum(self.module(id_).minutes for id_, p in places.items() if p.gap == gap and self.counts(p))

    def tasks(self, places: Places, gap: int) -> list[str]:
        """Return the modules of a gap that count, in reading order."""
        return [id_ for id_ in self.sequence(places, gap) if self.counts(places[id_])]

    def needs(self, id_: str) -> list[str]:
        """Return what a module builds on and is not done."""
        return self._needs[id_]

    @cached_property
    def _needs(self) -> Mapping[str, list[str]]:
        done = self.case.done
        return {id_: [need for need in m.requires if need not in done] for id_, m in self.case.modules.items()}

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
        kind = self.module(row[-1]).kind
        rule = self.case.rules.kinds.get(kind)
        if rule is None or rule.in_a_row is None:
            return False
        run = list(takewhile(lambda id_: self.module(id_).kind == kind, reversed(row)))
        if len(run) <= rule.in_a_row:
            return False
        minutes = sum(self.module(id_).minutes for id_ in run)
        return gap > 0 or len(run) > 2 or minutes > rule.opening_pair

    def objections(self, places: Places, gap: int, new: Sequence[str]) -> Iterator[Objection]:
        """Give all that speaks against the ``new`` modules in a gap in which ``places`` has laid them already."""
        frame = self.frames[gap]
        for id_ in new:
            yield from self._own_objections(places, frame, id_)
        yield from self._row_objections(places, frame, new)
        yield from self._room_objections(places, frame, new)

    def _own_objections(self, places: Places, frame: Frame, id_: str) -> Iterator[Objection]:
        """What speaks against one module: its nature, its kind, its rule."""
        module, wish, rules = self.module(id_), places[id_].wish, self.case.rules
        about = {"gap": frame.name, "minutes": module.minutes, "most": frame.longest}
        if frame.light and not self._is_easy(module) and frame.index < len(self.frames) - 1:
            yield Objection("too-hard", about)
        if module.minutes > frame.longest and not self.in_session(wish):
            yield Objection("too-long", about)
        others = [i for i, p in places.items() if p.gap == frame.index and i != id_]
        if twin := self._twin(places, module, wish, others):
            yield Objection("one-per-gap", {**about, "other": twin})
        kind = rules.kinds.get(module.kind)
        if kind and frame.index < self._beginning(places, module.kind):
            yield Objection("too-early", about)
        if kind and not kind.same_gap and (needs := [n for n in self.needs(id_) if n in others]):
            yield Objection("not-before", {**about, "needs": needs})
        if kind and not kind.alone and not self.has_company(places, frame.index):
            yield Objection("never-alone", about)

    def speaks_against(self, places: Places, gap: int, wish: Wish) -> Objection | None:
        """Return what speaks against a module in a gap by its nature, its kind or its rule; room and order aside."""
        candidate = {**places, wish.id: Place(gap, wish)}
        return next(self._own_objections(candidate, self.frames[gap], wish.id), None)

    def has_company(self, places: Places, gap: int) -> bool:
        """Say whether a gap holds a task that may be its only one, or nothing that may not."""
        rules = self.case.rules.kinds
        tasks = [self.module(id_).kind for id_, p in places.items() if p.gap == gap and self.counts(p)]
        return not tasks or any(kind not in rules or rules[kind].alone for kind in tasks)

    def _twin(self, places: Places, module: Module, wish: Wish, others: Collection[str]) -> str | None:
        """Return a module beside which this one would be one too many of its kind, or of its rule."""
        kind = self.case.rules.kinds.get(module.kind)
        same = [i for i in others if self.module(i).kind == module.kind]
        if kind and kind.per_gap is not None and len(same) >= kind.per_gap:
            return same[0] if same else module.id
        if wish.role and self.case.rules.roles[wish.role].one_per_gap:
            rule = self.rule_of(wish)
            return next((i for i in others if self.rule_of(places[i].wish) == rule), None)
        return None

    def _is_easy(self, module: Module) -> bool:
        easy = self.case.rules.light.easy
        known = module.id in easy.modules or module.id in self.case.given_before
        return known or module.phase in easy.phases or module.kind in easy.kinds

    def _beginning(self, places: Places, kind: Kind) -> int:
        """Return the first gap in which modules of a kind may stand."""
        rule = self.case.rules.kinds[kind]
        if not rule.begins_with or (rule.or_when and self.case.any_holds(rule.or_when)):
            return 0
        if any(id_ in self.case.done for role in rule.begins_with for id_ in self.case.named(role)):
            return 0
        gaps = [place.gap for place in places.values() if place.wish.role in rule.begins_with]
        return min(gaps, default=len(self.frames))

    def _row_objections(self, places: Places, frame: Frame, new: Sequence[str]) -> Iterator[Objection]:
        """What speaks against the order: too many of a kind in a row, one of the ``new`` among them."""
        if any({one, other} & set(new) for one, other in self.crowded(places, frame.index)):
            yield Objection("pages-in-a-row", {"gap": frame.name})

    def crowded(self, places: Places, gap: int) -> list[tuple[str, str]]:
        """Return the neighbors of a gap that are too many of their kind in a row."""
        rules = self.case.rules.kinds
        kinds = [self.module(id_).kind for id_, p in places.items() if p.gap == gap]
        if not any(r.in_a_row is not None and kinds.count(k) > r.in_a_row for k, r in rules.items()):
            return []
        row = self.sequence(places, gap)
        return [(row[n - 1], row[n]) for n in range(1, len(row)) if self._crowds(gap, row[: n + 1])]

    def _room_objections(self, places: Places, frame: Frame, new: Sequence[str]) -> Iterator[Objection]:
        """What speaks against it in number: minutes and tasks."""
        wishes = [places[id_].wish for id_ in new if self.counts(places[id_])]
        limit = frame.budget if any(w.tight for w in wishes) else frame.limit
        comes_in = any(w.gap != frame.index or w.role == ASSIGNED for w in wishes if not w.brought_for)
        tasks = [id_ for id_, p in places.items() if p.gap == frame.index and self.counts(p)]
        is_over = sum(self.module(id_).minutes for id_ in tasks) > limit
        has_enough = comes_in and len(tasks) > frame.most
        if wishes and (is_over or has_enough):
            kept = [id_ for id_ in self.tasks(places, frame.index) if id_ not in new]
            about = {"gap": frame.name, "kept": kept or "nothing yet", "limit": limit, "budget": frame.budget}
            yield Objection("minutes" if is_over else "tasks", {**about, "most": frame.most})
