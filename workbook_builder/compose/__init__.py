"""Plan + Layout → Sections: what stands on each page of the book, as HTML. Pure: touches no clock and no network.

Page numbers are known only when everything else is typeset. They stand in two sections alone, the plan at a glance and
the contents, which are composed last (:attr:`Manuscript.number`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping
from datetime import date
from functools import partial

from markupsafe import escape

from workbook_builder.book import Gap, Plan, Section
from workbook_builder.compose.atlas import compose_atlas
from workbook_builder.compose.companion import compose_companion
from workbook_builder.compose.environment import link
from workbook_builder.compose.manuscript import Manuscript
from workbook_builder.compose.pages import Pages, edition_of, video_of
from workbook_builder.compose.stylesheet import make_stylesheet
from workbook_builder.compose.words import Words, find_words
from workbook_builder.layout import Layout
from workbook_builder.library import Library, Module
from workbook_builder.markup import Body
from workbook_builder.profile import Profile

__all__ = [
    "Manuscript",
    "Words",
    "compose_atlas",
    "compose_book",
    "compose_companion",
    "compose_sheet",
    "find_words",
    "make_stylesheet",
]

NUMBERED = ("page-plan", "page-contents")


def compose_book(
    plan: Plan,
    profile: Profile,
    library: Library,
    layout: Layout,
    bodies: Mapping[str, Body],
    words: Words,
    today: date,
    known: MutableMapping[Hashable, Section] | None = None,
) -> Manuscript:
    """Compose a client's workbook.

    Args:
        bodies: the parsed body of each module in the plan.
        words: the layout's words, in the profile's language.
        today: the day that the cover names.
        known: pages that were composed for other clients of the same library, layout and words; new ones are added.
    """
    known = {} if known is None else known

    def once(key: Hashable, compose: Callable[[], Section]) -> Section:
        """Compose a page that is the same for everybody who has the same ``key``."""
        if key not in known:
            known[key] = compose()
        return known[key]

    crisis = library.crisis[profile.client.country]
    titles = {module: library.modules[module].title for module in plan.module_ids}
    pages = Pages(layout, words, titles, library.figures)
    openers = [(_opener_id(gap), gap) for gap in plan.gaps if gap.assignments]
    eap, program = profile.program.setting == "eap", profile.program
    fixed = [
        pages.cover(profile, today, plain=pages.needs_plain_cover(profile, library)),
        once("safety", lambda: pages.safety(crisis, library.practice)),
        once(("privacy", eap), lambda: pages.privacy(library.practice, eap=eap)),
        once("how-to-use", pages.how_to_use),
        pages.letter(profile, plan),
    ]
    for opener, gap in openers:
        fixed.append(once((opener, gap), partial(pages.opener, opener, gap)))
        for assignment in gap.assignments:
            module = library.modules[assignment.id]
            edition, video = edition_of(module, library), video_of(module, library, today)
            # A module links to those that are in the same book, and is else the same for everybody.
            links = tuple(name for name in titles if name in module.body)
            key = (module.id, edition and edition.edition, video and video.url, links)
            fixed.append(once(key, partial(pages.module, module, bodies[module.id], edition, video)))
    tracked = ("tracker", program.completed, program.sessions, len(profile.goals))
    fixed += [
        once(tracked, lambda: pages.tracker(profile)),
        once("close", lambda: pages.close(crisis, library.practice)),
    ]
    ids = [section.id for section in fixed]
    order = (*ids[:5], *NUMBERED, *ids[5:])

    listed = tuple((section.id, section.title) for section in fixed)
    gaps = tuple(openers)

    def number(first_pages: Mapping[str, int]) -> tuple[Section, ...]:
        key = (listed, gaps, tuple(first_pages.items()))
        return (
            once(("plan", key), lambda: pages.plan(openers, first_pages)),
            once(("contents", key), lambda: pages.contents(fixed, openers, first_pages)),
        )

    return Manuscript(order, {section.id: section for section in fixed}, number)


def compose_sheet(
    modules: Iterable[Module],
    library: Library,
    layout: Layout,
    bodies: Mapping[str, Body],
    words: Words,
    today: date,
    country: str | None = None,
) -> tuple[Section, ...]:
    """Compose one or a few modules to hand over now, and the safety page behind them when a country is known."""
    chosen = list(modules)
    titles = {module.id: module.title for module in chosen}
    if country is None:
        safety = escape(words("call your local emergency number"))
    else:
        safety = link("page-safety", words("see the last page (numbers to call)"))
    pages = Pages(layout, words, titles, library.figures, safety)
    sections = [
        pages.module(module, bodies[module.id], edition_of(module, library), video_of(module, library, today))
        for module in chosen
    ]
    if country is not None:
        sections.append(pages.safety(library.crisis[country], library.practice))
    return tuple(sections)


def _opener_id(gap: Gap) -> str:
    return f"gap-{gap.number}"
