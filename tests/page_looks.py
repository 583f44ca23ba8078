"""What stands where on a page: letters with their size, fields, links. For tests of looks. Lengths in pt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pdf_facts import parent_tree
from pikepdf import Dictionary, Name

Matrix = tuple[float, float, float, float, float, float]
INLINE = {"/Span", "/Link", "/NonStruct", "/Lbl"}
SHOWS = {"Tj", "TJ", "'", '"'}


@dataclass(frozen=True)
class Text:
    """Some letters of one line: the tag that they stand in, their size and where their base line begins."""

    tag: str
    size: float
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """A field or a link; ``size`` is that of the letters typed into a field, 0 where none are."""

    name: str
    kind: str
    rect: tuple[float, float, float, float]
    size: float = 0.0

    @property
    def width(self) -> float:
        """From left to right."""
        return self.rect[2] - self.rect[0]

    @property
    def height(self) -> float:
        """From foot to head."""
        return self.rect[3] - self.rect[1]

    def overlaps(self, other: Box, by: float = 0.5) -> bool:
        """Whether two boxes lie on each other by more than rounding."""
        a, b = self.rect, other.rect
        return min(a[2], b[2]) - max(a[0], b[0]) > by and min(a[3], b[3]) - max(a[1], b[1]) > by


@dataclass
class PageLook:
    """One page."""

    width: float
    height: float
    texts: list[Text] = field(default_factory=list)
    fields: list[Box] = field(default_factory=list)
    links: list[Box] = field(default_factory=list)
    drawings: list[float] = field(default_factory=list)
    """The feet of what is drawn without letters."""

    @property
    def lines(self) -> int:
        """How many lines of text there are, a field counted as one."""
        return len({round(text.y) for text in self.texts}) + len({round(box.rect[1]) for box in self.fields})


def look_at(pdf_bytes: bytes) -> list[PageLook]:
    """Return the pages of a PDF, or of a fragment."""
    with pikepdf.open(BytesIO(pdf_bytes)) as pdf:
        owners = parent_tree(pdf)
        return [_look(page, owners[int(page.obj.StructParents)]) for page in pdf.pages]


def _look(page: pikepdf.Page, owners: Any) -> PageLook:
    box = [float(x) for x in page.obj.MediaBox]
    look = PageLook(box[2], box[3])
    look.texts = list(_texts(page, page.obj.get("/Resources"), (1, 0, 0, 1, 0, 0), "", owners))
    for annotation in page.obj.get("/Annots", []):
        x0, y0, x1, y1 = (float(x) for x in annotation.Rect)
        rect = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        if annotation.Subtype == Name.Link:
            look.links.append(Box(str(annotation.get("/Contents", "")), "link", rect))
        elif annotation.Subtype == Name.Widget:
            holder = annotation if "/FT" in annotation else annotation.Parent
            kind = "button" if holder.FT == Name.Btn else "text"
            look.fields.append(Box(str(holder.T), kind, rect, _typed_size(annotation) if kind == "text" else 0.0))
    return look


def _typed_size(annotation: Any) -> float:
    """Return the size in a field's default appearance, such as ``/F1 12 Tf``."""
    words = str(annotation.DA).split()
    return float(words[words.index("Tf") - 1])


def _tag(properties: Any, owners: Any) -> str:
    """Return the block that marked content stands in, such as P or H2; empty for an artifact."""
    if not isinstance(properties, Dictionary) or "/MCID" not in properties:
        return ""
    element = owners[int(properties.MCID)]
    while element is not None and str(element.S) in INLINE:
        element = element.get("/P")
    return "" if element is None else str(element.S)[1:]


def _texts(stream: Any, resources: Any, start: Matrix, tag: str, owners: Any) -> Iterator[Text]:
    matrix, kept, tags = start, [], [tag]
    size, line = 0.0, start
    for operands, operator in pikepdf.parse_content_stream(stream):
        sign = str(operator)
        if sign == "q":
            kept.append(matrix)
        elif sign == "Q":
            matrix = kept.pop()
        elif sign == "cm":
            matrix = _times(tuple(float(x) for x in operands), matrix)
        elif sign in ("BDC", "BMC"):
            tags.append((_tag(operands[1], owners) if sign == "BDC" else "") or tags[-1])
        elif sign == "EMC":
            tags.pop()
        elif sign == "BT":
            line = (1, 0, 0, 1, 0, 0)
        elif sign == "Tf":
            size = float(operands[1])
        elif sign == "Tm":
            line = tuple(float(x) for x in operands)  # type: ignore[assignment]
        elif sign in ("Td", "TD"):
            line = _times((1, 0, 0, 1, float(operands[0]), float(operands[1])), line)
        elif sign in SHOWS:
            a, b, c, d, x, y = _times(line, matrix)
            yield Text(tags[-1], size * abs(a * d - b * c) ** 0.5, x, y)
        elif sign == "Do":
            form = resources.XObject[str(operands[0])]
            if form.Subtype == Name.Form:
                own = tuple(float(x) for x in form.get("/Matrix", [1, 0, 0, 1, 0, 0]))
                yield from _texts(form, form.get("/Resources", resources), _times(own, matrix), tags[-1], owners)  # type: ignore[arg-type]


def _times(one: Any, other: Any) -> Matrix:
    """Return ``one`` before ``other``, as PDF multiplies (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = one
    g, h, i, j, k, l_ = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l_)
