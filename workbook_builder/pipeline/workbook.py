"""One workbook from start to end. The page to read first:

profile + library + layout → plan → compose → typeset → bind → verify → deliver.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.compose import Manuscript, compose_book
from workbook_builder.deliver import refuse_answers
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, book_number
from workbook_builder.layout import Layout
from workbook_builder.letters import find_unprintable
from workbook_builder.library import Library
from workbook_builder.profile import LoadedProfile, Profile, read_profile
from workbook_builder.typeset import Sheet, Typesetter
from workbook_builder.vocabulary import STANDARD

from .finishing import finish, private_words
from .order import Built, Order, Planned, Progress
from .planning import plan_workbook
from .printing import bind_book, count_pages, typeset_book
from .stock import Stock


@dataclass(frozen=True)
class Draft:
    """A workbook before it is typeset: all that its PDF is made of, and what the therapist needs to know.

    ``name`` is that of its file. ``private`` is what nobody may find without opening the book.
    """

    client: str
    name: str
    manuscript: Manuscript
    sheet: Sheet
    layout: Layout
    paper: str
    imprint: Imprint
    notes: tuple[str, ...]
    private: tuple[str, ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a page in pt."""
        return self.layout.edition.size(self.paper)


def build_workbook(
    source: Path | LoadedProfile,
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    progress: Progress = lambda done, of: None,
    taken: Container[Path] = (),
) -> Built:
    """Make one client's workbook and return where it lies.

    Args:
        source: the profile's file, or a profile that was read elsewhere.
        taken: PDFs that were made in the same run; two profiles with one id must not overwrite each other.

    Raises:
        InputProblems, Refused: as :func:`plan_workbook`; also a character that no font has, and an id that is taken.
        CannotWrite: the PDF could not be written; nothing is left behind.
        CannotTypeset: the engine failed.
        Unsound: a client could not rely on the finished PDF.
    """
    stock = Stock(folders)
    loaded = source if isinstance(source, LoadedProfile) else read_profile(source)
    planned = plan_workbook(loaded, folders, order, stock)
    target = (order.out or folders.build) / workbook_name(planned[1], order)
    if target in taken:
        hint = "give each client an id of their own"
        raise InputProblems([Problem(loaded.path, 0, 0, "WB113", "another profile has this id", "client.id", hint)])
    if not order.force:
        refuse_answers(target, order.password)  # before the work, so that the answer comes at once
    draft = draft_workbook(loaded, planned, order, stock)
    pdf, pages = print_workbook(draft, typesetter, progress)
    built = finish(pdf, pages, target, order, draft.imprint, draft.size, draft.notes, draft.private)
    return replace(built, planned=planned)


def draft_workbook(loaded: LoadedProfile, planned: Planned, order: Order, stock: Stock) -> Draft:
    """Compose what was planned, up to the point where typesetting begins.

    Raises:
        InputProblems: what is wrong in a module or in the layout; a character that no font has.
        CannotWrite: the practice's key is missing and cannot be made.
    """
    plan, profile, library = planned
    client, preferred = profile.client, profile.preferences
    edition, paper = order.edition or preferred.edition, order.paper or preferred.paper
    layout = stock.layout(order.layout, edition)
    modules = plan.module_ids
    if problems := find_unprintable(layout, library, stock.folders, order.today, client.country, modules, loaded):
        raise InputProblems(problems)
    words = stock.words(client.language, client.country)
    bodies = stock.bodies(library, modules)
    known = stock.known(order.layout, edition, client.language, client.country)
    manuscript = compose_book(plan, profile, library, layout, bodies, words, order.today, known)
    sheet = stock.sheet(order.layout, edition, paper, " ".join([client.name or "", *profile.goals]))
    number = order.number or book_number(stock.folders, client.id)
    imprint = Imprint(words("My workbook"), library.practice.name, words.language, order.today, number)
    notes = (*plan.notes, *warn(library, profile, order.real_today))
    name = workbook_name(profile, order)
    return Draft(client.id, name, manuscript, sheet, layout, paper, imprint, notes, private_words(profile))


def print_workbook(
    draft: Draft, typesetter: Typesetter, progress: Progress = lambda done, of: None
) -> tuple[bytes, int]:
    """Typeset and bind a workbook; return its PDF and the number of its pages. Nothing is written.

    Raises:
        InputProblems: a character that no font has.
        CannotTypeset: the engine failed.
    """
    parts = typeset_book(draft.manuscript, draft.sheet, typesetter, progress)
    return bind_book(parts, draft.sheet, draft.layout, draft.paper, draft.imprint), count_pages(parts)


def workbook_name(profile: Profile, order: Order) -> str:
    """Return the name of a client's PDF in the edition that is ordered."""
    preferred = profile.preferences.edition
    return file_name(profile.client.id, order.edition or preferred, preferred)


def file_name(stem: str, edition: str, preferred: str = STANDARD) -> str:
    """Return a PDF's name: an edition beside the one that the profile prefers has its name behind the id."""
    return f"{stem}.pdf" if edition == preferred else f"{stem}-{edition}.pdf"


def warn(library: Library, profile: Profile, today: date) -> list[str]:
    """Return what the practice needs to look after: crisis lines that nobody has checked, or not for long."""
    country = profile.client.country
    checked = library.crisis[country].checked
    if checked is None:
        return [f"Nobody of the practice has checked the crisis lines for {country} (content/crisis-lines.yaml)."]
    days = (today - checked).days
    if days > library.practice.crisis_days:
        return [f"The crisis lines for {country} were checked {days} days ago (content/crisis-lines.yaml)."]
    return []
