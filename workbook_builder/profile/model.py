"""What a profile holds, with all names, limits and defaults.

Text in a profile is data: white space is folded, and it is never read as markdown, as a template or as anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator

from workbook_builder.source import (
    PERSONAL,
    About,
    Country,
    Date,
    Id,
    Language,
    Line,
    LongLine,
    ShortLine,
    Strict,
    wrong,
)
from workbook_builder.vocabulary import (
    REFERRED_TOPICS,
    Book,
    ClientTopic,
    EditionName,
    Feeling,
    Flag,
    Frequency,
    Obstacle,
    ReferredTopic,
    Topic,
)

# Alone, a missing clearance means "refused"; together with other problems the file is wrong input.
NO_CLEARANCE = "WB401"
CONTRADICTION = "WB110"
_CLEARANCE = About(missing=NO_CLEARANCE)

Outcome = Literal["done", "partly", "missed"]
History = Literal["none-yet", "done", "partly", "missed"]


def _empty_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _one_or_all(value: object) -> object:
    return [value] if value == "all" else value


class Client(Strict):
    """Who the workbook is for."""

    # Personal, since an id that is refused may well be the client's name.
    id: Annotated[Id, PERSONAL]
    """A code for the client. File names use it, so it is never made of a name."""
    name: Annotated[ShortLine | None, BeforeValidator(_empty_is_none), PERSONAL] = None
    """What stands on the cover and above the letter: a first name, initials, or nothing."""
    language: Language = "en"
    """The language of the workbook, such as en."""
    country: Country
    """Whose crisis lines are printed, such as US."""


class Program(Strict):
    """How many sessions there are, how often, and what the client can do between them."""

    setting: Literal["eap", "short-term", "ongoing"] = "short-term"
    """Where the work takes place; ongoing means maintenance, planned by month."""
    sessions: int = Field(ge=1, le=52)
    """Sessions granted in all."""
    completed: int = Field(default=0, ge=0, le=52)
    """Sessions that have taken place."""
    frequency: Frequency = "weekly"
    """How often the client comes."""
    minutes: int | None = Field(default=None, ge=5, le=240)
    """What the client can give between two sessions; without it the library's rules decide."""
    next: Date | None = None
    """The next appointment; it is printed."""

    @field_validator("completed")
    @classmethod
    def _not_more_than_granted(cls, completed: int, info: ValidationInfo) -> int:
        if completed > info.data.get("sessions", completed):
            raise wrong(f"must be 0-{info.data['sessions']}, since no more sessions are granted", code=CONTRADICTION)
        return completed


class Clearance(Strict):
    """The therapist's own answer whether a workbook is safe for this client now; without it none is made."""

    by: Annotated[ShortLine, _CLEARANCE]
    """Who answers."""
    date: Annotated[Date, _CLEARANCE]
    """The day of the answer."""
    cleared: Annotated[bool, _CLEARANCE]
    """Whether a workbook may be made."""
    reason: Annotated[LongLine | None, BeforeValidator(_empty_is_none), PERSONAL] = None
    """Why not; for the therapist, never printed."""
    flags: tuple[Flag, ...] = ()
    """What the therapist knows of; some stop the workbook, others remove modules."""
    override: Annotated[LongLine | None, BeforeValidator(_empty_is_none), PERSONAL] = None
    """Why a workbook is made in spite of a flag that stops one; for the therapist, never printed."""


class Letter(Strict):
    """A few words from the therapist to the client."""

    from_: Annotated[ShortLine | None, BeforeValidator(_empty_is_none), PERSONAL] = Field(default=None, alias="from")
    """Who signs the letter."""
    note: Annotated[LongLine | None, BeforeValidator(_empty_is_none), PERSONAL] = None
    """Warm and personal, 400 characters at most."""


class Preferences(Strict):
    """What suits the client."""

    reading: Literal["likes", "neutral", "avoids"] = "neutral"
    """Whether the client likes to read; chapters are left out for one who avoids it."""
    video: bool = True
    """Whether the client can watch a video."""
    private_space: bool = True
    """Whether there is a place where nobody else reads what the client writes; without one, no journals."""
    charged_situation: bool = False
    """Whether something upsetting is going on now; a journal comes earlier then."""
    edition: EditionName = "standard"
    """How the pages are set."""
    paper: Literal["letter", "a4"] = "letter"
    """The size of the page."""


class LogEntry(Strict):
    """What became of one task."""

    session: int = Field(ge=1, le=52)
    """The session in which the task was given."""
    module: Id
    """The module that was the task."""
    outcome: Outcome
    """How it went."""
    obstacle: Obstacle | None = None
    """What got in the way, set after talking about it."""

    @field_validator("obstacle")
    @classmethod
    def _only_for_work_not_done(cls, obstacle: Obstacle | None, info: ValidationInfo) -> Obstacle | None:
        if obstacle and info.data.get("outcome") == "done":
            raise wrong("belongs to work that was partly done or missed", code=CONTRADICTION)
        return obstacle


class Homework(Strict):
    """How the work between sessions has gone; what the log says need not be said again."""

    # The log stands first since history and obstacle are taken from it.
    log: tuple[LogEntry, ...] = Field(default=(), max_length=400)
    """One entry for each task that was talked over."""
    history: History = Field(default="none-yet", validate_default=True)
    """How the last homework went; taken from the last session of the log when it is not given."""
    obstacle: Obstacle | None = Field(default=None, validate_default=True)
    """What got in the way, set after talking about it; taken from the last session of the log when it is not given."""
    readiness: int = Field(default=7, ge=0, le=10)
    """How ready the client feels for work between sessions, 0 to 10."""

    @field_validator("history")
    @classmethod
    def _history_from_log(cls, history: History, info: ValidationInfo) -> History:
        return logged_history(info.data.get("log", ())) or history if history == "none-yet" else history

    @field_validator("obstacle")
    @classmethod
    def _obstacle_from_log(cls, obstacle: Obstacle | None, info: ValidationInfo) -> Obstacle | None:
        return obstacle or next(iter(logged_obstacles(info.data.get("log", ()))), None)

    @property
    def last_logged(self) -> int:
        """The last session that the log knows of; 0 for an empty log."""
        return max((entry.session for entry in last_session(self.log)), default=0)

    @property
    def takes_history_from_log(self) -> bool:
        """Whether ``history`` is what the log says, and nobody has written it down."""
        return "history" not in self.model_fields_set and bool(self.log)

    @property
    def takes_obstacle_from_log(self) -> bool:
        """Whether ``obstacle`` is what the log says, and nobody has written it down."""
        return "obstacle" not in self.model_fields_set and self.obstacle is not None


def last_session(log: Iterable[LogEntry]) -> tuple[LogEntry, ...]:
    """Return the entries of the last session that the log knows of, in their order."""
    entries = tuple(log)
    newest = max((entry.session for entry in entries), default=0)
    return tuple(entry for entry in entries if entry.session == newest)


def logged_history(log: Iterable[LogEntry]) -> History | None:
    """Return how the homework of the log's last session went on the whole, or None for an empty log."""
    outcomes: set[History] = {entry.outcome for entry in last_session(log)}
    if not outcomes:
        return None
    return outcomes.pop() if len(outcomes) == 1 else "partly"


def logged_obstacles(log: Iterable[LogEntry]) -> tuple[Obstacle, ...]:
    """Return what got in the way of the log's last session's homework, in the log's order."""
    return tuple(entry.obstacle for entry in last_session(log) if entry.obstacle)


class Modules(Strict):
    """The therapist's last word on the plan."""

    done: tuple[Id, ...] = ()
    """Modules that earlier workbooks or sessions have covered."""
    assign: tuple[Id, ...] = ()
    """Modules the therapist adds."""
    block: tuple[Id, ...] = ()
    """Modules the therapist removes."""
    reviewed: Annotated[
        tuple[Id, ...],
        BeforeValidator(_one_or_all),
        WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = ()
    """Modules for which the therapist has weighed the caution, or the word all."""

    @field_validator("block")
    @classmethod
    def _not_assigned_as_well(cls, block: tuple[Id, ...], info: ValidationInfo) -> tuple[Id, ...]:
        for id_ in block:
            if id_ in info.data.get("assign", ()):
                raise wrong(f'"{id_}" stands in modules.assign as well', "take it out of one", CONTRADICTION)
        return block

    def is_reviewed(self, module_id: str) -> bool:
        """Say whether the therapist has ticked this module; to assign it counts as a tick."""
        return "all" in self.reviewed or module_id in self.reviewed or module_id in self.assign


class Profile(Strict):
    """What the therapist answers about one client."""

    fictional: bool = False
    """An example: marked as one on the cover, and its clearance does not grow old."""
    client: Client
    program: Program
    clearance: Annotated[Clearance, _CLEARANCE]
    topics: tuple[ClientTopic, ...] = Field(min_length=1, max_length=3)
    """What the work is about, the most important first."""
    feeling: Feeling | None = None
    """The feeling that troubles the client most."""
    goals: Annotated[tuple[Line, ...], PERSONAL] = Field(min_length=1, max_length=4)
    """The client's goals, in the client's words."""
    letter: Letter | None = None
    """A few words from the therapist to the client, printed on a page of their own."""
    preferences: Preferences = Preferences()
    homework: Homework = Homework()
    modules: Modules = Modules()
    books: tuple[Book, ...] = ()
    """The books that the client has."""

    @field_validator("topics")
    @classmethod
    def _each_once(cls, topics: tuple[ClientTopic, ...]) -> tuple[ClientTopic, ...]:
        for topic, times in Counter(topics).items():
            if times > 1:
                raise wrong(f'"{topic}" is named more than once')
        return topics

    @property
    def planned_topics(self) -> tuple[Topic, ...]:
        """The topics that modules exist for, ranked."""
        return tuple(topic for topic in self.topics if topic not in REFERRED_TOPICS)  # type: ignore[misc]

    @property
    def referred_topics(self) -> tuple[ReferredTopic, ...]:
        """The topics that need assessment and referral; they select nothing."""
        return tuple(topic for topic in self.topics if topic in REFERRED_TOPICS)
