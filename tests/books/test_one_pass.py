"""The bound book beside the same sections typeset in one pass of WeasyPrint: same text, links, bookmarks and fields."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pdf_facts import bookmarks, links, page_texts, tag_counts, widgets
from support import EXAMPLES, Book

from benchmarks.onepass import typeset_one_pass
from workbook_builder.bind import Texts
from workbook_builder.book import DECORATIVE, GROUP_SEPARATOR, LINK_SCHEME
from workbook_builder.layout import MM

MOST_TIMES_THE_SIZE = 1.3
NEAR = 0.5
"""pt: what rounding may move a field or a link by."""
FURNITURE = 20 * MM
"""pt at head and foot of a page that belong to running header and folio, in either way of typesetting."""
# Mending takes these away, or adds them: bare spans and the frames around pages say nothing to a reader.
MENDED_TAGS = {"Span", "NonStruct", "Div", "Sect", "P", "Document", "Caption", "Lbl"}


@pytest.fixture(scope="module")
def one_pass(built_example: Callable[[str], Book]) -> Callable[[str], bytes]:
    """Return a function that typesets an example in one pass, once in a run."""

    @functools.cache
    def typeset(name: str) -> bytes:
        book = built_example(name)
        spacings = {section.id: fragment.spacing for section, fragment in book.parts}
        return typeset_one_pass(
            [s for s, _ in book.parts], book.sheet, book.style, Texts("My workbook", "restartt", ""), spacings
        )

    return typeset


@pytest.fixture(params=EXAMPLES)
def both(
    request: pytest.FixtureRequest, built_example: Callable[[str], Book], one_pass: Callable[[str], bytes]
) -> tuple[Book, bytes]:
    """Each example, bound and in one pass."""
    return built_example(request.param), one_pass(request.param)


def test_same_text_on_each_page(both: tuple[Book, bytes]) -> None:
    """Page by page the text is the same, but for running headers and folios."""
    book, one = both
    bound, single = (page_texts(pdf, FURNITURE, FURNITURE) for pdf in (book.pdf, one))
    assert len(bound) == len(single)
    for number, (here, there) in enumerate(zip(bound, single, strict=True), start=1):
        assert here == there, f"page {number}"
        assert here, f"page {number} is empty"


def test_same_bookmarks(both: tuple[Book, bytes]) -> None:
    """Titles, levels and places are the same."""
    book, one = both
    with pikepdf.open(BytesIO(book.pdf)) as bound, pikepdf.open(BytesIO(one)) as single:
        here, there = bookmarks(bound), bookmarks(single)
    assert [(level, title) for level, title, _ in here] == [(level, title) for level, title, _ in there]
    for (_, title, place), (_, _, other) in zip(here, there, strict=True):
        assert place.near(other, NEAR), title


def test_same_links(both: tuple[Book, bytes]) -> None:
    """Each link stands at the same place and leads to the same place."""
    book, one = both
    with pikepdf.open(BytesIO(book.pdf)) as bound, pikepdf.open(BytesIO(one)) as single:
        here, there = links(bound), links(single)
    assert len(here) == len(there) > 30
    for link, other in zip(here, there, strict=True):
        assert link.page == other.page and _near(link.rect, other.rect), link
        if isinstance(link.target, str) or isinstance(other.target, str):
            assert link.target == other.target
        else:
            assert link.name == other.name and link.target.near(other.target, NEAR), link


def test_same_fields(both: tuple[Book, bytes]) -> None:
    """Names, kinds, tooltips and places of all fields are the same."""
    book, one = both
    with pikepdf.open(BytesIO(book.pdf)) as bound, pikepdf.open(BytesIO(one)) as single:
        here, there = widgets(bound), widgets(single)
    assert len(here) == len(there) > 100
    for field, other in zip(here, there, strict=True):
        assert (field.page, field.kind) == (other.page, other.kind), field
        assert _near(field.rect, other.rect), field
        assert field.name == other.name, field
        assert field.tooltip == other.tooltip.replace(GROUP_SEPARATOR, " ").replace("??", "?"), field


def test_same_tags(both: tuple[Book, bytes]) -> None:
    """As many headings, lists, tables, cells, links, fields and pictures, but for those that are mere ornament."""
    book, one = both
    with pikepdf.open(BytesIO(book.pdf)) as bound, pikepdf.open(BytesIO(one)) as single:
        here, there = Counter(tag_counts(bound)), Counter(tag_counts(single))
        ornaments = sum(1 for e in single.objects if isinstance(e, pikepdf.Dictionary) and e.get("/Alt") == DECORATIVE)
    there["Figure"] -= ornaments
    compared = (here.keys() | there.keys()) - MENDED_TAGS
    assert {"H1", "H2", "L", "LI", "TH", "TD", "Link", "Form", "Figure"} <= compared
    assert {tag: here[tag] for tag in compared} == {tag: there[tag] for tag in compared}


def test_size_is_near_that_of_one_pass(both: tuple[Book, bytes]) -> None:
    """The bound file is at most 1.3 times as large."""
    book, one = both
    assert len(book.pdf) <= MOST_TIMES_THE_SIZE * len(one)


def test_the_comparison_would_notice(both: tuple[Book, bytes]) -> None:
    """The two files are different files, and the one pass holds no link of ours that was left unresolved."""
    book, one = both
    assert book.pdf != one
    with pikepdf.open(BytesIO(one)) as single:
        assert not [link for link in links(single) if str(link.target).startswith(LINK_SCHEME)]
        assert len({field.name for field in widgets(single)}) > 50


def _near(here: tuple[float, ...], there: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(here, there, strict=True))
