"""A practice's own layout, made as docs/make-a-layout.md says: other values, a logo, a font, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import page as page_validation
import pikepdf
import pypdfium2
import pytest
import yaml
from pdf_facts import elements, font_names, furniture_texts
from PIL import Image
from support import DAY, ROOT, Ran, copy_tiny

from workbook_builder.folders import find_folders
from workbook_builder.layout import MM, PROGRAM_FONTS
from workbook_builder.pipeline import Order, build_workbook
from workbook_builder.typeset import Typesetter

GUIDE = (ROOT / "docs" / "make-a-layout.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.S)
(TEMPLATE,) = re.findall(r"```jinja\n(.*?)```", GUIDE, re.S)
LOGO = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><title>A boat</title>
<rect width="200" height="50" fill="#aa3377"/></svg>
"""
DPI = 72


def furnish(folder: Path) -> None:
    """Put the logo and the font of the guide's example into a layout's folder."""
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    shutil.copy(PROGRAM_FONTS / "Literata-Regular.ttf", folder / "House-Regular.ttf")
    shutil.copy(PROGRAM_FONTS / "Literata-SemiBold.ttf", folder / "House-Bold.ttf")


def copied(home: Path) -> None:
    """Copy the shipped layout, and change the example's values in its layout.yaml, each where it stands."""
    folder = shutil.copytree(ROOT / "layouts" / "restartt", home / "layouts" / "ours")
    furnish(folder)
    path = folder / "layout.yaml"
    text = path.read_text(encoding="utf-8")
    wanted = yaml.safe_load(EXAMPLE)
    body = wanted["fonts"]["body"]
    lines = {"name": wanted["name"], "logo": wanted["logo"]}
    lines |= {key: f'"{value}"' for key, value in wanted["colours"].items()}
    lines |= {"body": f"{{regular: {body['regular']}, bold: {body['bold']}}}"}
    for key, value in lines.items():
        text, count = re.subn(rf"(?m)^( *){key}: .*$", rf"\g<1>{key}: {value}", text)
        assert count == 1, key
    path.write_text(text, encoding="utf-8")


def based(home: Path) -> None:
    """Make a layout with the guide's example as its only text."""
    folder = home / "layouts" / "ours"
    folder.mkdir(parents=True)
    furnish(folder)
    (folder / "layout.yaml").write_text(EXAMPLE, encoding="utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter) -> Callable[[Callable[[Path], None]], Path]:
    """Return a function that builds the small book in a layout made by one of the two ways; each once."""
    done: dict[str, Path] = {}

    def built(way: Callable[[Path], None]) -> Path:
        if way.__name__ not in done:
            home = copy_tiny(tmp_path_factory.mktemp("own"))
            way(home)
            order = Order(DAY, DAY, layout="ours")
            done[way.__name__] = build_workbook(home / "profile.yaml", find_folders(home), order, typesetter).path
        return done[way.__name__]

    return built


def test_both_ways_give_the_same_book(own: Callable[[Callable[[Path], None]], Path]) -> None:
    """A layout with a base, and a copy with the same values: not a byte differs."""
    assert own(based).read_bytes() == own(copied).read_bytes()


def test_cover_shows_the_logo_and_the_colours(own: Callable[[Callable[[Path], None]], Path]) -> None:
    """The ground in the brand's colour, the logo 16 mm high and four times as wide; the disc in the sun's."""
    with pypdfium2.PdfDocument(own(based)) as pdf:
        cover: Image.Image = pdf[0].render(scale=DPI / 72).to_pil().convert("RGB")
    shown = {colour for _, colour in cover.getcolors(1 << 20) or ()}
    assert {(0x3B, 0x2A, 0x5C), (0xAA, 0x33, 0x77), (0xF0, 0xB8, 0xA0), (0x6F, 0x55, 0xA0)} <= shown
    assert cover.getpixel((5, 5)) == (0x3B, 0x2A, 0x5C)
    points = [(x, y) for x in range(cover.width) for y in range(200) if cover.getpixel((x, y)) == (0xAA, 0x33, 0x77)]
    wide, high = (max(p[i] for p in points) - min(p[i] for p in points) + 1 for i in (0, 1))
    assert high == pytest.approx(16 * MM, abs=1.5) and wide == pytest.approx(64 * MM, abs=1.5)


def test_text_is_in_the_font_and_the_brand_at_the_foot(own: Callable[[Callable[[Path], None]], Path]) -> None:
    """The house's font everywhere, fields included; the logo's title is said aloud, the name stands on each page."""
    data = own(based).read_bytes()
    with pikepdf.open(BytesIO(data)) as pdf:
        faces = {name.partition("+")[2] for name in font_names(pdf)}
        field = {str(font.BaseFont).partition("+")[2] for font in pdf.Root.AcroForm.DR.Font.values()}
        alts = [str(element.Alt) for element in elements(pdf) if element.S == "/Figure" and "/Alt" in element]
    assert {"House-Regular", "House-Bold"} <= faces and not any("Atkinson" in face for face in faces)
    assert "House-Regular" in field and "A boat" in alts
    assert all("Harbour Practice" in text for text in furniture_texts(data, foot=18 * MM, head=20 * MM)[1:])


def test_own_layout_stays_accessible(own: Callable[[Callable[[Path], None]], Path]) -> None:
    """No rule of PDF/UA-1 fails."""
    report = page_validation.validate_pdf(str(own(based)), profile="ua1")
    assert report.rules.total == 104
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_example_has_no_findings(tmp_path: Path, workbook: Callable[..., Ran]) -> None:
    """`workbook check` finds nothing wrong with the guide's layout: its colours can be told apart."""
    home = copy_tiny(tmp_path)
    based(home)
    ran = workbook("check", home / "layouts" / "ours", "--practice", home, "--plain")
    assert (ran.code, ran.out) == (0, "")


def test_template_of_the_guide(tmp_path: Path, typesetter: Typesetter) -> None:
    """A cover that extends the shipped one changes its words and keeps the rest."""
    home = copy_tiny(tmp_path)
    based(home)
    (home / "layouts" / "ours" / "cover.html.j2").write_text(TEMPLATE, encoding="utf-8")
    built = build_workbook(home / "profile.yaml", find_folders(home), Order(DAY, DAY, layout="ours"), typesetter)
    with pypdfium2.PdfDocument(built.path) as pdf:
        cover = pdf[0].get_textpage().get_text_bounded()
        picture = pdf[0].render(scale=1).to_pil().convert("RGB")
    assert cover.split() == ["My", "workbook"]
    assert picture.getpixel((5, 5)) == (0x3B, 0x2A, 0x5C)
