"""What is the same for many clients of one practice: read once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache, partial

from workbook_builder.book import Plan, Section
from workbook_builder.compose import find_words, make_stylesheet
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.folders import Folders, find_layout, shipped_folder
from workbook_builder.furnish import make_sheet
from workbook_builder.kept import Kept
from workbook_builder.layout import Layout, load_layout
from workbook_builder.library import Library, load_library
from workbook_builder.markup import Body, parse_body
from workbook_builder.plan import answers_key, make_plan, planning_answers
from workbook_builder.profile import Profile
from workbook_builder.typeset import Sheet
from workbook_builder.vocabulary import STANDARD

MAX_PLANS_KEPT = 200
MAX_PAGES_KEPT = 2000
"""Composed pages that are kept for further clients: a library's modules, and what some hundred plans have besides."""


class Stock:
    """Libraries, layouts, words, style sheets and parsed modules, kept as long as this lives."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.library = cache(partial(read_library, folders))
        self.layout = cache(partial(read_layout, folders))
        self.words = cache(find_words)
        self._stylesheet = cache(self._make_stylesheet)
        self.known = cache(self._known_pages)
        self._bodies: dict[tuple[str, str], Body] = {}
        self._plans = Kept[tuple[Hashable, date], Plan](MAX_PLANS_KEPT)

    def plan(self, profile: Profile, library: Library, today: date) -> Plan:
        """Return a client's plan; one who has the same answers as another has the same."""
        answers = planning_answers(profile)
        key = answers_key(answers), today
        self._plans[key] = plan = self._plans.pop(key, None) or make_plan(answers, library, today)
        return replace(plan, client=profile.client.id)

    def bodies(self, library: Library, modules: Iterable[str]) -> dict[str, Body]:
        """Return the parsed bodies of these modules; see :func:`parse_bodies`."""
        wanted = {(library.language, name): name for name in modules}
        missing = [name for key, name in wanted.items() if key not in self._bodies]
        self._bodies |= {(library.language, name): body for name, body in parse_bodies(library, missing).items()}
        return {name: self._bodies[key] for key, name in wanted.items()}

    def sheet(self, layout: str, edition: str, paper: str, typed: str = "") -> Sheet:
        """Return the style sheet with its faces; ``typed``: words in the letters that the client uses."""
        return make_sheet(self.layout(layout, edition), self._stylesheet(layout, edition, paper), typed)

    @staticmethod
    def _known_pages(layout: str, edition: str, language: str, country: str) -> Kept[Hashable, Section]:
        """Pages that were composed with this layout and edition, and with the words of this language and country."""
        return Kept(MAX_PAGES_KEPT)

    def _make_stylesheet(self, layout: str, edition: str, paper: str) -> str:
        return make_stylesheet(self.layout(layout, edition), paper)


def read_library(folders: Folders, language: str) -> Library:
    """Read the practice's library in one language; tables that it lacks are the shipped ones.

    Raises:
        InputProblems: everything that is wrong in it.
    """
    shipped = shipped_folder() / "content"
    fallback = shipped if shipped.resolve() != folders.content.resolve() else None
    return load_library(folders.content, fallback, language)


def read_layout(folders: Folders, name: str, edition: str = STANDARD) -> Layout:
    """Read a layout by its name, to set a book in one of its editions.

    Raises:
        InputProblems: there is none of that name, it is wrong, or it lacks the edition.
    """
    folder = find_layout(folders, name)
    if folder is None:
        known = {
            p.parent.name
            for home in (folders.layouts, shipped_folder() / "layouts")
            for p in home.glob("*/layout.yaml")
        }
        hint = did_you_mean(name, sorted(known)) or f"there are: {', '.join(sorted(known))}"
        raise InputProblems([Problem(f"layouts/{name}", 0, 0, "WB153", "there is no such layout", hint=hint)])
    return load_layout(folder, lambda base: find_layout(folders, base)).in_edition(edition)


def parse_bodies(library: Library, modules: Iterable[str]) -> dict[str, Body]:
    """Parse the bodies of these modules.

    Raises:
        InputProblems: what is wrong in any of them.
    """
    bodies, problems = {}, []
    for name in modules:
        module = library.modules[name]
        bodies[name], found = parse_body(module.body, module.id, module.path, module.body_line)
        problems += found
    if problems:
        raise InputProblems(problems)
    return bodies
