"""Where things stand: pages of one known size, nothing at the edge, nothing over something else. Lengths in pt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pikepdf import Array, Name

from workbook_builder.layout import PAPERS

from .codes import (
    BEYOND_EDGE,
    EMPTY_PAGE,
    FIELDS_OVERLAP,
    PAGES_DIFFER,
    TEXT_OVER_FIELD,
    TEXT_OVER_TEXT,
    UNKNOWN_SIZE,
)
from .drawn import Box, Run
from .findings import Fault
from .opened import Opened, rectangle

EDGE = 9.0
"""What office printers leave blank at each side (an eighth of an inch); text and fields keep clear of it."""
TOUCH = 1.5
"""Boxes may reach into each other by so much: rounding, and the line around a field."""
COVERED = 0.35
"""Text is drawn over text when so much of the smaller box is covered by the other. Measured on all pages of the
library: letters with deep descenders reach less than a tenth into the line below."""
SCREEN = (170.0, 430.0)
"""A page that is no paper is one for a screen held upright: as narrow as a phone (60 mm), at most as wide as a small
tablet (150 mm). A layout says which."""
SAME = 1.0
"""Sizes that differ by less are the same."""


def check_sizes(book: Opened) -> Iterator[Fault]:
    """All pages have one size, that of a paper or an edition, and are neither cropped nor turned."""
    sizes = [_size(page) for page in book.pages]
    known = (*PAPERS.values(), *book.expected.sizes)
    if sizes and not any(_alike(sizes[0], size) for size in known) and not _fits_a_screen(*sizes[0]):
        yield Fault(UNKNOWN_SIZE, 1, "the pages are {:.0f} × {:.0f} pt, which no edition has".format(*sizes[0]))
    for number, (page, size) in enumerate(zip(book.pages, sizes, strict=True), start=1):
        if not _alike(size, sizes[0]):
            yield Fault(PAGES_DIFFER, number, "page {} is {:.0f} × {:.0f} pt, unlike page 1".format(number, *size))
        cropped = "/CropBox" in page and not _alike(_size(page), _size(page, "/MediaBox"))
        if cropped or int(page.get("/Rotate", 0)) % 360 or float(page.get("/UserUnit", 1)) != 1:
            yield Fault(PAGES_DIFFER, number, f"page {number} is cropped, turned or scaled")


def check_edges(book: Opened) -> Iterator[Fault]:
    """No text and no field stands at or beyond the edge of its page, and no page is empty."""
    for page, widget in book.widgets:
        if not _inside(rectangle(widget), _bounds(book.pages[page - 1]), EDGE):
            yield Fault(BEYOND_EDGE, page, "a field stands at or beyond the edge of the page")
    for page, annotation in book.annotations:
        if annotation.get("/Subtype") == Name.Link and not _inside(
            rectangle(annotation), _bounds(book.pages[page - 1]), 0
        ):
            yield Fault(BEYOND_EDGE, page, "a link reaches beyond the page")
    for page, runs in enumerate(book.drawn or (), start=1):
        bounds = _bounds(book.pages[page - 1])
        beyond = sum(not _inside(run.box, bounds, EDGE) for run in runs)
        if beyond:
            yield Fault(BEYOND_EDGE, page, f"text stands at or beyond the edge of the page ({beyond} times)")
        if not any(not run.artifact for run in runs):
            yield Fault(EMPTY_PAGE, page, "there is nothing to read on the page")


def check_overlaps(book: Opened) -> Iterator[Fault]:
    """Fields keep clear of each other, text keeps clear of fields and of other text."""
    fields: dict[int, list[Box]] = {}
    for page, widget in book.widgets:
        fields.setdefault(page, []).append(rectangle(widget))
    for page, boxes in fields.items():
        if any(_overlap(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :]):
            yield Fault(FIELDS_OVERLAP, page, "two fields overlap, so that one cannot be clicked or read")
    for page, runs in enumerate(book.drawn or (), start=1):
        if any(_overlap(run.box, box) for run in runs for box in fields.get(page, ())):
            yield Fault(TEXT_OVER_FIELD, page, "text is drawn over a field")
        if _over_text(runs):
            yield Fault(TEXT_OVER_TEXT, page, "text is drawn over text, so that neither can be read")


def _over_text(runs: Sequence[Run]) -> bool:
    by_foot = sorted(runs, key=lambda run: run.box[1])
    for n, one in enumerate(by_foot):
        for other in by_foot[n + 1 :]:
            if other.box[1] > one.box[3]:
                break
            smaller = min(_area(one.box), _area(other.box))
            if smaller > 0 and _area(_common(one.box, other.box)) > COVERED * smaller:
                return True
    return False


def _size(page: Any, name: str = "/CropBox") -> tuple[float, float]:
    left, foot, right, top = _bounds(page, name)
    return right - left, top - foot


def _bounds(page: Any, name: str = "/CropBox") -> Box:
    """A page's box; boxes may be inherited from the page tree (ISO 32000-1, 7.7.3.4)."""
    for key in (name, "/MediaBox"):
        node, steps = page, 0
        while node is not None and steps < 50:
            if key in node:
                x0, y0, x1, y1 = (float(side) for side in Array(node[key]))
                return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
            node, steps = node.get("/Parent"), steps + 1
    return 0.0, 0.0, 0.0, 0.0


def _fits_a_screen(width: float, height: float) -> bool:
    return SCREEN[0] <= width <= SCREEN[1] and height > width


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= SAME and abs(one[1] - other[1]) <= SAME


def _inside(box: Box, bounds: Box, margin: float) -> bool:
    return (
        box[0] >= bounds[0] + margin - SAME and box[1] >= bounds[1] + margin - SAME
        and box[2] <= bounds[2] - margin + SAME and box[3] <= bounds[3] - margin + SAME
    )  # fmt: skip


def _common(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _overlap(one: Box, other: Box) -> bool:
    left, foot, right, top = _common(one, other)
    return right - left > TOUCH and top - foot > TOUCH


def _area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)
