"""Conditions on a profile, and the kinds of text and number that all rules are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from workbook_builder.source import FOLDED, Id, Strict
from workbook_builder.vocabulary import Book, ClientTopic, Feeling, Frequency, Obstacle

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
    second_topic: bool | None = None
    """Whether there is a second topic that modules exist for, and room for one."""
    page_done: bool | None = None
    """Whether a page of the main topic's own is done (its list ``learn``)."""


AnyOf = tuple[When, ...]


class Entry(Strict):
    """A module in a table, perhaps only under conditions."""

    id: Id
    when: AnyOf = ()
    """Any one of these; none given: always."""


def _entry(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


TableEntry = Annotated[Entry, BeforeValidator(_entry, json_schema_input_type=str | Entry)]


class Ground(Strict):
    """What a sentence says for choosing a module, perhaps only under conditions."""

    say: Sentence
    when: AnyOf = ()
    """Any one of these; none given: always."""
    modules: tuple[Id, ...] = ()
    """It is said of these alone; none given: of all."""


def _grounds(value: object) -> object:
    return [{"say": value}] if isinstance(value, str) else value


Grounds = Annotated[
    tuple[Ground, ...],
    Field(min_length=1),
    BeforeValidator(_grounds, json_schema_input_type=Sentence | tuple[Ground, ...]),
]
"""One sentence, or several of which the first counts whose conditions hold: each names what has led to it."""
