"""Who gets what, and when: topics, obstacles, roles, and the pacing that puts them into gaps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from workbook_builder.source import Id, Strict
from workbook_builder.vocabulary import Frequency

from .conditions import AnyOf, Count, Entry, Grounds, Name, Sentence, TableEntry

ListName = Literal[
    "early",
    "lead",
    "learn",
    "stand_in",
    "find",
    "sheet",
    "question",
    "more",
    "act",
    "further",
    "journals",
    "readings",
    "videos",
]


def _slot(value: object) -> object:
    return [value] if isinstance(value, str) else value


Slot = Annotated[tuple[Name, ...], BeforeValidator(_slot, json_schema_input_type=str | tuple[str, ...])]
Row = tuple[Slot, ...]


class TopicPath(Strict):
    """A topic's way through the library: lists of modules, each in the order in which they come."""

    early: tuple[TableEntry, ...] = ()
    lead: tuple[TableEntry, ...] = ()
    learn: tuple[TableEntry, ...] = ()
    stand_in: tuple[TableEntry, ...] = ()
    find: tuple[TableEntry, ...] = ()
    sheet: tuple[TableEntry, ...] = ()
    question: tuple[TableEntry, ...] = ()
    more: tuple[TableEntry, ...] = ()
    act: tuple[TableEntry, ...] = ()
    further: tuple[TableEntry, ...] = ()
    journals: tuple[TableEntry, ...] = ()
    readings: tuple[TableEntry, ...] = ()
    videos: tuple[TableEntry, ...] = ()
    nothing_more: tuple[ListName, ...] = ()
    """Lists that what holds for every topic adds nothing to."""
    note: Sentence | None = None
    """What the therapist is told when a profile names this topic."""

    def entries(self, name: ListName) -> tuple[Entry, ...]:
        """Return one of the lists by its name."""
        found: tuple[Entry, ...] = getattr(self, name)
        return found


class Role(Strict):
    """What a slot of the pacing asks for."""

    rule: Name
    """The name of the reason that the therapist reads."""
    because: Grounds = ()
    """The reason's sentence, or several under conditions; without one, the rule's own."""
    otherwise: Sentence | None = None
    """Why the modules named here are left out when the conditions do not hold."""
    modules: tuple[TableEntry, ...] = ()
    lists: tuple[ListName, ...] = ()
    """Lists of the topic's path, after the modules named here."""
    of: Literal["main", "second"] = "main"
    """Whose path."""
    obstacle: Literal["first", "rest"] | None = None
    """The first answer to the obstacle, or those after it."""
    only_for: tuple[Id, ...] = ()
    """It is wanted only where one of these modules may come, since it is there for them."""
    only_with: Name | None = None
    """It comes only together with a module of this role, as long as one may come at all."""
    take: Literal["one", "all"] = "one"
    when: AnyOf = ()
    floating: bool = False
    """Takes, when its turn comes, whichever module of its table fits its gap; waits for room, and past a light gap."""
    keeps_one: AnyOf = ()
    """When it never gives up its first module, or a floating role its last slot; none given: never."""
    may_wait: Count | None = None
    """How many gaps later than planned it may come; none given: as late as needed."""
    extra: bool = False
    """Fills room, and is no part of the path: what it does not take is not missing there."""
    in_session: bool = False
    at_end: bool = False
    """Stands at the end of its gap, and never between two pages to keep them apart."""
    one_per_gap: bool = False
    """A gap holds one module of this rule at most."""
    beside: Count | None = None
    """Beside more modules than these it waits for the next gap, where the pacing wants fewer there."""


class Pacing(Strict):
    """Which roles stand in which gap of a program of so many sessions."""

    sessions: Annotated[int, Field(ge=1, le=52)]
    gaps: tuple[Row, ...] = Field(min_length=1)
    extra: tuple[Row, ...] = Field(min_length=1)
    """Rows for gaps that longer programs have more, one after the other and again from the first."""
    after: Row
    modules: Count
    """As many modules the program holds, those done included; a gap with too few tasks is filled up to so many."""
    gives_way: tuple[Name, ...] = ()
    """Roles that each give up one module, in this order, where the rows want more than ``modules``."""


class Maintenance(Pacing):
    """The pacing of ongoing work: its rows are counted from the first gap that the plan covers."""

    sessions: Annotated[int, Field(ge=1, le=52)] = 1
    frequency: Frequency
    """Modules and minutes are chosen as for this frequency."""


class Addition(Strict):
    """Roles that a frequency adds to the pacing."""

    every_gap: Row = ()
    after: Row = ()
    from_gap: Count = 0
    """From this gap on, each holds one module more than the pacing says."""


class ObstacleRow(Strict):
    """What answers an obstacle."""

    answers: tuple[TableEntry, ...] = ()
    advice: Sentence
    """How the next tasks change; for the therapist."""
