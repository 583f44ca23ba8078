"""The letter of a next edition: one line about what is new, on one page whatever is written in it."""

from __future__ import annotations

import pytest
from support import DAY

from workbook_builder.book import Assignment, Gap, Plan, Since
from workbook_builder.compose import compose_book, find_words, make_stylesheet
from workbook_builder.folders import Folders
from workbook_builder.furnish import make_sheet
from workbook_builder.layout import Layout
from workbook_builder.library import Library
from workbook_builder.markup import Body
from workbook_builder.pipeline import read_library
from workbook_builder.profile import Profile
from workbook_builder.typeset import Typesetter

WORDS = "FEEL CONCERNED INSTEAD OF ANXIOUS BEFORE THE MONDAY MEETING AND GIVE MY UPDATE EVEN WHEN MY VOICE SHAKES. "
NAME = "MAXIMILIANA-WILHELMINA MONTGOMERY OF THE TOWN BY THE HARBOUR"
GOAL, NOTE = (WORDS * 3)[:200], (WORDS * 5)[:400]
TITLE = "WONDERING ABOUT WORRIES WITH WARM WORDS WHEN MORNINGS WEIGH"


@pytest.fixture(scope="module")
def library(practice: Folders) -> Library:
    """The library that ships with the program."""
    return read_library(practice, "en")


def largest(paper: str) -> Profile:
    """A profile whose every printed text is as long as it may be."""
    return Profile.model_validate(
        {
            "fictional": True,
            "client": {"id": "made-up", "country": "US", "name": NAME},
            "program": {"sessions": 6, "completed": 3, "next": "2026-12-30"},
            "clearance": {"by": "therapist-1", "date": DAY, "cleared": True},
            "topics": ["anxiety"],
            "goals": [GOAL] * 4,
            "letter": {"from": NAME, "note": NOTE},
            "preferences": {"paper": paper},
        }
    )


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("count", [None, 0, 3, 12])
def test_letter_fits_one_page(
    count: int | None, paper: str, library: Library, layout: Layout, typesetter: Typesetter
) -> None:
    """Four goals of 200 characters, a note of 400, the longest titles, all in capitals: one page on either paper."""
    names = list(library.modules)[: count or 0]
    tasks = tuple(Assignment(name, "worksheet", TITLE, "", 5, (), "") for name in names)
    since = None if count is None else Since(new=tuple(names))
    plan = Plan("made-up", (Gap(3, 30, tasks),), since=since)
    bodies = dict.fromkeys(names, Body())
    manuscript = compose_book(plan, largest(paper), library, layout, bodies, find_words("en", "US"), DAY)
    section = manuscript.fixed["page-letter"]
    assert section.html.count(TITLE) == {None: 0, 0: 0, 3: 3, 12: 2}[count]
    sheet = make_sheet(layout, make_stylesheet(layout, paper))
    assert typesetter.typeset([section], sheet)["page-letter"].pages == 1
