"""What mending leaves of a raw fragment: whole tags, whole fields, links that binding can lead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pikepdf
from pdf_facts import Widget, elements, kids, parent_tree, widgets
from pikepdf import Dictionary, Name

from workbook_builder.book import DECORATIVE, GROUP_SEPARATOR, Section
from workbook_builder.layout import PROGRAM_FONTS
from workbook_builder.typeset import Face, Sheet, Typesetter

BODY = str(PROGRAM_FONTS / "AtkinsonHyperlegible-Regular.ttf")
SHEET = Sheet(
    "@page{size:400pt 300pt;margin:20pt}html{font:12pt Body}input,textarea{font:12pt Field;display:block}"
    ".dot{display:inline-block;width:6pt;height:6pt;background:#a00}",
    (Face("Body", 400, "body.ttf", BODY), Face("Field", 400, "field.ttf", BODY)),
)


@contextmanager
def mended(typesetter: Typesetter, body: str) -> Iterator[pikepdf.Pdf]:
    """The mended PDF of a section named wks-x."""
    head = '<!doctype html><html lang="en"><head><title>T</title></head>'
    html = f'{head}<body><section class="x" id="wks-x">{body}</section></body></html>'
    fragment = typesetter.typeset([Section("wks-x", "X", html, personal=True)], SHEET)["wks-x"]
    with pikepdf.open(BytesIO(fragment.pdf)) as pdf:
        yield pdf


def tags(pdf: pikepdf.Pdf, tag: str) -> list[Any]:
    """Return all elements with a tag."""
    return [element for element in elements(pdf) if element.S == tag]


def annotations(pdf: pikepdf.Pdf) -> list[Any]:
    """Return all annotations."""
    return [annotation for page in pdf.pages for annotation in page.obj.get("/Annots", [])]


def test_ornaments_leave_the_tags(typesetter: Typesetter) -> None:
    """A drawing that only adorns becomes an artifact; one that shows something keeps its description and its box."""
    drawing = '<svg viewBox="0 0 20 10" width="20" height="10"><title>{}</title><rect width="20" height="10"/></svg>'
    body = f"<p>a</p>{drawing.format(DECORATIVE)}<p>b</p>{drawing.format('Two boats')}"
    with mended(typesetter, body) as pdf:
        (figure,) = tags(pdf, "/Figure")
        assert figure.Alt == "Two boats"
        left, low, right, high = map(float, figure.A.BBox)
        assert 0 <= left < right <= 400 and 0 <= low < high <= 300
        assert (round(right - left), round(high - low)) == (15, 8)
        assert low > 150, "it stands in the upper half of the page, counted from the foot"
        assert b"/Artifact" in pdf.pages[0].obj.Contents.read_bytes()
        assert tags_with_content(pdf) == ["P", "P", "Figure"]


def tags_with_content(pdf: pikepdf.Pdf) -> list[str]:
    """The tags that hold content themselves, in reading order."""
    return [str(e.S)[1:] for e in elements(pdf) if any(isinstance(kid, int) for kid in kids(e))]


def test_all_content_is_tagged_or_an_artifact(typesetter: Typesetter) -> None:
    """Each MCID has its element in the parent tree, also after bare spans were folded away."""
    body = '<h1>One <span>two</span></h1><p>a <b>b</b> <i><span class="dot"></span></i></p><ul><li>x<li>y</ul><p></p>'
    with mended(typesetter, body) as pdf:
        parents = parent_tree(pdf)
        page = pdf.pages[0]
        owners = parents[int(page.obj.StructParents)]
        for operands, _ in pikepdf.parse_content_stream(page, "BDC"):
            if isinstance(operands[1], Dictionary) and "/MCID" in operands[1]:
                mcid = int(operands[1].MCID)
                assert mcid in [kid for kid in kids(owners[mcid]) if isinstance(kid, int)]
        assert not [e for e in elements(pdf) if not kids(e)], "no element is empty"
        assert len(tags(pdf, "/P")) == 1


def test_table_headers(typesetter: Typesetter) -> None:
    """Header cells have a scope and a name that is theirs in the whole book; data cells name them."""
    body = """<table><thead><tr><td></td><th scope="col">A</th></tr></thead>
        <tbody><tr><th scope="row">One</th><td>x</td></tr></tbody></table>"""
    with mended(typesetter, body) as pdf:
        assert [str(cell.A.Scope) for cell in tags(pdf, "/TH")] == ["/Column", "/Row"]
        ids = [str(cell.ID) for cell in tags(pdf, "/TH")]
        assert len(set(ids)) == 2
        assert all(name.startswith("wks-x-") for name in ids)
        named = {str(name) for cell in tags(pdf, "/TD") for name in cell.get("/A", Dictionary()).get("/Headers", [])}
        assert named and named <= set(ids)


def test_a_first_column_under_an_empty_corner_heads_its_rows(typesetter: Typesetter) -> None:
    """Markdown has no row headers: the first cell of a row is one, and each data cell names its column and its row."""
    body = """<table><thead><tr><th></th><th>Worry</th></tr></thead>
        <tbody><tr><td><b>Pull</b></td><td>hide</td></tr><tr><td><b>Aim</b></td><td>act</td></tr></tbody></table>"""
    with mended(typesetter, body) as pdf:
        heads = {str(cell.ID): str(cell.A.Scope) for cell in tags(pdf, "/TH")}
        assert list(heads.values()) == ["/Column", "/Row", "/Row"]
        corner, *cells = tags(pdf, "/TD")
        assert not kids(corner) and "/A" not in corner and "/ID" not in corner
        assert [[heads[str(name)] for name in cell.A.Headers] for cell in cells] == [["/Column", "/Row"]] * 2
        assert len({str(cell.A.Headers[1]) for cell in cells}) == 2


def test_a_table_with_a_full_first_header_stays(typesetter: Typesetter) -> None:
    """A list of facts has no row headers."""
    body = (
        "<table><thead><tr><th>Day</th><th>What</th></tr></thead><tbody><tr><td>Mo</td><td>x</td></tr></tbody></table>"
    )
    with mended(typesetter, body) as pdf:
        assert [str(cell.A.Scope) for cell in tags(pdf, "/TH")] == ["/Column", "/Column"]


def test_words_in_another_language_say_which(typesetter: Typesetter) -> None:
    """A span with a language keeps it in the tags, is no link, and looks like the words around it."""
    plain = "<p>Call Línea de la Vida or <a href='tel:1'>1</a>.</p>"
    body = plain.replace("Línea de la Vida", '<span class="who" lang="es-MX">Línea de la Vida</span>')
    with mended(typesetter, body) as pdf, mended(typesetter, plain) as other:
        (span,) = [element for element in elements(pdf) if "/Lang" in element]
        assert (span.S, str(span.Lang)) == (Name.Span, "es-MX")
        assert all(isinstance(kid, int) for kid in kids(span)) and kids(span)
        (link,) = annotations(pdf)
        assert link.A.URI == "tel:1"
        tree = parent_tree(pdf)
        assert sorted(tree) == sorted([int(pdf.pages[0].obj.StructParents), int(link.StructParent)])
        assert not [key for page in pdf.pages for key in page.obj.get("/Annots", []) if "wb-lang" in str(key)]
        assert [list(map(float, a.Rect)) for a in annotations(pdf)] == [
            list(map(float, a.Rect)) for a in annotations(other)
        ]


def test_a_label_is_said_once_and_typed_text_has_a_plain_look(typesetter: Typesetter) -> None:
    """A question that ends with a title that is a question has one mark; the look of typed text is font and colour."""
    radio = '<input type="radio" name="wks-x__how" value="{0}" title="How: Why??{1}{0}">'
    body = radio.format("a", GROUP_SEPARATOR) + radio.format("b", GROUP_SEPARATOR)
    body += '<textarea name="wks-x__t" title="Really??"></textarea><input name="wks-x__u" title="Well... so?">'
    with mended(typesetter, f"<form>{body}</form>") as pdf:
        group, *texts = pdf.Root.AcroForm.Fields
        assert [str(group.TU), *(str(kid.TU) for kid in group.Kids)] == ["How: Why?", "How: Why? a", "How: Why? b"]
        assert [str(field.TU) for field in texts] == ["Really?", "Well... so?"]
        for field in texts:
            assert not {"gs", "0"} & set(str(field.DA).split()[-3:]), field.DA
            assert "gs" not in str(field.DA) and str(field.DA).endswith("12 Tf")


def test_links(typesetter: Typesetter) -> None:
    """A link inside the book becomes a name with the target's title; others say where they lead."""
    body = """<p><a href="wb:psy-y#Two%20boats%20%26%20more">see</a> <a href="tel:+15550100">call</a>
        <a href="https://lifeline.example/x">web</a></p>"""
    with mended(typesetter, body) as pdf:
        inner, phone, web = annotations(pdf)
        assert (str(inner.Dest), str(inner.Contents)) == ("psy-y", "Two boats & more")
        assert "/A" not in inner
        assert (str(phone.A.URI), str(phone.Contents)) == ("tel:+15550100", "+15550100")
        assert (str(web.A.URI), str(web.Contents)) == ("https://lifeline.example/x", "lifeline.example/x")
        for annotation in (inner, phone, web):
            x0, y0, x1, y1 = map(float, annotation.Rect)
            assert x0 < x1 and y0 < y1
            assert int(annotation.F) & 4


def radios(name: str, *answers: str) -> str:
    """A group of radio buttons."""
    return "".join(
        f'<input type="radio" name="{name}" value="{n}" title="How?{GROUP_SEPARATOR}{answer}">'
        for n, answer in enumerate(answers, start=1)
    )


def test_radio_groups(typesetter: Typesetter) -> None:
    """One field with its question; plain widgets with question and answer; states named by their values."""
    with mended(typesetter, f"<p>How?</p>{radios('wks-x__how', 'Well', 'Badly')}<p>end</p>") as pdf:
        (group,) = pdf.Root.AcroForm.Fields
        assert (str(group.T), str(group.TU), group.FT, group.V) == ("wks-x__how", "How?", Name.Btn, Name.Off)
        assert "/Opt" not in group
        assert widgets(pdf) == [
            Widget(1, "wks-x__how", "radio", f"How? {answer}", tuple(map(float, kid.Rect)), str(n), "Off")
            for n, (answer, kid) in enumerate(zip(("Well", "Badly"), group.Kids, strict=True), start=1)
        ]
        for kid in group.Kids:
            assert set(kid.AP.N.keys()) > {"/Off"} and kid.AS == Name.Off
            assert not {"/T", "/FT", "/Ff"} & set(kid.keys())


def test_every_field_has_an_appearance(typesetter: Typesetter) -> None:
    """Text, long text and ticks as well; nothing asks a viewer to draw them anew."""
    body = """<input type="text" name="wks-x__a" title="A"><textarea name="wks-x__b" title="B"></textarea>
        <input type="checkbox" name="wks-x__c" title="C">"""
    with mended(typesetter, body) as pdf:
        assert "/NeedAppearances" not in pdf.Root.AcroForm
        kinds = {widget.name: widget.kind for widget in widgets(pdf)}
        assert kinds == {"wks-x__a": "text", "wks-x__b": "long text", "wks-x__c": "tick"}
        for annotation in annotations(pdf):
            normal = annotation.AP.N
            for stream in [normal] if isinstance(normal, pikepdf.Stream) else normal.values():
                assert [round(float(x)) for x in stream.BBox][:2] == [0, 0]
                assert float(stream.BBox[2]) > 5 and float(stream.BBox[3]) > 5
        tick = next(a for a in annotations(pdf) if a.FT == Name.Btn)
        assert set(tick.AP.N.keys()) == {"/on", "/Off"}
        assert tick.AP.N.on.read_bytes() and not tick.AP.N.Off.read_bytes()


def test_what_binding_writes_is_not_kept(typesetter: Typesetter) -> None:
    """Outline, names and metadata are the book's; a fragment's content ends with the graphics state that it found."""
    with mended(typesetter, "<h1>One</h1>") as pdf:
        assert not {"/Outlines", "/Names", "/Metadata"} & set(pdf.Root.keys())
        content = pdf.pages[0].obj.Contents.read_bytes()
        assert content.startswith(b"q\n") and content.endswith(b"\nQ\n")
        assert pdf.pages[0].obj.Tabs == Name.S
