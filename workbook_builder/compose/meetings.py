"""The sessions that a plan foresees, as a therapist prepares them: what is due, what to ask about it, what to give."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from workbook_builder.book import Assignment, Gap, Plan
from workbook_builder.compose.words import Words
from workbook_builder.library.rules import CompanionRules, Talk
from workbook_builder.profile import Profile

MAIN_TASK = ("worksheet", "journal", "reading", "psychoeducation", "video")
"""Which task of a gap a session opens with: the first of the first kind that is there."""


@dataclass(frozen=True)
class Meeting:
    """One session: ``due`` is what was given before (None: what went before this book), ``give`` what comes next (None:
    nothing, since the program is over). ``follows_first``: it is the one after the first gap."""

    id: str
    title: str
    due: Gap | None
    give: Gap | None
    follows_first: bool = False


@dataclass(frozen=True)
class Asked:
    """What a session opens with.

    ``not_done`` is the question for when the work was not done (None: how it went is known), ``in_the_way`` the one
    about what got in the way, when that is known.
    """

    opening: str
    not_done: str | None = None
    in_the_way: str | None = None


def foresee_meetings(plan: Plan, profile: Profile, say: Words) -> tuple[Meeting, ...]:
    """Return the sessions that the plan covers, from the one in which the book is given, and a talk after the last."""
    gaps, completed = plan.gaps, profile.program.completed
    # Gap k lies between session k and k+1; when k sessions were held, the first is given now.
    start = say("Giving the book") if completed else say("Session %(number)s") % {"number": 1}
    found = [Meeting("companion-start", start, None, gaps[0])]
    for before, gap in pairwise(gaps):
        number = int(before.number) + 1
        title = say("Session %(number)s") % {"number": number}
        found.append(Meeting(f"companion-session-{number}", title, before, gap, before is gaps[0]))
    return (*found, Meeting("companion-later", say("If you meet again"), gaps[-1], None))


def ask(meeting: Meeting, talk: CompanionRules, profile: Profile) -> Asked:
    """Return the question that opens a session, and the one for when the work was not done.

    When the book is given the profile says how the last homework went: only what got in the way, once it is named, is
    asked about besides. It is asked about once more in the session after, when the work was not done.
    """
    homework = profile.homework
    obstacle = talk.obstacles.get(homework.obstacle) if homework.obstacle else None
    if meeting.give is None:
        return Asked(talk.after.opening, talk.after.not_done)
    if meeting.due is None:
        return Asked(talk.last_homework[homework.history], in_the_way=obstacle)
    main = main_task(meeting.due)
    if main is None:
        return Asked(talk.last_homework["done"], talk.last_homework["missed"])
    own, usual = talk.modules.get(main.id, Talk()), talk.kinds[main.kind]
    for_obstacle = obstacle if meeting.follows_first else None
    return Asked(own.opening or usual.opening, for_obstacle or own.not_done or usual.not_done)


def main_task(gap: Gap) -> Assignment | None:
    """Return the task that a session opens with: one done at home before one that could wait or was done together."""
    ranked = sorted(gap.assignments, key=lambda a: (a.in_session, a.optional, MAIN_TASK.index(a.kind)))
    return ranked[0] if ranked else None
