"""The therapist's companion to a client's workbook: what to open with, watch for and give, and why. Pure.

Nothing of it is for the client. It names the client by id alone. All of it depends on the profile and is marked
personal, so that it is never written to disk but in the companion itself.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from workbook_builder.book import Assignment, Gap, Plan, Section
from workbook_builder.compose.environment import link
from workbook_builder.compose.meetings import Meeting, ask, foresee_meetings
from workbook_builder.compose.pages import Pages
from workbook_builder.compose.words import Words
from workbook_builder.layout import Layout
from workbook_builder.library import Library, Module
from workbook_builder.library.rules import CompanionRules, Talk
from workbook_builder.profile import Profile, last_session

FIRST, SESSIONS, BACKGROUND = "page-companion", "page-companion-sessions", "page-companion-background"
LEFT_OUT, SOURCES = "companion-left-out", "companion-sources"
"""The two parts of the background, as links call them."""


def compose_companion(
    plan: Plan,
    profile: Profile,
    library: Library,
    talk: CompanionRules,
    layout: Layout,
    words: Words,
    today: date,
    number: str,
) -> tuple[Section, ...]:
    """Compose the companion of a client's workbook.

    Args:
        talk: the practice's questions (``companion`` in selection.yaml).
        words: the layout's words in the therapist's language.
        today: the day that its first page names.
        number: the book number of the client's workbook.
    """
    writer = _Writer(plan, profile, library, talk, layout, words)
    return (writer.first(today, number), writer.sessions(), writer.background())


class _Writer:
    """Composes the parts of one companion."""

    def __init__(
        self, plan: Plan, profile: Profile, library: Library, talk: CompanionRules, layout: Layout, words: Words
    ) -> None:
        self._plan, self._profile, self._library, self._talk, self._say = plan, profile, library, talk, words
        self._pages = Pages(layout, words, {}, library.figures)
        self._meetings = foresee_meetings(plan, profile, words)

    def first(self, today: date, number: str) -> Section:
        """What this is, whose, what to look at first, the plan at a glance, and what waits for a tick."""
        say, program = self._say, self._profile.program
        gaps = [
            {
                "when": link(meeting.id, meeting.title),
                "tasks": [a.title for a in meeting.give.assignments],
                "minutes": say("%(minutes)s of %(budget)s")
                % {"minutes": meeting.give.minutes, "budget": meeting.give.budget},
            }
            for meeting in self._meetings
            if meeting.give
        ]
        held = say.count("%(count)s session held", "%(count)s sessions held", program.completed)
        frequencies = {"weekly": say("weekly"), "biweekly": say("every two weeks"), "monthly": say("monthly")}
        granted = say("%(held)s of %(granted)s, %(frequency)s")
        return self._section(
            "companion", FIRST, say("Companion"), fictional=self._profile.fictional,
            client=self._plan.client, number=number, day=say.day(today),
            program=granted
            % {"held": held, "granted": program.sessions, "frequency": frequencies[program.frequency]},
            topics=self._profile.topics, feeling=self._profile.feeling,
            toward=self._talk.feelings.get(self._profile.feeling) if self._profile.feeling else None,
            clearance=self._profile.clearance, cleared_on=say.day(self._profile.clearance.date),
            notes=self._plan.notes, gaps=gaps,
            waiting=[(self._module(n.id), n.caution) for n in self._plan.needs_review],
            left_out_link=link(LEFT_OUT, say("What was left out")), sources_link=link(SOURCES, say("Sources")),
            unsigned=sum(module.status == "draft" for module in self._chosen()), modules=len(self._chosen()),
        )  # fmt: skip

    def sessions(self) -> Section:
        """For each session: what is due, two questions, what to watch for, what to give next with its reasons."""
        meetings = [
            {
                "id": meeting.id,
                "title": meeting.title,
                "due": [a.title for a in meeting.due.assignments] if meeting.due else self._logged(),
                **asdict(ask(meeting, self._talk, self._profile)),
                "watch": self._watch(meeting),
                "give": [self._task(a) for a in meeting.give.assignments] if meeting.give else [],
                "give_title": self._give_title(meeting.give) if meeting.give else "",
            }
            for meeting in self._meetings
        ]
        return self._section(
            "companion-sessions",
            SESSIONS,
            self._say("Session by session"),
            meetings=meetings,
            history=self._profile.homework.history,
        )

    def background(self) -> Section:
        """What was left out, rule by rule, and where the modules come from."""
        say, rules, chosen = self._say, dict[str, dict[str, list[str]]](), self._chosen()
        for out in self._plan.left_out:  # within a rule, one sentence for all modules of which it says the same
            rules.setdefault(out.rule, {}).setdefault(out.text, []).append(out.id)
        # The rules that decided few modules tell the most, so they come first.
        grouped = sorted(rules.items(), key=lambda item: (sum(map(len, item[1].values())), item[0]))
        return self._section(
            "companion-background", BACKGROUND, say("Left out, and sources"), left_out=LEFT_OUT, sources=SOURCES,
            count=len(self._plan.left_out), rules=grouped, modules=chosen,
            unsigned=[module.title for module in chosen if module.status == "draft"],
        )  # fmt: skip

    def _section(self, template: str, id_: str, title: str, **values: Any) -> Section:
        book_title = self._say("Companion")
        return self._pages.section(template, id_, title, personal=True, id=id_, book_title=book_title, **values)

    def _chosen(self) -> list[Module]:
        return [self._library.modules[id_] for id_ in dict.fromkeys(self._plan.module_ids)]

    def _module(self, id_: str) -> Module:
        return self._library.modules[id_]

    def _task(self, assignment: Assignment) -> dict[str, Any]:
        return {
            "id": assignment.id,
            "kind": assignment.kind,
            "title": assignment.title,
            "time": self._pages.time(assignment),
            "reasons": [reason.text for reason in assignment.reasons],
            "caution": self._module(assignment.id).caution,
        }

    def _logged(self) -> list[str]:
        """What the log says was given before this book: each task with its outcome."""
        outcomes = {"done": self._say("done"), "partly": self._say("partly"), "missed": self._say("missed")}
        known = self._library.modules
        return [
            f"{known[entry.module].title if entry.module in known else entry.module} ({outcomes[entry.outcome]})"
            for entry in last_session(self._profile.homework.log)
        ]

    def _watch(self, meeting: Meeting) -> list[tuple[str, str]]:
        """Return what to watch for: a heading, and a sentence. What got in the way comes first."""
        found = []
        obstacle = self._profile.homework.obstacle
        row = self._library.rules.obstacles.get(obstacle) if obstacle else None
        if meeting.due is None and row:
            found.append((str(obstacle), row.advice))
        if meeting.due is None:
            together = [a for a in meeting.give.assignments if a.in_session] if meeting.give else []
            found += [(a.title, self._own_watch(a)) for a in together]
        else:
            found += [(a.title, self._own_watch(a)) for a in meeting.due.assignments if not a.in_session]
        return [(title, text) for title, text in found if text]

    def _own_watch(self, assignment: Assignment) -> str:
        return self._talk.modules.get(assignment.id, Talk()).watch or ""

    def _give_title(self, gap: Gap) -> str:
        say = self._say
        if gap.number == "after":
            return say("Give for the time after the last session")
        return say("Give for the time until session %(number)s") % {"number": gap.number + 1}
