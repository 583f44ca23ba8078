"""Editions: their values, tables that become blocks, pictures that keep their letters large enough."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support import ROOT

from workbook_builder.compose import make_stylesheet
from workbook_builder.compose.pictures import fit_picture
from workbook_builder.compose.tables import stack_tables
from workbook_builder.editions import DEFAULTS, MM, PAPERS
from workbook_builder.errors import InputProblems
from workbook_builder.furnish import furniture_style
from workbook_builder.layout import load_layout
from workbook_builder.pipeline import file_name
from workbook_builder.vocabulary import EDITIONS

SHIPPED = ROOT / "layouts" / "restartt"
TABLE = (
    "<p>Before</p><table><thead><tr><th></th><th>Worth</th><th>Is it so?</th></tr></thead><tbody>"
    "<tr><td><strong>It sounds like</strong></td><td>“I must”</td><td>no</td></tr>"
    "<tr><td>Often</td><td></td><td>yes</td></tr></tbody></table><p>After</p>"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped layout, to be changed."""
    return shutil.copytree(SHIPPED, tmp_path / "mine")


def test_defaults_are_those_of_the_shipped_layout(folder: Path) -> None:
    """A layout that says nothing of editions has the same ones: a practice's older layout.yaml still works."""
    text = (folder / "layout.yaml").read_text(encoding="utf-8")
    bare = re.sub(r"\neditions:\n(?: .*\n)+", "\n", text)
    assert bare != text
    (folder / "layout.yaml").write_text(bare, encoding="utf-8")
    for name in EDITIONS:
        assert load_layout(folder).in_edition(name).edition == load_layout(SHIPPED).in_edition(name).edition
    assert set(DEFAULTS) == set(EDITIONS)


def test_a_practice_changes_one_value_of_an_edition(folder: Path) -> None:
    """What it leaves out stays the default."""
    text = (folder / "layout.yaml").read_text(encoding="utf-8")
    own = re.sub(r"\neditions:\n(?: .*\n)+", "\neditions:\n  large-print: {columns: 3}\n", text)
    (folder / "layout.yaml").write_text(own, encoding="utf-8")
    edition = load_layout(folder).in_edition("large-print").edition
    assert (edition.columns, edition.letters, edition.margins.left) == (3, 18, 25.4)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("large-print: {columns: 0}", "columns"), ("large-prnt: {}", "large-prnt"),
        ("screen: {page: {width: 10, height: 9}}", "width"),
    ],
)  # fmt: skip
def test_wrong_values_are_told_with_their_place(wrong: str, told: str, folder: Path) -> None:
    """A misspelt edition, and sizes that no page has."""
    text = (folder / "layout.yaml").read_text(encoding="utf-8")
    (folder / "layout.yaml").write_text(
        re.sub(r"\neditions:\n(?: .*\n)+", f"\neditions:\n  {wrong}\n", text), encoding="utf-8"
    )
    with pytest.raises(InputProblems, match=rf"mine/layout.yaml:\d+:\d+  .*{told}"):
        load_layout(folder)


def test_missing_style_sheet_is_told(folder: Path) -> None:
    """Without it large print would be small: the file and where to copy it from; the other editions work."""
    (folder / "large-print.css").unlink()
    layout = load_layout(folder)
    with pytest.raises(InputProblems, match=r"layouts/mine/large-print.css  is missing - copy large-print.css"):
        layout.in_edition("large-print")
    assert layout.in_edition("screen").edition.name == "screen"
    assert "large print" not in layout.css.lower().partition("/*")[0]


@pytest.mark.parametrize("paper", PAPERS)
def test_style_sheet_and_furniture_of_an_edition(paper: str) -> None:
    """Page, margins and sizes of running header and folio; the edition's sheet stands behind the layout's own."""
    standard = load_layout(SHIPPED)
    large, screen = standard.in_edition("large-print"), standard.in_edition("screen")
    assert "margin:27mm 25.4mm 25.4mm 25.4mm" in make_stylesheet(large, paper)
    assert f"size:{PAPERS[paper][0]}pt" in make_stylesheet(large, paper)
    assert large.css.startswith(standard.css) and large.css.endswith(standard.edition_css["large-print"])
    assert "size:255.118pt 453.543pt" in make_stylesheet(screen, paper)
    style = furniture_style(large, paper)
    assert (style.size, style.folio_size, round(style.left, 1)) == (18, 18, 72.0)
    assert furniture_style(screen, paper).page == (255.118, 453.543)
    assert make_stylesheet(standard.in_edition("standard"), paper) == make_stylesheet(standard, paper)


def test_wide_table_becomes_blocks() -> None:
    """One for each row: its name, then each cell behind its column's header; an empty cell is left out."""
    assert stack_tables(TABLE, 2) == (
        '<p>Before</p><div class="row"><p class="row-name">It sounds like</p><p><b>Worth</b>: “I must”</p>'
        '<p><b>Is it so?</b> no</p></div><div class="row"><p class="row-name">Often</p>'
        "<p><b>Is it so?</b> yes</p></div>"
        "<p>After</p>"
    )


@pytest.mark.parametrize(
    "html", [TABLE, "<p>none</p>", "<table><tr><th>1</th><th>2</th><th>3</th><th>4</th></tr></table>"]
)
def test_other_tables_stay(html: str) -> None:
    """One that fits, text without any, and a table that has no row."""
    assert stack_tables(html, 3) == html


def test_row_name_with_a_header_of_its_own() -> None:
    """A first column with a header says it in each block."""
    html = "<table><tr><th>When it is about…</th><th>Pull</th></tr><tr><td>a threat</td><td>avoid it</td></tr></table>"
    assert stack_tables(html, 1) == (
        '<div class="row"><p class="row-name">When it is about… a threat</p><p><b>Pull</b>: avoid it</p></div>'
    )


def drawing(width: int, letters: str) -> str:
    """A drawing of that width with letters of these sizes."""
    texts = "".join(f'<text font-size="{size}">x</text>' for size in letters.split())
    return f'<svg viewBox="0 0 {width} 100">{texts}</svg>'


def test_picture_is_as_large_as_its_letters_need(tmp_path: Path) -> None:
    """Wide in the standard edition; else the drawing, its narrow one, or neither, by the smallest letters."""
    standard = load_layout(SHIPPED)
    large, screen = (standard.in_edition(name).edition for name in ("large-print", "screen"))
    path = tmp_path / "x.svg"
    path.write_text(drawing(520, "15 40"), encoding="utf-8")
    plain = fit_picture(path, standard.edition)
    assert plain and plain.width is None
    assert fit_picture(path, large) is None
    (tmp_path / "x.narrow.svg").write_text(drawing(300, "17"), encoding="utf-8")
    narrow = fit_picture(path, large)
    assert narrow and narrow.width and 18 <= narrow.width / 300 * 17 < 19 and 'viewBox="0 0 300' in narrow.svg
    small = fit_picture(path, screen)
    assert small and small.width and 12 <= small.width / 300 * 17 and small.width <= screen.measure + 0.1
    path.write_text(drawing(300, "30"), encoding="utf-8")
    first = fit_picture(path, large)
    assert first and 'font-size="30"' in first.svg
    path.write_text(drawing(520, ""), encoding="utf-8")
    assert fit_picture(path, large) == fit_picture(path, large)
    wordless = fit_picture(path, large)
    assert wordless and wordless.width == round(large.measure, 1)


def test_every_shipped_picture_has_a_narrow_one() -> None:
    """Both tell the same, under the same title."""
    wide = [path for path in (ROOT / "content" / "figures").glob("*.svg") if not path.name.endswith(".narrow.svg")]
    assert len(wide) >= 9
    for path in wide:
        narrow = path.with_name(f"{path.stem}.narrow.svg").read_text(encoding="utf-8")
        title = re.search("<title>.*?</title>", path.read_text(encoding="utf-8"))
        assert title and title[0] in narrow


def test_file_names() -> None:
    """The preferred edition has the bare name; every other its name behind."""
    assert file_name("x", "standard") == "x.pdf"
    assert file_name("x", "screen") == "x-screen.pdf"
    assert file_name("x", "large-print", "large-print") == "x.pdf"
    assert file_name("x", "standard", "large-print") == "x-standard.pdf"


def test_measure_is_the_narrowest() -> None:
    """A picture fits both papers."""
    large = load_layout(SHIPPED).in_edition("large-print").edition
    assert large.measure == pytest.approx(PAPERS["a4"][0] - 50.8 * MM)
