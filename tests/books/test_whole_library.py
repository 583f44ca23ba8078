"""Every module that ships, typeset: no word from the engine, no page too many, and all of them in one right book."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import page as page_validation
import pikepdf
import pytest
from pdf_facts import elements, widgets
from support import DAY, EXAMPLES, ROOT, TINY, Book

from workbook_builder.bind import Imprint, Texts, bind
from workbook_builder.book import Fragment, Section
from workbook_builder.compose import compose_sheet, find_words, make_stylesheet
from workbook_builder.folders import Folders
from workbook_builder.furnish import furniture_style, make_sheet
from workbook_builder.layout import Layout
from workbook_builder.library import Library
from workbook_builder.pipeline import parse_bodies, read_library
from workbook_builder.typeset import Cache, Sheet, Typesetter

MOST_PAGES = 4


@pytest.fixture(scope="module")
def library(practice: Folders) -> Library:
    """The shipped library."""
    return read_library(practice, "en")


@pytest.fixture(scope="module")
def sheet(layout: Layout) -> Sheet:
    """The default layout on letter paper."""
    return make_sheet(layout, make_stylesheet(layout, "letter"))


@pytest.fixture(scope="module")
def modules(
    library: Library, layout: Layout, sheet: Sheet, typesetter: Typesetter, fragment_cache: Path
) -> list[tuple[Section, Fragment]]:
    """All modules, typeset by two processes at once; those of the examples come from the cache."""
    bodies = parse_bodies(library, library.modules)
    sections = compose_sheet(library.modules.values(), library, layout, bodies, find_words("en", "US"), DAY, "US")
    with Typesetter(Cache(fragment_cache)) as other, ThreadPoolExecutor(2) as pool:
        halves = pool.map(
            lambda one, part: one.typeset(part, sheet), (typesetter, other), (sections[::2], sections[1::2])
        )
    fragments = {id_: fragment for half in halves for id_, fragment in half.items()}
    return [(section, fragments[section.id]) for section in sections]


def test_all_modules_are_here(modules: list[tuple[Section, Fragment]]) -> None:
    """The loops below run over every module's file, and the safety page behind them."""
    files = {path.stem for path in (ROOT / "content" / "en").glob("*/*.md")}
    assert {section.id for section, _ in modules} == files | {"page-safety"}
    assert len(files) > 80


def test_the_engine_has_nothing_to_say(modules: list[tuple[Section, Fragment]]) -> None:
    """No module gives a warning about HTML, CSS, fonts or addresses."""
    assert {section.id: fragment.warnings for section, fragment in modules if fragment.warnings} == {}


def test_no_module_is_too_long(modules: list[tuple[Section, Fragment]]) -> None:
    """A module has four pages at most."""
    assert {section.id: f.pages for section, f in modules if not 1 <= f.pages <= MOST_PAGES} == {}


def test_together_they_pass_pdf_ua(
    modules: list[tuple[Section, Fragment]], sheet: Sheet, layout: Layout, tmp_path: Path, library: Library
) -> None:
    """All modules in one file: every page accessible, every field name and every table header unique."""
    faces = {face.name: Path(face.path) for face in sheet.faces}
    imprint = Imprint("All", library.practice.name, "en", DAY, "")
    data = bind(modules, faces, furniture_style(layout, "letter"), Texts("All", "restartt", ""), imprint)
    (tmp_path / "all.pdf").write_bytes(data)
    report = page_validation.validate_pdf(str(tmp_path / "all.pdf"), profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    with pikepdf.open(BytesIO(data)) as pdf:
        names = [str(field.T) for field in pdf.Root.AcroForm.Fields]
        ids = [str(element.ID) for element in elements(pdf) if "/ID" in element]
        assert len(names) == len(set(names)) > 300
        assert len(ids) == len(set(ids)) > 50
        assert all(widget.tooltip for widget in widgets(pdf))


@pytest.mark.parametrize("name", [*EXAMPLES, TINY.name])
def test_no_section_of_a_book_gives_a_warning(name: str, built_example: Callable[[str], Book], tiny: Book) -> None:
    """Fixed pages, openers, plan and contents of both papers are clean as well, and the letter fits one page."""
    book = tiny if name == TINY.name else built_example(name)
    assert {section.id: fragment.warnings for section, fragment in book.parts if fragment.warnings} == {}
    lengths = {section.id: fragment.pages for section, fragment in book.parts}
    assert all(lengths[page] == 1 for page in ("page-cover", "page-safety", "page-privacy", "page-letter"))
