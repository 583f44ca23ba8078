"""The inner order of bound books: tag tree, parent tree, fields, appearances, names. What viewers rely on unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from pdf_facts import (
    _TagReader,
    bookmarks,
    elements,
    flat,
    is_element,
    kids,
    page_numbers,
    parent_tree,
    spoken,
    widgets,
)
from pikepdf import Array, Dictionary, Name
from support import EXAMPLES, Book

FORBIDDEN = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/OpenAction",
    "/AA",
    "/NeedAppearances",
)


@pytest.fixture(params=(*EXAMPLES, "tiny"))
def pdf(request: pytest.FixtureRequest, built_example: Callable[[str], Book], tiny: Book) -> Iterator[pikepdf.Pdf]:
    """Each built book, opened."""
    book = tiny if request.param == "tiny" else built_example(request.param)
    with pikepdf.open(BytesIO(book.pdf)) as opened:
        yield opened


def test_each_marked_content_has_its_element(pdf: pikepdf.Pdf) -> None:
    """Every MCID of a page leads through the parent tree to an element that names this MCID on this page."""
    parents, count = parent_tree(pdf), 0
    for page in pdf.pages:
        owners = parents[int(page.obj.StructParents)]
        seen = []
        for operands, _ in pikepdf.parse_content_stream(page, "BDC"):
            if not (isinstance(operands[1], Dictionary) and "/MCID" in operands[1]):
                assert operands[0] == Name.Artifact
                continue
            mcid = int(operands[1].MCID)
            owner = owners[mcid]
            assert mcid in [kid for kid in kids(owner) if isinstance(kid, int)]
            assert owner.Pg.objgen == page.obj.objgen
            seen.append(mcid)
        assert len(seen) == len(set(seen))
        count += len(seen)
    claimed = sum(isinstance(kid, int) for element in elements(pdf) for kid in kids(element))
    assert count == claimed > 50


def test_parent_tree_is_complete_and_sorted(pdf: pikepdf.Pdf) -> None:
    """Pages and annotations each have a key of their own in the tree, and no key is left over."""
    numbers = flat(pdf.Root.StructTreeRoot.ParentTree, "/Nums")
    keys = [int(key) for key in numbers[::2]]
    assert keys == sorted(set(keys))
    assert int(pdf.Root.StructTreeRoot.ParentTreeNextKey) > keys[-1]
    used = [int(page.obj.StructParents) for page in pdf.pages]
    used += [int(annotation.StructParent) for _, annotation in _annotations(pdf)]
    assert len(used) == len(set(used))
    assert set(used) == set(keys)


def test_each_element_knows_its_parent_and_its_page(pdf: pikepdf.Pdf) -> None:
    """/P is the element above, /Pg a page of this book; there is one Document at the top."""
    pages, root = page_numbers(pdf), pdf.Root.StructTreeRoot
    assert [str(top.S) for top in kids(root)] == ["/Document"]
    stack = [(top, root) for top in kids(root)]
    while stack:
        element, parent = stack.pop()
        assert element.P.objgen == parent.objgen
        assert "/Pg" not in element or element.Pg.objgen in pages
        stack += [(kid, element) for kid in kids(element) if is_element(kid)]


def test_each_annotation_stands_in_the_tree(pdf: pikepdf.Pdf) -> None:
    """Links and fields are reached from a Link or Form element, and that element from their key."""
    parents, found = parent_tree(pdf), 0
    references = {
        kid.Obj.objgen: e for e in elements(pdf) for kid in kids(e) if isinstance(kid, Dictionary) and "/Obj" in kid
    }
    for _, annotation in _annotations(pdf):
        owner = parents[int(annotation.StructParent)]
        assert str(owner.S) == ("/Link" if annotation.Subtype == Name.Link else "/Form")
        assert references[annotation.objgen].objgen == owner.objgen
        found += 1
    assert found == len(references) > 20


def test_ids_are_unique_and_headers_lead_to_cells(pdf: pikepdf.Pdf) -> None:
    """A data cell names its header cells, and each name belongs to one cell of the whole book."""
    ids = Counter(str(element.ID) for element in elements(pdf) if "/ID" in element)
    assert ids and max(ids.values()) == 1
    named = [
        str(name)
        for e in elements(pdf)
        for a in [e.get("/A")]
        if isinstance(a, Dictionary)
        for name in a.get("/Headers", [])
    ]
    assert named and set(named) <= ids.keys()
    for element in elements(pdf):
        if element.S == Name.TH:
            assert str(element.A.Scope) in ("/Column", "/Row")


def test_pages_are_walked_in_the_order_of_tags(pdf: pikepdf.Pdf) -> None:
    """The tabulator follows the structure on each page."""
    assert [str(page.obj.get("/Tabs")) for page in pdf.pages if "/Annots" in page.obj] != []
    assert all(page.obj.get("/Tabs") == "/S" for page in pdf.pages if page.obj.get("/Annots"))


def test_field_names_are_unique_and_every_field_has_a_tooltip(pdf: pikepdf.Pdf) -> None:
    """A name is <section>__<field>; a tooltip is what a screen reader says."""
    fields = list(pdf.Root.AcroForm.Fields)
    names = Counter(str(field.T) for field in fields)
    assert max(names.values()) == 1
    assert all("__" in name and "." not in name for name in names)
    assert all(str(field.TU).strip() for field in fields)
    for widget in widgets(pdf):
        assert widget.tooltip.strip(), widget
        assert widget.value in ("", "Off"), widget


def test_radio_groups_have_plain_kids(pdf: pikepdf.Pdf) -> None:
    """One field holds the group; its widgets have no name of their own, and states that are the answers' values."""
    groups = [field for field in pdf.Root.AcroForm.Fields if "/Kids" in field]
    assert len(groups) >= 3
    for group in groups:
        assert group.FT == Name.Btn and int(group.Ff) & 1 << 15
        assert "/Opt" not in group
        states = []
        for kid in group.Kids:
            assert not {"/T", "/FT", "/Ff"} & set(kid.keys())
            assert kid.Parent.objgen == group.objgen
            assert kid.AS == Name.Off
            assert kid.TU != group.TU and str(group.TU) in str(kid.TU)
            states += [key for key in kid.AP.N.keys() if key != "/Off"]  # noqa: SIM118
        assert len(states) == len(set(states)) == len(group.Kids) > 1


def test_every_field_has_an_appearance(pdf: pikepdf.Pdf) -> None:
    """A stream for text, one for each state of a button, with the size of its widget; none is left to the viewer."""
    for _, annotation in _annotations(pdf):
        if annotation.Subtype != Name.Widget:
            continue
        normal = annotation.AP.N
        streams = [normal] if isinstance(normal, pikepdf.Stream) else list(normal.values())
        assert len(streams) == (1 if isinstance(normal, pikepdf.Stream) else 2)
        for stream in streams:
            assert stream.Subtype == Name.Form and len(stream.BBox) == 4
        assert int(annotation.F) & 4  # it prints


def test_fields_name_fonts_that_the_form_has(pdf: pikepdf.Pdf) -> None:
    """What a viewer needs to draw typed text is in the form's own resources, at 12 pt or more."""
    fonts = pdf.Root.AcroForm.DR.Font.keys()
    texts = [field for field in pdf.Root.AcroForm.Fields if field.FT == Name.Tx]
    assert texts
    for field in texts:
        parts = str(field.DA).split()
        assert parts[parts.index("Tf") - 2] in fonts, field.DA
        assert float(parts[parts.index("Tf") - 1]) >= 12


def test_every_font_that_is_called_is_there(pdf: pikepdf.Pdf) -> None:
    """Each stream that draws text, also inside a picture, finds its fonts in its own resources."""
    checked = 0
    for entry in pdf.objects:
        resources = entry.get("/Resources") if isinstance(entry, Dictionary | pikepdf.Stream) else None
        if resources is None:
            continue
        stream = entry if isinstance(entry, pikepdf.Stream) else entry.get("/Contents")
        for part in stream if isinstance(stream, Array) else [stream]:
            for operands, operator in pikepdf.parse_content_stream(part) if part is not None else ():
                if str(operator) == "Tf":
                    assert str(operands[0]) in resources.Font, resources.Font
                    checked += 1
    assert checked > 100


def test_all_text_has_letters(pdf: pikepdf.Pdf) -> None:
    """No glyph is drawn without its text."""
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    lines = spoken(out.getvalue())
    assert len(lines) > 100
    assert not [line for line in lines if "\ufffd" in line[2]]


def test_nothing_runs_and_nothing_is_attached(pdf: pikepdf.Pdf) -> None:
    """No script, no attached file, no action on opening, no request to draw appearances anew."""
    for entry in pdf.objects:
        if isinstance(entry, Dictionary | pikepdf.Stream):
            assert not set(entry.keys()) & set(FORBIDDEN)
            assert str(entry.get("/S")) not in ("/JavaScript", "/Launch", "/GoToR", "/SubmitForm", "/ImportData")


def test_names_of_places_are_sorted_and_used_ones_are_there(pdf: pikepdf.Pdf) -> None:
    """A viewer finds a place by halving, so names are in order; each link's place exists."""
    names = [str(name) for name in flat(pdf.Root.Names.Dests, "/Names")[::2]]
    assert names == sorted(set(names))
    for _, annotation in _annotations(pdf):
        if "/Dest" in annotation:
            assert str(annotation.Dest) in names


def test_outline_counts_what_it_holds(pdf: pikepdf.Pdf) -> None:
    """The outline's counts are right: the parts of the book are shown, what is deeper starts closed."""
    levels = [level for level, _, _ in bookmarks(pdf)]
    assert int(pdf.Root.Outlines.Count) == levels.count(1)
    assert set(levels) == {1, 2}
    item = pdf.Root.Outlines.First
    while item is not None:
        assert int(item.get("/Count", 0)) <= 0
        item = item.get("/Next")


def test_links_and_fields_stand_in_reading_order(pdf: pikepdf.Pdf) -> None:
    """A viewer that walks a page along its annotations meets them in the order of the tags."""
    order = [kid.Obj.objgen for e in elements(pdf) for kid in kids(e) if isinstance(kid, Dictionary) and "/Obj" in kid]
    place = {name: number for number, name in enumerate(order)}
    for page in pdf.pages:
        walked = [place[annotation.objgen] for annotation in page.obj.get("/Annots", [])]
        assert walked == sorted(walked)


def test_headings_are_in_order(pdf: pikepdf.Pdf) -> None:
    """Each section has one heading of the first level, before all others, and none skips a level."""
    levels: list[int] = []
    for element in elements(pdf):
        if (tag := str(element.S)) in ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6"):
            levels.append(int(tag[2]))
    assert levels[0] == 1 and levels.count(1) > 10
    assert all(later <= level + 1 for level, later in pairwise(levels))
    assert len(bookmarks(pdf)) == levels.count(1)


def test_lists_have_items_with_bodies(pdf: pikepdf.Pdf) -> None:
    """A list holds items, an item at most one label, and then one body."""
    lists = [element for element in elements(pdf) if element.S == Name.L]
    assert len(lists) > 5
    for one in lists:
        items = [kid for kid in kids(one) if is_element(kid)]
        assert items and {str(item.S) for item in items} == {"/LI"}
        for item in items:
            parts = [str(kid.S) for kid in kids(item) if is_element(kid)]
            assert parts in (["/LBody"], ["/Lbl", "/LBody"])


def test_tables_have_headers_and_full_rows(pdf: pikepdf.Pdf) -> None:
    """All rows of a table have as many cells; each data cell below the header names a header that says something."""
    tables = [element for element in elements(pdf) if element.S == Name.Table]
    assert tables
    for table in tables:
        rows = [kids(row) for group in kids(table) for row in (kids(group) if group.S != Name.TR else [group])]
        assert len({len(cells) for cells in rows}) == 1 and len(rows) > 1
        heads = {str(cell.ID): cell for cells in rows for cell in cells if cell.S == Name.TH and "/ID" in cell}
        assert all(kids(cell) for cell in heads.values()), "no header is empty"
        for cell in (cell for cells in rows[1:] for cell in cells if cell.S == Name.TD):
            assert {str(name) for name in cell.A.Headers} <= heads.keys() and len(cell.A.Headers) > 0


def test_figures_say_what_they_show_and_where_they_are(pdf: pikepdf.Pdf) -> None:
    """A description, and a box inside the page."""
    figures = [element for element in elements(pdf) if element.S == Name.Figure]
    assert figures
    for figure in figures:
        left, foot, right, top = map(float, figure.A.BBox)
        box = [float(side) for side in figure.Pg.MediaBox]
        assert str(figure.Alt).strip()
        assert 0 <= left < right <= box[2] and 0 <= foot < top <= box[3]


def test_an_option_is_called_what_stands_beside_it(pdf: pikepdf.Pdf) -> None:
    """Who says what they see on the page, by voice, reaches the box: the label holds the visible words."""
    texts = {}
    reader = _TagReader(pdf)
    for item in (element for element in elements(pdf) if element.S == Name.LI):
        for form in (e for e in _below(item) if e.S == Name.Form):
            for kid in kids(form):
                if isinstance(kid, Dictionary) and "/Obj" in kid:
                    texts[kid.Obj.objgen] = " ".join(reader._gather(item)[1].split())
    checked = 0
    for _, annotation in _annotations(pdf):
        text = texts.get(annotation.objgen)
        if text and "page-plan" not in str(annotation.get("/T", "")):
            assert text in str(annotation.TU), (text, str(annotation.TU))
            checked += 1
    assert checked > 5


def _below(element: Any) -> Iterator[Any]:
    for kid in kids(element):
        if is_element(kid):
            yield kid
            yield from _below(kid)


def _annotations(pdf: pikepdf.Pdf) -> Iterator[tuple[int, Any]]:
    for number, page in enumerate(pdf.pages, start=1):
        for annotation in page.obj.get("/Annots", []):
            yield number, annotation
