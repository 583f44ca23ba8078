"""A layout folder, read and checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support import ROOT

from workbook_builder.compose import find_words
from workbook_builder.compose.pages import Pages
from workbook_builder.errors import InputProblems
from workbook_builder.layout import PROGRAM_FONTS, Layout, load_layout
from workbook_builder.schemas import layout_schema

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
    assert (
        load_layout(folder).logo_svg.strip()
        == '<svg viewBox="0 0 9 9" font-family="Body" role="img"><title>Us</title></svg>'
    )


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


def based(tmp_path: Path, text: str, name: str = "ours") -> Path:
    """Make a layout that holds nothing but a layout.yaml."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "layout.yaml").write_text(text, encoding="utf-8")
    return folder


def test_base_gives_what_a_layout_lacks(folder: Path, tmp_path: Path) -> None:
    """Settings one by one, templates by their names, style sheets in front, fonts and logo from the base's folder."""
    (folder / "logo.svg").write_text('<svg viewBox="0 0 9 9"><title>Us</title></svg>', encoding="utf-8")
    shutil.copy(PROGRAM_FONTS / BODY, folder / "mine.ttf")
    change(folder, "logo: null", "logo: logo.svg")
    change(folder, BODY, "mine.ttf")
    ours = based(tmp_path, 'base: mine\nname: Ours\ncolours: {brand: "#333333"}\nmargins:\n')
    (ours / "own.css").write_text("p { color: red }", encoding="utf-8")
    (ours / "letter.html.j2").write_text("own", encoding="utf-8")
    base, layout = load_layout(folder), load_layout(ours)
    assert (layout.values.name, layout.colour("brand"), layout.colour("ink")) == ("Ours", "#333333", base.colour("ink"))
    assert layout.values.margins == base.values.margins
    assert layout.css == f"{base.css}\np {{ color: red }}"
    assert layout.templates["letter.html.j2"] == "own"
    assert layout.templates["mine/letter.html.j2"] == base.templates["letter.html.j2"]
    assert layout.templates.keys() == base.templates.keys() | {f"mine/{name}" for name in base.templates}
    assert "Us" in layout.logo_svg and layout.faces == base.faces
    assert load_layout(based(tmp_path, "base: mine\nlogo: null\nname: null\n", "bare")).logo_svg == ""


def test_base_of_a_base(folder: Path, tmp_path: Path) -> None:
    """Each layout adds to the one below, and finds the templates of all of them."""
    second = based(tmp_path, "base: mine\nname: Second\n", "second")
    (second / "a.css").write_text("/* second */", encoding="utf-8")
    (second / "cover.html.j2").write_text('{% extends "mine/cover.html.j2" %}', encoding="utf-8")
    third = based(tmp_path, 'base: second\ncolours: {sun: "#123456"}\n', "third")
    layout = load_layout(third)
    assert layout.values.name == "Second" and layout.colour("sun") == "#123456"
    assert layout.css.rstrip().endswith("/* second */")
    assert [path.name for path in layout.folders] == ["third", "second", "mine"]
    assert {"mine/cover.html.j2", "second/cover.html.j2", "cover.html.j2"} <= layout.templates.keys()
    assert folder == layout.folders[-1]


def test_template_may_extend_the_one_whose_place_it_takes(folder: Path, tmp_path: Path) -> None:
    """A layout changes one block of the base's cover; everything that the base's template needs is found."""
    ours = based(tmp_path, "base: mine\n")
    (ours / "cover.html.j2").write_text(
        '{% extends "mine/cover.html.j2" %}{% block words %}<h1>Ours, {{ month }}</h1>{% endblock %}', encoding="utf-8"
    )
    pages = Pages(load_layout(ours), find_words("en", "US"), {}, tmp_path)
    html = pages.section("cover", "page-cover", "", name=None, month="May", fictional=False, plain_cover=False).html
    assert "<h1>Ours, May</h1>" in html and 'class="art"' in html and html.startswith("<!doctype html>")
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nbase: nowhere\n", 'ours/layout.yaml:2:1  base: there is no layout "nowhere"'),
        ("base: ours\n", "ours/layout.yaml:1:1  base: a circle: ours → ours"),
        ("base: ../mine\n", "ours/layout.yaml:1:1  base: must have the form"),
        ("base: /etc\n", "ours/layout.yaml:1:1  base: must have the form"),
        ("base: [mine]\n", "ours/layout.yaml:1:1  base: must be text"),
        ("base: mine\ncolours: {brand: red}\n", "ours/layout.yaml:2:11  colours.brand: must have the form"),
        ("base: mine\nnaem: x\n", 'ours/layout.yaml:2:1  naem: there is no such setting - did you mean "name"?'),
    ],
)
def test_wrong_base(text: str, told: str, folder: Path, tmp_path: Path) -> None:
    """One message with its place; what a base would have given is not told as missing."""
    (line,) = problems(based(tmp_path, text))
    assert line.startswith(told), line
    assert folder.is_dir()


def test_layouts_in_a_circle(tmp_path: Path) -> None:
    """Two that are based on each other are told as what they are."""
    based(tmp_path, "base: b\n", "a")
    (line,) = problems(based(tmp_path, "base: a\n", "b"))
    assert "a circle: b → a → b" in line and line.startswith("a/layout.yaml:1:1")


def test_what_is_wrong_in_a_base_is_told_there(folder: Path, tmp_path: Path) -> None:
    """The place is the base's own file."""
    change(folder, '"#12474e"', "blue")
    (line,) = problems(based(tmp_path, "base: mine\n"))
    assert line.startswith("mine/layout.yaml:") and "colours.brand" in line


LOGOS = {
    "a script": ("<svg viewBox='0 0 9 9'>\n<script>alert(1)</script></svg>", 2, "holds <script>"),
    "a handler": ("<svg viewBox='0 0 9 9' onload='x()'/>", 1, "holds a script (onload)"),
    "a page inside": ("<svg viewBox='0 0 9 9'>\n\n<foreignObject/></svg>", 3, "holds <foreignObject>"),
    "a picture elsewhere": ("<svg viewBox='0 0 9 9'>\n<image href='logo.png'/></svg>", 2, "outside of this file"),
    "a file": (
        "<svg xmlns:xlink='x' viewBox='0 0 9 9'><use xlink:href='file:///etc/passwd#a'/></svg>", 1, "outside of this",
    ),
    "a fill elsewhere": ("<svg viewBox='0 0 9 9'>\n<rect fill='url(https://a.example/x#y)'/></svg>", 2, "(fill)"),
    "a font": (
        "<svg viewBox='0 0 9 9'><style>\n@font-face{font-family:X;src:url(x.ttf)}</style></svg>", 2, "asks for a font",
    ),
    "a style sheet": ("<svg viewBox='0 0 9 9'><style>@import 'x.css';</style></svg>", 1, "asks for a font or a file"),
    "entities": ("<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg viewBox='0 0 9 9'>&a;</svg>", 1, "entities of its own"),
    "a web page": ("<html><body>logo</body></html>", 1, "it starts with <html>"),
    "text": ("our logo", 1, "this is no SVG file"),
    "nothing": ("", 1, "this is no SVG file"),
    "half a file": ("<svg viewBox='0 0 9 9'>\n<g>", 2, "not readable: no element found"),
    "no size": ("<svg><rect/></svg>", 1, "no viewBox"),
}  # fmt: skip


@pytest.mark.parametrize("case", LOGOS)
def test_logos_that_are_refused(case: str, folder: Path) -> None:
    """What is no SVG, what would run, and what asks for something outside: a message with the logo's line."""
    text, number, told = LOGOS[case]
    (folder / "logo.svg").write_text(text, encoding="utf-8")
    change(folder, "logo: null", "logo: logo.svg")
    lines = problems(folder)
    assert any(line.startswith(f"mine/logo.svg:{number}:") and told in line for line in lines), lines


def test_logo_that_is_a_photograph(folder: Path) -> None:
    """A PNG that is named as the logo is told, and nothing of it is quoted."""
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    change(folder, "logo: null", "logo: logo.png")
    (line,) = problems(folder)
    assert line.startswith("mine/logo.png:1:1  this is no SVG file")


def test_logo_is_cleaned(folder: Path) -> None:
    """What drawing programs leave behind goes, fonts of the system too; shapes, styles and gradients stay."""
    (folder / "logo.svg").write_text(
        """<?xml version="1.0"?><!-- by hand --><svg:svg xmlns:svg="http://www.w3.org/2000/svg" xmlns:inkscape="i"
        width="120px" height="30" inkscape:version="1" font-family="Arial">
        <inkscape:grid><rect id="hidden"/></inkscape:grid>
        <svg:metadata>me</svg:metadata><svg:style>.a{fill:#123456;font-family:Futura}</svg:style>
        <svg:defs><svg:linearGradient id="g"/></svg:defs>
        <svg:rect class="a" style="fill:url(#g);font-family:X;stroke:red"/>
        <svg:text font-family="Head">A &lt; B &amp; C</svg:text></svg:svg>""",
        encoding="utf-8",
    )
    change(folder, "logo: null", "logo: logo.svg")
    logo = load_layout(folder).logo_svg
    assert logo.startswith('<svg width="120px" height="30" viewBox="0 0 120 30" font-family="Body" role="img"><title>')
    assert "<title>restartt</title>" in logo
    for gone in ("by hand", "inkscape", "hidden", "metadata", "Arial", "Futura", "font-family:X", "xmlns"):
        assert gone not in logo, gone
    for kept in (
        ".a{fill:#123456;",
        'id="g"',
        "fill:url(#g);stroke:red",
        '<text font-family="Head">A &lt; B &amp; C</text>',
    ):
        assert kept in logo, kept


def test_schema_asks_for_nothing_below_a_base() -> None:
    """An editor tells a layout without a base what it lacks, group by group, and one with a base nothing."""
    schema = layout_schema()
    assert "required" not in schema and all("required" not in group for group in schema["$defs"].values())
    assert schema["if"] == {"properties": {"base": {"type": "string"}}, "required": ["base"]}
    assert set(schema["else"]["required"]) == {"colours", "fonts", "margins", "furniture"}
    assert {"ink", "field-line"} <= set(schema["else"]["properties"]["colours"]["required"])
