"""A client's name, goals and note stand on the cover and in the letter, and nowhere else: no file, no message."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pdf_facts import decode, page_texts
from support import Ran, environment, own_layout

from workbook_builder import pipeline
from workbook_builder.layout import PROGRAM_FONTS
from workbook_builder.typeset import Cache

NAME = "Łukaßynka"
GOALS = ("Plovdrik the Þurnhoff, calmly.", "Wixle grebs on Mondays.")
NOTE = "Snorvable and Quimpish."
SIGNED = "Dr. Vexbrandt"
MARKERS = ("Łukaßynka", "Plovdrik", "Þurnhoff", "Wixle", "grebs", "Snorvable", "Quimpish", "Vexbrandt")
RARE = "ŁßÞ"
"""Letters that stand in no page but through the markers."""


@pytest.fixture
def personal_home(tiny_home: Path) -> Path:
    """The small practice with a client whose words stand nowhere else."""
    profile = tiny_home / "profile.yaml"
    text = profile.read_text(encoding="utf-8").replace("Wren", NAME).replace("M. Example", SIGNED)
    text = text.replace("Small pages are on purpose.", NOTE).replace("Mend the net on Fridays.", GOALS[1])
    text = text.replace("Sail across the bay, concerned and not anxious.", f'"{GOALS[0]}"')
    profile.write_text(text, encoding="utf-8")
    return tiny_home


def forms(marker: str) -> list[bytes]:
    """The ways in which a word may be written in a file."""
    plain = [
        marker.encode(),
        marker.encode("utf-16-be"),
        marker.encode("utf-16-le"),
        marker.encode("latin-1", "replace"),
    ]
    escaped = marker.encode("unicode_escape")
    return [*plain, escaped, marker.encode().hex().encode(), marker.encode("utf-16-be").hex().encode()]


def found_in(data: bytes) -> list[str]:
    """Return the markers that stand in ``data``."""
    return [marker for marker in MARKERS if any(form in data for form in forms(marker))]


def all_strings(item: object, seen: set[tuple[int, int]], depth: int = 0) -> Iterator[str]:
    """Give every string and every stream below an object of a PDF."""
    if isinstance(item, pikepdf.Object) and item.is_indirect:
        if item.objgen in seen:
            return
        seen.add(item.objgen)
    if isinstance(item, pikepdf.Stream):
        yield item.read_bytes().decode("latin-1")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in item.items():
            yield key
            yield from all_strings(value, seen, depth + 1)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            yield from all_strings(value, seen, depth + 1)
    elif isinstance(item, pikepdf.String | pikepdf.Name):
        yield str(item)


def test_words_stand_on_cover_and_letter_alone(personal_home: Path, tmp_path: Path) -> None:
    """A build in a process of its own: the book, its inner strings, every file written meanwhile, and all messages."""
    spare, cache, out = tmp_path / "spare", tmp_path / "cache", tmp_path / "out"
    spare.mkdir()
    temporary: dict[str, bytes] = {}
    with subprocess.Popen(
        [sys.executable, "-m", "workbook_builder", "build", str(personal_home / "profile.yaml"),
         "--practice", str(personal_home), "--out", str(out), "--date", "2026-11-23"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(TMPDIR=spare, WORKBOOK_CACHE=cache, HOME=tmp_path / "nobody"),
    ) as process:  # fmt: skip
        while process.poll() is None:  # what lies in the temporary folder while the work goes on
            for path in files_below(spare, out):
                with suppress(OSError):
                    temporary[path.name] = path.read_bytes()
            time.sleep(0.02)
        said, complained = process.communicate()
    assert process.returncode == 0
    assert found_in(said + complained) == []

    book = (out / "tiny-2026.pdf").read_bytes()
    assert_only_on_cover_and_letter(book)
    fonts = {path.read_bytes() for path in PROGRAM_FONTS.glob("*.ttf")}
    kept = {name: data for name, data in temporary.items() if data not in fonts and not name.endswith(".pdf")}
    assert [name for name, data in kept.items() if found_in(data)] == []
    assert temporary
    assert list(spare.iterdir()) == []
    assert not (tmp_path / "nobody").exists()
    assert sorted(path.name for path in out.iterdir()) == ["tiny-2026.pdf"]
    written = [path for folder in (cache, out, personal_home) for path in folder.rglob("*")]
    assert found_in(" ".join(map(str, written)).encode()) == []
    assert_cache_is_clean(cache)


def files_below(*folders: Path) -> list[Path]:
    """Return the files in these folders, which others may be changing."""
    return [Path(place, name) for folder in folders for place, _, names in os.walk(folder) for name in names]


def assert_only_on_cover_and_letter(book: bytes) -> None:
    """Read the book's pages, then every string in it but what those two pages draw."""
    texts = page_texts(book)
    assert NAME in texts[0] and NAME in texts[4]
    assert not [word for word in MARKERS[1:] if word in texts[0]]
    assert all(word in texts[4] for word in MARKERS)
    for number, text in enumerate(texts, start=1):
        assert number in (1, 5) or not [word for word in MARKERS if word in text], number
    with pikepdf.open(BytesIO(book)) as pdf:
        seen: set[tuple[int, int]] = set()
        strings = "\n".join(all_strings(pdf.trailer, seen))
        assert len(seen) > 100
        assert found_in(strings.encode()) == []
        xmp = pdf.Root.Metadata.read_bytes()
        assert found_in(xmp) == []


def assert_cache_is_clean(cache: Path) -> None:
    """No cached fragment holds a marker: not as bytes, not in a stream, not letter by letter through its glyphs."""
    files = list(cache.rglob("*.fragment"))
    assert len(files) >= 10
    assert {path.suffix for path in cache.rglob("*") if path.is_file()} == {".fragment"}
    sections = set()
    for path in files:
        assert found_in(path.read_bytes()) == []
        fragment = Cache(cache).get(path.stem)
        assert fragment is not None
        sections |= set(fragment.anchors)
        letters = "".join(text for glyphs in fragment.glyphs for text in glyphs.text.values())
        assert not set(RARE) & set(letters) or any(glyphs.in_fields for glyphs in fragment.glyphs)
        fonts = {glyphs.resource: glyphs.text for glyphs in fragment.glyphs}
        with pikepdf.open(BytesIO(fragment.pdf)) as pdf:
            assert found_in("\n".join(all_strings(pdf.trailer, set())).encode()) == []
            for page in pdf.pages:
                text = "".join(decode(page.obj.Contents.read_bytes(), fonts).values())
                assert len(text) > 20
                assert found_in(text.encode()) == []
    assert "page-safety" in sections
    assert not {"page-cover", "page-letter"} & sections


def test_what_the_search_would_find(personal_home: Path) -> None:
    """The search finds a marker in each of its forms, so that finding none means something."""
    for marker in MARKERS:
        assert all(marker in found_in(b"..." + form + b"...") for form in (marker.encode(), marker.encode("utf-16-be")))
    with pikepdf.new() as pdf:
        pdf.Root.Secret = pikepdf.Dictionary(Deep=pikepdf.Array([pikepdf.String(NAME)]))
        assert found_in("\n".join(all_strings(pdf.trailer, set())).encode()) == [NAME]
    assert decode(b"BT /F1 12 Tf [<0001> -20 <0002>] TJ ET", {"F1": {1: "Wix", 2: "le"}}) == {-1: "Wixle"}


def test_plan_says_nothing_personal(personal_home: Path, workbook: Callable[..., Ran]) -> None:
    """Neither the table nor the JSON of a plan holds a word of the client's own."""
    for more in ((), ("--json",)):
        ran = workbook("plan", personal_home / "profile.yaml", "--practice", personal_home, *more)
        assert ran.code == 0 and ran.out
        assert found_in((ran.out + ran.err).encode()) == []


def test_a_bug_midway_is_reported_without_them(
    personal_home: Path, workbook: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the program, with the client's words in its message: exit 1, a report of places, and no file."""

    def broken(parts: object, *rest: object) -> bytes:
        raise RuntimeError(f"could not bind {NAME}: {GOALS} {parts!r}")

    monkeypatch.setattr(pipeline.printing, "bind", broken)
    ran = workbook("build", personal_home / "profile.yaml", "--practice", personal_home)
    assert ran.code == 1
    assert found_in((ran.out + ran.err).encode()) == []
    assert "RuntimeError" in ran.err and "workbook.py:" in ran.err and "Traceback" not in ran.err
    assert not (personal_home / "build").exists()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (NAME, NAME + "中", "client.name"),
        ("Wixle grebs", "Wixle 中 grebs", "goals"),
        ("Quimpish", "Quimpish 中", "letter"),
    ],
)
def test_a_character_without_a_glyph_is_named_alone(
    old: str, new: str, where: str, personal_home: Path, workbook: Callable[..., Ran]
) -> None:
    """A character that no font has: exit 3 with the character and the setting, and not the text around it."""
    profile = personal_home / "profile.yaml"
    profile.write_text(profile.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ran = workbook("build", profile, "--practice", personal_home)
    assert ran.code == 3
    assert "U+4E2D" in ran.err and where in ran.err
    assert found_in((ran.out + ran.err).encode()) == []
    assert not (personal_home / "build").exists()


def test_a_fault_of_a_layout_is_told_without_them(personal_home: Path, workbook: Callable[..., Ran]) -> None:
    """A template that fails on the client's own page is told by its name, without what it was given."""
    own_layout(personal_home, cover__html__j2="{{ {}[name].more }}")
    ran = workbook("build", personal_home / "profile.yaml", "--practice", personal_home, "--layout", "own")
    assert ran.code == 3
    assert "cover.html.j2" in ran.err
    assert found_in((ran.out + ran.err).encode()) == []
