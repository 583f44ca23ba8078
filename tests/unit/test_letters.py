"""Characters that no font has: told with their places, all at once, before anything is typeset or written."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pdf_facts import page_texts, to_unicode
from support import DAY, Ran

from workbook_builder.errors import InputProblems
from workbook_builder.folders import find_folders
from workbook_builder.pipeline import Order, build_sheet, build_workbook
from workbook_builder.profile import load_profile
from workbook_builder.typeset import Typesetter

Workbook = Callable[..., Ran]


def write(path: Path, old: str, new: str) -> tuple[int, int]:
    """Put a text in the place of another, and return the line and column from 1 where the new one starts."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    before = text.partition(old)[0]
    path.write_text(text.replace(old, new), encoding="utf-8")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def named(home: Path, name: str, **others: str) -> Path:
    """Give the client of the small practice a name, as YAML reads it in double quotes, and return the profile."""
    path = home / "profile.yaml"
    write(path, "name: Wren", f'name: "{name}"')
    for old, new in others.items():
        write(path, {"goal": "Mend the net on Fridays.", "signed": "M. Example"}[old], f'"{new}"')
    return path


REFUSED = {
    "emoji": ("Ruth 😀", '"😀" (U+1F600)'),
    "emoji of several": ("\\U0001F469\\u200D\\U0001F4BB", "U+1F469"),
    "han": ("鈴木", '"鈴" (U+9234), "木" (U+6728)'),
    "hangul": ("김", "U+AE40"),
    "devanagari": ("रू", "U+0930"),
    "private use": ("Ruth \\uE000", "U+E000"),
    "not assigned": ("Ruth \\u0378", "U+0378"),
    "arabic": ("روث", "right to left"),
    "hebrew": ("רות", "right to left"),
    "bell": ("Ru\\u0007th", "U+0007"),
    "mark of byte order": ("Ru\\uFEFFth", "U+FEFF"),
    "turns text": ("Ru\\u202Eth", "U+202E"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_names_that_cannot_be_printed(case: str, tiny_home: Path, quick_workbook: Workbook) -> None:
    """Exit code 3, one line with the setting and its place, nothing written."""
    name, told = REFUSED[case]
    profile = named(tiny_home, name)
    before = sorted(tiny_home.rglob("*"))
    ran = quick_workbook("build", profile, "--practice", tiny_home, "--date", DAY)
    assert ran.code == 3 and ran.out == ""
    (line,) = [line for line in ran.err.splitlines() if "client.name" in line]
    assert re.match(rf"{re.escape(str(profile))}:\d+:\d+  client\.name: ", line)
    assert told in line
    assert sorted(tiny_home.rglob("*")) == before


PRINTED = {
    "latin": ("Nguyễn Thị Ẩn Đặng", "Þórður Æsa, Łucja Żółć, Şule İğne Işık, Škoda Čeněk ř, Ñandú", "Ștefan Țuțu"),
    "greek": ("Ελένη Παπαδοπούλου", "Ἀθηνᾶ πάντα ῥεῖ", "Γιώργος Ϊ."),
    "cyrillic": ("Наталія Ґалаґан", "Ђорђе Љубиша, Ёлка, Ўзбек", "Й. Щукин"),
}


@pytest.mark.parametrize("case", PRINTED)
def test_names_in_latin_greek_and_cyrillic(case: str, tiny_home: Path, typesetter: Typesetter) -> None:
    """The cover holds the name, the letter all three texts, also when they were typed with combining marks."""
    name, goal, signed = PRINTED[case]
    apart = [unicodedata.normalize("NFD", text) for text in PRINTED[case]]
    assert apart != [name, goal, signed]
    profile = named(tiny_home, apart[0], goal=apart[1], signed=apart[2])
    built = build_workbook(profile, find_folders(tiny_home), Order(DAY, DAY), typesetter)
    texts = page_texts(built.path.read_bytes())
    assert name in texts[0]
    assert len(fonts_of(built.path, name)) == 1
    (letter,) = [text for text in texts[1:] if name in text]
    assert goal in letter and signed in letter
    with pikepdf.open(built.path) as pdf:
        (font,) = field_fonts(pdf)
        assert set(name.replace(" ", "")) <= set(to_unicode(font).values())


def fonts_of(path: Path, text: str) -> set[bytes]:
    """Return the fonts in which a text stands on the first page."""
    with pypdfium2.PdfDocument(path) as pdf:
        page = pdf[0].get_textpage()
        start = page.get_text_range().index(text)
        fonts = set()
        for number in range(start, start + len(text)):
            if page.get_text_range(number, 1).strip():
                name = ctypes.create_string_buffer(100)
                pypdfium2.raw.FPDFText_GetFontInfo(page, number, name, 100, ctypes.c_int())
                fonts.add(name.value)
    return fonts


def field_fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the fonts that fields ask for."""
    asked = " ".join(str(field.DA) for field in pdf.Root.AcroForm.Fields if "/DA" in field)
    return [font for name, font in pdf.Root.AcroForm.DR.Font.items() if f"{name} " in asked]


def test_fields_are_set_in_the_reading_font(tiny_home: Path, typesetter: Typesetter) -> None:
    """A client whose letters the reading font has types in it."""
    built = build_workbook(tiny_home / "profile.yaml", find_folders(tiny_home), Order(DAY, DAY), typesetter)
    with pikepdf.open(built.path) as pdf:
        (font,) = field_fonts(pdf)
        assert str(font.BaseFont).endswith("+AtkinsonHyperlegible-Regular")


def test_what_prints_nothing_is_left_out(tiny_home: Path) -> None:
    """Soft hyphens, zero-width characters and marks of direction vanish from a name; a name of nothing else is none."""
    loaded = load_profile(named(tiny_home, "\\u200ERu\\u00ADth\\u200B \\u200DA.\\uFE0F\\u2060"))
    assert loaded.client.name == "Ruth A."


def test_all_texts_at_once_each_with_its_place(tiny_home: Path, typesetter: Typesetter) -> None:
    """Goals, note, signature, the practice's name and hours, its paragraphs, and a crisis line: all told, sorted."""
    profile, content = tiny_home / "profile.yaml", tiny_home / "content"
    text = profile.read_text(encoding="utf-8").partition("goals:")[0]
    text += 'goals:\n  - One that prints.\n  - Eat 寿司.\nletter:\n  from: "M. ☃"\n  note: "Go 🐢 slow 🐢 and 🐇."\n'
    text += "modules: {assign: [psy-tiny]}\n"
    profile.write_text(text, encoding="utf-8")
    practice = content / "practice.yaml"
    practice.write_text(
        'name: "Praxis ☎"\nphone: "555 010 0199"\nhours: "9 – 5 ⏰"\nprivacy: ["fine", "ש ☂"]\n', encoding="utf-8"
    )
    line = write(content / "crisis-lines.yaml", "{name: Made-up", "{name: ☎ Made-up")
    with pytest.raises(InputProblems) as error:
        build_workbook(profile, find_folders(tiny_home), Order(DAY, DAY), typesetter)
    found = error.value.problems
    told = {(Path(p.path).name, p.where): p for p in found if "right to left" not in p.message}
    (turned,) = set(found) - set(told.values())
    assert {code for p in error.value.problems for code in [p.code]} == {"WB171"}
    assert set(told) == {
        ("profile.yaml", "goals.2"), ("profile.yaml", "letter.from"), ("profile.yaml", "letter.note"),
        ("practice.yaml", "name"), ("practice.yaml", "hours"), ("practice.yaml", "privacy.2"),
        ("crisis-lines.yaml", "US.lines.1.name"),
    }  # fmt: skip
    lines = profile.read_text(encoding="utf-8").splitlines()
    goal = told["profile.yaml", "goals.2"]
    assert lines[goal.line - 1][goal.column - 1 :] == "Eat 寿司."
    note = told["profile.yaml", "letter.note"]
    assert lines[note.line - 1].lstrip().startswith("note:")
    assert note.message.count("U+1F422") == 1 and "U+1F407" in note.message
    assert (turned.where, turned.line) == ("privacy.2", told["practice.yaml", "privacy.2"].line)
    assert (told["crisis-lines.yaml", "US.lines.1.name"].line, told["practice.yaml", "hours"].line) == (line[0], 3)
    assert not (tiny_home / "build").exists()


def test_only_what_is_printed_counts(tiny_home: Path, typesetter: Typesetter) -> None:
    """Another country's lines may be in its own script; a sheet without a country prints none at all."""
    lines = tiny_home / "content" / "crisis-lines.yaml"
    lines.write_text(
        lines.read_text(encoding="utf-8")
        + '\nJP: {emergency: "119", lines: [{name: いのちの電話, call: "0570783556", languages: [ja]}]}\n',
        encoding="utf-8",
    )
    folders, order = find_folders(tiny_home), Order(DAY, DAY, force=True)
    assert build_workbook(tiny_home / "profile.yaml", folders, order, typesetter).pages > 5
    build_sheet(["psy-tiny"], folders, order, typesetter, None, "letter", tiny_home / "sheet.pdf")
    with pytest.raises(InputProblems, match=r"JP\.lines\.1\.name"):
        build_sheet(["psy-tiny"], folders, order, typesetter, "JP", "letter", tiny_home / "jp.pdf")
    assert not (tiny_home / "jp.pdf").exists()
