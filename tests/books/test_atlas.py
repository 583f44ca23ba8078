"""The atlas: every module of the library in one book for the practice itself; and a begun practice builds at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import outloud
import page as page_validation
import pikepdf
import pytest
from pdf_facts import bookmarks, page_texts
from support import DAY, Ran

from workbook_builder.authoring import sign_modules
from workbook_builder.compose.atlas import in_reading_order
from workbook_builder.errors import InputProblems
from workbook_builder.folders import Folders, find_folders
from workbook_builder.library import Library
from workbook_builder.pipeline import Order, build_atlas, read_library
from workbook_builder.typeset import Typesetter
from workbook_builder.verify import verify
from workbook_builder.vocabulary import PHASES

Workbook = Callable[..., Ran]


@pytest.fixture(scope="module")
def library(practice: Folders) -> Library:
    """The shipped library."""
    return read_library(practice, "en")


@pytest.fixture(scope="module")
def atlas(
    practice: Folders, typesetter: Typesetter, library_parts: object, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The atlas of the shipped library; its modules come from the cache."""
    target = tmp_path_factory.mktemp("atlas") / "atlas.pdf"
    return build_atlas(practice, Order(DAY, DAY, verify=False), typesetter, None, "letter", target).path


@pytest.fixture(scope="module")
def texts(atlas: Path) -> list[str]:
    """The text of each page, white space folded."""
    return [" ".join(text.split()) for text in page_texts(atlas.read_bytes())]


def test_atlas_passes_pdf_ua(atlas: Path) -> None:
    """Every page of every module is accessible."""
    report = page_validation.validate_pdf(str(atlas), profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_atlas_is_sound_and_says_it_well(atlas: Path) -> None:
    """Two more readers: verify finds nothing in it, and outloud no error."""
    assert verify(atlas.read_bytes(), "atlas.pdf", "atlas").findings == ()
    result = outloud.check(str(atlas))
    assert result.error is None
    assert [(f.rule, f.message) for f in result.findings if f.severity == "error"] == []


def test_cover_counts_what_nobody_has_signed(texts: list[str], library: Library) -> None:
    """The first page says whose library it is, and how many modules wait for a clinician's signature."""
    count = len(library.modules)
    assert f"{count} modules {count} not signed by a clinician" in texts[0]
    assert library.practice.name in texts[0] and "November 2026" in texts[0]


def test_page_two_is_the_safety_page(texts: list[str]) -> None:
    """As in every workbook, since journals point to page 2."""
    assert "If you need help now" in texts[1] and "988" in texts[1]


def test_every_module_stands_under_its_kind_in_reading_order(atlas: Path, library: Library) -> None:
    """Bookmarks: cover, safety page, contents, then each kind with its modules below it."""
    with pikepdf.open(atlas) as pdf:
        marks = [(level, title) for level, title, _ in bookmarks(pdf)]
    parts: dict[str, list[str]] = {}
    for level, title in marks:
        if level == 1:
            parts[title] = []
        else:
            parts[list(parts)[-1]].append(title)
    kinds = ["Psychoeducation", "Worksheets", "Reading assignments", "Video reminders", "Journals"]
    assert list(parts) == ["The library", "If you need help now", "Contents", *kinds]
    assert [title for titles in parts.values() for title in titles] == [
        module.title
        for kind in ("psychoeducation", "worksheet", "reading", "video", "journal")
        for module in in_reading_order(m for m in library.modules.values() if m.kind == kind)
    ]


def test_parts_say_how_many_and_how_long(texts: list[str], library: Library) -> None:
    """The page before a kind sums up its modules and minutes."""
    videos = [module for module in library.modules.values() if module.kind == "video"]
    minutes = sum(module.minutes for module in videos)
    assert any(f"Video reminders {len(videos)} modules, {minutes} minutes in all." in text for text in texts)


def test_contents_name_each_page(atlas: Path, texts: list[str], library: Library) -> None:
    """Each module's number in the contents is the page on which it begins."""
    first = next(n for n, text in enumerate(texts) if "Contents" in text and n > 1)
    contents = " ".join(text for text in texts[first : first + 5] if "Contents" in text)
    with pikepdf.open(atlas) as pdf:
        pages = {title: place.page for _, title, place in bookmarks(pdf)}
    assert len(library.modules) > 50
    for module in library.modules.values():
        assert f"{module.title} {pages[module.title]} " in f"{contents} "


def test_reading_order_puts_prerequisites_first(library: Library) -> None:
    """By phase, and within a phase never before what a module builds on; a circle ends."""
    ordered = in_reading_order(library.modules.values())
    place = {module.id: n for n, module in enumerate(ordered)}
    assert [PHASES.index(m.phase) for m in ordered] == sorted(PHASES.index(m.phase) for m in ordered)
    for module in ordered:
        for need in (library.modules[id_] for id_ in module.requires if id_ in place):
            assert need.phase != module.phase or place[need.id] < place[module.id]
    one, other = (m for m in ordered[:2])
    circle = [one.model_copy(update={"requires": (other.id,)}), other.model_copy(update={"requires": (one.id,)})]
    assert {module.id for module in in_reading_order(circle)} == {one.id, other.id}


def test_signed_modules_are_counted(tiny_home: Path, workbook: Workbook) -> None:
    """A small practice with all its modules signed, on other paper, and with the country that it has."""
    folders = find_folders(tiny_home)
    library = read_library(folders, "en")
    sign_modules(list(library.modules)[1:], folders, "en", "A. Lee", DAY, DAY)
    assert workbook("atlas", "--practice", tiny_home, "--paper", "a4", "--date", "2026-11-23").code == 0
    target = tiny_home / "build" / "atlas.pdf"
    count = len(library.modules)
    assert f"{count} modules 1 not signed by a clinician" in " ".join(page_texts(target.read_bytes())[0].split())
    sign_modules(library.modules, folders, "en", "A. Lee", DAY, DAY)
    ran = workbook("atlas", "--practice", tiny_home, "--out", tiny_home / "there", "--date", "2026-11-23")
    assert ran.out == f"{tiny_home / 'there' / 'atlas.pdf'}\n"
    cover = " ".join(page_texts((tiny_home / "there" / "atlas.pdf").read_bytes())[0].split())
    assert "all signed by a clinician" in cover
    with pikepdf.open(target) as pdf:
        assert round(float(pdf.pages[0].MediaBox[3])) == 842


def test_unknown_country_is_told(practice: Folders, typesetter: Typesetter, tmp_path: Path) -> None:
    """No atlas without the safety page that every workbook has."""
    with pytest.raises(InputProblems, match="no crisis lines for FR"):
        build_atlas(practice, Order(DAY, DAY), typesetter, "FR", "letter", tmp_path / "atlas.pdf")


def test_first_country_is_taken_without_the_us(tiny_home: Path, typesetter: Typesetter) -> None:
    """A practice elsewhere need not name its country."""
    path = tiny_home / "content" / "crisis-lines.yaml"
    path.write_text(
        'IE: {emergency: "112", lines: [{name: A line, call: "116 123", languages: [en]}]}\n', encoding="utf-8"
    )
    target = tiny_home / "atlas.pdf"
    build_atlas(find_folders(tiny_home), Order(DAY, DAY), typesetter, None, "letter", target)
    assert "116 123" in page_texts(target.read_bytes())[1]


def test_begun_practice_builds_at_once(tmp_path: Path, workbook: Workbook) -> None:
    """`workbook init`, then the command that it names."""
    home = tmp_path / "ours"
    ran = workbook("init", home)
    command = re.search(r"^  workbook (build .*)$", ran.err, re.MULTILINE)
    assert command is not None
    assert workbook("check", "--practice", home).code == 0
    ran = workbook(*command[1].split(), "--date", "2026-11-23")
    assert ran.code == 0, ran.err
    assert Path(ran.out.strip()).read_bytes().startswith(b"%PDF")
