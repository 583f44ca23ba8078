"""Whole books in large print and for a screen: page 2, page numbers, field names, file names, what is protected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import page as page_validation
import pikepdf
import pytest
from page_looks import look_at
from pdf_facts import bookmarks, destinations, furniture_texts, links, page_texts, tagged_lines, widgets
from support import DAY, ROOT, Book, Ran, copy_tiny

from workbook_builder.folders import Folders, find_folders
from workbook_builder.pipeline import Order, build_workbook
from workbook_builder.profile import read_profile
from workbook_builder.typeset import Typesetter

OTHERS = ("large-print", "screen")
LONG = "I want to " + "say what I need and hear the answer, " * 5


@pytest.fixture(scope="module", params=OTHERS)
def longest(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, typesetter: Typesetter
) -> tuple[str, Path]:
    """The small practice's book with the longest letter that a profile may hold, in another edition."""
    home = copy_tiny(tmp_path_factory.mktemp("longest"))
    loaded = read_profile(home / "profile.yaml")
    assert loaded.profile
    note = replace_note(loaded.profile.letter, ("Small steps. " * 31)[:400])
    profile = loaded.profile.model_copy(update={"goals": (LONG[:200],) * 4, "letter": note})
    order = Order(DAY, DAY, edition=request.param)
    built = build_workbook(replace(loaded, profile=profile), find_folders(home), order, typesetter)
    return request.param, built.path


def replace_note(letter: object, note: str) -> object:
    """Return the profile's letter with another note."""
    return letter.model_copy(update={"note": note})  # type: ignore[attr-defined]


def test_safety_page_begins_on_page_two(longest: tuple[str, Path]) -> None:
    """Also when the letter takes several pages."""
    texts = page_texts(longest[1].read_bytes())
    assert "If you need help now" in texts[1] and "555 0100" in " ".join(texts[1:4])


def test_page_numbers_are_right_behind_a_long_letter(longest: tuple[str, Path]) -> None:
    """Each number in the contents is the page on which the section begins."""
    with pikepdf.open(longest[1]) as pdf:
        places = {title: place.page for _, title, place in bookmarks(pdf)}
        letter, plan = places["A letter to begin with"], places["Your plan at a glance"]
        assert plan - letter > 1  # the letter has more than one page
        named = {link.name: link.target.page for link in links(pdf) if link.name and not isinstance(link.target, str)}
        said = [text for _, tag, text in tagged_lines(pdf) if tag in ("LBody", "LI")]
        begins = destinations(pdf)
    wanted = {name: begins[name].page for name in named}
    assert named == wanted and len(named) > 10
    contents = [text for text in said if text.rsplit(" ", 1)[-1].isdigit()]
    told = {text.rsplit(" ", 1)[0]: int(text.rsplit(" ", 1)[1]) for text in contents}
    seen = {title: page for title, page in places.items() if title in told}
    assert len(seen) > 8
    assert {title: told[title] for title in seen} == seen


def test_edition_passes_pdf_ua(longest: tuple[str, Path]) -> None:
    """Stacked tables and narrow pictures are as accessible as wide ones."""
    report = page_validation.validate_pdf(str(longest[1]), profile="ua1")
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_furniture_has_the_size_of_the_edition(longest: tuple[str, Path]) -> None:
    """No letter of the bound book is smaller than the edition's least, the book number and the cover included."""
    edition, path = longest
    least = {"large-print": 18, "screen": 9}[edition]
    pages = look_at(path.read_bytes())
    assert min(text.size for page in pages for text in page.texts) >= least - 0.05
    last = furniture_texts(path.read_bytes(), 60, 1)[-1]
    assert "-" in last and str(len(pages)) in last


def test_same_names_in_every_edition(tiny_in: Callable[[str], Book]) -> None:
    """Answers are read back by the same names, whatever a table has become."""
    names = {}
    for edition in ("standard", *OTHERS):
        with pikepdf.open(BytesIO(tiny_in(edition).pdf)) as pdf:
            found = widgets(pdf)
        assert all(widget.tooltip for widget in found)
        names[edition] = {(widget.name, widget.kind, widget.state) for widget in found}
    assert any("__r1c2" in name for name, _, _ in names["standard"])
    assert (
        {n for n, _, _ in names["standard"]}
        == {n for n, _, _ in names["large-print"]}
        == {n for n, _, _ in names["screen"]}
    )


def test_no_running_header_lies_on_text(tiny_in: Callable[[str], Book]) -> None:
    """Between the lowest line of furniture above, and the highest below, and the text there is space."""
    for edition in ("standard", *OTHERS):
        book = tiny_in(edition)
        bound = look_at(book.pdf)[1:]
        bare = [page for _, fragment in book.parts[1:] for page in look_at(fragment.pdf)]
        for page, own in zip(bound, bare, strict=True):
            furniture = page.texts[len(own.texts) :]
            assert len(furniture) >= 3
            head = min(text.y for text in furniture if text.y > page.height / 2)
            foot = max(text.y + text.size * 0.75 for text in furniture if text.y < page.height / 2)
            assert max(text.y + text.size * 0.75 for text in own.texts) < head
            assert min(text.y - text.size * 0.25 for text in own.texts) > foot
            assert all(text.x >= book.style.left - 1 for text in furniture)


def test_two_editions_lie_side_by_side(tmp_path: Path, quick_workbook: Callable[..., Ran]) -> None:
    """--edition adds its name unless the profile prefers it, --paper does not; each keeps what was typed into it."""
    home = copy_tiny(tmp_path / "practice")
    at = ("--practice", home, "--date", "2026-11-23")
    ran = quick_workbook("build", home / "profile.yaml", "--edition", "large-print", "--paper", "a4", *at)
    assert ran.code == 0 and ran.out.strip().endswith("build/tiny-2026-large-print.pdf")
    with pikepdf.open(home / "build" / "tiny-2026-large-print.pdf", allow_overwriting_input=True) as pdf:
        assert [round(float(x)) for x in pdf.pages[0].MediaBox[2:]] == [595, 842]
        field = next(f for f in pdf.Root.AcroForm.Fields if f.FT == pikepdf.Name.Tx)
        field.V = pikepdf.String("mine")
        pdf.save()
    ran = quick_workbook("build", home / "profile.yaml", "--edition", "large-print", *at)
    assert ran.code == 5
    profile = home / "profile.yaml"
    profile.write_text(profile.read_text(encoding="utf-8") + "preferences: {edition: screen}\n", encoding="utf-8")
    ran = quick_workbook("build", profile, *at)
    assert ran.code == 0 and ran.out.strip().endswith("build/tiny-2026.pdf")
    with pikepdf.open(home / "build" / "tiny-2026.pdf") as pdf:
        assert [round(float(x)) for x in pdf.pages[0].MediaBox[2:]] == [255, 454]
    assert quick_workbook("build", profile, "--edition", "huge", *at).code == 2


def test_target_that_another_profile_has_taken(tmp_path: Path, quick_workbook: Callable[..., Ran]) -> None:
    """An id may end like an edition: the second book of the run does not overwrite the first."""
    home = copy_tiny(tmp_path / "practice")
    other = home / "other.yaml"
    text = (home / "profile.yaml").read_text(encoding="utf-8").replace("tiny-2026", "tiny-2026-screen")
    other.write_text(text + "preferences: {edition: screen}\n", encoding="utf-8")
    ran = quick_workbook(
        "build", other, home / "profile.yaml", "--edition", "screen", "--practice", home, "--date", "2026-11-23"
    )
    assert ran.code == 3 and "another profile has this id" in ran.err


def test_sheet_in_an_edition(practice: Folders, tmp_path: Path, quick_workbook: Callable[..., Ran]) -> None:
    """One module in large print: its name has no topic, the edition stands behind it."""
    ran = quick_workbook(
        "sheet", "wks-abc-log", "--edition", "large-print", "--out", tmp_path, "--practice", practice.home
    )
    path = Path(ran.out.strip())
    assert ran.code == 0 and path.name.startswith("sheet-") and path.name.endswith("-large-print.pdf")
    sizes = [text.size for page in look_at(path.read_bytes()) for text in page.texts]
    assert min(sizes) >= 17.95
    assert (ROOT / "layouts" / "restartt" / "large-print.css").is_file()
