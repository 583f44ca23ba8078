"""A good small book, broken in one way at a time: verify notices each and has a code for it; in the book as it was it
finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pdf_facts import elements, flat
from pikepdf import Array, Dictionary, Name, String
from support import Book

from workbook_builder.verify import CODES, Expected, verify

Change = Callable[[pikepdf.Pdf], None]
MUTANTS: dict[str, tuple[str, Change]] = {}
NOT_BY_CHANGING = {"WB501", "WB502", "WB503", "WB504", "WB505", "WB506", "WB507"}
"""Codes about files as a whole; they have tests of their own."""


def mutant(code: str) -> Callable[[Change], Change]:
    """Note a way to break a book, and the code that verify has for it."""

    def note(change: Change) -> Change:
        MUTANTS[change.__name__] = (code, change)
        return change

    return note


def find(pdf: pikepdf.Pdf, kind: Name, number: int = 0) -> Any:
    """Return a tag of this kind."""
    return [element for element in elements(pdf) if kind == element.S][number]


def annotations(pdf: pikepdf.Pdf, kind: Name) -> Iterator[Any]:
    """Give the annotations of this kind."""
    for page in pdf.pages:
        yield from (item for item in page.obj.get("/Annots", []) if kind == item.Subtype)


def text_field(pdf: pikepdf.Pdf) -> Any:
    """Return the first field for text."""
    return next(field for field in pdf.Root.AcroForm.Fields if field.get("/FT") == Name.Tx)


def inner_link(pdf: pikepdf.Pdf, name: str) -> Any:
    """Return the first link to a place."""
    return next(link for link in annotations(pdf, Name.Link) if str(link.get("/Dest", "")) == name)


def draw(pdf: pikepdf.Pdf, number: int, content: bytes) -> None:
    """Draw something more on a page."""
    page = pdf.pages[number].obj
    parts = list(page.Contents) if isinstance(page.Contents, Array) else [page.Contents]
    page.Contents = Array([*parts, pdf.make_stream(content)])


def line(pdf: pikepdf.Pdf, x: float, y: float, first: int = 5) -> bytes:
    """Draw a line of text as an artifact, in a font of the book and with letters that it has."""
    font = next(iter(pdf.pages[2].obj.Resources.Font.keys()))
    pairs = re.findall(rb"<([0-9a-f]{4})> <", pdf.pages[2].obj.Resources.Font[font].ToUnicode.read_bytes())
    letters = b"".join(pairs[first : first + 20])
    return b"/Artifact BMC BT %s 12 Tf 1 0 0 1 %g %g Tm <%s> Tj ET EMC" % (font.encode(), x, y, letters)


def middle_of(item: Any) -> tuple[float, float]:
    """A place inside a widget."""
    left, foot, _, top = map(float, item.Rect)
    return left + 4, (foot + top) / 2 - 4


@mutant("WB511")
def language_missing(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Lang"]


@mutant("WB511")
def tags_missing(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/StructTreeRoot"]


@mutant("WB511")
def file_name_shown_as_title(pdf: pikepdf.Pdf) -> None:
    pdf.Root.ViewerPreferences.DisplayDocTitle = False


@mutant("WB511")
def tab_order_missing(pdf: pikepdf.Pdf) -> None:
    del next(page for page in pdf.pages if "/Annots" in page.obj).obj["/Tabs"]


@mutant("WB510")
def figure_without_description(pdf: pikepdf.Pdf) -> None:
    del find(pdf, Name.Figure)["/Alt"]


@mutant("WB510")
def heading_left_out(pdf: pikepdf.Pdf) -> None:
    find(pdf, Name.H2).S = Name.H4


@mutant("WB510")
def header_cells_without_scope(pdf: pikepdf.Pdf) -> None:
    for cell in [e for e in elements(pdf) if e.S in (Name.TH, Name.TD) and "/A" in e]:
        for key in ("/Scope", "/Headers"):
            if key in cell.A:
                del cell.A[key]


@mutant("WB510")
def link_without_description(pdf: pikepdf.Pdf) -> None:
    del next(annotations(pdf, Name.Link))["/Contents"]


@mutant("WB510")
def field_without_tag(pdf: pikepdf.Pdf) -> None:
    find(pdf, Name.Form).S = Name.Div


@mutant("WB510")
def content_without_tag(pdf: pikepdf.Pdf) -> None:
    draw(pdf, 2, line(pdf, 300, 100).replace(b"/Artifact BMC", b"").replace(b"EMC", b""))


@mutant("WB520")
def safety_page_removed(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1]


@mutant("WB520")
def safety_page_moved(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[1]
    del pdf.pages[1]
    pdf.pages.insert(3, page)


@mutant("WB521")
def safety_page_blank(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Contents = pdf.make_stream(b"")


@mutant("WB522")
def contents_link_elsewhere(pdf: pikepdf.Pdf) -> None:
    links = [link for link in annotations(pdf, Name.Link) if "/Dest" in link]
    contents = [link for link in links if str(link.Dest) == "page-close"]
    contents[0].Dest = String("page-tracker")


@mutant("WB522")
def place_on_another_page(pdf: pikepdf.Pdf) -> None:
    names = flat(pdf.Root.Names.Dests, "/Names")
    names[names.index("wks-tiny") + 1][0] = pdf.pages[-1].obj


@mutant("WB523")
def contents_number_not_drawn(pdf: pikepdf.Pdf) -> None:
    element = next(e for e in elements(pdf) if e.S == Name.LI and _leads_to(e, "page-close"))
    for kid in list(elements_below(element)):
        if kid.S != Name.Link:
            kid.K = Array([k for k in kid.K if not isinstance(k, int)])


@mutant("WB524")
def page_put_in_between(pdf: pikepdf.Pdf) -> None:
    pdf.pages.insert(4, pdf.pages[5])


@mutant("WB530")
def link_to_nowhere(pdf: pikepdf.Pdf) -> None:
    inner_link(pdf, "page-safety").Dest = String("page-nowhere")


@mutant("WB530")
def link_to_a_page_that_is_gone(pdf: pikepdf.Pdf) -> None:
    gone = pdf.make_indirect(Dictionary(Type=Name.Page))
    inner_link(pdf, "page-safety").Dest = Array([gone, Name.Fit])


@mutant("WB531")
def bookmarks_missing(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Outlines"]


@mutant("WB531")
def bookmark_to_nowhere(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines.First.Next.Dest = String("nowhere")


@mutant("WB531")
def bookmarks_in_a_circle(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines.First.Next.Next = pdf.Root.Outlines.First


@mutant("WB532")
def place_on_no_page(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.Names.Dests.Names
    names.append(String("zzz"))
    names.append(Array([pdf.make_indirect(Dictionary(Type=Name.Page)), Name.Fit]))


@mutant("WB533")
def link_over_http(pdf: pikepdf.Pdf) -> None:
    next(link for link in annotations(pdf, Name.Link) if "/A" in link).A.URI = String("http://example.org/")


@mutant("WB533")
def link_to_a_file(pdf: pikepdf.Pdf) -> None:
    next(link for link in annotations(pdf, Name.Link) if "/A" in link).A.URI = String("file:///etc/passwd")


@mutant("WB533")
def link_without_host(pdf: pikepdf.Pdf) -> None:
    next(link for link in annotations(pdf, Name.Link) if "/A" in link).A.URI = String("https://")


@mutant("WB540")
def two_fields_of_one_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.Fields[-1].T = pdf.Root.AcroForm.Fields[-2].T


@mutant("WB541")
def field_without_name(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).T = String("")


@mutant("WB542")
def field_without_label(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).TU = String(" ")


@mutant("WB543")
def field_on_no_page(pdf: pikepdf.Pdf) -> None:
    page = next(page for page in pdf.pages if any(a.Subtype == Name.Widget for a in page.obj.get("/Annots", [])))
    page.obj.Annots = Array([a for a in page.obj.Annots if a.Subtype != Name.Widget])


@mutant("WB543")
def field_not_in_the_form(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AcroForm.Fields[0]


@mutant("WB543")
def kid_of_another_parent(pdf: pikepdf.Pdf) -> None:
    groups = [field for field in pdf.Root.AcroForm.Fields if "/Kids" in field]
    groups[0].Kids[0].Parent = groups[1]


@mutant("WB544")
def field_does_not_print(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).F = 0


@mutant("WB544")
def field_is_hidden(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).F = 6


@mutant("WB545")
def field_without_appearance(pdf: pikepdf.Pdf) -> None:
    del text_field(pdf)["/AP"]


@mutant("WB545")
def viewers_asked_to_draw_anew(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


@mutant("WB546")
def field_takes_ten_letters(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).MaxLen = 10


@mutant("WB546")
def field_shrinks_its_text(pdf: pikepdf.Pdf) -> None:
    field = text_field(pdf)
    field.DA = String(re.sub(r"\S+ Tf", "0 Tf", str(field.DA)))


@mutant("WB550")
def key_of_our_own(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info["/Client"] = String("4711")


@mutant("WB550")
def keywords(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Keywords = String("homework")


@mutant("WB550")
def subject_in_xmp(pdf: pikepdf.Pdf) -> None:
    rewrite_xmp(pdf, b"<pdfuaid:part>", b"<dc:description>x</dc:description><pdfuaid:part>")


@mutant("WB551")
def name_as_author(pdf: pikepdf.Pdf) -> None:
    author = str(pdf.trailer.Info.Author)
    pdf.trailer.Info.Author = String("Wren")
    rewrite_xmp(pdf, author.encode(), b"Wren")


@mutant("WB551")
def name_in_the_title(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = String("Workbook for Wren")
    rewrite_xmp(pdf, b"My workbook", b"Workbook for Wren")


@mutant("WB551")
def topic_in_the_title(pdf: pikepdf.Pdf) -> None:
    pdf.trailer.Info.Title = String("My low mood")
    rewrite_xmp(pdf, b"My workbook", b"My low mood")


@mutant("WB552")
def file_attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["notes.txt"] = b"secret"


@mutant("WB553")
def script_on_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


@mutant("WB553")
def link_starts_a_program(pdf: pikepdf.Pdf) -> None:
    next(link for link in annotations(pdf, Name.Link) if "/A" in link).A = Dictionary(S=Name.Launch, F=String("a.exe"))


@mutant("WB553")
def field_sends_the_form(pdf: pikepdf.Pdf) -> None:
    text_field(pdf).A = Dictionary(S=Name.SubmitForm, F=String("https://example.org"))


@mutant("WB553")
def form_of_another_kind(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xfa/>")


@mutant("WB560")
def font_not_embedded(pdf: pikepdf.Pdf) -> None:
    font = next(iter(pdf.pages[2].obj.Resources.Font.values()))
    del font.DescendantFonts[0].FontDescriptor["/FontFile2"]


@mutant("WB560")
def standard_font_in_a_form(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm.DR.Font.Helv = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )


@mutant("WB561")
def font_without_letters(pdf: pikepdf.Pdf) -> None:
    del next(iter(pdf.pages[2].obj.Resources.Font.values()))["/ToUnicode"]


@mutant("WB570")
def one_page_of_another_size(pdf: pikepdf.Pdf) -> None:
    pdf.pages[5].obj.MediaBox = Array([0, 0, 595.276, 800])


@mutant("WB570")
def one_page_turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[5].obj.Rotate = 90


@mutant("WB571")
def pages_of_an_unknown_size(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        page.obj.MediaBox = Array([0, 0, 700, 900])


@mutant("WB572")
def text_cut_off(pdf: pikepdf.Pdf) -> None:
    draw(pdf, 2, line(pdf, float(pdf.pages[2].mediabox[2]) - 40, 400))


@mutant("WB572")
def field_off_the_page(pdf: pikepdf.Pdf) -> None:
    field = text_field(pdf)
    left, foot, _, top = map(float, field.Rect)
    field.Rect = Array([left, foot, 2000, top])


@mutant("WB573")
def fields_overlap(pdf: pikepdf.Pdf) -> None:
    page = next(p for p in pdf.pages if sum(a.Subtype == Name.Widget for a in p.obj.get("/Annots", [])) > 1)
    one, other = [a for a in page.obj.Annots if a.Subtype == Name.Widget][:2]
    one.Rect = other.Rect


@mutant("WB574")
def text_over_a_field(pdf: pikepdf.Pdf) -> None:
    field = text_field(pdf)
    number = next(
        n for n, page in enumerate(pdf.pages) if field.objgen in [a.objgen for a in page.obj.get("/Annots", [])]
    )
    draw(pdf, number, line(pdf, *middle_of(field)))


@mutant("WB575")
def text_over_text(pdf: pikepdf.Pdf) -> None:
    draw(pdf, 2, line(pdf, 300, 100) + b"\n" + line(pdf, 302, 101, first=12))


@mutant("WB576")
def empty_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[3].obj.Contents = pdf.make_stream(b"")


def rewrite_xmp(pdf: pikepdf.Pdf, old: bytes, new: bytes) -> None:
    """Replace something in the XMP."""
    data = pdf.Root.Metadata.read_bytes()
    assert old in data
    pdf.Root.Metadata = pdf.make_stream(data.replace(old, new), Type=Name.Metadata, Subtype=Name.XML)


def elements_below(element: Any) -> Iterator[Any]:
    """Give all tags below one."""
    for kid in element.get("/K", []):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from elements_below(kid)


def _leads_to(element: Any, name: str) -> bool:
    return any(
        isinstance(kid, Dictionary) and "/Obj" in kid and str(kid.Obj.get("/Dest", "")) == name
        for below in elements_below(element)
        for kid in below.get("/K", [])
    )


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize("name", MUTANTS)
def test_each_way_to_break_a_book_is_noticed(name: str, tiny: Book) -> None:
    """The code of what was broken is among those found, as an error, and no check fell over."""
    code, change = MUTANTS[name]
    out = BytesIO()
    with pikepdf.open(BytesIO(tiny.pdf)) as pdf:
        change(pdf)
        pdf.save(out)
    report = verify(out.getvalue(), "book.pdf", "tiny-2026")
    found = {finding.code: finding.severity for finding in report.findings}
    assert found.get(code) == "error", report.findings
    assert "WB506" not in found, report.findings


def test_a_good_book_has_no_findings(tiny: Book) -> None:
    """The book that the others were made of, with and without what is known about it."""
    profile, author = tiny.profile, tiny.library.practice.name
    known = Expected("My workbook", author, "en", "2222-3333-4444", (str(profile.client.name), *profile.goals))
    assert verify(tiny.pdf, "book.pdf", "tiny-2026").findings == ()
    assert verify(tiny.pdf, "book.pdf", "tiny-2026", known).findings == ()


def test_every_code_has_its_mutant() -> None:
    """No code is only written down."""
    assert {code for code, _ in MUTANTS.values()} == set(CODES) - NOT_BY_CHANGING
    assert len(MUTANTS) > 40
