"""What tests that build books share: where things lie, the small practice, and what a built book consists of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workbook_builder.bind import Style
from workbook_builder.book import Assignment, Fragment, Gap, Plan, Section
from workbook_builder.compose import Manuscript, compose_book, find_words, make_stylesheet
from workbook_builder.folders import Folders
from workbook_builder.furnish import furniture_style, make_sheet
from workbook_builder.library import Library
from workbook_builder.pipeline import parse_bodies, read_layout, typeset_book
from workbook_builder.profile import Profile
from workbook_builder.typeset import Sheet, Typesetter
from workbook_builder.vocabulary import STANDARD

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "cases" / "books" / "tiny"
DAY = date(2026, 11, 23)
EXAMPLES = ("anxiety-five", "anxiety-three")
KEY = "00" * 32 + "\n"
"""The practice's key in tests, so that book numbers are the same in each run."""


@dataclass(frozen=True)
class Book:
    """A built book, and what it was built of."""

    path: Path
    pdf: bytes
    profile: Profile
    plan: Plan
    library: Library
    manuscript: Manuscript
    parts: Sequence[tuple[Section, Fragment]]
    sheet: Sheet
    style: Style

    @property
    def first_pages(self) -> Mapping[str, int]:
        """The first page of each section, from 1."""
        numbers, page = {}, 1
        for section, fragment in self.parts:
            numbers[section.id] = page
            page += fragment.pages
        return numbers


@dataclass(frozen=True)
class Ran:
    """A command that ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def copy_tiny(home: Path) -> Path:
    """Copy the small practice to ``home``, with the tests' key."""
    shutil.copytree(TINY / "in", home, dirs_exist_ok=True)
    (home / ".workbook-key").write_text(KEY, encoding="ascii")
    return home


def own_layout(home: Path, **changes: str) -> Path:
    """Give a practice a layout named ``own``: the default one with some files replaced. Return its folder."""
    folder = home / "layouts" / "own"
    shutil.copytree(ROOT / "layouts" / "restartt", folder)
    for name, text in changes.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def tiny_plan(library: Library) -> Plan:
    """A plan that no rule has made, so that no rule can change it."""

    def task(name: str, **more: bool) -> Assignment:
        module = library.modules[name]
        why = "A made-up reason to do it now."
        return Assignment(name, module.kind, module.title, module.summary, module.minutes, (), why, **more)

    first = Gap(1, 45, (task("psy-tiny"), task("wks-tiny")))
    later = Gap("after", 60, (task("jrn-tiny", optional=True), task("read-tiny", in_session=True)))
    return Plan("tiny-2026", (first, Gap(2, 45, ()), later))


def environment(**more: object) -> dict[str, str]:
    """The environment of a command that a test starts as a process of its own."""
    return {**os.environ, **{key: str(value) for key, value in more.items()}}


def take_apart(
    path: Path, pdf: bytes, profile: Profile, plan: Plan, library: Library, folders: Folders, typesetter: Typesetter,
    layout_name: str = "restartt", edition: str = STANDARD,
) -> Book:  # fmt: skip
    """Return a book with the sections and fragments that it is bound of."""
    layout = read_layout(folders, layout_name, edition)
    words = find_words(profile.client.language, profile.client.country)
    bodies = parse_bodies(library, plan.module_ids)
    manuscript = compose_book(plan, profile, library, layout, bodies, words, DAY)
    sheet = make_sheet(layout, make_stylesheet(layout, profile.preferences.paper))
    parts = typeset_book(manuscript, sheet, typesetter, lambda done, of: None)
    style = furniture_style(layout, profile.preferences.paper)
    return Book(path, pdf, profile, plan, library, manuscript, parts, sheet, style)
