"""One method for each kind of page. Each gathers what its template shows; words and shapes belong to the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from markupsafe import Markup

from workbook_builder.book import Assignment, Gap, Plan, Section
from workbook_builder.compose.environment import ModuleHtml, explain_failure, link, make_environment
from workbook_builder.compose.words import Words
from workbook_builder.errors import InputProblems
from workbook_builder.layout import Layout
from workbook_builder.library import BookEdition, CrisisCountry, Library, Module, Practice, VideoLink, fresh_link
from workbook_builder.markup import Body, Box
from workbook_builder.profile import Profile

ACTION_FIRST = ("worksheet", "journal", "reading", "video")
MAX_NEWS = 3
"""Titles that the letter's line about what is new names."""
MAX_TRACKED = 12
"""Sessions on the goal tracker: what fits on its page."""


def video_of(module: Module, library: Library, today: date) -> VideoLink | None:
    """Return the link that a video slot prints: in the library's language, short enough, watched not long ago."""
    if module.max_minutes is None:
        return None
    links = library.videos.get(module.id, ())
    return fresh_link(links, library.language, today, module.max_minutes, library.rules.video_fresh_days)


def edition_of(module: Module, library: Library) -> BookEdition | None:
    """Return the edition of a reading's book in the library's language; None when there is none."""
    if module.book is None:
        return None
    return next((e for e in library.books.get(module.book, ()) if e.language == library.language), None)


class Pages:
    """Composes the pages of one book."""

    def __init__(
        self, layout: Layout, words: Words, titles: Mapping[str, str], figures: Path, safety: Markup | None = None
    ) -> None:
        """Prepare for composing.

        Args:
            titles: the modules of this book, for links between them.
            safety: where a page points in danger, unless it is the safety page on page 2.
        """
        self._words = words
        self._safety = safety or link("page-safety", words("see page 2 (numbers to call)"))
        self._environment = make_environment(layout, words)
        self._environment.filters["module_html"] = ModuleHtml(titles, figures, layout)

    def cover(self, profile: Profile, today: date, plain: bool) -> Section:
        """The cover: practice, title, first name by choice, month. Nothing else of the client.

        Without a name it is the same for everybody, and not personal.
        """
        return self.section(
            "cover", "page-cover", "", personal=profile.client.name is not None, name=profile.client.name,
            month=self._words.month(today), fictional=profile.fictional, plain_cover=plain,
        )  # fmt: skip

    @staticmethod
    def needs_plain_cover(profile: Profile, library: Library) -> bool:
        """Whether a flag asks for a cover that tells nothing to someone who finds the book (selection.yaml)."""
        rows = (library.rules.flags.get(flag) for flag in profile.clearance.flags)
        return any(row is not None and row.plain_cover for row in rows)

    def safety(self, crisis: CrisisCountry, practice: Practice) -> Section:
        """The safety page: always page 2."""
        return self.section(
            "safety", "page-safety", self._words("If you need help now"), crisis=crisis, practice=practice
        )

    def privacy(self, practice: Practice, eap: bool) -> Section:
        """Whose workbook this is, who sees it, where to keep it."""
        return self.section(
            "privacy", "page-privacy", self._words("Your book, your privacy"), practice=practice, eap=eap
        )

    def how_to_use(self) -> Section:
        """Pace, skipping, stopping, saving what was typed."""
        say = self._words
        kinds = (
            ("psychoeducation", say("a page to read: one idea, with an example")),
            ("worksheet", say("a page to fill in, with an example beside it")),
            ("reading", say("a few pages of a book")),
            ("video", say("a short reminder to watch")),
            ("journal", say("a few lines for yourself")),
        )
        safety = link("page-safety", say("page 2"))
        return self.section(
            "how-to-use", "page-how-to-use", say("How to use this book"), kinds=kinds, safety_link=safety
        )

    def letter(self, profile: Profile, plan: Plan) -> Section:
        """A letter with the client's own goals and the therapist's note. Fits one page by the limits of its parts.

        In a book that continues an earlier one it says in one line what is new.
        """
        following = profile.program.next
        news = set(plan.since.new) - set(plan.since.unannounced) if plan.since else set()
        titles = [a.title for gap in plan.gaps for a in gap.assignments if a.id in news]
        return self.section(
            "letter", "page-letter", self._words("A letter to begin with"), personal=True, name=profile.client.name,
            goals=profile.goals, note=profile.letter.note if profile.letter else None,
            signed=profile.letter.from_ if profile.letter else None,
            next_date=self._words.day(following) if following else None,
            news=self._news(titles) if plan.since else None,
        )  # fmt: skip

    def _news(self, titles: Sequence[str]) -> str:
        """What is new since the last book: titles that the book shows anyway, three at most."""
        say = self._words
        if not titles:
            return say("There is nothing new to learn this time: this book goes on with what you have begun.")
        shown = titles if len(titles) <= MAX_NEWS else titles[: MAX_NEWS - 1]
        parts = [say("“%(title)s”") % {"title": title} for title in shown]
        if more := len(titles) - len(shown):
            parts.append(say.count("%(count)s more page", "%(count)s more pages", more))
        return say("New since your last book: %(pages)s.") % {"pages": say.together(parts)}

    def opener(self, section: str, gap: Gap) -> Section:
        """What comes next: each task with what, why and how long, a check-in for each, and an if-then plan."""
        say = self._words
        tasks = [
            {**self._task(a), "summary": a.summary, "why": a.why, "field": f"{section}__{a.id}"}
            for a in gap.assignments
        ]
        check_in = (("done", say("done")), ("partly", say("partly")), ("not-yet", say("not yet")))
        return self.section(
            "opener",
            section,
            self._gap_title(gap),
            id=section,
            lead=self._gap_lead(gap),
            tasks=tasks,
            check_in=check_in,
        )

    def module(
        self, module: Module, body: Body, edition: BookEdition | None = None, video: VideoLink | None = None
    ) -> Section:
        """One content module; a reading names its book in the edition that the practice has, a video its link.

        The two-minute version goes to the top, wherever the author put it: a tired reader never gets to the end.
        """
        short = [node for node in body.nodes if isinstance(node, Box) and node.style == "two-minute"]
        rest = [node for node in body.nodes if node not in short]
        return self.section(
            "module", module.id, module.title, module=module, on_a_bad_day=short, nodes=rest, safety_link=self._safety,
            action_first=module.kind in ACTION_FIRST, points_to_safety=module.kind == "journal" or module.review,
            edition=edition, chapter=edition.chapters.get(module.id) if edition else None, video=video,
        )  # fmt: skip

    def tracker(self, profile: Profile) -> Section:
        """A number from 0 to 10 for each goal before each session. The goals' texts stay in the letter."""
        say = self._words
        program = profile.program
        first = min(program.completed + 1, program.sessions)
        last = min(program.sessions, first + MAX_TRACKED - 1)
        rows = [{"number": n, "label": say("Session %(number)s") % {"number": n}} for n in range(first, last + 1)]
        rows.append({"number": "after", "label": say("A month later")})
        goals = [say("Goal %(number)s") % {"number": n} for n in range(1, len(profile.goals) + 1)]
        letter = link("page-letter", say("A letter to begin with"))
        return self.section(
            "tracker", "page-tracker", say("How far along am I?"), rows=rows, goals=goals, letter_link=letter
        )

    def close(self, crisis: CrisisCountry, practice: Practice) -> Section:
        """Notes for the next session, and the crisis lines again."""
        return self.section(
            "close", "page-close", self._words("Notes for our next session"), crisis=crisis, practice=practice
        )

    def plan(self, openers: Sequence[tuple[str, Gap]], first_pages: Mapping[str, int]) -> Section:
        """The plan at a glance: gaps, tasks, minutes, pages, tick boxes."""
        say = self._words
        gaps = [
            {
                "title": self._gap_title(gap),
                "minutes": say.count("%(count)s minute", "%(count)s minutes", gap.minutes) if gap.minutes else "",
                "tasks": [
                    {**self._task(a), "field": f"page-plan__{a.id}", "page": first_pages[a.id]} for a in gap.assignments
                ],
            }
            for _, gap in openers
        ]
        count = say.count("Our plan in %(count)s part.", "Our plan in %(count)s parts.", len(gaps))
        rest = say("Tick what you have done. Skipping is allowed: tell me what got in the way.")
        kinds = list(dict.fromkeys(a.kind for _, gap in openers for a in gap.assignments))
        return self.section(
            "plan", "page-plan", say("Your plan at a glance"), gaps=gaps, lead=f"{count} {rest}", kinds=kinds
        )

    def contents(
        self, sections: Sequence[Section], openers: Sequence[tuple[str, Gap]], first_pages: Mapping[str, int]
    ) -> Section:
        """The contents: every section but the cover, with its page."""
        say = self._words
        kinds = {a.id: a.kind for _, gap in openers for a in gap.assignments}
        entries: list[dict[str, Any]] = [
            {
                "link": link(section.id, section.title),
                "page": first_pages[section.id],
                "level": 2 if section.id in kinds else 1,
                "kind": kinds.get(section.id),
            }
            for section in sections
            if section.title
        ]
        at_glance = {"link": link("page-plan", say("Your plan at a glance")), "page": first_pages["page-plan"]}
        after_letter = 1 + next(
            i for i, section in enumerate(s for s in sections if s.title) if section.id == "page-letter"
        )
        entries.insert(after_letter, {**at_glance, "level": 1, "kind": None})
        return self.section("contents", "page-contents", say("Contents"), entries=entries)

    def _task(self, assignment: Assignment) -> dict[str, Any]:
        return {
            "kind": assignment.kind,
            "title": assignment.title,
            "link": link(assignment.id, assignment.title),
            "time": self.time(assignment),
        }

    def time(self, assignment: Assignment) -> str:
        """How long a task takes, or when it is done."""
        if assignment.in_session:
            return self._words("in our session")
        if assignment.optional:
            return self._words("if you have time")
        return self._words("%(count)s min") % {"count": assignment.minutes}

    def _gap_title(self, gap: Gap) -> str:
        if gap.number == "after":
            return self._words("After our last session")
        return self._words("Before session %(number)s") % {"number": gap.number + 1}

    def _gap_lead(self, gap: Gap) -> str:
        say = self._words
        tasks = say.count("%(count)s task", "%(count)s tasks", len(gap.assignments))
        if not gap.minutes:
            return say("%(tasks)s. We do this together, in our session.") % {"tasks": tasks}
        minutes = say.count("about %(count)s minute", "about %(count)s minutes", gap.minutes)
        if gap.number == "after":
            return say("%(tasks)s, %(minutes)s, at your own pace.") % {"tasks": tasks, "minutes": minutes}
        if len(gap.assignments) == 1:
            return say("%(tasks)s, %(minutes)s. A small part is better than none.") % {
                "tasks": tasks,
                "minutes": minutes,
            }
        return say("%(tasks)s, %(minutes)s. Spread them over a few days. One is better than none.") % {
            "tasks": tasks,
            "minutes": minutes,
        }

    def section(self, template: str, section: str, title: str, personal: bool = False, **values: Any) -> Section:
        """Any other page: ``template`` without its ending, the section's id, its title, and what the template shows."""
        name = f"{template}.html.j2"
        try:
            html = self._environment.get_template(name).render(title=title, **values)
        except TemplateError as error:
            raise InputProblems([explain_failure(name, error)]) from None
        return Section(section, title, html, personal)
