"""Examples that are told twice: the same name, or nearly the same story. Who reads both stops believing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from .codes import SAME_NAME, SAME_STORY
from .findings import Finding, found
from .passages import Passage
from .readability import words_of
from .subject import Edition, Page, Subject

SHINGLE = 4
"""Words in a row that are compared."""
MOST_ALIKE = 0.35
"""How much of the shorter story may stand in another one as well."""
LEAST_SHINGLES = 12

_NAME = re.compile(r"(?P<name>[^\W\d_]+)(?=,|\s+who\b|\s+and\b|[’']s\b|\s*$)")
_NO_NAMES = frozenset(["A", "An", "The", "Another", "Example", "One", "My", "Your", "Here"])


def check_names(subject: Subject) -> Iterator[Finding]:
    """No two modules have an example about a person of the same name."""
    for edition in subject.editions:
        first: dict[str, str] = {}
        for id_, page in edition.pages.items():
            for title in _example_titles(page):
                if not (name := name_in(title.text)):
                    continue
                if first.setdefault(name, id_) != id_:
                    message = f"{name} is the person of the example in {first[name]} as well"
                    yield found(SAME_NAME, page.path, title.spot, message, "take another name")


def name_in(title: str) -> str:
    """Return the name that an example's title begins with, or an empty text."""
    match = _NAME.match(title)
    name = match["name"] if match else ""
    return name if name[:1].isupper() and name not in _NO_NAMES else ""


def check_stories(subject: Subject) -> Iterator[Finding]:
    """No two modules tell nearly the same story."""
    for edition in subject.editions:
        yield from _alike(edition)


def _alike(edition: Edition) -> Iterator[Finding]:
    stories = {
        id_: shingles for id_, page in edition.pages.items() if len(shingles := _shingles(page)) >= LEAST_SHINGLES
    }
    for one, other in combinations(stories, 2):
        common = len(stories[one] & stories[other]) / min(len(stories[one]), len(stories[other]))
        if common > MOST_ALIKE:
            page = edition.pages[other]
            spot = next(iter(_example_titles(page)), page.passages[0]).spot
            message = f"this example is nearly the one of {one}: {common:.0%} of its words stand there in a row"
            yield found(SAME_STORY, page.path, spot, message, "tell another trouble of another person")


def _shingles(page: Page) -> set[tuple[str, ...]]:
    told = [passage for passage in page.passages if passage.block == "example" and passage.role in ("prose", "answer")]
    # Beliefs stand in quotation marks, and their halves sound alike on every page, as they are meant to.
    words = [word.lower() for passage in told for word in words_of(_unquoted(passage))]
    return {tuple(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}


def _unquoted(passage: Passage) -> str:
    text = passage.text
    for start, end in reversed(passage.quotations):
        text = f"{text[:start]} {text[end:]}"
    return text


def _example_titles(page: Page) -> list[Passage]:
    return [passage for passage in page.passages if passage.block == "example" and passage.role == "title"]
