"""How sentences for the therapist name the lines of a profile: in words, with the setting where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from workbook_builder.profile import Homework
from workbook_builder.vocabulary import Flag, Topic


def name_topic(topic: Topic | None, rank: Literal["main", "second"]) -> str:
    """Name the line of a topic that has a path, or say that there is none."""
    if topic is None:
        return "no topic with a path of its own (profile, topics)"
    return f"{rank} topic: {topic} (profile, topics)"


def name_history(homework: Homework) -> str:
    """Name the line that says how the last homework went: what was written down, or the log."""
    if not homework.takes_history_from_log:
        return "profile, homework.history"
    return f"profile, homework.log of session {homework.last_logged}; homework.history is taken from it"


def name_obstacle(homework: Homework) -> str:
    """Name the line that says what got in the way: what was written down, or the log."""
    if homework.takes_obstacle_from_log:
        return f"profile, homework.log of session {homework.last_logged}: {homework.obstacle}"
    return f"profile, homework.obstacle is {homework.obstacle or 'none'}"


def name_privacy(flags: Sequence[Flag]) -> str:
    """Name what says that there is no private place to write: flags, or the client's own word."""
    return f"the clearance names {', '.join(flags)}" if flags else "profile, preferences.private_space is false"
