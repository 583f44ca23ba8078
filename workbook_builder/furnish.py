"""A layout's values in the units and types of typesetting and binding."""

from __future__ import annotations

from pathlib import Path

from workbook_builder.bind import Style
from workbook_builder.bind.fonts import open_face
from workbook_builder.layout import MM, Layout
from workbook_builder.typeset import Face, Sheet


def make_sheet(layout: Layout, css: str, typed: str = "") -> Sheet:
    """Return the style sheet with its faces.

    ``typed``: words in the letters that the client uses. A field has one font and no second one behind it, so when the
    reading font lacks any of these letters and the headings' font has them all, fields are set in that.
    """
    paths = {(family, weight): path for family, weight, path in layout.faces}
    other = paths["Head", 400]
    if not open_face(paths["Field", 400]).has(typed) and open_face(other).has(typed):
        paths["Field", 400] = other
    return Sheet(
        css, tuple(Face(family, weight, face_name(family, path), str(path)) for (family, weight), path in paths.items())
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
