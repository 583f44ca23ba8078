"""Sections become fragments: in a child process, with limits, and through the cache."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pdf_facts import decode

from workbook_builder.book import Fragment, Section
from workbook_builder.layout import PROGRAM_FONTS
from workbook_builder.typeset import Cache, CannotTypeset, Face, Sheet, TypesetProblem, Typesetter
from workbook_builder.typeset.child import _explain
from workbook_builder.typeset.job import Failure, Job

BODY = str(PROGRAM_FONTS / "AtkinsonHyperlegible-Regular.ttf")
SHEET = Sheet(
    "@page{size:200pt 300pt;margin:20pt}html{font:12pt Body}p{margin:0 0 12pt}.tight p{margin:0}"
    "h1{font:20pt Body;bookmark-level:1}input,textarea{font:12pt Field}",
    (Face("Body", 400, "body.ttf", BODY), Face("Field", 400, "field.ttf", BODY)),
)
ADDRESSES = {
    "a picture on the net": '<img src="http://example.org/x.png" alt="x">',
    "a picture on the disk": '<img src="file:///etc/hostname" alt="x">',
    "a picture beside the page": '<img src="secret.png" alt="x">',
    "a picture in a drawing": '<svg viewBox="0 0 9 9"><image href="http://a.example/x.png" width="9"/></svg>',
    "a background": '<p style="background:url(https://example.org/x.png)">x</p>',
    "a style sheet": '<style>@import "ftp://example.org/x.css";</style>',
    "a linked sheet": '<link rel="stylesheet" href="file:///etc/hostname">',
    "an attached file": '<link rel="attachment" href="file:///etc/hostname">',
    "a font": "<style>@font-face{font-family:X;src:url(http://example.org/x.ttf)}p{font-family:X}</style><p>x</p>",
    "another face": "<style>@font-face{font-family:X;src:url(font:other.ttf)}p{font-family:X}</style><p>x</p>",
}


def section(body: str, name: str = "page", personal: bool = True) -> Section:
    """A section that is not cached, unless asked for."""
    head = '<!doctype html><html lang="en"><head><title>T</title></head>'
    return Section(
        name, "Title", f'{head}<body><section class="x" id="{name}">{body}</section></body></html>', personal
    )


def typeset(typesetter: Typesetter, body: str, name: str = "page") -> Fragment:
    """Typeset one section."""
    return typesetter.typeset([section(body, name)], SHEET)[name]


def test_fragment_says_what_binding_needs(typesetter: Typesetter) -> None:
    """Pages, bookmarks with their places, anchors, and which glyphs of which face stand for what."""
    fragment = typeset(typesetter, "<h1>One</h1><p>Text</p><h1 id='two' style='break-before:page'>Two</h1>")
    assert fragment.pages == 2
    assert [(mark.level, mark.title, mark.page) for mark in fragment.bookmarks] == [(1, "One", 0), (1, "Two", 1)]
    assert all(20 <= mark.x <= 200 and 200 <= mark.y <= 280 for mark in fragment.bookmarks)
    assert fragment.anchors["page"][0] == 0
    assert fragment.anchors["two"][0] == 1
    (glyphs,) = fragment.glyphs
    assert glyphs.face == "body.ttf" and not glyphs.in_fields
    assert set("OneTwoText") <= set("".join(glyphs.text.values()))
    assert (fragment.spacing, fragment.warnings) == ("", ())


def test_fragment_keeps_no_font(typesetter: Typesetter) -> None:
    """Fonts come at binding; all streams share one empty place for them, also those inside a drawing."""
    drawing = (
        '<svg viewBox="0 0 90 20" width="90" height="20"><g opacity=".5"><text x="2" y="15">Drawn</text></g></svg>'
    )
    fragment = typeset(
        typesetter,
        f'<p>Text</p>{drawing}<input title="Q" name="page__q"><textarea title="R" name="page__r"></textarea>',
    )
    with pikepdf.open(BytesIO(fragment.pdf)) as pdf:
        objects = [entry for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary | pikepdf.Stream)]
        assert not [entry for entry in objects if "/FontFile2" in entry or entry.get("/Type") == "/Font"]
        holes = {e.Resources.Font.objgen for e in objects if "/Resources" in e and "/Font" in e.Resources}
        assert len(holes) == 1
        assert len(list(pdf.pages[0].obj.Resources.XObject.keys())) > 0
    assert {glyphs.face: glyphs.in_fields for glyphs in fragment.glyphs} == {"body.ttf": False, "field.ttf": True}


def test_glyphs_give_the_text_back(typesetter: Typesetter) -> None:
    """What stands in the content stream can be read with the fragment's own record of glyphs."""
    fragment = typeset(typesetter, "<p>Ein Maß für Żofia, fi ffl</p>")
    fonts = {glyphs.resource: glyphs.text for glyphs in fragment.glyphs}
    with pikepdf.open(BytesIO(fragment.pdf)) as pdf:
        text = "".join(decode(pdf.pages[0].obj.Contents.read_bytes(), fonts).values())
    assert text.strip() == "Ein Maß für Żofia, fi ffl"


def test_same_section_same_bytes(typesetter: Typesetter, tmp_path: Path) -> None:
    """A section gives the same fragment again, also in another process."""
    body = '<h1>One</h1><ul><li>a<li>b</ul><table><tr><th id="h">x<tr><td headers="h">y</table>'
    body += '<input name="page__a" title="A">'
    first = typeset(typesetter, body)
    typeset(typesetter, "<p>something else between</p>")
    with Typesetter(Cache(tmp_path)) as other:
        assert typeset(typesetter, body) == first == typeset(other, body)


def test_tight_spacing_is_taken_when_it_saves_a_page(typesetter: Typesetter) -> None:
    """A last page with little on it is saved by the layout's tight spacing, and only then."""
    loose, saved = (typeset(typesetter, "<p>Line</p>" * count) for count in (8, 11))
    assert (loose.pages, loose.spacing) == (1, "")
    assert (saved.pages, saved.spacing) == (1, "tight")
    hopeless = typeset(typesetter, "<p>Line</p>" * 18)
    assert (hopeless.pages, hopeless.spacing) == (2, "")


@pytest.mark.parametrize(
    "body", ["<p>A word 中 here</p>", "<p>A</p><h1>中</h1>", "<svg viewBox='0 0 9 9'><text>中</text></svg>"]
)
def test_missing_glyph_is_named(body: str, typesetter: Typesetter) -> None:
    """A character that no face has is refused by its number, with the section, and without the text around it."""
    with pytest.raises(TypesetProblem) as error:
        typeset(typesetter, body, "wks-x")
    assert (error.value.section, error.value.character) == ("wks-x", "中")
    assert error.value.message == "no font has the character 中 (U+4E2D)"


@pytest.mark.parametrize("body", ADDRESSES.values(), ids=ADDRESSES)
def test_addresses_outside_the_layout_are_refused(body: str, typesetter: Typesetter) -> None:
    """Nothing is read from the net or the disk, whatever asks for it."""
    with pytest.raises(TypesetProblem, match=r"asks for a ([a-z]+:|relative) address"):
        typeset(typesetter, body)


def test_pictures_within_the_page_are_shown(typesetter: Typesetter) -> None:
    """A data: address is part of the page."""
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    fragment = typeset(typesetter, f'<img src="data:image/png;base64,{dot}" alt="A dot" style="width:30pt">')
    assert fragment.warnings == ()
    with pikepdf.open(BytesIO(fragment.pdf)) as pdf:
        assert any(e.get("/Subtype") == "/Image" for e in pdf.objects if isinstance(e, pikepdf.Stream))


def test_engine_warnings_are_kept(typesetter: Typesetter) -> None:
    """What the engine says about CSS that it does not know stands in the fragment."""
    (warning,) = typeset(typesetter, '<p style="colour:red">x</p>').warnings
    assert "colour" in warning
    broken = Sheet(SHEET.css + "p{colour:red}", SHEET.faces)
    fragment = typesetter.typeset([section("<p>x</p>")], broken)["page"]
    assert any("colour" in warning for warning in fragment.warnings)


def test_progress_is_told(typesetter: Typesetter) -> None:
    """After each section: how many are ready, and of how many."""
    told: list[tuple[int, int]] = []
    parts = [section("<p>x</p>", name) for name in ("one", "two", "three")]
    assert list(typesetter.typeset(parts, SHEET, lambda done, of: told.append((done, of)))) == ["one", "two", "three"]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_personal_sections_never_reach_the_cache(typesetter: Typesetter, tmp_path: Path) -> None:
    """A shared section is kept for the next time, a personal one is not: neither on disk nor in memory."""
    before = typesetter.cache
    typesetter.cache = Cache(tmp_path)
    try:
        shared, personal = section("<p>for all</p>", personal=False), section("<p>for one</p>", "own")
        fragments = typesetter.typeset([shared, personal], SHEET)
        assert [path.stem for path in tmp_path.rglob("*.fragment")] == [fragments["page"].key]
        assert typesetter.cache.get(fragments["own"].key) is None
        assert typesetter.cache.get(fragments["page"].key) == fragments["page"]
    finally:
        typesetter.cache = before


def test_cached_sections_need_no_child(typesetter: Typesetter, tmp_path: Path) -> None:
    """What is in the cache is not typeset again."""
    shared = section("<p>for all</p>", personal=False)
    typesetter.cache, before = Cache(tmp_path), typesetter.cache
    try:
        first = typesetter.typeset([shared], SHEET)["page"]
        with Typesetter(Cache(tmp_path)) as other:
            other.close()
            other._typeset_anew = None  # type: ignore[method-assign, assignment]
            assert other.typeset([shared], SHEET)["page"] == first
    finally:
        typesetter.cache = before


def test_a_dead_child_is_told_and_replaced(tmp_path: Path) -> None:
    """When the child dies on a section, the next one gets a new child."""
    with Typesetter(Cache(tmp_path)) as typesetter:
        assert typesetter._child is not None
        folder = Path(typesetter._child._folder.name)
        assert folder.is_dir()
        typesetter._child._process.terminate()
        with pytest.raises(CannotTypeset, match=r"^page: the engine's process died \((Terminated|Killed)\)$"):
            typeset(typesetter, "<p>x</p>")
        assert not folder.exists()
        assert typeset(typesetter, "<p>x</p>").pages == 1
        again = Path(typesetter._child._folder.name)
    assert not again.exists()


def test_what_the_engine_stops_with_is_told_without_the_page() -> None:
    """An error's class and its places in the code, and never its message, which may quote the page."""
    try:
        raise ValueError("could not set: For Ruth")
    except ValueError as error:
        told = _explain(error, Job("page-cover", "<p>For Ruth</p>", "key"))
    assert isinstance(told, Failure)
    assert told.section == "page-cover"
    assert told.message == "the engine stopped with ValueError"
    assert "test_typeset.py" in told.trace and "Ruth" not in told.trace
    error = CannotTypeset(told.section, told.message, told.trace)
    assert str(error) == f"page-cover: the engine stopped with ValueError ({told.trace})"
    assert _explain(MemoryError(), Job("x", "", "")) == Failure("x", "needs more memory than is allowed")


def test_a_font_that_is_none_is_told(typesetter: Typesetter, tmp_path: Path) -> None:
    """A font file that cannot be read ends in a sentence about the section, and the child goes on working."""
    (tmp_path / "broken.ttf").write_bytes(b"not a font")
    for path in (tmp_path / "broken.ttf", tmp_path / "missing.ttf"):
        faces = (Face("Body", 400, "x.ttf", str(path)),)
        with pytest.raises((CannotTypeset, TypesetProblem, OSError)):
            typesetter.typeset([section("<p>x</p>")], Sheet("html{font:12pt Body}", faces))
    assert typeset(typesetter, "<p>x</p>").pages == 1


def test_the_parent_never_imports_the_engine() -> None:
    """Importing every module that a build uses does not import WeasyPrint: it would cost each command a second."""
    modules = "cli, pipeline, typeset, bind, compose, deliver, check, schemas"
    program = f"import sys\nfrom workbook_builder import {modules}\nprint({{'weasyprint', 'pydyf'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
