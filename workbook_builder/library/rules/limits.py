"""How much: the doses of a gap, and what holds for all modules of a kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from workbook_builder.book import Kind
from workbook_builder.source import FOLDED, Id, Strict
from workbook_builder.vocabulary import Phase

from .conditions import AnyOf, Count, Minutes, Name, Percent


class Dose(Strict):
    """How much a gap holds."""

    up_to: Minutes | None = None
    """This line is for budgets of so many minutes at most."""
    least: Count
    """A gap with fewer tasks is filled up from the topic's path."""
    most: Count
    """A gap with so many tasks takes in no task from another gap."""
    longest: Minutes
    """The longest single task."""


class After(Dose):
    """How much follows the last session."""

    percent: Percent
    """Of a gap's budget."""
    called: Annotated[str, StringConstraints(min_length=1, max_length=60), FOLDED]
    """What sentences call it."""


class Easy(Strict):
    """What is not new and hard at once."""

    phases: tuple[Phase, ...] = ()
    kinds: tuple[Kind, ...] = ()
    modules: tuple[Id, ...] = ()


class Step(Strict):
    """How many tasks a gap holds when that is fewer than usual, and how long they are."""

    least: Count
    most: Count
    longest: Minutes


class Light(Step):
    """The gap after work that was missed."""

    when: AnyOf
    percent: Percent
    easy: Easy
    then: Step | None = None
    """The gap after it, unless that is the time after the last session. Its minutes are the usual ones."""


class ComesAfter(Strict):
    """What a module takes up from other modules, of which any one will do."""

    any_of: tuple[Id, ...] = Field(min_length=1)
    """It comes in the gap of the first of these at the earliest."""
    or_when: AnyOf = ()
    """It comes without them when one of these holds."""


class KindRule(Strict):
    """What holds for all modules of a kind."""

    per_gap: Count | None = None
    alone: bool = True
    """Whether it may be the only task of a gap."""
    brings: bool = True
    """Whether it may bring along what it needs first; otherwise it comes only where that is planned or done."""
    same_gap: bool = True
    """Whether it may stand in the gap of what it needs first."""
    fills_alone: bool = True
    """Whether it may fill room without something that builds on it, in the same gap or the next."""
    begins_with: tuple[Name, ...] = ()
    """It comes from the gap of the first of these roles on."""
    or_when: AnyOf = ()
    """It comes from the start when one of these holds."""
    in_a_row: Count | None = None
    """So many in a row without something of another kind."""
    opening_pair: Minutes = 1
    """Two in a row may open the first gap when they take so many minutes at most together."""
