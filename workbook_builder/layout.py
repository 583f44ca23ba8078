"""Reads a layout folder: brand values, templates, style sheets, fonts. Nothing outside the folder is read but the
program's own fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workbook_builder.editions import MM, PAPERS, Edition, Editions, FurnitureSizes, Margins, resolve
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.source import Strict, load, read_text
from workbook_builder.vocabulary import EDITIONS, STANDARD

__all__ = ["MM", "PAPERS", "PROGRAM_FONTS", "Layout", "LayoutValues", "load_layout"]

PROGRAM_FONTS = Path(__file__).parent / "fonts"

TRUETYPE = (b"\x00\x01\x00\x00", b"true")
"""How a font file with TrueType outlines begins (OpenType 1.9, table directory)."""

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Colours(Strict):
    """The layout's colours, as #rrggbb."""

    ink: Colour
    muted: Colour
    line: Colour
    field_line: Colour = Field(alias="field-line")
    paper: Colour
    tint: Colour
    brand: Colour
    brand_soft: Colour = Field(alias="brand-soft")
    brand_mid: Colour = Field(alias="brand-mid")
    accent: Colour
    accent_soft: Colour = Field(alias="accent-soft")
    sun: Colour
    learn: Colour
    write: Colour
    read: Colour
    watch: Colour
    journal: Colour


class Family(Strict):
    """The two faces of a font family: file names in the layout's folder or among the program's fonts."""

    regular: FileName
    bold: FileName


class Fonts(Strict):
    """Font families: ``body`` for reading and for fields, ``head`` for headings and where ``body`` lacks a glyph."""

    body: Family
    head: Family


class LayoutValues(Strict):
    """What a practice may change: layout.yaml."""

    name: str = Field(min_length=1, max_length=60)
    logo: FileName | None = None
    colours: Colours
    fonts: Fonts
    paper: Literal["letter", "a4"] = "letter"
    margins: Margins
    furniture: FurnitureSizes
    editions: Editions = Editions()


@dataclass(frozen=True)
class Layout:
    """A layout, read whole. ``templates`` maps file names to Jinja source; ``css`` holds the style sheets."""

    folder: str
    values: LayoutValues
    templates: Mapping[str, str]
    css: str
    logo_svg: str
    faces: tuple[tuple[str, int, Path], ...]
    """CSS family, weight, file."""
    edition_css: Mapping[str, str]
    """What each edition but the standard one adds to ``css``."""
    edition: Edition
    """The edition that the book is set in."""

    def in_edition(self, name: str) -> Layout:
        """Return this layout for the edition ``name``, its style sheet included.

        Raises:
            InputProblems: the layout has no style sheet for it.
        """
        if name != STANDARD and name not in self.edition_css:
            hint = f"copy {name}.css from layouts/restartt"
            raise InputProblems([Problem(f"layouts/{self.folder}/{name}.css", 0, 0, "WB154", "is missing", hint=hint)])
        edition = resolve(name, self.values.editions, self.values.margins, self.values.furniture)
        return replace(self, css=self.css + self.edition_css.get(name, ""), edition=edition)

    def colour(self, name: str) -> str:
        """Return a colour by its name in layout.yaml.

        Raises:
            KeyError: there is no such colour.
        """
        return self.palette[name]

    @property
    def palette(self) -> dict[str, str]:
        """All colours by their names in layout.yaml."""
        return self.values.colours.model_dump(by_alias=True)


def load_layout(folder: Path) -> Layout:
    """Read a layout folder.

    Raises:
        InputProblems: what is missing or wrong, with its place.
    """
    shown = folder.name
    text = read_text(folder / "layout.yaml", f"{shown}/layout.yaml")
    values, _marks, problems = load(LayoutValues, text, f"{shown}/layout.yaml")
    templates = {path.name: _read_inside(folder, path) for path in sorted(folder.glob("*.html.j2"))}
    sheets = {path.stem: _read_inside(folder, path) for path in sorted(folder.glob("*.css"))}
    edition_css = {name: sheets.pop(name) for name in EDITIONS if name in sheets}
    if not templates:
        problems.append(Problem(shown, 0, 0, "WB150", "has no templates", hint="a layout needs *.html.j2 files"))
    if values is None or problems:
        raise InputProblems(problems)
    faces = (
        ("Body", 400, _font(folder, values.fonts.body.regular)),
        ("Body", 700, _font(folder, values.fonts.body.bold)),
        ("Head", 400, _font(folder, values.fonts.head.regular)),
        ("Head", 600, _font(folder, values.fonts.head.bold)),
        # Fields have a family of their own: a font that is used in a field loses the text of glyphs outside its cmap.
        ("Field", 400, _font(folder, values.fonts.body.regular)),
    )
    logo = _read_inside(folder, folder / values.logo) if values.logo else ""
    return Layout(
        folder.name, values, templates, "\n".join(sheets.values()),
        re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", logo, flags=re.S), faces, edition_css,
        resolve(STANDARD, values.editions, values.margins, values.furniture),
    )  # fmt: skip


def _read_inside(folder: Path, path: Path) -> str:
    """Read a file of the layout; a link that leads out of the folder is refused."""
    shown = f"{folder.name}/{path.name}"
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputProblems(
            [Problem(shown, 0, 0, "WB151", "leads out of the layout's folder", hint="copy the file here")]
        )
    return read_text(path, shown)


def _font(folder: Path, name: str) -> Path:
    for place in (folder, PROGRAM_FONTS):
        path = place / name
        if path.is_file() and path.resolve().is_relative_to(place.resolve()):
            _refuse_other_formats(path, folder)
            return path
    known = [p.name for p in PROGRAM_FONTS.glob("*.ttf")]
    hint = did_you_mean(name, known) or f"the program has {', '.join(sorted(known))}"
    raise InputProblems([Problem(f"{folder.name}/layout.yaml", 0, 0, "WB152", f"no font file {name}", "fonts", hint)])


def _refuse_other_formats(path: Path, folder: Path) -> None:
    """Only TrueType outlines can be bound, and the engine crashes on what is no font at all."""
    with path.open("rb") as file:
        if file.read(4) in TRUETYPE:
            return
    hint = "convert it to TrueType outlines (.ttf), not varying in weight"
    raise InputProblems(
        [Problem(f"{folder.name}/layout.yaml", 0, 0, "WB152", f"{path.name} is not a TrueType font", "fonts", hint)]
    )
