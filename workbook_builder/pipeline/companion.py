"""The therapist's companion to a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.compose import compose_companion, find_words, make_stylesheet
from workbook_builder.deliver import close_folder, is_open, refuse_answers
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, book_number
from workbook_builder.furnish import make_sheet
from workbook_builder.typeset import Typesetter

from .finishing import finish
from .order import Built, Order, Planned
from .printing import bind_book, count_pages, typeset_sections
from .stock import read_layout

COMPANIONS = "companions"
"""The folder beside the workbooks."""


@dataclass(frozen=True)
class CompanionOrder:
    """What a command asks for the therapist's companion: a folder (None: ``companions`` in that of the workbooks), and
    the password that opens it, which is never that of the workbook."""

    out: Path | None = None
    password: str | None = None


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
    plan, profile, library = planned
    folder = wanted.out or (order.out or folders.build) / COMPANIONS
    target = folder / f"{profile.client.id}-companion.pdf"
    if not order.force:
        refuse_answers(target, wanted.password)
    if (talk := library.rules.companion) is None:
        hint = "copy this part from the shipped selection.yaml"
        raise InputProblems([Problem("selection.yaml", 0, 0, "WB208", "has no questions", "companion", hint)])
    layout = read_layout(folders, order.layout)
    # The rules' sentences are in the therapist's language, whatever the client reads.
    words = find_words("en", profile.client.country)
    number = book_number(folders, profile.client.id)
    sections = compose_companion(plan, profile, library, talk, layout, words, order.today, number)
    paper = order.paper or profile.preferences.paper
    sheet = make_sheet(layout, make_stylesheet(layout, paper))
    fragments = typeset_sections(typesetter, sections, sheet)
    parts = [(section, fragments[section.id]) for section in sections]
    imprint = Imprint(words("Companion"), library.practice.name, words.language, order.today, "")
    pdf = bind_book(parts, sheet, layout, paper, imprint, mark=words("For the therapist"))
    if wanted.out is None:
        close_folder(folder)
    wanted_order = replace(order, password=wanted.password)
    built = finish(pdf, count_pages(parts), target, wanted_order, imprint, own_folder=True)
    return replace(built, notes=tuple(_warn_of_readers(built.path, wanted)))


def _warn_of_readers(path: Path, wanted: CompanionOrder) -> Iterator[str]:
    """Give what lets others read a companion."""
    if wanted.password is None:
        yield f"{path.name} has no password; whoever gets the file can read it (--companion-password-file)."
    if is_open(path.parent):
        yield f"{path.parent}: others may look into this folder, and the names of the files there tell who is a client."
