"""What content/selection.yaml holds: who gets what, when and how much, as data that a clinician can change.

The comments for clinicians stand in the file itself; here stands what a program has to know about each setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from workbook_builder.book import Kind
from workbook_builder.source import Id, Strict
from workbook_builder.vocabulary import Book, ClientTopic, Flag, Frequency, Obstacle

from .companion import CompanionRules
from .conditions import Count, Minutes, Name, Percent, Sentence
from .limits import After, ComesAfter, Dose, KindRule, Light
from .paths import Addition, Maintenance, ObstacleRow, Pacing, Role, Row, TopicPath


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
    no_private_space: bool = False
    """Counts as if the client had no place where nobody else reads what they write."""
    not_charged: bool = False
    """What upsets the client is the very thing the flag names, so it opens nothing (``charged`` does not hold)."""
    note: Sentence | None = None


class Why(Strict):
    """The client's one warm line for a module."""

    line: Sentence
    again: Sentence | None = None
    """When the module comes again after it was not done."""
    obstacle: Sentence | None = None
    """When the module answers what got in the way."""


def _why(value: object) -> object:
    return {"line": value} if isinstance(value, str) else value


TableWhy = Annotated[Why, BeforeValidator(_why, json_schema_input_type=str | Why)]


class WhyLines(Strict):
    """The client's lines: for each module, and for modules that a practice adds."""

    again: Sentence
    again_kinds: Mapping[Kind, Sentence] = Field(default_factory=dict)
    """In its place for modules of these kinds."""
    kinds: Mapping[Kind, Sentence]
    modules: Mapping[Id, TableWhy]
    not_news: tuple[Id, ...] = ()
    """Modules that the letter of a next edition does not name when it says what is new."""


class Notes(Strict):
    """What the plan tells the therapist beside the reasons."""

    over_minutes: Sentence
    competed: Sentence | None = None
    """Added to the reason of a module that took the room of others."""
    override: Sentence
    no_obstacle: Sentence
    no_private_space: Sentence
    charged_elsewhere: Sentence | None = None
    """When something upsetting is going on that a flag keeps for the session."""
    assigned_left_out: Sentence
    assigned_doubled: Sentence
    missing_modules: Sentence
    page_waits: Sentence
    empty_gaps: Sentence
    no_room: Sentence
    few_sessions: Sentence | None = None
    more_topics: Sentence
    no_path: Sentence
    blocked_instead: Sentence | None = None
    """Added to the reason of a blocked module in whose place another comes."""
    blocked_with: Sentence | None = None
    """For each blocked module with which others of the path fell."""
    # The next edition. A practice whose table is older reads these.
    since_new: Sentence = "New since the last book: {modules}."
    since_nothing_new: Sentence = "Nothing is new since the last book."
    since_carried: Sentence = "Carried over from the last book, since it was planned for a gap still ahead: {modules}."
    since_again: Sentence = "Comes again, since it was given and is not done: {modules}."
    since_unclear: Sentence = (
        "homework.history is {history}, and no log entry says which task of {gap} it was: all of them count as "
        "not done ({modules}). To say more, write homework.log or modules.done."
    )
    since_not_repeated: Sentence = (
        "Not repeated, since it is done, or was in the last book and no log entry says that it was missed: {modules}. "
        "To bring one back, log it as missed or assign it."
    )
    since_dropped: Sentence = "Planned in the last book for later, and left out of this one: {modules}."


class Rules(Strict):
    """All of content/selection.yaml."""

    clearance: ClearanceRules
    flags: Mapping[Flag, FlagRow] = Field(default_factory=dict)
    minutes: Mapping[Frequency, Minutes]
    tolerance: Percent
    doses: Mapping[Frequency, tuple[Dose, ...]]
    after: After
    light: Light
    scant: Count = 0
    """Nothing is given up beside a single task of so many minutes at most."""
    optional_per_gap: Count
    video_fresh_days: Annotated[int, Field(ge=1, le=3660)]
    kinds: Mapping[Kind, KindRule]
    comes_after: Mapping[Id, ComesAfter] = Field(default_factory=dict)
    """Modules that take up what another has begun."""
    chapters: Mapping[Book, tuple[tuple[Id, ...], ...]] = Field(default_factory=dict)
    """The readings of each book, step by step in the order of the book: none comes after one of a later step."""
    every_topic: TopicPath
    topics: Mapping[ClientTopic, TopicPath]
    obstacles: Mapping[Obstacle, ObstacleRow]
    roles: Mapping[Name, Role]
    opening: Row
    besides: Row = ()
    """Wanted from the first gap on, after all slots of the pacing have taken theirs."""
    pacing: tuple[Pacing, ...] = Field(min_length=1)
    maintenance: Maintenance
    additions: Mapping[Frequency, Addition] = Field(default_factory=dict)
    fill: tuple[Name, ...]
    never_drop: tuple[Name, ...]
    holds_room: tuple[Name, ...] = ()
    """Roles for which a gap keeps its room: nothing that is dropped earlier takes it."""
    in_order: tuple[tuple[Name, ...], ...] = ()
    """Roles whose modules change places when minutes have put one behind another that follows it in a line here."""
    drop_order: tuple[Name, ...]
    rules: Mapping[Name, Sentence]
    notes: Notes
    why: WhyLines
    companion: CompanionRules | None = None
    """Only the therapist's companion needs it."""
