"""The shape of a program before minutes are counted: not more modules than its sessions hold, and none too lopsided.

All of it looks at what the pacing wants, and never at the client's minutes: more minutes change nothing here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .case import Case
from .frames import Frame
from .needs import all_needs
from .traits import Traits
from .wishes import Opening, Wish, next_best


@dataclass(frozen=True)
class Shape:
    """What is wanted of a program; ``given_up`` is what its number of modules leaves out."""

    wishes: Mapping[str, Wish]
    openings: Sequence[Opening]
    given_up: frozenset[str] = frozenset()


def most_modules(case: Case) -> int:
    """Return how many modules remain to be given: two more for each gap that the pacing itself does not have."""
    pacing, program = case.pacing, case.profile.program
    return pacing.modules + 2 * max(0, program.sessions - 1 - len(pacing.gaps)) - len(case.done)


def shape(
    case: Case,
    frames: Sequence[Frame],
    wanted: tuple[Mapping[str, Wish], Sequence[Opening]],
    refused: Collection[str],
    traits: Mapping[str, Traits],
) -> Shape:
    """Return what is wanted when the program has its number of modules, and its gaps are evened out."""
    shaper = _Shaper(case, frames, refused, traits)
    found = shaper.give_up(Shape(*wanted))
    found = replace(found, wishes=shaper.even_out(found))
    return replace(found, wishes=shaper.close_gaps(found))


@dataclass(frozen=True)
class _Shaper:
    case: Case
    frames: Sequence[Frame]
    refused: Collection[str]
    traits: Mapping[str, Traits]

    @cached_property
    def most(self) -> int:
        """As many modules as the gaps hold that are planned now, and never fewer than two for each and one."""
        case = self.case
        addition, gaps = case.rules.additions.get(case.frequency), case.profile.program.sessions - 1
        more = max(0, gaps + 1 - addition.from_gap) if addition and addition.from_gap else 0
        return max(most_modules(case) + more, 2 * len(self.frames) + 1)

    @cached_property
    def answers(self) -> frozenset[str]:
        """The roles that answer missed work."""
        return frozenset(name for name, role in self.case.rules.roles.items() if role.in_session or role.obstacle)

    @cached_property
    def _needs(self) -> dict[str, list[str]]:
        return {}

    def needs(self, id_: str) -> list[str]:
        """Return all that a module builds on and is not done."""
        if id_ not in self._needs:
            self._needs[id_] = all_needs(id_, self.case.modules, self.case.done)
        return self._needs[id_]

    def counts(self, wish: Wish) -> bool:
        """Say whether a wish is one of the program's number: answers to missed work come on top."""
        return wish.role not in self.answers

    def give_up(self, found: Shape) -> Shape:
        """Let roles give up one module after the other, in the order of the rules, until the number is kept."""
        gives_way = self.case.pacing.gives_way
        for n, role in enumerate(gives_way):
            number = self.number(found)
            if number <= self.most:
                break
            fewer = next(
                (less for less in self._less(found, role, role in gives_way[n + 1 :]) if self.number(less) < number),
                None,
            )
            found = fewer or found
        return found

    def _less(self, found: Shape, role: str, keeps_one: bool) -> Iterator[Shape]:
        """Give what is left without one module of a role, the latest first.

        Nothing gives up what a gap has alone, or a slot beside one small task; what is never dropped keeps its first
        module; ``keeps_one``: so does a floating role. What others come only together with gives up no more than what
        it brings along.
        """
        conditions = self.case.rules.roles[role].keeps_one
        stays = bool(conditions) and self.case.any_holds(conditions)
        if not (keeps_one or stays) or self._floating(found, role) > 1:
            slots = [o for o in found.openings if o.role == role and not self._is_scant(found.wishes, o.gap)]
            for opening in sorted(slots, key=lambda o: -o.gap):
                yield replace(found, openings=[o for o in found.openings if o is not opening])
        kept = {*self.case.profile.modules.assign, *self.case.given_before, *self._stand_ins(found)}
        wishes = [w for w in found.wishes.values() if w.role == role and w.id not in kept]
        if role in self.case.rules.never_drop or stays:
            wishes = [w for w in wishes if w.order[1] > 0]
        is_partner = any(self.case.rules.roles[w.role or ""].only_with == role for w in found.wishes.values())
        for wish in sorted(wishes, key=lambda w: (-w.gap, -w.order[1])):
            if (lighter := self._lighter(found, wish)) is not None:
                yield lighter
            if not is_partner and self.wanted_in(found.wishes, wish.gap) > 1:
                rest = {id_: w for id_, w in found.wishes.items() if id_ != wish.id}
                yield replace(found, wishes=rest, given_up=found.given_up | {wish.id})

    def _is_scant(self, wishes: Mapping[str, Wish], gap: int) -> bool:
        """Say whether a gap wants a single small task."""
        wanted = [id_ for id_, wish in wishes.items() if wish.gap == gap and self.counts(wish)]
        return len(wanted) == 1 and self.traits[wanted[0]].minutes <= self.case.rules.scant

    def _stand_ins(self, found: Shape) -> Iterator[str]:
        """Give what others may be there for, since no slot of the role without which they do not come took anything."""
        roles = {wish.role for wish in found.wishes.values()}
        partners = {self.case.rules.roles[role].only_with for role in roles if role}
        for partner in partners - roles - {None}:
            yield from self.case.table(partner or "")

    def _lighter(self, found: Shape, wish: Wish) -> Shape | None:
        """Return the next module of a role in the place of one that builds on more, which nothing else needs."""
        needs = len(self.needs(wish.id))
        instead = next_best(self.case, wish, found.wishes, self.refused, found.given_up)
        while instead and len(self.needs(instead.id)) >= needs:
            instead = next_best(self.case, instead, found.wishes, self.refused, found.given_up)
        if instead is None:
            return None
        rest = {id_: w for id_, w in found.wishes.items() if id_ != wish.id}
        return replace(found, wishes={**rest, instead.id: instead}, given_up=found.given_up | {wish.id})

    def number(self, found: Shape) -> int:
        """Return how many modules are wanted, with what they build on, and one to fill each gap that has none.

        Of the floating roles those count that may give way.
        """
        counted = [id_ for id_, wish in found.wishes.items() if self.counts(wish)]
        needs = {need for id_ in counted for need in self.needs(id_)}
        floating = {o.role for o in found.openings} & set(self.case.pacing.gives_way)
        wishes = self.close_gaps(found).values()
        slots = {*(w.gap for w in wishes if self.counts(w)), *(o.gap for o in found.openings)}
        filled = len(set(range(len(self.frames))) - slots)
        return len({*counted, *needs}) + filled + sum(self._floating(found, role) for role in floating)

    def _floating(self, found: Shape, role: str) -> int:
        """Return how many modules the slots of a floating role can take."""
        free = self._free(found, role)
        starts = [self._start(found.wishes, id_) for id_ in free]
        return min(len(free), sum(o.role == role and any(o.gap >= gap for gap in starts) for o in found.openings))

    def _free(self, found: Shape, role: str) -> list[str]:
        table, modules = self.case.table(role), self.case.modules
        return [id_ for id_ in table if id_ in modules and id_ not in self.refused and id_ not in found.wishes]

    def _beginning(self, wishes: Mapping[str, Wish], roles: Collection[str]) -> int:
        """Return the first gap in which one of these roles wants something; the first of all when there are none."""
        if not roles:
            return 0
        return min((wish.gap for wish in wishes.values() if wish.role in roles), default=len(self.frames))

    def _start(self, wishes: Mapping[str, Wish], id_: str) -> int:
        """Return the first gap in which a module may stand, by its kind and by what it takes up."""
        after = self.traits[id_].after
        first = min((wishes[i].gap for i in after if i in wishes), default=len(self.frames)) if after else 0
        return max(first, self._beginning(wishes, self.traits[id_].begins_with))

    def wanted_in(self, wishes: Mapping[str, Wish], gap: int) -> int:
        """Return how many modules are wanted in a gap."""
        return sum(wish.gap == gap and self.counts(wish) for wish in wishes.values())

    def even_out(self, found: Shape) -> Mapping[str, Wish]:
        """Let what stands beside too many wait for the next gap, if that wants fewer, or would be empty."""
        moved = dict(found.wishes)
        for wish in found.wishes.values():
            most = self.case.rules.roles[wish.role or ""].beside
            if most is None or wish.gap + 1 >= len(self.frames) - 1:
                continue
            others, there = self.wanted_in(moved, wish.gap) - 1, self.wanted_in(moved, wish.gap + 1)
            is_empty = others > 0 and there == 0 and not self._is_served(replace(found, wishes=moved), wish.gap + 1)
            if is_empty or (others > most and others > there):
                moved[wish.id] = wish._replace(gap=wish.gap + 1)
        return moved

    def close_gaps(self, found: Shape) -> Mapping[str, Wish]:
        """Bring forward the next module of the path into a gap that wants nothing.

        Where the next gap can spare one, the path goes before any filling; otherwise only where nothing else can be
        given. What ends the program stays at its end.
        """
        wishes, last = dict(found.wishes), len(self.frames) - 1
        for gap in range(last):
            if self.wanted_in(wishes, gap):
                continue
            can_spare = gap + 1 < last and self.wanted_in(wishes, gap + 1) > 1
            if not can_spare and self._is_served(replace(found, wishes=wishes), gap):
                continue
            later = [w for w in wishes.values() if w.gap > gap and self._may_move(wishes, w, gap)]
            if later:
                first = min(later, key=lambda w: (w.gap, w.order, w.id))
                wishes[first.id] = first._replace(gap=gap)
        return wishes

    def _is_served(self, found: Shape, gap: int) -> bool:
        """Say whether a slot or a filling can give a gap something that may be its only task."""
        case = self.case
        roles = {*case.rules.fill, *(o.role for o in found.openings if o.gap == gap)}
        free = (i for role in roles for i in case.table(role) if i in case.modules and i not in self.refused)
        alone = (i for i in free if self.traits[i].alone and i not in found.wishes)
        return any(self._start(found.wishes, id_) <= gap for id_ in alone)

    def _may_move(self, wishes: Mapping[str, Wish], wish: Wish, gap: int) -> bool:
        case = self.case
        if case.rules.roles[wish.role or ""].at_end or not self.counts(wish) or self._start(wishes, wish.id) > gap:
            return False
        return all(need not in wishes or wishes[need].gap <= gap for need in self.needs(wish.id))
