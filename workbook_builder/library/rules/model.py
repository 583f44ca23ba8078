"""What content/selection.yaml holds: who gets what, when and how much, as data that a clinician can change.

The comments for clinicians stand in the file itself; here stands what a program has to know about each setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from workbook_builder.book import Kind
from workbook_builder.source import FOLDED, Id, Strict
from workbook_builder.vocabulary import (
    Book,
    ClientTopic,
    Feeling,
    Flag,
    Frequency,
    Obstacle,
    Phase,
)

ListName = Literal[
    "early",
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
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=400), FOLDED]
Percent = Annotated[int, Field(ge=10, le=300)]
Count = Annotated[int, Field(ge=0, le=60)]
Minutes = Annotated[int, Field(ge=1, le=360)]


class When(Strict):
    """Conditions on a profile; all that are given must hold."""

    sessions_from: Count | None = None
    sessions_up_to: Count | None = None
    completed_from: Count | None = None
    completed_up_to: Count | None = None
    readiness_up_to: Count | None = None
    topic: tuple[ClientTopic, ...] = ()
    """The main topic is one of these."""
    feeling: tuple[Feeling, ...] = ()
    feeling_not: tuple[Feeling, ...] = ()
    obstacle: tuple[Obstacle, ...] = ()
    obstacle_not: tuple[Obstacle, ...] = ()
    history: tuple[Literal["none-yet", "done", "partly", "missed"], ...] = ()
    frequency: tuple[Frequency, ...] = ()
    setting: tuple[Literal["eap", "short-term", "ongoing"], ...] = ()
    book: tuple[Book, ...] = ()
    """The client has one of these books."""
    charged: bool | None = None
    """Whether something upsetting is going on (preferences.charged_situation)."""


AnyOf = tuple[When, ...]


class Entry(Strict):
    """A module in a table, perhaps only under conditions."""

    id: Id
    when: AnyOf = ()
    """Any one of these; none given: always."""


def _entry(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


def _slot(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _why(value: object) -> object:
    return {"line": value} if isinstance(value, str) else value


TableEntry = Annotated[Entry, BeforeValidator(_entry, json_schema_input_type=str | Entry)]
Slot = Annotated[tuple[Name, ...], BeforeValidator(_slot, json_schema_input_type=str | tuple[str, ...])]
Row = tuple[Slot, ...]


class TopicPath(Strict):
    """A topic's way through the library: lists of modules, each in the order in which they come."""

    early: tuple[TableEntry, ...] = ()
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
    because: Sentence | None = None
    """The reason's sentence; without it, the rule's own."""
    otherwise: Sentence | None = None
    """Why the modules named here are left out when the conditions do not hold."""
    modules: tuple[TableEntry, ...] = ()
    lists: tuple[ListName, ...] = ()
    """Lists of the topic's path, after the modules named here."""
    of: Literal["main", "second"] = "main"
    """Whose path."""
    obstacle: Literal["first", "rest"] | None = None
    """The first answer to the obstacle, or those after it."""
    take: Literal["one", "all"] = "one"
    when: AnyOf = ()
    floating: bool = False
    """Takes, when its turn comes, whichever module of its table fits its gap; it waits for room, and for nothing else."""
    may_wait: Count | None = None
    """How many gaps later than planned it may come; none given: as late as needed."""
    in_session: bool = False
    one_per_gap: bool = False
    """A gap holds one module of this rule at most."""


class Pacing(Strict):
    """Which roles stand in which gap of a program of so many sessions."""

    sessions: Annotated[int, Field(ge=1, le=52)]
    gaps: tuple[Row, ...] = Field(min_length=1)
    extra: tuple[Row, ...] = Field(min_length=1)
    """Rows for gaps that longer programs have more, one after the other and again from the first."""
    after: Row
    modules: Count
    """As many modules a gap with too few tasks is filled up to, those done included."""


class Maintenance(Pacing):
    """The pacing of ongoing work: its rows are counted from the first gap that the plan covers."""

    sessions: Annotated[int, Field(ge=1, le=52)] = 1
    frequency: Frequency
    """Modules and minutes are chosen as for this frequency."""


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


class Light(Strict):
    """The gap after work that was missed."""

    when: AnyOf
    percent: Percent
    least: Count
    most: Count
    longest: Minutes
    easy: Easy


class KindRule(Strict):
    """What holds for all modules of a kind."""

    per_gap: Count | None = None
    alone: bool = True
    """Whether it may be the only task of a gap."""
    brings: bool = True
    """Whether it may bring along what it needs first; otherwise it comes only where that is planned or done."""
    same_gap: bool = True
    """Whether it may stand in the gap of what it needs first."""
    begins_with: tuple[Name, ...] = ()
    """It comes from the gap of the first of these roles on."""
    or_when: AnyOf = ()
    """It comes from the start when one of these holds."""
    in_a_row: Count | None = None
    """So many in a row without something of another kind."""
    opening_pair: Minutes = 1
    """Two in a row may open the first gap when they take so many minutes at most together."""


class Addition(Strict):
    """Roles that a frequency adds to the pacing."""

    every_gap: Row = ()
    after: Row = ()


class ObstacleRow(Strict):
    """What answers an obstacle."""

    answers: tuple[TableEntry, ...] = ()
    advice: Sentence
    """How the next tasks change; for the therapist."""


class ClearanceRules(Strict):
    """When no workbook is made, and what the therapist is told then."""

    always: tuple[Flag, ...]
    unless_override: tuple[Flag, ...]
    refused: Sentence
    always_because: Sentence
    flag_because: Sentence
    future: Sentence
    too_old: Sentence


class FlagRow(Strict):
    """What a flag does beside what the modules' own ``not_if`` say."""

    removes: tuple[Id, ...] = ()
    plain_cover: bool = False
    """The cover names neither practice nor client, so that it tells nothing to someone who finds the book."""
    note: Sentence | None = None


class Why(Strict):
    """The client's one warm line for a module."""

    line: Sentence
    again: Sentence | None = None
    """When the module comes again after it was not done."""
    obstacle: Sentence | None = None
    """When the module answers what got in the way."""


TableWhy = Annotated[Why, BeforeValidator(_why, json_schema_input_type=str | Why)]


class WhyLines(Strict):
    """The client's lines: for each module, and for modules that a practice adds."""

    again: Sentence
    kinds: Mapping[Kind, Sentence]
    modules: Mapping[Id, TableWhy]


class Notes(Strict):
    """What the plan tells the therapist beside the reasons."""

    over_minutes: Sentence
    override: Sentence
    no_obstacle: Sentence
    no_private_space: Sentence
    assigned_left_out: Sentence
    assigned_doubled: Sentence
    missing_modules: Sentence
    page_waits: Sentence
    empty_gaps: Sentence
    no_room: Sentence
    more_topics: Sentence
    no_path: Sentence


class Rules(Strict):
    """All of content/selection.yaml."""

    clearance: ClearanceRules
    flags: Mapping[Flag, FlagRow] = Field(default_factory=dict)
    minutes: Mapping[Frequency, Minutes]
    tolerance: Percent
    doses: Mapping[Frequency, tuple[Dose, ...]]
    after: After
    light: Light
    optional_per_gap: Count
    video_fresh_days: Annotated[int, Field(ge=1, le=3660)]
    kinds: Mapping[Kind, KindRule]
    every_topic: TopicPath
    topics: Mapping[ClientTopic, TopicPath]
    obstacles: Mapping[Obstacle, ObstacleRow]
    roles: Mapping[Name, Role]
    opening: Row
    pacing: tuple[Pacing, ...] = Field(min_length=1)
    maintenance: Maintenance
    additions: Mapping[Frequency, Addition] = Field(default_factory=dict)
    fill: tuple[Name, ...]
    never_drop: tuple[Name, ...]
    drop_order: tuple[Name, ...]
    rules: Mapping[Name, Sentence]
    notes: Notes
    why: WhyLines
