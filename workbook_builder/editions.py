"""Editions: one book for every eye and hand. What an edition changes of a layout's sizes; its type is in its CSS."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from workbook_builder.source import Strict
from workbook_builder.vocabulary import STANDARD

MM = 72 / 25.4
"""One millimetre in pt."""
PAPERS: dict[str, tuple[float, float]] = {"letter": (612.0, 792.0), "a4": (595.276, 841.89)}
"""Paper sizes in pt."""


class Margins(Strict):
    """Margins of the type area in mm."""

    top: float = Field(ge=15, le=60)
    right: float = Field(ge=10, le=60)
    bottom: float = Field(ge=15, le=60)
    left: float = Field(ge=10, le=60)


class EditionMargins(Margins):
    """Margins of an edition in mm: a page as small as a phone has smaller ones than paper."""

    top: float = Field(ge=5, le=60)
    right: float = Field(ge=4, le=60)
    bottom: float = Field(ge=5, le=60)
    left: float = Field(ge=4, le=60)


class FurnitureSizes(Strict):
    """Where running header and folio stand (mm from the page's edge) and how large they are (pt, 9 or more)."""

    header: float = Field(ge=5, le=50)
    footer: float = Field(ge=5, le=50)
    size: float = Field(ge=9, le=30)
    folio_size: float = Field(ge=9, le=30)


class PageSize(Strict):
    """A page of a size of its own, in mm, whatever the paper."""

    width: float = Field(ge=60, le=420)
    height: float = Field(ge=100, le=600)


class EditionSettings(Strict):
    """What an edition changes. What is left out is the program's default for this edition (:data:`DEFAULTS`)."""

    page: PageSize | None = None
    """None: the paper."""
    margins: EditionMargins | None = None
    furniture: FurnitureSizes | None = None
    columns: int | None = Field(default=None, ge=1, le=9)
    """Columns that a table has at most, the one with the rows' names included; a wider one becomes stacked blocks."""
    letters: float | None = Field(default=None, ge=6, le=40)
    """The least size of a picture's letters in pt; a picture that cannot keep it is told in words."""


class Editions(Strict):
    """The editions of a layout by their names."""

    standard: EditionSettings = EditionSettings()
    large_print: EditionSettings = Field(default=EditionSettings(), alias="large-print")
    screen: EditionSettings = EditionSettings()


# Large print after the American Council of the Blind: 18 pt, margins of an inch. A phone is about 90 mm wide when its
# pixels are counted as CSS does; 44 of them, what a thumb can hit, are about 10 mm then.
DEFAULTS: dict[str, EditionSettings] = {
    STANDARD: EditionSettings(columns=9, letters=9),
    "large-print": EditionSettings(
        margins=EditionMargins(top=27, right=25.4, bottom=25.4, left=25.4),
        furniture=FurnitureSizes(header=15, footer=12, size=18, folio_size=18),
        columns=2,
        letters=18,
    ),
    "screen": EditionSettings(
        page=PageSize(width=90, height=160),
        margins=EditionMargins(top=14, right=6, bottom=13, left=6),
        furniture=FurnitureSizes(header=8, footer=6, size=10.5, folio_size=10.5),
        columns=1,
        letters=12,
    ),
}


@dataclass(frozen=True)
class Edition:
    """An edition of one layout: nothing is left open. Lengths in mm, letters in pt."""

    name: str
    page: PageSize | None
    margins: Margins
    furniture: FurnitureSizes
    columns: int
    letters: float

    def size(self, paper: str) -> tuple[float, float]:
        """Return width and height of a page in pt; ``paper`` is a key of PAPERS."""
        return (round(self.page.width * MM, 3), round(self.page.height * MM, 3)) if self.page else PAPERS[paper]

    @property
    def measure(self) -> float:
        """The width of the type area in pt, on the narrowest paper."""
        width = min(self.size(paper)[0] for paper in PAPERS)
        return width - (self.margins.left + self.margins.right) * MM


def resolve(name: str, settings: Editions, margins: Margins, furniture: FurnitureSizes) -> Edition:
    """Return the edition ``name``: what the layout says of it, else the program's default, else the layout's values.

    Raises:
        KeyError: there is no such edition.
    """
    default = DEFAULTS[name]
    own: EditionSettings = getattr(settings, name.replace("-", "_"))
    columns, letters = own.columns or default.columns, own.letters or default.letters
    assert columns and letters
    return Edition(
        name, own.page or default.page, own.margins or default.margins or margins,
        own.furniture or default.furniture or furniture, columns, letters,
    )  # fmt: skip
