"""Drawings in an edition whose letters are larger, or whose page is narrower, than what they were drawn for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workbook_builder.editions import Edition
from workbook_builder.vocabulary import STANDARD

NARROW = ".narrow.svg"
"""Beside a drawing ``x.svg`` may lie ``x.narrow.svg``: the same for a narrow page and large letters."""
EASE = 1.04
"""How much larger than the least the letters of a drawing are where there is room."""


@dataclass(frozen=True)
class Picture:
    """A drawing to put into the page, and its width in pt; None: the width of the type area."""

    svg: str
    width: float | None


def fit_picture(path: Path, edition: Edition) -> Picture | None:
    """Return the drawing at ``path``, or its narrow one, large enough for the edition's letters; None: neither can be.

    In the standard edition a drawing is as wide as the type area, as it was drawn for.
    """
    if edition.name == STANDARD:
        return Picture(path.read_text(encoding="utf-8"), None)
    for one in (path, path.with_name(path.stem + NARROW)):
        if one.is_file() and (width := _width_for(svg := one.read_text(encoding="utf-8"), edition)):
            return Picture(svg, round(width, 1))
    return None


def _width_for(svg: str, edition: Edition) -> float | None:
    """Return how wide a drawing has to be so that its smallest letters have the edition's size; None: too wide."""
    box = re.search(r'viewBox="\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)', svg)
    sizes = [float(size) for size in re.findall(r'font-size\s*[=:]\s*"?\s*([\d.]+)', svg)]
    if not sizes or box is None:  # no letters: as wide as the type area; no box: nothing is known of it
        return edition.measure if not sizes else None
    width = float(box[1]) * edition.letters / min(sizes)
    return min(width * EASE, edition.measure) if width <= edition.measure else None
