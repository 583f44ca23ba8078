"""The style sheet of a book: the brand's values and the page's size, then the CSS of layout and edition."""

from __future__ import annotations

from workbook_builder.layout import Layout


def make_stylesheet(layout: Layout, paper: str) -> str:
    """Return the whole CSS for the layout's edition on ``paper`` (a key of layout.PAPERS), without @font-face rules."""
    width, height = layout.edition.size(paper)
    margins = layout.edition.margins
    properties = {
        **layout.palette,
        "page-width": f"{width}pt",
        "page-height": f"{height}pt",
    }
    root = ";".join(f"--{name}:{value}" for name, value in properties.items())
    page = (
        f"@page{{size:{width}pt {height}pt;"
        f"margin:{margins.top:g}mm {margins.right:g}mm {margins.bottom:g}mm {margins.left:g}mm}}"
    )
    return f":root{{{root}}}\n{page}\n{layout.css}"
