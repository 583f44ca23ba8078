"""A layout's values in the units and types of typesetting and binding."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.bind import Style
from workbook_builder.layout import MM, Layout
from workbook_builder.typeset import Face, Sheet


def make_sheet(layout: Layout, css: str) -> Sheet:
    """Return the style sheet with its faces."""
    return Sheet(
        css, tuple(Face(family, weight, face_name(family, path), str(path)) for family, weight, path in layout.faces)
    )


def face_name(family: str, path: Path) -> str:
    """Return the name of a face: one file may serve two families, as the reading font does for fields."""
    return f"{family}-{path.name}"


def furniture_style(layout: Layout, paper: str) -> Style:
    """Return how running headers and folios look on this paper, in the layout's edition (lengths in pt)."""
    edition, palette = layout.edition, layout.palette
    names = {(family, weight): face_name(family, path) for family, weight, path in layout.faces}
    return Style(
        page=edition.size(paper),
        left=edition.margins.left * MM,
        right=edition.margins.right * MM,
        header=edition.furniture.header * MM,
        footer=edition.furniture.footer * MM,
        size=edition.furniture.size,
        folio_size=edition.furniture.folio_size,
        muted=_rgb(palette["muted"]),
        strong=_rgb(palette["brand"]),
        regular=(names["Body", 400], names["Head", 400]),
        bold=(names["Body", 700], names["Head", 600]),
    )


def _rgb(colour: str) -> tuple[float, float, float]:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255
