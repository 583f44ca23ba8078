"""Fragments become one PDF: pages, fonts, furniture, outline, metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from pdf_facts import Place, bookmarks, destinations, font_names, links, page_texts, to_unicode, widgets
from pikepdf import Dictionary

from workbook_builder import bind as binding
from workbook_builder.bind import MAX_BLOCKS, Imprint, Style, Texts, bind, first_pages
from workbook_builder.bind.fonts import join_glyphs, make_fonts, open_face
from workbook_builder.bind.furniture import Furniture
from workbook_builder.bind.outline import write_outline
from workbook_builder.book import Fragment, Glyphs, Section
from workbook_builder.errors import InputProblems
from workbook_builder.kept import Kept
from workbook_builder.layout import PROGRAM_FONTS
from workbook_builder.typeset import Face, Sheet, Typesetter

BODY, HEAD = (PROGRAM_FONTS / name for name in ("AtkinsonHyperlegible-Regular.ttf", "Literata-Regular.ttf"))
FACES = {"body": BODY, "head": HEAD, "field": BODY}
SHEET = Sheet(
    "@page{size:400pt 300pt;margin:40pt}html{font:12pt Body,Head}input{font:12pt Field}h1{bookmark-level:1}"
    "h2{bookmark-level:2}",
    (
        Face("Body", 400, "body", str(BODY)),
        Face("Head", 400, "head", str(HEAD)),
        Face("Field", 400, "field", str(BODY)),
    ),
)
STYLE = Style(
    (400.0, 300.0), 40.0, 40.0, 20.0, 15.0, 9.0, 10.0, (0.3, 0.3, 0.3), (0.0, 0.2, 0.2), ("body", "head"), ("head",)
)
TEXTS = Texts("My book", "Us", "2222-3333")
IMPRINT = Imprint("My book", "A & B <Practice>", "en", date(2026, 11, 23), "2222-3333")
BODIES = {
    "cover": "<h1>My book</h1>",
    "one": '<h1>Erste</h1><p>Zoë → <a href="wb:two#Zweite">on</a></p><input type="text" name="one__a" title="A">',
    "two": '<h1>Zweite</h1><h2>Part</h2><p>x</p><h2 style="break-before:page">More</h2>'
    '<p><a href="wb:one#Erste">back</a></p>',
}


@pytest.fixture(scope="module")
def parts(typesetter: Typesetter) -> list[tuple[Section, Fragment]]:
    """A cover without furniture, and two sections that link to each other; the second has two pages."""
    head = '<!doctype html><html lang="en"><head><title>T</title></head>'
    sections = [
        Section(name, "" if name == "cover" else name.title(), personal=True,
                html=f'{head}<body><section class="x" id="{name}">{body}</section></body></html>')
        for name, body in BODIES.items()
    ]  # fmt: skip
    fragments = typesetter.typeset(sections, SHEET)
    return [(section, fragments[section.id]) for section in sections]


def bound(parts: Sequence[tuple[Section, Fragment]], texts: Texts = TEXTS, imprint: Imprint = IMPRINT) -> bytes:
    """Bind with the tests' faces and style."""
    return bind(parts, FACES, STYLE, texts, imprint)


def test_first_pages() -> None:
    """Pages count from 1, and each section starts behind the one before."""
    assert first_pages([("cover", 1), ("plan", 2), ("end", 1)]) == {"cover": 1, "plan": 2, "end": 4}
    assert first_pages([]) == {}


def test_same_arguments_same_bytes(parts: list[tuple[Section, Fragment]]) -> None:
    """Binding depends on nothing but its arguments."""
    assert bound(parts) == bound(parts)
    assert bound(parts) != bound(parts[:2])


def test_a_block_that_is_used_again_leaves_no_trace(
    typesetter: Typesetter, parts: list[tuple[Section, Fragment]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients of one plan share a block: each has the bytes of a book that was bound alone, and nothing of another."""
    shared = [(replace(section, personal=section.id == "cover"), fragment) for section, fragment in parts]
    html = shared[0][0].html
    names = ("Ada", "Жанна", "Ben", "Ada")
    covers = [Section("cover", "", html.replace("My book", f"For {name}"), personal=True) for name in names]
    books = []
    for cover in covers:
        fragment = typesetter.typeset([cover], SHEET)["cover"]
        number = f"2222-{len(books)}ABC"
        books.append(([(cover, fragment), *shared[1:]], replace(TEXTS, number=number), replace(IMPRINT, number=number)))
    alone = []
    for mine, texts, imprint in books:
        monkeypatch.setattr(binding, "_blocks", Kept(MAX_BLOCKS))
        alone.append(bind(mine, FACES, STYLE, texts, imprint))
    monkeypatch.setattr(binding, "_blocks", Kept(MAX_BLOCKS))
    together = [bind(mine, FACES, STYLE, texts, imprint) for mine, texts, imprint in books]
    assert len(binding._blocks) == 1 and together == alone
    for pdf, name in zip(together, names, strict=True):
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert f"For {name}" in page_texts(pdf)[0] and len(opened.pages) == 4
            cyrillic = {"Ж"} & {
                letter for font in opened.objects if is_font(font) for letter in to_unicode(font).values()
            }
            assert bool(cyrillic) == (name == "Жанна")


def is_font(item: object) -> bool:
    """Say whether this is a font that text is set in."""
    return isinstance(item, Dictionary) and "/ToUnicode" in item


def test_blocks_are_few_and_do_not_grow(parts: list[tuple[Section, Fragment]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have not been used the longest are let go, and each is sewn anew after so many books."""
    monkeypatch.setattr(binding, "_blocks", Kept(2))
    monkeypatch.setattr(binding, "MAX_BOOKS", 3)
    for brand in ("A", "B", "A", "C", "A"):
        bind(parts, FACES, STYLE, replace(TEXTS, brand=brand), IMPRINT)
    assert [books for _, books in binding._blocks.values()] == [1]


def test_pages_and_furniture(parts: list[tuple[Section, Fragment]]) -> None:
    """Every page but the cover has title, section, brand and folio; the book number stands on the last alone."""
    texts = page_texts(bound(parts))
    assert len(texts) == 4
    assert texts[0] == "My book"
    for number, title in ((2, "One"), (3, "Two"), (4, "Two")):
        for word in ("My book", title, "Us", str(number)):
            assert word in texts[number - 1], (number, word)
    assert ["2222-3333" in text for text in texts] == [False, False, False, True]


def test_links_bookmarks_and_fields(parts: list[tuple[Section, Fragment]]) -> None:
    """Links lead to the pages of the bound book, bookmarks are nested by level, fields are in the form."""
    with pikepdf.open(BytesIO(bound(parts))) as pdf:
        assert [(link.page, link.name, link.target.page) for link in links(pdf) if isinstance(link.target, Place)] == [
            (2, "two", 3), (4, "one", 2),
        ]  # fmt: skip
        assert [(level, title, place.page) for level, title, place in bookmarks(pdf)] == [
            (1, "My book", 1), (1, "Erste", 2), (1, "Zweite", 3), (2, "Part", 3), (2, "More", 4),
        ]  # fmt: skip
        assert {name: place.page for name, place in destinations(pdf).items()} == {"cover": 1, "one": 2, "two": 3}
        assert [(field.page, field.name) for field in widgets(pdf)] == [(2, "one__a")]


def test_each_face_is_embedded_once(parts: list[tuple[Section, Fragment]]) -> None:
    """Text, fields and furniture of one face share its file, as small as what they use; fields get it whole."""
    with pikepdf.open(BytesIO(bound(parts))) as pdf:
        files = {e.FontFile2.objgen: e for e in pdf.objects if isinstance(e, Dictionary) and "/FontFile2" in e}
        assert len(files) == 2
        sizes = {str(e.FontName).partition("+")[2]: len(e.FontFile2.read_bytes()) for e in files.values()}
    with pikepdf.open(BytesIO(bound([parts[0], parts[2]]))) as pdf:
        without = [e for e in pdf.objects if isinstance(e, Dictionary) and "/FontFile2" in e]
        smaller = {str(e.FontName).partition("+")[2]: len(e.FontFile2.read_bytes()) for e in without}
    assert smaller["AtkinsonHyperlegible-Regular"] < sizes["AtkinsonHyperlegible-Regular"] / 4
    assert sizes["Literata-Regular"] < HEAD.stat().st_size / 10


def test_a_field_font_has_letters_for_what_may_be_typed() -> None:
    """A face that is used in fields has every character of the font, with its text; others only what was used."""
    with pikepdf.new() as pdf:
        used = [Glyphs("body", "TEXT", {3: " "}), Glyphs("field", "FIELD", {3: " "}, in_fields=True)]
        fonts = make_fonts(pdf, join_glyphs(used), FACES)
        letters = set(to_unicode(fonts.FIELD).values())
        assert {"a", "Z", "ß", "ž", "€", "”"} <= letters
        assert set(to_unicode(fonts.TEXT).values()) == {" "}
        assert len(fonts.FIELD.DescendantFonts[0].W) == 2 * len(to_unicode(fonts.FIELD))


def test_glyphs_of_all_fragments_are_joined() -> None:
    """Two fragments that use one face share a font with the glyphs of both, and ligatures keep their letters."""
    with pikepdf.new() as pdf:
        used = [Glyphs("head", "F", {36: "A"}), Glyphs("head", "F", {37: "B", 900: "fi"})]
        fonts = make_fonts(pdf, join_glyphs(used), FACES)
        assert list(fonts.keys()) == ["/F"]
        assert to_unicode(fonts.F) == {36: "A", 37: "B", 900: "fi"}
        assert list(fonts.F.DescendantFonts[0].W)[::2] == [36, 37, 900]


def test_many_glyphs_stay_within_the_blocks_of_a_map() -> None:
    """A ToUnicode map holds at most 100 entries in a block."""
    with pikepdf.new() as pdf:
        fonts = make_fonts(pdf, join_glyphs([Glyphs("body", "F", {n: chr(65 + n) for n in range(1, 251)})]), FACES)
        text = fonts.F.ToUnicode.read_bytes().decode()
        assert [int(line.split()[0]) for line in text.splitlines() if line.endswith("beginbfchar")] == [100, 100, 50]
        assert len(to_unicode(fonts.F)) == 250


def test_furniture_takes_the_first_face_that_has_all_letters() -> None:
    """A title with an arrow is set in the second face; a text that no face has is told by the text."""
    furniture = Furniture(STYLE, TEXTS, FACES)
    drawn = furniture.draw("From what if → to even if", 12, last=False)
    assert b"/WBFURN1 9 Tf" in drawn and b"/WBFURN 9 Tf" in drawn
    used = {glyphs.resource: glyphs.face for glyphs in furniture.glyphs()}
    assert used == {"WBFURN": "body", "WBFURN1": "head", "WBFURB": "head"}
    with pytest.raises(InputProblems, match="running header  no font has all characters"):
        furniture.draw("中", 1, last=False)


@pytest.mark.parametrize("title", ["One", "AVAVAV To Te", "A much longer title of a section"])
def test_furniture_is_flush_with_the_type_area(title: str) -> None:
    """The section's title and the folio end at the right margin, whatever their length and kerning."""
    lines = Furniture(STYLE, TEXTS, FACES).draw(title, 128, last=False).splitlines()
    ends = [end_of(line) for line in lines if b" Tm [" in line]
    assert len(ends) == 4
    assert len([end for end in ends if abs(end - 360) < 0.3]) == 2


def end_of(line: bytes) -> float:
    """Where a drawn line ends, in pt from the left."""
    found = re.search(rb"/(WBFUR[BN]) (\d+) Tf 1 0 0 1 ([\d.]+) [\d.]+ Tm \[(.*)\] TJ", line)
    assert found
    face = open_face(HEAD if found[1] == b"WBFURB" else BODY)
    glyphs = re.findall(rb"<([0-9a-f]{4})>(-?\d*)", found[4])
    width = sum(face.advance(int(glyph, 16)) - int(kern or 0) for glyph, kern in glyphs)
    return float(found[3]) + width * int(found[2]) / 1000


def test_no_number_no_line(parts: list[tuple[Section, Fragment]]) -> None:
    """A sheet has no book number: neither on its last page nor in the metadata."""
    data = bound(parts, Texts("Sheet", "Us", ""), replace(IMPRINT, number=""))
    assert "2222" not in " ".join(page_texts(data))
    with pikepdf.open(BytesIO(data)) as pdf:
        assert b"identifier" not in pdf.Root.Metadata.read_bytes()


def test_metadata_is_escaped(parts: list[tuple[Section, Fragment]]) -> None:
    """Signs that mean something in XML stand for themselves."""
    with pikepdf.open(BytesIO(bound(parts))) as pdf:
        assert str(pdf.trailer.Info.Author) == "A & B <Practice>"
        assert str(pdf.trailer.Info.CreationDate) == "D:20261123000000Z"
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert "A &amp; B &lt;Practice&gt;" in xmp
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "My book"
            assert metadata["pdfuaid:part"] == "1"
            assert list(metadata["dc:creator"]) == ["A & B <Practice>"]
            assert metadata["dc:identifier"] == "2222-3333"


def test_outline_starts_closed_below_the_first_level() -> None:
    """The panel shows the parts of the book; what is deeper opens on demand, and jumping over a level does no harm."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        page = pdf.pages[0].obj
        entries = [(1, "A", page, 0, 0), (3, "A a", page, 0, 0), (2, "A b", page, 0, 0), (1, "B", page, 0, 0)]
        write_outline(pdf, entries)
        root = pdf.Root.Outlines
        assert int(root.Count) == 2
        assert [str(root.First.Title), str(root.Last.Title)] == ["A", "B"]
        assert int(root.First.Count) == -2
        assert [(level, title) for level, title, _ in bookmarks(pdf)] == [(1, "A"), (2, "A a"), (2, "A b"), (1, "B")]


def test_a_book_without_bookmarks_and_fields(parts: list[tuple[Section, Fragment]]) -> None:
    """What is not there is not written."""
    section, fragment = parts[0]
    with pikepdf.open(BytesIO(bound([(section, replace(fragment, bookmarks=()))]))) as pdf:
        assert "/Outlines" not in pdf.Root and "/AcroForm" not in pdf.Root
        assert font_names(pdf)


def test_the_same_section_can_be_bound_in_many_books(parts: list[tuple[Section, Fragment]]) -> None:
    """Binding changes no fragment."""
    before = [fragment.pdf for _, fragment in parts]
    first = bound(parts)
    bound(parts[::-1])
    assert [fragment.pdf for _, fragment in parts] == before
    assert bound(parts) == first


def test_faces_are_opened_once() -> None:
    """A face knows its widths in thousandths of an em, and which characters it has."""
    face = open_face(BODY)
    assert open_face(BODY) is face
    assert face.has("Zoë") and not face.has("Zoë →") and face.has("")
    assert face.shape("AB").width == pytest.approx(sum(face.advance(g) for g in face.shape("AB").text) / 1000, abs=0.05)
