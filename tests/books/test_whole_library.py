"""Every module that ships, typeset: no word from the engine, no page too many, and names that are unique in all."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pdf_facts import elements, widgets
from support import DAY, EXAMPLES, ROOT, TINY, Book

from workbook_builder.bind import Imprint, Texts, bind
from workbook_builder.book import Fragment, Section
from workbook_builder.furnish import face_name, furniture_style
from workbook_builder.layout import Layout

MOST_PAGES = 4


Parts = list[tuple[Section, Fragment]]


@pytest.fixture(scope="module")
def modules(library_parts: Parts) -> Parts:
    """The modules alone."""
    return [part for part in library_parts if not part[0].id.startswith(("page-", "part-"))]


def test_all_modules_are_here(modules: Parts) -> None:
    """The loops below run over every module's file."""
    files = {path.stem for path in (ROOT / "content" / "en").glob("*/*.md")}
    assert {section.id for section, _ in modules} == files
    assert len(files) > 80


def test_the_engine_has_nothing_to_say(library_parts: Parts) -> None:
    """No module, and no page around them, gives a warning about HTML, CSS, fonts or addresses."""
    assert {section.id: fragment.warnings for section, fragment in library_parts if fragment.warnings} == {}


def test_no_module_is_too_long(modules: Parts) -> None:
    """A module has four pages at most."""
    assert {section.id: f.pages for section, f in modules if not 1 <= f.pages <= MOST_PAGES} == {}


def test_names_are_unique_in_the_whole_library(modules: Parts, layout: Layout) -> None:
    """All modules bound together: each field and each header cell has a name of its own, and each field a tooltip."""
    faces = {face_name(family, path): path for family, _, path in layout.faces}
    imprint = Imprint("All", "Practice", "en", DAY, "")
    data = bind(modules, faces, furniture_style(layout, "letter"), Texts("All", "restartt", ""), imprint)
    with pikepdf.open(BytesIO(data)) as pdf:
        names = [str(field.T) for field in pdf.Root.AcroForm.Fields]
        ids = [str(element.ID) for element in elements(pdf) if "/ID" in element]
        assert len(names) == len(set(names)) > 300
        assert len(ids) == len(set(ids)) > 50
        assert all(widget.tooltip for widget in widgets(pdf))
        owners = {name.partition("__")[0] for name in names}
        assert owners <= {section.id for section, _ in modules}


@pytest.mark.parametrize("name", [*EXAMPLES, TINY.name])
def test_no_section_of_a_book_gives_a_warning(name: str, built_example: Callable[[str], Book], tiny: Book) -> None:
    """Fixed pages, openers, plan and contents of both papers are clean as well, and the letter fits one page."""
    book = tiny if name == TINY.name else built_example(name)
    assert {section.id: fragment.warnings for section, fragment in book.parts if fragment.warnings} == {}
    lengths = {section.id: fragment.pages for section, fragment in book.parts}
    assert all(lengths[page] == 1 for page in ("page-cover", "page-safety", "page-privacy", "page-letter"))
