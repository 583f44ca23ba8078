"""What lies in which gap while a plan is made, and what that comes to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workbook_builder.book import Kind

from .traits import Traits
from .wishes import Wish


class Place(NamedTuple):
    """Where a module lies."""

    gap: int
    wish: Wish
    optional: bool = False

    @property
    def counts(self) -> bool:
        """Whether the module takes minutes of its gap."""
        return not (self.optional or self.wish.in_session)


class Load:
    """What lies in one gap, and what it comes to. Never changed, so that it is counted once, however often it is asked.

    ``tasks`` are the modules that count, ``minutes`` is what they take, and ``kinds`` is how many modules there are of
    each kind, those that do not count included. ``row`` is its reading order, once somebody has asked for it.
    """

    __slots__ = ("kinds", "minutes", "places", "row", "tasks", "traits")

    def __init__(self, places: Mapping[str, Place], traits: Mapping[str, Traits]) -> None:
        self.places = places
        self.row: tuple[str, ...] | None = None
        self.traits = traits
        self.tasks: list[str] = []
        self.minutes = 0
        self.kinds: dict[Kind, int] = {}
        for id_, place in places.items():
            its = traits[id_]
            self.kinds[its.kind] = self.kinds.get(its.kind, 0) + 1
            if place.counts:
                self.tasks.append(id_)
                self.minutes += its.minutes

    @property
    def has_company(self) -> bool:
        """Whether one of the tasks may be a gap's only one, or none of them may not."""
        return not self.tasks or any(self.traits[id_].alone for id_ in self.tasks)

    def with_(self, places: Mapping[str, Place]) -> Load:
        """Return the load with these as well, or in the place of what they were."""
        return Load({**self.places, **places}, self.traits)

    def without(self, ids: Collection[str]) -> Load:
        """Return the load without these modules."""
        return Load({id_: place for id_, place in self.places.items() if id_ not in ids}, self.traits)


def placed(wishes: Iterable[Wish], gap: int) -> dict[str, Place]:
    """Return a place in a gap for each wish."""
    return {wish.id: Place(gap, wish) for wish in wishes}


@dataclass(frozen=True, eq=False)
class Places(Mapping[str, Place]):
    """Where each module lies, in the order in which they were laid, and what each gap holds."""

    laid: Mapping[str, Place]
    loads: tuple[Load, ...]

    @classmethod
    def none(cls, gaps: int, traits: Mapping[str, Traits]) -> Places:
        """Return so many empty gaps."""
        return cls({}, (Load({}, traits),) * gaps)

    def __getitem__(self, id_: str) -> Place:
        return self.laid[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self.laid

    def __iter__(self) -> Iterator[str]:
        return iter(self.laid)

    def __len__(self) -> int:
        return len(self.laid)

    @cached_property
    def _first_gaps(self) -> Mapping[str | None, int]:
        found: dict[str | None, int] = {}
        for place in self.laid.values():
            role = place.wish.role
            found[role] = min(place.gap, found.get(role, place.gap))
        return found

    def has_begun(self, roles: Iterable[str], gap: int) -> bool:
        """Say whether this gap, or one before it, holds a module of these roles."""
        first = self._first_gaps
        return any(first.get(role, gap + 1) <= gap for role in roles)

    def has_come(self, ids: Iterable[str], gap: int) -> bool:
        """Say whether this gap, or one before it, holds one of these modules."""
        laid = self.laid
        return any(id_ in laid and laid[id_].gap <= gap for id_ in ids)

    def with_load(self, gap: int, load: Load) -> Places:
        """Return the places with a gap's load changed to one that holds all that lies there already."""
        return Places({**self.laid, **load.places}, self._with_load(gap, load))

    def with_(self, gap: int, places: Mapping[str, Place]) -> Places:
        """Return the places with these in a gap; none of them may lie in another."""
        return self.with_load(gap, self.loads[gap].with_(places))

    def without(self, gap: int, ids: Collection[str]) -> Places:
        """Return the places without these modules of a gap."""
        rest = {id_: place for id_, place in self.laid.items() if id_ not in ids}
        return Places(rest, self._with_load(gap, self.loads[gap].without(ids)))

    def _with_load(self, gap: int, load: Load) -> tuple[Load, ...]:
        return (*self.loads[:gap], load, *self.loads[gap + 1 :])
