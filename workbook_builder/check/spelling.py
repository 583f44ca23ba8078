"""Spelling, by codespell's list of common misspellings. English only; a practice accepts words in content/words.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from .codes import MISSPELT
from .findings import Finding, found
from .passages import Passage
from .subject import Page, Subject

_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_MOST_OFFERED = 3


def check_spelling(subject: Subject) -> Iterator[Finding]:
    """No word that the client reads is a common misspelling."""
    wrong = misspellings()
    for page in subject.pages:
        if page.is_english:
            for passage in page.words:
                yield from _misspelt(page, passage, wrong, subject.accepted_words)


def _misspelt(page: Page, passage: Passage, wrong: Mapping[str, str], accepted: frozenset[str]) -> Iterator[Finding]:
    for match in _WORD.finditer(passage.text):
        word = match[0].lower().replace("’", "'")
        if word in wrong and word not in accepted:
            hint = f"did you mean {_offer(wrong[word])}? If the word is right, add it to content/words.txt"
            yield found(MISSPELT, page.path, passage.at(match.start()), f'"{match[0]}" is misspelt', hint)


@cache
def misspellings() -> Mapping[str, str]:
    """Return each misspelling in lower case with what was meant, as codespell's dictionary writes it.

    Its further lists (rare words, names, usage) call good words wrong, and are left out.
    """
    # Only the list is read, as a file; codespell itself is a program of another licence and is not imported.
    place = distribution("codespell").locate_file("codespell_lib/data/dictionary.txt")
    text = Path(str(place)).read_text(encoding="utf-8")
    return dict(line.lower().split("->", 1) for line in text.splitlines() if "->" in line)


def _offer(right: str) -> str:
    """Return the words to offer: codespell ends a list with a comma, and may give a reason behind it."""
    words = [word.strip() for word in right.split(",") if word.strip()]
    if right.count(",") and not right.rstrip().endswith(","):
        words = words[:-1]
    return " or ".join(f'"{word}"' for word in words[:_MOST_OFFERED])
