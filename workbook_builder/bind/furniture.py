"""Running headers, folios and the book number: drawn at binding, as artifacts, since they are known only then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook_builder.bind.fonts import Shaped, open_face
from workbook_builder.book import Glyphs
from workbook_builder.errors import InputProblems, Problem

SHORT_TITLE = 7
"""Words of a running header at most; a longer one reads as a line of text that a screen reader would pass over."""
BRAND_GAP = 1.5
"""Space between the brand and the book's title, in em."""
BAND = 15.0
"""Height of the bar along the head of a marked book's pages, in pt."""
NUMBER_LETTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Letters of a book number: a book that has one has them all in its fonts, so that books of one plan share them."""
REGULAR, BOLD = "WBFURN", "WBFURB"  # resource names of the furniture's fonts


@dataclass(frozen=True)
class Style:
    """How furniture looks. Lengths in pt; colours as RGB from 0 to 1; ``regular`` and ``bold`` name faces; for
    each text the first that has all its characters is used."""

    page: tuple[float, float]
    left: float
    right: float
    header: float
    footer: float
    size: float
    folio_size: float
    muted: tuple[float, float, float]
    strong: tuple[float, float, float]
    regular: tuple[str, ...]
    bold: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """What furniture says: the book's title, the practice's brand (may be empty), the book number for the last page and
    ``mark``: for whom the book is, at the head of each page, when it is not the client's."""

    title: str
    brand: str
    number: str
    mark: str = ""


class Furniture:
    """Draws the furniture of one book and remembers which glyphs it used. Raises InputProblems for a text that no font
    has all characters of."""

    def __init__(self, style: Style, texts: Texts, faces: Mapping[str, Path]) -> None:
        self.style, self.texts = style, texts
        self._faces = faces
        self._used: dict[tuple[str, str], dict[int, str]] = {}
        self._found: dict[tuple[str, str], tuple[int, Shaped, str]] = {}

    def draw(self, section_title: str, folio: int, last: bool = False) -> bytes:
        """Return the drawing instructions for one page, as pagination artifacts (ISO 32000-1, 14.8.2.2.2).

        Nothing is drawn on a page of a section without a title, as the cover.
        """
        if not section_title:
            return b""
        style = self.style
        width, height = style.page
        top, edge = height - style.header, width - style.right
        mark = self._width(self.texts.mark, BOLD, style.size)
        room = edge - style.left - (mark + BRAND_GAP * style.size if mark else 0)
        title = self._fit(shorten(section_title), room)
        head = [
            self._line(title, REGULAR, style.size, edge, top, style.muted, from_right=True),
            self._line(self.texts.mark, BOLD, style.size, style.left, top, style.strong),
        ]
        tail = self._draw_foot(str(folio), self.texts.number if last else "")
        band = self._band() if self.texts.mark else b""
        return band + _artifact(b"/Header /Attached [/Top]", head) + _artifact(b"/Footer /Attached [/Bottom]", tail)

    def _band(self) -> bytes:
        """Return a bar along the head of a page, by which a marked book is known from afar."""
        (width, height), paint = self.style.page, " ".join(f"{part:.4g}" for part in self.style.strong)
        bar = f"q {paint} rg 0 {height - BAND:.3f} {width:.3f} {BAND:.3f} re f Q\n".encode()
        return b"/Artifact <</Type /Pagination /Subtype /Header /Attached [/Top]>> BDC\n" + bar + b"EMC\n"

    def _draw_foot(self, folio: str, number: str) -> list[bytes]:
        """Brand, title, on the last page the book number, and the folio: as many of them as have room side by side."""
        style, foot = self.style, self.style.footer
        edge = style.page[0] - style.right
        end = [self._line(folio, BOLD, style.folio_size, edge, foot, style.strong, from_right=True)]
        room = edge - self._width(folio, BOLD, style.folio_size)
        if number:
            self._shape(NUMBER_LETTERS, REGULAR)
            room = (style.page[0] - self._width(number, REGULAR, style.size)) / 2
            end.append(self._line(number, REGULAR, style.size, room, foot, style.muted))
        left, begin = style.left, []
        for text, weight, colour in (
            (self.texts.brand, BOLD, style.strong), (self.texts.title, REGULAR, style.muted),
        ):  # fmt: skip
            if not text:
                continue
            width = self._width(text, weight, style.size)
            if left + width > room - style.size:
                break
            begin.append(self._line(text, weight, style.size, left, foot, colour))
            left += width + BRAND_GAP * style.size
        return begin + end

    def _fit(self, text: str, room: float) -> str:
        """Return a title that is no wider than ``room`` pt: as many of its words as fit."""
        words = text.removesuffix(" …").split()
        while len(words) > 1 and self._width(text, REGULAR, self.style.size) > room:
            words.pop()
            text = " ".join(words) + " …"
        return text

    def _width(self, text: str, weight: str, size: float) -> float:
        """Return the width of a text in pt, without remembering its glyphs."""
        return self._find(text, weight)[1].width * size if text else 0.0

    def glyphs(self) -> Iterator[Glyphs]:
        """Which glyphs were drawn, by resource."""
        for (resource, face), text in self._used.items():
            yield Glyphs(face, resource, dict(text))

    def _line(
        self, text: str, weight: str, size: float, x: float, y: float, colour: tuple[float, float, float],
        from_right: bool = False,
    ) -> bytes:  # fmt: skip
        if not text:
            return b""
        resource, shaped = self._shape(text, weight)
        left = x - shaped.width * size if from_right else x
        paint = " ".join(f"{part:.4g}" for part in colour)
        return (
            f"{paint} rg /{resource} {size:g} Tf 1 0 0 1 {left:.3f} {y:.3f} Tm ".encode() + shaped.instructions + b"\n"
        )

    def _shape(self, text: str, weight: str) -> tuple[str, Shaped]:
        number, shaped, face = self._find(text, weight)
        resource = f"{weight}{number or ''}"
        self._used.setdefault((resource, face), {}).update(shaped.text)
        return resource, shaped

    def _find(self, text: str, weight: str) -> tuple[int, Shaped, str]:
        """Return which face has all characters of a text, the shaped text, and the face's name."""
        if (text, weight) not in self._found:
            names = self.style.regular if weight == REGULAR else self.style.bold
            number = next((n for n, name in enumerate(names) if open_face(self._faces[name]).has(text)), None)
            if number is None:
                message = f'no font has all characters of "{text}"'
                raise InputProblems([Problem("running header", 0, 0, "WB170", message)])
            self._found[text, weight] = number, open_face(self._faces[names[number]]).shape(text), names[number]
        return self._found[text, weight]


def shorten(title: str) -> str:
    """Return a title as its running header says it: seven words at most."""
    words = title.split()
    return title if len(words) <= SHORT_TITLE else " ".join(words[:SHORT_TITLE]) + " …"


def _artifact(subtype: bytes, lines: list[bytes]) -> bytes:
    opening = b"/Artifact <</Type /Pagination /Subtype " + subtype + b">> BDC\nBT\n"
    return opening + b"".join(lines) + b"ET\nEMC\n"
