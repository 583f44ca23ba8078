"""One or a few modules as a PDF to hand over now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbook_builder.bind import Imprint
from workbook_builder.compose import compose_sheet
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.folders import Folders
from workbook_builder.letters import find_unprintable
from workbook_builder.typeset import Typesetter
from workbook_builder.vocabulary import STANDARD

from .finishing import finish
from .order import Built, Order
from .planning import refuse_unknown_country
from .printing import bind_book, count_pages, typeset_sections
from .stock import Stock


def build_sheet(
    modules: Sequence[str],
    folders: Folders,
    order: Order,
    typesetter: Typesetter,
    country: str | None,
    paper: str,
    target: Path,
) -> Built:
    """Make one or a few modules as a PDF to hand over now, with the safety page behind them when a country is named.

    Raises:
        InputProblems: an unknown module or country, or what is wrong in a module.
        CannotWrite, CannotTypeset: as :func:`build_workbook`.
    """
    stock = Stock(folders)
    library = stock.library("en")
    unknown = [name for name in modules if name not in library.modules]
    if unknown:
        raise InputProblems(
            Problem(name, 0, 0, "WB111", "there is no such module", hint=did_you_mean(name, list(library.modules)))
            for name in unknown
        )
    if country is not None:
        refuse_unknown_country(country, library)
    edition = order.edition or STANDARD
    layout = stock.layout(order.layout, edition)
    if problems := find_unprintable(layout, library, folders, order.today, country, modules):
        raise InputProblems(problems)
    words = stock.words("en", country or "")
    bodies = stock.bodies(library, modules)
    chosen = [library.modules[name] for name in dict.fromkeys(modules)]
    sections = compose_sheet(chosen, library, layout, bodies, words, order.today, country)
    sheet = stock.sheet(order.layout, edition, paper)
    fragments = typeset_sections(typesetter, sections, sheet)
    parts = [(section, fragments[section.id]) for section in sections]
    imprint = Imprint(words("My workbook"), library.practice.name, words.language, order.today, "")
    pdf = bind_book(parts, sheet, layout, paper, imprint)
    return finish(pdf, count_pages(parts), target, order, imprint, layout.edition.size(paper))
