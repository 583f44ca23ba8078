"""How hard a module is to read: its grade, and the length of its sentences. English only."""

from __future__ import annotations

from collections.abc import Iterator

from .codes import LONG_SENTENCE, LONG_SENTENCES, RATHER_HARD, TOO_HARD
from .findings import Finding, found
from .readability import (
    AIM,
    LONGEST_AVERAGE,
    LONGEST_SENTENCE,
    MOST,
    Sentence,
    average_length,
    count_syllables,
    grade,
    split_sentences,
)
from .subject import Page

# Titles and the names of columns are no sentences, and answers are notes in a client's hand.
_READ = ("front", "prose", "question", "hint")


def check_reading_level(page: Page) -> Iterator[Finding]:
    """The text can be read by somebody who left school early, or is tired."""
    if not page.is_english:
        return
    sentences = split_sentences(p for p in page.words if p.role in _READ)
    spot = (page.module.body_line, 1)
    level = grade(sentences)
    if level is not None and level > AIM:
        code, limit = (TOO_HARD, MOST) if level > MOST else (RATHER_HARD, AIM)
        words = ", ".join(_longest_words(sentences))
        message = (
            f"the text needs school grade {level:.1f}, and {limit} is {'the most' if code == TOO_HARD else 'the aim'}"
        )
        yield found(code, page.path, spot, message, f"use shorter words and sentences; the longest words are {words}")
    average = average_length(sentences)
    if average > LONGEST_AVERAGE:
        message = f"the sentences have {average:.0f} words on average, and {LONGEST_AVERAGE} are the most"
        yield found(LONG_SENTENCES, page.path, spot, message, "make two of one")
    for sentence in sentences:
        if len(sentence.words) > LONGEST_SENTENCE:
            message = f"this sentence has {len(sentence.words)} words, and {LONGEST_SENTENCE} are the most"
            yield found(LONG_SENTENCE, page.path, sentence.passage.at(sentence.start), message, "make two of it")


def _longest_words(sentences: list[Sentence]) -> list[str]:
    words = {word.lower() for sentence in sentences for word in sentence.words}
    return sorted(words, key=lambda word: (-count_syllables(word), word))[:4]
