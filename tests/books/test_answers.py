"""Typing into a book through a real viewer's engine, and what protects the answers afterwards."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from pdf_facts import Widget, decode, to_unicode, widgets
from support import Book, Ran

TYPED = "A gust from the side, “at noon”."


class Viewer:
    """PDFium as a reader's hand: it clicks fields and types into them, as in Chrome."""

    def __init__(self, path: Path) -> None:
        self.pdf = pypdfium2.PdfDocument(path)
        self.pdf.init_forms()
        with pikepdf.open(path) as pdf:
            self._fields = widgets(pdf)
        self._pages: dict[int, pypdfium2.PdfPage] = {}

    def find(self, name: str, state: str = "") -> Widget:
        """Return a field's widget, of a radio group the one with this state."""
        return next(field for field in self._fields if field.name == name and state in ("", field.state))

    def page(self, number: int) -> pypdfium2.PdfPage:
        """Return a page, counted from 1; it stays open, as in a viewer."""
        if number not in self._pages:
            self._pages[number] = self.pdf[number - 1]
        return self._pages[number]

    def click(self, name: str, state: str = "") -> None:
        """Click into the middle of a field."""
        field = self.find(name, state)
        x, y = (field.rect[0] + field.rect[2]) / 2, (field.rect[1] + field.rect[3]) / 2
        form, page = self.pdf.formenv.raw, self.page(field.page).raw
        pdfium.FORM_OnMouseMove(form, page, 0, x, y)
        pdfium.FORM_OnLButtonDown(form, page, 0, x, y)
        pdfium.FORM_OnLButtonUp(form, page, 0, x, y)

    def type(self, name: str, text: str) -> None:
        """Click into a field, type, and leave it."""
        self.click(name)
        for letter in text:
            pdfium.FORM_OnChar(self.pdf.formenv.raw, self.page(self.find(name).page).raw, ord(letter), 0)
        pdfium.FORM_ForceToKillFocus(self.pdf.formenv.raw)

    def save(self, path: Path) -> None:
        """Save as the viewer would, and close."""
        self.pdf.save(path)
        for page in self._pages.values():
            page.close()
        self.pdf.close()


@pytest.fixture
def filled(tiny: Book, tmp_path: Path) -> Iterator[tuple[Path, Viewer]]:
    """The small book after somebody filled in a few fields of each kind."""
    viewer = Viewer(tiny.path)
    viewer.click("page-plan__psy-tiny")
    viewer.click("gap-1__confidence", "7")
    viewer.click("gap-1__confidence", "8")
    viewer.click("gap-1__wks-tiny", "partly")
    viewer.click("wks-tiny__kinds__2")
    viewer.click("wks-tiny__way", "2")
    viewer.type("wks-tiny__where", "On the pier")
    viewer.type("wks-tiny__what", TYPED)
    viewer.type("wks-tiny__log__r2c1", "Žofie rang")
    viewer.click("wks-tiny__kinds__3")
    viewer.click("wks-tiny__kinds__3")
    viewer.save(tmp_path / "filled.pdf")
    yield tmp_path / "filled.pdf", viewer


def test_what_was_typed_is_saved_under_the_right_names(filled: tuple[Path, Viewer]) -> None:
    """Tick boxes, scales, choices, short and long text, table cells; what was ticked twice is not ticked."""
    with pikepdf.open(filled[0]) as pdf:
        values = {field.name: field.value for field in widgets(pdf) if field.value not in ("", "Off")}
    assert values == {
        "page-plan__psy-tiny": "on",
        "gap-1__confidence": "8",
        "gap-1__wks-tiny": "partly",
        "wks-tiny__kinds__2": "on",
        "wks-tiny__way": "2",
        "wks-tiny__where": "On the pier",
        "wks-tiny__what": TYPED,
        "wks-tiny__log__r2c1": "Žofie rang",
    }


def test_what_was_typed_can_be_seen(filled: tuple[Path, Viewer], tiny: Book) -> None:
    """A viewer draws the answers, from appearances that stand in the file; what was not filled in stays as it was."""
    path, viewer = filled
    names = [("wks-tiny__where", ""), ("wks-tiny__kinds__2", ""), ("wks-tiny__way", "2"), ("gap-1__confidence", "8")]
    for name, state in names:
        field = viewer.find(name, state)
        before, after = (_ink(where, field) for where in (tiny.path, path))
        assert after > before, name
    untouched = viewer.find("jrn-tiny__sea")
    assert _ink(tiny.path, untouched) == _ink(path, untouched)
    with pikepdf.open(path) as pdf:
        typed = next(field for field in pdf.Root.AcroForm.Fields if field.T == "wks-tiny__where")
        fonts = {name[1:]: to_unicode(font) for name, font in typed.AP.N.Resources.Font.items()}
        assert decode(typed.AP.N.read_bytes(), fonts) == {-1: "On the pier"}


def _ink(path: Path, field: Widget) -> int:
    """How dark the place of a field is drawn."""
    with pypdfium2.PdfDocument(path) as pdf:
        pdf.init_forms()
        page = pdf[field.page - 1]
        image = page.render(scale=2).to_pil().convert("L")
        height = page.get_height()
        box = [round(2 * v) for v in (field.rect[0], height - field.rect[3], field.rect[2], height - field.rect[1])]
        return sum((255 - level) * count for level, count in enumerate(image.crop(tuple(box)).histogram()))


LONG = "Wind from the left, then rain; I kept the boat on course and was still uneasy. " * 8
ALPHABETS = "“Quoted”, 'plain', Zoë & Müller, Ελένη, Žofie, Łukasz – 100 %"


@pytest.fixture(scope="module")
def wordy(tiny: Book, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Viewer]:
    """The small book after somebody typed far more than there is room for, other alphabets, and signs no font has."""
    path = tmp_path_factory.mktemp("wordy") / "filled.pdf"
    viewer = Viewer(tiny.path)
    viewer.type("wks-tiny__what", LONG)
    viewer.type("wks-tiny__where", ALPHABETS)
    viewer.type("wks-tiny__log__r1c1", "First line\rsecond line 🙂 日本")
    viewer.save(path)
    return path, viewer


def test_nothing_that_is_typed_is_cut_off(wordy: tuple[Path, Viewer]) -> None:
    """Six hundred letters in a field of two lines, quotes, umlauts, Greek and signs that no font has are all saved."""
    with pikepdf.open(wordy[0]) as pdf:
        values = {field.name: field.value for field in widgets(pdf) if field.value not in ("", "Off")}
    assert len(LONG) > 600
    assert values["wks-tiny__what"] == LONG
    assert values["wks-tiny__where"] == ALPHABETS
    assert values["wks-tiny__log__r1c1"].split("\r\n")[0] == "First line"
    assert "second line" in values["wks-tiny__log__r1c1"] and values["wks-tiny__log__r1c1"].endswith(" 日本")


def test_long_text_wraps_and_stays_inside_its_field(wordy: tuple[Path, Viewer], tiny: Book) -> None:
    """The appearance has lines below each other at 12 pt or more, and nothing around the field is touched."""
    path, viewer = wordy
    field = viewer.find("wks-tiny__what")
    with pikepdf.open(path) as pdf:
        typed = next(item for item in pdf.Root.AcroForm.Fields if item.T == "wks-tiny__what")
        steps = list(pikepdf.parse_content_stream(typed.AP.N))
    sizes = [float(operands[1]) for operands, operator in steps if str(operator) == "Tf"]
    downs = [float(operands[1]) for operands, operator in steps if str(operator) == "Td"]
    assert sizes and min(sizes) >= 12
    assert sum(down < -10 for down in downs) >= 2, "it wraps"
    assert _ink(path, field) > _ink(tiny.path, field)
    filled = [viewer.find(name) for name in ("wks-tiny__what", "wks-tiny__where", "wks-tiny__log__r1c1")]
    assert _around(path, filled) == _around(tiny.path, filled)


def test_letters_are_drawn_in_the_font_of_the_book(wordy: tuple[Path, Viewer]) -> None:
    """Umlauts come from the font of the book; for a letter that it lacks the viewer finds one, which it names."""
    with pikepdf.open(wordy[0]) as pdf:
        typed = next(item for item in pdf.Root.AcroForm.Fields if item.T == "wks-tiny__where")
        named = typed.AP.N.Resources.Font
        fonts = {name[1:]: to_unicode(font) for name, font in named.items() if "/ToUnicode" in font}
        drawn = "".join(decode(typed.AP.N.read_bytes(), fonts).values())
        called = {str(operands[0]) for operands, _ in pikepdf.parse_content_stream(typed.AP.N, "Tf")}
    assert "Quoted" in drawn and "'plain', Zoë & Müller, " in drawn and drawn.endswith(" 100 %")
    assert called <= set(named.keys())


def _around(path: Path, fields: list[Widget]) -> int:
    """How dark the page of these fields is drawn outside of them."""
    with pypdfium2.PdfDocument(path) as pdf:
        pdf.init_forms()
        page = pdf[fields[0].page - 1]
        levels = page.render(scale=1).to_pil().convert("L")
        height = page.get_height()
        for left, foot, right, top in (field.rect for field in fields if field.page == fields[0].page):
            levels.paste(255, tuple(round(side) for side in (left - 1, height - top - 1, right + 1, height - foot + 1)))
        return sum((255 - level) * count for level, count in enumerate(levels.histogram()))


@pytest.fixture
def built(tiny_home: Path, quick_workbook: Callable[..., Ran]) -> Callable[..., Ran]:
    """The small practice's book, built once, and a function that builds it anew."""

    def again(*more: object) -> Ran:
        return quick_workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home, *more)

    assert again().code == 0
    return again


def test_a_book_with_answers_is_not_overwritten(built: Callable[..., Ran], tiny_home: Path, tmp_path: Path) -> None:
    """A book that somebody typed into is kept as it is: exit 5, and how to go on; with --force it is replaced."""
    target = tiny_home / "build" / "tiny-2026.pdf"
    empty = target.read_bytes()
    assert built().code == 0, "a book without answers is built anew"
    viewer = Viewer(target)
    viewer.click("wks-tiny__way", "1")
    viewer.save(tmp_path / "typed.pdf")
    answers = (tmp_path / "typed.pdf").read_bytes()
    target.write_bytes(answers)
    ran = built()
    assert ran.code == 5
    assert ran.out == ""
    assert "holds answers" in ran.err and "--force" in ran.err
    assert target.read_bytes() == answers
    assert sorted(p.name for p in target.parent.iterdir()) == [target.name]
    assert built("--force").code == 0
    assert len(target.read_bytes()) == len(empty)


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%half of a file"])
def test_a_file_that_cannot_be_read_is_not_overwritten(
    content: bytes, tiny_home: Path, workbook: Callable[..., Ran]
) -> None:
    """What stands there and cannot be looked into may hold answers."""
    target = tiny_home / "build" / "tiny-2026.pdf"
    target.parent.mkdir()
    target.write_bytes(content)
    ran = workbook("build", tiny_home / "profile.yaml", "--practice", tiny_home)
    assert ran.code == 5
    assert "cannot be looked into" in ran.err
    assert target.read_bytes() == content


def test_a_password_opens_the_book_and_nothing_else_does(
    built: Callable[..., Ran], tiny_home: Path, tmp_path: Path
) -> None:
    """AES-256; the password opens it, the answers of a protected book are protected too, and it can be built anew."""
    (tmp_path / "password").write_text("süße Möwe\nnot this line\n", encoding="utf-8")
    out = tmp_path / "out"
    options = ("--out", out, "--password-file", tmp_path / "password")
    ran = built(*options)
    assert ran.code == 0
    assert "Möwe" not in ran.out + ran.err
    target = out / "tiny-2026.pdf"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    for wrong in ("", "not this line"):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(target, password=wrong)
    with pikepdf.open(target, password="süße Möwe") as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert pdf.allow.accessibility and pdf.allow.modify_form and pdf.allow.print_highres and pdf.allow.extract
        assert len(pdf.pages) > 10
        next(field for field in pdf.Root.AcroForm.Fields if field.T == "wks-tiny__where").V = pikepdf.String("here")
        pdf.save(tmp_path / "typed.pdf", encryption=pikepdf.Encryption(user="süße Möwe", owner="süße Möwe", R=6))
    assert built(*options).code == 0, "no answers yet"
    (tmp_path / "typed.pdf").replace(target)
    assert "holds answers" in built(*options).err
    assert built("--out", out).code == 5, "without the password nobody can tell"
