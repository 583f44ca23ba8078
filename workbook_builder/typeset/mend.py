"""Makes a raw fragment whole: what WeasyPrint leaves undone for PDF/UA-1 and forms, and what binding needs.

Mended here, once, before a fragment is cached, rather than inside WeasyPrint or at every binding:

- empty and needless elements leave the tag tree, content that no element reaches becomes an artifact;
- table headers get a scope, figures a bounding box in pt from the page's lower left corner, links a text;
- names of header cells get the section's id in front, so that they stay unique in the bound file; rows get headers;
- words in another language say which; links and fields of a page stand in reading order;
- radio groups keep one field with plain widgets, states are named by their values (ISO 32000-1, 12.7.4.2.4);
- every field has an appearance stream, so no viewer needs NeedAppearances (it makes poppler hide ticked boxes);
- fonts are taken out: binding subsets each face once for the whole book.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from workbook_builder.book import DECORATIVE, GROUP_SEPARATOR, LINK_SCHEME
from workbook_builder.typeset.cells import head_rows, mend_cell
from workbook_builder.typeset.languages import take_languages
from workbook_builder.typeset.tree import is_element, tag_kids

PX = 0.75  # one CSS pixel in pt
PRINTED = 4  # annotation flag "print" (ISO 32000-1, table 165)

QUESTION_IN_QUESTION = re.compile(rf"\?{{2,}}(?={GROUP_SEPARATOR}|$)")
GRAPHICS_STATE = re.compile(r"/\S+ gs\b")
# Elements that may hold marked content themselves, so that a bare Span inside them says nothing.
HOLDS_TEXT = frozenset(
    {"/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Lbl", "/LBody", "/TD", "/TH", "/Caption", "/Span", "/Link"}
    | {"/Note", "/Reference", "/Quote", "/Code", "/Figure"}
)
GROUPS_TEXT = HOLDS_TEXT - {"/Figure"}
DROPPED_WHEN_EMPTY = frozenset({"/NonStruct", "/Span", "/P", "/Div", "/Sect", "/Caption", "/Lbl"})


def mend(pdf: pikepdf.Pdf, section: str) -> dict[str, tuple[int, float, float]]:
    """Mend ``pdf`` in place and return its anchors: name → (page from 0, x, y in pt)."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    anchors = dict(_take_anchors(pdf, pages))
    take_languages(pdf)
    _mend_tags(pdf, section)
    _order_annotations(pdf)
    for page in pdf.pages:
        _wrap_content(page)
        for annotation in page.obj.get("/Annots", []):
            _mend_annotation(annotation)
    if "/AcroForm" in pdf.Root:
        _mend_form(pdf)
    for key in ("/Outlines", "/Names", "/Metadata"):
        if key in pdf.Root:
            del pdf.Root[key]
    pdf.remove_unreferenced_resources()
    _take_fonts(pdf)  # last: pruning would give each stream an empty dictionary of its own
    return anchors


def _take_anchors(
    pdf: pikepdf.Pdf, pages: dict[tuple[int, int], int]
) -> Iterator[tuple[str, tuple[int, float, float]]]:
    names = pdf.Root.get("/Names", Dictionary()).get("/Dests", Dictionary()).get("/Names", Array())
    for position in range(0, len(names), 2):
        name, target = str(names[position]), names[position + 1]
        if "__" not in name:  # ids of fields are for their labels, not for links
            yield name, (pages[target[0].objgen], float(target[2]), float(target[3]))


@dataclass
class _Tree:
    """The tag tree of one fragment: page key → MCID → element."""

    section: str
    parents: dict[int, Any]
    heights: dict[tuple[int, int], float]
    live: set[tuple[tuple[int, int], int]] = field(default_factory=set)


def _mend_tags(pdf: pikepdf.Pdf, section: str) -> None:
    root = pdf.Root.StructTreeRoot
    numbers = root.ParentTree.Nums
    parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    tree = _Tree(section, parents, {p.obj.objgen: float(p.obj.MediaBox[3]) for p in pdf.pages})
    for top in tag_kids(root):
        _mend_element(top, tree)
    for top in tag_kids(root):
        _note_live(top, tree)
    for page in pdf.pages:
        _make_artifacts(pdf, page, tree)


def _mend_element(element: Any, tree: _Tree) -> bool:
    """Mend an element and all below it; return whether it is empty and should go."""
    kind = str(element.S)
    if kind == "/Figure" and str(element.get("/Alt", "")) == DECORATIVE:
        return True
    if kind == "/Figure":
        _flip_box(element, tree)
    if kind in ("/TH", "/TD"):
        mend_cell(element, tree.section)
    kept: list[Any] = []
    for kid in tag_kids(element):
        if not is_element(kid):
            kept.append(kid)
        elif not _mend_element(kid, tree):
            kept += _fold(kid, element, tree)
    element.K = Array(kept)
    if kind == "/Table":
        head_rows(element)
    return not kept and kind in DROPPED_WHEN_EMPTY


def _fold(kid: Any, parent: Any, tree: _Tree) -> list[Any]:
    """Return a bare Span's content in its place, or the kid itself."""
    bare = kid.S in (Name.Span, Name.NonStruct) and not any(
        k in kid for k in ("/Lang", "/Alt", "/ActualText", "/ID", "/A")
    )
    content = tag_kids(kid)
    if not bare or not content:
        return [kid]
    if all(is_element(k) for k in content):
        for grandchild in content:
            grandchild.P = parent
        return content
    same_page = "/Pg" in kid and "/Pg" in parent and kid.Pg.objgen == parent.Pg.objgen
    if str(parent.S) in GROUPS_TEXT and same_page and all(isinstance(k, int) for k in content):
        page_parents = tree.parents[int(kid.Pg.StructParents)]
        for mcid in content:
            page_parents[mcid] = parent
        return content
    return [kid]


def _flip_box(figure: Any, tree: _Tree) -> None:
    """WeasyPrint writes a figure's box in px from the top; ISO 32000-1 (14.8.5.4.5) wants pt from the foot."""
    height = tree.heights[figure.Pg.objgen]
    left, top, right, bottom = (float(x) * PX for x in figure.A.BBox)
    figure.A.BBox = Array([round(x, 3) for x in (left, height - bottom, right, height - top)])
    figure.A.O = Name.Layout


def _note_live(element: Any, tree: _Tree) -> None:
    for kid in tag_kids(element):
        if isinstance(kid, int):
            tree.live.add((element.Pg.objgen, kid))
        elif is_element(kid):
            _note_live(kid, tree)


def _make_artifacts(pdf: pikepdf.Pdf, page: pikepdf.Page, tree: _Tree) -> None:
    """Turn content that no element reaches into artifacts: all content is one or the other (ISO 14289-1, 7.1)."""
    key, parents = page.obj.objgen, tree.parents[int(page.obj.StructParents)]
    instructions: list[Any] = []
    changed = False
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) == "BDC" and "/MCID" in operands[1] and (key, int(operands[1].MCID)) not in tree.live:
            parents[int(operands[1].MCID)] = None
            instructions.append(([Name.Artifact, Dictionary(Type=Name.Layout)], operator))
            changed = True
        else:
            instructions.append((operands, operator))
    if changed:
        page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def _order_annotations(pdf: pikepdf.Pdf) -> None:
    """Put links and fields in reading order: viewers that know no tags walk a page along its annotations."""
    order: dict[tuple[int, int], int] = {}
    stack = tag_kids(pdf.Root.StructTreeRoot)[::-1]
    while stack:
        kid = stack.pop()
        if is_element(kid):
            stack += tag_kids(kid)[::-1]
        elif isinstance(kid, Dictionary) and "/Obj" in kid:
            order[kid.Obj.objgen] = len(order)
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = Array(sorted(page.obj.Annots, key=lambda item: order.get(item.objgen, len(order))))


def _wrap_content(page: pikepdf.Page) -> None:
    """Restore the graphics state at the end, so that folios can be drawn in plain coordinates."""
    content = page.obj.Contents
    content.write(b"q\n" + content.read_bytes() + b"\nQ\n")


def _mend_annotation(annotation: Any) -> None:
    annotation.F = int(annotation.get("/F", 0)) | PRINTED
    x0, y0, x1, y1 = map(float, annotation.Rect)
    annotation.Rect = Array([min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)])
    if annotation.Subtype != Name.Link or "/A" not in annotation:
        return
    address = str(annotation.A.URI)
    if address.startswith(LINK_SCHEME):
        target, _, title = address.removeprefix(LINK_SCHEME).partition("#")
        del annotation["/A"]
        annotation.Dest = String(target)
        annotation.Contents = String(unquote(title) or target)
    elif address.startswith("tel:"):
        annotation.Contents = String(unquote(address.removeprefix("tel:")))
    else:
        annotation.Contents = String(address.removeprefix("https://").removeprefix("mailto:"))


def _mend_form(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.AcroForm
    if "/NeedAppearances" in form:
        del form["/NeedAppearances"]
    fields = Array()
    groups: dict[str, Any] = {}
    for entry in form.Fields:
        if "/Parent" in entry:
            continue
        if "/Kids" in entry:
            _mend_radio_group(pdf, entry)
            # The engine begins a group anew on each page; answers to one question are one field wherever they stand.
            first = groups.setdefault(str(entry.T), entry)
            if first is entry:
                fields.append(entry)
            else:
                for kid in entry.Kids:
                    kid.Parent = first
                    first.Kids.append(kid)
            continue
        entry.TU = String(_say(str(entry.TU)))
        if entry.FT == "/Btn":
            entry.AP.N.Off = _blank(pdf, entry)
        else:
            entry.AP = Dictionary(N=_blank(pdf, entry, b"/Tx BMC EMC"))
            entry.DA = String(_plain_look(str(entry.DA)))
        fields.append(entry)
    form.Fields = fields


def _say(label: str) -> str:
    """A label as it is said: a question that ends with a title that is one has one mark; an answer follows it."""
    return QUESTION_IN_QUESTION.sub("?", label).replace(GROUP_SEPARATOR, " ")


def _plain_look(appearance: str) -> str:
    """Take the call of a graphics state out of a default appearance: the form has no such resource (12.7.3.3)."""
    return GRAPHICS_STATE.sub("", appearance).strip()


def _mend_radio_group(pdf: pikepdf.Pdf, group: Any) -> None:
    """Make the widgets plain kids of one field, with their values as states and no /Opt beside them."""
    group.TU = String(_say(str(group.TU).partition(GROUP_SEPARATOR)[0]))
    for kid, value in zip(group.Kids, group.Opt, strict=True):
        for key in ("/T", "/FT", "/Ff"):
            if key in kid:
                del kid[key]
        kid.TU = String(_say(str(kid.TU)))
        ticked = next(iter(kid.AP.N.values()))
        kid.AP = Dictionary(N=Dictionary({f"/{value}": ticked, "/Off": _blank(pdf, kid)}))
        kid.AS = Name.Off
    del group["/Opt"]
    group.V = Name.Off


def _blank(pdf: pikepdf.Pdf, widget: Any, content: bytes = b"") -> pikepdf.Stream:
    left, low, right, high = map(float, widget.Rect)
    box = Array([0, 0, round(abs(right - left), 3), round(abs(high - low), 3)])
    return pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=Dictionary())


def _take_fonts(pdf: pikepdf.Pdf) -> None:
    """Put one empty dictionary in the place of all font dictionaries, also of drawings; binding fills it."""
    hole = pdf.make_indirect(Dictionary())
    for entry in pdf.objects:
        if isinstance(entry, Dictionary | pikepdf.Stream):
            resources = entry.get("/Resources")
            if isinstance(resources, Dictionary) and "/Font" in resources:
                resources.Font = hole
    if "/AcroForm" in pdf.Root:
        pdf.Root.AcroForm.DR = Dictionary(Font=hole)
