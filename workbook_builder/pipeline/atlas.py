"""A book of the whole library."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.compose import compose_atlas
from workbook_builder.deliver import refuse_answers
from workbook_builder.errors import InputProblems
from workbook_builder.folders import Folders
from workbook_builder.letters import find_unprintable
from workbook_builder.typeset import Typesetter
from workbook_builder.vocabulary import STANDARD

from .finishing import finish
from .order import Built, Order, Progress
from .planning import refuse_unknown_country
from .printing import bind_book, count_pages, typeset_book
from .stock import Stock

DEFAULT_COUNTRY = "US"
"""Whose crisis lines the atlas shows, unless it is told another country."""


def build_atlas(
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    country: str | None,
    paper: str,
    target: Path,
    progress: Progress = lambda done, of: None,
) -> Built:
    """Make a book of the whole library, for the practice itself; page 2 has the crisis lines of ``country``.

    Without a country they are those of the US, or of the practice's first country when it has none for the US.

    Raises:
        InputProblems: an unknown country, or what is wrong in the library.
        CannotWrite, CannotTypeset: as :func:`build_workbook`.
    """
    if not order.force:
        refuse_answers(target, order.password)
    stock = Stock(folders)
    library = stock.library("en")
    if country is None:
        known = sorted(library.crisis)
        country = known[0] if known and DEFAULT_COUNTRY not in known else DEFAULT_COUNTRY
    refuse_unknown_country(country, library)
    edition = order.edition or STANDARD
    layout = stock.layout(order.layout, edition)
    if problems := find_unprintable(layout, library, folders, order.today, country, library.modules):
        raise InputProblems(problems)
    words = stock.words("en", country)
    bodies = stock.bodies(library, library.modules)
    manuscript = compose_atlas(library, layout, bodies, words, country, order.today)
    sheet = stock.sheet(order.layout, edition, paper)
    parts = typeset_book(manuscript, sheet, typesetter, progress)
    imprint = Imprint(words("The library"), library.practice.name, words.language, order.today, "")
    pdf = bind_book(parts, sheet, layout, paper, imprint)
    return finish(pdf, count_pages(parts), target, order, imprint, layout.edition.size(paper))
