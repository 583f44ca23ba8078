"""In which order the modules of a gap are read, and which of them stand too many of a kind in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from workbook_builder.book import Kind
from workbook_builder.library.rules import Rules

from .places import Load, Place
from .traits import Traits


@dataclass(frozen=True)
class ReadingOrder:
    """What the order in a gap depends on."""

    rules: Rules
    traits: Mapping[str, Traits]
    most: Mapping[Kind, int]
    """How many of a kind may stand in a row, where that is limited."""

    @classmethod
    def of(cls, rules: Rules, traits: Mapping[str, Traits]) -> ReadingOrder:
        """Return the order that the rules ask for."""
        limits = {kind: rule.in_a_row for kind, rule in rules.kinds.items()}
        return cls(rules, traits, {kind: most for kind, most in limits.items() if most is not None})

    def sequence(self, load: Load, is_first: bool, before: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the modules of a gap in reading order; ``before`` is what ends the gap before it.

        By their roles' order, but what a module builds on comes before it, and where too many of a kind would stand in
        a row, the next one that may comes between. ``is_first``: it is the first gap.
        """
        if before:
            return self._find(load, is_first, before)
        if load.row is None:
            load.row = self._find(load, is_first, ())
        return load.row

    def through(self, loads: Sequence[Load]) -> list[tuple[str, ...]]:
        """Return the modules of each gap in reading order, from the first gap to the last.

        Where a gap would end with what the next one begins with, and that is too many of a kind in a row, another of
        its modules ends it, if one may.
        """
        rows: list[tuple[str, ...]] = []
        for gap, load in enumerate(loads):
            row = self.sequence(load, gap == 0, rows[-1][-1:] if rows else ())
            if rows and row and self._crowds(False, [*rows[-1][-1:], row[0]]):
                before = rows[-2][-1:] if gap > 1 else ()
                rows[-1] = self._end_otherwise(loads[gap - 1], gap == 1, before, rows[-1], row[0])
            rows.append(row)
        return rows

    def _end_otherwise(
        self, load: Load, is_first: bool, before: Sequence[str], row: tuple[str, ...], following: str
    ) -> tuple[str, ...]:
        """Return a row that ends with another module, the latest that may stand there; otherwise the row as it is."""
        ends = self._is_at_end(load.places[row[-1]])
        for n, id_ in reversed(list(enumerate(row[:-1]))):
            turned = (*row[:n], *row[n + 1 :], id_)
            is_needed = any(id_ in self.traits[other].needs for other in row[n + 1 :])
            if is_needed or self._is_at_end(load.places[id_]) != ends or self._crowds(False, [id_, following]):
                continue
            if not any(self._crowds(is_first, [*before, *turned[: end + 1]]) for end in range(len(turned))):
                return turned
        return row

    def _find(self, load: Load, is_first: bool, before: Sequence[str]) -> tuple[str, ...]:
        here = load.places
        waiting = sorted(here, key=lambda i: (here[i].optional, here[i].wish.order, here[i].wish.gap, i))
        row: list[str] = []
        while waiting:
            ready = [i for i in waiting if not any(need in waiting for need in self.traits[i].needs)] or waiting
            first, *others = ready
            if self._crowds(is_first, [*before, *row, first]):
                others = [i for i in others if not self._is_at_end(here[i])]
                between = (i for i in others if not self._crowds(is_first, [*before, *row, i]))
                first = next(between, first)
            row.append(first)
            waiting.remove(first)
        return tuple(row)

    def _is_at_end(self, place: Place) -> bool:
        role = self.rules.roles.get(place.wish.role or "")
        return place.optional or (role is not None and role.at_end)

    def _crowds(self, is_first: bool, row: Sequence[str]) -> bool:
        """Say whether the last modules of a row are too many of their kind."""
        kind = self.traits[row[-1]].kind
        if kind not in self.most:
            return False
        run = list(takewhile(lambda id_: self.traits[id_].kind == kind, reversed(row)))
        if len(run) <= self.most[kind]:
            return False
        minutes = sum(self.traits[id_].minutes for id_ in run)
        return not is_first or len(run) > 2 or minutes > self.rules.kinds[kind].opening_pair

    def crowded(self, load: Load, is_first: bool) -> list[tuple[str, str]]:
        """Return the neighbors in a gap that are too many of their kind in a row."""
        if not any(kind in self.most and n > self.most[kind] for kind, n in load.kinds.items()):
            return []
        row = self.sequence(load, is_first)
        return [(row[n - 1], row[n]) for n in range(1, len(row)) if self._crowds(is_first, row[: n + 1])]
