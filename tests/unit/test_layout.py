"""A layout folder, read and checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import ROOT

from workbook_builder.errors import InputProblems
from workbook_builder.layout import PROGRAM_FONTS, Layout, load_layout

SHIPPED = ROOT / "layouts" / "restartt"
BODY = "AtkinsonHyperlegible-Regular.ttf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped layout, to be changed."""
    return shutil.copytree(SHIPPED, tmp_path / "mine")


def change(folder: Path, old: str, new: str) -> None:
    """Replace a text of layout.yaml that stands there."""
    path = folder / "layout.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    """Return what is said about a layout that cannot be read."""
    with pytest.raises(InputProblems) as error:
        load_layout(folder)
    return [str(problem) for problem in error.value.problems]


def test_shipped_layout_is_read_whole(layout: Layout) -> None:
    """Values, templates, style sheets, and the five faces with a family of its own for fields."""
    assert layout.values.name == "restartt"
    assert {"base.html.j2", "cover.html.j2", "module.html.j2"} <= layout.templates.keys()
    assert ".cover" in layout.css
    assert [(family, weight) for family, weight, _ in layout.faces] == [
        ("Body", 400), ("Body", 700), ("Head", 400), ("Head", 600), ("Field", 400),
    ]  # fmt: skip
    assert all(path.is_file() for _, _, path in layout.faces)
    assert layout.faces[0][2] == layout.faces[4][2]


def test_colours_are_found_by_their_names(layout: Layout) -> None:
    """Names are those of layout.yaml, with hyphens; an unknown one is an error."""
    assert layout.colour("brand-soft") == layout.palette["brand-soft"] == layout.values.colours.brand_soft
    assert all(value.startswith("#") and len(value) == 7 for value in layout.palette.values())
    with pytest.raises(KeyError):
        layout.colour("brand_soft")


def test_unknown_setting_is_told_with_its_place(folder: Path) -> None:
    """A misspelt key, with its line and what was meant; all mistakes at once."""
    change(folder, "field-line:", "feild-line:")
    change(folder, 'sun: "#e8a63a"', 'sun: "orange"')
    change(folder, "bottom: 21", "bottom: 2")
    told = problems(folder)
    assert len(told) >= 3
    assert all(line.startswith("mine/layout.yaml:") for line in told)
    text = "\n".join(told)
    assert 'did you mean "field-line"?' in text
    assert "colours.sun" in text
    assert "margins.bottom" in text


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12 456", "123456", 'url("x")'])
def test_bad_colours(colour: str, folder: Path) -> None:
    """A colour is # and six digits, so that it can stand in CSS, in SVG and in a PDF."""
    change(folder, '"#12474e"', f"'{colour}'")
    (line,) = problems(folder)
    assert "colours.brand" in line


def test_missing_font(folder: Path) -> None:
    """A font that is neither in the folder nor the program's own, with what was meant."""
    change(folder, BODY, "AtkinsonHyperlegible-Regula.ttf")
    (line,) = problems(folder)
    assert "no font file AtkinsonHyperlegible-Regula.ttf" in line
    assert f'did you mean "{BODY}"?' in line
    change(folder, "AtkinsonHyperlegible-Regula.ttf", "Arial.ttf")
    assert "the program has AtkinsonHyperlegible-Bold.ttf" in problems(folder)[0]


def test_own_font(folder: Path) -> None:
    """A font file of the layout's own folder is used, and comes before the program's."""
    shutil.copy(PROGRAM_FONTS / BODY, folder / "mine.ttf")
    change(folder, BODY, "mine.ttf")
    assert load_layout(folder).faces[0][2] == folder / "mine.ttf"


@pytest.mark.parametrize("content", [b"", b"not a font", b"OTTO and more"])
def test_font_of_another_kind(content: bytes, folder: Path) -> None:
    """What is no TrueType font is refused, before the engine stumbles over it."""
    (folder / "mine.ttf").write_bytes(content)
    change(folder, BODY, "mine.ttf")
    (line,) = problems(folder)
    assert "mine.ttf is not a TrueType font" in line


@pytest.mark.parametrize("name", ["../other.ttf", "/etc/hostname", "fonts/x.ttf", ".hidden"])
def test_file_names_stay_in_the_folder(name: str, folder: Path) -> None:
    """A font or a logo is named by a plain file name."""
    change(folder, BODY, name)
    assert "fonts.body.regular" in problems(folder)[0]


def test_links_out_of_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    """A template, a style sheet, a logo or a font that is a link to elsewhere is not followed."""
    for name, text in (("outside.html.j2", "x"), ("outside.css", "p{}"), ("logo.svg", "<svg/>")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (folder / name).symlink_to(tmp_path / name)
        if name == "logo.svg":
            change(folder, "logo: null", "logo: logo.svg")
        (line,) = problems(folder)
        assert f"mine/{name}" in line and "leads out of the layout's folder" in line
        (folder / name).unlink()
    change(folder, "logo: logo.svg", "logo: null")
    (folder / "mine.ttf").symlink_to(PROGRAM_FONTS / BODY)
    change(folder, BODY, "mine.ttf")
    assert "no font file mine.ttf" in problems(folder)[0]


def test_logo_is_bare_svg(folder: Path) -> None:
    """A logo is put into the page without its XML head."""
    head = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "y">\n'
    (folder / "logo.svg").write_text(f'{head}<svg viewBox="0 0 9 9"><title>Us</title></svg>', encoding="utf-8")
    change(folder, "logo: null", "logo: logo.svg")
    assert load_layout(folder).logo_svg.strip() == '<svg viewBox="0 0 9 9"><title>Us</title></svg>'


def test_missing_logo(folder: Path) -> None:
    """A logo that is not there is told by its name."""
    change(folder, "logo: null", "logo: logo.svg")
    assert "mine/logo.svg" in problems(folder)[0]


def test_folder_without_templates(folder: Path) -> None:
    """A layout needs templates."""
    for path in folder.glob("*.html.j2"):
        path.unlink()
    (line,) = problems(folder)
    assert "has no templates" in line


def test_folder_without_values(tmp_path: Path) -> None:
    """A folder without layout.yaml is told by that file."""
    (tmp_path / "empty").mkdir()
    assert "empty/layout.yaml" in problems(tmp_path / "empty")[0]


def test_style_sheets_come_in_the_order_of_their_names(folder: Path) -> None:
    """A practice's own sheet can follow the shipped one."""
    (folder / "zz-own.css").write_text("p{color:var(--ink)}", encoding="utf-8")
    assert load_layout(folder).css.endswith("p{color:var(--ink)}")
