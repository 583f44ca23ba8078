"""Typesetting and binding: a composed book becomes one PDF. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from workbook_builder.bind import Imprint, Parts, Texts, bind, first_pages
from workbook_builder.book import Fragment, Section
from workbook_builder.compose import Manuscript
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.furnish import furniture_style
from workbook_builder.layout import Layout
from workbook_builder.typeset import Sheet, TypesetProblem, Typesetter

from .order import Progress

MAX_NUMBERINGS = 5
"""Page numbers settle when plan page and contents keep their lengths: the second time at the latest, as a rule."""


def typeset_book(manuscript: Manuscript, sheet: Sheet, typesetter: Typesetter, progress: Progress) -> Parts:
    """Typeset all sections, those with page numbers last, until their own lengths no longer move the numbers.

    Raises:
        InputProblems: a character that no font has.
    """
    fragments = typeset_sections(typesetter, manuscript.fixed.values(), sheet, progress)
    lengths = {name: fragments[name].pages if name in fragments else 1 for name in manuscript.order}
    for _ in range(MAX_NUMBERINGS):
        numbered = manuscript.number(first_pages([(name, lengths[name]) for name in manuscript.order]))
        fragments |= typeset_sections(typesetter, numbered, sheet)
        settled = {name: fragments[name].pages for name in manuscript.order}
        if settled == lengths:
            break
        lengths = settled
    sections = {**manuscript.fixed, **{section.id: section for section in numbered}}
    return [(sections[name], fragments[name]) for name in manuscript.order]


def typeset_sections(
    typesetter: Typesetter, sections: Iterable[Section], sheet: Sheet, progress: Progress = lambda done, of: None
) -> dict[str, Fragment]:
    """Typeset sections; what is the input's fault becomes a problem of the input."""
    try:
        return typesetter.typeset(sections, sheet, progress)
    except TypesetProblem as problem:
        raise InputProblems([_explain(problem)]) from None


def _explain(problem: TypesetProblem) -> Problem:
    """A problem of typesetting in words for the one who wrote the input."""
    personal = {"page-cover": "client.name", "page-letter": "client.name, goals or letter"}
    where = personal.get(problem.section, problem.section)
    hint = "leave the character out" if problem.character else ""
    return Problem(where, 0, 0, "WB170", problem.message, hint=hint)


def bind_book(
    parts: Parts,
    sheet: Sheet,
    layout: Layout,
    paper: str,
    imprint: Imprint,
    mark: str = "",
) -> bytes:
    """Return the bound PDF. ``mark`` says for whom it is when it is not the client's."""
    faces: Mapping[str, Path] = {face.name: Path(face.path) for face in sheet.faces}
    texts = Texts(imprint.title, layout.values.name or "", imprint.number, mark)
    return bind(parts, faces, furniture_style(layout, paper), texts, imprint)


def count_pages(parts: Parts) -> int:
    """Return the number of pages of a book."""
    return sum(fragment.pages for _, fragment in parts)
