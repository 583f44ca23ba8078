"""What a viewer draws: every run of text with its box, its tag and whether it is an artifact, as PDFium reads it.

PDFium is the engine of Chrome and of Android's viewers, and shares no code with what made the file.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
"""Left, foot, right, top in pt from the page's lower left corner."""
TEXT, FORM = 1, 5  # kinds of page objects (fpdf_edit.h)
DEEPEST = 8  # drawings inside drawings; a book has two


@dataclass(frozen=True)
class Run:
    """A run of text as it is drawn. ``tag`` is its marked-content id; None: it belongs to no element."""

    page: int
    text: str
    box: Box
    tag: int | None
    artifact: bool


class NoViewer(Exception):
    """The package that reads pages as a viewer does is not installed."""


def draw_text(data: bytes) -> tuple[tuple[Run, ...], ...]:
    """Return the runs of text of each page, in painting order.

    Raises:
        NoViewer: pypdfium2 is not installed (the extra ``verify``).
    """
    try:
        import pypdfium2
    except ImportError:
        raise NoViewer from None
    with pypdfium2.PdfDocument(data) as document:
        return tuple(_page(document, number) for number in range(len(document)))


def _page(document: Any, number: int) -> tuple[Run, ...]:
    import pypdfium2.raw as pdfium

    page = document[number]
    text = page.get_textpage()
    try:
        objects = [pdfium.FPDFPage_GetObject(page.raw, n) for n in range(pdfium.FPDFPage_CountObjects(page.raw))]
        return tuple(_runs(pdfium, objects, text.raw, number + 1, (1, 0, 0, 1, 0, 0), 0))
    finally:
        text.close()
        page.close()


def _runs(
    pdfium: Any, objects: list[Any], text: Any, page: int, matrix: tuple[float, ...], depth: int
) -> Iterator[Run]:
    for item in objects:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == TEXT:
            if words := _text(pdfium, item, text).strip():
                tag, artifact = _marks(pdfium, item)
                yield Run(page, words, _box(pdfium, item, matrix), tag, artifact)
        elif kind == FORM and depth < DEEPEST:
            inner = [pdfium.FPDFFormObj_GetObject(item, n) for n in range(pdfium.FPDFFormObj_CountObjects(item))]
            yield from _runs(pdfium, inner, text, page, _times(_matrix(pdfium, item), matrix), depth + 1)


def _text(pdfium: Any, item: Any, text: Any) -> str:
    length = pdfium.FPDFTextObj_GetText(item, text, None, 0)  # in bytes, with the closing zero
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    pdfium.FPDFTextObj_GetText(item, text, buffer, length)
    return bytes(buffer)[: max(length - 2, 0)].decode("utf-16-le", "replace").strip("\0")


def _box(pdfium: Any, item: Any, matrix: tuple[float, ...]) -> Box:
    sides = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *sides)
    left, foot, right, top = (side.value for side in sides)
    if matrix == (1, 0, 0, 1, 0, 0):
        return left, foot, right, top
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (foot, top)]
    across, along = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(along), max(across), max(along)


def _matrix(pdfium: Any, item: Any) -> tuple[float, ...]:
    found = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, found)
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: tuple[float, ...], outer: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _marks(pdfium: Any, item: Any) -> tuple[int | None, bool]:
    """Return the innermost marked-content id, and whether the run is an artifact."""
    tag, artifact = None, False
    for number in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, number)
        value = ctypes.c_int()
        if pdfium.FPDFPageObjMark_GetParamIntValue(mark, b"MCID", value):
            tag = value.value
        elif _mark_name(pdfium, mark) == "Artifact":
            artifact = True
    return tag, artifact


def _mark_name(pdfium: Any, mark: Any) -> str:
    buffer, length = (ctypes.c_ushort * 40)(), ctypes.c_ulong()
    pdfium.FPDFPageObjMark_GetName(mark, buffer, 80, length)
    return bytes(buffer)[: max(min(length.value, 80) - 2, 0)].decode("utf-16-le", "replace")
