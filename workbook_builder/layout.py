"""Reads a layout folder: brand values, templates, style sheets, fonts, logo. What a layout lacks comes from its base,
another layout that it names. Nothing outside of these folders is read but the program's own fonts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workbook_builder.editions import MM, PAPERS, Edition, Editions, FurnitureSizes, Margins, resolve
from workbook_builder.errors import InputProblems, Problem, did_you_mean
from workbook_builder.markup import clean_logo
from workbook_builder.source import Marks, Strict, load, read_text
from workbook_builder.vocabulary import EDITIONS, STANDARD

__all__ = ["MM", "PAPERS", "PROGRAM_FONTS", "Layout", "LayoutValues", "load_layout", "read_values"]

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
    """What a practice may change: layout.yaml. A layout with a base writes only what differs from it."""

    base: FileName | None = None
    """A layout that gives everything this one lacks: settings, templates, and style sheets, which come first."""
    name: str | None = Field(default=None, max_length=60)
    """The brand on the cover and at the foot of each page; null prints none."""
    logo: FileName | None = None
    """An SVG file for the cover, in place of the name."""
    figures: Literal["filled", "outlined"] = "filled"
    """How the pictures in modules are drawn: outlined ones take little ink."""
    colours: Colours
    fonts: Fonts
    paper: Literal["letter", "a4"] = "letter"
    margins: Margins
    furniture: FurnitureSizes
    editions: Editions = Editions()


class _Base(BaseModel):
    """The one setting that is needed before the others can be read."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    base: FileName | None = None


Find = Callable[[str], Path | None]
"""The name of a layout → its folder, or None when there is none."""


@dataclass(frozen=True)
class Layout:
    """A layout, read whole. ``templates`` maps file names to Jinja source; ``css`` holds the style sheets.

    A template of the base has a second name with the base's folder in front, ``restartt/cover.html.j2``, so that one
    that takes its place can extend it. ``folders``: the layout's own, its base's, and so on.
    """

    values: LayoutValues
    folders: tuple[Path, ...]
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
            raise InputProblems(
                [Problem(f"layouts/{self.folders[0].name}/{name}.css", 0, 0, "WB156", "is missing", hint=hint)]
            )
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


def load_layout(folder: Path, find: Find | None = None) -> Layout:
    """Read a layout folder, and those that it is based on.

    ``find`` knows where a base lies; without it, a base is a folder beside this one.

    Raises:
        InputProblems: what is missing or wrong, with its place.
    """
    return _load(folder, find or (lambda name: _beside(folder, name)), ())


def read_values(folder: Path, find: Find | None = None) -> tuple[LayoutValues | None, Marks]:
    """Return a layout's values, those of its base included, and where its own stand; None when any is wrong."""
    find = find or (lambda name: _beside(folder, name))
    try:
        base = _load_base(folder, find, ())
        values, marks, _ = _load_values(folder, base)
    except InputProblems:
        return None, Marks()
    return values, marks


def _load(folder: Path, find: Find, above: tuple[Path, ...]) -> Layout:
    """Read a layout; ``above`` are those that have led to it."""
    shown = folder.name
    base = _load_base(folder, find, above)
    values, _marks, problems = _load_values(folder, base)
    templates = {path.name: _read_inside(folder, path) for path in sorted(folder.glob("*.html.j2"))}
    sheets = {path.stem: _read_inside(folder, path) for path in sorted(folder.glob("*.css"))}
    edition_css = {name: sheets.pop(name) for name in EDITIONS if name in sheets}
    css = "\n".join(sheets.values())
    if base is not None:
        named = {f"{base.folders[0].name}/{name}": text for name, text in base.templates.items() if "/" not in name}
        templates = {**base.templates, **named, **templates}
        css = f"{base.css}\n{css}"
        edition_css = {
            name: "\n".join(sheet[name] for sheet in (base.edition_css, edition_css) if name in sheet)
            for name in EDITIONS
            if name in base.edition_css or name in edition_css
        }
    if not templates:
        problems.append(Problem(shown, 0, 0, "WB150", "has no templates", hint="a layout needs *.html.j2 files"))
    if values is None or problems:
        raise InputProblems(problems)
    folders = (folder, *(base.folders if base else ()))
    body, head = values.fonts.body, values.fonts.head
    faces = (
        ("Body", 400, _font(folders, body.regular)),
        ("Body", 700, _font(folders, body.bold)),
        ("Head", 400, _font(folders, head.regular)),
        ("Head", 600, _font(folders, head.bold)),
        # Fields have a family of their own: a font that is used in a field loses the text of glyphs outside its cmap.
        ("Field", 400, _font(folders, body.regular)),
    )
    edition = resolve(STANDARD, values.editions, values.margins, values.furniture)
    return Layout(values, folders, templates, css, _logo(folders, values), faces, edition_css, edition)


def _beside(folder: Path, name: str) -> Path | None:
    path = folder.parent / name
    return path if (path / "layout.yaml").is_file() else None


def _load_values(folder: Path, base: Layout | None) -> tuple[LayoutValues | None, Marks, list[Problem]]:
    shown = f"{folder.name}/layout.yaml"
    under = base.values.model_dump(by_alias=True, exclude={"base"}) if base else None
    return load(LayoutValues, read_text(folder / "layout.yaml", shown), shown, under)


def _load_base(folder: Path, find: Find, above: tuple[Path, ...]) -> Layout | None:
    """Return the layout that a folder's layout.yaml names as its base, None when it names none.

    Raises:
        InputProblems: there is no such layout, or it is based on this one; what is wrong in the base.
    """
    shown = f"{folder.name}/layout.yaml"
    named, marks, problems = load(_Base, read_text(folder / "layout.yaml", shown), shown)
    if named is None or named.base is None:
        if any(problem.where == "base" for problem in problems):
            raise InputProblems(problems)  # the settings that a base would give are not told as missing
        return None
    there, chain = find(named.base), (*above, folder)
    if there is not None and there.resolve() not in {path.resolve() for path in chain}:
        return _load(there, find, chain)
    if there is None:
        message, hint = f'there is no layout "{named.base}"', "the shipped one to build on is restartt"
    else:
        message = f"a circle: {' → '.join(path.name for path in (*chain, there))}"
        hint = "one of them has to stand on its own"
    raise InputProblems([Problem(shown, *marks.at("base"), "WB154", message, "base", hint)])


def _logo(folders: tuple[Path, ...], values: LayoutValues) -> str:
    """Return the logo as SVG that can stand in a page, or an empty text."""
    if not values.logo:
        return ""
    folder = next((folder for folder in folders if (folder / values.logo).exists()), folders[0])
    path, shown = folder / values.logo, f"{folder.name}/{values.logo}"
    try:
        text = _read_inside(folder, path)
    except InputProblems as error:
        if any(problem.code != "WB104" for problem in error.problems):
            raise
        text = ""  # a picture of another kind
    drawing, problems = clean_logo(text, shown, values.name or "")
    if problems:
        raise InputProblems(problems)
    return drawing


def _read_inside(folder: Path, path: Path) -> str:
    """Read a file of the layout; a link that leads out of the folder is refused."""
    shown = f"{folder.name}/{path.name}"
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputProblems(
            [Problem(shown, 0, 0, "WB151", "leads out of the layout's folder", hint="copy the file here")]
        )
    return read_text(path, shown)


def _font(folders: tuple[Path, ...], name: str) -> Path:
    shown = f"{folders[0].name}/layout.yaml"
    for place in (*folders, PROGRAM_FONTS):
        path = place / name
        if path.is_file() and path.resolve().is_relative_to(place.resolve()):
            _refuse_other_formats(path, shown)
            return path
    known = [p.name for p in PROGRAM_FONTS.glob("*.ttf")]
    hint = did_you_mean(name, known) or f"the program has {', '.join(sorted(known))}"
    raise InputProblems([Problem(shown, 0, 0, "WB152", f"no font file {name}", "fonts", hint)])


def _refuse_other_formats(path: Path, shown: str) -> None:
    """Only TrueType outlines can be bound, and the engine crashes on what is no font at all."""
    with path.open("rb") as file:
        if file.read(4) in TRUETYPE:
            return
    hint = "convert it to TrueType outlines (.ttf), not varying in weight"
    raise InputProblems([Problem(shown, 0, 0, "WB152", f"{path.name} is not a TrueType font", "fonts", hint)])
