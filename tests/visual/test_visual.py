"""Telling pages of the small book in each edition as pictures: what no list of facts can show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw
from support import Book

GOLDEN = Path(__file__).parent / "golden"
PAGES = {
    "cover": ("standard", "page-cover"), "plan": ("standard", "page-plan"), "opener": ("standard", "gap-1"),
    "worksheet": ("standard", "wks-tiny"), "large-print-opener": ("large-print", "gap-1"),
    "large-print-worksheet": ("large-print", "wks-tiny"), "screen-cover": ("screen", "page-cover"),
    "screen-plan": ("screen", "page-plan"), "screen-worksheet": ("screen", "wks-tiny"),
}  # fmt: skip
"""Picture → edition and section."""
Tiny = Callable[[str], Book]
DPI = 50
SHADES = 40
"""How much lighter or darker a point may be (0-255): the edges of letters differ a little between machines."""
FEW = 0.002
"""The share of points that may differ by more."""


def render(tiny_in: Tiny, name: str) -> Image.Image:
    """Return the first page of a picture's section, small."""
    edition, section = PAGES[name]
    book = tiny_in(edition)
    with pypdfium2.PdfDocument(book.pdf) as pdf:
        page = pdf[book.first_pages[section] - 1]
        image = page.render(scale=DPI / 72).to_pil().convert("RGB")
        page.close()
    return image


def unlike(golden: Image.Image, seen: Image.Image) -> float:
    """Return the share of points that differ; 1 when the pictures differ in size."""
    if golden.size != seen.size:
        return 1.0
    channels = ImageChops.difference(golden.convert("RGB"), seen.convert("RGB")).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    histogram = most.histogram()
    return sum(histogram[SHADES + 1 :]) / sum(histogram)


@pytest.mark.parametrize("name", PAGES)
def test_page_looks_as_before(name: str, tiny_in: Tiny, update_golden: bool, tmp_path: Path) -> None:
    """A page differs by no more than the edges of its letters. A page that does is kept beside a picture of the
    difference in the test's folder."""
    seen, path = render(tiny_in, name), GOLDEN / f"{name}.png"
    if update_golden:
        GOLDEN.mkdir(exist_ok=True)
        seen.quantize(64).save(path, optimize=True)
    golden = Image.open(path).convert("RGB")
    share = unlike(golden, seen)
    if share > FEW:
        seen.save(tmp_path / f"{name}.png")
        if golden.size == seen.size:
            ImageChops.invert(ImageChops.difference(golden, seen)).save(tmp_path / f"{name}-difference.png")
    assert share <= FEW, f"{share:.2%} of the points differ; see {tmp_path}"


@pytest.mark.parametrize("name", PAGES)
def test_another_page_is_noticed(name: str, tiny_in: Tiny) -> None:
    """Each picture is unlike every other page, and unlike its own page moved by a line."""
    golden = Image.open(GOLDEN / f"{name}.png").convert("RGB")
    for other in set(PAGES) - {name}:
        assert unlike(golden, render(tiny_in, other)) > 5 * FEW
    seen = render(tiny_in, name)
    assert unlike(golden, ImageChops.offset(seen, 0, 6)) > 5 * FEW
    assert unlike(golden, seen.resize((seen.width + 1, seen.height))) == 1


def test_a_missing_word_and_a_missing_field_are_noticed(tiny_in: Tiny) -> None:
    """Small faults count: a line of text that is gone, a box that is empty, another colour."""
    golden = Image.open(GOLDEN / "worksheet.png").convert("RGB")
    seen = render(tiny_in, "worksheet")
    without_line = seen.copy()
    ImageDraw.Draw(without_line).rectangle((40, 60, 200, 75), fill="white")
    assert unlike(golden, without_line) > FEW
    tinted = Image.blend(seen, Image.new("RGB", seen.size, "#b4502e"), 0.3)
    assert unlike(golden, tinted) > FEW


def test_pictures_are_few_and_small() -> None:
    """Only what a test compares lies there, and it stays small enough for the history."""
    files = sorted(GOLDEN.iterdir())
    assert [path.stem for path in files] == sorted(PAGES)
    assert sum(path.stat().st_size for path in files) < 200_000
