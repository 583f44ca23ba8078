"""The therapist's companion to a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.book import Section
from workbook_builder.compose import compose_companion
from workbook_builder.deliver import close_folder, is_open, refuse_answers
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, book_number
from workbook_builder.layout import Layout
from workbook_builder.typeset import Sheet, Typesetter
from workbook_builder.vocabulary import STANDARD

from .finishing import finish
from .order import Built, Order, Planned
from .printing import bind_book, count_pages, typeset_sections
from .stock import Stock

COMPANIONS = "companions"
"""The folder beside the workbooks."""


@dataclass(frozen=True)
class CompanionOrder:
    """What a command asks for the therapist's companion: a folder (None: ``companions`` in that of the workbooks), and
    the password that opens it, which is never that of the workbook."""

    out: Path | None = None
    password: str | None = None


@dataclass(frozen=True)
class CompanionDraft:
    """A companion before it is typeset. ``mark`` says on every page for whom it is."""

    sections: tuple[Section, ...]
    sheet: Sheet
    layout: Layout
    paper: str
    imprint: Imprint
    mark: str

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a page in pt."""
        return self.layout.edition.size(self.paper)


def build_companion(
    planned: Planned, folders: Folders, order: Order, typesetter: Typesetter, wanted: CompanionOrder
) -> Built:
    """Make the therapist's companion to a workbook that was built: ``<id>-companion.pdf`` in a folder of its own.

    Args:
        planned: what the workbook was made of (:attr:`Built.planned`), so that nothing is planned twice.

    Raises:
        InputProblems: the rules have no questions for it, the layout no pages, or no font has a character.
        CannotWrite, CannotTypeset: as :func:`build_workbook`; the workbook stays as it is.
    """
    folder = wanted.out or (order.out or folders.build) / COMPANIONS
    target = folder / companion_name(planned[1].client.id)
    if not order.force:
        refuse_answers(target, wanted.password)
    draft = draft_companion(planned, order, Stock(folders))
    pdf, pages = print_companion(draft, typesetter)
    if wanted.out is None:
        close_folder(folder)
    wanted_order = replace(order, password=wanted.password)
    built = finish(pdf, pages, target, wanted_order, draft.imprint, draft.size, own_folder=True)
    return replace(built, notes=tuple(_warn_of_readers(built.path, wanted)))


def companion_name(client: str) -> str:
    """Return the name of a companion's file."""
    return f"{client}-companion.pdf"


def draft_companion(planned: Planned, order: Order, stock: Stock) -> CompanionDraft:
    """Compose a companion, up to the point where typesetting begins.

    Raises:
        InputProblems: the rules have no questions for it, or the layout no pages.
        CannotWrite: the practice's key is missing and cannot be made.
    """
    plan, profile, library = planned
    if (talk := library.rules.companion) is None:
        hint = "copy this part from the shipped selection.yaml"
        raise InputProblems([Problem("selection.yaml", 0, 0, "WB208", "has no questions", "companion", hint)])
    layout = stock.layout(order.layout, STANDARD)
    # The rules' sentences are in the therapist's language, whatever the client reads.
    words = stock.words("en", profile.client.country)
    number = order.number or book_number(stock.folders, profile.client.id)
    sections = compose_companion(plan, profile, library, talk, layout, words, order.today, number)
    paper = order.paper or profile.preferences.paper
    imprint = Imprint(words("Companion"), library.practice.name, words.language, order.today, "")
    sheet = stock.sheet(order.layout, STANDARD, paper)
    return CompanionDraft(tuple(sections), sheet, layout, paper, imprint, words("For the therapist"))


def print_companion(draft: CompanionDraft, typesetter: Typesetter) -> tuple[bytes, int]:
    """Typeset and bind a companion; return its PDF and the number of its pages. Nothing is written.

    Raises:
        InputProblems: a character that no font has.
        CannotTypeset: the engine failed.
    """
    fragments = typeset_sections(typesetter, draft.sections, draft.sheet)
    parts = [(section, fragments[section.id]) for section in draft.sections]
    return bind_book(parts, draft.sheet, draft.layout, draft.paper, draft.imprint, draft.mark), count_pages(parts)


def _warn_of_readers(path: Path, wanted: CompanionOrder) -> Iterator[str]:
    """Give what lets others read a companion."""
    if wanted.password is None:
        yield f"{path.name} has no password; whoever gets the file can read it (--companion-password-file)."
    if is_open(path.parent):
        yield f"{path.parent}: others may look into this folder, and the names of the files there tell who is a client."
