"""QR codes of videos: a camera reads them from the printed page, and nobody needs a camera."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import page as page_validation
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pdf_facts import elements, links
from PIL import Image
from support import DAY, copy_tiny

from workbook_builder.compose.qr import draw_qr
from workbook_builder.folders import find_folders
from workbook_builder.pipeline import Order, build_sheet
from workbook_builder.typeset import Typesetter

SHORT = "https://video.example.org/watch/9f3Kx2-Lq"
LONG = "https://video.example.org/" + "aB3-x_9~kQ7zW" * 13 + "?v=Zz"
DPI = 150
VIDEO = """---
id: {id}
kind: video
title: A tiny film
summary: A film that does not exist
main_message: Nothing is shown.
call_to_action: Look at one boat.
topics: [general]
phase: psychoeducation
minutes: 4
frequency: [weekly, biweekly, monthly]
review: false
sources: [Nobody]
source_check: V
max_minutes: 9
status: draft
---

It is short.
"""
LINK = """{id}:
  - {{url: "{url}", title: Boats, speaker: A. Example, channel: Example, language: en, captions: true, minutes: 4,
     watched_by: therapist-1, checked: 2026-11-01}}
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter) -> Callable[[str], Path]:
    """Return a function that builds two pages, each with a fresh link, in a layout; each layout once."""
    home = copy_tiny(tmp_path_factory.mktemp("films"))
    folder = home / "content" / "en" / "videos"
    folder.mkdir()
    for name in ("vid-short", "vid-long"):
        (folder / f"{name}.md").write_text(VIDEO.format(id=name), encoding="utf-8")
    table = LINK.format(id="vid-short", url=SHORT) + LINK.format(id="vid-long", url=LONG)
    (home / "content" / "videos.yaml").write_text(table, encoding="utf-8")
    done: dict[str, Path] = {}

    def built(layout: str) -> Path:
        if layout not in done:
            target = home / f"{layout}.pdf"
            order = Order(DAY, DAY, layout=layout)
            names = ["vid-short", "vid-long"]
            done[layout] = build_sheet(names, find_folders(home), order, typesetter, "US", "letter", target).path
        return done[layout]

    return built


def pictures(pdf: Path, dpi: int = DPI) -> list[Image.Image]:
    """Return the pages as a grey printer would print them."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


@pytest.mark.parametrize("layout", ["restartt", "plain"])
def test_a_camera_reads_the_printed_code(layout: str, sheet: Callable[[str], Path]) -> None:
    """At 150 dpi, in grey, each page's one code holds the whole address, and is 25 mm wide or more."""
    for address, picture in zip((SHORT, LONG), pictures(sheet(layout)), strict=False):
        (code,) = zxingcpp.read_barcodes(picture)
        assert (code.text, code.format) == (address, zxingcpp.BarcodeFormat.QRCode)
        assert code.ec_level in ("M", "Q", "H")
        where = code.position
        width = (where.top_right.x - where.top_left.x) / DPI * 25.4
        assert 25 <= width <= 27


@pytest.mark.parametrize("layout", ["restartt", "plain"])
def test_quiet_zone_is_white(layout: str, sheet: Callable[[str], Path]) -> None:
    """Four squares around the code hold nothing: all is white there."""
    for picture in pictures(sheet(layout))[:2]:
        (code,) = zxingcpp.read_barcodes(picture)
        where = code.position
        left, top, right, low = where.top_left.x, where.top_left.y, where.bottom_right.x, where.bottom_right.y
        square = (right - left) / count(code.text)
        quiet = round(4 * square) - 2
        box = (left - quiet, top - quiet, right + quiet, low + quiet)
        inner = picture.crop(box)
        inner.paste(255, (quiet - 2, quiet - 2, quiet + right - left + 3, quiet + low - top + 3))
        assert inner.getextrema() == (255, 255)


def count(address: str) -> int:
    """Return how many squares a side of the code for an address has."""
    svg = str(draw_qr(address, "x"))
    return int(svg.partition('viewBox="0 0 ')[2].split()[0]) - 8


@pytest.mark.parametrize("layout", ["restartt", "plain"])
def test_nobody_needs_a_camera(layout: str, sheet: Callable[[str], Path]) -> None:
    """The code is a figure that says where it leads; beside it the address stands as a link, all of it on the page."""
    with pikepdf.open(sheet(layout)) as pdf:
        alts = [str(element.Alt) for element in elements(pdf) if element.S == "/Figure" and "/Alt" in element]
        outer = {str(link.target): link for link in links(pdf) if str(link.target).startswith("https://video")}
        right = float(pdf.pages[0].MediaBox[2])
    short, long = SHORT.removeprefix("https://"), LONG.removeprefix("https://")
    assert alts == [f"QR code: opens {short}", f"QR code: opens {long}"]
    assert outer[SHORT].tooltip == short and outer[LONG].tooltip == long
    assert all(link.rect[2] < right - 90 for link in outer.values())
    with pypdfium2.PdfDocument(sheet(layout)) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    assert short in texts[0]
    assert long in "".join(texts[1].split())


def test_pages_with_codes_are_accessible(sheet: Callable[[str], Path]) -> None:
    """No rule of PDF/UA-1 fails."""
    for layout in ("restartt", "plain"):
        report = page_validation.validate_pdf(str(sheet(layout)), profile="ua1")
        assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_label_is_escaped() -> None:
    """What a code says to a screen reader is text, never a tag."""
    assert "&lt;b&gt;" in draw_qr("https://a.example/?a=1&b=2", "<b>")
