"""The sections of a shipped example, for measuring."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from workbook_builder.bind import Style
from workbook_builder.book import Section
from workbook_builder.compose import compose_book, find_words, make_stylesheet
from workbook_builder.folders import find_folders
from workbook_builder.furnish import furniture_style, make_sheet
from workbook_builder.pipeline import Order, parse_bodies, plan_workbook, read_layout
from workbook_builder.typeset import Sheet


def example_sections(path: Path, day: date) -> tuple[list[Section], Sheet, Style]:
    """Return a profile's sections in reading order, their style sheet and their furniture.

    The numbers on plan page and contents are taken from a first page of 1 for each: they cost the same to typeset.
    """
    plan, profile, library = plan_workbook(path, find_folders(Path()), Order(day, day))
    layout = read_layout(find_folders(Path()), "restartt")
    words = find_words(profile.client.language, profile.client.country)
    bodies = parse_bodies(library, plan.module_ids)
    manuscript = compose_book(plan, profile, library, layout, bodies, words, day)
    numbered = {section.id: section for section in manuscript.number(dict.fromkeys(manuscript.order, 1))}
    sections = {**manuscript.fixed, **numbered}
    paper = profile.preferences.paper
    sheet = make_sheet(layout, make_stylesheet(layout, paper))
    return [sections[name] for name in manuscript.order], sheet, furniture_style(layout, paper)
