"""The layout for grey printers: no colour, little ink, no brand, and as accessible as the other one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import page as page_validation
import pikepdf
import pypdfium2
import pytest
from pdf_facts import bookmarks, furniture_texts, page_texts, widgets
from PIL import Image, ImageChops, ImageStat
from support import DAY, Book

from workbook_builder.folders import Folders
from workbook_builder.layout import MM, load_layout
from workbook_builder.pipeline import Order, build_workbook, read_layout
from workbook_builder.typeset import Typesetter

Pages = dict[str, Image.Image]
DPI = 60


def render(book: Book) -> Pages:
    """Return the first page of each section as a picture in colour, with what is drawn for its fields."""
    with pypdfium2.PdfDocument(book.pdf) as pdf:
        pdf.init_forms()
        pictures = {}
        for section, number in book.first_pages.items():
            page = pdf[number - 1]
            pictures[section] = page.render(scale=DPI / 72).to_pil().convert("RGB")
            page.close()
    return pictures


@pytest.fixture(scope="module")
def plain_pages(tiny_plain: Book) -> Pages:
    """The pages of the small book in plain."""
    return render(tiny_plain)


@pytest.fixture(scope="module")
def brand_pages(tiny: Book) -> Pages:
    """The pages of the small book in restartt."""
    return render(tiny)


def darkness(picture: Image.Image) -> float:
    """Return how dark a page is on the whole: 0 white, 1 black."""
    (mean,) = ImageStat.Stat(picture.convert("L")).mean
    return 1 - mean / 255


def colour(picture: Image.Image) -> int:
    """Return the greatest difference between red, green and blue of one point."""
    red, green, blue = picture.split()
    pairs = ((red, green), (green, blue), (red, blue))
    return max(int(ImageChops.difference(one, other).getextrema()[1]) for one, other in pairs)


def test_plain_has_no_colour(plain_pages: Pages, brand_pages: Pages) -> None:
    """Red, green and blue are the same in every point of every page; the measure does see restartt's colours."""
    assert len(plain_pages) == 15
    assert {section: colour(picture) for section, picture in plain_pages.items() if colour(picture)} == {}
    assert all(colour(picture) > 30 for picture in brand_pages.values())


def test_plain_takes_little_ink(plain_pages: Pages, brand_pages: Pages) -> None:
    """The cover takes under a twentieth of restartt's ink, all pages under half, and no page takes more."""
    assert darkness(plain_pages["page-cover"]) < darkness(brand_pages["page-cover"]) / 20
    assert sum(map(darkness, plain_pages.values())) < sum(map(darkness, brand_pages.values())) / 2
    more = {s: (darkness(plain_pages[s]), darkness(brand_pages[s])) for s in plain_pages}
    assert all(plain <= brand for plain, brand in more.values()), more
    assert max(map(darkness, plain_pages.values())) < 0.12


def test_plain_names_the_practice_where_it_is_needed_alone(tiny_plain: Book) -> None:
    """No brand on the cover and at the foot of pages; the practice's number stands on the safety page."""
    texts = page_texts(tiny_plain.pdf)
    assert "Harbour Practice" not in texts[0] and "restartt" not in " ".join(texts).lower()
    assert "Harbour Practice" in texts[1]
    for number, text in enumerate(furniture_texts(tiny_plain.pdf, foot=18 * MM, head=20 * MM)[1:], start=2):
        assert "My workbook" in text and text.split()[-1] == str(number)


def test_plain_says_the_same(tiny: Book, tiny_plain: Book) -> None:
    """The same bookmarks and the same fields in the same order: a layout changes how a book looks and nothing else."""
    with pikepdf.open(BytesIO(tiny.pdf)) as one, pikepdf.open(BytesIO(tiny_plain.pdf)) as other:
        assert [mark[:2] for mark in bookmarks(one)] == [mark[:2] for mark in bookmarks(other)]
        said = [[(f.name, f.kind, f.tooltip, f.state) for f in widgets(pdf)] for pdf in (one, other)]
    assert said[0] == said[1] and said[0]


def test_plain_is_accessible(practice: Folders, typesetter: Typesetter, tmp_path: Path) -> None:
    """A shipped example in plain passes all rules of PDF/UA-1."""
    source = practice.profiles / "anxiety-three.yaml"
    built = build_workbook(source, practice, Order(DAY, DAY, layout="plain", out=tmp_path), typesetter)
    report = page_validation.validate_pdf(str(built.path), profile="ua1")
    assert report.rules.total == 104
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_danger_at_home_gets_a_cover_that_tells_nothing(
    practice: Folders, typesetter: Typesetter, tmp_path: Path
) -> None:
    """With the flag for danger at home, the cover of plain says "Notes" and no name."""
    text = next(practice.profiles.glob("anxiety-three.yaml")).read_text("utf-8")
    profile = tmp_path / "profile.yaml"
    assert "  cleared: true" in text
    more = "  cleared: true\n  flags: [abuse-at-home]\n  override: Talked over with the supervisor."
    text = "\n".join(line for line in text.splitlines() if not line.strip().startswith(("flags:", "override:")))
    profile.write_text(text.replace("  cleared: true", more, 1), encoding="utf-8")
    built = build_workbook(profile, practice, Order(DAY, DAY, layout="plain", out=tmp_path), typesetter)
    assert page_texts(built.path.read_bytes())[0].split() == ["Notes"]


def test_layout_of_the_practice_stands_on_the_shipped_one(practice: Folders) -> None:
    """Plain is a few values, two templates and a style sheet; all else is restartt's."""
    plain, base = read_layout(practice, "plain"), read_layout(practice, "restartt")
    assert plain.css.startswith(base.css) and len(plain.css) > len(base.css)
    own = {path.name for path in plain.folders[0].glob("*.html.j2")}
    assert own == {"cover.html.j2", "icons.html.j2"}
    assert {name for name, text in base.templates.items() if plain.templates[name] != text} == own
    assert plain.templates["restartt/cover.html.j2"] == base.templates["cover.html.j2"]
    assert plain.values.margins == base.values.margins and plain.faces == base.faces
    assert load_layout(plain.folders[0]) == plain
