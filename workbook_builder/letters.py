"""Does a font of the layout have every character that will be printed? Asked before anything is typeset or written.

The layout's words and its modules are the same in every book, so the engine finds what they lack soon enough. What a
therapist types for one client, and what a practice writes about itself, is looked at here, with its file, line and
column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path

from pydantic import BaseModel

from workbook_builder.bind.fonts import open_face
from workbook_builder.errors import InputProblems, Problem
from workbook_builder.folders import Folders, shipped_folder
from workbook_builder.layout import Layout
from workbook_builder.library import Library, fresh_link
from workbook_builder.library.reading import TABLES
from workbook_builder.profile import LoadedProfile, Profile
from workbook_builder.source import Marks, dotted, load, read_text

NO_GLYPH = "WB171"
RIGHT_TO_LEFT = ("R", "AL", "AN")
"""Bidirectional classes of letters and digits that run from right to left (Unicode Standard Annex 9, table 4)."""
MAX_TOLD = 5
"""Characters of one text that a message names."""

Where = tuple[str | int, ...]
Text = tuple[Where, str | None]
"""Where a text stands in its file, and the text."""
Has = Callable[[str], bool]


def find_unprintable(
    layout: Layout,
    library: Library,
    folders: Folders,
    today: date,
    country: str | None,
    modules: Iterable[str],
    loaded: LoadedProfile | None = None,
) -> list[Problem]:
    """Return a problem for each text that holds a character which no font of the layout has.

    Args:
        country: whose crisis lines are printed; None prints none.
        modules: those of the book; videos and readings print texts of the practice's tables.
        loaded: the client's profile, when there is one; its name, goals and letter are printed.
    """
    has = _has(tuple(layout.faces))
    found: list[Problem] = []
    if loaded is not None and loaded.profile is not None:
        found += _look(_of_profile(loaded.profile), has, loaded.path, lambda: loaded.marks)
    texts = {
        "practice": _of_practice(library),
        "crisis-lines": _of_crisis_lines(library, country),
        "videos": _of_videos(library, modules := tuple(modules), today),
        "books": _of_books(library, modules),
    }
    for name, some in texts.items():
        path = _table_file(folders, name)
        found += _look(some, has, str(path), partial(_marks, path, TABLES[name]))
    path = layout.folders[0] / "layout.yaml"
    brand: list[Text] = [(("name",), layout.values.name)]
    found += _look(brand, has, str(path), partial(_marks, path, type(layout.values)))
    return sorted(found)


@lru_cache(maxsize=16)
def _has(all_faces: tuple[tuple[str, int, Path], ...]) -> Has:
    """Whether a character can be printed in both weights: where a family lacks it, the other one stands in."""
    weights = [
        [open_face(path) for family, weight, path in all_faces if family != "Field" and (weight > 400) is bold]
        for bold in (False, True)
    ]
    return cache(lambda character: all(any(face.has(character) for face in faces) for faces in weights))


def _look(texts: Iterable[Text], has: Has, path: str, marks: Callable[[], Marks]) -> Iterator[Problem]:
    for where, text in texts:
        for message, hint in _wrong_with(text or "", has):
            yield Problem(path, *marks().at(*where), NO_GLYPH, message, dotted(where), hint)


def _wrong_with(text: str, has: Has) -> Iterator[tuple[str, str]]:
    """Give message and hint for the letters of a text that run from right to left, and for others that no font has."""
    letters = dict.fromkeys(text)
    turned = [one for one in letters if unicodedata.bidirectional(one) in RIGHT_TO_LEFT]
    missing = [one for one in letters if one not in turned and not has(one)]
    if turned:
        message = f"is written from right to left ({_listed(turned)}), and such a script cannot be set"
        yield message, "write it in Latin, Greek or Cyrillic letters"
    if missing:
        some = "characters" if len(missing) > 1 else "character"
        message = f"no font of the layout has the {some} {_listed(missing)}"
        yield message, "write it in other letters, leave it out, or give the layout a font that has it"


def _listed(characters: list[str]) -> str:
    told = [f'"{c}" (U+{ord(c):04X})' if c.isprintable() else f"U+{ord(c):04X}" for c in characters[:MAX_TOLD]]
    return ", ".join(told) + (f" and {more} more" if (more := len(characters) - MAX_TOLD) > 0 else "")


def _of_profile(profile: Profile) -> Iterator[Text]:
    yield ("client", "name"), profile.client.name
    yield from ((("goals", n), goal) for n, goal in enumerate(profile.goals))
    if profile.letter:
        yield ("letter", "from"), profile.letter.from_
        yield ("letter", "note"), profile.letter.note


def _of_practice(library: Library) -> Iterator[Text]:
    practice = library.practice
    yield from ((("name",), practice.name), (("phone",), practice.phone), (("hours",), practice.hours))
    yield from ((("privacy", n), text) for n, text in enumerate(practice.privacy))
    yield from ((("eap", n), text) for n, text in enumerate(practice.eap))


def _of_crisis_lines(library: Library, country: str | None) -> Iterator[Text]:
    if country is None:
        return
    for n, line in enumerate(library.crisis[country].lines):
        yield (country, "lines", n, "name"), line.name
        yield (country, "lines", n, "text"), line.text


def _of_videos(library: Library, modules: Iterable[str], today: date) -> Iterator[Text]:
    """The link that the book prints for each of its videos."""
    for slot in modules:
        links, most = library.videos.get(slot, ()), library.modules[slot].max_minutes
        days = library.rules.video_fresh_days
        link = fresh_link(links, library.language, today, most, days) if most is not None else None
        if link is not None:
            where = (slot, links.index(link))
            yield (*where, "title"), link.title
            yield (*where, "speaker"), link.speaker


def _of_books(library: Library, modules: Iterable[str]) -> Iterator[Text]:
    for id_ in modules:
        book = str(library.modules[id_].book)
        for n, edition in enumerate(library.books.get(book, ())):
            if edition.language == library.language:
                yield from (((book, n, name), getattr(edition, name)) for name in ("edition", "title", "authors"))
                if chapter := edition.chapters.get(id_):
                    yield (book, n, "chapters", id_, "chapter"), chapter.chapter
                    yield (book, n, "chapters", id_, "pages"), chapter.pages


def _table_file(folders: Folders, name: str) -> Path:
    own = folders.content / f"{name}.yaml"
    return own if own.exists() else shipped_folder() / "content" / own.name


def _marks(path: Path, table: type[BaseModel]) -> Marks:
    """Where the settings of a table stand. It was read before, but its places were not kept for the sake of this."""
    try:
        return load(table, read_text(path), str(path))[1]
    except InputProblems:
        return Marks()
