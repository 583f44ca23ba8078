"""The inner order of bound books: tag tree, parent tree, fields, appearances, names. What viewers rely on unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pdf_facts import bookmarks, elements, flat, is_element, kids, page_numbers, parent_tree, spoken, widgets
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


def _annotations(pdf: pikepdf.Pdf) -> Iterator[tuple[int, Any]]:
    for number, page in enumerate(pdf.pages, start=1):
        for annotation in page.obj.get("/Annots", []):
            yield number, annotation
