"""What the therapist's companion says about homework: questions and what to watch for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from workbook_builder.book import Kind
from workbook_builder.source import Id, Strict
from workbook_builder.vocabulary import Feeling, Obstacle

from .conditions import Sentence

History = Literal["none-yet", "done", "partly", "missed"]


class Questions(Strict):
    """How a session opens."""

    opening: Sentence
    """When the work was done."""
    not_done: Sentence
    """When it was not."""


class Talk(Strict):
    """What is said about one module; what is not given is that of its kind."""

    opening: Sentence | None = None
    not_done: Sentence | None = None
    watch: Sentence | None = None
    """What tends to go wrong on this page."""


class CompanionRules(Strict):
    """All that the companion knows beside the plan. Read by the therapist, never by the client."""

    last_homework: Mapping[History, Sentence]
    """About what was given before this book."""
    kinds: Mapping[Kind, Questions]
    modules: Mapping[Id, Talk] = {}
    obstacles: Mapping[Obstacle, Sentence] = {}
    """When the work was not done and the obstacle is named."""
    feelings: Mapping[Feeling, Sentence] = {}
    """Where the work leads."""
    after: Questions
    """After the last session."""
